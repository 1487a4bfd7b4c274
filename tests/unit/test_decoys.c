/* Slots that talk to nobody: children that sit down and stay until they are reaped. */
#include "engine/decoys.h"

#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"
#include "wire/talk.h"

enum { SLOTS = 16 };

static int64_t child(int slot)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		decoys_sit(slot);
		int64_t ms = decoys_patience_ms();
		_exit(ms == TALK_ANSWER_MS ? 1 : ms == DECOYS_SHORT_MS ? 2 : ms == 0 ? 3 : 4);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

START_TEST(a_quarter_waits_long_and_another_one_short)
{
	decoys_open(SLOTS);
	for (int i = 0; i < SLOTS; i++)
		ck_assert_int_eq(child(i), i < 4 ? 1 : i < 8 ? 2 : 3);
	/* who found no room holds none */
	decoys_left(0);
	ck_assert_int_eq(child(9), 2);
	ck_assert_int_eq(child(10), 3);
	for (int i = 0; i < SLOTS; i++)
		decoys_left(i);
	decoys_left(-1);
	decoys_left(SLOTS);
	ck_assert_int_eq(child(SLOTS - 1), 1);
}
END_TEST

START_TEST(a_login_by_itself_is_not_counted)
{
	ck_assert_int_eq(decoys_patience_ms(), TALK_ANSWER_MS);
	decoys_left(0);
	/* the daemon without memory */
	decoys_sit(3);
	ck_assert_int_eq(decoys_patience_ms(), DECOYS_SHORT_MS);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("decoys");
	TCase *t = tcase_create("decoys");

	tcase_add_test(t, a_quarter_waits_long_and_another_one_short);
	tcase_add_test(t, a_login_by_itself_is_not_counted);
	suite_add_tcase(s, t);
	return s;
}
