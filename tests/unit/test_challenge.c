#include "core/challenge.h"

#include <string.h>

#include "unit.h"

static const unsigned char key[DIGEST_SIZE] = { 7 };

/* The link wraps RAND_bytes: the n-th draw fails, or gives what is scripted. */
static int random_fails_at;
static const unsigned char *script[4];
static int drawn;

int __real_RAND_bytes(unsigned char *buf, int num);
int __wrap_RAND_bytes(unsigned char *buf, int num);
int __wrap_RAND_bytes(unsigned char *buf, int num)
{
	drawn++;
	if (random_fails_at != 0 && drawn >= random_fails_at)
		return 0;
	if (drawn <= 4 && script[drawn - 1]) {
		memcpy(buf, script[drawn - 1], (size_t)num);
		return 1;
	}
	return __real_RAND_bytes(buf, num);
}

/* It wraps the digests too, for one that cannot be made: OpenSSL says so when memory or its provider is gone. */
static bool hash_fails, mac_fails;

int __real_digest_sha256(const void *bytes, size_t len, unsigned char out[DIGEST_SIZE], struct fault *f);
int __wrap_digest_sha256(const void *bytes, size_t len, unsigned char out[DIGEST_SIZE], struct fault *f);
int __wrap_digest_sha256(const void *bytes, size_t len, unsigned char out[DIGEST_SIZE], struct fault *f)
{
	return hash_fails ? fault_set(f, FAULT_SYSTEM, 0, "no hash") : __real_digest_sha256(bytes, len, out, f);
}

int __real_digest_mac(const unsigned char with[DIGEST_SIZE], const struct digest_part *parts, size_t nparts,
	unsigned char out[DIGEST_SIZE], struct fault *f);
int __wrap_digest_mac(const unsigned char with[DIGEST_SIZE], const struct digest_part *parts, size_t nparts,
	unsigned char out[DIGEST_SIZE], struct fault *f);
int __wrap_digest_mac(const unsigned char with[DIGEST_SIZE], const struct digest_part *parts, size_t nparts,
	unsigned char out[DIGEST_SIZE], struct fault *f)
{
	return mac_fails ? fault_set(f, FAULT_SYSTEM, 0, "no mac") : __real_digest_mac(with, parts, nparts, out, f);
}

static struct challenge make_scripted(const unsigned char id[16], const unsigned char code[8])
{
	struct fault f = FAULT_INIT;
	struct challenge c;

	drawn = 0;
	script[0] = id;
	script[1] = code;
	ck_assert_int_eq(challenge_make(6, key, &c, &f), 0);
	script[0] = script[1] = NULL;
	return c;
}

static struct talk_answer typed(const char *text)
{
	struct talk_answer a;

	memset(&a, 0, sizeof a);
	a.kind = TALK_ANSWER_TEXT;
	ck_assert_int_eq(secret_set(&a.text, text, strlen(text)), 0);
	return a;
}

START_TEST(a1_codes_have_all_their_digits)
{
	struct fault f = FAULT_INIT;
	bool led_by_zero = false;

	for (uint32_t digits = 6; digits <= 10; digits++) {
		for (int i = 0; i < 200; i++) {
			struct challenge c;
			ck_assert_int_eq(challenge_make(digits, key, &c, &f), 0);
			ck_assert_uint_eq(c.code.len, digits);
			ck_assert_uint_eq(strspn((const char *)c.code.bytes, "0123456789"), digits);
			led_by_zero = led_by_zero || c.code.bytes[0] == '0';
			challenge_wipe(&c);
		}
	}
	/* 1000 codes without a leading zero: one chance in 10^45 */
	ck_assert(led_by_zero);
}
END_TEST

START_TEST(a1_fewer_or_more_digits_are_refused)
{
	struct fault f = FAULT_INIT;
	struct challenge c;

	ck_assert_int_eq(challenge_make(5, key, &c, &f), -1);
	ck_assert_int_eq(challenge_make(11, key, &c, &f), -1);
	ck_assert_int_eq(challenge_make(0, key, &c, &f), -1);
	ck_assert_uint_eq(c.code.len, 0);
}
END_TEST

