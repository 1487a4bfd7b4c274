/* settings_scan: the file's text, before and after libconfig has seen it.  Owns: a reading of
 * libconfig's tokens; the traps that libconfig does not report, and hints for those that it
 * reports badly. MUST: refuse what libconfig would follow (@include) or not see (a NUL byte),
 * and nesting that would exhaust a parser; report       numbers that libconfig would wrap (more
 * than nine digits, other bases) and strings that it would silently join. Never: takes a value
 * from the text: that is libconfig's. */
#ifndef CORE_SETTINGS_SCAN_H
#define CORE_SETTINGS_SCAN_H

#include <stddef.h>

#include "core/settings_shape.h"

/* text: len bytes and a NUL. -1: it must not be parsed, and there is a fault that says why. 0:
 * it may be, though there may be new faults. file: for the faults. */
int settings_scan_check(const char *text, size_t len, const char *file,
	struct settings_faults *faults) __attribute__((warn_unused_result, nonnull));

/* Why libconfig stumbled at this line, in out; returns the line to look at, or 0 (and out is "")
 * without an idea. */
int settings_scan_hint(const char *text, int line, char *out, size_t cap)
	__attribute__((warn_unused_result, nonnull));

#endif
