/* All that a person is told: the prompts, the refusals, the SMS and the call (core/message*, core/sms), in every language, with hostile names,
 * hosts, services and prompts of a site's own.
 *
 *   lines of a key, a blank and a value; see `numbers` and `texts`; menu=DIGIT NUMBER and prefix=NUMBER may be there several times */
#include <string.h>

#include "cabinet.h"
#include "claim.h"
#include "core/gsm7.h"
#include "core/message.h"
#include "core/message_enrol.h"
#include "core/message_two_step.h"
#include "core/sms.h"
#include "property_core.h"

enum {
	SMALL = 1000000 /* fewer digits than a number has */,
	SITUATIONS = MESSAGE_STEP + 1,
	WHYS = MESSAGE_ENROL_UNSERVED + 1
};

static struct {
	long long situation, news, digits, tries, wait, can, has, offline, confirm, refusal, until,
		now, why, lifetime, language, day;
	const char *override, *ref, *service, *host, *user, *code, *template, *origin;
	struct phone phone, menu[MESSAGE_MENU_MAX];
	uint32_t digit[MESSAGE_MENU_MAX];
	size_t nmenu;
} in;
static struct settings settings;

static const struct {
	const char *key;
	long long *place, most;
} numbers[] = {
	{ "situation ", &in.situation, SITUATIONS },
	{ "news ", &in.news, 3 },
	{ "digits ", &in.digits, SMALL },
	{ "tries ", &in.tries, SMALL },
	{ "wait ", &in.wait, SMALL },
	{ "can ", &in.can, 4 },
	{ "has ", &in.has, 8 },
	{ "offline ", &in.offline, 8 },
	{ "confirm ", &in.confirm, 2 },
	{ "refusal ", &in.refusal, TALK_REASON_COUNT + 2 },
	{ "until ", &in.until, 253402300799 },
	{ "now ", &in.now, 253402300799 },
	{ "why ", &in.why, WHYS },
	{ "lifetime ", &in.lifetime, 601 },
	{ "language ", &in.language, LANGUAGE_COUNT },
	{ "day ", &in.day, 2932896 - 1 },
};

