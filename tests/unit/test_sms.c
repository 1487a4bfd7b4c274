#include "core/sms.h"

#include <stdlib.h>
#include <string.h>

#include "core/gsm7.h"
#include "unit.h"

static struct secret secret_of(const char *code)
{
	struct secret s;

	ck_assert_int_eq(secret_set(&s, code, strlen(code)), 0);
	return s;
}

/* --- the SMS --- */

static const struct {
	const char *name, *template, *code, *service, *host, *user, *ref;
	uint32_t lifetime_s;
	const char *want;
} texts[] = {
	{ "DESIGN's own", SMS_DEFAULT, "493027", "sshd", "web01", "alice", "K7QF", 90,
		"493027 is your code for sshd on web01 (user alice, ref K7QF). Valid 90 s. "
		"Never share it." },
	{ "minutes", "{code} {lifetime}", "000000", "s", "h", "u", "K7QF", 300, "000000 5 min" },
	{ "the longest", "{code} {lifetime}", "0123456789", "s", "h", "u", "K7QF", 600,
		"0123456789 10 min" },
	{ "one minute in seconds", "{code} {lifetime}", "000000", "s", "h", "u", "K7QF", 60,
		"000000 60 s" },
	{ "an odd time", "{code} {lifetime}", "000000", "s", "h", "u", "K7QF", 599,
		"000000 599 s" },
	{ "cut fields", "{code},{service},{host},{user}", "1234567890", "a-very-long-service",
		"a-host-name-that-never-ends.example.org", "maximilian.mustermann", "K7QF", 90,
		"1234567890,a-very-long-,a-host-name-that-nev,maximilian.muste" },
	{ "filtered names", "{code}|{service}|{host}|{user}", "493027", "ss hd\n", "h\xc3\xbcst",
		"$(reboot){code}", "K7QF", 90, "493027|sshd|hst|rebootcode" },
	{ "nothing left of a name", "{code} {user}", "493027", "s", "h", "\xd0\xba", "K7QF", 90,
		"493027 ?" },
	{ "the code twice", "{code} @x #{code}", "493027", "s", "h", "u", "K7QF", 90,
		"493027 @x #493027" },
	{ "own language", "{code} f\xc3\xbcr {host}", "493027", "s", "h", "u", "K7QF", 90,
		"493027 f\xc3\xbcr h" },
};

START_TEST(g4_the_sms)
{
	char out[SMS_MAX + 1];
	struct secret code = secret_of(texts[_i].code);
	struct sms_fields fields = { &code, texts[_i].service, texts[_i].host, texts[_i].user,
		texts[_i].ref, texts[_i].lifetime_s };

	sms_text(texts[_i].template, &fields, out, sizeof out);
	ck_assert_msg(strcmp(out, texts[_i].want) == 0, "%s: %s", texts[_i].name, out);
}
END_TEST

START_TEST(g4_the_longest_default_is_one_segment)
{
	static const uint32_t lifetimes[] = { 600, 599, 540 };
	char out[SMS_MAX + 1];
	struct secret code = secret_of("9999999999");

	for (size_t i = 0; i < 3; i++) {
		struct sms_fields fields = { &code,
			"a-service-of-64-letters-a-service-of-64-letters",
			"a-host-of-many-letters-a-host-of-many-letters", "a_user_of_many_letters",
			"K7QF", lifetimes[i] };
		sms_text(SMS_DEFAULT, &fields, out, sizeof out);
		ck_assert_int_le(gsm7_septets(out), 160);
		ck_assert_int_gt(gsm7_septets(out), 100);
		ck_assert_int_eq(gsm7_segments(out), 1);
		ck_assert(strncmp(out, "9999999999 is your code", 23) == 0);
		ck_assert_ptr_nonnull(strstr(out, "Never share it."));
	}
	for (uint32_t digits = 6; digits <= 10; digits++)
		ck_assert_int_eq(sms_worst_segments(SMS_DEFAULT, digits), 1);
}
END_TEST

