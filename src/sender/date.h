/* date: the wall clock as protocols write it.
 *
 * Owns: the form "Wed, 13 Apr 2022 18:09:12 ZONE" of RFC 1123 and RFC 5322, in UTC.
 * MUST: be the same in every locale.
 * Never: reads a clock. Pure. */
#ifndef SENDER_DATE_H
#define SENDER_DATE_H

#include <stdint.h>

#include "base/fault.h"

enum { DATE_MAX = 39 };

/* zone is what the protocol calls UTC: "GMT", "+0000". BAD: a time that no calendar has. */
int date_text(int64_t wall_s, const char *zone, char out[DATE_MAX + 1], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
