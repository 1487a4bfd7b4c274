#include "cli/routing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/detour.h"
#include "unit.h"

static struct settings settings;
static struct inspection inspection;
static const struct clock_now noon = { .boot_ms = 5000000, .boot_id = { 3 } };

static const char *path(void)
{
	static char text[200];

	snprintf(text, sizeof text, "%s/said", unit_folder());
	return text;
}

/* Each test is a process of its own: what is said goes into a file. */
static void listen(void)
{
	ck_assert_ptr_nonnull(freopen(path(), "w+", stdout));
	inspection_begin(&inspection, false);
}

static const char *said(void)
{
	static char text[4000];

	fflush(stdout);
	FILE *from = fopen(path(), "r");
	ck_assert_ptr_nonnull(from);
	text[fread(text, 1, sizeof text - 1, from)] = '\0';
	fclose(from);
	return text;
}

static void route(struct settings_route *r, const char *name, const char *only)
{
	snprintf(r->name, sizeof r->name, "%s", name);
	if (only)
		snprintf(r->only[r->nonly++], sizeof r->only[0], "%s", only);
}

START_TEST(no_only_no_gap)
{
	route(&settings.routes[0], "one", NULL);
	route(&settings.routes[1], "two", "+43");
	settings.nroutes = 2;
	settings.nprefixes = 1;
	strcpy(settings.prefixes[0], "+49");
	listen();
	routing_inspect_cover(&inspection, &settings);
	ck_assert_str_eq(said(), "");
}
END_TEST

START_TEST(each_gap_is_told)
{
	route(&settings.routes[0], "one", "+43");
	route(&settings.routes[1], "two", "+491");
	settings.nroutes = 2;
	settings.nprefixes = 3;
	strcpy(settings.prefixes[0], "+43");
	strcpy(settings.prefixes[1], "+49");
	strcpy(settings.prefixes[2], "+1");
	/* who may call does not send */
	route(&settings.voice[0], "three", NULL);
	settings.nvoice = 1;
	listen();
	routing_inspect_cover(&inspection, &settings);
	ck_assert_uint_eq(inspection.counts[INSPECTION_FINDING], 1);
	ck_assert_uint_eq(inspection.counts[INSPECTION_TROUBLE], 1);
	ck_assert_msg(strstr(said(), "TROUBLE  routes    +1 is in") &&
			      strstr(said(), "LOOK     routes    +49 is in") &&
			      strstr(said(), "begin with +490 (") && !strstr(said(), "+43"),
		"%s", said());
}
END_TEST

START_TEST(who_is_passed_over_and_how_long)
{
	struct clock_now then = noon;
	struct site site;

	site_init(&site);
	route(&settings.routes[0], "one", NULL);
	route(&settings.routes[1], "two", NULL);
	settings.nroutes = 2;
	route(&settings.voice[0], "three", NULL);
	settings.nvoice = 1;
	then.boot_ms -= 59001;
	ck_assert(detour_failed(&site, "one", &then));
	then.boot_ms -= 1000;
	ck_assert(detour_failed(&site, "two", &then));
	then.boot_ms = noon.boot_ms;
	ck_assert(detour_failed(&site, "three", &then));
	ck_assert(detour_failed(&site, "gone", &then));
	listen();
	routing_inspect_detours(&inspection, &settings, &site, &noon);
	ck_assert_uint_eq(inspection.counts[INSPECTION_FINDING], 2);
	ck_assert_uint_eq(inspection.counts[INSPECTION_TROUBLE], 0);
	ck_assert_msg(
		strstr(said(), "one: has failed and is passed over for another 1 s:") &&
			strstr(said(), "three: has failed and is passed over for another 1 min:"),
		"%s", said());
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("routing");
	TCase *t = tcase_create("routing");

	tcase_add_test(t, no_only_no_gap);
	tcase_add_test(t, each_gap_is_told);
	tcase_add_test(t, who_is_passed_over_and_how_long);
	suite_add_tcase(s, t);
	return s;
}
