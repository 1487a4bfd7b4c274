#include "sender/ending.h"

#include <errno.h>
#include <string.h>

#include "sender/provider.h"
#include "unit.h"

static const char description[] =
	"command = { program = \"/bin/true\"; success = { exit = [ 0, 9 ]; all = ( { regex = "
	"\"written\"; "
	"exists = true; } ); }; id = { regex = \"ID ([^ ]+)\"; };"
	"errors = ( { exit = 75; class = \"temporary\"; }, { exit = 67; class = \"recipient\"; },"
	"{ exit = [ 1, 0 ]; regex = \"no credit\"; exists = true; class = \"account\"; } ); };";

static const struct {
	const char *name;
	enum program_fate fate;
	int status;
	const char *output;
	enum receipt_outcome outcome;
	const char *note, *id;
} cases[] = {
	{ "taken", PROGRAM_ENDED, 0, "written with ID a.1\n", RECEIPT_ACCEPTED,
		"exit status 0: ", "a.1\n" },
	{ "taken, with another status", PROGRAM_ENDED, 9, "written ID a.1 x", RECEIPT_ACCEPTED,
		"exit status 9: ", "a.1" },
	{ "taken, without an id", PROGRAM_ENDED, 0, "written", RECEIPT_ACCEPTED, "took it", "" },
	{ "G1: an id that holds the number", PROGRAM_ENDED, 0, "written ID OUT4917012345678.txt ",
		RECEIPT_ACCEPTED, "took it", "" },
	{ "E6, E9: it ended well and did not say so", PROGRAM_ENDED, 0, "something else",
		RECEIPT_UNKNOWN, "may have been sent", "" },
	{ "it ended well and said why not", PROGRAM_ENDED, 0, "no credit", RECEIPT_ACCOUNT,
		"exit status 0: ", "" },
	{ "later", PROGRAM_ENDED, 75, "", RECEIPT_TEMPORARY, "exit status 75: ", "" },
	{ "this number", PROGRAM_ENDED, 67, "", RECEIPT_RECIPIENT, "exit status 67: ", "" },
	{ "B2: a failure that no entry names", PROGRAM_ENDED, 2, "written", RECEIPT_REQUEST,
		"exit status 2: ", "" },
	{ "a status and a test", PROGRAM_ENDED, 1, "no credit", RECEIPT_ACCOUNT,
		"exit status 1: ", "" },
	{ "a status without its test", PROGRAM_ENDED, 1, "", RECEIPT_REQUEST,
		"exit status 1: ", "" },
	{ "E9: a signal", PROGRAM_SIGNALLED, 0, "written", RECEIPT_UNKNOWN, "a signal ended", "" },
	{ "E9: the deadline", PROGRAM_LATE, 0, "written", RECEIPT_UNKNOWN, "did not end in time",
		"" },
};

START_TEST(what_an_end_means)
{
	struct provider p;
	struct fault f = FAULT_INIT;
	struct receipt r = { 0 };
	struct program_end end = { .fate = cases[_i].fate, .status = cases[_i].status };
	const char *id = cases[_i].id;
	ck_assert_msg(provider_parse(description, "x", "x", &p, &f) == 0, "%s", f.text);
	buffer_text(&end.output, cases[_i].output);
	ending_judge(&p.command, &end, "+4917012345678", &r);
	ck_assert_msg(r.outcome == cases[_i].outcome, "%s: %s", cases[_i].name, r.note);
	ck_assert_msg(strstr(r.note, cases[_i].note) != NULL, "%s: %s", cases[_i].name, r.note);
	/* an id with a newline in it is none */
	ck_assert_str_eq(r.message_id, strchr(id, '\n') ? "" : id);
	ck_assert_uint_eq(r.http_status, 0);
	ck_assert_str_eq(r.code, "");
	buffer_wipe(&end.output);
	provider_close(&p);
}
END_TEST

START_TEST(output_with_a_nul_is_none)
{
	struct provider p;
	struct fault f = FAULT_INIT;
	struct receipt r = { 0 };
	struct program_end end = { .fate = PROGRAM_ENDED };
	ck_assert_int_eq(provider_parse(description, "x", "x", &p, &f), 0);
	buffer_add(&end.output, "written\0", 8);
	ending_judge(&p.command, &end, "", &r);
	ck_assert_int_eq(r.outcome, RECEIPT_UNKNOWN);
	buffer_wipe(&end.output);
	provider_close(&p);
}
END_TEST

static const struct {
	enum fault_class class;
	int errnum;
	enum receipt_outcome outcome;
} starts[] = {
	{ FAULT_SYSTEM, ENOENT, RECEIPT_REQUEST },
	{ FAULT_SYSTEM, EACCES, RECEIPT_REQUEST },
	{ FAULT_DAMAGED, 0, RECEIPT_REQUEST },
	{ FAULT_SYSTEM, EAGAIN, RECEIPT_TEMPORARY },
	{ FAULT_SYSTEM, ENOMEM, RECEIPT_TEMPORARY },
	{ FAULT_MEMORY, 0, RECEIPT_TEMPORARY },
	{ FAULT_LATE, 0, RECEIPT_TEMPORARY },
};

START_TEST(b2_what_was_not_started_was_not_taken)
{
	struct fault f = FAULT_INIT;
	struct receipt r = { 0 };
	fault_set(&f, starts[_i].class, starts[_i].errnum, "/bin/x");
	ending_not_started(&f, &r);
	ck_assert_int_eq(r.outcome, starts[_i].outcome);
	ck_assert_ptr_nonnull(strstr(r.note, "/bin/x"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("ending");
	TCase *t = tcase_create("ending");
	tcase_add_loop_test(t, what_an_end_means, 0, sizeof cases / sizeof *cases);
	tcase_add_test(t, output_with_a_nul_is_none);
	tcase_add_loop_test(
		t, b2_what_was_not_started_was_not_taken, 0, sizeof starts / sizeof *starts);
	suite_add_tcase(s, t);
	return s;
}
