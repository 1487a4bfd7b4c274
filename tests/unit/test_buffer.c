#include "sender/buffer.h"

#include <string.h>

#include "unit.h"

START_TEST(grows_and_stays_terminated)
{
	struct buffer b = { 0 };
	ck_assert_str_eq(buffer_string(&b), "");
	for (int i = 0; i < 5000; i++)
		buffer_text(&b, "abc");
	ck_assert(!b.bad);
	ck_assert_uint_eq(b.len, 15000);
	ck_assert_uint_eq(strlen(buffer_string(&b)), 15000);
	buffer_wipe(&b);
	ck_assert_str_eq(buffer_string(&b), "");
}
END_TEST

START_TEST(e4_ends_at_its_cap)
{
	struct buffer b = { 0 };
	char block[1024];
	memset(block, 'x', sizeof block);
	for (int i = 0; i < 64; i++)
		buffer_add(&b, block, sizeof block);
	ck_assert(!b.bad);
	ck_assert_uint_eq(b.len, BUFFER_MAX);
	buffer_byte(&b, 'y');
	ck_assert(b.bad);
	ck_assert_uint_eq(b.len, BUFFER_MAX);
	buffer_wipe(&b);
	buffer_add(&b, block, (size_t)-1);
	ck_assert(b.bad);
	buffer_wipe(&b);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("buffer");
	TCase *t = tcase_create("buffer");
	tcase_add_test(t, grows_and_stays_terminated);
	tcase_add_test(t, e4_ends_at_its_cap);
	suite_add_tcase(s, t);
	return s;
}