START_TEST(a9_the_tag_has_safe_letters_and_follows_the_id)
{
	struct fault f = FAULT_INIT;
	struct challenge a, b;

	for (int i = 0; i < 500; i++) {
		ck_assert_int_eq(challenge_make(6, key, &a, &f), 0);
		ck_assert_uint_eq(strlen(a.tag), 4);
		ck_assert_ptr_null(strpbrk(a.tag, "AEIOUY01"));
	}
	ck_assert_int_eq(challenge_make(6, key, &b, &f), 0);
	ck_assert_mem_ne(a.id, b.id, sizeof a.id);
}
END_TEST

START_TEST(a1_no_random_no_code)
{
	for (int at = 1; at <= 2; at++) {
		struct fault f = FAULT_INIT;
		struct challenge c, zero;
		memset(&zero, 0, sizeof zero);
		drawn = 0;
		random_fails_at = at;
		ck_assert_int_eq(challenge_make(6, key, &c, &f), -1);
		ck_assert_mem_eq(&c, &zero, sizeof c);
	}
	random_fails_at = 0;
}
END_TEST

/* Neither a code nor a hash of zeros comes of it. */
START_TEST(c1_no_digest_no_challenge)
{
	static const unsigned char id[RECORD_CHALLENGE_ID] = { 5 };
	struct fault f = FAULT_INIT;
	struct challenge c, zero;
	unsigned char mac[DIGEST_SIZE];

	memset(&zero, 0, sizeof zero);
	for (int i = 0; i < 2; i++) {
		hash_fails = i == 0;
		mac_fails = i == 1;
		ck_assert_int_eq(challenge_make(6, key, &c, &f), -1);
		ck_assert_mem_eq(&c, &zero, sizeof c);
		ck_assert_int_eq(f.class, FAULT_SYSTEM);
	}
	ck_assert_int_eq(challenge_mac(key, id, &c.code, mac, &f), -1);
	mac_fails = false;
	hash_fails = true;
	ck_assert_int_eq(challenge_recall(id, 6, &c, &f), -1);
	hash_fails = false;
}
END_TEST

/* The whole draw counts: a code is the draw modulo 10^digits, so that each is as likely as the next. */
START_TEST(a1_the_code_is_the_draw_and_no_part_of_it)
{
	static const struct {
		uint64_t draw;
		const char *code;
	} cases[] = { { 7, "000007" }, { 1234567, "234567" }, { 999999, "999999" }, { 1000000, "000000" } };
	unsigned char id[16] = { 3 }, draw[8];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		memcpy(draw, &cases[i].draw, sizeof draw);
		struct challenge c = make_scripted(id, draw);
		ck_assert_str_eq((const char *)c.code.bytes, cases[i].code);
	}
}
END_TEST

START_TEST(a4_the_id_is_128_random_bits)
{
	unsigned char id[16], code[8] = { 1 };

	for (size_t i = 0; i < sizeof id; i++)
		id[i] = (unsigned char)(0xa0 + i);
	struct challenge c = make_scripted(id, code);
	ck_assert_mem_eq(c.id, id, sizeof id);
}
END_TEST

START_TEST(a9_the_tag_is_of_the_id_and_not_of_the_code)
{
	unsigned char id[16] = { 3 }, other_id[16] = { 4 }, code[8] = { 1 }, other_code[8] = { 0xc9, 7 };
	struct challenge a = make_scripted(id, code);
	struct challenge b = make_scripted(id, other_code);
	struct challenge c = make_scripted(other_id, code);

	ck_assert(!secret_equal(&a.code, &b.code));
	ck_assert_str_eq(a.tag, b.tag);
	ck_assert(secret_equal(&a.code, &c.code));
	ck_assert_str_ne(a.tag, c.tag);
}
END_TEST

