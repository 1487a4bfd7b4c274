/* What a person or an administrator types, small enough to be read a second time here, from the headers' words and not from the code.
 *
 *   n TEXT        a phone number (core/phone)
 *   c TEXT        an address or a network (core/facts, core/network)
 *   aDK TEXT      an answer, where the code has D digits (: for 10) and K is T, E, O, S, F or C of talk_answer_kind (core/challenge)
 *   d TEXT        a number, duration, rates or a day (base/number, core/day)
 *   p PATTERN NL NAME  a pattern of names (core/pattern)
 *   u TEXT        a name (core/account, base/text) */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "base/text.h"
#include "claim.h"
#include "core/account.h"
#include "core/challenge.h"
#include "core/day.h"
#include "core/facts.h"
#include "core/network.h"
#include "core/pattern.h"
#include "core/phone.h"
#include "property_core.h"

#define DIGITS "0123456789"

/* --- a number --------------------------------------------------------------------------------- */

/* Brackets with a zero in front: "(0)" behind one to three digits of a country is left out, any other in a number from abroad is
 * ambiguous. at is where the bracket is, typed the digits before it. */
static bool zero_in_brackets(const char *at, const char *typed, bool plus, bool *dropped)
{
	size_t country = strlen(typed);
	*dropped = false;
	if ((*at != '(' && *at != '[') || at[1] != '0')
		return true;
	if (!plus) {
		if (strncmp(typed, "00", 2) != 0)
			return true;
		country -= 2;
	}
	if (country < 1 || country > 3 || (at[2] != ')' && at[2] != ']'))
		return false;
	*dropped = true;
	return true;
}

static bool number_meant(const char *text, char out[80])
{
	char typed[80] = "";
	bool plus = false, dropped;
	size_t n = 0;
	if (strlen(text) > 64)
		return false;
	for (const char *at = text; *at; at++) {
		if (*at == '+') {
			if (plus || n > 0)
				return false;
			plus = true;
		} else if (strchr(DIGITS, *at)) {
			typed[n++] = *at;
			typed[n] = '\0';
		} else if (!strchr(" \t-./()[]", *at) ||
			   !zero_in_brackets(at, typed, plus, &dropped)) {
			return false;
		} else if (dropped) {
			at += 2;
		}
	}
	if (!plus && strncmp(typed, "00", 2) != 0)
		return false;
	const char *digits = typed + (plus ? 0 : 2);
	snprintf(out, 80, "+%s", digits);
	return strlen(digits) >= 7 && strlen(digits) <= 15 && *digits != '0';
}

static void try_number(const char *text)
{
	char meant[80], mask[8];
	char own[1][PHONE_MAX + 1] = { "" };
	struct phone phone, again;
	struct fault f = FAULT_INIT;
	bool good = number_meant(text, meant);
	bool stored = good && !strcmp(meant, text);
	CLAIM((phone_read(text, &again, &f) == 0) == stored);
	CLAIM((phone_normalise(text, &phone, &f) == 0) == good);
	if (!good) {
		CLAIM(!phone.e164[0]);
		property_core_fault(&f, text);
		return;
	}
	fuzz_taken++;
	CLAIM(!strcmp(phone.e164, meant));
	CLAIM(phone_read(phone.e164, &again, &f) == 0 && !strcmp(again.e164, meant));
	CLAIM(!phone_allowed(&phone, NULL, 0));
	memcpy(own[0], phone.e164, sizeof own[0]);
	CLAIM(phone_allowed(&phone, (const char(*)[PHONE_MAX + 1]) own, 1));
	phone_mask(&phone, mask, sizeof mask);
	CLAIM(strlen(mask) == 5 && !strcmp(mask + 3, meant + strlen(meant) - 2));
}

/* --- an address ------------------------------------------------------------------------------- */

static bool bit(const struct facts_address *a, unsigned i)
{
	return (a->bytes[i / 8] >> (7 - i % 8)) & 1;
}

static void try_network(const char *text)
{
	struct network n, again;
	struct facts_address a;
	struct fault f = FAULT_INIT;
	char shown[64];
	if (network_parse(text, &n, &f) < 0) {
		property_core_fault(&f, text);
		return;
	}
	fuzz_taken++;
	unsigned all = n.address.family == FACTS_IPV4 ? 32 : 128;
	CLAIM(n.address.family != FACTS_NO_ADDRESS && n.bits <= all);
	network_show(&n, shown, sizeof shown);
	CLAIM(network_parse(shown, &again, &f) == 0 &&
		!memcmp(&n.address.bytes, &again.address.bytes, 16) && n.bits == again.bits);
	CLAIM(network_has(&n, &n.address) && network_contains(&n, &n));
	for (unsigned i = 0; i < all; i++) {
		a = n.address;
		CLAIM(i < n.bits || !bit(&a, i));
		a.bytes[i / 8] ^= (unsigned char)(0x80u >> i % 8);
		/* exactly the bits of the prefix count */
		CLAIM(network_has(&n, &a) == (i >= n.bits));
	}
	a = n.address;
	a.family = FACTS_NO_ADDRESS;
	CLAIM(!network_has(&n, &a));
	a.family = n.address.family == FACTS_IPV4 ? FACTS_IPV6 : FACTS_IPV4;
	CLAIM(!network_has(&n, &a));
}

