/* candidate: may this number be texted at all?
 *
 * Owns: the reading of a typed number, and the words for each refusal (G3).
 * MUST: take only what phone_normalise takes, numbers.prefixes allows and, without numbers.premium,
 *       is not a premium range.
 * Never: sends, stores. */
#ifndef CLI_CANDIDATE_H
#define CLI_CANDIDATE_H

#include "core/phone.h"
#include "core/settings.h"

int candidate_number(const struct settings *s, const char *typed, struct phone *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
