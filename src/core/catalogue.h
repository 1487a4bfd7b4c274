/* catalogue: one language's translations, as msgfmt compiles them (GNU gettext's .mo file).
 *
 * Owns: the file's format; what of a translation may be shown.
 * MUST: judge the whole file before anything of it is used: tables and texts within its bytes, each
 *       ended by a NUL, translations valid UTF-8 without control bytes (C7, D1); give no
 *       translation whose printf conversions differ from the original's.
 * Never: does I/O, looks at a locale or an environment. Pure. */
#ifndef CORE_CATALOGUE_H
#define CORE_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct catalogue {
	const char *bytes;
	uint32_t n, originals, translations; /* entries, and where the two tables begin */
};

/* bytes are the caller's, and stay as they are while *out is used. DAMAGED. */
int catalogue_open(const char *bytes, size_t len, struct catalogue *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The translation of an original, of its plural form `form` (0: the only one, or the first). NULL:
 * there is none. */
const char *catalogue_find(const struct catalogue *c, const char *original, uint32_t form)
	__attribute__((nonnull));

#endif
