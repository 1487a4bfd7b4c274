/* story: what people were told, up to one moment of a log.
 *
 * Owns: the facts that a power cut must not take back: what was handed to a provider, what was answered, which codes are dead,
 *       who is enrolled.
 * MUST: count as told only what had been sent, and as given back what may have been: as soon as the right answer was on its way.
 * Never: looks at a disk.
 *
 * The marks of the test that makes the log: "start CMD USER [VALUE]" and "done CMD USER [VALUE]" around a command (enroll, forget,
 * unlock, recovery, app, number), "login PID USER PLACE", "code PID CODE", and "answer PID KIND VALUE" before an answer goes out (wrong,
 * right, recovery, app, other). */
#ifndef TESTS_STORY_H
#define TESTS_STORY_H

#include "stream.h"

enum { STORY_USERS = 6, STORY_CODES = 64, STORY_LOGINS = 128, STORY_WORD = 40, STORY_RECOVERY = 10 };

enum story_recovery { STORY_RECOVERY_NONE = 0, STORY_RECOVERY_FRESH, STORY_RECOVERY_TYPED, STORY_RECOVERY_SPENT };

struct story_user {
	char name[STORY_WORD];
	bool enrolled, gone; /* for sure; neither while a command is at it */
	char number[STORY_WORD]; /* "": either of two */
	char numbers[8][STORY_WORD]; /* all that were stored, or were to be */
	unsigned nnumbers;
	unsigned handed, forgivable; /* messages; those that a success may have given back */
	unsigned wrong;              /* guesses that were told to be wrong, since an unlock began */
	bool locked, unlocked;       /* told so, and nothing since */
	char dead[STORY_CODES][STORY_WORD]; /* codes of logins that have a verdict */
	unsigned ndead;
	struct {
		char code[STORY_WORD];
		enum story_recovery is;
	} recovery[STORY_RECOVERY];
	unsigned nrecovery;
	bool app;
	int64_t app_step; /* of the last code of the app that was accepted */
	char places[8][STORY_WORD]; /* with a success */
	unsigned nplaces;
};

struct story_login {
	uint32_t pid;
	int user;
	char place[STORY_WORD], code[STORY_WORD], kind[STORY_WORD], value[STORY_WORD];
	unsigned handed;
	bool forgiven, body; /* body: the next that it sends is a verdict's body */
};

struct story {
	struct story_user users[STORY_USERS];
	int nusers;
	struct story_login logins[STORY_LOGINS];
	int nlogins;
	unsigned handed; /* all messages */
};

/* The facts after a STREAM_SAID or STREAM_MARK. */
void story_play(struct story *s, const struct stream_entry *e);

#endif
