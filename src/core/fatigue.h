/* fatigue: nobody is sent code after code until they give one away.
 *
 * Owns: the codes that a user did not answer, and the pause that follows.
 * MUST: count a code as not answered when it is sent, and take that back when a guess of its login
 *       is charged; pause after FATIGUE_CODES of them within FATIGUE_WINDOW_S, for FATIGUE_PAUSE_S
 *       (F5) or until one of them is answered after all.
 * Never: asks where somebody comes from: who calls it does so for unknown places only. Pure. */
#ifndef CORE_FATIGUE_H
#define CORE_FATIGUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "core/record.h"

enum { FATIGUE_CODES = 3, FATIGUE_WINDOW_S = 86400, FATIGUE_PAUSE_S = 3600 };

/* Seconds of the pause that are left; 0: there is none. */
int64_t fatigue_rest_s(const struct record *r, const struct clock_now *now)
	__attribute__((nonnull));
/* One more code is asked for. True: not now; *begun: the pause begins with this. */
bool fatigue_pauses(struct record *r, const struct clock_now *now, bool *begun)
	__attribute__((nonnull));
/* It is sent. */
void fatigue_charge(struct record *r, const struct clock_now *now) __attribute__((nonnull));
/* n codes that were sent at since_s or later were answered, or not sent after all. */
void fatigue_answered(struct record *r, uint32_t n, const struct clock_now *now, int64_t since_s)
	__attribute__((nonnull));
/* Codes that were not answered. */
uint32_t fatigue_count(const struct record *r, const struct clock_now *now)
	__attribute__((nonnull));
void fatigue_clear(struct record *r) __attribute__((nonnull));

#endif
