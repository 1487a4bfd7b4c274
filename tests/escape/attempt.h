/* attempt: what a program that was taken over would try, one function each.
 *
 * Owns: the list, in the order of the table, and what each profile may let through. */
#ifndef TESTS_ESCAPE_ATTEMPT_H
#define TESTS_ESCAPE_ATTEMPT_H

#include <stddef.h>
#include <sys/types.h>

/* Bits, one for each profile. A mail goes with the profile of HTTP. */
enum { HTTP = 1, OUTBOX = 2, SPOOL = 4, COMMAND = 8, EVERY = 15 };

struct attempt {
	const char *group; /* NULL: as the one before */
	const char *what;
	/* 0: it worked. Else errno; what fails only because the arguments mean nothing has worked, too. */
	int (*try)(void);
	unsigned works; /* in these it works */
	unsigned
		landlock; /* in these Landlock alone forbids it: it works where the kernel has none */
	int since;        /* the version of Landlock that can */
	unsigned user; /* in these it is refused because the user is not root: not tried as root */
};

extern const struct attempt attempt_list[];
extern const size_t attempt_count;

/* What the attempts need and must not make themselves, made before the sandbox is entered. */
struct attempt_place {
	char folder
		[64];  /* the user's own, with the files mine and other, and the socket listener */
	int inherited; /* open for writing */
	int spool;     /* an open folder, for SANDBOX_SPOOL */
	pid_t victim;  /* another sender of the same user */
	char abstract[64];
	unsigned short port; /* on loopback, where somebody listens */
};
extern struct attempt_place attempt_place;

#endif
