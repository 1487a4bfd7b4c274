#include "sender/outbox.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static struct order order_of(enum order_action action, const char *number, const char *text)
{
	struct order o;
	memset(&o, 0, sizeof o);
	o.action = action;
	snprintf(o.number, sizeof o.number, "%s", number);
	snprintf(o.text, sizeof o.text, "%s", text);
	return o;
}

static int open_box(const char *name, int flags)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", unit_folder(), name);
	int fd = open(path, flags | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void read_box(const char *name, char *out, size_t cap)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", unit_folder(), name);
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, out, cap - 1);
	ck_assert_int_ge(n, 0);
	out[n] = '\0';
	close(fd);
}

START_TEST(a_message_is_one_block)
{
	char text[1024];
	struct receipt r = { 0 };
	int fd = open_box("box", O_WRONLY | O_APPEND);
	struct order o = order_of(ORDER_ACTION_SEND, "+4917012345678", "493027 is \x1b[2Jcode\nX\n@h.example #493027");
	outbox_deliver(fd, &o, 1795418572, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_ACCEPTED);
	o = order_of(ORDER_ACTION_VOICE, "+4917012345678", "493027");
	outbox_deliver(fd, &o, 0, &r);
	read_box("box", text, sizeof text);
	ck_assert_str_eq(text, "2026-11-23T07:22:52Z +4917012345678\n493027 is ?[2Jcode?X\n@h.example #493027\n\n"
			       "1970-01-01T00:00:00Z +4917012345678 voice\n493027\n\n");
	close(fd);
}
END_TEST

START_TEST(the_descriptor_is_judged)
{
	struct receipt r = { 0 };
	struct order o = order_of(ORDER_ACTION_SEND, "+4917012345678", "1");
	int pipe_fd[2], fd = open_box("other", O_WRONLY);
	outbox_deliver(fd, &o, 0, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_REQUEST);
	ck_assert_int_eq(pipe(pipe_fd), 0);
	outbox_deliver(pipe_fd[1], &o, 0, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_REQUEST);
	outbox_deliver(-1, &o, 0, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_REQUEST);
}
END_TEST

START_TEST(check_and_poll_write_nothing)
{
	char text[64];
	struct receipt r = { 0 };
	int fd = open_box("quiet", O_WRONLY | O_APPEND);
	struct order o = order_of(ORDER_ACTION_CHECK, "", "");
	outbox_deliver(fd, &o, 0, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_ACCEPTED);
	o = order_of(ORDER_ACTION_POLL, "", "");
	outbox_deliver(fd, &o, 0, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_ACCEPTED);
	o.nvariables = 1;
	outbox_deliver(fd, &o, 0, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_REQUEST);
	read_box("quiet", text, sizeof text);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(a_full_disk_is_temporary)
{
	struct receipt r = { 0 };
	struct order o = order_of(ORDER_ACTION_SEND, "+4917012345678", "1");
	const struct rlimit none = { 0, 0 };
	int fd = open_box("full", O_WRONLY | O_APPEND);
	/* check runs each test in a process of its own; a limit stands in for the disk */
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	outbox_deliver(fd, &o, 0, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_TEMPORARY);
	close(fd);
}
END_TEST

/* What is in it may be read: it is not said to be refused. */
START_TEST(b1_a_disk_that_takes_a_part_leaves_it_open)
{
	struct receipt r = { 0 };
	struct order o = order_of(ORDER_ACTION_SEND, "+4917012345678", "493027 is your code");
	const struct rlimit some = { 50, 50 };
	char text[256];
	int fd = open_box("part", O_WRONLY | O_APPEND);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &some), 0);
	outbox_deliver(fd, &o, 1795418572, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_UNKNOWN);
	read_box("part", text, sizeof text);
	ck_assert_str_eq(text, "2026-11-23T07:22:52Z +4917012345678\n493027 is your");
	close(fd);
}
END_TEST

START_TEST(many_writers_do_not_mix)
{
	enum { WRITERS = 8, EACH = 50 };
	static char text[WRITERS * EACH * 400];
	int fd = open_box("crowd", O_WRONLY | O_APPEND);
	for (int i = 0; i < WRITERS; i++) {
		if (fork() == 0) {
			char body[301];
			struct receipt r = { 0 };
			memset(body, 'a' + i, 300);
			body[300] = '\0';
			struct order o = order_of(ORDER_ACTION_SEND, "+4917012345678", body);
			for (int k = 0; k < EACH; k++)
				outbox_deliver(fd, &o, 0, &r);
			_exit(r.outcome == RECEIPT_ACCEPTED ? 0 : 1);
		}
	}
	for (int i = 0, status; i < WRITERS; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	read_box("crowd", text, sizeof text);
	int blocks = 0;
	for (char *line = text; *line; line += 302, blocks++) {
		line = strchr(line, '\n') + 1;
		ck_assert_uint_eq(strspn(line, (char[]){ line[0], '\0' }), 300);
		ck_assert_int_eq(line[300], '\n');
	}
	ck_assert_int_eq(blocks, WRITERS * EACH);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("outbox");
	TCase *t = tcase_create("outbox");
	tcase_add_test(t, a_message_is_one_block);
	tcase_add_test(t, the_descriptor_is_judged);
	tcase_add_test(t, check_and_poll_write_nothing);
	tcase_add_test(t, a_full_disk_is_temporary);
	tcase_add_test(t, b1_a_disk_that_takes_a_part_leaves_it_open);
	tcase_add_test(t, many_writers_do_not_mix);
	suite_add_tcase(s, t);
	return s;
}
