#include "sender/errand.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "sender/sandbox.h"
#include "unit.h"

/* Without a network: what is refused before there would be a request, and that nobody answers. */
static const char description[] =
	"variables = { key = { required = true; }; base_url = { kind = \"url\"; }; };"
	"auth = { kind = \"header\"; name = \"X-Key\"; value = \"{key}\"; };"
	"send = { url = \"{base_url}/\"; json = { t = \"{text}\"; }; success = { status = 200; }; "
	"};";

static struct receipt receipt;

/* The sandbox would keep the test from its own work; which one it is, is what counts here. */
static enum sandbox_profile entered;
static struct landlock_needs needed;

int __wrap_sandbox_enter(enum sandbox_profile profile, const struct landlock_needs *needs,
	uint32_t *on, struct fault *f);

int __wrap_sandbox_enter(enum sandbox_profile profile, const struct landlock_needs *needs,
	uint32_t *on, struct fault *f)
{
	(void)f;
	entered = profile;
	needed = *needs;
	*on = RECEIPT_SANDBOX_SECCOMP;
	return 0;
}

static void put(const char *text, struct provider_folders *folders)
{
	static char folder[256];
	char path[300];
	snprintf(folder, sizeof folder, "%s/providers", unit_folder());
	mkdir(folder, 0755);
	snprintf(path, sizeof path, "%s/x.conf", folder);
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
	chmod(path, 0644);
	*folders = (struct provider_folders){ folder, folder, getuid() };
}

static void run(enum order_action action, const char *name, const char *key, const char *url)
{
	static struct order o;
	struct provider_folders folders;
	put(description, &folders);
	memset(&o, 0, sizeof o);
	o.action = action;
	o.loopback_http = 1;
	snprintf(o.description, sizeof o.description, "%s", name);
	snprintf(o.number, sizeof o.number, "+4917012345678");
	snprintf(o.text, sizeof o.text, "493027");
	const char *const given[2][2] = { { "key", key }, { "base_url", url } };
	for (int i = 0; i < 2; i++) {
		if (!*given[i][1])
			continue;
		struct order_variable *v = &o.variables[o.nvariables++];
		snprintf(v->name, sizeof v->name, "%s", given[i][0]);
		ck_assert_int_eq(secret_set(&v->value, given[i][1], strlen(given[i][1])), 0);
	}
	errand_run(&folders, &o, clock_boot_ms() + 2000, NULL, &receipt);
}

static const struct {
	enum order_action action;
	const char *name, *key, *url;
	enum receipt_outcome outcome;
	const char *note;
} cases[] = {
	{ ORDER_ACTION_SEND, "y", "k", "", RECEIPT_REQUEST, "there is no provider description" },
	{ ORDER_ACTION_SEND, "x", "", "", RECEIPT_REQUEST, "x wants the variable `key`" },
	{ ORDER_ACTION_CHECK, "x", "", "", RECEIPT_REQUEST, "x wants the variable `key`" },
	{ ORDER_ACTION_CHECK, "x", "k", "", RECEIPT_PENDING, "no check call for this provider" },
	{ ORDER_ACTION_POLL, "x", "k", "", RECEIPT_PENDING, "no poll call for this provider" },
	{ ORDER_ACTION_VOICE, "x", "k", "", RECEIPT_REQUEST, "no voice call for this provider" },
	{ ORDER_ACTION_SEND, "x", "k", "", RECEIPT_REQUEST, "wants the variable `base_url`" },
	{ ORDER_ACTION_SEND, "x", "k", "http://192.0.2.1", RECEIPT_REQUEST,
		"loopback address only" },
	{ ORDER_ACTION_SEND, "x", "k", "http://127.0.0.1:1", RECEIPT_TEMPORARY, "no connection" },
	{ ORDER_ACTION_SEND, "x", "k\n", "http://127.0.0.1:1", RECEIPT_REQUEST, "`key` must be" },
};

START_TEST(every_way_out_has_a_receipt)
{
	run(cases[_i].action, cases[_i].name, cases[_i].key, cases[_i].url);
	ck_assert_msg(receipt.outcome == cases[_i].outcome, "%s", receipt.note);
	ck_assert_msg(strstr(receipt.note, cases[_i].note) != NULL, "%s", receipt.note);
	ck_assert_ptr_null(strstr(receipt.note, "493027"));
	ck_assert_ptr_null(strstr(receipt.note, "4917012345678"));
}
END_TEST

/* Written by a description of any kind, with the variable `phone`. */
static void send_by(const char *text, const char *phone, enum order_action action)
{
	static struct order o;
	struct provider_folders folders;
	put(text, &folders);
	memset(&o, 0, sizeof o);
	o.action = action;
	snprintf(o.description, sizeof o.description, "x");
	snprintf(o.number, sizeof o.number, "+4917012345678");
	snprintf(o.text, sizeof o.text, "493027 is your code");
	if (*phone) {
		o.nvariables = 1;
		snprintf(o.variables[0].name, sizeof o.variables[0].name, "phone");
		ck_assert_int_eq(secret_set(&o.variables[0].value, phone, strlen(phone)), 0);
	}
	entered = 0;
	errand_run(&folders, &o, clock_boot_ms() + 5000, NULL, &receipt);
}

