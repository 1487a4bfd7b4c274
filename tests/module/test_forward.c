/* Where the code begins in a field, and that nothing of the field stays behind. libpam's items and the host are played here. */
#include "module/forward.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

static const char *typed;   /* what the host answers; NULL: it fails */
static const char *authtok; /* what a line before has left; NULL: nothing */
static char handed_on[SECRET_MAX + 1];
static int prompts, frees, unclean_frees, prompt_style;
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
	strcpy(handed_on, value);
	return PAM_SUCCESS;
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

/* --- where the code begins -------------------------------------------------------------------- */

static const struct {
	const char *field;
	size_t code;
} fields[] = {
	{ "Correct-Horse-7123456", 6 },
	{ "x123456", 6 },
	{ "1234567", 6 },
	{ "pw 123456", 6 },
	{ "p\xc3\xa4ss123456", 6 },
	/* nothing stands before it */
	{ "123456", 0 },
	{ "7K3M-9QRT-VWXY-0123", 0 },
	/* no code */
	{ "Correct-Horse-7", 0 },
	{ "x12345", 0 },
	{ "x123 456", 0 },
	{ "x123-456", 0 },
	{ "x123456 ", 0 },
	{ "x12345a", 0 },
	{ "123456x", 0 },
	{ "x\xd9\xa1\xd9\xa2\xd9\xa3", 0 },
	/* recovery codes */
	{ "x7K3M-9QRT-VWXY-0123", 19 },
	{ "Correct-Horse-77k3m-9qrt-vwxy-0123", 19 },
	{ "x7K3M-9QRT-VWXY-OIL3", 19 },
	{ "-7K3M-9QRT-VWXY-0123", 19 },
	{ "x7K3M-9QRT-VWXY-012U", 0 },
	{ "x7K3M-9QRT-VWXY 0123", 0 },
	{ "x7K3M-9QRT-VWXY--123", 0 },
	{ "x7K3M-9QRT-VWX-Y0123", 0 },
	{ "x7K3M-9QRT-VWXY-012", 0 },
	/* without its hyphens it is a password like any other; the digits at the end are a code */
	{ "x7K3M9QRTVWXY0123", 0 },
	{ "x7K3M9QRTVW890123", 6 },
	{ "anypassword123456", 6 },
	{ "abcd-efgh-jkmn-123456", 6 },
};

START_TEST(a5_where_the_code_begins)
{
	struct secret s = { 0 };

	ck_assert_int_eq(secret_set(&s, fields[_i].field, strlen(fields[_i].field)), 0);
	size_t n = forward_code(&s);
	ck_assert_msg(n == fields[_i].code, "%s: %zu", fields[_i].field, n);
}
END_TEST

START_TEST(a6_an_empty_field_has_none)
{
	struct secret s = { 0 };

	ck_assert_uint_eq(forward_code(&s), 0);
}
END_TEST

/* --- what is done with it --------------------------------------------------------------------- */

static struct forward forward;
static struct talk_answer answer;

static void begin(const char *by_host, const char *by_line_before)
{
	typed = by_host;
	authtok = by_line_before;
	prompts = frees = unclean_frees = 0;
	prompt_style = -1;
	memset(&forward, 0, sizeof forward);
	memset(&answer, 0, sizeof answer);
	strcpy(handed_on, "nothing");
}

static pam_handle_t *const handle = (pam_handle_t *)&forward;

static void check_taken(const char *code, const char *password)
{
	ck_assert_int_eq(answer.kind, TALK_ANSWER_TEXT);
	ck_assert_str_eq((char *)answer.text.bytes, code);
	ck_assert_str_eq((char *)forward.password.bytes, password);
	ck_assert_int_eq(forward_hand_on(handle, &forward), 0);
	ck_assert_str_eq(handed_on, password);
}

START_TEST(typed_at_a_prompt_without_echo)
{
	begin("Correct-Horse-7123456", NULL);
	forward_take(handle, "Password and app code in one line: ", &forward, &answer);
	check_taken("123456", "Correct-Horse-7");
	ck_assert_int_eq(prompts, 1);
	ck_assert_int_eq(prompt_style, PAM_PROMPT_ECHO_OFF);
}
END_TEST

START_TEST(taken_from_the_line_before)
{
	begin(NULL, "Correct-Horse-77K3M-9QRT-VWXY-0123");
	forward_take(handle, "?", &forward, &answer);
	check_taken("7K3M-9QRT-VWXY-0123", "Correct-Horse-7");
	ck_assert_int_eq(prompts, 0);
}
END_TEST

