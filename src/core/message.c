#include "core/message.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/gsm7.h"

/* G4: cut so that the longest default text is one segment. */
enum { SERVICE_MAX = 12, HOST_MAX = 20, USER_MAX = 16, REF_MAX = 4, CODE_MAX = 10 };

/* "Recovery, app or issued code. " */
enum { OFFLINE_NAME_MAX = 30 };

/* The longest a template of MESSAGE_TEMPLATE_MAX bytes can grow to. */
enum { GROWN_MAX = MESSAGE_TEMPLATE_MAX * 4 };

enum place {
	PLACE_CODE = 0,
	PLACE_SERVICE,
	PLACE_HOST,
	PLACE_USER,
	PLACE_REF,
	PLACE_LIFETIME,
	PLACES
};

static const char *const place_names[PLACES] = {
	"{code}",
	"{service}",
	"{host}",
	"{user}",
	"{ref}",
	"{lifetime}",
};

/* What stands in each place. The code is in here as well: wiped by who fills it. */
struct filling {
	char text[PLACES][HOST_MAX + SERVICE_MAX];
};

int message_gsm7_septets(const char *utf8)
{
	return gsm7_septets(utf8);
}

int message_segments(const char *utf8)
{
	return gsm7_segments(utf8);
}

/* The place that the template names here, or PLACES. */
static enum place place_at(const char *at)
{
	for (int i = 0; i < PLACES; i++)
		if (text_starts(at, place_names[i]))
			return (enum place)i;
	return PLACES;
}

/* Whole pieces only: a character or a filling that does not fit ends the text. */
static void fill(const char *template, const struct filling *filling, char *out, size_t cap)
{
	size_t len = 0;

	while (*template != '\0') {
		enum place place = *template == '{' ? place_at(template) : PLACES;
		const char *piece = template, *next = template;
		size_t n;
		uint32_t c;
		if (place != PLACES) {
			piece = filling->text[place];
			n = strlen(piece);
			next += strlen(place_names[place]);
		} else if (gsm7_take(&next, &c) == 0) {
			n = (size_t)(next - template);
		} else {
			break;
		}
		if (len + n >= cap)
			break;
		memcpy(out + len, piece, n);
		len += n;
		template = next;
	}
	out[len] = '\0';
}

static void fill_longest(struct filling *filling, uint32_t digits)
{
	static const char x[] = "xxxxxxxxxxxxxxxxxxxx";

	memset(filling, 0, sizeof *filling);
	memset(filling->text[PLACE_CODE], '0', digits < CODE_MAX ? digits : CODE_MAX);
	memcpy(filling->text[PLACE_SERVICE], x, SERVICE_MAX);
	memcpy(filling->text[PLACE_HOST], x, HOST_MAX);
	memcpy(filling->text[PLACE_USER], x, USER_MAX);
	memcpy(filling->text[PLACE_REF], x, REF_MAX);
	memcpy(filling->text[PLACE_LIFETIME], "10 min", sizeof "10 min");
}

static int check_character(const char **at, struct fault *f)
{
	uint32_t c;

	if (gsm7_take(at, &c) < 0)
		return fault_set(f, FAULT_BAD, 0, "not valid UTF-8; save the file as UTF-8");
	if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
		return fault_set(
			f, FAULT_BAD, 0, "no line ends or control characters in a message");
	return 0;
}

int message_check_template(const char *template, struct fault *f)
{
	struct filling longest;
	char grown[GROWN_MAX + 1];

	for (const char *at = template; *at != '\0';) {
		enum place place = place_at(at);
		if (place != PLACES)
			at += strlen(place_names[place]);
		else if (*at == '{' || *at == '}')
			return fault_set(f, FAULT_BAD, 0,
				"unknown field at \"%.16s\"; the fields are {code} {service} "
				"{host} {user} "
				"{ref} {lifetime}",
				at);
		else if (check_character(&at, f) < 0)
			return -1;
	}
	if (!strstr(template, place_names[PLACE_CODE]))
		return fault_set(f, FAULT_BAD, 0, "the message needs {code}");
	fill_longest(&longest, CODE_MAX);
	fill(template, &longest, grown, sizeof grown);
	if (strlen(template) > MESSAGE_TEMPLATE_MAX || strlen(grown) > MESSAGE_SMS_MAX)
		return fault_set(f, FAULT_BAD, 0,
			"too long: at most %d bytes, and %d with its fields at their longest",
			MESSAGE_TEMPLATE_MAX, MESSAGE_SMS_MAX);
	return 0;
}