START_TEST(a2_valid_until_the_lifetime_and_not_at_it)
{
	struct challenge c = { 0 };

	ck_assert(challenge_expired(&c, 0));
	challenge_sent(&c, 1000, 90);
	ck_assert(!challenge_expired(&c, 1000));
	ck_assert(!challenge_expired(&c, 1000 + 89000));
	ck_assert(!challenge_expired(&c, 1000 + 89999));
	ck_assert(challenge_expired(&c, 1000 + 90000));
}
END_TEST

START_TEST(a7_a_resend_extends_but_never_past_600_s)
{
	struct challenge c = { 0 };

	challenge_sent(&c, 1000, 90);
	challenge_sent(&c, 61000, 90);
	ck_assert(!challenge_expired(&c, 61000 + 89999));
	ck_assert(challenge_expired(&c, 61000 + 90000));
	challenge_sent(&c, 590000, 90);
	ck_assert(!challenge_expired(&c, 1000 + 599999));
	ck_assert(challenge_expired(&c, 1000 + 600000));
}
END_TEST

START_TEST(a5_a6_what_is_a_code_and_what_is_not)
{
	static const struct {
		const char *text;
		enum challenge_answer answer;
	} cases[] = {
		{ "123456", CHALLENGE_CODE }, { "000000", CHALLENGE_CODE }, { "123 456", CHALLENGE_CODE },
		{ "123-456", CHALLENGE_CODE }, { " 123456 ", CHALLENGE_CODE }, { "1 2 3 4 5 6", CHALLENGE_CODE },
		{ "r", CHALLENGE_RESEND }, { "R", CHALLENGE_RESEND }, { "v", CHALLENGE_CALL }, { "V", CHALLENGE_CALL },
		{ "12345", CHALLENGE_NOT_AN_ANSWER }, { "1234567", CHALLENGE_NOT_AN_ANSWER },
		{ "123456x", CHALLENGE_NOT_AN_ANSWER }, { "x123456", CHALLENGE_NOT_AN_ANSWER },
		{ "1", CHALLENGE_NUMBER_1 }, { "2", CHALLENGE_NUMBER_2 }, { "4", CHALLENGE_NUMBER_4 },
		{ "0", CHALLENGE_NOT_AN_ANSWER }, { "5", CHALLENGE_NOT_AN_ANSWER }, { "12", CHALLENGE_NOT_AN_ANSWER },
		{ "2 ", CHALLENGE_NOT_AN_ANSWER }, { "-", CHALLENGE_NOT_AN_ANSWER }, { " ", CHALLENGE_NOT_AN_ANSWER },
		{ "rr", CHALLENGE_NOT_AN_ANSWER }, { "r ", CHALLENGE_NOT_AN_ANSWER },
		{ "+123456", CHALLENGE_NOT_AN_ANSWER }, { "123456\n", CHALLENGE_NOT_AN_ANSWER },
		{ "123.456", CHALLENGE_NOT_AN_ANSWER }, { "0x1234", CHALLENGE_NOT_AN_ANSWER },
		{ "\xd9\xa1\xd9\xa2\xd9\xa3", CHALLENGE_NOT_AN_ANSWER }, /* Arabic-Indic digits */
		{ "\xef\xbc\x91\xef\xbc\x92", CHALLENGE_NOT_AN_ANSWER }, /* fullwidth digits */
		{ "b", CHALLENGE_RECOVERY },
		{ "B", CHALLENGE_RECOVERY },
		{ "bb", CHALLENGE_NOT_AN_ANSWER },
		{ "", CHALLENGE_NOT_AN_ANSWER },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk_answer a = typed(cases[i].text);
		struct secret code;
		ck_assert_msg(challenge_read(&a, 6, &code) == cases[i].answer, "%s", cases[i].text);
		ck_assert_msg(code.len == (cases[i].answer == CHALLENGE_CODE ? 6 : 0), "%s", cases[i].text);
	}
}
END_TEST

