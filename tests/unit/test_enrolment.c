#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/enrolment.h"
#include "fuzz.h"

static const char good[] = "# a comment\nversion = 1;\nuser = \"alice\";\nuid = 1000;\n"
			   "number = \"+4915112345678\";\nverified = true;\n"
			   "since = \"2026-01-31T12:00:00Z\";\nby = \"root\";\n";

/* libconfig 1.5 to 1.7 does not free the beginning of a text that never ends; the programs end soon after such a file. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

START_TEST(a_good_text_is_read)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;

	ck_assert_msg(enrolment_parse(good, &e, &f) == 0, "%s", f.text);
	ck_assert_str_eq(e.name, "alice");
	ck_assert_uint_eq(e.uid, 1000);
	ck_assert_str_eq(e.phone.e164, "+4915112345678");
	ck_assert(e.verified);
	ck_assert_int_eq(e.since_wall_s, 1769860800);
	ck_assert_str_eq(e.by, "root");
	ck_assert_int_eq(e.language, LANGUAGE_NONE);
}
END_TEST

/* One thing in the good text is replaced. */
static const struct {
	const char *name, *find, *put, *says;
} cases[] = {
	{ "unknown key", "by =", "colour = 1; by =", "unknown key colour" },
	{ "misspelt key", "verified", "verifed", "unknown key verifed" },
	{ "user missing", "user = \"alice\";", "", "user is missing" },
	{ "uid missing", "uid = 1000;", "", "uid is missing" },
	{ "number missing", "number = \"+4915112345678\";", "", "number is missing" },
	{ "verified missing", "verified = true;", "", "verified is missing" },
	{ "since missing", "since = \"2026-01-31T12:00:00Z\";", "", "since is missing" },
	{ "by missing", "by = \"root\";", "", "by is missing" },
	{ "version missing", "version = 1;", "", "version is missing" },
	{ "later version", "version = 1", "version = 2", "version is not 1" },
	{ "text as uid", "uid = 1000", "uid = \"1000\"", "uid is of the wrong type" },
	{ "float as uid", "uid = 1000", "uid = 1000.0", "uid is of the wrong type" },
	{ "negative uid", "uid = 1000", "uid = -1", "uid is out of range" },
	{ "uid of 33 bits", "uid = 1000", "uid = 4294968296L", "uid is out of range" },
	{ "uid minus one", "uid = 1000", "uid = 4294967295L", "uid is out of range" },
	{ "number as a number", "\"+4915112345678\"", "4915112345678L",
		"number is of the wrong type" },
	{ "number with blanks", "+4915112345678", "+49 151 12345678", "number is not +" },
	{ "national number", "+4915112345678", "015112345678", "number is not +" },
	{ "empty number", "+4915112345678", "", "number is not +" },
	{ "number in an array", "\"+4915112345678\"", "[ \"+4915112345678\" ]",
		"number is of the wrong type" },
	{ "verified as text", "= true", "= \"true\"", "verified is of the wrong type" },
	{ "verified as a number", "= true", "= 1", "verified is of the wrong type" },
	{ "no such day", "2026-01-31", "2026-02-31", "since is not a time" },
	{ "local time", "12:00:00Z", "12:00:00+01:00", "since is not a time" },
	{ "blanks in the time", "12:00:00Z", " 2:00:00Z", "since is not a time" },
	{ "short year", "2026-01", "26-01", "since is not a time" },
	{ "before 1970", "2026-01", "1969-01", "since is not a time" },
	{ "something behind the time", "12:00:00Z", "12:00:00Zx", "since is not a time" },
	{ "a path as user", "\"alice\"", "\"../alice\"", "user is not a user name" },
	{ "empty user", "\"alice\"", "\"\"", "user is not a user name" },
	{ "control byte in by", "\"root\"", "\"ro\\not\"", "by is not a user name" },
	{ "a group for the user", "\"alice\"", "{ name = \"alice\"; }",
		"user is of the wrong type" },
	{ "no such language", "by =", "language = \"xx\"; by =", "language is not one of ours" },
	{ "an empty language", "by =", "language = \"\"; by =", "language is not one of ours" },
	{ "a path as language", "by =", "language = \"../de\"; by =", "language is not one of ours" },
	{ "a number as language", "by =", "language = 1; by =", "language is of the wrong type" },
	{ "twice", "uid = 1000;", "uid = 1000; uid = 1001;", "line 4 cannot be read" },
	{ "broken syntax", "uid = 1000;", "uid = ;", "line 4 cannot be read" },
	{ "unfinished text", "\"root\";", "\"root", "cannot be read" },
	{ "an include", "uid =", "@include \"/etc/passwd\"\nuid =", "has an @ directive" },
	{ "an include behind blanks", "version", " \t@include \"/etc/passwd\"\nversion",
		"has an @ directive" },
	{ "nothing at all", good, "", "is missing" },
};

