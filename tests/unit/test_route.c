#include "core/route.h"

#include <string.h>

#include "unit.h"

static struct settings settings;

START_TEST(routes_come_in_order_once_each)
{
	struct route_walk w;
	int64_t until;

	settings.nroutes = 3;
	route_begin(&w, &settings, 10000);
	for (size_t i = 0; i < 3; i++)
		ck_assert_ptr_eq(route_next(&w, 0, &until), &settings.routes[i]);
	ck_assert_ptr_null(route_next(&w, 0, &until));
}
END_TEST

START_TEST(d11_time_is_shared_and_kept)
{
	struct route_walk w;
	int64_t until;

	settings.nroutes = 2;
	route_begin(&w, &settings, 10000);
	ck_assert_ptr_nonnull(route_next(&w, 1000, &until));
	ck_assert_int_eq(until, 7000);
	ck_assert_ptr_nonnull(route_next(&w, 7000, &until));
	ck_assert_int_eq(until, 10000);
	route_begin(&w, &settings, 10000);
	ck_assert_ptr_null(route_next(&w, 10000 - ROUTE_MIN_MS + 1, &until));
	ck_assert_ptr_nonnull(route_next(&w, 10000 - ROUTE_MIN_MS, &until));
	settings.nroutes = 0;
	route_begin(&w, &settings, 10000);
	ck_assert_ptr_null(route_next(&w, 0, &until));
}
END_TEST

START_TEST(e9_only_a_certain_refusal_goes_on)
{
	for (int o = -1; o <= RECEIPT_LOCAL + 1; o++) {
		struct receipt r;
		memset(&r, 0, sizeof r);
		r.outcome = (enum receipt_outcome)o;
		bool on = o == RECEIPT_TEMPORARY || o == RECEIPT_ACCOUNT || o == RECEIPT_REQUEST ||
			o == RECEIPT_LOCAL;
		ck_assert_msg(route_goes_on(&r) == on, "%d", o);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("route");
	TCase *t = tcase_create("route");
	tcase_add_test(t, routes_come_in_order_once_each);
	tcase_add_test(t, d11_time_is_shared_and_kept);
	tcase_add_test(t, e9_only_a_certain_refusal_goes_on);
	suite_add_tcase(s, t);
	return s;
}
