/* journey: what the audit line says of a message's way.
 *
 * Owns: the outcome's `sent_ms` and `failed`, and that a report is of the last message.
 * MUST: name each route once; name no route that took the message; cut between names only.
 * Never: decides anything. Pure. */
#ifndef CORE_JOURNEY_H
#define CORE_JOURNEY_H

#include "core/delivery.h"
#include "core/verdict.h"

/* After delivery_close. */
void journey_note(const struct delivery *d, struct verdict_outcome *o) __attribute__((nonnull));

#endif
