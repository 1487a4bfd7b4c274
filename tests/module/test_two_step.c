/* What of a field reads as a code, and what the next line gets. libpam's items and the host are played here. */
#include "module/two_step.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

static const char *typed;   /* what the host answers; NULL: it fails */
static const char *authtok; /* what a line before has left; NULL: nothing */
static char handed_on[SECRET_MAX + 1];
static int prompts, frees, unclean_frees, prompt_style, set_rc;
static const char SECRET_PART[] = "Horse-Battery";

static int converse(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	(void)data;
	ck_assert_int_eq(n, 1);
	prompts++;
	prompt_style = msg[0]->msg_style;
	if (!typed)
		return PAM_CONV_ERR;
	*resp = calloc(1, sizeof **resp);
	(*resp)->resp = strdup(typed);
	return PAM_SUCCESS;
}

int pam_get_item(const pam_handle_t *pamh, int which, const void **value)
{
	static const struct pam_conv conv = { converse, NULL };

	(void)pamh;
	*value = which == PAM_CONV ? (const void *)&conv : which == PAM_AUTHTOK ? authtok : NULL;
	return PAM_SUCCESS;
}

int pam_set_item(pam_handle_t *pamh, int which, const void *value)
{
	(void)pamh;
	ck_assert_int_eq(which, PAM_AUTHTOK);
	strcpy(handed_on, value ? value : "(none)");
	return set_rc;
}

void __real_free(void *p);
void __wrap_free(void *p);
void __wrap_free(void *p)
{
	frees += p != NULL;
	if (p && memmem(p, malloc_usable_size(p), SECRET_PART, sizeof SECRET_PART - 1))
		unclean_frees++;
	__real_free(p);
}

/* --- what reads as a code --------------------------------------------------------------------- */

static const struct {
	const char *field;
	struct talk_field asked;
	size_t code;
} fields[] = {
	{ "123456", { 6, false }, 6 },
	{ "123456", { 6, true }, 6 },
	{ "Correct-Horse-7123456", { 6, false }, 6 },
	{ "Correct-Horse-7123456", { 6, true }, 0 },
	{ "Correct-Horse-712345678", { 8, false }, 8 },
	{ "1234567", { 6, false }, 6 },
	{ "1234567", { 6, true }, 0 },
	{ "1234567", { 8, false }, 0 },
	{ "0123456789", { 10, true }, 10 },
	{ "p\xc3\xa4ss123456", { 6, false }, 6 },
	/* none */
	{ "", { 6, false }, 0 },
	{ "12345", { 6, false }, 0 },
	{ "123456 ", { 6, false }, 0 },
	{ "123 456", { 6, false }, 0 },
	{ "12345a", { 6, false }, 0 },
	{ "123456x", { 6, false }, 0 },
	{ "x\xd9\xa1\xd9\xa2\xd9\xa3", { 6, false }, 0 },
	{ "x7K3M-9QRT-VWXY-0123", { 6, false }, 0 },
	{ "123456", { 0, false }, 0 },
};

START_TEST(a5_as_many_digits_as_are_asked_for)
{
	struct secret s = { 0 };

	ck_assert_int_eq(secret_set(&s, fields[_i].field, strlen(fields[_i].field)), 0);
	size_t n = two_step_code(&s, &fields[_i].asked);
	ck_assert_msg(n == fields[_i].code, "%s: %zu", fields[_i].field, n);
}
END_TEST

static struct two_step step;
static struct talk_answer answer;
static struct talk_event asked;
static pam_handle_t *const handle = (pam_handle_t *)&step;

static void begin(const char *by_host, const char *by_line_before)
{
	typed = by_host;
	authtok = by_line_before;
	prompts = frees = unclean_frees = set_rc = 0;
	prompt_style = -1;
	memset(&step, 0, sizeof step);
	memset(&answer, 0, sizeof answer);
	memset(&asked, 0, sizeof asked);
	asked.kind = TALK_EVENT_ASK;
	asked.field.digits = 6;
	strcpy(asked.text, "?");
	strcpy(handed_on, "nothing");
}

static void take(void)
{
	two_step_take(handle, &asked, &step, &answer);
}

static const struct {
	const char *password;
	bool digits;
} passwords[] = { { "Anna-19850312", true }, { "123456", true }, { "0123456789", true },
	{ "Anna-12345", false }, { "12345", false }, { "123456x", false }, { "", false },
	{ NULL, false } };

START_TEST(a_password_that_ends_in_digits)
{
	begin(NULL, passwords[_i].password);
	ck_assert_int_eq(two_step_password_digits(handle), passwords[_i].digits);
}
END_TEST

/* --- what is done with it --------------------------------------------------------------------- */

static const struct {
	const char *field;
	enum talk_answer_kind kind;
	const char *code, *refused, *accepted; /* what the next line finds; NULL: it fails */
} cases[] = {
	{ "Correct-Horse-7123456", TALK_ANSWER_TEXT, "123456", "Correct-Horse-7123456",
		"Correct-Horse-7" },
	{ "123456", TALK_ANSWER_TEXT, "123456", "123456", "(none)" },
	{ "Correct-Horse-7", TALK_ANSWER_EMPTY, "", "Correct-Horse-7", NULL },
	{ "", TALK_ANSWER_EMPTY, "", "nothing", NULL },
	/* no field of ours: as if it had not been asked for */
	{ "pass\tword123456", TALK_ANSWER_EMPTY, "", "nothing", NULL },
	{ NULL, TALK_ANSWER_FAILED, "", "nothing", NULL },
};

