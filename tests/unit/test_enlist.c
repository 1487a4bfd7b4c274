#include "core/enlist.h"

#include <string.h>

#include "house.h"
#include "unit.h"

static struct house h;
static const struct phone phone = { "+4915123456789" };

static void begin(void)
{
	struct fault f = FAULT_INIT;

	house_open(&h);
	ck_assert_int_eq(directory_remove(&h.directory, 0, &f), 0);
	ck_assert_int_eq(state_remove_user(&h.state, &h.account, &f), 0);
}

static enum enlist_past past(void)
{
	struct fault f = FAULT_INIT;
	enum enlist_past p;

	ck_assert_msg(enlist_look(&h.state, &h.account, &p, &f) == 0, "%s", f.text);
	return p;
}

static uint32_t count(void)
{
	struct fault f = FAULT_INIT;
	uint32_t n;

	ck_assert_int_eq(enlist_count(&h.directory, &n, &f), 0);
	return n;
}

START_TEST(an_entry_has_its_user_and_time)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;

	house_open(&h);
	memset(&e, 0xff, sizeof e);
	ck_assert_int_eq(enlist_fill(&h.account, &phone, &e, &f), 0);
	ck_assert_str_eq(e.name, "root");
	ck_assert_uint_eq(e.uid, 0);
	ck_assert_str_eq(e.phone.e164, phone.e164);
	ck_assert(e.since_wall_s > 0 && !e.verified && e.by[0] == '\0');
	ck_assert_uint_eq(count(), 1);
	house_close(&h);
}
END_TEST

START_TEST(b3_a_candidates_record_is_found_again)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin();
	ck_assert_int_eq(past(), ENLIST_NONE);
	ck_assert_int_eq(enlist_begin(&h.state, &h.account, &f), 0);
	ck_assert_int_eq(past(), ENLIST_CANDIDATE);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.purse[0].consecutive = 7;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	ck_assert_int_eq(enlist_begin(&h.state, &h.account, &f), 0);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ck_assert_uint_eq(ch.user.purse[0].consecutive, 7);
	ch.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	ck_assert_int_eq(past(), ENLIST_BLOCKED);
	house_close(&h);
}
END_TEST

START_TEST(c5_a_record_without_the_mark_is_damage)
{
	struct fault f = FAULT_INIT;
	struct account other;
	enum enlist_past p;

	house_open(&h);
	ck_assert_int_eq(past(), ENLIST_DAMAGED);
	/* it is not made a candidate's */
	ck_assert_int_eq(enlist_begin(&h.state, &h.account, &f), 0);
	ck_assert_int_eq(past(), ENLIST_DAMAGED);
	/* D12: nor is one of who had the uid before */
	begin();
	other = h.account;
	strcpy(other.name, "toor");
	ck_assert_int_eq(enlist_begin(&h.state, &other, &f), 0);
	ck_assert_int_eq(enlist_look(&h.state, &h.account, &p, &f), -1);
	ck_assert_int_eq(p, ENLIST_DAMAGED);
	house_close(&h);
}
END_TEST

static int seal(struct enlist *e)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	int rc = enlist_seal(e, &h.account, &ch, &f);
	ck_assert_uint_eq(ch.user.candidate, rc == 0 && !e->done ? ch.user.candidate : rc == 0 ? 0 : 1);
	if (rc == 0)
		ck_assert_int_eq(state_commit(&ch, &f), 0);
	else
		state_abandon(&ch);
	return rc;
}

START_TEST(one_number_is_stored_and_no_second)
{
	struct enlist e = { &h.directory, &phone, true };
	struct directory_entry entry;
	struct fault f = FAULT_INIT;

	begin();
	ck_assert_int_eq(enlist_begin(&h.state, &h.account, &f), 0);
	ck_assert_int_eq(seal(&e), 0);
	ck_assert(e.done);
	ck_assert_uint_eq(count(), 1);
	ck_assert_int_eq(directory_find(&h.directory, &h.account, &entry, &f), 0);
	ck_assert(entry.verified);
	ck_assert_str_eq(entry.by, "login");
	ck_assert_int_eq(past(), ENLIST_DAMAGED);
	/* the second of two logins at once */
	ck_assert_int_eq(seal(&e), 0);
	ck_assert(!e.done);
	/* and one that finds the number but still the mark, as a crash leaves them */
	begin();
	ck_assert_int_eq(enlist_begin(&h.state, &h.account, &f), 0);
	ck_assert_int_eq(directory_store(&h.directory, &entry, &f), 0);
	ck_assert_int_eq(seal(&e), 0);
	ck_assert(!e.done);
	house_close(&h);
}
END_TEST

START_TEST(a_number_that_cannot_be_stored_enrols_nobody)
{
	struct directory closed = { -1 };
	struct enlist e = { &closed, &phone, true };
	struct fault f = FAULT_INIT;

	begin();
	ck_assert_int_eq(enlist_begin(&h.state, &h.account, &f), 0);
	ck_assert_int_eq(seal(&e), -1);
	ck_assert(!e.done);
	ck_assert_int_eq(past(), ENLIST_CANDIDATE);
	house_close(&h);
}
END_TEST

START_TEST(b5_the_site_counts_one_more)
{
	struct site s;
	struct fault f = FAULT_INIT;

	begin();
	ck_assert_int_eq(enlist_counted(&h.state, &f), 0);
	ck_assert_int_eq(enlist_counted(&h.state, &f), 0);
	house_site(&h, &s);
	ck_assert_uint_eq(s.enrolled, 2);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("enlist");
	TCase *t = tcase_create("enlist");
	tcase_add_test(t, an_entry_has_its_user_and_time);
	tcase_add_test(t, b3_a_candidates_record_is_found_again);
	tcase_add_test(t, c5_a_record_without_the_mark_is_damage);
	tcase_add_test(t, one_number_is_stored_and_no_second);
	tcase_add_test(t, a_number_that_cannot_be_stored_enrols_nobody);
	tcase_add_test(t, b5_the_site_counts_one_more);
	suite_add_tcase(s, t);
	return s;
}
