#include "cli/csv.h"

#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "unit.h"

/* What a text reads as: "LINE[field|field]" for each record, "LINE!" for a bad one. */
static const char *read_all(const char *text, size_t len)
{
	static char out[4096];
	struct fault f = FAULT_INIT;
	struct csv_reader r;
	struct csv_record rec;
	struct text_line line;
	int rc;

	text_begin(&line, out, sizeof out);
	csv_begin(&r, text, len);
	while ((rc = csv_next(&r, &rec, &f)) != 0) {
		text_add(&line, "%u%s", rec.line, rc < 0 ? "!" : "[");
		for (size_t i = 0; rc > 0 && i < rec.n; i++)
			text_add(&line, "%s%s", i > 0 ? "|" : "", rec.field[i]);
		text_add(&line, "%s", rc < 0 ? "" : "]");
	}
	return out;
}

static const struct {
	const char *text, *reads;
} cases[] = {
	{ "", "" },
	{ "a", "1[a]" },
	{ "a,b\n", "1[a|b]" },
	{ "a,b\nc,d", "1[a|b]2[c|d]" },
	{ "a,b\r\nc,d\r\n", "1[a|b]2[c|d]" },
	{ "\xef\xbb\xbf"
	  "a,b\n",
		"1[a|b]" },
	{ "a,\xef\xbb\xbf"
	  "b\n",
		"1[a|\xef\xbb\xbf"
		"b]" },
	{ "\xef\xbb", "1[\xef\xbb]" },
	{ "\n\r\na\n\n\nb\n\n", "3[a]6[b]" },
	{ ",\n", "1[|]" },
	{ ",,", "1[||]" },
	{ "\"\"", "1[]" },
	{ "\"a\",\"b\"\n", "1[a|b]" },
	{ "\"a,b\",c\n", "1[a,b|c]" },
	{ "\"a\"\"b\",\"\"\"\"\n", "1[a\"b|\"]" },
	{ "\"a\nb\",c\nd\n", "1[a\nb|c]3[d]" },
	{ "\"a\r\nb\"\r\nd\n", "1[a\r\nb]3[d]" },
	{ " a , b \n", "1[ a | b ]" },
	{ "a\"b,c\nd\n", "1!2[d]" },
	{ "\"a\"b,c\nd\n", "1!2[d]" },
	{ "\"a\" ,c\nd\n", "1!2[d]" },
	{ " \"a\",c\nd\n", "1!2[d]" },
	{ "a\rb\nc\n", "1!2[c]" },
	{ "a\r", "1!" },
	{ "\"a\nb\nc\n", "1!2[b]3[c]" },
	{ "a\n\"b\nc,\"d\ne", "1[a]2!3!4[e]" },
	{ "\"", "1!" },
	{ "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n", "1[1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16]" },
	{ "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\na", "1!2[a]" },
};

START_TEST(a_table_of_texts)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_msg(
			strcmp(read_all(cases[i].text, strlen(cases[i].text)), cases[i].reads) == 0,
			"%s: %s", cases[i].text, read_all(cases[i].text, strlen(cases[i].text)));
	ck_assert_str_eq(read_all("a,\0b\nc\n", 7), "1!2[c]");
	ck_assert_str_eq(read_all("\"\0\"\nc\n", 6), "1!2[c]");
}
END_TEST

START_TEST(a_record_has_its_room_and_no_more)
{
	char text[2 * CSV_RECORD_MAX];
	struct fault f = FAULT_INIT;
	struct csv_reader r;
	struct csv_record rec;

	memset(text, 'x', sizeof text);
	csv_begin(&r, text, CSV_RECORD_MAX - 1);
	ck_assert_int_eq(csv_next(&r, &rec, &f), 1);
	ck_assert_uint_eq(strlen(rec.field[0]), CSV_RECORD_MAX - 1);
	csv_begin(&r, text, CSV_RECORD_MAX);
	ck_assert_int_eq(csv_next(&r, &rec, &f), -1);
	ck_assert_int_eq(csv_next(&r, &rec, &f), 0);
	text[0] = '"';
	text[CSV_RECORD_MAX + 8] = '\n';
	text[sizeof text - 1] = '"';
	csv_begin(&r, text, sizeof text);
	ck_assert_int_eq(csv_next(&r, &rec, &f), -1);
	ck_assert_uint_eq(rec.line, 1);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	static const char *const values[] = { "", "a", "a,b", "\"", "a\"b\"\"c", "\n", "a\r\nb",
		" x ", "+49 170" };
	enum { N = sizeof values / sizeof values[0] };
	struct fault f = FAULT_INIT;
	struct csv_reader r;
	struct csv_record rec;
	struct text_line line;
	char text[256];

	text_begin(&line, text, sizeof text);
	for (size_t i = 0; i < N; i++)
		csv_add(&line, i == 0, values[i]);
	ck_assert(!line.cut);
	csv_begin(&r, text, line.len);
	ck_assert_int_eq(csv_next(&r, &rec, &f), 1);
	ck_assert_uint_eq(rec.n, N);
	for (size_t i = 0; i < N; i++)
		ck_assert_str_eq(rec.field[i], values[i]);
	ck_assert_int_eq(csv_next(&r, &rec, &f), 0);
}
END_TEST

/* Every text ends, with every line at most once, and what was taken is written and read the same. */
static void read_mutant(const char *text, size_t len)
{
	struct fault f = FAULT_INIT;
	struct csv_reader r;
	struct csv_record rec, again;
	unsigned last = 0;
	int rc;

	csv_begin(&r, text, len);
	while ((rc = csv_next(&r, &rec, &f)) != 0) {
		char buf[2 * CSV_RECORD_MAX + 64];
		struct csv_reader r2;
		struct text_line line;

		ck_assert_uint_gt(rec.line, last);
		last = rec.line;
		if (rc < 0) {
			ck_assert_int_ne(f.text[0], 0);
			continue;
		}
		text_begin(&line, buf, sizeof buf);
		for (size_t i = 0; i < rec.n; i++)
			csv_add(&line, i == 0, rec.field[i]);
		if (rec.n == 1 && rec.field[0][0] == 0)
			continue; /* an empty line is no record */
		/* a byte order mark in front would be taken off */
		text_add(&line, "\n");
		r2 = (struct csv_reader){ buf, buf + line.len, 1 };
		ck_assert_int_eq(csv_next(&r2, &again, &f), 1);
		ck_assert_uint_eq(again.n, rec.n);
		for (size_t i = 0; i < rec.n; i++)
			ck_assert_str_eq(again.field[i], rec.field[i]);
	}
	ck_assert_ptr_eq(r.at, r.end);
}

START_TEST(mutants_end_and_keep_their_values)
{
	static const char seed[] = "user,number,language,verified\r\nalice,\"+49 170, 1\",de,yes\n"
				   "\"b\"\"ob\",+43,,no\n\ncarol,\"x\ny\",,\n";
	struct fuzz fz = { 4711 };

	for (int i = 0; i < 40000; i++) {
		unsigned char text[256];
		size_t len = sizeof seed - 1;

		memcpy(text, seed, len);
		len = fuzz_mutate(&fz, text, len, sizeof text);
		read_mutant((const char *)text, len);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("csv");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_table_of_texts);
	tcase_add_test(t, a_record_has_its_room_and_no_more);
	tcase_add_test(t, what_is_written_is_read);
	tcase_add_test(t, mutants_end_and_keep_their_values);
	suite_add_tcase(s, t);
	return s;
}
