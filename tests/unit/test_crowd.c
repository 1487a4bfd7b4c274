/* Slots that wait for one user: children that sit down and stay until they are reaped. */
#include "engine/crowd.h"

#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

enum { SLOTS = 3 * CROWD_MAX };

static bool child(int slot, uint32_t uid)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		crowd_sit(slot);
		_exit(crowd_room(uid) ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status) == 1;
}

START_TEST(e1_no_user_has_more_than_his_share)
{
	crowd_open(SLOTS);
	for (int i = 0; i < SLOTS - 2; i++)
		ck_assert_int_eq(child(i, 0), i < CROWD_MAX);
	/* others have theirs, and who found no room holds none */
	ck_assert(child(SLOTS - 2, UINT32_MAX));
	ck_assert(child(SLOTS - 1, 1));
	ck_assert(!child(CROWD_MAX, 0));
	crowd_left(0);
	ck_assert(child(CROWD_MAX, 0));
	ck_assert(!child(CROWD_MAX + 1, 0));
	crowd_left(-1);
	crowd_left(SLOTS);
}
END_TEST

START_TEST(a_login_by_itself_is_not_counted)
{
	ck_assert(crowd_room(0));
	crowd_left(0);
	/* the daemon without memory */
	crowd_sit(3);
	ck_assert(!crowd_room(0));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("crowd");
	TCase *t = tcase_create("crowd");

	tcase_add_test(t, e1_no_user_has_more_than_his_share);
	tcase_add_test(t, a_login_by_itself_is_not_counted);
	suite_add_tcase(s, t);
	return s;
}
