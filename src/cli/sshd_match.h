/* sshd_match: for whom the `Match` lines of an sshd_config may change it.
 *
 * Owns: reading such a line, and a connection that it is true of, as sshd's -C wants it.
 * MUST: stand in for patterns, networks and groups with somebody who fits; count the lines for
 *       which nobody can be found.
 * Never: judges; runs sshd. Only sshd_ask asks it. */
#ifndef CLI_SSHD_MATCH_H
#define CLI_SSHD_MATCH_H

#include <stdbool.h>
#include <stddef.h>

enum { SSHD_MATCH_SPEC = 320 };

/* Somebody of this group; false: nobody, or it cannot be found out. */
typedef bool (*sshd_match_member)(const char *group, char *user, size_t cap);

/* The n-th line that something can be made of: "user=bob,addr=192.0.2.7". false: there are no more;
 * *left: so many lines were left out. */
bool sshd_match_nth(const char *text, unsigned n, sshd_match_member member,
	char spec[SSHD_MATCH_SPEC], unsigned *left) __attribute__((nonnull));

/* What follows -C: with somebody unremarkable where spec names none, since sshd wants all three.
 * spec "": everybody. */
void sshd_match_complete(const char *spec, char out[SSHD_MATCH_SPEC]) __attribute__((nonnull));

#endif
