#include "core/challenge.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"

enum { DIGITS_MIN = 6, DIGITS_MAX = 10, OWN_PLACES = 2, UNKNOWN_PLACES = 3 };

/* The reference: 4 characters without vowels (no words) and without 0/O/1/I (A9). A byte modulo
 * their number is a little uneven, which costs nothing: the tag only tells two messages apart. */
static const char tag_letters[] = "BCDFGHJKLMNPQRSTVWXZ23456789";

static int make_tag(struct challenge *c, struct fault *f)
{
	unsigned char hash[DIGEST_SIZE];

	if (digest_sha256(c->id, sizeof c->id, hash, f) < 0)
		return -1;
	for (size_t i = 0; i < sizeof c->tag - 1; i++)
		c->tag[i] = tag_letters[hash[i] % (sizeof tag_letters - 1)];
	c->tag[sizeof c->tag - 1] = '\0';
	return 0;
}

static int make_code(uint32_t digits, struct secret *code, struct fault *f)
{
	char text[DIGITS_MAX + 2];
	uint64_t bound = 1, value = 0;
	int result = -1;

	for (uint32_t i = 0; i < digits; i++)
		bound *= 10;
	if (random_below(bound, &value, f) < 0)
		goto out;
	snprintf(text, sizeof text, "%0*llu", (int)digits, (unsigned long long)value);
	if (secret_set(code, text, digits) < 0)
		goto out;
	result = 0;
out:
	secret_wipe_bytes(text, sizeof text);
	secret_wipe_bytes(&value, sizeof value);
	return result;
}

int challenge_mac(const unsigned char key[DIGEST_SIZE], const unsigned char id[RECORD_CHALLENGE_ID],
	const struct secret *code, unsigned char out[DIGEST_SIZE], struct fault *f)
{
	static const char purpose[] = "sms-otp code";
	struct digest_part parts[] = {
		{ purpose, sizeof purpose - 1 },
		{ id, RECORD_CHALLENGE_ID },
		{ code->bytes, code->len },
	};

	return digest_mac(key, parts, sizeof parts / sizeof parts[0], out, f);
}

int challenge_make(uint32_t digits, const unsigned char key[DIGEST_SIZE], struct challenge *out,
	struct fault *f)
{
	memset(out, 0, sizeof *out);
	if (digits < DIGITS_MIN || digits > DIGITS_MAX)
		return fault_set(
			f, FAULT_BAD, 0, "a code has %d to %d digits", DIGITS_MIN, DIGITS_MAX);
	out->digits = digits;
	if (random_bytes(out->id, sizeof out->id, f) == 0 && make_tag(out, f) == 0 &&
		make_code(digits, &out->code, f) == 0 &&
		challenge_mac(key, out->id, &out->code, out->mac, f) == 0)
		return 0;
	challenge_wipe(out);
	return -1;
}

int challenge_recall(const unsigned char id[RECORD_CHALLENGE_ID], uint32_t digits,
	struct challenge *out, struct fault *f)
{
	memset(out, 0, sizeof *out);
	memcpy(out->id, id, sizeof out->id);
	out->digits = digits;
	return make_tag(out, f);
}

void challenge_wipe(struct challenge *c)
{
	secret_wipe_bytes(c, sizeof *c);
}

void challenge_sent(struct challenge *c, int64_t now_ms, uint32_t lifetime_s)
{
	if (c->first_sent_ms == 0)
		c->first_sent_ms = now_ms;
	int64_t until = now_ms + (int64_t)lifetime_s * 1000;
	int64_t last = c->first_sent_ms + CHALLENGE_VALID_MAX_MS;
	c->valid_until_ms = until < last ? until : last;
}

bool challenge_expired(const struct challenge *c, int64_t now_ms)
{
	return c->first_sent_ms == 0 || now_ms >= c->valid_until_ms;
}

/* The one table of commands (A6). An answer that is not here and not a code is neither a command
 * nor a guess. */