#define COMMAND                                                                                    \
	"command = { program = \"/bin/sh\"; arguments = ( \"-c\", \"read a; [ \\\"$a\\\" = "       \
	"'493027 is your "                                                                         \
	"code' ] && [ $0 = 4917012345678 ]\", \"{number}\" ); number = \"digits\"; "               \
	"success = { exit = 0; }; };"

START_TEST(e8_a_program_is_run_in_its_sandbox)
{
	send_by(COMMAND, "", ORDER_ACTION_SEND);
	ck_assert_msg(receipt.outcome == RECEIPT_ACCEPTED, "%s", receipt.note);
	ck_assert_int_eq(entered, SANDBOX_COMMAND);
	ck_assert_uint_eq(receipt.sandbox, RECEIPT_SANDBOX_SECCOMP);
	send_by(COMMAND, "", ORDER_ACTION_CHECK);
	ck_assert_msg(receipt.outcome == RECEIPT_ACCEPTED, "%s", receipt.note);
	send_by(COMMAND, "", ORDER_ACTION_VOICE);
	ck_assert_int_eq(receipt.outcome, RECEIPT_REQUEST);
	send_by(COMMAND, "", ORDER_ACTION_POLL);
	ck_assert_int_eq(receipt.outcome, RECEIPT_PENDING);
	send_by("command = { program = \"/no/such/program\"; success = { exit = 0; }; };", "",
		ORDER_ACTION_SEND);
	ck_assert_int_eq(receipt.outcome, RECEIPT_REQUEST);
	ck_assert_ptr_nonnull(strstr(receipt.note, "/no/such/program"));
	send_by("command = { program = \"/no/such/program\"; success = { exit = 0; }; };", "",
		ORDER_ACTION_CHECK);
	ck_assert_int_eq(receipt.outcome, RECEIPT_REQUEST);
}
END_TEST

START_TEST(a_spool_is_written_in_its_sandbox)
{
	char text[1024], folder[256];
	snprintf(folder, sizeof folder, "%s/out", unit_folder());
	mkdir(folder, 0755);
	snprintf(text, sizeof text,
		"spool = { folder = \"%s/out\"; temporary = \"%s\"; sent = \"/\"; failed = \"/\"; "
		"content "
		"= \"{text}\"; };",
		unit_folder(), unit_folder());
	send_by(text, "", ORDER_ACTION_SEND);
	/* "/" is no path of a folder that can be one of a spool */
	ck_assert_int_eq(receipt.outcome, RECEIPT_REQUEST);
	snprintf(text, sizeof text,
		"spool = { folder = \"%s/out\"; temporary = \"%s\"; sent = \"/usr\"; failed = "
		"\"/usr\"; "
		"content = \"{text}\"; };",
		unit_folder(), unit_folder());
	send_by(text, "", ORDER_ACTION_SEND);
	ck_assert_msg(receipt.outcome == RECEIPT_ACCEPTED, "%s", receipt.note);
	ck_assert_int_eq(entered, SANDBOX_SPOOL);
	ck_assert_uint_eq(needed.nwritable, 2);
	ck_assert_int_ge(needed.writable[0], 0);
	ck_assert_int_ge(needed.writable[1], 0);
	ck_assert_uint_eq(receipt.reports, 1);
}
END_TEST

START_TEST(http_has_its_own_sandbox)
{
	run(ORDER_ACTION_SEND, "x", "k", "http://127.0.0.1:1");
	ck_assert_int_eq(entered, SANDBOX_HTTP);
	ck_assert_uint_eq(needed.nwritable, 0);
}
END_TEST

START_TEST(who_reaches_one_phone_sends_to_no_other)
{
	static const char one[] = "variables = { phone = { }; }; reaches = \"{phone}\";" COMMAND;
	send_by(one, "+4917012345678", ORDER_ACTION_SEND);
	ck_assert_msg(receipt.outcome == RECEIPT_ACCEPTED, "%s", receipt.note);
	send_by(one, "+4917012345679", ORDER_ACTION_SEND);
	ck_assert_int_eq(receipt.outcome, RECEIPT_REQUEST);
	ck_assert_ptr_nonnull(strstr(receipt.note, "reaches one phone only"));
	ck_assert_ptr_null(strstr(receipt.note, "49170"));
	/* not a step was taken */
	ck_assert_int_eq(entered, 0);
	send_by(one, "", ORDER_ACTION_SEND);
	ck_assert_int_eq(receipt.outcome, RECEIPT_REQUEST);
	ck_assert_ptr_nonnull(strstr(receipt.note, "`phone`"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("errand");
	TCase *t = tcase_create("errand");
	tcase_add_loop_test(t, every_way_out_has_a_receipt, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, e8_a_program_is_run_in_its_sandbox);
	tcase_add_test(t, a_spool_is_written_in_its_sandbox);
	tcase_add_test(t, http_has_its_own_sandbox);
	tcase_add_test(t, who_reaches_one_phone_sends_to_no_other);
	suite_add_tcase(s, t);
	return s;
}
