/* minutes: what is written down of a login once it is over.
 *
 * Owns: the audit line's and the enrolment line's priority; whether there is a record for Linux
 *       audit.
 * MUST: write one audit line a login; record nothing of who was let off, which nobody judged.
 * Never: decides anything about a login. */
#ifndef ENGINE_MINUTES_H
#define ENGINE_MINUTES_H

#include <stdint.h>

#include "base/fault.h"
#include "core/facts.h"
#include "core/verdict.h"

void minutes_write(const struct verdict_outcome *o, const struct facts *facts, int64_t took_ms)
	__attribute__((nonnull));

/* -1: the kernel took no record. */
int minutes_record(const struct verdict_outcome *o, const struct facts *facts, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
