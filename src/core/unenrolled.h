/* unenrolled: what becomes of a user who certainly has no phone on record.
 *
 * Owns: when the setting `unenrolled` holds: through its day, for its groups, and an enrolment at a
 *       login only where there is one.
 * MUST: say SETTINGS_REFUSE unless the setting says otherwise in so many words, and for this user,
 *       today; likewise where the groups cannot be found out (C6); let nobody enrol but at a login
 *       through a root host (E1) with a first factor in evidence, whatever without_password says
 *       (D4), where more than one thing can be asked.
 * Never: does I/O, reads a clock; the caller's function looks groups up. Pure. */
#ifndef CORE_UNENROLLED_H
#define CORE_UNENROLLED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/rules.h"
#include "core/settings.h"

enum unenrolled_why {
	UNENROLLED_SAID = 0, /* `then` is what the setting says */
	UNENROLLED_OVER,     /* its last day is over */
	UNENROLLED_OUTSIDE,  /* not one of its groups */
	UNENROLLED_LOOKUP,   /* the groups could not be found out: fault */
	UNENROLLED_OCCASION, /* nobody can enrol at this one */
};

struct unenrolled_answer {
	enum settings_otherwise then; /* REFUSE wherever why is not SAID */
	enum unenrolled_why why;
	struct fault fault;
};

void unenrolled_decide(const struct rules_case *c, struct unenrolled_answer *out)
	__attribute__((nonnull));

/* The setting's last day is over. */
bool unenrolled_over(const struct settings *s, int32_t today) __attribute__((nonnull));

#endif
