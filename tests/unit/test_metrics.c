#include "cli/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct statistics statistics;
static struct headcount people = { 7, 1, 2, 3, 4, 5 };
static struct budgets budgets = { 2, { { "", 3600, 60, 61 }, { "+49", 86400, 150, 3 } } };
static struct balance balances[2];

static char *written(size_t nbalances)
{
	struct metrics m = { &statistics, 86400, &people, &budgets, balances, nbalances };
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	metrics_write(&m, out);
	fclose(out);
	return text;
}

static const char *const lines[] = {
	"sms_otp_window_seconds 86400\n",
	"sms_otp_logins{result=\"accepted\"} 2\n",
	"sms_otp_lockouts 9\n",
	"sms_otp_route_logins{route=\"one\",result=\"accepted\"} 1\n",
	"sms_otp_route_logins{route=\"one\",result=\"failed\"} 4\n",
	"sms_otp_route_reports{route=\"one\",result=\"undelivered\"} 6\n",
	"sms_otp_route_acceptance_seconds{route=\"one\",quantile=\"0.95\"} 1.310\n",
	"sms_otp_users{state=\"enrolled\"} 7\n",
	"sms_otp_users{state=\"locked\"} 1\n",
	"sms_otp_users{state=\"blocked\"} 2\n",
	"sms_otp_users{state=\"paused\"} 3\n",
	"sms_otp_users{state=\"bypassed\"} 4\n",
	"sms_otp_users{state=\"damaged\"} 5\n",
	"sms_otp_budget_remaining{budget=\"all\",prefix=\"\",window_seconds=\"3600\"} 0\n",
	"sms_otp_budget_limit{budget=\"prefix\",prefix=\"+49\",window_seconds=\"86400\"} 150\n",
	"sms_otp_budget_remaining{budget=\"prefix\",prefix=\"+49\",window_seconds=\"86400\"} 147\n",
};

START_TEST(what_is_known_is_written)
{
	statistics.all.accepted = 2;
	statistics.all.locked = 9;
	statistics.nroutes = 2;
	statistics.routes[0] = (struct statistics_route){ "one", 1, 4, 5, 6, 1, { 1310 } };
	strcpy(statistics.routes[1].name, "never");
	char *text = written(0);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		ck_assert_msg(strstr(text, lines[i]) != NULL, "%s in %s", lines[i], text);
	/* a time that nobody took is none */
	ck_assert_ptr_null(strstr(text, "seconds{route=\"never\""));
	ck_assert_ptr_null(strstr(text, "balance"));
	free(text);
}
END_TEST

START_TEST(a_balance_is_there_only_where_it_was_told)
{
	balances[0] = (struct balance){ "one", true, "12.50", "EUR" };
	balances[1] = (struct balance){ "two", false, "", "" };
	char *text = written(2);
	ck_assert_ptr_nonnull(strstr(text, "sms_otp_route_balance{route=\"one\",unit=\"EUR\"} 12.50\n"));
	ck_assert_ptr_null(strstr(text, "balance{route=\"two\""));
	ck_assert_ptr_nonnull(strstr(text, "sms_otp_route_reached{route=\"two\"} 0\n"));
	free(text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("metrics");
	TCase *t = tcase_create("metrics");
	tcase_add_test(t, what_is_known_is_written);
	tcase_add_test(t, a_balance_is_there_only_where_it_was_told);
	suite_add_tcase(s, t);
	return s;
}
