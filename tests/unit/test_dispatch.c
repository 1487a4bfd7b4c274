/* Programs of the system stand in for senders that misbehave; the real sender's manners have tests of their own. */
#include "core/dispatch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

static struct settings_route route;
static const struct dispatch_job job = { ORDER_ACTION_SEND, "+491701234512", "123456 is your code", "" };

static struct receipt run(const char *sender, const char *user, int time_ms)
{
	static char outbox[200];
	struct receipt r;

	snprintf(outbox, sizeof outbox, "%s/outbox", unit_folder());
	mkdir(outbox, 0700);
	struct dispatch d = { sender, outbox, user };
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
	tcase_add_test(t, e9_handed_over_and_no_receipt_is_unknown);
	tcase_add_test(t, the_outbox_is_made_for_root_alone);
	suite_add_tcase(s, t);
	return s;
}