START_TEST(c7_anything_else_is_refused)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;
	char text[2048];

	const char *at = strstr(good, cases[_i].find);
	ck_assert_msg(at != NULL, "%s", cases[_i].name);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, cases[_i].put,
		at + strlen(cases[_i].find));
	ck_assert_msg(enrolment_parse(text, &e, &f) == -1, "%s", cases[_i].name);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_msg(strstr(f.text, cases[_i].says) != NULL, "%s: %s", cases[_i].name, f.text);
	/* G1: no part of the number */
	ck_assert_msg(strstr(f.text, "151") == NULL, "%s: %s", cases[_i].name, f.text);
}
END_TEST

/* The same with two further numbers. */
static const char several[] =
	"# a comment\nversion = 1;\nuser = \"alice\";\nuid = 1000;\n"
	"number = \"+4915112345678\";\nverified = true;\n"
	"since = \"2026-01-31T12:00:00Z\";\nby = \"root\";\n"
	"others = ( { number = \"+4915112345634\"; verified = false; since = \"2026-02-01T12:00:00Z\"; by = \"bob\"; },\n"
	" { number = \"+4366412345656\"; verified = true; since = \"2026-02-02T12:00:00Z\"; by = \"root\"; } );\n";

START_TEST(a_language_is_the_users_not_a_numbers)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;
	char text[2048], out[ENROLMENT_MAX + 1];
	size_t len;

	snprintf(text, sizeof text, "language = \"fr\";\n%s", several);
	ck_assert_msg(enrolment_parse(text, &e, &f) == 0, "%s", f.text);
	ck_assert_int_eq(e.language, LANGUAGE_FR);
	ck_assert_uint_eq(e.nothers, 2);
	ck_assert_msg(enrolment_print(&e, out, &len, &f) == 0, "%s", f.text);
	ck_assert_ptr_nonnull(strstr(out, "language = \"fr\";\nothers = ("));
	const char *at = strstr(several, "verified = false;");
	snprintf(text, sizeof text, "%.*slanguage = \"fr\"; %s", (int)(at - several), several, at);
	ck_assert_int_eq(enrolment_parse(text, &e, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "unknown key language"));
}
END_TEST

START_TEST(further_numbers_are_read)
{
	struct directory_entry e;
	struct enrolment_number n;
	struct fault f = FAULT_INIT;
	struct phone other = { "+4366412345656" }, nobodys = { "+4366412345657" };

	ck_assert_msg(enrolment_parse(several, &e, &f) == 0, "%s", f.text);
	ck_assert_str_eq(e.phone.e164, "+4915112345678");
	ck_assert_uint_eq(e.nothers, 2);
	ck_assert_str_eq(e.others[0].phone.e164, "+4915112345634");
	ck_assert(!e.others[0].verified);
	ck_assert_str_eq(e.others[0].by, "bob");
	ck_assert_int_eq(e.others[0].since_wall_s, 1769947200);
	ck_assert_str_eq(e.others[1].phone.e164, "+4366412345656");
	ck_assert(e.others[1].verified);
	ck_assert_int_eq(enrolment_place(&e, &e.phone), 0);
	ck_assert_int_eq(enrolment_place(&e, &other), 2);
	ck_assert_int_eq(enrolment_place(&e, &nobodys), -1);
	enrolment_number(&e, 0, &n);
	ck_assert_str_eq(n.phone.e164, "+4915112345678");
	ck_assert(n.verified);
	ck_assert_str_eq(n.by, "root");
	enrolment_number(&e, 1, &n);
	ck_assert_str_eq(n.phone.e164, "+4915112345634");
}
END_TEST

