/* ledger_step: what only a two-step login changes in the record on disk.
 *
 * Owns: the look for the challenge that a first step has left, its time once the message is out,
 *       and its end after the last wrong guess, each as one locked change.
 * MUST: find a challenge of the ledger's binding only; read after locking (F4).
 * Never: asks, sends, compares, charges (that is ledger's), or keeps a lock when it returns. */
#ifndef CORE_LEDGER_STEP_H
#define CORE_LEDGER_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ledger.h"

/* Zero: no first step has left one. */
enum ledger_step_standing {
	LEDGER_STEP_NONE = 0,
	LEDGER_STEP_VALID = 0x53746570,
	LEDGER_STEP_EXPIRED = 2,
};

struct ledger_step_found {
	enum ledger_step_standing standing;
	unsigned char id[RECORD_CHALLENGE_ID];
	int64_t valid_until_ms;
	bool alone;
	bool known;     /* the first step came from a known place: one login stays with one purse */
	uint32_t sends; /* what a success gives back */
	bool new_device; /* as in struct verdict_outcome: the record has others, and l->place not */
};

/* l->binding is set, here and below, and here l->place. Writes nothing. */
int ledger_step_look(const struct ledger *l, struct ledger_step_found *found, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* A provider has the message: the challenge stays when its conversation ends. */
int ledger_step_keep(const struct ledger *l, const struct challenge *c, uint32_t sends,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The guess was wrong. Without tries the challenge is void. */
int ledger_step_wrong(const struct ledger *l, const struct challenge *c, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
