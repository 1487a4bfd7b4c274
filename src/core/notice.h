/* notice: what a user is told of by an SMS, after a login that was theirs or not.
 *
 * Owns: which notice a login calls for, and its text.
 * MUST: call for none that `notify` does not name; fit one GSM-7 segment, with fields cut as those
 *       of core/sms (G4) and names filtered to [A-Za-z0-9._-]; hold no code, no link and no
 *       number of a phone.
 * Never: does I/O, reads a clock, sends. Pure but for the zone of the host. */
#ifndef CORE_NOTICE_H
#define CORE_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/facts.h"
#include "core/settings.h"
#include "core/verdict.h"

enum notice {
	NOTICE_NEW_DEVICE = 0, /* let in from an address or with a key that is new */
	NOTICE_FATIGUE,        /* codes were asked for and not used: a pause began */
	NOTICES
};

/* Bytes: 160 characters of GSM-7, of which some take two in UTF-8. */
enum { NOTICE_MAX = 200 };

bool notice_due(enum notice n, const struct settings *s, const struct verdict_outcome *o)
	__attribute__((warn_unused_result, nonnull));

/* Its word in `notify`. Never NULL. */
const char *notice_name(enum notice n);

struct notice_fields {
	const char *service, *host, *user;
	const struct facts_address *from;
	int64_t clock_s; /* by the clock, for people */
};

void notice_text(enum notice n, const struct notice_fields *fields, char out[NOTICE_MAX + 1])
	__attribute__((nonnull));

#endif
