/* audit: the one line that the engine logs of each login, and the one of an enrolment at it.
 *
 * Owns: the line's fields and their order (sms-otpd(8)).
 * MUST: always have the same `key=value` fields in the same order, "-" where there is nothing;
 *       hold no number, code, answer or credential (G1); be one line of printable ASCII whatever
 *       a host or user put into a name.
 * Never: logs itself. Pure. */
#ifndef ENGINE_AUDIT_H
#define ENGINE_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "core/facts.h"
#include "core/verdict.h"

enum { AUDIT_MAX = 1400 };

void audit_line(const struct verdict_outcome *o, const struct facts *facts, int64_t took_ms,
	char *out, size_t cap) __attribute__((nonnull));

/* Beside it, where a user has enrolled at the login. */
void audit_enrolled(const struct verdict_outcome *o, const struct facts *facts, char *out,
	size_t cap) __attribute__((nonnull));

#endif
