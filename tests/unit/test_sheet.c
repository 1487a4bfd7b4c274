#include "cli/sheet.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct settings settings;
static struct sheet sheet;
static struct fault f;

static void allow(void)
{
	memset(&settings, 0, sizeof settings);
	strcpy(settings.prefixes[0], "+49");
	settings.nprefixes = 1;
}

static int header(const char *text)
{
	struct csv_record rec;
	struct csv_reader r;

	csv_begin(&r, text, strlen(text));
	ck_assert_int_eq(csv_next(&r, &rec, &f), 1);
	return sheet_header(&rec, &sheet, &f);
}

static int row(const char *text, struct sheet_user *u)
{
	struct csv_record rec;
	struct csv_reader r;

	csv_begin(&r, text, strlen(text));
	ck_assert_int_eq(csv_next(&r, &rec, &f), 1);
	return sheet_read(&sheet, &settings, &rec, u, &f);
}

START_TEST(the_header_is_judged_by_names)
{
	static const struct {
		const char *text;
		int rc;
		const char *says;
	} cases[] = {
		{ "user,number,language,verified", 0, "" },
		{ "verified,number,user", 0, "" },
		{ "number,user", 0, "" },
		{ "user", -1, "number is not among them" },
		{ "number,verified", -1, "user is not among them" },
		{ "user,number,uid", -1, "none called \"uid\"" },
		{ "user,number,", -1, "none called \"\"" },
		{ "User,number", -1, "none called \"User\"" },
		{ "user,number,user", -1, "user stands twice" },
		{ "alice,+4915112345612", -1, "none called \"alice\"" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ck_assert_msg(header(cases[i].text) == cases[i].rc, "%s", cases[i].text);
		if (cases[i].rc != 0)
			ck_assert_msg(strstr(f.text, cases[i].says) != NULL, "%s", f.text);
	}
}
END_TEST

START_TEST(g3_a_row_is_judged_as_enroll_judges)
{
	static const struct {
		const char *text, *number, *says;
	} cases[] = {
		{ "alice,+4915112345612,,yes", "+4915112345612", NULL },
		{ "alice,0049 (0)151-1234 5612,,no", "+4915112345612", NULL },
		{ "alice,+4915112345612,,", "+4915112345612", NULL },
		{ "alice,015112345612,,no", NULL, "alice: a number without its country" },
		{ "alice,4915112345612,,no", NULL, "without its country" },
		{ "alice,4.91511E+12,,no", NULL, "not a digit" },
		{ "alice,,,no", NULL, "no number given" },
		{ "alice,+436641234556,,no", NULL, "...56 begins with none" },
		{ "alice,+499001234567,,no", NULL, "...67 is a premium number" },
		{ "alice,+4915112345612,,YES", NULL, "write yes or no" },
		{ "alice,+4915112345612,,true", NULL, "write yes or no" },
		{ "alice,+4915112345612,x,no", NULL, "language" },
		{ ",+4915112345612,,no", NULL, "cannot be a user's name" },
		{ "-a,+4915112345612,,no", NULL, "cannot be a user's name" },
		{ "\"a\nb\",+4915112345612,,no", NULL, "\"a?b\" cannot be" },
		{ "../x,+4915112345612,,no", NULL, "cannot be a user's name" },
		{ "alice,+4915112345612,no", NULL, "3 fields, but the first line has 4" },
		{ "alice,+4915112345612,,no,", NULL, "5 fields" },
	};
	struct sheet_user u;

	allow();
	ck_assert_int_eq(header("user,number,language,verified"), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int rc = row(cases[i].text, &u);

		ck_assert_msg(
			(rc == 0) == (cases[i].number != NULL), "%s: %s", cases[i].text, f.text);
		if (rc == 0)
			ck_assert_str_eq(u.entry.phone.e164, cases[i].number);
		else
			ck_assert_msg(strstr(f.text, cases[i].says) != NULL, "%s", f.text);
	}
}
END_TEST

START_TEST(g2_no_fault_has_a_whole_number)
{
	static const char *const texts[] = { "alice,+436641234556", "alice,+1876123456789",
		"alice,+499001234567", "alice,+43664123455600000000" };
	struct sheet_user u;

	allow();
	strcpy(settings.prefixes[1], "+1");
	settings.nprefixes = 2;
	ck_assert_int_eq(header("user,number"), 0);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		size_t digits = 0;

		ck_assert_int_eq(row(texts[i], &u), -1);
		for (const char *c = f.text; *c != 0; c++) {
			digits = *c >= '0' && *c <= '9' ? digits + 1 : 0;
			/* the sample of how a number is written has seven in a row */
			ck_assert_msg(
				digits < 5 || strstr(f.text, "171 1234567") != NULL, "%s", f.text);
			ck_assert_msg(digits < 8, "%s", f.text);
		}
	}
}
END_TEST

