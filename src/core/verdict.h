/* verdict: what a decision may say, and the end of a login.
 *
 * Owns: enum verdict (the zero is the refusal, C1) and the outcome that the audit line is made of.
 * MUST: be an acceptance only as VERDICT_ACCEPT with TALK_REASON_ACCEPTED. */
#ifndef CORE_VERDICT_H
#define CORE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "wire/talk.h"

enum verdict {
	VERDICT_DENY = 0,
	VERDICT_CHALLENGE = 0x2d96d269, /* go on: a code is required */
	VERDICT_ACCEPT = TALK_VERDICT_ACCEPT,
	VERDICT_EXEMPT = TALK_VERDICT_EXEMPT,
};

enum { VERDICT_TAG = 5, VERDICT_ROUTE = 33, VERDICT_NUMBER = 24, VERDICT_FAILED = 100 };

/* What let somebody in. */
enum verdict_by {
	VERDICT_BY_NONE = 0,
	VERDICT_BY_SMS,
	VERDICT_BY_RECOVERY,
	VERDICT_BY_APP,
	VERDICT_BY_ISSUED, /* a code that an administrator read out */
	VERDICT_BY_BYPASS, /* of an exemption: by an administrator, for a while */
	VERDICT_BY_DECOY,  /* of a refusal: asked as if there were something to answer */
};

/* Where somebody came from. */
enum verdict_place {
	VERDICT_PLACE_NONE = 0,   /* not asked, or there is no such thing */
	VERDICT_PLACE_NEW,        /* no success from there in the last 30 days */
	VERDICT_PLACE_KNOWN,      /* there was one (B6) */
	VERDICT_PLACE_REMEMBERED, /* and so nobody was asked */
};

/* What the provider's report said of the last message. */
enum verdict_delivered {
	VERDICT_DELIVERED_NONE = 0, /* nothing, or not in time */
	VERDICT_DELIVERED_YES,
	VERDICT_DELIVERED_NO,
};

/* mode = "observe": what would have become of it. */
struct verdict_would {
	bool observed;
	enum verdict verdict; /* CHALLENGE: they would have been asked */
	/* of CHALLENGE: why not for an SMS's code; NONE: for that */
	enum talk_reason reason;
};

/* Everything that one audit line says; nothing in it is secret (G1). Strings are "" where
 * unknown. */
struct verdict_outcome {
	enum verdict verdict;
	enum talk_reason reason;
	char tag[VERDICT_TAG];       /* the challenge's reference (A9) */
	char route[VERDICT_ROUTE];   /* the last route tried */
	char number[VERDICT_NUMBER]; /* keyed tag and last two digits: "3f9a1c..12" */
	int64_t uid;                 /* -1: not known */
	int rule;                    /* the line of the rule that decided; 0: none did */
	bool new_device;             /* place is NEW, and others were known (core/place.h) */
	uint32_t sends;
	uint32_t tries;
	enum verdict_by by; /* of an acceptance, or BYPASS */
	enum verdict_place place;
	bool pause; /* with this login a pause from unknown places began (fatigue) */
	struct fault fault; /* what went wrong, where something did */
	/* the last day (core/day.h) of the `unenrolled` that let them off or asks for a number; 0:
	 * none */
	int32_t until;
	bool enrolled; /* the user enrolled at this login: the number is on disk */
	/* core/journey's: from the order to the provider's acceptance, of the last message; 0: none
	 * was accepted */
	int64_t sent_ms;
	char failed[VERDICT_FAILED]; /* routes that did not take a message: "one,two" */
	enum verdict_delivered delivered;
	struct verdict_would would;
};

/* The pair that goes over the wire; anything inconsistent becomes DENY with NONE. */
void verdict_for_wire(const struct verdict_outcome *o, struct talk_verdict *out)
	__attribute__((nonnull));

/* The word for a reason in the audit line: "accepted", "wrong", "locked" ... Never NULL. */
const char *verdict_reason_name(enum talk_reason reason);

/* The same for the outcome: "observe" for who is let go on only because nothing is enforced. */
const char *verdict_reason_word(const struct verdict_outcome *o) __attribute__((nonnull));

/* The word for it: "accept", "exempt", "challenge" or "deny". Never NULL. */
const char *verdict_name(enum verdict v);

/* The word for it: "sms", "recovery", "app", "issued", "bypass", "decoy"; "" for none. Never
 * NULL. */
const char *verdict_by_name(enum verdict_by by);

/* The word for it: "new", "known", "remembered"; "" for none. Never NULL. */
const char *verdict_place_name(enum verdict_place place);

/* The word for it: "yes", "no"; "" for none. Never NULL. */
const char *verdict_delivered_name(enum verdict_delivered delivered);

#endif
