#include "core/numbers.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct settings s;
static struct directory_entry e;
static struct numbers n;

/* A user with these numbers; +49 and +1 are allowed, and one route serves everything. */
static bool begin(const char *const *numbers)
{
	memset(&s, 0, sizeof s);
	memset(&e, 0, sizeof e);
	s.nprefixes = 2;
	strcpy(s.prefixes[0], "+49");
	strcpy(s.prefixes[1], "+1");
	s.nroutes = 1;
	strcpy(s.routes[0].name, "one");
	snprintf(e.phone.e164, sizeof e.phone.e164, "%s", numbers[0]);
	for (size_t i = 1; numbers[i]; i++)
		snprintf(e.others[e.nothers++].phone.e164, sizeof e.phone.e164, "%s", numbers[i]);
	return numbers_begin(&n, &s, &e);
}

#define BEGIN(...) begin((const char *const[]){ __VA_ARGS__, NULL })

/* "2:34 3:56" */
static const char *menu(void)
{
	static char out[64];
	struct message_menu m;
	size_t len = 0;

	numbers_menu(&n, &m);
	out[0] = '\0';
	for (size_t i = 0; i < m.n; i++)
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%u:%s", i > 0 ? " " : "",
			m.all[i].digit, m.all[i].phone->e164 + strlen(m.all[i].phone->e164) - 2);
	return out;
}

static const struct {
	const char *name;
	const char *numbers[ENROLMENT_NUMBERS + 1];
	bool allowed;
	size_t at;
	const char *menu;
} cases[] = {
	{ "one number", { "+491701234512" }, true, 0, "" },
	{ "four", { "+491701234512", "+491701234534", "+491701234556", "+491701234578" }, true, 0,
		"2:34 3:56 4:78" },
	{ "one outside the prefixes", { "+491701234512", "+431701234534", "+491701234556" }, true, 0,
		"3:56" },
	{ "the default outside", { "+431701234512", "+491701234534", "+491701234556" }, true, 1,
		"3:56" },
	{ "a premium one", { "+491701234512", "+19005550123" }, true, 0, "" },
	{ "a premium default", { "+19005550123", "+491701234534" }, true, 1, "" },
	{ "all outside", { "+431701234512", "+441701234534" }, false, 0, "" },
	{ "one outside, alone", { "+431701234512" }, false, 0, "" },
};

START_TEST(g3_what_is_offered)
{
	const struct message_menu nothing = { .n = 0 };
	size_t place;

	ck_assert_msg(begin(cases[_i].numbers) == cases[_i].allowed, "%s", cases[_i].name);
	ck_assert_msg(n.at == cases[_i].at, "%s: %zu", cases[_i].name, n.at);
	ck_assert_str_eq(numbers_phone(&n)->e164, cases[_i].numbers[cases[_i].at]);
	ck_assert_msg(strcmp(menu(), cases[_i].menu) == 0, "%s: %s", cases[_i].name, menu());
	ck_assert(!numbers_chosen(&nothing, CHALLENGE_NUMBER_2, &place));
}
END_TEST

START_TEST(g3_premium_where_the_settings_allow_it)
{
	struct phone phone = { "+19005550123" };

	BEGIN("+491701234512", "+19005550123");
	ck_assert(!numbers_allowed(&s, &phone));
	s.premium = true;
	ck_assert(numbers_allowed(&s, &phone));
	ck_assert(numbers_begin(&n, &s, &e));
	ck_assert_str_eq(menu(), "2:23");
}
END_TEST

START_TEST(a_number_of_no_route_is_not_offered)
{
	BEGIN("+491701234512", "+19175550134", "+491701234556");
	strcpy(s.routes[0].only[0], "+49");
	s.routes[0].nonly = 1;
	ck_assert(numbers_begin(&n, &s, &e));
	ck_assert_str_eq(menu(), "3:56");
	/* the default likewise, while there is another */
	strcpy(s.routes[0].only[0], "+1");
	ck_assert(numbers_begin(&n, &s, &e));
	ck_assert_uint_eq(n.at, 1);
	ck_assert_str_eq(menu(), "");
	/* else it is what fails */
	strcpy(s.routes[0].only[0], "+44");
	ck_assert(numbers_begin(&n, &s, &e));
	ck_assert_uint_eq(n.at, 0);
	ck_assert_str_eq(menu(), "");
	/* one route is enough */
	s.nroutes = 2;
	ck_assert(numbers_begin(&n, &s, &e));
	ck_assert_str_eq(menu(), "2:34 3:56");
}
END_TEST

START_TEST(the_one_in_use_is_not_offered_and_digits_stay)
{
	struct message_menu m;
	size_t place = 7;

	BEGIN("+491701234512", "+491701234534", "+491701234556");
	n.at = 1;
	ck_assert_str_eq(menu(), "1:12 3:56");
	numbers_menu(&n, &m);
	ck_assert(numbers_chosen(&m, CHALLENGE_NUMBER_3, &place));
	ck_assert_uint_eq(place, 2);
	ck_assert(numbers_chosen(&m, CHALLENGE_NUMBER_1, &place));
	ck_assert_uint_eq(place, 0);
	/* A6 */
	static const enum challenge_answer not_offered[] = { CHALLENGE_NUMBER_2, CHALLENGE_NUMBER_4,
		CHALLENGE_NOT_AN_ANSWER, CHALLENGE_CODE, CHALLENGE_RESEND, CHALLENGE_CALL,
		CHALLENGE_ENTER, CHALLENGE_RECOVERY };
	for (size_t i = 0; i < sizeof not_offered / sizeof not_offered[0]; i++)
		ck_assert(!numbers_chosen(&m, not_offered[i], &place));
}
END_TEST

START_TEST(what_is_given_up_comes_back_no_more)
{
	size_t place;

	BEGIN("+491701234512", "+491701234534", "+491701234556");
	ck_assert(numbers_give_up(&n, &place));
	ck_assert_uint_eq(place, 1);
	n.at = place;
	ck_assert_str_eq(menu(), "3:56");
	ck_assert(numbers_give_up(&n, &place));
	ck_assert_uint_eq(place, 2);
	n.at = place;
	ck_assert(!numbers_give_up(&n, &place));
	ck_assert_str_eq(menu(), "");
	BEGIN("+491701234512");
	ck_assert(!numbers_give_up(&n, &place));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("numbers");
	TCase *t = tcase_create("numbers");

	tcase_add_loop_test(t, g3_what_is_offered, 0, (int)(sizeof cases / sizeof cases[0]));
	tcase_add_test(t, g3_premium_where_the_settings_allow_it);
	tcase_add_test(t, a_number_of_no_route_is_not_offered);
	tcase_add_test(t, the_one_in_use_is_not_offered_and_digits_stay);
	tcase_add_test(t, what_is_given_up_comes_back_no_more);
	suite_add_tcase(suite, t);
	return suite;
}