int message_worst_segments(const char *template, uint32_t digits)
{
	struct filling longest;
	char grown[GROWN_MAX + 1];

	fill_longest(&longest, digits);
	fill(template, &longest, grown, sizeof grown);
	return gsm7_segments(grown);
}

static void show_lifetime(uint32_t seconds, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	if (seconds >= 120 && seconds % 60 == 0)
		text_add(&line, "%u min", seconds / 60);
	else
		text_add(&line, "%u s", seconds);
}

void message_sms(const char *template, const struct message_fields *fields, char *out, size_t cap)
{
	struct filling filling;
	const size_t size = sizeof filling.text[0];

	if (cap == 0)
		return;
	memset(&filling, 0, sizeof filling);
	memcpy(filling.text[PLACE_CODE], fields->code->bytes,
		fields->code->len <= CODE_MAX ? fields->code->len : 0);
	text_name(filling.text[PLACE_SERVICE], size, fields->service, SERVICE_MAX);
	text_name(filling.text[PLACE_HOST], size, fields->host, HOST_MAX);
	text_name(filling.text[PLACE_USER], size, fields->user, USER_MAX);
	text_name(filling.text[PLACE_REF], size, fields->ref, REF_MAX);
	show_lifetime(fields->lifetime_s, filling.text[PLACE_LIFETIME], size);
	fill(template, &filling, out, cap);
	secret_wipe_bytes(&filling, sizeof filling);
}

void message_voice(const struct secret *code, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	text_add(&line, "Your login code is %.*s.", (int)code->len, (const char *)code->bytes);
}

static void news(const struct message_prompt *p, struct text_line *line)
{
	if (p->news == MESSAGE_NEWS_SENT_AGAIN)
		text_add(line, "The SMS could not be delivered and was sent again. ");
	else if (p->news == MESSAGE_NEWS_FAILED)
		text_add(line, "The SMS could not be delivered. ");
}

/* "recovery or app code", as far as there are both. */
static const char *offline_name(unsigned which)
{
	static const char *const names[] = {
		[0] = "recovery code",
		[MESSAGE_RECOVERY] = "recovery code",
		[MESSAGE_APP] = "app code",
		[MESSAGE_RECOVERY | MESSAGE_APP] = "recovery or app code",
		[MESSAGE_ISSUED] = "issued code",
		[MESSAGE_RECOVERY | MESSAGE_ISSUED] = "recovery or issued code",
		[MESSAGE_APP | MESSAGE_ISSUED] = "app or issued code",
		[MESSAGE_RECOVERY | MESSAGE_APP | MESSAGE_ISSUED] = "recovery, app or issued code",
	};

	return names[which % (sizeof names / sizeof names[0])];
}

/* "a recovery code", "an app code" */
static const char *article(unsigned which)
{
	return offline_name(which)[0] == 'r' ? "a" : "an";
}

static void offline_sentence(const struct message_prompt *p, struct text_line *line)
{
	char why[MESSAGE_REFUSAL_MAX];

	/* whatever it is on our side, only the SMS hangs on it */
	if (p->situation == MESSAGE_OFFLINE && p->refusal == TALK_REASON_SYSTEM) {
		text_add(line, "No SMS can be sent. ");
	} else if (p->situation == MESSAGE_OFFLINE) {
		message_refusal(p->refusal, p->until_wall_s, p->now_wall_s, why, sizeof why);
		text_add(line, "%s%s", why, why[0] != '\0' ? " " : "");
	} else {
		message_refusal_until(p->until_wall_s, p->now_wall_s, why, sizeof why);
		text_add(line, "No %s %s. ", offline_name(p->has), why);
	}
}

/* "Recovery code" */
static void offline_question(const struct message_prompt *p, struct text_line *line)
{
	const char *name = offline_name(p->offline);

	text_add(line, "%c%s", name[0] - 'a' + 'A', name + 1);
}

/* ", 2 tries left" wants its own grammar */
static void first_sentence(const struct message_prompt *p, struct text_line *line)
{
	long long wait_s = p->wait_s > 0 ? (long long)p->wait_s : 1;

	switch (p->situation) {
	case MESSAGE_SENT:
	case MESSAGE_SENT_MAYBE:
	case MESSAGE_CALLED:
	case MESSAGE_CONFIRM:
		break;
	case MESSAGE_WRONG:
		text_add(line, "Wrong code, %u %s left. ", p->tries_left,
			p->tries_left == 1 ? "try" : "tries");
		break;
	case MESSAGE_NOT_A_CODE:
		if (p->offline || p->confirm)
			text_add(line, "That was no such code. ");
		else
			text_add(line, "That was no code (%u digits). ", p->digits);
		break;
	case MESSAGE_EXPIRED:
		text_add(line, "That code has expired (not counted). ");
		break;
	case MESSAGE_RESEND_SOON:
	case MESSAGE_WAIT:
		text_add(line, "Next SMS in %lld s. ", wait_s);
		break;
	case MESSAGE_RESEND_NONE:
		text_add(line, "No more resends. ");
		break;
	case MESSAGE_RESEND_FAILED:
		text_add(line, "No SMS sent: no provider answered. ");
		break;
	case MESSAGE_CALL_FAILED:
		text_add(line, "No call made: no provider answered. ");
		break;
	case MESSAGE_OFFLINE:
	case MESSAGE_OFFLINE_LOCKED:
		offline_sentence(p, line);
		break;
	case MESSAGE_FIELD:
		break;
	}
}

