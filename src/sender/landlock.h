/* landlock: no files but those that a delivery needs (E7).
 *
 * Owns: the raw system calls of Landlock, and the list of folders that may be read.
 * MUST: allow what struct landlock_needs says, and nothing else that this kernel's Landlock can
 *       forbid: no other writing, no listening port, no signals to others.
 * Never: is fatal: a kernel without it is told by the result. */
#ifndef SENDER_LANDLOCK_H
#define SENDER_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

enum { LANDLOCK_WRITABLE_MAX = 2 };

struct landlock_needs {
	bool resolver;       /* what libcurl and name resolution read */
	const char *ca_file; /* may be read as well; "" or NULL: none */
	/* open folders where files may be made, written, renamed and removed; -1: none */
	int writable[LANDLOCK_WRITABLE_MAX];
	size_t nwritable;
};

/* True when it is on. Needs no_new_privs. */
bool landlock_enter(const struct landlock_needs *needs) __attribute__((nonnull));

#endif
