#include "person.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "senders.h"
#include "unit.h"

bool (*person_room)(void *ctx, uint32_t uid);
bool person_deaf;

static void type(struct talk_answer *a, const char *text)
{
	a->kind = TALK_ANSWER_TEXT;
	ck_assert_int_eq(secret_set(&a->text, text, strlen(text)), 0);
}

static void type_wrong(struct talk_answer *a)
{
	char code[7];

	house_code(code);
	code[5] = (char)(code[5] == '9' ? '0' : code[5] + 1);
	type(a, code);
}

static void type_right(struct talk_answer *a)
{
	char code[7];

	house_code(code);
	type(a, code);
}

static int speak(struct person *p, struct talk_answer *a, struct fault *f)
{
	const char *w = p->words[p->at] ? p->words[p->at++] : "gone";

	memset(a, 0, sizeof *a);
	if (strncmp(w, "think:", 6) == 0)
		return speak(p, a, f);
	if (strncmp(w, "wait:", 5) == 0) {
		house_shift_ms += 1000 * atoll(w + 5);
		return speak(p, a, f);
	}
	if (strcmp(w, "gone") == 0)
		return fault_set(f, FAULT_GONE, 0, "the other side closed the connection");
	if (strcmp(w, "ok") == 0)
		type_right(a);
	else if (strcmp(w, "bad") == 0)
		type_wrong(a);
	else if (strcmp(w, "fail") == 0)
		a->kind = TALK_ANSWER_FAILED;
	else if (strcmp(w, "pw") == 0)
		a->kind = TALK_ANSWER_SAME_AS_PASSWORD;
	else if (strcmp(w, "control") == 0)
		a->kind = TALK_ANSWER_CONTROL;
	else if (strcmp(w, "big") == 0)
		a->kind = TALK_ANSWER_OVERSIZE;
	else if (*w == '\0')
		a->kind = TALK_ANSWER_EMPTY;
	else
		type(a, w);
	return 0;
}

static int show(void *ctx, const char *text, struct fault *f)
{
	struct person *p = ctx;
	const char *w = p->words[p->at];

	(void)f;
	ck_assert_uint_lt(p->nprompts, PERSON_WORDS);
	ck_assert_msg(strlen(text) <= 512 && text[strlen(text) - 1] != '\n', "%s", text);
	snprintf(p->prompts[p->nprompts++], TALK_PROMPT_MAX + 1, "%s", text);
	senders_person_ms = clock_boot_ms();
	if (w && strncmp(w, "think:", 6) == 0)
		senders_person_ms += 1000 * atoll(w + 6);
	if (w && strcmp(w, "silent") == 0)
		senders_person_ms = INT64_MAX;
	return 0;
}

static int show_field(void *ctx, const char *text, const struct talk_field *field, struct fault *f)
{
	struct person *p = ctx;

	p->field = *field;
	return show(ctx, text, f);
}

static int read_answer(void *ctx, int64_t deadline_ms, struct talk_answer *answer, struct fault *f)
{
	if (senders_person_ms == INT64_MAX) {
		ck_assert_int_ge(clock_boot_ms(), deadline_ms);
		memset(answer, 0, sizeof *answer);
		return fault_set(f, FAULT_LATE, 0, "the other side did not keep up in time");
	}
	ck_assert_int_ge(clock_boot_ms(), senders_person_ms);
	return speak(ctx, answer, f);
}

static int tell(void *ctx, const char *text, int64_t deadline_ms, struct fault *f)
{
	struct person *p = ctx;

	(void)deadline_ms;
	if (person_deaf)
		return fault_set(f, FAULT_GONE, 0, "nobody listens");
	snprintf(p->told, sizeof p->told, "%s", text);
	return 0;
}

static void note(void *ctx, const char *text)
{
	struct person *p = ctx;

	snprintf(p->noted, sizeof p->noted, "%s", text);
	snprintf(p->notes + strlen(p->notes), sizeof p->notes - strlen(p->notes), "%s\n", text);
}

struct person person_meet(void (*meet)(const struct dialogue_people *people, void *ctx), void *ctx, const char *const words[])
{
	static struct person p;
	struct dialogue_people people = { &p, show, read_answer, tell, note, SENDERS_PERSON_FD, show_field, person_room };

	memset(&p, 0, sizeof p);
	for (size_t i = 0; words[i] && i < PERSON_WORDS - 1; i++)
		p.words[i] = words[i];
	meet(&people, ctx);
	ck_assert_int_eq(senders_running(), 0);
	return p;
}

struct person person_run(struct house *h, struct verdict_outcome *outcome, const char *const words[])
{
	static struct person p;
	struct dialogue_people people = { &p, show, read_answer, tell, note, SENDERS_PERSON_FD, show_field, person_room };

	memset(&p, 0, sizeof p);
	for (size_t i = 0; words[i] && i < PERSON_WORDS - 1; i++)
		p.words[i] = words[i];
	login_run(&h->rooms, &h->facts, &people, outcome);
	ck_assert_int_eq(senders_running(), 0);
	return p;
}