static const struct {
	const char *key;
	const char **place;
} texts[] = {
	{ "override ", &in.override },
	{ "ref ", &in.ref },
	{ "service ", &in.service },
	{ "host ", &in.host },
	{ "user ", &in.user },
	{ "code ", &in.code },
	{ "template ", &in.template },
	{ "origin ", &in.origin },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool takes(const char *line, const char *key, const char **value)
{
	*value = line + strlen(key);
	return !strncmp(line, key, strlen(key));
}

static void read_line(const char *line)
{
	const char *value;
	struct fault f = FAULT_INIT;
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (takes(line, numbers[i].key, &value))
			*numbers[i].place = (long long)(strtoull(value, NULL, 10) %
							(unsigned long long)numbers[i].most);
	for (size_t i = 0; i < COUNT(texts); i++)
		if (takes(line, texts[i].key, &value))
			*texts[i].place = value;
	if (takes(line, "number ", &value) && phone_read(value, &in.phone, &f) < 0)
		in.phone.e164[0] = '\0';
	if (takes(line, "menu ", &value) && in.nmenu < MESSAGE_MENU_MAX && value[0] >= '1' &&
		value[0] <= '4' &&
		phone_read(value + 1 + (value[1] == ' '), &in.menu[in.nmenu], &f) == 0)
		in.digit[in.nmenu++] = (uint32_t)(value[0] - '0');
	if (takes(line, "prefix ", &value) && strlen(value) <= PHONE_MAX &&
		settings.nprefixes < SETTINGS_PREFIXES_MAX && *value == '+' && value[1] &&
		strspn(value + 1, "0123456789") == strlen(value + 1))
		memcpy(settings.prefixes[settings.nprefixes++], value, strlen(value) + 1);
}

static void read_input(char *text)
{
	char *save = NULL;
	memset(&in, 0, sizeof in);
	settings.nprefixes = 0;
	in.ref = in.service = in.host = in.user = "";
	in.code = "493027";
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		read_line(line);
}

/* --- what is asked ---------------------------------------------------------------------------- */

/* G2: of a number two digits. What a site says itself, and the example of how to write one, is not ours. */
static void claim_no_number(const char *text)
{
	const char *mine = in.override ? strstr(text, in.override) : NULL;
	for (size_t i = 0; i <= in.nmenu; i++) {
		const char *number = i < in.nmenu ? in.menu[i].e164 : in.phone.e164;
		if (!*number)
			continue;
		CLAIM(mine || in.situation == MESSAGE_NUMBER || !strstr(text, number + 1));
	}
}

static struct message_prompt prompt(void)
{
	struct message_prompt p = { .situation = (enum message_situation)in.situation,
		.news = (enum message_news)in.news,
		.phone = in.phone.e164[0] ? &in.phone : NULL,
		.ref = in.ref,
		.digits = (uint32_t)in.digits,
		.tries_left = (uint32_t)in.tries,
		.wait_s = in.wait,
		.can_resend = in.can & 1,
		.can_call = in.can & 2,
		.has = (unsigned)in.has,
		.offline = (unsigned)in.offline,
		.menu = { .n = in.nmenu },
		.confirm = in.confirm == 1,
		.refusal = (enum talk_reason)in.refusal,
		.until_wall_s = in.until,
		.now_wall_s = in.now,
		.override = in.override,
		.why = (enum message_enrol_why)in.why,
		.settings = &settings };
	for (size_t i = 0; i < in.nmenu; i++)
		p.menu.all[i] = (struct message_choice){ in.digit[i], &in.menu[i] };
	return p;
}

static void ask(void)
{
	char text[TALK_PROMPT_MAX + 100], other[TALK_PROMPT_MAX + 1];
	struct message_prompt p = prompt();
	/* the tag is ours: four letters (A9) */
	if (strlen(in.ref) > 4 || strspn(in.ref, "BCDFGHJKLMNPQRSTVWXZ23456789") != strlen(in.ref))
		p.ref = in.ref = "K7QF";
	memset(text, 'x', sizeof text);
	message_prompt(&p, text, sizeof text);
	property_core_prompt(text);
	claim_no_number(text);
	for (int alone = 0; alone < 2; alone++) {
		message_two_step(&p, alone == 1, other, sizeof other);
		CLAIM(strlen(other) <= TALK_PROMPT_MAX && property_core_shown(other));
		claim_no_number(other);
	}
	char refusal[MESSAGE_REFUSAL_MAX], reminder[MESSAGE_ENROL_MAX];
	message_refusal(p.refusal, in.until, in.now, refusal, sizeof refusal);
	/* whole sentences: nothing was cut */
	CLAIM(property_core_shown(refusal) && strlen(refusal) < sizeof refusal - 1);
	CLAIM(!*refusal || strchr(".!", refusal[strlen(refusal) - 1]));
	message_enrol_reminder((int32_t)in.day, reminder);
	CLAIM(*reminder && property_core_shown(reminder) && strlen(reminder) < sizeof reminder - 1);
	/* a site's own is taken as given, or not at all (the corpus has some that begin so) */
	if (in.override && !strncmp(in.override, "zz", 2) && strstr(text, "zz"))
		CLAIM(strstr(text, in.override) != NULL);
	/* a prompt ends as one, so that what is typed does not stick to it */
	if (!in.override)
		CLAIM(text[strlen(text) - 1] == ' ');
}

/* --- what is sent ----------------------------------------------------------------------------- */

static void bind(const struct secret *code, char *text, const char *template)
{
	char before[SMS_MAX + 1], line[SETTINGS_ORIGIN_MAX + 32];
	size_t host = in.origin ? strlen(in.origin) : 0;
	if (host == 0 || host > SETTINGS_ORIGIN_MAX ||
		strspn(in.origin, "abcdefghijklmnopqrstuvwxyz0123456789.-") != host)
		return;
	memcpy(before, text, sizeof before);
	sms_bind(in.origin, code, text, SMS_MAX + 1);
	snprintf(line, sizeof line, "\n@%.*s #%.10s", SETTINGS_ORIGIN_MAX, in.origin,
		(const char *)code->bytes);
	size_t whole = strlen(text), kept = whole - strlen(line);
	CLAIM(whole <= SMS_MAX && whole >= strlen(line) && !strcmp(text + kept, line));
	CLAIM(!strncmp(before, text, kept) && (!before[kept] || before[kept] == ' ' || kept == 0));
	CLAIM(gsm7_segments(text) <=
		sms_worst_bound_segments(template, (uint32_t)code->len, in.origin));
}

static void send_one(const char *template, const struct secret *code, bool ours)
{
	char text[SMS_MAX + 1];
	struct sms_fields fields = { code, in.service, in.host, in.user, in.ref,
		(uint32_t)in.lifetime };
	memset(text, 0, sizeof text);
	sms_text(template, &fields, text, sizeof text);
	CLAIM(property_core_shown(text) && strstr(text, (const char *)code->bytes));
	CLAIM(gsm7_segments(text) >= 1 &&
		gsm7_segments(text) <= sms_worst_segments(template, (uint32_t)code->len));
	if (ours) {
		/* G4 */
		CLAIM(gsm7_segments(text) == 1 && gsm7_septets(text) > 0 &&
			gsm7_septets(text) <= 160);
		CLAIM(!strncmp(text, (const char *)code->bytes, code->len));
		CLAIM(!strchr(text, '\n') && !strstr(text, "://"));
	}
	bind(code, text, template);
}

static void send_all(void)
{
	struct secret code;
	struct fault f = FAULT_INIT;
	char spoken[SMS_MAX + 1];
	size_t len = strlen(in.code);
	if (len < 6 || len > 10 || strspn(in.code, "0123456789") != len)
		return;
	CLAIM(secret_set(&code, in.code, len) == 0);
	send_one(sms_template(SMS_DEFAULT), &code, true);
	sms_voice(&code, spoken, sizeof spoken);
	CLAIM(strstr(spoken, in.code) && property_core_shown(spoken));
	if (in.template && sms_check_template(in.template, &f) == 0)
		send_one(in.template, &code, false);
	else if (in.template)
		CLAIM(f.class == FAULT_BAD && f.text[0]);
	fuzz_taken++;
}

static void speak(void)
{
	struct fault f = FAULT_INIT;
	static bool there;
	if (!there)
		cabinet_put_catalogues();
	there = true;
	language_folder(CABINET_CATALOGUES);
	CLAIM(language_speak((enum language)in.language, &f) == 0);
	CLAIM(language_spoken() ==
			(in.language > LANGUAGE_EN ? (enum language)in.language : LANGUAGE_EN) ||
		in.language == LANGUAGE_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (memchr(bytes, 0, len))
		return 0;
	char *text = calloc(1, len + 1);
	CLAIM(text != NULL);
	memcpy(text, bytes, len);
	read_input(text);
	speak();
	ask();
	send_all();
	free(text);
	return 0;
}
