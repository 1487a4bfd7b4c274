#include "sender/signer.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct envelope e;

static void begin(
	enum envelope_signing signing, const char *method, const char *url, const char *body)
{
	memset(&e, 0, sizeof e);
	e.signing = signing;
	e.method = method;
	e.has_body = *body;
	buffer_text(&e.url, url);
	buffer_text(&e.body, body);
}

static const char *header(const char *name)
{
	const char *found = NULL;
	for (size_t i = 0; i < e.nheaders; i++) {
		const char *line = buffer_string(&e.headers[i]);
		if (strncmp(line, name, strlen(name)) != 0 ||
			strncmp(line + strlen(name), ": ", 2) != 0)
			continue;
		ck_assert_msg(!found, "%s twice", name);
		found = line + strlen(name) + 2;
	}
	ck_assert_msg(found != NULL, "no header %s", name);
	return found;
}

/* The first: a vector of a public client. The others were computed with sha1sum. */
static const struct {
	const char *secret, *consumer, *method, *url, *body;
	int64_t wall_s;
	const char *signature;
} ovh[] = {
	{ "AS", "CK", "GET", "https://eu.api.ovh.com/1.0/domain/zone", "", 1700000000,
		"$1$09deb620e4cc90d8141187a1746e56af76db079a" },
	{ "AS", "CK", "POST", "https://eu.api.ovh.com/1.0/sms/sms-ab1-1/jobs",
		"{\"message\":\"\xc3\xa4\"}", 1800000000,
		"$1$221edd84697f5791232c7066439423c08e0ac8c8" },
	{ "AS", "CK", "GET", "https://eu.api.ovh.com/1.0/sms?a=b", "", 1800000000,
		"$1$d46832f7fb737617bb91d48e3d2c012f15e3fee6" },
};

START_TEST(ovh_signs_secret_consumer_method_url_body_time)
{
	struct fault f = FAULT_INIT;
	char time[24];
	begin(ENVELOPE_OVH, ovh[_i].method, ovh[_i].url, ovh[_i].body);
	buffer_text(&e.application, "AK");
	buffer_text(&e.key, ovh[_i].secret);
	buffer_text(&e.consumer, ovh[_i].consumer);
	ck_assert_int_eq(signer_sign(&e, ovh[_i].wall_s, &f), 0);
	snprintf(time, sizeof time, "%lld", (long long)ovh[_i].wall_s);
	ck_assert_str_eq(header("X-Ovh-Application"), "AK");
	ck_assert_str_eq(header("X-Ovh-Consumer"), ovh[_i].consumer);
	ck_assert_str_eq(header("X-Ovh-Timestamp"), time);
	ck_assert_str_eq(header("X-Ovh-Signature"), ovh[_i].signature);
	ck_assert_uint_eq(e.nheaders, 4);
	envelope_wipe(&e);
}
END_TEST

#define CONTOSO "https://contoso.communicationservices.azure.com"

/* The first three: vectors of the vendor's own client library. The others were computed with
 * openssl dgst. */
static const struct {
	const char *method, *url, *body, *signature;
} azure[] = {
	{ "GET", CONTOSO "/", "", "88MDmJhUR3m5QhFxb8ztShsSwlGrg7g/6XPnWf7QEO4=" },
	{ "GET", CONTOSO "/testPath", "", "RoCrHjw7fb9fpHSbqvRUY2xa8RBS0YvI1cxI1x8AS38=" },
	{ "GET", CONTOSO "/testPath?testQuery=yes", "",
		"il99+rd6V5O136roX/zVePCNle78HmvC4B7tu9zRH3I=" },
	/* no path is the root, and the scheme's own port is not in the header Host */
	{ "GET", CONTOSO, "", "88MDmJhUR3m5QhFxb8ztShsSwlGrg7g/6XPnWf7QEO4=" },
	{ "GET", CONTOSO ":443/", "", "88MDmJhUR3m5QhFxb8ztShsSwlGrg7g/6XPnWf7QEO4=" },
	{ "POST", "http://127.0.0.1:8080/sms?api-version=2021-03-07", "{\"message\":\"x\"}",
		"q5enwYjHpTbvZqjvejP2q2NWw7vRDKXWI/YrnpK4p8w=" },
};

START_TEST(azure_signs_method_path_date_host_body)
{
	static const char begins[] =
		"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=";
	struct fault f = FAULT_INIT;
	begin(ENVELOPE_AZURE, azure[_i].method, azure[_i].url, azure[_i].body);
	buffer_text(&e.key, "pw==");
	ck_assert_int_eq(signer_sign(&e, 1649873352, &f), 0);
	ck_assert_str_eq(header("x-ms-date"), "Wed, 13 Apr 2022 18:09:12 GMT");
	if (!azure[_i].body[0])
		ck_assert_str_eq(header("x-ms-content-sha256"),
			"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
	ck_assert(!strncmp(header("Authorization"), begins, strlen(begins)));
	ck_assert_str_eq(header("Authorization") + strlen(begins), azure[_i].signature);
	envelope_wipe(&e);
}
END_TEST

START_TEST(who_asks_for_no_signature_gets_none)
{
	struct fault f = FAULT_INIT;
	begin(ENVELOPE_UNSIGNED, "GET", "https://a.example/", "");
	ck_assert_int_eq(signer_sign(&e, 1700000000, &f), 0);
	ck_assert_uint_eq(e.nheaders, 0);
	envelope_wipe(&e);
}
END_TEST

static const char *const bad_keys[] = { "", "no base64", "pw=", "pw==pw==" };

START_TEST(g1_a_key_that_is_none_is_refused_and_not_said)
{
	struct fault f = FAULT_INIT;
	begin(ENVELOPE_AZURE, "GET", "https://a.example/", "");
	buffer_text(&e.key, bad_keys[_i]);
	ck_assert_int_eq(signer_sign(&e, 1700000000, &f), -1);
	ck_assert_str_eq(f.text, "the key is not one of Azure's: no base64");
	ck_assert_uint_eq(e.nheaders, 0);
	envelope_wipe(&e);
}
END_TEST

START_TEST(e5_a_key_cannot_break_a_header)
{
	struct fault f = FAULT_INIT;
	begin(ENVELOPE_OVH, "GET", "https://a.example/", "");
	buffer_text(&e.application, "AK\r\nX-Evil: 1");
	ck_assert_int_eq(signer_sign(&e, 1700000000, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "control character"));
	envelope_wipe(&e);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("signer");
	TCase *t = tcase_create("signer");
	tcase_add_loop_test(
		t, ovh_signs_secret_consumer_method_url_body_time, 0, sizeof ovh / sizeof *ovh);
	tcase_add_loop_test(
		t, azure_signs_method_path_date_host_body, 0, sizeof azure / sizeof *azure);
	tcase_add_test(t, who_asks_for_no_signature_gets_none);
	tcase_add_loop_test(t, g1_a_key_that_is_none_is_refused_and_not_said, 0,
		sizeof bad_keys / sizeof *bad_keys);
	tcase_add_test(t, e5_a_key_cannot_break_a_header);
	suite_add_tcase(s, t);
	return s;
}