/* By the C library's inet_pton, with zones dropped and mapped forms taken for IPv4 (D13). */
static void try_address(const char *text)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	struct facts_address a, again;
	char plain[128], shown[64];
	unsigned char v4[4], v6[16], house[16];
	facts_parse_address(text, &a);
	size_t len = strcspn(text, "%");
	bool zone = text[len] == '%';
	snprintf(plain, sizeof plain, "%.*s", len < 100 ? (int)len : 0, text);
	bool four = !zone && inet_pton(AF_INET, plain, v4) == 1,
	     six = inet_pton(AF_INET6, plain, v6) == 1;
	CLAIM((a.family != FACTS_NO_ADDRESS) == (four || six));
	if (!four && !six)
		return;
	if (!four && !memcmp(v6, mapped, 12)) {
		memcpy(v4, v6 + 12, 4);
		four = true;
	}
	CLAIM(a.family == (four ? FACTS_IPV4 : FACTS_IPV6) &&
		!memcmp(a.bytes, four ? v4 : v6, four ? 4 : 16));
	facts_show_address(&a, shown, sizeof shown);
	facts_parse_address(shown, &again);
	CLAIM(again.family == a.family && !memcmp(again.bytes, a.bytes, 16));
	size_t n = network_house(&a, house);
	CLAIM(four ? n == 4 : n == 8 || n == 16);
	CLAIM(!memcmp(house, a.bytes, n));
}

/* --- an answer -------------------------------------------------------------------------------- */

static bool wiped(const struct secret *s)
{
	const unsigned char *at = (const unsigned char *)s;
	for (size_t i = 0; i < sizeof *s; i++)
		if (at[i])
			return false;
	return true;
}

static enum challenge_answer answer_meant(
	const struct talk_answer *a, uint32_t digits, char code[16])
{
	static const struct {
		const char *typed;
		enum challenge_answer means;
	} commands[] = { { "r", CHALLENGE_RESEND }, { "R", CHALLENGE_RESEND },
		{ "v", CHALLENGE_CALL }, { "V", CHALLENGE_CALL }, { "b", CHALLENGE_RECOVERY },
		{ "B", CHALLENGE_RECOVERY }, { "1", CHALLENGE_NUMBER_1 },
		{ "2", CHALLENGE_NUMBER_2 }, { "3", CHALLENGE_NUMBER_3 },
		{ "4", CHALLENGE_NUMBER_4 } };
	const char *text = (const char *)a->text.bytes;
	size_t n = 0;
	if (a->kind == TALK_ANSWER_EMPTY)
		return CHALLENGE_ENTER;
	if (a->kind != TALK_ANSWER_TEXT || !*text)
		return CHALLENGE_NOT_AN_ANSWER;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (!strcmp(text, commands[i].typed))
			return commands[i].means;
	/* A5: ASCII digits, exactly so many; blanks and hyphens are none */
	for (; *text; text++) {
		if (*text == ' ' || *text == '-')
			continue;
		if (*text < '0' || *text > '9' || n == digits)
			return CHALLENGE_NOT_AN_ANSWER;
		code[n++] = *text;
	}
	return n == digits ? CHALLENGE_CODE : CHALLENGE_NOT_AN_ANSWER;
}

static void try_answer(const char *text)
{
	static const char kinds[] = "?TEOSFC";
	struct talk_answer a = { .kind = TALK_ANSWER_NONE };
	struct secret code;
	char meant[16];
	if (strlen(text) < 2 || text[0] < '6' || text[0] > ':' || strlen(text + 2) > SECRET_MAX)
		return;
	uint32_t digits = (uint32_t)(text[0] - '0');
	const char *kind = strchr(kinds, text[1]);
	a.kind = kind && *kind ? (enum talk_answer_kind)(kind - kinds) : TALK_ANSWER_NONE;
	CLAIM(secret_set(&a.text, text + 2, strlen(text + 2)) == 0);
	memset(&code, 0xa5, sizeof code);
	code.len = 3;
	enum challenge_answer is = challenge_read(&a, digits, &code);
	CLAIM(is == answer_meant(&a, digits, meant));
	if (is == CHALLENGE_CODE)
		CLAIM(code.len == digits && !memcmp(code.bytes, meant, digits));
	else
		CLAIM(wiped(&code));
	fuzz_taken += is == CHALLENGE_CODE;
}

/* --- numbers, days, patterns, names ----------------------------------------------------------- */

/* Digits without a zero in front, that a number of 64 bits can hold. */
static const char *after_number(const char *at, int64_t *value)
{
	size_t n = strspn(at, DIGITS);
	char plain[24];
	if (n == 0 || n > 19 || (n > 1 && *at == '0'))
		return NULL;
	snprintf(plain, sizeof plain, "%.*s", (int)n, at);
	unsigned long long v = strtoull(plain, NULL, 10);
	*value = (int64_t)v;
	return v <= INT64_MAX ? at + n : NULL;
}