START_TEST(c1_the_next_line_gets_all_of_it_or_what_stood_before_the_code)
{
	for (int before = 0; before < 2; before++) {
		for (int accepted = 0; accepted < 2; accepted++) {
			const char *want = accepted ? cases[_i].accepted : cases[_i].refused;
			if (before && !cases[_i].field)
				continue;
			begin(before ? NULL : cases[_i].field, before ? cases[_i].field : NULL);
			take();
			ck_assert_int_eq(answer.kind, cases[_i].kind);
			ck_assert_str_eq((char *)answer.text.bytes, cases[_i].code);
			ck_assert_int_eq(prompts, before ? 0 : 1);
			int rc = two_step_hand_on(handle, &step, accepted == 1);
			ck_assert_int_eq(rc, want ? 0 : -1);
			ck_assert_str_eq(handed_on, want ? want : "nothing");
		}
	}
}
END_TEST

START_TEST(typed_without_echo)
{
	begin("123456", NULL);
	take();
	ck_assert_int_eq(prompt_style, PAM_PROMPT_ECHO_OFF);
}
END_TEST

START_TEST(what_libpam_does_not_take_is_a_failure)
{
	begin("Correct-Horse-7123456", NULL);
	take();
	set_rc = PAM_BUF_ERR;
	ck_assert_int_eq(two_step_hand_on(handle, &step, true), -1);
	ck_assert_int_eq(two_step_hand_on(handle, &step, false), -1);
}
END_TEST

START_TEST(nothing_was_asked)
{
	begin("123456", NULL);
	ck_assert_int_eq(two_step_hand_on(handle, &step, false), 0);
	ck_assert_str_eq(handed_on, "nothing");
	ck_assert_int_eq(two_step_hand_on(handle, &step, true), -1);
	/* nor is, where no field is meant, or a second time */
	asked.field.digits = 0;
	take();
	ck_assert_int_eq(answer.kind, TALK_ANSWER_FAILED);
	ck_assert_int_eq(prompts, 0);
	asked.field.digits = 6;
	take();
	take();
	ck_assert_int_eq(answer.kind, TALK_ANSWER_FAILED);
	ck_assert_uint_eq(answer.text.len, 0);
	ck_assert_int_eq(prompts, 1);
}
END_TEST

START_TEST(a6_an_oversize_field_is_for_the_next_line)
{
	char big[SECRET_MAX + 2];

	memset(big, '1', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	begin(big, NULL);
	take();
	ck_assert_int_eq(answer.kind, TALK_ANSWER_EMPTY);
	ck_assert_int_eq(two_step_hand_on(handle, &step, false), 0);
	ck_assert_str_eq(handed_on, "nothing");
}
END_TEST

static int handed;

static void *take_in_thread(void *accepted)
{
	take();
	/* judged outside: an assertion would write over what is left on the stack */
	handed = two_step_hand_on(handle, &step, accepted != NULL);
	return NULL;
}

/* On a stack of our own, so that all of it can be searched. */
START_TEST(g1_no_copy_stays_behind)
{
	enum { STACK = 256 * 1024 };
	void *stack = aligned_alloc(4096, STACK);
	pthread_attr_t attr;
	pthread_t thread;

	for (int accepted = 0; accepted < 2; accepted++) {
		begin("Horse-Battery-9123456", NULL);
		memset(stack, 0, STACK);
		ck_assert_int_eq(pthread_attr_init(&attr), 0);
		ck_assert_int_eq(pthread_attr_setstack(&attr, stack, STACK), 0);
		ck_assert_int_eq(
			pthread_create(&thread, &attr, take_in_thread, accepted ? stack : NULL), 0);
		ck_assert_int_eq(pthread_join(thread, NULL), 0);
		pthread_attr_destroy(&attr);
		ck_assert_int_eq(handed, 0);
		ck_assert_int_ge(frees, 2);
		ck_assert_int_eq(unclean_frees, 0);
		ck_assert_ptr_null(memmem(stack, STACK, SECRET_PART, sizeof SECRET_PART - 1));
		ck_assert_ptr_null(
			memmem(&answer, sizeof answer, SECRET_PART, sizeof SECRET_PART - 1));
	}
	free(stack);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("two_step");
	TCase *tcase = tcase_create("two_step");

	tcase_add_loop_test(
		tcase, a5_as_many_digits_as_are_asked_for, 0, sizeof fields / sizeof fields[0]);
	tcase_add_loop_test(
		tcase, a_password_that_ends_in_digits, 0, sizeof passwords / sizeof passwords[0]);
	tcase_add_loop_test(tcase, c1_the_next_line_gets_all_of_it_or_what_stood_before_the_code, 0,
		sizeof cases / sizeof cases[0]);
	tcase_add_test(tcase, typed_without_echo);
	tcase_add_test(tcase, what_libpam_does_not_take_is_a_failure);
	tcase_add_test(tcase, nothing_was_asked);
	tcase_add_test(tcase, a6_an_oversize_field_is_for_the_next_line);
	tcase_add_test(tcase, g1_no_copy_stays_behind);
	suite_add_tcase(suite, tcase);
	return suite;
}
