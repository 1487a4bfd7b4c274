/* What becomes of an order that is given to a lent sender; the test plays lender and sender. */
#include "core/loan.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"
#include "wire/word.h"

enum manner { TAKES, TAKES_AND_DIES, DIES, DIES_UNREAD, SILENT, SAYS_OTHER };

static struct loan_wish wished;
static int leases[2];
static bool used = true;
static pid_t sender;
static enum manner manner;

static void play(int fd)
{
	static struct order o;
	struct fault f = FAULT_INIT;
	int64_t soon = clock_boot_ms() + 3000;
	if (manner != DIES_UNREAD && order_receive(fd, &o, soon, &f) < 0)
		_exit(1);
	if ((manner == TAKES || manner == TAKES_AND_DIES) && word_say(fd, WORD_TAKEN, soon, &f) < 0)
		_exit(1);
	if (manner == SAYS_OTHER && word_say(fd, WORD_READY, soon, &f) < 0)
		_exit(1);
	if (manner == TAKES || manner == SILENT || manner == SAYS_OTHER)
		pause();
	_exit(0);
}

static int borrow(void *ctx, const struct loan_wish *wish, struct loan *out)
{
	int pair[2];
	wished = *wish;
	if (ctx)
		return -1;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, leases), 0);
	sender = fork();
	if (sender == 0) {
		close(pair[0]), close(leases[0]), close(leases[1]);
		play(pair[1]);
	}
	close(pair[1]);
	*out = (struct loan){ leases[0], pair[0], (int)syscall(SYS_pidfd_open, sender, 0), used };
	return 0;
}

static struct loan_lender lender = { .borrow = borrow, .house = "/etc/x.conf", .site = "/nonexistent", .shipped = "/nonexistent",
	.program = "/bin/true", .key = "key", .keep_s = 60 };
static struct order order = { .action = ORDER_ACTION_SEND, .time_ms = 5000, .description = "dexatel", .number = "+491701234512",
	.text = "123456 is your code" };

static int give(enum manner how, struct loan *l)
{
	manner = how;
	return loan_order(&lender, "main", &order, clock_boot_ms() + 5000, l);
}

/* How the sender ended: the signal, or 0. */
static int end_of_sender(void)
{
	int status;
	ck_assert_int_eq(waitpid(sender, &status, 0), sender);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

START_TEST(e9_who_has_said_that_it_took_it_has_it)
{
	struct loan l;
	char byte = 0;
	ck_assert_int_eq(give(TAKES, &l), 0);
	loan_return(&l);
	ck_assert_int_eq(recv(leases[1], &byte, 1, 0), 1);
	ck_assert_int_eq(byte, LOAN_BACK);
	ck_assert_int_eq(recv(leases[1], &byte, 1, 0), 0);
	kill(sender, SIGKILL);
	end_of_sender();
	/* also who died right after */
	ck_assert_int_eq(give(TAKES_AND_DIES, &l), 0);
	end_of_sender();
	loan_drop(&l);
	ck_assert_int_eq(recv(leases[1], &byte, 1, 0), 0);
}
END_TEST

START_TEST(e9_who_has_gone_without_a_word_has_not)
{
	struct loan l;
	ck_assert_int_eq(give(DIES, &l), -1);
	ck_assert_int_eq(end_of_sender(), 0);
	ck_assert_int_eq(give(DIES_UNREAD, &l), -1);
	ck_assert_int_eq(end_of_sender(), 0);
}
END_TEST

START_TEST(d7_who_is_silent_is_ended_and_has_not)
{
	struct loan l;
	int64_t before = clock_boot_ms();
	ck_assert_int_eq(give(SILENT, &l), -1);
	ck_assert_int_eq(end_of_sender(), SIGKILL);
	ck_assert_int_lt(clock_boot_ms(), before + 3000);
}
END_TEST

START_TEST(e9_who_says_anything_else_may_have_it)
{
	struct loan l;
	ck_assert_int_eq(give(SAYS_OTHER, &l), 0);
	loan_drop(&l);
	ck_assert_int_eq(end_of_sender(), SIGKILL);
}
END_TEST

START_TEST(a_new_sender_says_nothing_before_its_receipt)
{
	struct loan l;
	used = false;
	ck_assert_int_eq(give(SILENT, &l), 0);
	loan_drop(&l);
	ck_assert_int_eq(end_of_sender(), SIGKILL);
}
END_TEST

START_TEST(nothing_to_lend_is_nothing_done)
{
	struct loan l;
	lender.ctx = &lender;
	ck_assert_int_eq(give(TAKES, &l), -1);
}
END_TEST

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static struct loan_wish wish(void)
{
	struct loan l;
	lender.ctx = &lender;
	ck_assert_int_eq(give(TAKES, &l), -1);
	return wished;
}

START_TEST(e7_a_route_looks_otherwise_when_something_of_it_was_changed)
{
	char site[300], shipped[300], file[400], ca[400], program[400];
	snprintf(site, sizeof site, "%s/site", unit_folder());
	snprintf(shipped, sizeof shipped, "%s/shipped", unit_folder());
	snprintf(ca, sizeof ca, "%s/ca.pem", unit_folder());
	snprintf(program, sizeof program, "%s/send", unit_folder());
	mkdir(site, 0755);
	mkdir(shipped, 0755);
	put(ca, "x");
	put(program, "x");
	lender.site = site, lender.shipped = shipped, lender.program = program;
	strcpy(order.ca_file, ca);
	struct loan_wish last = wish(), next = wish();
	ck_assert_mem_eq(&last, &next, sizeof last);
	ck_assert_uint_eq(next.keep_s, 60);
	/* each of these changes the mark and not the route */
	for (int i = 0; i < 7; i++) {
		snprintf(file, sizeof file, "%s/dexatel.conf", i == 0 ? shipped : site);
		if (i < 2)
			put(file, "a = 1;");
		else if (i == 2)
			put(file, "a = 12;");
		else if (i == 3)
			unlink(file);
		else if (i == 4)
			put(ca, "yz");
		else if (i == 5)
			put(program, "yz");
		else
			order.loopback_http = 1;
		next = wish();
		ck_assert_msg(memcmp(next.mark, last.mark, sizeof next.mark) != 0, "change %d", i);
		ck_assert_mem_eq(next.route, last.route, sizeof next.route);
		last = next;
	}
	/* the message is none of it */
	strcpy(order.text, "654321 is another");
	strcpy(order.number, "+436641234556");
	next = wish();
	ck_assert_mem_eq(&last, &next, sizeof last);
	/* other settings have other routes */
	lender.house = "/etc/y.conf";
	next = wish();
	ck_assert(memcmp(next.route, last.route, sizeof next.route) != 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("loan");
	TCase *t = tcase_create("loan");
	tcase_set_timeout(t, 30);
	tcase_add_test(t, e9_who_has_said_that_it_took_it_has_it);
	tcase_add_test(t, e9_who_has_gone_without_a_word_has_not);
	tcase_add_test(t, d7_who_is_silent_is_ended_and_has_not);
	tcase_add_test(t, e9_who_says_anything_else_may_have_it);
	tcase_add_test(t, a_new_sender_says_nothing_before_its_receipt);
	tcase_add_test(t, nothing_to_lend_is_nothing_done);
	tcase_add_test(t, e7_a_route_looks_otherwise_when_something_of_it_was_changed);
	suite_add_tcase(s, t);
	return s;
}
