/* A person at the prompt of a login: a script of words. */
#ifndef TESTS_PERSON_H
#define TESTS_PERSON_H

#include "house.h"

/* "ok" the right code, "bad" a wrong one, "r", "" Enter, "gone" connection lost, "fail" conversation failed, "pw" the password again,
 * "control" a control byte, "big" oversize, "wait:N" N seconds pass before the next word and nothing else happens meanwhile, "think:N" N
 * seconds pass with the prompt up, and what goes on goes on; "silent" never answers; anything else is typed. */
enum { PERSON_WORDS = 24 };

struct person {
	const char *words[PERSON_WORDS];
	size_t at;
	char prompts[PERSON_WORDS][TALK_PROMPT_MAX + 1];
	size_t nprompts;
	struct talk_field field; /* of the last prompt that was for a field (two_step) */
	char told[TALK_PROMPT_MAX + 1];
	char noted[512];  /* the last line */
	char notes[4096]; /* all lines */
};

/* Whether the daemon has room for who waits without a place; NULL: it has. */
extern bool (*person_room)(void *ctx, uint32_t uid);

/* What is told in passing does not reach them. */
extern bool person_deaf;

/* One login; words end with NULL. */
struct person person_run(struct house *h, struct verdict_outcome *outcome, const char *const words[]);

/* The same person at another's prompts: meet is called once. */
struct person person_meet(void (*meet)(const struct dialogue_people *people, void *ctx), void *ctx, const char *const words[]);

#endif
