/* dialogue: the prompts of one login, counted.
 *
 * Owns: how often may be asked (tries + resends + 4), how often something that is neither code
 *       nor command is borne (3 times, A6), and what the next prompt says.
 * MUST: ask no more once a bound is reached or the conversation has broken (D10); keep the watch
 *       going while a person thinks.
 * Never: judges an answer, charges. */
#ifndef CORE_DIALOGUE_H
#define CORE_DIALOGUE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/message.h"
#include "wire/talk.h"

/* How the engine or the CLI talks to a person. show: one prompt. read: its answer; 0 with *answer
 * filled (its kind tells also that the host's conversation failed), -1 GONE, LATE or PEER. tell:
 * one error text. deadline_ms: absolute. */
struct dialogue_people {
	void *ctx;
	int (*show)(void *ctx, const char *text, struct fault *f);
	int (*read)(void *ctx, int64_t deadline_ms, struct talk_answer *answer, struct fault *f);
	int (*tell)(void *ctx, const char *text, int64_t deadline_ms, struct fault *f);
	/* one line for the log, nothing secret: a budget at 80 %, a route that failed */
	void (*note)(void *ctx, const char *text);
	/* becomes readable when read has something to read; -1: read waits by itself */
	int answer_fd;
	/* show for the one field of a host (two_step): read gives what of it reads as a code, or
	 * EMPTY. NULL: there is no such field */
	int (*show_field)(
		void *ctx, const char *text, const struct talk_field *field, struct fault *f);
	/* one more conversation that holds no place on the user's record may wait for the person;
	 * NULL: however many there are */
	bool (*room)(void *ctx, uint32_t uid);
};

enum { DIALOGUE_WATCH_FDS = 16 };

/* What goes on while a prompt is up: fds and wake_ms say what to wait for beside the answer, step
 * does what can be done without waiting. */
struct dialogue_watch {
	void *ctx;
	size_t (*fds)(void *ctx, struct pollfd out[DIALOGUE_WATCH_FDS]);
	int64_t (*wake_ms)(void *ctx);
	void (*step)(void *ctx);
};

/* Somebody who stands between the login and the person (core/decoy.h). speak: put what the person
 * shall read into *shown; false: nothing more. hear: what the person said, before the login knows
 * of it; it may be made into something that is no answer. */
struct dialogue_mask {
	void *ctx;
	bool (*speak)(void *ctx, struct message_prompt *shown);
	void (*hear)(void *ctx, struct talk_answer *answer);
};

struct dialogue {
	const struct dialogue_people *people;
	const struct dialogue_watch *watch; /* set by the caller; NULL: nothing goes on */
	const struct dialogue_mask *mask;   /* set by the caller; NULL: there is none */
	int64_t patience_ms;                /* set by the caller; 0: TALK_ANSWER_MS */
	struct message_prompt next;         /* what the next prompt says */
	struct talk_field field;            /* digits not 0: the next prompt is for a field */
	uint32_t prompts_left;
	uint32_t non_answers_left;
	uint32_t answered; /* prompts that brought an answer of their own */
	bool over;         /* the last one brought none: the person is not there any more */
};

enum dialogue_end {
	DIALOGUE_BROKEN = 0,   /* connection gone or treaty broken: *f says */
	DIALOGUE_ANSWERED = 1, /* *answer is text, empty or oversize; the caller wipes it */
	DIALOGUE_SILENT,       /* no answer within TALK_ANSWER_MS, or no prompt is left */
	DIALOGUE_FAILED,       /* the host's conversation failed on our prompt (D3, D10) */
	/* a control byte: the call ends (D10), and says nothing of the host */
	DIALOGUE_CONTROL,
	DIALOGUE_ONE_FIELD, /* the answer is the password or the user name again (D3) */
};

/* code_tries + resends bound the prompts. */
void dialogue_begin(struct dialogue *d, const struct dialogue_people *people, uint32_t tries,
	uint32_t resends) __attribute__((nonnull));

void dialogue_next(struct dialogue *d, enum message_situation situation, int64_t wait_s)
	__attribute__((nonnull));

enum dialogue_end dialogue_ask(struct dialogue *d, struct talk_answer *answer, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* One more non-answer: false when there were too many. */
bool dialogue_bear(struct dialogue *d) __attribute__((warn_unused_result, nonnull));

/* Tell a refusal, where the reason is for the person's ears. */
void dialogue_tell_refusal(struct dialogue *d, enum talk_reason reason, int64_t until_wall_s,
	int64_t now_wall_s, int64_t deadline_ms) __attribute__((nonnull));

#endif
