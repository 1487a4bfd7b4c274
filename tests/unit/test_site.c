#include "unit.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "core/site.h"
#include "fuzz.h"

static unsigned char both[2 * SITE_SLOT_SIZE], again[SITE_SLOT_SIZE];

static void fill(struct site *s)
{
	site_init(s);
	s->high.wall_s = 1800000000;
	s->high.boot_ms = 42;
	memset(s->high.boot_id, 0x11, sizeof s->high.boot_id);
	s->enrolled = 77;
	s->sends[0] = (struct meter){ .window_s = 3600, .period = 5, .counts = { 1, 2, 3 } };
	s->sends[1] = (struct meter){ .window_s = 86400, .period = 6, .counts = { 4 } };
	for (int i = 0; i < SITE_SERVICES - 1; i++) {
		snprintf(s->services[i].name, sizeof s->services[i].name, "service-%d", i);
		s->services[i].streak = (uint32_t)i;
		s->services[i].first_uid = 1000 + (uint32_t)i;
		s->services[i].others = (uint32_t)i % 2;
		s->services[i].one_field = (uint32_t)i / 2 % 2;
		s->services[i].proven = (uint32_t)i / 4 % 2;
	}
	for (int i = 0; i < SITE_ROUTES - 1; i++) {
		snprintf(s->routes[i].name, sizeof s->routes[i].name, "route-%d", i);
		s->routes[i].failures = 1 + (uint32_t)i;
		s->routes[i].trial = (uint32_t)i % 2;
		memset(s->routes[i].boot_id, 0x11 + i, sizeof s->routes[i].boot_id);
		s->routes[i].until_boot_ms = 1000 + i;
	}
	for (int i = 0; i < SITE_PREFIXES - 1; i++) {
		snprintf(s->prefixes[i].prefix, sizeof s->prefixes[i].prefix, "+%d", 10 + i);
		s->prefixes[i].sends[0] = (struct meter){ 3600, 9, { (uint32_t)i } };
	}
	s->numbers.window_s[0] = s->addresses.window_s[0] = 3600;
	s->numbers.window_s[1] = 86400;
	s->numbers.rows[0][1].tallies[1] = (struct tally){ 7, { 1, 2, 3 } };
	s->addresses.rows[1][299].tallies[0] = (struct tally){ 8, { 9 } };
	for (int kind = 0; kind < PACE_KINDS; kind++)
		for (int i = 1; i <= 10; i++)
			pace_add(&s->pace, (enum pace_kind)kind, 1000 * (kind + 1) + i);
}

static int decode(struct site *out, struct fault *f)
{
	struct slot_cursor c;
	uint64_t seq;

	memset(both + SITE_SLOT_SIZE, 0, SITE_SLOT_SIZE);
	ck_assert_int_eq(slot_pick(both, &site_shape, &seq, &c, f), 0);
	return site_decode(&c, out, f);
}

static void seal(void)
{
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(digest_sha256(both, SITE_SLOT_SIZE - SLOT_SEAL,
				 both + SITE_SLOT_SIZE - SLOT_SEAL, &f),
		0);
}

START_TEST(what_was_encoded_comes_back)
{
	struct fault f = FAULT_INIT;
	struct site s, back;

	fill(&s);
	ck_assert_int_eq(site_encode(&s, 9, both, &f), 0);
	ck_assert_int_eq(decode(&back, &f), 0);
	ck_assert_int_eq(site_encode(&back, 9, again, &f), 0);
	ck_assert_mem_eq(both, again, sizeof again);
	ck_assert_uint_eq(back.enrolled, 77);
	ck_assert_str_eq(back.services[30].name, "service-30");
	ck_assert_uint_eq(back.services[30].first_uid, 1030);
	ck_assert_uint_eq(back.services[30].one_field, 1);
	ck_assert_uint_eq(back.services[30].proven, 1);
	ck_assert_int_eq(back.sends[0].period, 5);
	ck_assert_str_eq(back.routes[14].name, "route-14");
	ck_assert_uint_eq(back.routes[14].failures, 15);
	ck_assert_uint_eq(back.routes[13].trial, 1);
	ck_assert_uint_eq(back.routes[14].boot_id[15], 0x11 + 14);
	ck_assert_int_eq(back.routes[14].until_boot_ms, 1014);
	ck_assert_str_eq(back.routes[15].name, "");
	ck_assert_str_eq(back.prefixes[62].prefix, "+72");
	ck_assert_uint_eq(meter_sum(&back.prefixes[62].sends[0]), 62);
	ck_assert_mem_eq(&back.numbers, &s.numbers, sizeof s.numbers);
	ck_assert_mem_eq(&back.addresses, &s.addresses, sizeof s.addresses);
	ck_assert_mem_eq(&back.pace, &s.pace, sizeof s.pace);
}
END_TEST

