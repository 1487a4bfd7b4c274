#include "cli/remarks.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

/* The findings go to stdout: each case runs with it turned into a file. */
static char said[2048];

static bool compare(const struct settings_route *route, const struct description *d, unsigned calls,
	struct inspection *i)
{
	char path[300];
	FILE *file;
	bool fits;
	int old = dup(STDOUT_FILENO);

	snprintf(path, sizeof(path), "%s/said", unit_folder());
	fflush(stdout);
	ck_assert_ptr_nonnull(freopen(path, "w", stdout));
	inspection_begin(i, false);
	fits = remarks_compare(i, route, d, calls);
	fflush(stdout);
	dup2(old, STDOUT_FILENO);
	close(old);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	said[fread(said, 1, sizeof(said) - 1, file)] = 0;
	fclose(file);
	return fits;
}

static const struct description plain = {
	.name = "d",
	.uncertain = "",
	.weak = "",
	.calls = DESCRIPTION_SEND,
	.nvariables = 4,
	.variables = {
		{ .name = "key", .required = true, .must = "", .doc = "" },
		{ .name = "from", .must = "", .doc = "" },
		{ .name = "service", .must = "", .doc = "" },
		{ .name = "user", .required = true, .must = "me", .doc = "who" },
	},
	.nsets = 1,
	.sets = { 6 },
};

static const struct {
	const char *given[4];
	unsigned calls;
	bool fits;
	const char *says;
} cases[] = {
	{ { "key", "user", "from" }, DESCRIPTION_SEND, true, "" },
	{ { "from" }, DESCRIPTION_SEND, false,
		"TROUBLE  routes    r: the description d needs what "
		"providers.r does not say: key, user\n" },
	{ { "key", "user", "from", "frm" }, DESCRIPTION_SEND, false,
		"has no variable called so: frm; sms-otp providers d\n" },
	{ { "key", "user=you", "from" }, DESCRIPTION_SEND, false,
		"r: providers.r.user must be \"me\": who\n" },
	{ { "key", "user" }, DESCRIPTION_SEND, false, "wants exactly one of: from, service\n" },
	{ { "key", "user", "from", "service" }, DESCRIPTION_SEND, false,
		"wants exactly one of: from, service\n" },
	{ { "key", "user", "from" }, DESCRIPTION_VOICE, false,
		"cannot call; take it out of voice\n" },
	{ { "key", "user", "from" }, DESCRIPTION_SEND | DESCRIPTION_VOICE, false, "cannot call" },
};

START_TEST(a_route_and_its_description)
{
	static struct settings_route route;
	struct inspection i;
	bool fits;

	memset(&route, 0, sizeof(route));
	snprintf(route.name, sizeof(route.name), "r");
	for (size_t k = 0; k < 4 && cases[_i].given[k] != NULL; k++) {
		struct settings_variable *v = &route.variables[route.nvariables++];
		const char *value = strchr(cases[_i].given[k], '=');

		snprintf(v->name, sizeof(v->name), "%.*s", (int)strcspn(cases[_i].given[k], "="),
			cases[_i].given[k]);
		snprintf(v->value, sizeof(v->value), "%s", value != NULL ? value + 1 : "me");
	}
	fits = compare(&route, &plain, cases[_i].calls, &i);
	ck_assert_int_eq(fits, cases[_i].fits);
	ck_assert_msg(strstr(said, cases[_i].says) != NULL, "%s", said);
	ck_assert_int_eq(i.counts[INSPECTION_TROUBLE] > 0, !fits);
}
END_TEST

START_TEST(uncertain_and_weak_are_notes)
{
	static struct settings_route route;
	struct description d = {
		.name = "d", .uncertain = "the codes", .weak = "old", .calls = DESCRIPTION_SEND
	};
	struct inspection i;

	snprintf(route.name, sizeof(route.name), "r");
	ck_assert(compare(&route, &d, DESCRIPTION_SEND, &i));
	ck_assert_str_eq(said, "note     routes    r: the description d is uncertain: the codes\n"
			       "note     routes    r: the description d is weak: old\n");
	ck_assert_uint_eq(i.counts[INSPECTION_TROUBLE] + i.counts[INSPECTION_FINDING], 0);
	ck_assert_uint_eq(i.counts[INSPECTION_NOTE], 2);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("remarks");
	TCase *t = tcase_create("remarks");

	tcase_add_loop_test(t, a_route_and_its_description, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, uncertain_and_weak_are_notes);
	suite_add_tcase(s, t);
	return s;
}