START_TEST(g4_what_is_too_long_is_cut_but_never_in_the_code)
{
	struct secret code = secret_of("493027");
	struct sms_fields fields = { &code, "sshd", "web01", "alice", "K7QF", 90 };
	char out[SMS_MAX + 1];

	for (size_t cap = 1; cap < 40; cap++) {
		memset(out, 'Z', sizeof out);
		sms_text("f\xc3\xbcr {user}: {code} {host}", &fields, out, cap);
		ck_assert_uint_lt(strlen(out), cap);
		ck_assert_int_gt(gsm7_segments(out), 0); /* no character is cut either */
		ck_assert(strchr(out, '4') == NULL || strstr(out, "493027") != NULL);
		ck_assert(out[cap] == 'Z');
	}
}
END_TEST

/* WICG's origin-bound one-time codes: the last line is "@host #code". */
START_TEST(a_bound_code_ends_the_sms)
{
	struct secret code = secret_of("493027");
	char out[SMS_MAX + 1] = "493027 is your code.";

	sms_bind("host.example.org", &code, out, sizeof out);
	ck_assert_str_eq(out, "493027 is your code.\n@host.example.org #493027");
}
END_TEST

START_TEST(g4_a_bound_code_is_never_cut)
{
	struct secret code = secret_of("493027");
	static const char text[] = "f\xc3\xbcr Sie der Code 493027 und noch etwas";
	static const char line[] = "\n@h.example #493027";
	char out[SMS_MAX + 1];

	for (size_t cap = sizeof text; cap < sizeof text + sizeof line + 3; cap++) {
		memset(out, 'Z', sizeof out);
		memcpy(out, text, sizeof text);
		sms_bind("h.example", &code, out, cap);
		size_t len = strlen(out);
		ck_assert_uint_lt(len, cap);
		ck_assert_msg(strcmp(out + len - strlen(line), line) == 0, "%zu: %s", cap, out);
		ck_assert(out[cap] == 'Z');
		ck_assert_int_gt(gsm7_segments(out), 0);
		/* the text before it ends at a blank: no half code */
		ck_assert(strncmp(out, text, len - strlen(line)) == 0);
		char behind = text[len - strlen(line)];
		ck_assert_msg(behind == ' ' || behind == '\0', "%zu: %s", cap, out);
	}
}
END_TEST

START_TEST(a_line_without_room_is_left_out)
{
	struct secret code = secret_of("493027");
	char out[30] = "493027 is your code", host[200];

	sms_bind("host.example.org-and-more", &code, out, sizeof out);
	ck_assert_str_eq(out, "493027 is your code");
	memset(host, 'h', sizeof host - 1);
	host[sizeof host - 1] = '\0';
	char whole[SMS_MAX + 1] = "493027 is your code";
	sms_bind(host, &code, whole, sizeof whole);
	ck_assert_str_eq(whole, "493027 is your code");
}
END_TEST

START_TEST(g4_the_line_counts)
{
	/* "\n@h #" and 9 or 10 digits */
	char text[SMS_TEMPLATE_MAX + 1] = "{code} ";

	while (strlen(text) < 6 + 160 - 9 - 5 - 9)
		strcat(text, "x");
	ck_assert_int_eq(sms_worst_segments(text, 9), 1);
	ck_assert_int_eq(sms_worst_bound_segments(text, 9, "h"), 1);
	ck_assert_int_eq(sms_worst_bound_segments(text, 9, "ho"), 2);
	ck_assert_int_eq(sms_worst_bound_segments(text, 10, "h"), 2);
	ck_assert_int_eq(sms_worst_bound_segments(SMS_DEFAULT, 6, "host.example.org"), 1);
}
END_TEST

