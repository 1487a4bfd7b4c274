/* settings: the site's decisions, read from sms-otp.conf through libconfig by one typed table.
 *
 * Owns: the file's grammar: every key, type, default, bound; the words for every fault.
 * MUST: refuse a file that is missing, badly owned (root, not writable by others, no symlink on
 *       the way), has a syntax error, an unknown key, a wrong type or a value out of range, or
 *       CHANGE-ME, or an @include; report the first syntax error with a hint, or
 *       else all other faults at once, each with file and line (C2); check numbers as 64-bit.
 * Never: has a value that lets somebody in without a code except `unlisted`, `unenrolled`, `rules`
 *        and `remember`, each said explicitly; keeps a secret (it keeps the names of secret files,
 *        judged; settings_read_secret reads one). */
#ifndef CORE_SETTINGS_H
#define CORE_SETTINGS_H

#include <stddef.h>

#include "base/fault.h"
#include "base/secret.h"
#include "core/settings_shape.h"

/* path: absolute. On -1 *faults has at least one entry and *out is all zero. */
int settings_load(const char *path, struct settings *out, struct settings_faults *faults)
	__attribute__((warn_unused_result, nonnull));

/* The same where *out is all zero already, as in a process that reads them once: most of it is
 * never touched then, and nobody pays for its pages. */
int settings_load_once(const char *path, struct settings *out, struct settings_faults *faults)
	__attribute__((warn_unused_result, nonnull));

/* Wipe what may be private in settings that were loaded: variables and phone patterns of routes. */
void settings_forget(struct settings *s) __attribute__((nonnull));

/* The first fault as one line "FILE:LINE: TEXT (and N more)", for the audit line. */
void settings_first_fault(const struct settings_faults *faults, char *out, size_t cap)
	__attribute__((nonnull));

/* The value of a variable; a file is judged and read afresh, its trailing newline dropped. The
 * caller wipes *out. */
int settings_read_secret(const struct settings_variable *v, struct secret *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The table's public face. NULL after the last. */
const struct settings_key *settings_key(size_t i);

#endif
