/* decoys: how many of the daemon's children talk to nobody (D15).
 *
 * Owns: a page that the daemon and its children share: which slot holds a decoy.
 * MUST: keep decoys, which need no password, from filling the slots: of LISTEN_SLOTS a quarter may
 *       wait as long as a login does, one more quarter for DECOYS_SHORT_MS at a prompt, and none
 *       beyond.
 * Never: waits, logs. */
#ifndef ENGINE_DECOYS_H
#define ENGINE_DECOYS_H

#include <stdint.h>

enum { DECOYS_SHORT_MS = 20000 };

/* The daemon, before its first child. Without memory there are no decoys that wait long. */
void decoys_open(int slots);
/* The daemon: this slot is free. */
void decoys_left(int slot);
/* A child of the daemon: its slot. Who does not say so serves one login and is not counted. */
void decoys_sit(int slot);
/* This login is a decoy from now on: how long it waits for an answer; 0: it cannot be one. */
int64_t decoys_patience_ms(void);

#endif
