/* peer: one connection, one login: from the first frame to the verdict and the audit line.
 *
 * Owns: SO_PEERCRED (who, and on which terminal), the opening of settings, state and directory for
 *       one login, the engine's side of talk, the audit line.
 * MUST: judge the peer by the kernel's word (E1): uid 0 may name any user, another uid only its
 *       own; send a verdict on every path while the peer is there; write one audit line with
 *       fixed `key=value` order and nothing secret in it (G1).
 * Never: serves a second login; lives past the peer. */
#ifndef ENGINE_PEER_H
#define ENGINE_PEER_H

#include <sys/types.h>

/* fd: the connected socket, closed here. settings: path. uid: the kernel's word for who is at
 * the other end. */
void peer_serve(int fd, const char *settings, uid_t uid);

/* SO_PEERCRED's uid; -1 when the kernel does not say. */
int peer_uid(int fd, uid_t *uid);

#endif
