/* recognition: has this user come from here before, and must they be asked again?
 *
 * Owns: the look at the places on the user's record, before anything is charged (B6, `remember`).
 * MUST: send home only who has been verified from this place, through this service, within the time
 *       of the settings, and is neither blocked nor locked, nor without a first factor outside of
 *       their terminal's session; exempt by policy alone (C3); leave in the ledger which place a
 *       success is to be noted for, and whether it is a known one.
 * Never: writes, asks, sends. */
#ifndef CORE_RECOGNITION_H
#define CORE_RECOGNITION_H

#include "core/step.h"

/* s->ledger is filled but for place and known. */
enum step_end recognition_begin(struct step *s) __attribute__((nonnull));

#endif