static const struct {
	const char *typed, *authtok;
	enum talk_answer_kind kind;
} nothings[] = {
	{ "Correct-Horse-7", NULL, TALK_ANSWER_EMPTY },
	{ "", NULL, TALK_ANSWER_EMPTY },
	{ NULL, NULL, TALK_ANSWER_FAILED },
	{ "pass\tword123456", NULL, TALK_ANSWER_CONTROL },
	{ NULL, "Correct-Horse-7", TALK_ANSWER_EMPTY },
	{ NULL, "", TALK_ANSWER_EMPTY },
	{ NULL, "pass\nword123456", TALK_ANSWER_CONTROL },
};

START_TEST(c1_without_a_code_nothing_is_handed_on)
{
	begin(nothings[_i].typed, nothings[_i].authtok);
	forward_take(handle, "?", &forward, &answer);
	ck_assert_int_eq(answer.kind, nothings[_i].kind);
	ck_assert_uint_eq(answer.text.len, 0);
	ck_assert_int_eq(forward_hand_on(handle, &forward), -1);
	ck_assert_str_eq(handed_on, "nothing");
}
END_TEST

START_TEST(a6_an_oversize_field_is_none)
{
	char big[SECRET_MAX + 2];

	memset(big, '1', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	begin(big, NULL);
	forward_take(handle, "?", &forward, &answer);
	ck_assert_int_eq(answer.kind, TALK_ANSWER_OVERSIZE);
	begin(big + 1, NULL);
	forward_take(handle, "?", &forward, &answer);
	ck_assert_int_eq(answer.kind, TALK_ANSWER_TEXT);
	ck_assert_uint_eq(forward.password.len, SECRET_MAX - 6);
}
END_TEST

START_TEST(a_second_question_gets_nothing)
{
	begin("Correct-Horse-7123456", NULL);
	forward_take(handle, "?", &forward, &answer);
	forward_take(handle, "?", &forward, &answer);
	ck_assert_int_eq(answer.kind, TALK_ANSWER_FAILED);
	ck_assert_uint_eq(answer.text.len, 0);
	ck_assert_int_eq(prompts, 1);
}
END_TEST

static void *take_in_thread(void *unused)
{
	forward_take(handle, "?", &forward, &answer);
	return unused;
}

/* On a stack of our own, so that all of it can be searched. */
START_TEST(g1_no_copy_stays_behind)
{
	enum { STACK = 256 * 1024 };
	void *stack = aligned_alloc(4096, STACK);
	pthread_attr_t attr;
	pthread_t thread;

	for (int wrong = 0; wrong < 2; wrong++) {
		begin(wrong ? "Horse-Battery-9" : "Horse-Battery-9123456", NULL);
		memset(stack, 0, STACK);
		ck_assert_int_eq(pthread_attr_init(&attr), 0);
		ck_assert_int_eq(pthread_attr_setstack(&attr, stack, STACK), 0);
		ck_assert_int_eq(pthread_create(&thread, &attr, take_in_thread, NULL), 0);
		ck_assert_int_eq(pthread_join(thread, NULL), 0);
		pthread_attr_destroy(&attr);
		ck_assert_int_eq(prompts, 1);
		ck_assert_int_ge(frees, 2);
		ck_assert_int_eq(unclean_frees, 0);
		ck_assert_ptr_null(memmem(stack, STACK, SECRET_PART, sizeof SECRET_PART - 1));
		ck_assert_ptr_null(
			memmem(&answer, sizeof answer, SECRET_PART, sizeof SECRET_PART - 1));
		if (wrong)
			ck_assert_ptr_null(memmem(
				&forward, sizeof forward, SECRET_PART, sizeof SECRET_PART - 1));
	}
	free(stack);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("forward");
	TCase *tcase = tcase_create("forward");

	tcase_add_loop_test(tcase, a5_where_the_code_begins, 0, sizeof fields / sizeof fields[0]);
	tcase_add_test(tcase, a6_an_empty_field_has_none);
	tcase_add_test(tcase, typed_at_a_prompt_without_echo);
	tcase_add_test(tcase, taken_from_the_line_before);
	tcase_add_loop_test(tcase, c1_without_a_code_nothing_is_handed_on, 0,
		sizeof nothings / sizeof nothings[0]);
	tcase_add_test(tcase, a6_an_oversize_field_is_none);
	tcase_add_test(tcase, a_second_question_gets_nothing);
	tcase_add_test(tcase, g1_no_copy_stays_behind);
	suite_add_tcase(suite, tcase);
	return suite;
}
