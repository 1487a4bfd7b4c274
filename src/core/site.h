/* site: what is not one user's: the total budget and those by number, address and prefix, the
 * number of enrolments, hosts that cannot prompt twice, routes that failed.
 *
 * Owns: the fields of state/site and their encoding (sms-otp-state(5)).
 * MUST: as record.
 * Never: does I/O, reads a clock, decides. Pure. */
#ifndef CORE_SITE_H
#define CORE_SITE_H

#include <stdint.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/number.h"
#include "core/height.h"
#include "core/meter.h"
#include "core/pace.h"
#include "core/phone.h"
#include "core/sketch.h"
#include "core/slot.h"
#include "wire/order.h"
#include "wire/talk.h"

enum {
	SITE_VERSION = 1,
	SITE_SLOT_SIZE = 65536,
	SITE_SERVICES = 32,
	SITE_ROUTES = 16,
	SITE_PREFIXES = 64,
	SITE_ONE_FIELD_STREAK = 3, /* D3 */
};

/* A service whose host may not be able to prompt twice (D3). name "" : free place. */
struct site_service {
	char name[TALK_SERVICE_MAX + 1];
	uint32_t streak;    /* such failures in a row */
	uint32_t first_uid; /* who met the first of them */
	uint32_t others;    /* 1: somebody else met one too */
	uint32_t one_field; /* 1: marked; no sends through it until check is told otherwise */
	uint32_t
		/* 1: a right code has come through it as a second prompt: never marked again, so
		 * that a thief of two passwords cannot close a working service by answering
		 * wrongly on purpose */
		proven;
};

/* A route that failed: what it means is core/detour's. name "": free place. */
struct site_route {
	char name[ORDER_NAME_MAX + 1];
	uint32_t failures; /* trials that failed in a row, from 1 */
	uint32_t trial;    /* 1: a login tries it; until is the end of its time for that */
	unsigned char boot_id[CLOCK_BOOT_ID_SIZE];
	int64_t until_boot_ms; /* passed over so long, in the boot of boot_id */
};

/* Messages to one country prefix: core/prefix's. prefix "": free place. */
struct site_prefix {
	char prefix[PHONE_MAX + 1];
	struct meter sends[NUMBER_RATES_MAX];
};

struct site {
	struct height high; /* the highest wall time seen */
	uint32_t enrolled;  /* scales the "auto" budgets */
	struct meter sends[NUMBER_RATES_MAX];
	struct site_service services[SITE_SERVICES];
	struct site_route routes[SITE_ROUTES];
	struct pace pace; /* how long recent logins took (D15) */
	struct site_prefix prefixes[SITE_PREFIXES];
	struct sketch numbers, addresses; /* messages to a number, from an address */
};

extern const struct slot_shape site_shape;

void site_init(struct site *s) __attribute__((nonnull));
int site_encode(const struct site *s, uint64_t sequence, unsigned char slot[SITE_SLOT_SIZE],
	struct fault *f) __attribute__((warn_unused_result, nonnull));
int site_decode(struct slot_cursor *c, struct site *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Note a D3 failure of service by uid (returns 1 when this marks the service; a proven one is
 * never marked), or a working prompt (proves it, clears the streak; returns 1 when that changed
 * anything). */
int site_note_one_field(struct site *s, const char *service, uint32_t uid) __attribute__((nonnull));
int site_note_two_prompts(struct site *s, const char *service) __attribute__((nonnull));
/* A success through it would be news (so that the site is written only then). */
int site_wants_two_prompts(const struct site *s, const char *service) __attribute__((nonnull));
int site_is_one_field(const struct site *s, const char *service) __attribute__((nonnull));
/* What `sms-otp check --two-prompts SERVICE` says: forget the mark. */
void site_clear_one_field(struct site *s, const char *service) __attribute__((nonnull));

#endif
