#include "sender/parcel.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct order order_of(const char *number, const char *text)
{
	struct order o;
	memset(&o, 0, sizeof o);
	snprintf(o.number, sizeof o.number, "%s", number);
	snprintf(o.text, sizeof o.text, "%s", text);
	return o;
}

static const char *value(const struct values *v, const char *name)
{
	const struct values_one *one = values_find(v, name, strlen(name));
	ck_assert_ptr_nonnull(one);
	return one->text;
}

static const struct {
	const char *form, *expected;
} forms[] = {
	{ "plus", "+4917012345678" },
	{ "digits", "4917012345678" },
	{ "00", "004917012345678" },
	{ "e164", NULL },
	{ "", NULL },
};

START_TEST(forms_of_a_number)
{
	struct tree_node n = { .kind = TREE_TEXT, .text = forms[_i].form };
	struct order o = order_of("+4917012345678", "x");
	struct fault f = FAULT_INIT;
	struct values v = { 0 };
	struct parcel p = { 0 };
	int rc = parcel_check_form(&n, &f);
	ck_assert_int_eq(rc, forms[_i].expected ? 0 : -1);
	if (rc < 0)
		return;
	ck_assert_int_eq(parcel_pack(&p, &n, &o, &v, &f), 0);
	ck_assert_str_eq(value(&v, "number"), forms[_i].expected);
}
END_TEST

START_TEST(the_form_with_plus_is_the_default)
{
	struct order o = order_of("+4917012345678", "x");
	struct fault f = FAULT_INIT;
	struct values v = { 0 };
	struct parcel p = { 0 };
	ck_assert_int_eq(parcel_pack(&p, NULL, &o, &v, &f), 0);
	ck_assert_str_eq(value(&v, "number"), "+4917012345678");
}
END_TEST

static const struct {
	const char *number, *text;
} refused[] = {
	{ "", "x" },
	{ "4917012345678", "x" },
	{ "+0917012345678", "x" },
	{ "+491701", "x" },
	{ "+49170 2345678", "x" },
	{ "+4917012345678", "" },
	{ "+4917012345678", "\xff" },
	{ "+49170,4917034", "x" },
	{ "<all>", "x" },
};

START_TEST(e5_what_is_no_message_is_refused)
{
	struct order o = order_of(refused[_i].number, refused[_i].text);
	struct fault f = FAULT_INIT;
	struct values v = { 0 };
	struct parcel p = { 0 };
	ck_assert_int_eq(parcel_pack(&p, NULL, &o, &v, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_msg(
		!*refused[_i].number || !strstr(f.text, refused[_i].number), "G1: %s", f.text);
}
END_TEST

static const struct {
	const char *text, *code; /* NULL: not set */
	bool unicode;
} texts[] = {
	{ "493027 is your code", "493027", false },
	{ "At 12:30: 0042.", "0042", false },
	{ "12345678901 1234567890", "1234567890", false },
	{ "123", NULL, false },
	{ "none", NULL, false },
	{ "\xd0\x9a 493027", "493027", true },
	{ "\xc3\xa4\xe2\x82\xac 4930", "4930", false },
};

START_TEST(the_code_and_the_alphabet_of_a_text)
{
	struct order o = order_of("+4917012345678", texts[_i].text);
	struct fault f = FAULT_INIT;
	struct values v = { 0 };
	struct parcel p = { 0 };
	ck_assert_int_eq(parcel_pack(&p, NULL, &o, &v, &f), 0);
	if (texts[_i].code)
		ck_assert_str_eq(value(&v, "code"), texts[_i].code);
	else
		ck_assert_ptr_null(value(&v, "code"));
	ck_assert_int_eq(v.unicode, texts[_i].unicode);
	parcel_wipe(&p);
	static const struct parcel nothing;
	ck_assert_int_eq(memcmp(&p, &nothing, sizeof p), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("parcel");
	TCase *t = tcase_create("parcel");
	tcase_add_loop_test(t, forms_of_a_number, 0, sizeof forms / sizeof *forms);
	tcase_add_test(t, the_form_with_plus_is_the_default);
	tcase_add_loop_test(
		t, e5_what_is_no_message_is_refused, 0, sizeof refused / sizeof *refused);
	tcase_add_loop_test(
		t, the_code_and_the_alphabet_of_a_text, 0, sizeof texts / sizeof *texts);
	suite_add_tcase(s, t);
	return s;
}
