#include "core/report.h"

#include <string.h>

#include "base/clock.h"
#include "house.h"
#include "senders.h"
#include "unit.h"

static const struct dispatch dispatch;
static struct settings_route route = { .name = "a" };
static struct report report;
static struct receipt receipt = { .outcome = RECEIPT_ACCEPTED, .message_id = "m-1", .reports = 1 };

static struct senders_route *begin(void)
{
	senders_reset();
	house_shift_ms = 0;
	memset(&report, 0, sizeof report);
	report_begin(&report, &dispatch, &route, "+491701234512", &receipt);
	report_until(&report, clock_boot_ms() + 90000);
	return senders_route("a");
}

/* Let time pass as dialogue does, until the report says something or ends; when. */
static enum report_state follow(int64_t *when_ms)
{
	int64_t start = clock_boot_ms();
	enum report_state s;

	while ((s = report_step(&report)) == REPORT_PENDING && report_wake_ms(&report) != INT64_MAX) {
		struct pollfd p = { .fd = report_fd(&report), .events = POLLIN };
		poll(&p, 1, clock_left_ms(report_wake_ms(&report)));
	}
	*when_ms = clock_boot_ms() - start;
	return s;
}

START_TEST(asked_after_two_seconds_and_ever_more_rarely)
{
	struct senders_route *a = begin();
	int64_t when;

	ck_assert_int_eq(report_step(&report), REPORT_PENDING);
	ck_assert_int_eq(a->polled, 0);
	ck_assert_int_eq(follow(&when), REPORT_NONE);
	/* 2, 5, 9.5, 16, 26, 36, 46, 56, 66, 76, 86 s */
	ck_assert_int_ge(a->polled, 10);
	ck_assert_int_le(a->polled, 12);
	ck_assert_int_ge(when, 89900);
	ck_assert_int_lt(when, 96000);
	ck_assert_int_eq(senders_running(), 0);
}
END_TEST

START_TEST(what_the_provider_says_ends_the_asking)
{
	static const struct {
		enum receipt_outcome polls[4];
		uint32_t status;
		enum report_state end;
		int polled;
	} cases[] = {
		{ { RECEIPT_ACCEPTED }, 200, REPORT_DELIVERED, 1 },
		{ { RECEIPT_PENDING, RECEIPT_PENDING, RECEIPT_ACCEPTED }, 200, REPORT_DELIVERED, 3 },
		{ { RECEIPT_PENDING, RECEIPT_RECIPIENT }, 200, REPORT_FAILED, 2 },
		/* trouble of asking says nothing about the message */
		{ { RECEIPT_TEMPORARY, RECEIPT_ACCOUNT, RECEIPT_UNKNOWN, RECEIPT_RECIPIENT }, 200, REPORT_FAILED, 4 },
		/* a question that is refused is not a report */
		{ { RECEIPT_RECIPIENT, RECEIPT_RECIPIENT }, 404, REPORT_NONE, 11 },
		{ { RECEIPT_ACCEPTED }, 503, REPORT_NONE, 11 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct senders_route *a = begin();
		int64_t when;
		memcpy(a->polls, cases[i].polls, sizeof cases[i].polls);
		a->poll_status = cases[i].status;
		ck_assert_msg(follow(&when) == cases[i].end, "case %zu", i);
		ck_assert_msg(a->polled == cases[i].polled, "case %zu: %d", i, a->polled);
	}
}
END_TEST

START_TEST(a_failure_is_told_once)
{
	struct senders_route *a = begin();
	int64_t when;

	a->polls[0] = RECEIPT_RECIPIENT;
	ck_assert_int_eq(follow(&when), REPORT_FAILED);
	ck_assert_int_eq(report_step(&report), REPORT_NONE);
	ck_assert_int_eq(report_wake_ms(&report), INT64_MAX);
	ck_assert_int_eq(report_fd(&report), -1);
}
END_TEST

START_TEST(nothing_is_asked_where_nothing_can_be)
{
	struct receipt none = receipt;
	int64_t when;

	struct senders_route *a = begin();
	none.reports = 0;
	report_begin(&report, &dispatch, &route, "+491701234512", &none);
	report_until(&report, clock_boot_ms() + 90000);
	ck_assert_int_eq(follow(&when), REPORT_NONE);
	none.reports = 1;
	none.message_id[0] = '\0';
	report_begin(&report, &dispatch, &route, "+491701234512", &none);
	report_until(&report, clock_boot_ms() + 90000);
	ck_assert_int_eq(follow(&when), REPORT_NONE);
	ck_assert_int_eq(a->polled, 0);
}
END_TEST

START_TEST(a_silent_provider_is_given_up_and_asked_again)
{
	struct senders_route *a = begin();
	int64_t when;

	a->after_ms = SENDERS_NEVER;
	ck_assert_int_eq(follow(&when), REPORT_NONE);
	ck_assert_int_gt(a->polled, 3);
	/* 2, 10, 19.5, 31, 46, 61, 76 s: five seconds for each, and the pause after it */
	ck_assert_int_le(a->polled, 7);
	ck_assert_int_lt(when, 97000);
	ck_assert_int_eq(senders_running(), 0);
}
END_TEST

/* No sender can be started: that is asked again later, not at once. */
START_TEST(a_question_that_cannot_be_asked_waits)
{
	struct senders_route *a = begin();
	int64_t when;

	a->polls[0] = a->polls[1] = RECEIPT_LOCAL;
	a->polls[2] = RECEIPT_ACCEPTED;
	ck_assert_int_eq(follow(&when), REPORT_DELIVERED);
	/* 2, 5, 9.5 s */
	ck_assert_int_ge(when, 9500);
	ck_assert_int_lt(when, 10000);
}
END_TEST

START_TEST(closing_ends_what_runs)
{
	struct senders_route *a = begin();

	a->after_ms = SENDERS_NEVER;
	house_shift_ms += REPORT_FIRST_MS;
	ck_assert_int_eq(report_step(&report), REPORT_PENDING);
	ck_assert_int_eq(senders_running(), 1);
	report_close(&report);
	ck_assert_int_eq(senders_running(), 0);
	ck_assert_int_eq(a->dropped, 1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("report");
	tcase_add_test(t, asked_after_two_seconds_and_ever_more_rarely);
	tcase_add_test(t, what_the_provider_says_ends_the_asking);
	tcase_add_test(t, a_failure_is_told_once);
	tcase_add_test(t, nothing_is_asked_where_nothing_can_be);
	tcase_add_test(t, a_silent_provider_is_given_up_and_asked_again);
	tcase_add_test(t, a_question_that_cannot_be_asked_waits);
	tcase_add_test(t, closing_ends_what_runs);
	suite_add_tcase(s, t);
	return s;
}