static void try_quantity(const char *text)
{
	static const char units[] = "smhd";
	static const int64_t seconds[] = { 1, 60, 3600, 86400 };
	struct fault f = FAULT_INIT;
	int64_t value = 0, is = 7;
	const char *end = after_number(text, &value);
	CLAIM((number_parse(text, 2, 5000, &is, &f) == 0) ==
		(end && !*end && value >= 2 && value <= 5000));
	CLAIM(is == 0 || is == value);
	int64_t unit = 1;
	if (end && *end && strchr(units, *end))
		unit = seconds[strchr(units, *end++) - units];
	bool good = end && !*end && value <= INT64_MAX / unit;
	CLAIM((number_duration(text, &is, &f) == 0) == good && is == (good ? value * unit : 0));
	struct number_rate rates[NUMBER_RATES_MAX];
	if (number_rates(text, rates, &f) == 0) {
		fuzz_taken++;
		for (int i = 0; i < NUMBER_RATES_MAX && rates[i].count > 0; i++)
			CLAIM(rates[i].count <= 1000000 && rates[i].window_s >= 60 &&
				rates[i].window_s <= 31 * 86400);
		CLAIM(rates[0].count > 0);
		CLAIM(!rates[1].count || (rates[1].window_s > rates[0].window_s &&
						 rates[1].count >= rates[0].count));
	} else {
		CLAIM(rates[0].count == 0 && rates[1].count == 0 && rates[0].window_s == 0);
	}
	fuzz_taken += good;
}

static void try_day(const char *text)
{
	struct fault f = FAULT_INIT;
	int32_t day;
	char shown[DAY_MAX];
	int y, m, d, n = 0;
	bool form = strlen(text) == 10 && strspn(text, DIGITS "-") == 10 && text[4] == '-' &&
		    text[7] == '-' && sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &n) == 3 && n == 10;
	bool good = false;
	time_t at = 0;
	if (form && y >= 2000 && strspn(text + 5, DIGITS) == 2 && strspn(text + 8, DIGITS) == 2) {
		struct tm tm = { .tm_year = y - 1900, .tm_mon = m - 1, .tm_mday = d };
		at = timegm(&tm);
		good = tm.tm_year == y - 1900 && tm.tm_mon == m - 1 && tm.tm_mday == d;
	}
	CLAIM((day_parse(text, &day, &f) == 0) == good);
	if (!good)
		return;
	fuzz_taken++;
	CLAIM(day == at / 86400 && !strcmp(day_text(day, shown), text));
}

/* Every way to split the name, without remembering any. */
static bool fits(const char *pattern, const char *name)
{
	if (*pattern == '*')
		return fits(pattern + 1, name) || (*name && fits(pattern, name + 1));
	if (!*name || !*pattern)
		return *name == *pattern;
	return (*pattern == '?' || *pattern == *name) && fits(pattern + 1, name + 1);
}

static void try_pattern(char *text)
{
	char *name = strchr(text, '\n');
	if (!name || strlen(text) > 28)
		return;
	*name++ = '\0';
	bool is = pattern_matches(text, name);
	CLAIM(is == fits(text, name));
	struct pattern_words one = { text, 1 };
	CLAIM(pattern_list_one(&one, name) == (*text == '!' ? false : is));
	fuzz_taken += is;
}

static void try_name(const char *text)
{
	char name[32], log[64];
	size_t len = strlen(text);
	bool good = len >= 1 && len <= 255 && *text != '-' && strcmp(text, ".") &&
		    strcmp(text, "..") && !strchr(text, '/');
	for (const char *at = text; *at; at++)
		good = good && (unsigned char)*at >= 0x20 && *at != 0x7f;
	CLAIM(account_name_valid(text) == good);
	fuzz_taken += good;
	text_name(name, sizeof name, text, 16);
	CLAIM(*name && strlen(name) <= 16);
	CLAIM(!strcmp(name, "?") ||
		strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" DIGITS "._-") ==
			strlen(name));
	text_log(log, sizeof log, text);
	CLAIM(!*text || (text_printable(log) && !strpbrk(log, "\"\\")));
	CLAIM(strlen(log) == (len < sizeof log ? len : sizeof log - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len < 1 || len > 2000 || memchr(bytes, 0, len))
		return 0;
	char *text = calloc(1, len);
	CLAIM(text != NULL);
	memcpy(text, bytes + 1, len - 1);
	switch (bytes[0]) {
	case 'n':
		try_number(text);
		break;
	case 'c':
		try_network(text);
		try_address(text);
		break;
	case 'a':
		try_answer(text);
		break;
	case 'd':
		try_quantity(text);
		try_day(text);
		break;
	case 'p':
		try_pattern(text);
		break;
	default:
		try_name(text);
	}
	free(text);
	return 0;
}
