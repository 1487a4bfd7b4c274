/* detour: the rules by which a route that failed is passed over for a while.
 *
 * Owns: how long a route is passed over, who may try it afterwards, and when it is forgotten.
 * MUST: pass over for 60 s after a failure, doubling with each failed trial to 600 s at most; let
 *       one login at a time try a route whose time is over; count logins that fail at once as
 *       one; take an entry of another boot, or one that would last longer than any rule makes it,
 *       for none.
 * Never: does I/O, reads a clock, judges a receipt (core/route does). Pure: it changes the record
 *        that the caller then writes. */
#ifndef CORE_DETOUR_H
#define CORE_DETOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "core/site.h"

enum {
	DETOUR_FIRST_MS = 60000,
	DETOUR_MAX_MS = 600000,
	/* a login's time to try a route and report: its longest deadline and a breath */
	DETOUR_TRIAL_MS = 21000,
};

enum detour_state {
	DETOUR_NONE = 0, /* nothing is remembered: use it */
	DETOUR_ACTIVE,   /* passed over, or being tried by another login */
	DETOUR_DUE,      /* its time is over: one login may try it */
};

enum detour_state detour_look(const struct site *s, const char *route, const struct clock_now *now)
	__attribute__((warn_unused_result, nonnull));

/* How long it is passed over yet, in ms; 0 unless it is DETOUR_ACTIVE. */
int64_t detour_left_ms(const struct site *s, const char *route, const struct clock_now *now)
	__attribute__((warn_unused_result, nonnull));

/* This login makes the trial of a route that is DETOUR_DUE; to all others it is DETOUR_ACTIVE for
 * DETOUR_TRIAL_MS. In any other state nothing changes. */
void detour_claim(struct site *s, const char *route, const struct clock_now *now)
	__attribute__((nonnull));

/* The route failed. One that is passed over and not on trial is not passed over longer for it (a
 * last resort, or one of many logins at once). Of the 16 places the one that ends first gives
 * way. True: the record changed. */
bool detour_failed(struct site *s, const char *route, const struct clock_now *now)
	__attribute__((nonnull));

/* The route works: forget what there is. True: the record changed. */
bool detour_works(struct site *s, const char *route) __attribute__((nonnull));

#endif
