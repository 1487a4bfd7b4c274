#include "core/phone.h"

#include <string.h>

#include "unit.h"

/* want NULL: refused, and the fault says hint. */
struct phone_case {
	const char *text;
	const char *want;
	const char *hint;
};

static const struct phone_case stored[] = {
	{ "+4917112345678", "+4917112345678", NULL },
	{ "+1234567", "+1234567", NULL },
	{ "+123456", NULL, "not 6" },
	{ "+123456789012345", "+123456789012345", NULL },
	{ "+1234567890123456", NULL, "not 16" },
	{ "", NULL, "country code" },
	{ "+", NULL, "country code" },
	{ "+0491711234567", NULL, "country code" },
	{ "4917112345678", NULL, "country code" },
	{ "+49 17112345678", NULL, "only digits" },
	{ "+49171123456a", NULL, "only digits" },
	{ "+4917112345678\n", NULL, "only digits" },
	{ "++4917112345678", NULL, "country code" },
	{ "+\xd9\xa4\xd9\xa9\x31\x37\x31\x31\x32\x33", NULL, "country code" },
};

START_TEST(g3_stored_numbers_are_strict)
{
	const struct phone_case *c = &stored[_i];
	struct phone p;
	struct fault f = FAULT_INIT;
	int got = phone_read(c->text, &p, &f);

	ck_assert_msg(got == (c->want ? 0 : -1), "%s: %d", c->text, got);
	ck_assert_str_eq(p.e164, c->want ? c->want : "");
	if (!c->want)
		ck_assert_msg(strstr(f.text, c->hint) != NULL, "%s: %s", c->text, f.text);
}
END_TEST

static const struct phone_case typed[] = {
	{ "+49 171 1234567", "+491711234567", NULL },
	{ "0049 171 1234567", "+491711234567", NULL },
	{ "+49 (0)171 / 123-45.67", "+491711234567", NULL },
	{ "0049(0)1711234567", "+491711234567", NULL },
	{ "+49 [0] 171 1234567", "+491711234567", NULL },
	{ "(+49) 171 1234567", "+491711234567", NULL },
	{ "+1 (202) 555-0123", "+12025550123", NULL },
	{ "+353 (0)87 123 4567", "+353871234567", NULL },
	{ " +43 660 1234567 ", "+436601234567", NULL },
	{ "0171 1234567", NULL, "any country" },
	{ "(0171) 1234567", NULL, "any country" },
	{ "171 1234567", NULL, "any country" },
	{ "49 171 1234567", NULL, "any country" },
	{ "+49 (0171) 1234567", NULL, "two ways" },
	{ "+39 (06) 1234567", NULL, "two ways" },
	{ "+49 171 (0) 1234567", NULL, "two ways" },
	{ "00(0)491711234567", NULL, "two ways" },
	{ "+(0)491711234567", NULL, "two ways" },
	{ "+39 06 1234567", "+39061234567", NULL },
	{ "+0049 171 1234567", NULL, "country code" },
	{ "000491711234567", NULL, "country code" },
	{ "00", NULL, "country code" },
	{ "+49 171 1234567 ext 5", NULL, "not a digit" },
	{ "tel:+491711234567", NULL, "not a digit" },
	{ "+49171+1234567", NULL, "not a digit" },
	{ "", NULL, "no number" },
	{ " - ", NULL, "no number" },
	{ "+12 34", NULL, "not 4" },
	{ "+49 171 1234567 1234567 1", NULL, "not 20" },
	{ "+1                                                               2025550123", NULL,
		"too long" },
	{ "+49\xc2\xa0"
	  "1711234567",
		NULL, "not a digit" },
};

START_TEST(g3_typed_numbers_are_normalised_never_guessed)
{
	const struct phone_case *c = &typed[_i];
	struct phone p;
	struct fault f = FAULT_INIT;
	int got = phone_normalise(c->text, &p, &f);

	ck_assert_msg(got == (c->want ? 0 : -1), "%s: %d %s", c->text, got, f.text);
	ck_assert_str_eq(p.e164, c->want ? c->want : "");
	if (!c->want)
		ck_assert_msg(strstr(f.text, c->hint) != NULL, "%s: %s", c->text, f.text);
}
END_TEST

START_TEST(g3_only_listed_prefixes)
{
	static const char list[][PHONE_MAX + 1] = { "+49", "+4366", "" };
	struct phone german = { "+491711234567" }, austrian = { "+436601234567" };
	struct phone other = { "+436701234567" };

	ck_assert(phone_allowed(&german, list, 3));
	ck_assert(phone_allowed(&austrian, list, 3));
	ck_assert(!phone_allowed(&other, list, 3)); /* the empty entry allows nothing */
	ck_assert(!phone_allowed(&german, list, 0));
}
END_TEST

