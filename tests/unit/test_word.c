#include "wire/word.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"
#include "unit.h"

static int pair[2];

static void begin(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
}

static int64_t soon(void)
{
	return clock_boot_ms() + 1000;
}

START_TEST(a_word_is_heard_as_it_was_said)
{
	struct fault f = FAULT_INIT;
	begin();
	ck_assert_int_eq(word_say(pair[0], WORD_READY, soon(), &f), 0);
	ck_assert_int_eq(word_say(pair[0], WORD_TAKEN, soon(), &f), 0);
	ck_assert_int_eq(word_hear(pair[1], WORD_READY, soon(), &f), 0);
	ck_assert_int_eq(word_hear(pair[1], WORD_TAKEN, soon(), &f), 0);
}
END_TEST

START_TEST(e3_anything_else_is_no_word)
{
	static const unsigned char said[][8] = {
		{ 'W', 1, WORD_TAKEN },		      /* the other one */
		{ 'W', 1, 0 }, { 'W', 1, 3 },	      /* none */
		{ 'W', 2, WORD_READY },		      /* another version */
		{ 'O', 1, WORD_READY },		      /* another treaty */
		{ 'W', 1, WORD_READY, 1 },	      /* the reserved byte */
		{ 'W', 1, WORD_READY, 0, 0, 0, 0, 1 }, /* a body */
	};
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		struct fault f = FAULT_INIT;
		begin();
		ck_assert_int_eq(write(pair[0], said[i], 8), 8);
		ck_assert_int_eq(word_hear(pair[1], WORD_READY, soon(), &f), -1);
		ck_assert_msg(f.class == FAULT_PEER, "%zu", i);
	}
}
END_TEST

START_TEST(e9_who_has_gone_without_a_word_is_told_from_who_broke_off)
{
	struct fault f = FAULT_INIT;
	begin();
	close(pair[0]);
	ck_assert_int_eq(word_hear(pair[1], WORD_TAKEN, soon(), &f), -1);
	ck_assert_int_eq(f.class, FAULT_GONE);
	begin();
	ck_assert_int_eq(write(pair[0], "W", 1), 1);
	close(pair[0]);
	f = (struct fault)FAULT_INIT;
	ck_assert_int_eq(word_hear(pair[1], WORD_TAKEN, soon(), &f), -1);
	ck_assert_int_eq(f.class, FAULT_PEER);
	begin();
	f = (struct fault)FAULT_INIT;
	ck_assert_int_eq(word_hear(pair[1], WORD_TAKEN, clock_boot_ms() + 30, &f), -1);
	ck_assert_int_eq(f.class, FAULT_LATE);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("word");
	TCase *t = tcase_create("word");
	tcase_add_test(t, a_word_is_heard_as_it_was_said);
	tcase_add_test(t, e3_anything_else_is_no_word);
	tcase_add_test(t, e9_who_has_gone_without_a_word_is_told_from_who_broke_off);
	suite_add_tcase(s, t);
	return s;
}