/* A file without a header, and one whose columns have changed places. */
START_TEST(g2_nor_where_none_should_stand)
{
	struct sheet_user u;

	ck_assert_int_eq(header("+49 151 98765412,alice"), -1);
	ck_assert_msg(!strstr(f.text, "987654") && strstr(f.text, "\"...12\""), "%s", f.text);
	ck_assert_int_eq(header("user,number"), 0);
	ck_assert_int_eq(row("+4915198765412,alice", &u), -1);
	ck_assert_msg(!strstr(f.text, "987654") && strstr(f.text, "...12: "), "%s", f.text);
	ck_assert_int_eq(row("0049 151/98765412,alice", &u), -1);
	ck_assert_msg(!strstr(f.text, "987654"), "%s", f.text);
}
END_TEST

START_TEST(what_is_said_and_what_is_not)
{
	struct sheet_user u;

	allow();
	ck_assert_int_eq(header("user,number"), 0);
	ck_assert_int_eq(row("alice,+4915112345612", &u), 0);
	ck_assert(!u.says_verified[0] && !u.says_language && !u.entry.verified);
	ck_assert_int_eq(header("user,number,verified,language"), 0);
	ck_assert_int_eq(row("alice,+4915112345612,,", &u), 0);
	ck_assert(!u.says_verified[0] && u.says_language);
	ck_assert_int_eq(u.entry.language, LANGUAGE_NONE);
	ck_assert_str_eq(sheet_language(&u.entry), "");
	ck_assert_int_eq(row("alice,+4915112345612,,de", &u), 0);
	ck_assert_int_eq(u.entry.language, language_find("de"));
	ck_assert_str_eq(sheet_language(&u.entry), "de");
	ck_assert_int_eq(row("alice,+4915112345612,no,", &u), 0);
	ck_assert(u.says_verified[0] && !u.entry.verified);
	ck_assert_int_eq(row("alice,+4915112345612,yes,", &u), 0);
	ck_assert(u.says_verified[0] && u.entry.verified);
}
END_TEST

START_TEST(further_lines_are_further_numbers)
{
	struct sheet_user u, more;
	char text[64];

	allow();
	ck_assert_int_eq(header("user,number,verified"), 0);
	ck_assert_int_eq(row("alice,+4915112345612,no", &u), 0);
	ck_assert_int_eq(row("alice,+49 15112345612,no", &more), 0);
	ck_assert_int_eq(sheet_join(&u, &more, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "has this number already"));
	for (int i = 0; i < ENROLMENT_OTHERS; i++) {
		snprintf(text, sizeof text, "alice,+4915112345%d,%s", 700 + i, i == 1 ? "yes" : "");
		ck_assert_int_eq(row(text, &more), 0);
		ck_assert_msg(sheet_join(&u, &more, &f) == 0, "%s", f.text);
	}
	ck_assert_uint_eq(u.entry.nothers, ENROLMENT_OTHERS);
	ck_assert(u.entry.others[1].verified && !u.entry.others[0].verified);
	ck_assert(u.says_verified[2] && !u.says_verified[1] && u.says_verified[0]);
	ck_assert_int_eq(row("alice,+4915112345799,no", &more), 0);
	ck_assert_int_eq(sheet_join(&u, &more, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "which is the most"));
}
END_TEST

START_TEST(what_is_printed_is_read)
{
	struct directory_entry e = { .name = "a,\"b", .verified = true, .nothers = 1 };
	struct sheet_user u;
	struct text_line line;
	char text[256];

	allow();
	strcpy(e.phone.e164, "+4915112345612");
	strcpy(e.others[0].phone.e164, "+4915112345613");
	text_begin(&line, text, sizeof text);
	sheet_print_header(&line);
	ck_assert_str_eq(text, "user,number,language,verified");
	ck_assert_int_eq(header(text), 0);
	for (uint32_t i = 0; i <= e.nothers; i++) {
		struct enrolment_number n;

		enrolment_number(&e, i, &n);
		text_begin(&line, text, sizeof text);
		sheet_print(&e, i, &line);
		ck_assert_msg(row(text, &u) == 0, "%s: %s", text, f.text);
		ck_assert_str_eq(u.entry.name, e.name);
		ck_assert_str_eq(u.entry.phone.e164, n.phone.e164);
		ck_assert(u.entry.verified == n.verified && u.says_verified[0]);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sheet");
	TCase *t = tcase_create("all");

	tcase_add_test(t, the_header_is_judged_by_names);
	tcase_add_test(t, g3_a_row_is_judged_as_enroll_judges);
	tcase_add_test(t, g2_no_fault_has_a_whole_number);
	tcase_add_test(t, g2_nor_where_none_should_stand);
	tcase_add_test(t, what_is_said_and_what_is_not);
	tcase_add_test(t, further_lines_are_further_numbers);
	tcase_add_test(t, what_is_printed_is_read);
	suite_add_tcase(s, t);
	return s;
}
