/* turnstile: who of the daemon's children is next at the site's record.
 *
 * The record's lock (F3) is polled for two seconds. Of five hundred that poll at once some find it
 * free by luck, and others not at all: so they come one by one, in the order of their asking.
 *
 * Owns: one token, which passes from one to the next.
 * MUST: hand it on in order; let nobody wait longer than TURNSTILE_MS, who then goes on without: it
 *       is the record's lock that keeps changes apart, here and from other processes; put another
 *       token there when a child was killed, which may have had it.
 * Never: is needed. Without a daemon there is none. */
#ifndef ENGINE_TURNSTILE_H
#define ENGINE_TURNSTILE_H

#include <stdbool.h>

#include "core/state.h"

enum { TURNSTILE_MS = 6000 };

/* Once in the daemon. Where it fails there is no order. */
void turnstile_open(void);
/* In the daemon, when a child has ended. */
void turnstile_left(bool killed);
/* For a child's state; NULL: there is no daemon. */
const struct state_turn *turnstile_turn(void);

#endif
