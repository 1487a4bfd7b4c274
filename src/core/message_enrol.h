/* message_enrol: what a person reads who has no phone on record.
 *
 * Owns: the question for a number and why one is not taken; the reminder of a soft roll-out.
 * MUST: fit MESSAGE_ENROL_MAX; repeat nothing of what was typed (G2).
 * Never: does I/O. Pure. */
#ifndef CORE_MESSAGE_ENROL_H
#define CORE_MESSAGE_ENROL_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "core/settings.h"

enum { MESSAGE_ENROL_MAX = 256 };

/* Why a number is not taken. */
enum message_enrol_why {
	MESSAGE_ENROL_FIRST = 0, /* none was typed yet */
	MESSAGE_ENROL_NO_NUMBER,
	MESSAGE_ENROL_NO_COUNTRY, /* 0151 23456789: whose? */
	MESSAGE_ENROL_PREFIX,
	MESSAGE_ENROL_PREMIUM,
	MESSAGE_ENROL_UNSERVED,
};

/* The whole prompt. */
void message_enrol_question(const struct settings *s, enum message_enrol_why why,
	struct text_line *line) __attribute__((nonnull));

/* until: the last day (core/day.h) on which nobody is asked. */
void message_enrol_reminder(int32_t until, char out[MESSAGE_ENROL_MAX]) __attribute__((nonnull));

#endif
