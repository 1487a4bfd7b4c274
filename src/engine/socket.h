/* socket: where the engine is asked.
 *
 * Owns: the listening socket, handed over by systemd or made by hand under /run/sms-otp.
 * MUST: make the folder root:root 0755 and the socket root:root 0666 (E1); never take the place
 *       of an engine that serves.
 * Never: accepts. */
#ifndef ENGINE_SOCKET_H
#define ENGINE_SOCKET_H

#include <stdbool.h>

#include "base/fault.h"

/* Take systemd's socket if LISTEN_PID and LISTEN_FDS name this process, else make one at
 * PLACES_SOCKET (*made). */
int socket_open(int *fd, bool *made, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Remove the socket that was made. */
void socket_remove(void);

#endif