/* "Code: ", "Code, or r to resend: ", "Code, r to resend, or v for a call: " */
static void choices(const struct message_prompt *p, struct text_line *line)
{
	const char *all[3];
	size_t n = 0;

	if (p->can_resend)
		all[n++] = "r to resend";
	if (p->can_call)
		all[n++] = "v for a call";
	if (p->has & MESSAGE_RECOVERY)
		all[n++] = "b for a recovery code";
	text_add(line, "Code");
	for (size_t i = 0; i < n; i++)
		text_add(line, ", %s%s", i + 1 == n ? "or " : "", all[i]);
	text_add(line, ": ");
}

static void sent_sentence(const struct message_prompt *p, struct text_line *line)
{
	char mask[8] = "";

	if (p->phone)
		phone_mask(p->phone, mask, sizeof mask);
	if (p->situation == MESSAGE_CALLED)
		text_add(line, "Calling %s", mask[0] ? mask : "your phone");
	else
		text_add(line, "Code sent%s%s", mask[0] ? " to " : "", mask);
	if (p->situation == MESSAGE_SENT_MAYBE)
		text_add(line, ", it may take a minute");
	if (p->ref[0] != '\0')
		text_add(line, " (ref %s)", p->ref);
	text_add(line, ". ");
	choices(p, line);
}

/* "Press Enter to get a code by SMS, v for a call, or type an app code: " */
static void confirm_question(const struct message_prompt *p, struct text_line *line)
{
	text_add(line, "Press Enter to get a code by SMS");
	if (p->can_call)
		text_add(line, ", %sv for a call", p->has ? "" : "or ");
	if (p->has)
		text_add(line, ", or type %s %s", article(p->has), offline_name(p->has));
	text_add(line, ": ");
}

static void question(const struct message_prompt *p, struct text_line *line)
{
	if (p->situation == MESSAGE_FIELD) {
		text_add(line, "Password and %s in one line: ", offline_name(p->has));
	} else if (p->offline) {
		offline_question(p, line);
		text_add(line, ": ");
	} else if (p->confirm) {
		confirm_question(p, line);
	} else if (p->situation == MESSAGE_SENT || p->situation == MESSAGE_SENT_MAYBE ||
		   p->situation == MESSAGE_CALLED)
		sent_sentence(p, line);
	else if (p->situation == MESSAGE_EXPIRED)
		text_add(line, "Enter for a new one: ");
	else if (p->situation == MESSAGE_WAIT && p->has)
		text_add(line, "Enter then to get a code, or type %s %s: ", article(p->has),
			offline_name(p->has));
	else if (p->situation == MESSAGE_WAIT)
		text_add(line, "Enter then to get a code: ");
	else if (p->ref[0] != '\0')
		text_add(line, "Code for ref %s: ", p->ref);
	else
		text_add(line, "Code: ");
}

/* D1: printable, though not only ASCII, and nothing that a program would take for the password's
 * prompt. */
static bool prompt_usable(const char *text)
{
	struct fault unused = FAULT_INIT;

	if (text[0] == '\0' || strcmp(text, "Password:") == 0 || strcmp(text, "Password: ") == 0)
		return false;
	for (const char *at = text; *at != '\0';)
		if (check_character(&at, &unused) < 0)
			return false;
	return true;
}

void message_prompt(const struct message_prompt *p, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap < TALK_PROMPT_MAX + 1 ? cap : TALK_PROMPT_MAX + 1);
	news(p, &line);
	first_sentence(p, &line);
	bool own = p->override && !p->confirm && prompt_usable(p->override) &&
		   line.len + strlen(p->override) + (p->offline ? OFFLINE_NAME_MAX : 0) < line.cap;
	if (own && p->offline) {
		offline_question(p, &line);
		text_add(&line, ". ");
	}
	if (own)
		text_add(&line, "%s", p->override);
	else
		question(p, &line);
}