START_TEST(a6_no_text_is_no_code)
{
	static const struct {
		enum talk_answer_kind kind;
		enum challenge_answer answer;
	} cases[] = {
		{ TALK_ANSWER_NONE, CHALLENGE_NOT_AN_ANSWER }, { TALK_ANSWER_EMPTY, CHALLENGE_ENTER },
		{ TALK_ANSWER_OVERSIZE, CHALLENGE_NOT_AN_ANSWER },
		{ TALK_ANSWER_SAME_AS_PASSWORD, CHALLENGE_NOT_AN_ANSWER },
		{ TALK_ANSWER_FAILED, CHALLENGE_NOT_AN_ANSWER },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk_answer a = typed("123456");
		struct secret code;
		a.kind = cases[i].kind;
		ck_assert_int_eq(challenge_read(&a, 6, &code), cases[i].answer);
		ck_assert_uint_eq(code.len, 0);
	}
	struct talk_answer nul = typed("123456");
	struct secret code;
	nul.text.bytes[3] = '\0'; /* a NUL inside is no digit */
	ck_assert_int_eq(challenge_read(&nul, 6, &code), CHALLENGE_NOT_AN_ANSWER);
}
END_TEST

/* The blanks of phones may fill a line; more than a line is no answer, whatever it begins with. */
START_TEST(a6_an_answer_has_a_length)
{
	char line[SECRET_MAX + 1];
	struct secret code;

	memset(line, ' ', sizeof line);
	memcpy(line, "123456", 6);
	line[SECRET_MAX] = '\0';
	struct talk_answer a = typed(line);
	ck_assert_int_eq(challenge_read(&a, 6, &code), CHALLENGE_CODE);
	a = typed("123456");
	a.text.len = SECRET_MAX + 1;
	memset(a.text.bytes + 6, ' ', sizeof a.text.bytes - 6);
	ck_assert_int_eq(challenge_read(&a, 6, &code), CHALLENGE_NOT_AN_ANSWER);
	ck_assert_uint_eq(code.len, 0);
}
END_TEST

/* Where no code is out, nothing typed is one: not even nothing. */
START_TEST(c1_a_code_of_no_digits_is_none)
{
	static const char *const words[] = { "", " ", "-", "0" };
	struct secret code;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct talk_answer a = typed(words[i]);
		ck_assert_msg(challenge_read(&a, 0, &code) == CHALLENGE_NOT_AN_ANSWER, "'%s'", words[i]);
	}
}
END_TEST

/* What lies on people's disks: HMAC-SHA256 under the site's key of the purpose, the id and the digits. */
START_TEST(the_hash_is_the_documented_one)
{
	static const unsigned char id[16] = { 3 }, draw[8] = { 7 };
	struct challenge c = make_scripted(id, draw);
	struct digest_part parts[] = { { "sms-otp code", 12 }, { id, 16 }, { "000007", 6 } };
	unsigned char mac[DIGEST_SIZE];
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(digest_mac(key, parts, 3, mac, &f), 0);
	ck_assert_mem_eq(c.mac, mac, sizeof mac);
}
END_TEST

START_TEST(a4_the_hash_is_bound_to_id_key_and_code)
{
	struct fault f = FAULT_INIT;
	struct challenge a, b;
	unsigned char mac[DIGEST_SIZE], other[DIGEST_SIZE] = { 8 };

	ck_assert_int_eq(challenge_make(6, key, &a, &f), 0);
	ck_assert_int_eq(challenge_make(6, key, &b, &f), 0);
	ck_assert_int_eq(challenge_mac(key, a.id, &a.code, mac, &f), 0);
	ck_assert_mem_eq(mac, a.mac, sizeof mac);
	ck_assert_int_eq(challenge_mac(key, b.id, &a.code, mac, &f), 0);
	ck_assert_mem_ne(mac, a.mac, sizeof mac);
	ck_assert_int_eq(challenge_mac(other, a.id, &a.code, mac, &f), 0);
	ck_assert_mem_ne(mac, a.mac, sizeof mac);
	a.code.bytes[5] = (unsigned char)(a.code.bytes[5] == '9' ? '0' : a.code.bytes[5] + 1);
	ck_assert_int_eq(challenge_mac(key, a.id, &a.code, mac, &f), 0);
	ck_assert_mem_ne(mac, a.mac, sizeof mac);
}
END_TEST

