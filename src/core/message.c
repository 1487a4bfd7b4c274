#include "core/message.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/sms.h"

/* "Recovery, app or issued code. " */
enum { OFFLINE_NAME_MAX = 30 };
/* "2 for ...34" */
enum { CHOICE_MAX = 24 };

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
	case MESSAGE_NUMBER:
	case MESSAGE_STEP:
		break;
	}
}

/* "2 for ...34" */
static void choice(const struct message_choice *c, char out[CHOICE_MAX])
{
	char mask[8];

	phone_mask(c->phone, mask, sizeof mask);
	snprintf(out, CHOICE_MAX, "%u for %s", (unsigned int)c->digit, mask);
}

/* ", 2 for ...34, or 3 for ...56"; closed: nothing follows that wants the "or" */
static void add_menu(const struct message_prompt *p, bool closed, struct text_line *line)
{
	char words[CHOICE_MAX];

	for (size_t i = 0; i < p->menu.n && i < MESSAGE_MENU_MAX; i++) {
		choice(&p->menu.all[i], words);
		text_add(line, ", %s%s", closed && i + 1 == p->menu.n ? "or " : "", words);
	}
}

/* "Code: ", "Code, or r to resend: ", "Code, r to resend, v for a call, or 2 for ...34: " */
static void choices(const struct message_prompt *p, struct text_line *line)
{
	char menu[MESSAGE_MENU_MAX][CHOICE_MAX];
	const char *all[3 + MESSAGE_MENU_MAX];
	size_t n = 0;

	if (p->can_resend)
		all[n++] = "r to resend";
	if (p->can_call)
		all[n++] = "v for a call";
	for (size_t i = 0; i < p->menu.n && i < MESSAGE_MENU_MAX; i++) {
		choice(&p->menu.all[i], menu[i]);
		all[n++] = menu[i];
	}
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
		text_add(line, ", %sv for a call", p->has || p->menu.n > 0 ? "" : "or ");
	add_menu(p, p->has == 0, line);
	if (p->has)
		text_add(line, ", or type %s %s", article(p->has), offline_name(p->has));
	text_add(line, ": ");
}

/* "Enter then to get a code, 2 for ...34, or type an app code: " */
static void wait_question(const struct message_prompt *p, struct text_line *line)
{
	text_add(line, "Enter then to get a code");
	add_menu(p, p->has == 0, line);
	if (p->has)
		text_add(line, ", or type %s %s", article(p->has), offline_name(p->has));
	text_add(line, ": ");
}

static void question(const struct message_prompt *p, struct text_line *line)
{
	if (p->situation == MESSAGE_NUMBER) {
		message_enrol_question(p->settings, p->why, line);
	} else if (p->situation == MESSAGE_FIELD) {
		text_add(line, "Password and %s in one line: ", offline_name(p->has));
	} else if (p->situation == MESSAGE_STEP) {
		text_add(line, "Password, code, or both in one line: ");
	} else if (p->offline) {
		offline_question(p, line);
		text_add(line, ": ");
	} else if (p->confirm) {
		confirm_question(p, line);
	} else if (p->situation == MESSAGE_SENT || p->situation == MESSAGE_SENT_MAYBE ||
		   p->situation == MESSAGE_CALLED)
		sent_sentence(p, line);
	else if (p->situation == MESSAGE_EXPIRED) {
		text_add(line, "Enter for a new one");
		add_menu(p, true, line);
		text_add(line, ": ");
	} else if (p->situation == MESSAGE_WAIT)
		wait_question(p, line);
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
		if (sms_check_character(&at, &unused) < 0)
			return false;
	return true;
}

void message_prompt(const struct message_prompt *p, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap < TALK_PROMPT_MAX + 1 ? cap : TALK_PROMPT_MAX + 1);
	news(p, &line);
	first_sentence(p, &line);
	bool own = p->override && !p->confirm && p->situation != MESSAGE_NUMBER &&
		   prompt_usable(p->override) &&
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
