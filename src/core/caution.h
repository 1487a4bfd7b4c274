/* caution: the record in place of one that is lost.
 *
 * Owns: what stands in it, as if the worst had stood in the one before; reading from what is left
 *       of that whether its user was blocked.
 * MUST: give nobody more guesses or messages than the lost record may have left them (B3, B5): a
 *       user is locked for as long as any lock lasts, with one wrong code left before the block; a
 *       budget of the site is used up, as if evenly over its window, so that it opens again by and
 *       by; take a user for blocked where nobody can tell, but for an administrator, whom that
 *       would shut out for good.
 * Never: takes over a code, an app, a known place or a bypass; does I/O; reads a clock. Pure. */
#ifndef CORE_CAUTION_H
#define CORE_CAUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "core/record.h"
#include "core/settings.h"
#include "core/site.h"

/* What a lost record still says of the block. The zero is that nobody knows. */
enum caution_block {
	CAUTION_UNKNOWN = 0,
	CAUTION_FREE, /* both copies are whole and agree */
	CAUTION_BY_ADMIN,
	CAUTION_BY_FAILURES,
};

/* both: the file's two slots, as read. A broken one is believed when it says "blocked" of this
 * uid, and never when it says anything else. */
enum caution_block caution_read(const unsigned char both[2 * RECORD_SLOT_SIZE], uint32_t uid)
	__attribute__((warn_unused_result, nonnull));

/* The block of the record that takes its place (enum record_block). */
uint32_t caution_block(enum caution_block before, bool administrator);

/* r: from record_init. */
void caution_user(struct record *r, const struct settings *settings, const struct clock_now *now)
	__attribute__((nonnull));

/* s: from site_init, with the count of the enrolled. */
void caution_site(struct site *s, const struct settings *settings, const struct clock_now *now)
	__attribute__((nonnull));

#endif