static const struct {
	const char *number;
	bool premium;
} ranges[] = {
	{ "+19005550123", true },
	{ "+12029760123", true },
	{ "+12025559760", false },
	{ "+19765550123", false },
	{ "+12025550123", false },
	{ "+18005550123", false },
	{ "+4990012345", true },
	{ "+491519760123", false },
	{ "+18769000123", false },
	{ "+18769760123", true },
	{ "+8081234567", true },
	{ "+870773123456", true },
	{ "+87812345678", true },
	{ "+88161234567", true },
	{ "+8821234567", true },
	{ "+883510012345", true },
	{ "+979123456789", true },
	{ "+8801712345678", false }, /* Bangladesh */
	{ "+886912345678", false },  /* Taiwan */
	{ "+9715012345678", false }, /* the Emirates */
	{ "+447012345678", true },
	{ "+449012345678", true },
	{ "+447700900123", false },
	{ "+499001234567", true },
	{ "+4915112345678", false },
	{ "+43900123456", true },
	{ "+43930123456", true },
	{ "+436641234567", false },
	{ "+41906123456", true },
	{ "+41791234567", false },
	{ "+33892123456", true },
	{ "+33612345678", false },
	{ "+31909123456", true },
	{ "+31612345678", false },
	{ "+1202976", true },
	{ "+1202555", false },
};

/* "+1" is two countries and their territories, not twenty. */
static const struct {
	const char *number;
	bool by_1, by_own; /* allowed by "+1", by "+1" and the area code */
} under_1[] = {
	{ "+12025550123", true, true },
	{ "+14165550123", true, true },  /* Toronto */
	{ "+17875550123", true, true },  /* Puerto Rico */
	{ "+16715550123", true, true },  /* Guam */
	{ "+13405550123", true, true },  /* Virgin Islands of the United States */
	{ "+12425550123", false, true }, /* Bahamas */
	{ "+12465550123", false, true }, /* Barbados */
	{ "+12645550123", false, true }, /* Anguilla */
	{ "+12685550123", false, true }, /* Antigua and Barbuda */
	{ "+12845550123", false, true }, /* British Virgin Islands */
	{ "+13455550123", false, true }, /* Cayman Islands */
	{ "+14415550123", false, true }, /* Bermuda */
	{ "+14735550123", false, true }, /* Grenada */
	{ "+16495550123", false, true }, /* Turks and Caicos */
	{ "+16585550123", false, true }, /* Jamaica */
	{ "+16645550123", false, true }, /* Montserrat */
	{ "+17215550123", false, true }, /* Sint Maarten */
	{ "+17585550123", false, true }, /* Saint Lucia */
	{ "+17675550123", false, true }, /* Dominica */
	{ "+17845550123", false, true }, /* Saint Vincent */
	{ "+18095550123", false, true }, /* Dominican Republic */
	{ "+18295550123", false, true },
	{ "+18495550123", false, true },
	{ "+18685550123", false, true }, /* Trinidad and Tobago */
	{ "+18695550123", false, true }, /* Saint Kitts and Nevis */
	{ "+18765550123", false, true }, /* Jamaica */
};

START_TEST(g3_caribbean_countries_are_not_the_united_states)
{
	static const char alone[2][PHONE_MAX + 1] = { "+1", "+18" };
	char own[2][PHONE_MAX + 1] = { "+1", "" };
	struct phone p;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(phone_read(under_1[_i].number, &p, &f), 0);
	memcpy(own[1], under_1[_i].number, 5);
	ck_assert_msg(phone_allowed(&p, alone, 2) == under_1[_i].by_1, "%s", p.e164);
	ck_assert_msg(phone_allowed(&p, (const char(*)[PHONE_MAX + 1]) own, 2) == under_1[_i].by_own, "%s", p.e164);
}
END_TEST

START_TEST(g3_premium_ranges)
{
	struct phone p;

	memset(&p, 0, sizeof p);
	strncpy(p.e164, ranges[_i].number, PHONE_MAX);
	ck_assert_msg(phone_premium(&p) == ranges[_i].premium, "%s", ranges[_i].number);
}
END_TEST

START_TEST(g2_at_most_two_digits_are_shown)
{
	struct phone p = { "+491711234567" }, none = { "" };
	char out[16], tiny[4];

	phone_mask(&p, out, sizeof out);
	ck_assert_str_eq(out, "...67");
	phone_mask(&none, out, sizeof out);
	ck_assert_str_eq(out, "...");
	phone_mask(&p, tiny, sizeof tiny);
	ck_assert_str_eq(tiny, "...");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("phone");
	TCase *tc = tcase_create("phone");

	tcase_add_loop_test(
		tc, g3_stored_numbers_are_strict, 0, (int)(sizeof stored / sizeof stored[0]));
	tcase_add_loop_test(tc, g3_typed_numbers_are_normalised_never_guessed, 0,
		(int)(sizeof typed / sizeof typed[0]));
	tcase_add_test(tc, g3_only_listed_prefixes);
	tcase_add_loop_test(tc, g3_premium_ranges, 0, (int)(sizeof ranges / sizeof ranges[0]));
	tcase_add_loop_test(tc, g3_caribbean_countries_are_not_the_united_states, 0,
		(int)(sizeof under_1 / sizeof under_1[0]));
	tcase_add_test(tc, g2_at_most_two_digits_are_shown);
	suite_add_tcase(suite, tc);
	return suite;
}
