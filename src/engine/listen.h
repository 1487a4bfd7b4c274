/* listen: the daemon's connections, one child each.
 *
 * Owns: accepting, the children, the caps; the start of a keeper when a child asks for one.
 * MUST: keep slots for uid 0: of LISTEN_SLOTS children other uids may have LISTEN_SLOTS_OTHERS in
 *       all and LISTEN_SLOTS_UID each (E1); reap every child; stop on SIGTERM or SIGINT without
 *       ending logins that are under way.
 * Never: reads a byte of a connection itself. */
#ifndef ENGINE_LISTEN_H
#define ENGINE_LISTEN_H

#include "base/fault.h"

enum { LISTEN_SLOTS = 768, LISTEN_SLOTS_OTHERS = 256, LISTEN_SLOTS_UID = 8 };

/* Serve on fd until SIGTERM or SIGINT; 0 then, -1 on a fault that ends the daemon. */
int listen_serve(int fd, const char *settings, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
