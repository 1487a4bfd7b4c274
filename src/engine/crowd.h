/* crowd: which of the daemon's children wait for one and the same user without a place on the
 *        record, as who is asked for a recovery or app code does.
 *
 * Owns: a page that the daemon and its children share: whom a slot waits for.
 * MUST: let no user have more than CROWD_MAX of LISTEN_SLOTS so: su and sudo run as root, and who
 *       starts them may be anybody with a password of his own.
 * Never: waits, logs. */
#ifndef ENGINE_CROWD_H
#define ENGINE_CROWD_H

#include <stdbool.h>
#include <stdint.h>

enum { CROWD_MAX = 8 };

/* The daemon, before its first child. Without memory there is no room. */
void crowd_open(int slots);
/* The daemon: this slot is free. */
void crowd_left(int slot);
/* A child of the daemon: its slot. Who does not say so serves one login and is not counted. */
void crowd_sit(int slot);
/* This login waits for the user from now on; false: too many do. */
bool crowd_room(uint32_t uid) __attribute__((warn_unused_result));

#endif
