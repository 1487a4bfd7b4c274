#include "sender/errand.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

/* Without a network: what is refused before there would be a request, and that nobody answers. */
static const char description[] =
	"variables = { key = { required = true; }; base_url = { kind = \"url\"; }; };"
	"auth = { kind = \"header\"; name = \"X-Key\"; value = \"{key}\"; };"
	"send = { url = \"{base_url}/\"; json = { t = \"{text}\"; }; success = { status = 200; }; "
	"};";

static struct receipt receipt;

static void run(enum order_action action, const char *name, const char *key, const char *url)
{
	char folder[256], path[300];
	static struct order o;
	snprintf(folder, sizeof folder, "%s/providers", unit_folder());
	mkdir(folder, 0755);
	snprintf(path, sizeof path, "%s/x.conf", folder);
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(description, out);
	fclose(out);
	chmod(path, 0644);
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
	const struct provider_folders folders = { folder, folder, getuid() };
	errand_run(&folders, &o, clock_boot_ms() + 2000, &receipt);
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

Suite *unit_suite(void)
{
	Suite *s = suite_create("errand");
	TCase *t = tcase_create("errand");
	tcase_add_loop_test(t, every_way_out_has_a_receipt, 0, sizeof cases / sizeof *cases);
	suite_add_tcase(s, t);
	return s;
}
