/* message_refusal: why somebody is not let in, in words.
 *
 * Owns: the sentence of each reason that a person is told, and how a time is shown in it.
 * MUST: fit MESSAGE_REFUSAL_MAX; say nothing for a reason that is not for the person's ears.
 * Never: does I/O. Pure, but for the time zone, and the language that core/language speaks. */
#ifndef CORE_MESSAGE_REFUSAL_H
#define CORE_MESSAGE_REFUSAL_H

#include <stddef.h>
#include <stdint.h>

#include "wire/talk.h"

enum { MESSAGE_REFUSAL_MAX = 256, MESSAGE_REFUSAL_WHEN = 32 };

/* The refusals that are told with PAM_ERROR_MSG; "" for reasons that say nothing to the user (a
 * wrong code was said already, an unknown user is told nothing). until_wall_s: 0 unknown; shown
 * as local HH:MM, with the day when it is not within 24 hours of now. */
void message_refusal(enum talk_reason reason, int64_t until_wall_s, int64_t now_wall_s, char *out,
	size_t cap) __attribute__((nonnull));

/* "14:32" as above; "" for 0. */
void message_refusal_when(int64_t until_wall_s, int64_t now_wall_s, char *out, size_t cap)
	__attribute__((nonnull));

#endif
