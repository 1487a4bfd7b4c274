#include "cli/roster.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct directory_entry e;

static struct enrolment_number number(const char *e164)
{
	struct enrolment_number n = { .verified = true, .since_wall_s = 5, .by = "carol" };

	snprintf(n.phone.e164, sizeof n.phone.e164, "%s", e164);
	return n;
}

/* alice has three numbers. */
static void begin(void)
{
	memset(&e, 0, sizeof e);
	strcpy(e.name, "alice");
	strcpy(e.phone.e164, "+4915112345612");
	strcpy(e.by, "root");
	e.since_wall_s = 1;
	e.others[0] = number("+4915112345634");
	e.others[1] = number("+4366412345634");
	e.nothers = 2;
}

/* "12 34 34": their last digits. */
static const char *all(void)
{
	static char out[64];
	struct enrolment_number n;
	size_t len = 0;

	for (uint32_t i = 0; i <= e.nothers; i++) {
		enrolment_number(&e, i, &n);
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%s", i > 0 ? " " : "",
			n.phone.e164 + strlen(n.phone.e164) - 2);
	}
	return out;
}

static const struct {
	const char *typed;
	int place; /* -1: refused */
	enum fault_class class;
} words[] = {
	{ "1", 0, FAULT_NONE },
	{ "2", 1, FAULT_NONE },
	{ "3", 2, FAULT_NONE },
	{ "4", -1, FAULT_ABSENT },
	{ "0", -1, FAULT_ABSENT },
	{ "9", -1, FAULT_ABSENT },
	{ "12", 0, FAULT_NONE },
	{ "...12", 0, FAULT_NONE },
	{ "345612", 0, FAULT_NONE },
	{ "34", -1, FAULT_BAD },
	{ "...34", -1, FAULT_BAD },
	{ "15112345634", 1, FAULT_NONE },
	{ "66412345634", 2, FAULT_NONE },
	{ "4366412345634", 2, FAULT_NONE },
	{ "56", -1, FAULT_ABSENT },
	{ "+4366412345634", 2, FAULT_NONE },
	{ "+43 664 123456-34", 2, FAULT_NONE },
	{ "0043 664 123456-34", 2, FAULT_NONE },
	{ "+4366412345635", -1, FAULT_ABSENT },
	{ "+43", -1, FAULT_BAD },
	{ "", -1, FAULT_BAD },
	{ "...", -1, FAULT_BAD },
	{ "two", -1, FAULT_BAD },
	{ "1 2", -1, FAULT_BAD },
	{ "-1", -1, FAULT_BAD },
};

START_TEST(finding)
{
	struct fault f = FAULT_INIT;
	uint32_t place = 9;

	begin();
	int rc = roster_find(&e, words[_i].typed, &place, &f);
	ck_assert_msg((rc == 0) == (words[_i].place >= 0), "\"%s\": %s", words[_i].typed, f.text);
	if (rc == 0)
		ck_assert_msg(place == (uint32_t)words[_i].place, "\"%s\": %u", words[_i].typed, place);
	else
		ck_assert_msg(f.class == words[_i].class, "\"%s\": %s", words[_i].typed, f.text);
}
END_TEST

START_TEST(adding)
{
	struct fault f = FAULT_INIT;
	struct enrolment_number n = number("+4915112345678");

	begin();
	ck_assert_int_eq(roster_add(&e, &n, &f), 0);
	ck_assert_str_eq(all(), "12 34 34 78");
	ck_assert_str_eq(e.others[2].by, "carol");
	n = number("+4915112345690");
	ck_assert_int_eq(roster_add(&e, &n, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "4 numbers already"));
	begin();
	n = number("+4366412345634");
	ck_assert_int_eq(roster_add(&e, &n, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "already"));
	n = number("+4915112345612");
	ck_assert_int_eq(roster_add(&e, &n, &f), -1);
	ck_assert_str_eq(all(), "12 34 34");
}
END_TEST

START_TEST(removing)
{
	const struct enrolment_number none = { .verified = false };
	struct fault f = FAULT_INIT;

	begin();
	ck_assert_int_eq(roster_remove(&e, 1, &f), 0);
	ck_assert_uint_eq(e.nothers, 1);
	ck_assert_str_eq(e.others[0].phone.e164, "+4366412345634");
	/* G5: nothing stays behind */
	ck_assert_mem_eq(&e.others[1], &none, sizeof none);
	begin();
	ck_assert_int_eq(roster_remove(&e, 2, &f), 0);
	ck_assert_str_eq(all(), "12 34");
	ck_assert_str_eq(e.others[0].phone.e164, "+4915112345634");
	/* the default: the next takes its place, with all that is known of it */
	ck_assert_int_eq(roster_remove(&e, 0, &f), 0);
	ck_assert_str_eq(e.phone.e164, "+4915112345634");
	ck_assert_str_eq(e.by, "carol");
	ck_assert(e.verified);
	ck_assert_int_eq(e.since_wall_s, 5);
	ck_assert_uint_eq(e.nothers, 0);
	/* the last one stays */
	ck_assert_int_eq(roster_remove(&e, 0, &f), -1);
	ck_assert_str_eq(e.phone.e164, "+4915112345634");
	begin();
	ck_assert_int_eq(roster_remove(&e, 3, &f), -1);
	ck_assert_str_eq(all(), "12 34 34");
}
END_TEST

START_TEST(putting_first)
{
	begin();
	roster_put_first(&e, 2);
	ck_assert_str_eq(e.phone.e164, "+4366412345634");
	ck_assert_str_eq(e.by, "carol");
	ck_assert(e.verified);
	ck_assert_str_eq(e.others[0].phone.e164, "+4915112345634");
	ck_assert_str_eq(e.others[1].phone.e164, "+4915112345612");
	ck_assert_str_eq(e.others[1].by, "root");
	ck_assert(!e.others[1].verified);
	roster_put_first(&e, 0);
	ck_assert_str_eq(e.phone.e164, "+4366412345634");
}
END_TEST

START_TEST(replacing_the_default)
{
	struct enrolment_number n = number("+4915112345678");

	begin();
	roster_put(&e, 0, &n);
	ck_assert_str_eq(all(), "78 34 34");
	ck_assert_str_eq(e.by, "carol");
	ck_assert(e.verified);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("roster");
	TCase *t = tcase_create("roster");

	tcase_add_loop_test(t, finding, 0, (int)(sizeof words / sizeof words[0]));
	tcase_add_test(t, adding);
	tcase_add_test(t, removing);
	tcase_add_test(t, putting_first);
	tcase_add_test(t, replacing_the_default);
	suite_add_tcase(s, t);
	return s;
}
