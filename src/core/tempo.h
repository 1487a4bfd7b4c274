/* tempo: how long the steps of one conversation take, and how long a decoy's shall (D15).
 *
 * Owns: the moment a step began, what was measured in this conversation, and the waiting.
 * MUST: wait no longer than it is allowed to (and the slack); write what was measured in one
 *       change of the site's record, when nobody waits for anything any more.
 * Never: holds a lock while it waits; fails a login. */
#ifndef CORE_TEMPO_H
#define CORE_TEMPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/pace.h"
#include "core/state.h"

enum {
	TEMPO_NOTES = 8,
	/* Every step ends so long after its time, a real one too. What else the machine does delays
	 * a decoy only within this time, so that it is not delayed by what once delayed a login and
	 * by its own share as well; and both have just been woken when they go on. */
	TEMPO_SLACK_US = 20000,
};

struct tempo {
	/* How long a decoy waits for an answer; 0: there are too many already. Set by the caller,
	 * NULL: as long as a login does. */
	int64_t (*patience_ms)(void);
	/* its own */
	int64_t since_us; /* when the present step began */
	bool known;       /* pace has been read */
	struct pace pace;
	enum tempo_last { TEMPO_LAST_FREE = 0, TEMPO_LAST_NOTE, TEMPO_LAST_WAIT } last;
	int64_t last_limit_ms;
	size_t n;
	struct tempo_note {
		enum pace_kind kind;
		int64_t us;
	} notes[TEMPO_NOTES];
};

/* Now the login, or the next step of it, begins. */
void tempo_begin(struct tempo *t) __attribute__((nonnull));
void tempo_step(struct tempo *t) __attribute__((nonnull));

/* The step of a real login ends here, but for the slack. */
void tempo_note(struct tempo *t, enum pace_kind kind) __attribute__((nonnull));
/* The step is to end when a login's might; limit_ms: after its beginning at the latest. */
void tempo_wait(struct tempo *t, enum pace_kind kind, const struct state *s, int64_t limit_ms)
	__attribute__((nonnull));

/* How the last step, PACE_END, is to end: it does so in tempo_end, when all is done that is left to
 * do before the verdict. */
void tempo_last_note(struct tempo *t) __attribute__((nonnull));
void tempo_last_wait(struct tempo *t, const struct state *s, int64_t limit_ms)
	__attribute__((nonnull));
void tempo_end(struct tempo *t) __attribute__((nonnull));

/* Write what was noted, if anything was. */
int tempo_keep(const struct tempo *t, const struct state *s, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
