/* Programs of the system stand in for senders that misbehave; the real sender's manners have tests of their own. */
#include "core/dispatch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

static struct settings_route route;
static const struct dispatch_job job = { ORDER_ACTION_SEND, "+491701234512", "123456 is your code", "", "" };

static struct receipt run(const char *sender, const char *user, int time_ms)
{
	static char outbox[200];
	struct receipt r;

	snprintf(outbox, sizeof outbox, "%s/outbox", unit_folder());
	mkdir(outbox, 0700);
	struct dispatch d = { sender, outbox, user, NULL };
	int64_t until = clock_boot_ms() + time_ms;
	dispatch_run(&d, &route, &job, until, &r);
	/* D11: the deadline holds, with the 50 ms that an ending sender gets and room for a loaded machine */
	ck_assert_int_lt(clock_boot_ms(), until + 1000);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
	return r;
}

static void set_route(const char *description)
{
	memset(&route, 0, sizeof route);
	strcpy(route.name, "x");
	strcpy(route.description, description);
}

START_TEST(no_sender_nothing_left)
{
	set_route("dexatel");
	ck_assert_int_eq(run("/nonexistent/sender", "nobody", 2000).outcome, RECEIPT_LOCAL);
	ck_assert_int_eq(run("/bin/cat", "no-such-user-here", 2000).outcome, RECEIPT_LOCAL);
}
END_TEST

START_TEST(e7_root_is_no_sender)
{
	set_route("dexatel");
	struct receipt r = run("/bin/cat", "root", 2000);
	ck_assert_int_eq(r.outcome, RECEIPT_LOCAL);
	ck_assert_ptr_nonnull(strstr(r.note, "root"));
}
END_TEST

START_TEST(a_missing_secret_is_our_own_fault)
{
	set_route("dexatel");
	route.nvariables = 1;
	strcpy(route.variables[0].name, "key");
	route.variables[0].is_file = true;
	strcpy(route.variables[0].value, "/nonexistent/dexatel.key");
	ck_assert_int_eq(run("/bin/cat", "nobody", 2000).outcome, RECEIPT_LOCAL);
}
END_TEST

START_TEST(a_user_fills_the_settings_of_a_mailbox)
{
	struct dispatch_job mine = job;
	struct dispatch_sender s = { .until_ms = clock_boot_ms() + 2000 };
	struct dispatch d = { "/bin/cat", "/nonexistent", "nobody", NULL };
	struct receipt r;

	set_route("mailbox");
	route.nvariables = 1;
	strcpy(route.variables[0].name, "to");
	strcpy(route.variables[0].value, "{user}@example.org");
	mine.user = "alice";
	ck_assert_int_eq(dispatch_start(&d, &route, &mine, &s, &r), 0);
	/* cat gives the order back */
	char wire[2048];
	size_t len = 0;
	/* in as many pieces as it likes */
	while (memmem(wire, len, "alice@example.org", 17) == NULL) {
		ssize_t n = read(s.fd, wire + len, sizeof wire - len);
		ck_assert_int_gt(n, 0);
		len += (size_t)n;
	}
	dispatch_drop(&s);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	/* a check asks for nobody, and sends nothing */
	mine.user = NULL;
	mine.action = ORDER_ACTION_CHECK;
	mine.number = mine.text = "";
	ck_assert_msg(dispatch_start(&d, &route, &mine, &s, &r) == 0, "%s", r.note);
	dispatch_drop(&s);
	mine = job;
	/* a name that an address would take for something else, and none at all */
	static const char *const bad[] = { "a b", "x@y", "a,b", "", "\xc3\xa4" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		mine.user = bad[i];
		ck_assert_int_eq(dispatch_start(&d, &route, &mine, &s, &r), -1);
		ck_assert_int_eq(r.outcome, RECEIPT_LOCAL);
	}
}
END_TEST

START_TEST(e5_a_user_chooses_no_server_and_no_path)
{
	static const char *const values[] = { "{user}", "{user}.example.org", "https://{user}.example.org/x",
		"https://a.example/{user}@b", "/var/spool/{user}@x", "otp@{user}.example.org", "{user", "plain" };
	struct dispatch d = { "/bin/cat", "/nonexistent", "nobody", NULL };
	struct dispatch_job mine = job;
	struct receipt r;

	mine.user = "mallory.example";
	set_route("mailbox");
	route.nvariables = 1;
	strcpy(route.variables[0].name, "server");
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		struct dispatch_sender s = { .until_ms = clock_boot_ms() + 2000 };

		strcpy(route.variables[0].value, values[i]);
		int rc = dispatch_start(&d, &route, &mine, &s, &r);
		ck_assert_msg(rc == (strstr(values[i], "{user}") ? -1 : 0), "%s", values[i]);
		if (rc == 0)
			dispatch_drop(&s);
		else
			ck_assert_str_eq(r.note, "{user} stands in a mail address only, before its @");
	}
}
END_TEST