static void occupy(struct record *r, int i, const struct clock_now *now, int64_t gone)
{
	struct record_challenge *p = &r->challenges[i];

	memset(p->id, i + 1, sizeof p->id);
	memcpy(p->boot_id, now->boot_id, sizeof p->boot_id);
	p->gone_boot_ms = gone;
	p->tries_left = 3;
}

START_TEST(four_live_challenges_and_no_fifth)
{
	static struct record r;
	struct clock_now now = { .boot_ms = 5000, .boot_id = { 1 } };

	memset(&r, 0, sizeof r);
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_STRANGER), i);
		occupy(&r, i, &now, 10000);
	}
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_STRANGER), -1);
	ck_assert_int_eq(challenge_lookup(&r, r.challenges[2].id, &now), 2);
	/* a last try that is being judged still holds its place */
	r.challenges[2].tries_left = 0;
	ck_assert_int_eq(challenge_lookup(&r, r.challenges[2].id, &now), 2);
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_STRANGER), -1);
	challenge_forget(&r, 2);
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_STRANGER), 2);
	challenge_forget(&r, -1);
}
END_TEST

/* A number that is no place of the record (none was found, or one too many) is nothing to forget. */
START_TEST(only_a_place_can_be_forgotten)
{
	static struct record r, before;
	struct clock_now now = { .boot_ms = 5000, .boot_id = { 1 } };

	memset(&r, 0xee, sizeof r);
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		occupy(&r, i, &now, 10000);
	before = r;
	challenge_forget(&r, -1);
	challenge_forget(&r, RECORD_CHALLENGES);
	ck_assert_mem_eq(&r, &before, sizeof r);
	challenge_forget(&r, RECORD_CHALLENGES - 1);
	ck_assert_int_eq(challenge_lookup(&r, before.challenges[RECORD_CHALLENGES - 1].id, &now), -1);
	ck_assert_int_eq(challenge_lookup(&r, before.challenges[0].id, &now), 0);
}
END_TEST

/* Whatever lies on the record behind the four places, and reads as a live code there, is none. */
START_TEST(a4_a_code_is_looked_for_in_its_places_only)
{
	static struct record r;
	struct clock_now now = { .boot_ms = 5000 };
	unsigned char id[RECORD_CHALLENGE_ID];

	memset(&r, 1, sizeof r);
	memset(now.boot_id, 1, sizeof now.boot_id);
	memset(id, 1, sizeof id);
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		challenge_forget(&r, i);
	ck_assert_int_eq(challenge_lookup(&r, id, &now), -1);
	for (int i = 0; i < 2; i++) {
		occupy(&r, i, &now, 10000);
		r.challenges[i].purse = RECORD_PURSE_STRANGER;
	}
	/* two strangers': there is room for a third */
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_STRANGER), 2);
}
END_TEST

START_TEST(e1_who_runs_as_the_user_has_two_places_of_the_four)
{
	static struct record r;
	struct clock_now now = { .boot_ms = 5000, .boot_id = { 1 } };

	memset(&r, 0, sizeof r);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_OWN), i);
		occupy(&r, i, &now, 10000);
		r.challenges[i].purse = RECORD_PURSE_OWN;
	}
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_OWN), -1);
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_STRANGER), 2);
	struct clock_now later = now;
	later.boot_ms = 10000;
	ck_assert_int_eq(challenge_place(&r, &later, RECORD_PURSE_OWN), 0);
}
END_TEST

