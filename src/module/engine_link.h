/* engine_link: the way to the engine, the living one or one started for this login.
 *
 * Owns: the judgement of the socket and of who listens there (E1), and the choice between socket
 *       and one-shot (E2).
 * MUST: speak to nobody but root: the folder's and the socket's owner and the peer's uid are 0, and
 *       nobody else can write in the folder; start an engine only if euid is 0 and the socket is
 *       absent (ENOENT, ECONNREFUSED), never after another failure; give a descriptor of 3 or more
 *       with O_CLOEXEC, so that a host without descriptors 0 to 2 does not prompt into it; leave
 *       nothing behind on failure.
 * Never: waits past the deadline, reads a byte. */
#ifndef MODULE_ENGINE_LINK_H
#define MODULE_ENGINE_LINK_H

#include <stdint.h>

#include "base/fault.h"
#include "wire/talk.h"

/* conf: the settings for a one-shot engine, NULL for its own; with a living engine it is an error.
 * -1: *why is ENGINE or ARGUMENTS. */
int engine_link_open(const char *conf, int64_t deadline_ms, int *fd, enum talk_reason *why,
	struct fault *f) __attribute__((warn_unused_result, nonnull(3, 4, 5)));

#endif
