#include "cli/progress.h"

#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

/* What a work of four steps writes on fd as its stderr; late: its first second is over. */
static const char *written(int fd, int from, bool late)
{
	static char out[512];
	int kept = dup(STDERR_FILENO);
	struct progress p;
	size_t n = 0;

	dup2(fd, STDERR_FILENO);
	progress_begin(&p, "import", 4);
	progress_step(&p, 1);
	if (late)
		p.next_ms = 0;
	progress_step(&p, 2);
	progress_step(&p, 3);
	progress_end(&p);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	/* a terminal brings what is written piece by piece: up to a byte of our own */
	ck_assert_int_eq(write(fd, "$", 1), 1);
	while (n < sizeof(out) && read(from, out + n, 1) == 1 && out[n] != '$')
		n++;
	ck_assert(n < sizeof(out) && out[n] == '$');
	out[n] = 0;
	return out;
}

START_TEST(a_terminal_sees_it_after_a_second)
{
	int ours, theirs;

	ck_assert_int_eq(openpty(&ours, &theirs, NULL, NULL, NULL), 0);
	ck_assert_str_eq(written(theirs, ours, false), "");
	/* the step behind it comes too soon to be shown as well */
	ck_assert_str_eq(written(theirs, ours, true), "\rimport: 2 of 4 \r\033[K");
	close(ours);
	close(theirs);
}
END_TEST

START_TEST(a_file_sees_nothing)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_str_eq(written(fds[1], fds[0], true), "");
	close(fds[0]);
	close(fds[1]);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("progress");
	TCase *t = tcase_create("all");

	tcase_add_test(t, a_terminal_sees_it_after_a_second);
	tcase_add_test(t, a_file_sees_nothing);
	suite_add_tcase(s, t);
	return s;
}
