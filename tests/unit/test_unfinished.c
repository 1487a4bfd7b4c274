#include "cli/unfinished.h"

#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "unit.h"

/* "s1000alice " for each, or "!" for what is refused. */
static const char *read_as(const char *text)
{
	static char out[256];
	struct unfinished u = { .there = false };
	struct fault f = FAULT_INIT;
	char copy[256];
	size_t len = 0;

	snprintf(copy, sizeof copy, "%s", text);
	out[0] = 0;
	if (unfinished_parse(copy, &u, &f) != 0) {
		ck_assert(!u.there);
		ck_assert_int_eq(f.class, FAULT_DAMAGED);
		unfinished_free(&u);
		return "!";
	}
	ck_assert(u.there);
	for (size_t i = 0; i < u.n; i++)
		len += (size_t)snprintf(out + len, sizeof out - len, "%c%u%s ", (int)u.at[i].step,
			(unsigned)u.at[i].account.uid, u.at[i].account.name);
	unfinished_free(&u);
	return out;
}

START_TEST(whole_or_refused)
{
	static const struct {
		const char *text, *reads;
	} cases[] = {
		{ "sms-otp import 1\n", "" },
		{ "sms-otp import 1\ns 1000 alice\n", "s1000alice " },
		{ "sms-otp import 1\ns 0 root\nv 1 b c\ne 4294967294 x\n",
			"s0root v1b c e4294967294x " },
		{ "", "!" },
		{ "\n", "!" },
		{ "sms-otp import 1", "!" },
		{ "sms-otp import 2\n", "!" },
		{ "sms-otp import 1\ns 1000 alice", "!" },
		{ "sms-otp import 1\ns 1000 al", "!" },
		{ "sms-otp import 1\nx 1000 alice\n", "!" },
		{ "sms-otp import 1\n\n", "!" },
		{ "sms-otp import 1\ns 1000\n", "!" },
		{ "sms-otp import 1\ns 1000 \n", "!" },
		{ "sms-otp import 1\ns -1 alice\n", "!" },
		{ "sms-otp import 1\ns 4294967295 alice\n", "!" },
		{ "sms-otp import 1\ns x alice\n", "!" },
		{ "sms-otp import 1\ns 1000 ../x\n", "!" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_msg(strcmp(read_as(cases[i].text), cases[i].reads) == 0, "%s: %s",
			cases[i].text, read_as(cases[i].text));
}
END_TEST

START_TEST(c7_every_cut_is_refused_or_ends_with_a_line)
{
	static const char text[] = "sms-otp import 1\ns 1000 alice\ne 1001 bob\n";

	for (size_t n = 0; n < sizeof text - 1; n++) {
		char cut[sizeof text];

		memcpy(cut, text, n);
		cut[n] = 0;
		ck_assert_msg((strcmp(read_as(cut), "!") != 0) == (n > 0 && cut[n - 1] == '\n'),
			"%zu", n);
	}
}
END_TEST

START_TEST(mutants_are_read_or_refused)
{
	static const char seed[] = "sms-otp import 1\ns 1000 alice\ne 1001 bob\nv 3 c\n";
	struct fuzz fz = { 99 };

	for (int i = 0; i < 20000; i++) {
		unsigned char text[128];
		size_t len = sizeof seed - 1;

		memcpy(text, seed, len);
		len = fuzz_mutate(&fz, text, len, sizeof text - 1);
		text[len] = 0;
		(void)read_as((const char *)text);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("unfinished");
	TCase *t = tcase_create("all");

	tcase_add_test(t, whole_or_refused);
	tcase_add_test(t, c7_every_cut_is_refused_or_ends_with_a_line);
	tcase_add_test(t, mutants_are_read_or_refused);
	suite_add_tcase(s, t);
	return s;
}
