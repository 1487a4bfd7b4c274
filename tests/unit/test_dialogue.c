#include "core/dialogue.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

/* A person who always answers alike. */
static struct talk_answer next_answer;
static enum fault_class next_fault;
static int asked, told, noted;
static int tell_fails;

static int show(void *ctx, const char *text, struct fault *f)
{
	(void)ctx;
	(void)f;
	ck_assert_uint_gt(strlen(text), 0);
	asked++;
	return 0;
}

static int read_answer(void *ctx, int64_t deadline_ms, struct talk_answer *answer, struct fault *f)
{
	(void)ctx;
	(void)deadline_ms;
	*answer = next_answer;
	return next_fault == FAULT_NONE ? 0 : fault_set(f, next_fault, 0, "x");
}

static int tell(void *ctx, const char *text, int64_t deadline_ms, struct fault *f)
{
	(void)ctx;
	(void)deadline_ms;
	ck_assert_uint_gt(strlen(text), 0);
	told++;
	return tell_fails ? fault_set(f, FAULT_GONE, 0, "x") : 0;
}

static void note(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
	noted++;
}

static struct dialogue_people people = { NULL, show, read_answer, tell, note, -1, NULL, NULL };
static struct phone phone = { "+491701234512" };

static void begin(struct dialogue *d, uint32_t tries, uint32_t resends)
{
	memset(&next_answer, 0, sizeof next_answer);
	next_answer.kind = TALK_ANSWER_EMPTY;
	next_fault = FAULT_NONE;
	asked = told = noted = tell_fails = 0;
	dialogue_begin(d, &people, tries, resends);
	d->next.phone = &phone;
	d->next.ref = "K7QF";
	d->next.override = "";
	d->next.digits = 6;
}

START_TEST(a6_no_more_than_tries_resends_and_four)
{
	struct dialogue d;
	struct talk_answer a;
	struct fault f = FAULT_INIT;

	begin(&d, 3, 2);
	for (int i = 0; i < 9; i++)
		ck_assert_int_eq(dialogue_ask(&d, &a, &f), DIALOGUE_ANSWERED);
	ck_assert_int_eq(dialogue_ask(&d, &a, &f), DIALOGUE_SILENT);
	ck_assert_int_eq(asked, 9);
}
END_TEST

START_TEST(a6_three_non_answers_are_borne)
{
	struct dialogue d;

	begin(&d, 3, 2);
	for (int i = 0; i < 3; i++)
		ck_assert(dialogue_bear(&d));
	ck_assert(!dialogue_bear(&d));
	ck_assert(!dialogue_bear(&d));
}
END_TEST

START_TEST(d10_every_kind_has_one_end)
{
	static const struct {
		enum talk_answer_kind kind;
		enum fault_class fault;
		enum dialogue_end end;
		uint32_t answered;
	} cases[] = {
		{ TALK_ANSWER_TEXT, FAULT_NONE, DIALOGUE_ANSWERED, 1 },
		{ TALK_ANSWER_EMPTY, FAULT_NONE, DIALOGUE_ANSWERED, 1 },
		{ TALK_ANSWER_OVERSIZE, FAULT_NONE, DIALOGUE_ANSWERED, 1 },
		{ TALK_ANSWER_SAME_AS_PASSWORD, FAULT_NONE, DIALOGUE_ONE_FIELD, 0 },
		{ TALK_ANSWER_FAILED, FAULT_NONE, DIALOGUE_FAILED, 0 },
		{ TALK_ANSWER_NONE, FAULT_NONE, DIALOGUE_FAILED, 0 },
		{ (enum talk_answer_kind)99, FAULT_NONE, DIALOGUE_FAILED, 0 },
		{ TALK_ANSWER_TEXT, FAULT_GONE, DIALOGUE_BROKEN, 0 },
		{ TALK_ANSWER_TEXT, FAULT_PEER, DIALOGUE_BROKEN, 0 },
		{ TALK_ANSWER_TEXT, FAULT_LATE, DIALOGUE_SILENT, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct dialogue d;
		struct talk_answer a;
		struct fault f = FAULT_INIT;
		begin(&d, 3, 2);
		next_answer.kind = cases[i].kind;
		next_fault = cases[i].fault;
		ck_assert_int_eq(secret_set(&next_answer.text, "123456", 6), 0);
		ck_assert_msg(dialogue_ask(&d, &a, &f) == cases[i].end, "case %zu", i);
		ck_assert_uint_eq(d.answered, cases[i].answered);
		if (cases[i].fault != FAULT_NONE)
			ck_assert_uint_eq(a.text.len, 0);
	}
}
END_TEST

START_TEST(refusals_are_told_where_there_is_something_to_say)
{
	struct dialogue d;

	begin(&d, 3, 2);
	dialogue_tell_refusal(&d, TALK_REASON_LOCKED, 1000, 900, 0);
	ck_assert_int_eq(told, 1);
	dialogue_tell_refusal(&d, TALK_REASON_UNKNOWN_USER, 0, 0, 0);
	ck_assert_int_eq(told, 1);
	tell_fails = 1;
	dialogue_tell_refusal(&d, TALK_REASON_OUTAGE, 0, 0, 0);
	ck_assert_int_eq(noted, 1);
}
END_TEST

/* A watch that writes the answer at its third step, as news come while a person thinks. */
static int pipe_fds[2], steps;

static size_t watch_fds(void *ctx, struct pollfd out[DIALOGUE_WATCH_FDS])
{
	(void)ctx;
	out[0] = (struct pollfd){ .fd = -1, .events = POLLIN };
	return 1;
}

static int64_t watch_wake_ms(void *ctx)
{
	(void)ctx;
	return clock_boot_ms() + 5;
}

static void watch_step(void *ctx)
{
	(void)ctx;
	if (++steps == 3)
		ck_assert_int_eq(write(pipe_fds[1], "x", 1), 1);
}

START_TEST(the_watch_goes_on_until_there_is_an_answer)
{
	const struct dialogue_watch watch = { NULL, watch_fds, watch_wake_ms, watch_step };
	struct dialogue d;
	struct talk_answer a;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(pipe(pipe_fds), 0);
	begin(&d, 3, 2);
	people.answer_fd = pipe_fds[0];
	d.watch = &watch;
	d.next.news = MESSAGE_NEWS_FAILED;
	steps = 0;
	ck_assert_int_eq(dialogue_ask(&d, &a, &f), DIALOGUE_ANSWERED);
	ck_assert_int_eq(steps, 3);
	/* news are told once */
	ck_assert_int_eq(d.next.news, MESSAGE_NEWS_NONE);
	/* where read waits by itself, nothing goes on but the look before the prompt */
	people.answer_fd = -1;
	steps = 0;
	ck_assert_int_eq(dialogue_ask(&d, &a, &f), DIALOGUE_ANSWERED);
	ck_assert_int_eq(steps, 1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("dialogue");
	TCase *t = tcase_create("dialogue");
	tcase_add_test(t, a6_no_more_than_tries_resends_and_four);
	tcase_add_test(t, a6_three_non_answers_are_borne);
	tcase_add_test(t, d10_every_kind_has_one_end);
	tcase_add_test(t, the_watch_goes_on_until_there_is_an_answer);
	tcase_add_test(t, refusals_are_told_where_there_is_something_to_say);
	suite_add_tcase(s, t);
	return s;
}
