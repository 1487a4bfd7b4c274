#include "sender/refusal.h"

#include "unit.h"

static const struct {
	unsigned status;
	enum receipt_outcome outcome;
} defaults[] = {
	{ 300, RECEIPT_REQUEST },
	{ 302, RECEIPT_REQUEST },
	{ 400, RECEIPT_REQUEST },
	{ 401, RECEIPT_ACCOUNT },
	{ 402, RECEIPT_ACCOUNT },
	{ 403, RECEIPT_ACCOUNT },
	{ 404, RECEIPT_REQUEST },
	{ 422, RECEIPT_REQUEST },
	{ 428, RECEIPT_REQUEST },
	{ 429, RECEIPT_TEMPORARY },
	{ 430, RECEIPT_REQUEST },
	{ 499, RECEIPT_REQUEST },
	{ 500, RECEIPT_TEMPORARY },
	{ 503, RECEIPT_TEMPORARY },
	{ 408, RECEIPT_UNKNOWN },
	{ 502, RECEIPT_UNKNOWN },
	{ 504, RECEIPT_UNKNOWN },
	{ 519, RECEIPT_TEMPORARY },
	{ 520, RECEIPT_UNKNOWN },
	{ 524, RECEIPT_UNKNOWN },
	{ 525, RECEIPT_TEMPORARY },
	{ 599, RECEIPT_TEMPORARY },
};

START_TEST(defaults_by_status)
{
	ck_assert_int_eq(refusal_by_status(defaults[_i].status), defaults[_i].outcome);
}
END_TEST

static const char list[] =
	"errors = ( { code = [ \"100-199\", \"e7\" ]; class = \"recipient\"; },"
	"{ status = [ 400, 409 ]; code = 5; class = \"temporary\"; },"
	"{ status = 409; class = \"account\"; },"
	"{ path = \"a\"; equals = \"b\"; status = 422; class = \"request\"; } );";

static const struct {
	unsigned status;
	const char *code, *body;
	enum receipt_outcome outcome;
} cases[] = {
	{ 400, "100", "", RECEIPT_RECIPIENT },
	{ 400, "199", "", RECEIPT_RECIPIENT },
	{ 400, "150", "", RECEIPT_RECIPIENT },
	{ 400, "99", "", RECEIPT_NONE },
	{ 400, "200", "", RECEIPT_NONE },
	{ 400, "1500", "", RECEIPT_NONE },
	{ 400, "15x", "", RECEIPT_NONE },
	{ 400, "E7", "", RECEIPT_RECIPIENT },
	{ 400, "", "", RECEIPT_NONE },
	{ 400, "5", "", RECEIPT_TEMPORARY },
	{ 401, "5", "", RECEIPT_NONE },
	{ 409, "5", "", RECEIPT_TEMPORARY },
	{ 409, "6", "", RECEIPT_ACCOUNT },
	{ 422, "", "{\"a\":\"b\"}", RECEIPT_REQUEST },
	{ 422, "", "{\"a\":\"c\"}", RECEIPT_NONE },
	{ 400, "", "{\"a\":\"b\"}", RECEIPT_NONE },
};

START_TEST(the_first_entry_that_fits)
{
	struct tree t;
	struct document d;
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(tree_parse(list, "x", &t, &f), 0);
	const struct tree_node *errors = tree_find(t.nodes, "errors");
	ck_assert_msg(refusal_check(errors, &f) == 0, "%s", f.text);
	document_open(&d, cases[_i].status, "", cases[_i].body);
	ck_assert_int_eq(refusal_class(errors, &d, cases[_i].code), cases[_i].outcome);
	document_close(&d);
	tree_close(&t);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("refusal");
	TCase *t = tcase_create("refusal");
	tcase_add_loop_test(t, defaults_by_status, 0, sizeof defaults / sizeof *defaults);
	tcase_add_loop_test(t, the_first_entry_that_fits, 0, sizeof cases / sizeof *cases);
	suite_add_tcase(s, t);
	return s;
}
