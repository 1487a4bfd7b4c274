/* pattern: names held against lists of patterns, as OpenSSH does it (ssh_config(5), PATTERNS).
 *
 * Owns: the meaning of `*` (any bytes), `?` (one byte) and a leading `!`.
 * MUST: take a list for matched only where one of its plain patterns matches a name and none of its
 *       negated ones matches any name; so a list of negated patterns alone matches nothing, and
 *       nothing matches where there is no name; need time in proportion to both lengths at the
 *       worst.
 * Never: looks at the locale: bytes are compared. Pure. */
#ifndef CORE_PATTERN_H
#define CORE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* n strings in a row, each with its NUL: "wheel\0!interns\0". */
struct pattern_words {
	const char *first; /* may be anything where n is 0 */
	size_t n;
};

/* Of words' strings the one after at. */
const char *pattern_next(const char *at) __attribute__((nonnull));

/* One pattern without its `!`, and a whole name. */
bool pattern_matches(const char *pattern, const char *name) __attribute__((nonnull));

/* A user in several groups has several names. */
bool pattern_list(const struct pattern_words *patterns, const struct pattern_words *names)
	__attribute__((nonnull));
bool pattern_list_one(const struct pattern_words *patterns, const char *name)
	__attribute__((nonnull));

/* Neither negated nor with a `*` or `?`: it is a name. */
bool pattern_plain(const char *pattern) __attribute__((nonnull));

#endif
