#include "core/journey.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct settings_route routes[4];
static struct delivery_means means = { .routes = routes };
static struct delivery d;
static struct verdict_outcome o;

static void setup(void)
{
	static const char *const names[] = { "one", "on", "three", "four" };

	memset(&d, 0, sizeof d);
	memset(&o, 0, sizeof o);
	for (size_t i = 0; i < 4; i++) {
		snprintf(routes[i].name, sizeof routes[i].name, "%s", names[i]);
		d.tries[i].at = i;
	}
	d.means = &means;
	d.taken = -1;
}

START_TEST(who_did_not_take_it_is_named_once)
{
	d.ntries = 4;
	d.tries[0].state = DELIVERY_TRY_FAILED;
	d.tries[1].state = DELIVERY_TRY_BROKEN;
	d.tries[2].state = DELIVERY_TRY_WORKED; /* the number is refused */
	d.tries[3].state = DELIVERY_TRY_DROPPED;
	journey_note(&d, &o);
	journey_note(&d, &o);
	ck_assert_str_eq(o.failed, "one,on,three");
	ck_assert_int_eq(o.sent_ms, 0);
}
END_TEST

START_TEST(who_took_it_is_not_named)
{
	d.ntries = 2;
	d.tries[0].state = DELIVERY_TRY_FAILED;
	d.tries[1].state = DELIVERY_TRY_WORKED;
	d.taken = 1;
	d.taken_ms = 310;
	o.delivered = VERDICT_DELIVERED_NO; /* of the message before */
	journey_note(&d, &o);
	ck_assert_str_eq(o.failed, "one");
	ck_assert_int_eq(o.sent_ms, 310);
	ck_assert_int_eq(o.delivered, VERDICT_DELIVERED_NONE);
	d.taken_ms = 0;
	journey_note(&d, &o);
	ck_assert_int_eq(o.sent_ms, 1);
	/* a further one that nobody takes says nothing of it */
	d.taken = -1;
	journey_note(&d, &o);
	ck_assert_int_eq(o.sent_ms, 1);
}
END_TEST

START_TEST(a_name_is_not_cut)
{
	d.ntries = 4;
	for (size_t i = 0; i < 4; i++) {
		memset(routes[i].name, (int)('a' + (int)i), 32);
		routes[i].name[32] = '\0';
		d.tries[i].state = DELIVERY_TRY_FAILED;
	}
	journey_note(&d, &o);
	ck_assert_uint_eq(strlen(o.failed), 3 * 32 + 2);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("journey");
	TCase *t = tcase_create("journey");
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, who_did_not_take_it_is_named_once);
	tcase_add_test(t, who_took_it_is_not_named);
	tcase_add_test(t, a_name_is_not_cut);
	suite_add_tcase(s, t);
	return s;
}