/* The table of sms-otp-state(5). */
START_TEST(the_layout_is_the_documented_one)
{
	static const struct {
		const char *name;
		size_t at, len;
		unsigned char bytes[12];
	} cases[] = {
		{ "magic and kind", 0, 8, { 'S', 'M', 'S', 'O', 'T', 'P', 0, 'S' } },
		{ "version", 8, 4, { 0, 0, 0, 1 } },
		{ "wall time", 20, 8, { 0, 0, 0, 0, 0x6b, 0x49, 0xd2, 0 } },
		{ "boot time", 28, 8, { 0, 0, 0, 0, 0, 0, 0, 42 } },
		{ "boot id", 36, 2, { 0x11, 0x11 } },
		{ "enrolled", 52, 4, { 0, 0, 0, 77 } },
		{ "sends window", 56, 4, { 0, 0, 0x0e, 0x10 } },
		{ "second sends window", 132, 4, { 0, 1, 0x51, 0x80 } },
		{ "first service", 208, 10, { 's', 'e', 'r', 'v', 'i', 'c', 'e', '-', '0', 0 } },
		{ "second service", 293, 10, { 's', 'e', 'r', 'v', 'i', 'c', 'e', '-', '1', 0 } },
		{ "its streak and first uid", 293 + 65, 8, { 0, 0, 0, 1, 0, 0, 3, 0xe9 } },
		{ "its flags", 293 + 73, 12, { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 } },
		{ "first route", 2928, 8, { 'r', 'o', 'u', 't', 'e', '-', '0', 0 } },
		{ "second route", 2993, 8, { 'r', 'o', 'u', 't', 'e', '-', '1', 0 } },
		{ "its failures and trial", 2993 + 33, 8, { 0, 0, 0, 2, 0, 0, 0, 1 } },
		{ "its boot id", 2993 + 41, 2, { 0x12, 0x12 } },
		{ "its end", 2993 + 57, 8, { 0, 0, 0, 0, 0, 0, 3, 0xe9 } },
		{ "the last route's end", 2928 + 14 * 65 + 57, 8, { 0, 0, 0, 0, 0, 0, 3, 0xf6 } },
		{ "the newest first prompts", 3968, 8, { 0, 0, 0x03, 0xf2, 0, 0, 0x03, 0xf1 } },
		{ "the oldest one, and free ones", 3968 + 9 * 4, 12, { 0, 0, 0x03, 0xe9 } },
		{ "first prompts with Enter", 3968 + 12 * 4, 4, { 0, 0, 0x07, 0xda } },
		{ "ends", 3968 + 48 * 4, 4, { 0, 0, 0x13, 0x92 } },
		{ "after the times", 3968 + 60 * 4, 8, { 0 } },
		{ "the last byte before prefixes", 4223, 1, { 0 } },
		{ "first prefix", 4224, 6, { '+', '1', '0', 0, 0, 0 } },
		{ "second prefix", 4224 + 169, 6, { '+', '1', '1', 0, 0, 0 } },
		{ "its first window", 4224 + 169 + 17, 4, { 0, 0, 0x0e, 0x10 } },
		{ "windows of numbers", 15040, 8, { 0, 0, 0x0e, 0x10, 0, 1, 0x51, 0x80 } },
		{ "a cell of numbers", 15048 + 40 + 20, 7, { 0, 0, 0, 7, 1, 2, 3 } },
		{ "windows of addresses", 39048, 8, { 0, 0, 0x0e, 0x10, 0, 0, 0, 0 } },
		{ "the last cell of addresses", 39056 + 599 * 40, 5, { 0, 0, 0, 8, 9 } },
		{ "behind all", 63056, 12, { 0 } },
	};
	struct fault f = FAULT_INIT;
	struct site s;

	fill(&s);
	ck_assert_int_eq(site_encode(&s, 9, both, &f), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_msg(memcmp(both + cases[i].at, cases[i].bytes, cases[i].len) == 0, "%s",
			cases[i].name);
}
END_TEST

START_TEST(c7_insane_bytes_are_refused)
{
	static const struct {
		const char *name;
		size_t at;
		unsigned char byte;
	} cases[] = {
		{ "wall time", 20, 0x80 },
		{ "boot time", 28, 0x7f },
		{ "meter", 56, 0xff },
		{ "service without NUL", 208 + 64, 'x' },
		{ "control byte in a name", 208, '\n' },
		{ "others", 208 + 73 + 3, 2 },
		{ "one_field", 208 + 77 + 3, 2 },
		{ "proven", 208 + 81 + 3, 2 },
		{ "a streak in a free place", 208 + 31 * 85 + 65, 1 },
		{ "route without NUL", 2928 + 32, 'x' },
		{ "control byte in a route", 2928, '\n' },
		{ "a route that never failed", 2928 + 33 + 3, 0 },
		{ "trial", 2928 + 37 + 3, 2 },
		{ "a route's end", 2928 + 57, 0x80 },
		{ "failures in a free place", 2928 + 15 * 65 + 33, 1 },
		{ "a trial in a free place", 2928 + 15 * 65 + 37 + 3, 1 },
		{ "a boot in a free place", 2928 + 15 * 65 + 41 + 15, 1 },
		{ "an end in a free place", 2928 + 15 * 65 + 57 + 7, 1 },
		{ "a time beyond all", 3968, 4 },
		{ "beside the times", 3968 + 60 * 4 + 3, 1 },
		{ "beside the times, the last", 4223, 1 },
		{ "a prefix without +", 4224, '4' },
		{ "control byte in a prefix", 4225, '\n' },
		{ "a count in a free prefix", 4224 + 63 * 169 + 17 + 3, 1 },
		{ "a window of numbers", 15040, 0x80 },
		{ "a cell without a window", 39056 + 20, 1 },
		{ "behind all", 63056, 1 },
		{ "the byte before the seal", SITE_SLOT_SIZE - SLOT_SEAL - 1, 1 },
	};
	struct fault f = FAULT_INIT;
	struct site s, out;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fill(&s);
		ck_assert_int_eq(site_encode(&s, 9, both, &f), 0);
		both[cases[i].at] = cases[i].byte;
		seal();
		ck_assert_msg(decode(&out, &f) == -1, "%s", cases[i].name);
		ck_assert_int_eq(f.class, FAULT_DAMAGED);
	}
}
END_TEST