#define ONE(digits) "{ number = \"+49151123456" digits "\"; verified = true; since = \"2026-02-01T12:00:00Z\"; by = \"bob\"; }"

static const struct {
	const char *name, *others, *says;
} bad_others[] = {
	{ "none", "( )", "others has not 1 to 3 numbers" },
	{ "too many", "( " ONE("01") ", " ONE("02") ", " ONE("03") ", " ONE("04") " )",
		"others has not 1 to 3 numbers" },
	{ "a group", ONE("01"), "others is of the wrong type" },
	{ "an array", "[ \"+4915112345601\" ]", "others is of the wrong type" },
	{ "a text", "\"+4915112345601\"", "others is of the wrong type" },
	{ "texts", "( \"+4915112345601\" )", "others is of the wrong type" },
	{ "a list in the list", "( ( " ONE("01") " ) )", "others is of the wrong type" },
	{ "the default again", "( " ONE("78") " )", "others has a number twice" },
	{ "one twice", "( " ONE("01") ", " ONE("01") " )", "others has a number twice" },
	{ "a user in it", "( { user = \"alice\"; number = \"+4915112345601\"; } )",
		"others: unknown key user" },
	{ "others in others", "( { others = ( ); } )", "others: unknown key others" },
	{ "no number", "( { verified = true; since = \"2026-02-01T12:00:00Z\"; by = \"bob\"; } )",
		"others: number is missing" },
	{ "no verified",
		"( { number = \"+4915112345601\"; since = \"2026-02-01T12:00:00Z\"; by = \"bob\"; } )",
		"others: verified is missing" },
	{ "national",
		"( { number = \"015112345601\"; verified = true; since = \"2026-02-01T12:00:00Z\"; by = \"bob\"; } )",
		"others: number is not +" },
	{ "a bad time",
		"( { number = \"+4915112345601\"; verified = true; since = \"2026-02-31T12:00:00Z\"; by = \"bob\"; } )",
		"others: since is not a time" },
	{ "a bad name",
		"( { number = \"+4915112345601\"; verified = true; since = \"2026-02-01T12:00:00Z\"; by = \"../bob\"; } )",
		"others: by is not a user name" },
};

START_TEST(c7_other_others_are_refused)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;
	char text[2048];

	snprintf(text, sizeof text, "%sothers = %s;\n", good, bad_others[_i].others);
	ck_assert_msg(enrolment_parse(text, &e, &f) == -1, "%s", bad_others[_i].name);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_msg(strstr(f.text, bad_others[_i].says) != NULL, "%s: %s", bad_others[_i].name,
		f.text);
	/* G1 */
	ck_assert_msg(strstr(f.text, "151") == NULL, "%s: %s", bad_others[_i].name, f.text);
}
END_TEST

