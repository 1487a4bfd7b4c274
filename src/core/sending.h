/* sending: the code's way to the phone, within one login.
 *
 * Owns: the message's text while it may be needed again; which of the user's numbers it goes to;
 *       the first send, the resend, the call, and
 *       the one of our own when a report says that the message was not delivered; what the
 *       next prompt says of it.
 * MUST: send nothing that is not charged (B1), and give back what was certainly not taken (B2);
 *       extend the code's validity by what was taken (A7); repeat the same code (A7); send by
 *       itself at most once per route for each send that a person asked for, and nothing once the
 *       code has expired; never say more than is known: "sent", not "delivered"; leave nothing
 *       running and no text behind
 *       sending_close.
 * Never: asks, compares, decides about the login. */
#ifndef CORE_SENDING_H
#define CORE_SENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/challenge.h"
#include "core/delivery.h"
#include "core/dialogue.h"
#include "core/ledger.h"
#include "core/message.h"
#include "core/numbers.h"
#include "core/report.h"
#include "core/settings.h"
#include "core/sms.h"
#include "core/verdict.h"

struct sending {
	/* set by the caller, and his */
	const struct settings *settings;
	const struct dispatch *dispatch;
	struct ledger *ledger; /* e164: of the number in use */
	struct numbers *numbers;
	const char *host;
	struct challenge *challenge;
	struct dialogue *dialogue;
	struct verdict_outcome *outcome; /* sends, route, number */
	bool call;                       /* the first message of a challenge is a call */
	/* its own */
	char text[SMS_MAX + 1]; /* holds the code */
	struct delivery_means means;
	struct delivery delivery;
	bool again; /* a delivery of our own is under way */
	struct report report;
	struct route_plan plan; /* of the last send that a person asked for */
	uint32_t remembered;    /* as in struct ledger_grant */
	uint32_t tried;         /* routes of this challenge, by their places in the settings */
	int last;               /* the route that has the last SMS, -1: none has one */
	bool confirmed;         /* the last one was reported as delivered */
};

enum sending_end {
	SENDING_STATE = 0, /* the records could not be written: *f */
	SENDING_SENT,      /* a provider has it, or may have it; the next prompt is set */
	SENDING_OUTAGE,    /* certainly nobody has it, and it is refunded, likewise below */
	SENDING_BROKEN,    /* our own side */
	SENDING_NUMBER,    /* the number is refused, or no route serves it */
	SENDING_WITHHELD,  /* not charged: *g says why */
};

/* The fields above the line are set. */
void sending_begin(struct sending *s) __attribute__((nonnull));

/* The first message of a challenge whose charge is g. Unless SENT or STATE, the challenge is off
 * the record. */
enum sending_end sending_first(struct sending *s, const struct ledger_grant *g, int64_t deadline_ms,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The same code once more, by SMS or by a call: charges first. */
enum sending_end sending_again(struct sending *s, bool call, int64_t deadline_ms,
	struct ledger_grant *g, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* From here on messages and calls go to the number in this place. Before the first of a challenge
 * only. */
void sending_choose(struct sending *s, size_t place) __attribute__((nonnull));

/* As sending_again by SMS, but to the number in this place, which stays in use when it is SENT, and
 * only then. */
enum sending_end sending_to(struct sending *s, size_t place, int64_t deadline_ms,
	struct ledger_grant *g, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Calls can be made to this phone. */
bool sending_can_call(const struct sending *s) __attribute__((nonnull));

/* What goes on while a prompt is up. */
struct dialogue_watch sending_watch(struct sending *s) __attribute__((nonnull));

/* Count what is under way, before the sends are counted; 0, or -1 *f. */
int sending_settle(struct sending *s, struct fault *f) __attribute__((warn_unused_result, nonnull));
/* The challenge is replaced or void: nothing more is sent of it. */
void sending_close(struct sending *s) __attribute__((nonnull));

#endif