static const struct command {
	const char *text;
	enum challenge_answer means;
} commands[] = {
	{ "r", CHALLENGE_RESEND },
	{ "R", CHALLENGE_RESEND },
	{ "v", CHALLENGE_CALL },
	{ "V", CHALLENGE_CALL },
	{ "b", CHALLENGE_RECOVERY },
	{ "B", CHALLENGE_RECOVERY },
	{ "1", CHALLENGE_NUMBER_1 },
	{ "2", CHALLENGE_NUMBER_2 },
	{ "3", CHALLENGE_NUMBER_3 },
	{ "4", CHALLENGE_NUMBER_4 },
};

static enum challenge_answer read_command(const struct secret *typed)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (typed->len == strlen(commands[i].text) &&
			memcmp(typed->bytes, commands[i].text, typed->len) == 0)
			return commands[i].means;
	}
	return CHALLENGE_NOT_AN_ANSWER;
}

enum challenge_answer challenge_read(
	const struct talk_answer *typed, uint32_t digits, struct secret *code)
{
	size_t n = 0;

	secret_wipe(code);
	if (typed->kind == TALK_ANSWER_EMPTY)
		return CHALLENGE_ENTER;
	if (typed->kind != TALK_ANSWER_TEXT || typed->text.len > SECRET_MAX)
		return CHALLENGE_NOT_AN_ANSWER;
	enum challenge_answer command = read_command(&typed->text);
	if (command != CHALLENGE_NOT_AN_ANSWER)
		return command;
	for (size_t i = 0; i < typed->text.len; i++) {
		unsigned char c = typed->text.bytes[i];
		/* phones copy codes with a blank or hyphen in the middle */
		if (c == ' ' || c == '-')
			continue;
		if (c < '0' || c > '9' || n >= digits)
			goto not_a_code;
		code->bytes[n++] = c;
	}
	if (n == digits && n > 0) {
		code->len = n;
		return CHALLENGE_CODE;
	}
not_a_code:
	secret_wipe(code);
	return CHALLENGE_NOT_AN_ANSWER;
}

static bool place_is_live(const struct record_challenge *p, const struct clock_now *now)
{
	return p->gone_boot_ms != 0 && memcmp(p->boot_id, now->boot_id, sizeof p->boot_id) == 0 &&
	       now->boot_ms < p->gone_boot_ms;
}

/* Somebody comes from a known place, or did. */
static bool comes_from_somewhere(const struct record *r)
{
	for (int i = 0; i < RECORD_PLACES; i++)
		if (r->places[i].kind != RECORD_PLACE_NONE)
			return true;
	return false;
}

static bool may_have_another(
	const struct record *r, const struct clock_now *now, enum record_purse purse)
{
	int own = 0, others = 0;

	if (purse == RECORD_PURSE_KNOWN)
		return true;
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		if (!place_is_live(&r->challenges[i], now))
			continue;
		own += r->challenges[i].purse == RECORD_PURSE_OWN;
		others += r->challenges[i].purse != RECORD_PURSE_KNOWN;
	}
	if (purse == RECORD_PURSE_OWN && own >= OWN_PLACES)
		return false;
	return others < UNKNOWN_PLACES || !comes_from_somewhere(r);
}

int challenge_place(struct record *r, const struct clock_now *now, enum record_purse purse)
{
	for (int i = 0; i < RECORD_CHALLENGES && may_have_another(r, now, purse); i++) {
		if (!place_is_live(&r->challenges[i], now)) {
			challenge_forget(r, i);
			return i;
		}
	}
	return -1;
}

int challenge_lookup(const struct record *r, const unsigned char id[RECORD_CHALLENGE_ID],
	const struct clock_now *now)
{
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		if (place_is_live(&r->challenges[i], now) &&
			memcmp(r->challenges[i].id, id, RECORD_CHALLENGE_ID) == 0)
			return i;
	}
	return -1;
}

void challenge_forget(struct record *r, int place)
{
	if (place >= 0 && place < RECORD_CHALLENGES)
		memset(&r->challenges[place], 0, sizeof r->challenges[place]);
}
