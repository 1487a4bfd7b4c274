#include "engine/turnstile.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

/* shared with the children */
static struct {
	int inside, most, served, waiting;
	int order[64];
} *seen;

static void begin(void)
{
	seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(seen, MAP_FAILED);
	turnstile_open();
	ck_assert_ptr_nonnull(turnstile_turn());
}

static void pass(int number)
{
	const struct state_turn *turn = turnstile_turn();
	__atomic_add_fetch(&seen->waiting, 1, __ATOMIC_SEQ_CST);
	turn->wait(turn->ctx);
	int inside = __atomic_add_fetch(&seen->inside, 1, __ATOMIC_SEQ_CST);
	if (inside > seen->most)
		seen->most = inside;
	seen->order[seen->served++] = number;
	poll(NULL, 0, 1);
	__atomic_sub_fetch(&seen->inside, 1, __ATOMIC_SEQ_CST);
	turn->leave(turn->ctx);
	_exit(0);
}

static pid_t send_in(int number)
{
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		pass(number);
	return pid;
}

/* The process sleeps in its system call. */
static void wait_asleep(pid_t pid, int waiting)
{
	char path[64], line[256];
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof path, "/proc/%d/wchan", (int)pid);
		FILE *f = fopen(path, "r");
		bool there = f && fgets(line, sizeof line, f) && line[0] != '0';
		if (f)
			fclose(f);
		if (there && __atomic_load_n(&seen->waiting, __ATOMIC_SEQ_CST) >= waiting)
			return;
		poll(NULL, 0, 5);
	}
	ck_abort_msg("it does not wait");
}

START_TEST(one_at_a_time_in_the_order_of_asking)
{
	enum { N = 12 };
	const struct state_turn *turn;
	int status;
	begin();
	turn = turnstile_turn();
	turn->wait(turn->ctx);
	for (int i = 0; i < N; i++)
		wait_asleep(send_in(i), i + 1);
	ck_assert_int_eq(seen->served, 0);
	turn->leave(turn->ctx);
	for (int i = 0; i < N; i++)
		ck_assert_int_gt(waitpid(-1, &status, 0), 0);
	ck_assert_int_eq(seen->served, N);
	ck_assert_int_eq(seen->most, 1);
	for (int i = 0; i < N; i++)
		ck_assert_int_eq(seen->order[i], i);
}
END_TEST

START_TEST(f3_who_is_killed_inside_keeps_nobody_out)
{
	int64_t before = clock_boot_ms();
	int status;
	begin();
	pid_t pid = fork();
	if (pid == 0) {
		const struct state_turn *turn = turnstile_turn();
		turn->wait(turn->ctx);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	turnstile_left(WIFSIGNALED(status));
	ck_assert_int_eq(waitpid(send_in(1), &status, 0) > 0, 1);
	ck_assert_int_eq(seen->served, 1);
	ck_assert_int_lt(clock_boot_ms(), before + TURNSTILE_MS);
}
END_TEST

START_TEST(a_token_too_many_goes_with_the_next)
{
	const struct state_turn *turn;
	int status;
	begin();
	turn = turnstile_turn();
	turn->wait(turn->ctx);
	/* killed elsewhere: nobody knows whether it had the token */
	turnstile_left(true);
	turn->leave(turn->ctx);
	turn->wait(turn->ctx);
	pid_t pid = send_in(1);
	wait_asleep(pid, 1);
	ck_assert_int_eq(seen->served, 0);
	turn->leave(turn->ctx);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(seen->served, 1);
}
END_TEST

START_TEST(f3_nobody_waits_for_ever)
{
	const struct state_turn *turn;
	begin();
	turn = turnstile_turn();
	turn->wait(turn->ctx);
	/* waits for TURNSTILE_MS, six seconds: what is measured is that it ends */
	int64_t before = clock_boot_ms();
	turn->wait(turn->ctx);
	ck_assert_int_ge(clock_boot_ms(), before + TURNSTILE_MS - 100);
	/* who had none puts none there */
	turn->leave(turn->ctx);
	pid_t pid = send_in(1);
	wait_asleep(pid, 1);
	ck_assert_int_eq(seen->served, 0);
	turnstile_left(true);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

START_TEST(without_a_daemon_there_is_none)
{
	ck_assert_ptr_null(turnstile_turn());
	turnstile_left(true);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("turnstile");
	TCase *t = tcase_create("turnstile");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, one_at_a_time_in_the_order_of_asking);
	tcase_add_test(t, f3_who_is_killed_inside_keeps_nobody_out);
	tcase_add_test(t, a_token_too_many_goes_with_the_next);
	tcase_add_test(t, f3_nobody_waits_for_ever);
	tcase_add_test(t, without_a_daemon_there_is_none);
	suite_add_tcase(s, t);
	return s;
}
