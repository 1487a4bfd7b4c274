/* audit: who changed what, in the system's log.
 *
 * Owns: one line (facility authpriv) for each administrative change, in a fixed order of
 *       `key=value`.
 * MUST: hold numbers as keyed tags only (G1); have no byte in it that could break the line.
 * Never: fails a command: a system without a log is none of our business. */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "core/account.h"
#include "core/phone.h"
#include "core/state.h"

struct audit_change {
	const char *action;
	const struct account *account;
	const struct phone *number; /* NULL: none known */
	const struct phone *old;    /* set-number */
	const char *service;        /* two-prompts, bypass; NULL: none */
	int64_t for_s;              /* what is granted for a while; 0: nothing is */
	const char *reason;         /* NULL: none was given */
	const char *language;       /* set-language; NULL: it is not about that */
};

/* state may be closed: numbers are then "-". */
void audit_admin(const struct state *state, const struct audit_change *change)
	__attribute__((nonnull));

/* The person behind the root shell: the login uid's name, SUDO_USER, or "root". cap >
 * TALK_USER_MAX. */
void audit_by(char *out, size_t cap) __attribute__((nonnull));

#endif