START_TEST(b6_who_comes_from_nowhere_leaves_a_place_to_the_owner)
{
	static const enum record_purse others[] = { RECORD_PURSE_STRANGER, RECORD_PURSE_OWN };
	static struct record r;
	struct clock_now now = { .boot_ms = 5000, .boot_id = { 1 } };

	memset(&r, 0, sizeof r);
	r.places[RECORD_PLACES - 1].kind = RECORD_PLACE_KEY;
	for (int i = 0; i < 3; i++) {
		/* two of them strangers', one of a host that runs as the user, in any order */
		enum record_purse purse = others[i == _i];
		ck_assert_int_eq(challenge_place(&r, &now, purse), i);
		occupy(&r, i, &now, 10000);
		r.challenges[i].purse = (uint32_t)purse;
	}
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_STRANGER), -1);
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_OWN), -1);
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_KNOWN), 3);
	occupy(&r, 3, &now, 10000);
	r.challenges[3].purse = RECORD_PURSE_KNOWN;
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_KNOWN), -1);
	/* the owner may have all of them, a stranger takes what is free */
	challenge_forget(&r, 1);
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_STRANGER), 1);
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_KNOWN), 1);
	/* who is known from nowhere has nothing to keep it for */
	challenge_forget(&r, 3);
	occupy(&r, 1, &now, 10000);
	r.challenges[1].purse = RECORD_PURSE_STRANGER;
	memset(r.places, 0, sizeof r.places);
	ck_assert_int_eq(challenge_place(&r, &now, RECORD_PURSE_STRANGER), 3);
}
END_TEST

START_TEST(f5_a_reboot_or_the_end_of_time_voids)
{
	static struct record r;
	struct clock_now now = { .boot_ms = 5000, .boot_id = { 1 } };
	unsigned char id[RECORD_CHALLENGE_ID];

	memset(&r, 0, sizeof r);
	occupy(&r, 0, &now, 10000);
	memcpy(id, r.challenges[0].id, sizeof id);
	struct clock_now later = now;
	later.boot_ms = 9999;
	ck_assert_int_eq(challenge_lookup(&r, id, &later), 0);
	later.boot_ms = 10000;
	ck_assert_int_eq(challenge_lookup(&r, id, &later), -1);
	ck_assert_int_eq(challenge_place(&r, &later, RECORD_PURSE_STRANGER), 0);
	occupy(&r, 0, &now, 10000);
	struct clock_now rebooted = { .boot_ms = 100, .boot_id = { 2 } };
	ck_assert_int_eq(challenge_lookup(&r, id, &rebooted), -1);
	ck_assert_int_eq(challenge_place(&r, &rebooted, RECORD_PURSE_STRANGER), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("challenge");
	TCase *t = tcase_create("challenge");
	tcase_add_test(t, a1_codes_have_all_their_digits);
	tcase_add_test(t, a1_fewer_or_more_digits_are_refused);
	tcase_add_test(t, a9_the_tag_has_safe_letters_and_follows_the_id);
	tcase_add_test(t, a1_no_random_no_code);
	tcase_add_test(t, c1_no_digest_no_challenge);
	tcase_add_test(t, a1_the_code_is_the_draw_and_no_part_of_it);
	tcase_add_test(t, a4_the_id_is_128_random_bits);
	tcase_add_test(t, a9_the_tag_is_of_the_id_and_not_of_the_code);
	tcase_add_test(t, a2_valid_until_the_lifetime_and_not_at_it);
	tcase_add_test(t, a7_a_resend_extends_but_never_past_600_s);
	tcase_add_test(t, a5_a6_what_is_a_code_and_what_is_not);
	tcase_add_test(t, a6_no_text_is_no_code);
	tcase_add_test(t, a6_an_answer_has_a_length);
	tcase_add_test(t, c1_a_code_of_no_digits_is_none);
	tcase_add_test(t, the_hash_is_the_documented_one);
	tcase_add_test(t, a4_the_hash_is_bound_to_id_key_and_code);
	tcase_add_test(t, four_live_challenges_and_no_fifth);
	tcase_add_test(t, only_a_place_can_be_forgotten);
	tcase_add_test(t, a4_a_code_is_looked_for_in_its_places_only);
	tcase_add_test(t, e1_who_runs_as_the_user_has_two_places_of_the_four);
	tcase_add_loop_test(t, b6_who_comes_from_nowhere_leaves_a_place_to_the_owner, 0, 3);
	tcase_add_test(t, f5_a_reboot_or_the_end_of_time_voids);
	suite_add_tcase(s, t);
	return s;
}