START_TEST(c7_insane_values_are_not_written)
{
	struct fault f = FAULT_INIT;
	struct site s;

	fill(&s);
	s.services[3].one_field = 2;
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	fill(&s);
	s.services[31].proven = 1;
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	fill(&s);
	s.routes[3].trial = 2;
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	fill(&s);
	s.routes[3].failures = 0;
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	fill(&s);
	s.routes[3].until_boot_ms = -1;
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	fill(&s);
	s.routes[15].boot_id[0] = 1;
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	fill(&s);
	memset(s.routes[3].name, 'x', sizeof s.routes[3].name);
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	fill(&s);
	s.addresses.window_s[0] = 0;
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	fill(&s);
	s.prefixes[3].prefix[0] = 'x';
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	fill(&s);
	s.pace.us[3] = PACE_MAX_US + 1;
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	fill(&s);
	s.high.wall_s = INT64_MAX;
	ck_assert_int_eq(site_encode(&s, 9, both, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
}
END_TEST

/* Written before there was a memory of routes: zeros, which mean that nothing failed. */
START_TEST(an_older_record_remembers_no_route)
{
	static const struct site_route none[SITE_ROUTES];
	struct fault f = FAULT_INIT;
	struct site s, out;

	fill(&s);
	ck_assert_int_eq(site_encode(&s, 9, both, &f), 0);
	memset(both + 2928, 0, SITE_SLOT_SIZE - SLOT_SEAL - 2928);
	seal();
	ck_assert_int_eq(decode(&out, &f), 0);
	ck_assert_mem_eq(out.routes, none, sizeof none);
	/* nor counts by number, address and prefix */
	struct site fresh;
	site_init(&fresh);
	ck_assert_mem_eq(&out.prefixes, &fresh.prefixes, sizeof fresh - offsetof(struct site, prefixes));
	ck_assert_mem_eq(&out, &s, offsetof(struct site, routes));
}
END_TEST

/* Whatever is read can be written, and gives the same bytes. */
START_TEST(c7_no_bytes_are_read_that_are_never_written)
{
	struct fuzz fz = { (uint64_t)_i + 1 };
	struct site s, out;
	int taken = 0;

	for (int round = 0; round < 400; round++) {
		struct fault f = FAULT_INIT;
		fill(&s);
		ck_assert_int_eq(site_encode(&s, 9, both, &f), 0);
		if (round % 2)
			fuzz_mutate(&fz, both + 2928, 1041, 1100);
		else
			fuzz_mutate(&fz, both + 4224, 58832, 58832);
		seal();
		if (decode(&out, &f) < 0) {
			ck_assert_int_eq(f.class, FAULT_DAMAGED);
			continue;
		}
		taken++;
		ck_assert_int_eq(site_encode(&out, 9, again, &f), 0);
		ck_assert_mem_eq(both, again, sizeof again);
	}
	ck_assert_int_gt(taken, 10);
}
END_TEST

START_TEST(d3_three_in_a_row_of_two_users_mark)
{
	static const struct {
		const char *name;
		const char *events; /* uid digit: a failure, +: a working prompt, c: cleared */
		int marked;
	} cases[] = {
		{ "two users", "112", 1 },
		{ "two users, the other first", "122", 1 },
		{ "one user only", "11111111", 0 },
		{ "one user for long, then another", "111112", 1 },
		{ "two only", "12", 0 },
		{ "a working prompt between", "12+12", 0 },
		{ "proven: never", "+123123123", 0 },
		{ "marked, then it works: the mark stays", "112+", 1 },
		{ "cleared", "112c", 0 },
		{ "cleared, and again", "112c212", 1 },
		{ "marked, works, cleared: proven", "112+c123123", 0 },
		{ "cleared in between", "11c2", 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct site s;
		int marks = 0;
		site_init(&s);
		for (const char *e = cases[i].events; *e; e++) {
			if (*e == '+')
				site_note_two_prompts(&s, "ftp");
			else if (*e == 'c')
				site_clear_one_field(&s, "ftp");
			else
				marks += site_note_one_field(&s, "ftp", (uint32_t)(*e - '0'));
		}
		ck_assert_msg(site_is_one_field(&s, "ftp") == cases[i].marked, "%s", cases[i].name);
		ck_assert_msg(
			marks >= cases[i].marked && marks <= 2, "%s: %d", cases[i].name, marks);
		ck_assert(!site_is_one_field(&s, "sshd"));
		struct fault f = FAULT_INIT;
		ck_assert_msg(site_encode(&s, 1, both, &f) == 0, "%s", cases[i].name);
	}
}
END_TEST

START_TEST(d3_a_mark_is_told_once)
{
	struct site s;

	site_init(&s);
	ck_assert_int_eq(site_note_one_field(&s, "ftp", 1), 0);
	ck_assert_int_eq(site_note_one_field(&s, "ftp", 1), 0);
	ck_assert_int_eq(site_note_one_field(&s, "ftp", 2), 1);
	ck_assert_int_eq(site_note_one_field(&s, "ftp", 2), 0);
}
END_TEST

START_TEST(d3_a_proof_is_news_once)
{
	struct site s;

	site_init(&s);
	ck_assert_int_eq(site_wants_two_prompts(&s, "sshd"), 1);
	ck_assert_int_eq(site_note_two_prompts(&s, "sshd"), 1);
	ck_assert_int_eq(site_wants_two_prompts(&s, "sshd"), 0);
	ck_assert_int_eq(site_note_two_prompts(&s, "sshd"), 0);
	ck_assert_int_eq(site_wants_two_prompts(&s, "sudo"), 1);
}
END_TEST

START_TEST(d3_a_full_table_keeps_marks_and_proofs)
{
	struct site s;
	char name[TALK_SERVICE_MAX + 1];

	site_init(&s);
	for (int i = 0; i < SITE_SERVICES; i++) {
		snprintf(name, sizeof name, "s%d", i);
		if (i % 2) {
			site_note_two_prompts(&s, name);
			continue;
		}
		for (uint32_t k = 0; k < 3; k++)
			site_note_one_field(&s, name, k);
	}
	ck_assert_int_eq(site_wants_two_prompts(&s, "late"), 0);
	ck_assert_int_eq(site_note_two_prompts(&s, "late"), 0);
	for (uint32_t k = 0; k < 3; k++)
		ck_assert_int_eq(site_note_one_field(&s, "late", k), 0);
	ck_assert(site_is_one_field(&s, "s0"));
	ck_assert_int_eq(site_wants_two_prompts(&s, "s1"), 0);
	/* a streak without a mark gives way, the shortest first */
	site_clear_one_field(&s, "s4");
	site_note_one_field(&s, "short", 1);
	ck_assert_str_eq(s.services[4].name, "short");
	site_note_one_field(&s, "shorter", 1);
	ck_assert_str_eq(s.services[4].name, "shorter");
}
END_TEST

START_TEST(odd_names_are_not_taken)
{
	struct site s, fresh;
	char name[200];

	memset(name, 'a', sizeof name);
	name[TALK_SERVICE_MAX + 1] = '\0';
	site_init(&s);
	site_init(&fresh);
	for (uint32_t k = 0; k < 4; k++) {
		ck_assert_int_eq(site_note_one_field(&s, "", k), 0);
		ck_assert_int_eq(site_note_one_field(&s, "a\nb", k), 0);
		ck_assert_int_eq(site_note_one_field(&s, name, k), 0);
	}
	ck_assert_int_eq(site_note_two_prompts(&s, ""), 0);
	ck_assert_int_eq(site_wants_two_prompts(&s, name), 0);
	ck_assert_mem_eq(&s, &fresh, sizeof s);
	name[TALK_SERVICE_MAX] = '\0';
	ck_assert_int_eq(site_note_two_prompts(&s, name), 1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("site");
	TCase *t = tcase_create("site");

	tcase_add_test(t, what_was_encoded_comes_back);
	tcase_add_test(t, the_layout_is_the_documented_one);
	tcase_add_test(t, c7_insane_bytes_are_refused);
	tcase_add_test(t, c7_insane_values_are_not_written);
	tcase_add_test(t, an_older_record_remembers_no_route);
	tcase_add_loop_test(t, c7_no_bytes_are_read_that_are_never_written, 0, 2);
	tcase_add_test(t, d3_three_in_a_row_of_two_users_mark);
	tcase_add_test(t, d3_a_mark_is_told_once);
	tcase_add_test(t, d3_a_proof_is_news_once);
	tcase_add_test(t, d3_a_full_table_keeps_marks_and_proofs);
	tcase_add_test(t, odd_names_are_not_taken);
	suite_add_tcase(s, t);
	return s;
}
