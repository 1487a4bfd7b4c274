/* pace: how long the steps of recent logins took, and a plausible time for one that only looks
 *       like a login (D15).
 *
 * Owns: 12 times of each kind of step, and what is drawn from them.
 * MUST: draw times that are spread as the remembered ones are, and that do not repeat them; give
 *       a plausible one where there are few or none.
 * Never: does I/O, reads a clock, makes a random number. Pure. */
#ifndef CORE_PACE_H
#define CORE_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* From the engine's first sight of a login, or from an answer, to just before what follows. */
enum pace_kind {
	PACE_FIRST = 0, /* the first prompt, with a message sent before it */
	PACE_CONFIRM,   /* the first prompt, with none */
	PACE_AGAIN,     /* the next prompt, with a message sent before it */
	PACE_GUESS,     /* the next prompt, after a wrong code */
	PACE_END,       /* the verdict, after the last wrong code */
	PACE_KINDS,
};

enum {
	PACE_DEPTH = 12,
	PACE_PLACES = 64, /* PACE_KINDS * PACE_DEPTH of them are used, the others zero */
	PACE_MAX_US = 60000000,
};

struct pace {
	/* the newest of a kind first; 0: none yet */
	uint32_t us[PACE_PLACES];
};

bool pace_sane(const struct pace *p) __attribute__((warn_unused_result, nonnull));
/* The oldest of this kind is forgotten. */
void pace_add(struct pace *p, enum pace_kind kind, int64_t us) __attribute__((nonnull));
/* Microseconds. chance: any number, every one equally likely. */
int64_t pace_draw(const struct pace *p, enum pace_kind kind, uint64_t chance)
	__attribute__((warn_unused_result, nonnull));

#endif