START_TEST(g4_worst_segments)
{
	char long_one[SMS_TEMPLATE_MAX + 1] = "{code} ";

	while (strlen(long_one) < 157)
		strcat(long_one, "x");
	/* 6 characters of the field's name make room for up to 10 digits */
	ck_assert_int_eq(sms_worst_segments(long_one, 9), 1);
	ck_assert_int_eq(sms_worst_segments(long_one, 10), 2);
	ck_assert_int_eq(sms_worst_segments("{code} \xd0\xba", 6), 1);
	ck_assert_int_eq(sms_worst_segments("{code} {host}{host}{host}{user}\xd0\xba", 6), 2);
}
END_TEST

/* hint NULL: taken. */
static const struct {
	const char *template, *hint;
} templates[] = {
	{ SMS_DEFAULT, NULL },
	{ "{code}", NULL },
	{ "Ihr Code f\xc3\xbcr {host}: {code}", NULL },
	{ "\xd0\x9a\xd0\xbe\xd0\xb4 {code}", NULL },
	{ "", "needs {code}" },
	{ "your code", "needs {code}" },
	{ "{Code}", "unknown field" },
	{ "{code} {name}", "unknown field at \"{name}" },
	{ "{code", "unknown field" },
	{ "{code} }", "unknown field" },
	{ "{code} {", "unknown field" },
	{ "{code}\n", "line ends" },
	{ "{code}\x1b[2J", "line ends" },
	{ "{code}\x7f", "line ends" },
	{ "{code} \xc2\x9b", "line ends" },
	{ "{code} \xff", "UTF-8" },
	{ "{code} \xc3", "UTF-8" },
	{ "{host}{host}{host}{host}{host}{host}{host}{host}{host}{host}{host}{host}{host}{host}{"
	  "host}"
	  "{host}{host}{host}{host}{host}{host}{host}{host}{host}{host}{host}{host}{host}{host}{"
	  "host}"
	  "{host}{host}{code}",
		"too long" },
};

START_TEST(c2_a_template_is_judged)
{
	struct fault f = FAULT_INIT;
	int got = sms_check_template(templates[_i].template, &f);

	ck_assert_msg(
		got == (templates[_i].hint ? -1 : 0), "%s: %s", templates[_i].template, f.text);
	if (templates[_i].hint)
		ck_assert_msg(strstr(f.text, templates[_i].hint) != NULL, "%s", f.text);
}
END_TEST

START_TEST(c2_the_longest_template)
{
	char text[SMS_TEMPLATE_MAX + 2] = "{code}";
	struct fault f = FAULT_INIT;

	while (strlen(text) < SMS_TEMPLATE_MAX)
		strcat(text, "x");
	ck_assert_int_eq(sms_check_template(text, &f), 0);
	strcat(text, "x");
	ck_assert_int_eq(sms_check_template(text, &f), -1);
}
END_TEST

START_TEST(what_a_call_speaks)
{
	struct secret code = { 0 };
	char out[SMS_MAX + 1];

	ck_assert_int_eq(secret_set(&code, "049302", 6), 0);
	sms_voice(&code, out, sizeof out);
	ck_assert_str_eq(out, "Your login code is 049302.");
}
END_TEST

#define CASES(table) (int)(sizeof table / sizeof table[0])

Suite *unit_suite(void)
{
	Suite *suite = suite_create("sms");
	TCase *tc = tcase_create("sms");

	tcase_add_loop_test(tc, g4_the_sms, 0, CASES(texts));
	tcase_add_test(tc, g4_the_longest_default_is_one_segment);
	tcase_add_test(tc, g4_what_is_too_long_is_cut_but_never_in_the_code);
	tcase_add_test(tc, g4_worst_segments);
	tcase_add_test(tc, a_bound_code_ends_the_sms);
	tcase_add_test(tc, g4_a_bound_code_is_never_cut);
	tcase_add_test(tc, a_line_without_room_is_left_out);
	tcase_add_test(tc, g4_the_line_counts);
	tcase_add_loop_test(tc, c2_a_template_is_judged, 0, CASES(templates));
	tcase_add_test(tc, c2_the_longest_template);
	tcase_add_test(tc, what_a_call_speaks);
	suite_add_tcase(suite, tc);
	return suite;
}