/* Byte for byte what earlier versions wrote, where there is one number. */
START_TEST(the_text_of_the_file)
{
	static const char head[] = "# written by sms-otp; sms-otp set-number changes it\n"
				   "version = 1;\nuser = \"alice\";\nuid = 1000;\n"
				   "number = \"+4915112345678\";\nverified = true;\n"
				   "since = \"2026-01-31T12:00:00Z\";\nby = \"root\";\n";
	static const char tail[] =
		"others = ( {\n\tnumber = \"+4915112345634\";\n\tverified = false;\n"
		"\tsince = \"2026-02-01T12:00:00Z\";\n\tby = \"bob\";\n}, {\n"
		"\tnumber = \"+4366412345656\";\n\tverified = true;\n"
		"\tsince = \"2026-02-02T12:00:00Z\";\n\tby = \"root\";\n} );\n";
	char text[ENROLMENT_MAX + 1];
	struct directory_entry e, back;
	struct fault f = FAULT_INIT;
	size_t len;

	ck_assert_int_eq(enrolment_parse(good, &e, &f), 0);
	ck_assert_int_eq(enrolment_print(&e, text, &len, &f), 0);
	ck_assert_str_eq(text, head);
	ck_assert_int_eq(enrolment_parse(several, &e, &f), 0);
	ck_assert_int_eq(enrolment_print(&e, text, &len, &f), 0);
	ck_assert_uint_eq(len, strlen(text));
	ck_assert_int_eq(strncmp(text, head, strlen(head)), 0);
	ck_assert_str_eq(text + strlen(head), tail);
	ck_assert_int_eq(enrolment_parse(text, &back, &f), 0);
	ck_assert_mem_eq(&e, &back, sizeof e);
}
END_TEST

START_TEST(further_numbers_that_cannot_be_read_are_not_printed)
{
	char text[ENROLMENT_MAX + 1];
	struct directory_entry bad[6];
	struct fault f = FAULT_INIT;
	size_t len;

	for (size_t i = 0; i < 6; i++)
		ck_assert_int_eq(enrolment_parse(several, &bad[i], &f), 0);
	bad[0].nothers = ENROLMENT_OTHERS + 1;
	strcpy(bad[1].others[1].phone.e164, "+4915112345634");
	strcpy(bad[2].others[0].phone.e164, "+4915112345678");
	strcpy(bad[3].others[1].phone.e164, "0151");
	bad[4].others[1].by[0] = '\0';
	bad[5].others[0].since_wall_s = -1;
	for (size_t i = 0; i < 6; i++) {
		f = (struct fault)FAULT_INIT;
		ck_assert_msg(enrolment_print(&bad[i], text, &len, &f) == -1, "%zu", i);
		ck_assert_int_eq(f.class, FAULT_BAD);
	}
}
END_TEST

static struct directory_entry entry_of(const char *name, uint32_t uid)
{
	struct directory_entry e = { .uid = uid,
		.verified = uid % 2,
		.since_wall_s = uid,
		.language = (enum language)(uid % LANGUAGE_COUNT) };

	snprintf(e.name, sizeof e.name, "%s", name);
	snprintf(e.by, sizeof e.by, "%s", name);
	snprintf(e.phone.e164, sizeof e.phone.e164, "+4915112345678");
	return e;
}

START_TEST(what_was_printed_comes_back)
{
	static const char *const names[] = { "alice", "a\"b", "a\\b", "a\\\"; uid = 0; x = \"",
		"\xc3\xa9t\xc3\xa9", "a b", "\\n", "\\x41", "$(reboot)", "@include", "#",
		"dom\\user", "u@example.org", "\xff\xfe" };
	static const uint32_t uids[] = { 0, 1, 1000, 2147483647, 2147483648u, 4294967294u };
	char text[ENROLMENT_MAX + 1];
	struct directory_entry e, back;
	struct fault f = FAULT_INIT;
	size_t len;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		for (size_t k = 0; k < sizeof uids / sizeof uids[0]; k++) {
			e = entry_of(names[i], uids[k]);
			ck_assert_msg(enrolment_print(&e, text, &len, &f) == 0, "%s: %s", names[i],
				f.text);
			ck_assert_uint_eq(strlen(text), len);
			ck_assert_msg(
				enrolment_parse(text, &back, &f) == 0, "%s: %s", names[i], f.text);
			ck_assert_str_eq(back.name, e.name);
			ck_assert_str_eq(back.by, e.by);
			ck_assert_uint_eq(back.uid, e.uid);
			ck_assert_str_eq(back.phone.e164, e.phone.e164);
			ck_assert_int_eq(back.verified, e.verified);
			ck_assert_int_eq(back.since_wall_s, e.since_wall_s);
			ck_assert_int_eq(back.language, e.language);
		}
	}
}
END_TEST

