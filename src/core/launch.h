/* launch: the start of one sender process.
 *
 * Owns: which user a sender runs as, and what it is given of ours: one socket, and for the outbox
 *       its file.
 * MUST: start it as the sender's user with no_new_privs, never as root (E7); leave nothing running
 *       and nothing open on a fault.
 * Never: knows an order. */
#ifndef CORE_LAUNCH_H
#define CORE_LAUNCH_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/spawn.h"

struct launch {
	const char *sender_path; /* PLACES_SENDER */
	const char *sender_user; /* PLACES_SENDER_USER */
	int box;                 /* the outbox's file, becomes descriptor 3; -1: none */
	bool stay;               /* it serves further orders, and ends with who started it */
};

/* *fd: our end of its socket; the caller ends the child (spawn_end) and closes it. */
int launch_sender(const struct launch *l, struct spawn_child *child, int *fd, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
