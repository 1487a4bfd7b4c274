#include "core/delivery.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "unit.h"

/* The link wraps dispatch_run: route i answers with script[i]. */
static enum receipt_outcome script[SETTINGS_ROUTES_MAX];
static int tried;
static char noted[512];
static struct settings settings;
static const struct dispatch dispatch;

void __wrap_dispatch_run(const struct dispatch *d, const struct settings_route *route, const struct dispatch_job *job,
	int64_t until_ms, struct receipt *out);
void __wrap_dispatch_run(const struct dispatch *d, const struct settings_route *route, const struct dispatch_job *job,
	int64_t until_ms, struct receipt *out)
{
	(void)d;
	(void)job;
	(void)until_ms;
	memset(out, 0, sizeof *out);
	out->outcome = script[route - settings.routes];
	snprintf(out->note, sizeof out->note, "HTTP 503");
	tried++;
}

static void note(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(noted, sizeof noted, "%s", text);
}

START_TEST(b2_e9_ends)
{
	static const struct {
		const char *name;
		enum receipt_outcome script[3];
		enum delivery_end end;
		int tried;
		const char *route;
	} cases[] = {
		{ "first takes it", { RECEIPT_ACCEPTED }, DELIVERY_TAKEN, 1, "a" },
		{ "second takes it", { RECEIPT_TEMPORARY, RECEIPT_ACCEPTED }, DELIVERY_TAKEN, 2, "b" },
		{ "third takes it", { RECEIPT_ACCOUNT, RECEIPT_REQUEST, RECEIPT_ACCEPTED }, DELIVERY_TAKEN, 3, "c" },
		{ "nobody", { RECEIPT_TEMPORARY, RECEIPT_ACCOUNT, RECEIPT_REQUEST }, DELIVERY_NONE, 3, "c" },
		{ "our own side fails everywhere", { RECEIPT_LOCAL, RECEIPT_LOCAL, RECEIPT_LOCAL }, DELIVERY_BROKEN, 3, "c" },
		{ "our own side fails once", { RECEIPT_LOCAL, RECEIPT_TEMPORARY, RECEIPT_ACCOUNT }, DELIVERY_BROKEN, 3, "c" },
		{ "and another takes it", { RECEIPT_LOCAL, RECEIPT_ACCEPTED }, DELIVERY_TAKEN, 2, "b" },
		{ "unknown stops", { RECEIPT_UNKNOWN, RECEIPT_ACCEPTED }, DELIVERY_MAYBE, 1, "a" },
		{ "unknown after failure", { RECEIPT_TEMPORARY, RECEIPT_UNKNOWN }, DELIVERY_MAYBE, 2, "b" },
		{ "recipient stops", { RECEIPT_RECIPIENT, RECEIPT_ACCEPTED }, DELIVERY_NUMBER, 1, "a" },
		{ "a lying sender", { RECEIPT_PENDING }, DELIVERY_MAYBE, 1, "a" },
		{ "an empty receipt", { RECEIPT_NONE }, DELIVERY_MAYBE, 1, "a" },
	};
	struct delivery d = { &settings, &dispatch, note, NULL };
	struct dispatch_job job = { ORDER_ACTION_SEND, "+491701234512", "x", "" };

	settings.nroutes = 3;
	strcpy(settings.routes[0].name, "a");
	strcpy(settings.routes[1].name, "b");
	strcpy(settings.routes[2].name, "c");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char route[VERDICT_ROUTE];
		memcpy(script, cases[i].script, sizeof cases[i].script);
		tried = 0;
		noted[0] = '\0';
		enum delivery_end end = delivery_run(&d, &job, clock_boot_ms() + 10000, route);
		ck_assert_msg(end == cases[i].end, "%s", cases[i].name);
		ck_assert_msg(tried == cases[i].tried, "%s", cases[i].name);
		ck_assert_str_eq(route, cases[i].route);
		ck_assert_msg((noted[0] != '\0') == (end != DELIVERY_TAKEN || tried > 1), "%s", cases[i].name);
	}
}
END_TEST

START_TEST(d11_nothing_is_tried_without_time)
{
	struct delivery d = { &settings, &dispatch, note, NULL };
	struct dispatch_job job = { ORDER_ACTION_SEND, "+491701234512", "x", "" };
	char route[VERDICT_ROUTE];

	tried = 0;
	ck_assert_int_eq(delivery_run(&d, &job, clock_boot_ms() + 100, route), DELIVERY_NONE);
	ck_assert_int_eq(tried, 0);
	ck_assert_str_eq(route, "");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("delivery");
	TCase *t = tcase_create("delivery");
	tcase_add_test(t, b2_e9_ends);
	tcase_add_test(t, d11_nothing_is_tried_without_time);
	suite_add_tcase(s, t);
	return s;
}