START_TEST(the_longest_names_fit)
{
	char text[ENROLMENT_MAX + 1], name[TALK_USER_MAX + 1];
	struct directory_entry e, back;
	struct fault f = FAULT_INIT;
	size_t len;

	memset(name, 0xfe, TALK_USER_MAX);
	name[TALK_USER_MAX] = '\0';
	e = entry_of(name, 4294967294u);
	e.since_wall_s = INT64_C(253402300799);
	for (e.nothers = 0; e.nothers < ENROLMENT_OTHERS; e.nothers++) {
		enrolment_number(&e, 0, &e.others[e.nothers]);
		snprintf(e.others[e.nothers].phone.e164, sizeof e.phone.e164, "+49151123456789%u",
			e.nothers);
	}
	ck_assert_int_eq(enrolment_print(&e, text, &len, &f), 0);
	ck_assert_int_eq(enrolment_parse(text, &back, &f), 0);
	ck_assert_str_eq(back.name, name);
	ck_assert_int_eq(back.since_wall_s, e.since_wall_s);
	ck_assert_mem_eq(&e, &back, sizeof e);
}
END_TEST

START_TEST(what_cannot_be_read_is_not_printed)
{
	char text[ENROLMENT_MAX + 1];
	struct directory_entry bad[7];
	struct fault f = FAULT_INIT;
	size_t len;

	for (size_t i = 0; i < 7; i++)
		bad[i] = entry_of("alice", 1000);
	bad[0].name[0] = '\0';
	bad[1].by[2] = '\n';
	bad[2].uid = UINT32_MAX;
	strcpy(bad[3].phone.e164, "0151");
	bad[4].since_wall_s = -1;
	bad[5].since_wall_s = INT64_MAX;
	strcpy(bad[6].name, "a/b");
	for (size_t i = 0; i < 7; i++) {
		f = (struct fault)FAULT_INIT;
		ck_assert_msg(enrolment_print(&bad[i], text, &len, &f) == -1, "%zu", i);
		ck_assert_int_eq(f.class, FAULT_BAD);
	}
}
END_TEST

/* Whatever is taken can be printed, and reads the same again. */
START_TEST(c7_fuzzed_texts)
{
	struct fuzz fz = { 4711 };
	char again[ENROLMENT_MAX + 1];
	unsigned char text[1024];
	int taken = 0, taken_several = 0;

	for (int i = 0; i < 30000; i++) {
		struct directory_entry e, back;
		struct fault f = FAULT_INIT;
		const char *base = i % 2 ? several : good;
		size_t len = strlen(base);
		memcpy(text, base, len);
		len = fuzz_mutate(&fz, text, len, sizeof text - 1);
		text[len] = '\0';
		if (enrolment_parse((const char *)text, &e, &f) < 0) {
			ck_assert_int_eq(f.class, FAULT_DAMAGED);
			continue;
		}
		taken++;
		taken_several += e.nothers > 0;
		ck_assert_int_eq(enrolment_print(&e, again, &len, &f), 0);
		ck_assert_int_eq(enrolment_parse(again, &back, &f), 0);
		ck_assert_mem_eq(&e, &back, sizeof e);
	}
	ck_assert_int_gt(taken, 100);
	ck_assert_int_gt(taken_several, 50);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("enrolment");
	TCase *t = tcase_create("enrolment");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_good_text_is_read);
	tcase_add_loop_test(t, c7_anything_else_is_refused, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, further_numbers_are_read);
	tcase_add_test(t, a_language_is_the_users_not_a_numbers);
	tcase_add_loop_test(
		t, c7_other_others_are_refused, 0, sizeof bad_others / sizeof bad_others[0]);
	tcase_add_test(t, the_text_of_the_file);
	tcase_add_test(t, further_numbers_that_cannot_be_read_are_not_printed);
	tcase_add_test(t, what_was_printed_comes_back);
	tcase_add_test(t, the_longest_names_fit);
	tcase_add_test(t, what_cannot_be_read_is_not_printed);
	tcase_add_test(t, c7_fuzzed_texts);
	suite_add_tcase(s, t);
	return s;
}