START_TEST(e9_handed_over_and_no_receipt_is_unknown)
{
	set_route("dexatel");
	/* sort reads to the end of its input, which never comes */
	ck_assert_int_eq(run("/usr/bin/sort", "nobody", 700).outcome, RECEIPT_UNKNOWN);
	/* cat answers with the order itself */
	ck_assert_int_eq(run("/bin/cat", "nobody", 2000).outcome, RECEIPT_UNKNOWN);
	/* true ends: before or after the order is written */
	enum receipt_outcome o = run("/bin/true", "nobody", 2000).outcome;
	ck_assert(o == RECEIPT_UNKNOWN || o == RECEIPT_LOCAL);
}
END_TEST

/* A sender whose side of the socket the test plays. */
static int played(struct dispatch_sender *s, int64_t until_ms)
{
	static const char *const argv[] = { "sleep", "30", NULL };
	struct spawn_plan plan = { .path = "/bin/sleep", .argv = argv, .fds = { -1, -1, -1 }, .nfds = 3, .stay = true };
	struct fault f = FAULT_INIT;
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	s->lent = false;
	s->until_ms = until_ms;
	s->fd = pair[0];
	ck_assert_msg(spawn_child(&plan, &s->child, &f) == 0, "%s", f.text);
	return pair[1];
}

/* A sender that stops in the middle of its receipt must not hold up the next route, nor the person's answer. */
START_TEST(d11_half_a_receipt_is_not_waited_for)
{
	struct dispatch_sender s;
	struct receipt r;
	int64_t start = clock_boot_ms();
	int other = played(&s, start + 20000);

	ck_assert_int_eq(write(other, "O", 1), 1);
	dispatch_finish(&s, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_UNKNOWN);
	ck_assert_int_lt(clock_boot_ms(), start + 3000);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	close(other);
}
END_TEST

/* The engine may come late to a receipt: it was stopped, or its peer kept it. */
START_TEST(a_receipt_that_is_there_counts_after_the_time)
{
	struct receipt said = { .outcome = RECEIPT_ACCEPTED, .message_id = "m-1", .reports = 1 }, r;
	struct dispatch_sender s;
	struct fault f = FAULT_INIT;
	int64_t now = clock_boot_ms();
	int other = played(&s, now - 1000);

	ck_assert_int_eq(order_send_receipt(other, &said, now + 1000, &f), 0);
	dispatch_finish(&s, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_ACCEPTED);
	ck_assert_str_eq(r.message_id, "m-1");
	close(other);
	/* and who says nothing has no time added */
	now = clock_boot_ms();
	other = played(&s, now + 100);
	dispatch_finish(&s, &r);
	ck_assert_int_eq(r.outcome, RECEIPT_UNKNOWN);
	ck_assert_str_eq(r.note, "no answer in time");
	ck_assert_int_lt(clock_boot_ms(), now + 450);
	close(other);
}
END_TEST

START_TEST(the_outbox_is_made_for_root_alone)
{
	struct stat st;
	char path[300];

	set_route("outbox");
	run("/bin/cat", "nobody", 2000);
	snprintf(path, sizeof path, "%s/outbox/messages", unit_folder());
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFREG | 0600);
	ck_assert_uint_eq(st.st_uid, 0);
	chmod(path, 0644);
	ck_assert_int_eq(run("/bin/cat", "nobody", 2000).outcome, RECEIPT_LOCAL);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("dispatch");
	TCase *t = tcase_create("dispatch");
	tcase_set_timeout(t, 30);
	tcase_add_test(t, no_sender_nothing_left);
	tcase_add_test(t, e7_root_is_no_sender);
	tcase_add_test(t, a_missing_secret_is_our_own_fault);
	tcase_add_test(t, a_user_fills_the_settings_of_a_mailbox);
	tcase_add_test(t, e5_a_user_chooses_no_server_and_no_path);
	tcase_add_test(t, e9_handed_over_and_no_receipt_is_unknown);
	tcase_add_test(t, d11_half_a_receipt_is_not_waited_for);
	tcase_add_test(t, a_receipt_that_is_there_counts_after_the_time);
	tcase_add_test(t, the_outbox_is_made_for_root_alone);
	suite_add_tcase(s, t);
	return s;
}
