#include "core/totp.h"

#include <string.h>

#include "unit.h"

/* RFC 6238, appendix B: the key of the SHA-1 rows. */
static const struct record_app app = { .enrolled = 1, .key = "12345678901234567890" };

static struct secret secret_of(const char *text)
{
	struct secret s;

	ck_assert_int_eq(secret_set(&s, text, strlen(text)), 0);
	return s;
}

/* Its table has eight digits; six are their end. */
static const struct {
	int64_t wall_s;
	const char *code;
} vectors[] = {
	{ 59, "287082" },
	{ 1111111109, "081804" },
	{ 1111111111, "050471" },
	{ 1234567890, "005924" },
	{ 2000000000, "279037" },
	{ 20000000000, "353130" },
};

START_TEST(rfc_6238)
{
	struct secret want = secret_of(vectors[_i].code), got = { 0 };
	struct fault f = FAULT_INIT;
	int64_t step;

	ck_assert_int_eq(totp_code(app.key, vectors[_i].wall_s / 30, &got, &f), 0);
	ck_assert_str_eq((const char *)got.bytes, vectors[_i].code);
	ck_assert_uint_eq(got.len, 6);
	ck_assert_int_eq(totp_match(&app, &want, vectors[_i].wall_s, &step, &f), 0);
	ck_assert_int_eq(step, vectors[_i].wall_s / 30);
}
END_TEST

/* One step on either side, none more: seen from the middle of a step. */
START_TEST(a_window_of_one_step)
{
	struct secret code = { 0 };
	struct fault f = FAULT_INIT;
	int64_t at = 50000000, step;

	ck_assert_int_eq(totp_code(app.key, at, &code, &f), 0);
	for (int64_t off = -4; off <= 4; off++) {
		ck_assert_int_eq(totp_match(&app, &code, (at + off) * 30 + 15, &step, &f), 0);
		ck_assert_int_eq(step, off >= -1 && off <= 1 ? at : 0);
	}
	ck_assert_int_eq(totp_match(&app, &code, (at - 1) * 30, &step, &f), 0);
	ck_assert_int_eq(step, at);
	ck_assert_int_eq(totp_match(&app, &code, (at - 1) * 30 - 1, &step, &f), 0);
	ck_assert_int_eq(step, 0);
	ck_assert_int_eq(totp_match(&app, &code, (at + 2) * 30 - 1, &step, &f), 0);
	ck_assert_int_eq(step, at);
	ck_assert_int_eq(totp_match(&app, &code, (at + 2) * 30, &step, &f), 0);
	ck_assert_int_eq(step, 0);
}
END_TEST

START_TEST(a3_a_step_counts_once)
{
	struct record_app used = app;
	struct secret code = { 0 };
	struct fault f = FAULT_INIT;
	int64_t at = 50000000, step;

	ck_assert_int_eq(totp_code(app.key, at, &code, &f), 0);
	used.last_step = at - 1;
	ck_assert_int_eq(totp_match(&used, &code, at * 30, &step, &f), 0);
	ck_assert_int_eq(step, at);
	used.last_step = at;
	for (int64_t off = -1; off <= 1; off++) {
		ck_assert_int_eq(totp_match(&used, &code, (at + off) * 30, &step, &f), 0);
		ck_assert_int_eq(step, 0);
	}
	/* a clock set back does not bring it back */
	used.last_step = at + 1000;
	ck_assert_int_eq(totp_match(&used, &code, at * 30, &step, &f), 0);
	ck_assert_int_eq(step, 0);
}
END_TEST

START_TEST(c1_no_app_no_match)
{
	struct record_app none = { .enrolled = 0 };
	struct secret code = { 0 }, wrong = secret_of("287083"), shorter = secret_of("28708"), empty = { 0 };
	struct fault f = FAULT_INIT;
	int64_t step;

	ck_assert_int_eq(totp_code(none.key, 1, &code, &f), 0);
	ck_assert_int_eq(totp_match(&none, &code, 59, &step, &f), 0);
	ck_assert_int_eq(step, 0);
	ck_assert_int_eq(totp_match(&app, &wrong, 59, &step, &f), 0);
	ck_assert_int_eq(step, 0);
	ck_assert_int_eq(totp_match(&app, &shorter, 59, &step, &f), 0);
	ck_assert_int_eq(step, 0);
	ck_assert_int_eq(totp_match(&app, &empty, 59, &step, &f), 0);
	ck_assert_int_eq(step, 0);
	/* a clock that was never set */
	code = secret_of("287082");
	ck_assert_int_eq(totp_match(&app, &code, 0, &step, &f), 0);
	ck_assert_int_eq(step, 0);
	ck_assert_int_eq(totp_match(&app, &code, -59, &step, &f), 0);
	ck_assert_int_eq(step, 0);
	ck_assert_int_eq(totp_code(app.key, -1, &code, &f), -1);
	ck_assert_uint_eq(code.len, 0);
}
END_TEST

START_TEST(how_an_app_takes_the_key)
{
	char shown[TOTP_KEY_SHOWN], uri[TOTP_URI_MAX];
	unsigned char ones[RECORD_APP_KEY];

	totp_show_key(app.key, shown);
	ck_assert_str_eq(shown, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	memset(ones, 0xff, sizeof ones);
	totp_show_key(ones, shown);
	ck_assert_str_eq(shown, "77777777777777777777777777777777");
	totp_uri(app.key, "web01", "alice", uri);
	ck_assert_str_eq(uri, "otpauth://totp/web01:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=web01");
	totp_uri(app.key, "h?&st", "a:b%20@c", uri);
	ck_assert_str_eq(uri, "otpauth://totp/hst:ab20c?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=hst");
	char longest[300];
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	totp_uri(app.key, longest, longest, uri);
	ck_assert_ptr_nonnull(strstr(uri, "&issuer=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
}
END_TEST

START_TEST(two_keys_differ)
{
	unsigned char a[RECORD_APP_KEY], b[RECORD_APP_KEY];
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(totp_make_key(a, &f), 0);
	ck_assert_int_eq(totp_make_key(b, &f), 0);
	ck_assert(memcmp(a, b, sizeof a) != 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("totp");
	TCase *t = tcase_create("totp");

	tcase_add_loop_test(t, rfc_6238, 0, (int)(sizeof vectors / sizeof vectors[0]));
	tcase_add_test(t, a_window_of_one_step);
	tcase_add_test(t, a3_a_step_counts_once);
	tcase_add_test(t, c1_no_app_no_match);
	tcase_add_test(t, how_an_app_takes_the_key);
	tcase_add_test(t, two_keys_differ);
	suite_add_tcase(s, t);
	return s;
}
