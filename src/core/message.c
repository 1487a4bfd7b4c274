#include "core/message.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/language.h"
#include "core/message_list.h"
#include "core/message_offline.h"
#include "core/sms.h"

/* The longest name in any language, with what follows it. */
enum { OFFLINE_NAME_MAX = 96 };

static void news(const struct message_prompt *p, struct text_line *line)
{
	if (p->news == MESSAGE_NEWS_SENT_AGAIN)
		text_add(line, "%s",
			language_text("The SMS could not be delivered and was sent again. "));
	else if (p->news == MESSAGE_NEWS_FAILED)
		text_add(line, "%s", language_text("The SMS could not be delivered. "));
}

static void offline_sentence(const struct message_prompt *p, struct text_line *line)
{
	char why[MESSAGE_REFUSAL_MAX], when[MESSAGE_REFUSAL_WHEN];

	/* whatever it is on our side, only the SMS hangs on it */
	if (p->situation == MESSAGE_OFFLINE && p->refusal == TALK_REASON_SYSTEM) {
		text_add(line, "%s", language_text("No SMS can be sent. "));
		return;
	}
	if (p->situation == MESSAGE_OFFLINE) {
		message_refusal(p->refusal, p->until_wall_s, p->now_wall_s, why, sizeof why);
		text_add(line, "%s%s", why, why[0] != '\0' ? " " : "");
		return;
	}
	message_refusal_when(p->until_wall_s, p->now_wall_s, when, sizeof when);
	/* Translators: "No recovery or app code until 14:32. " */
	if (when[0] != '\0')
		text_add(line, language_text("%s until %s. "),
			message_offline_name(p->has, MESSAGE_OFFLINE_NONE_WORKS), when);
	else
		text_add(line, language_text("%s for now. "),
			message_offline_name(p->has, MESSAGE_OFFLINE_NONE_WORKS));
}

static void not_a_code(const struct message_prompt *p, struct text_line *line)
{
	if (p->offline || p->confirm)
		text_add(line, "%s", language_text("That was no such code. "));
	else
		text_add(line, language_text("That was no code (%u digits). "), p->digits);
}

static void first_sentence(const struct message_prompt *p, struct text_line *line)
{
	long long wait_s = p->wait_s > 0 ? (long long)p->wait_s : 1;

	switch (p->situation) {
	case MESSAGE_SENT:
	case MESSAGE_SENT_MAYBE:
	case MESSAGE_CALLED:
	case MESSAGE_CONFIRM:
	case MESSAGE_FIELD:
	case MESSAGE_NUMBER:
	case MESSAGE_STEP:
		break;
	case MESSAGE_WRONG:
		text_add(line,
			language_plural("Wrong code, %u try left. ", "Wrong code, %u tries left. ",
				p->tries_left),
			p->tries_left);
		break;
	case MESSAGE_NOT_A_CODE:
		not_a_code(p, line);
		break;
	case MESSAGE_EXPIRED:
		text_add(line, "%s", language_text("That code has expired (not counted). "));
		break;
	case MESSAGE_RESEND_SOON:
	case MESSAGE_WAIT:
		text_add(line, language_text("Next SMS in %lld s. "), wait_s);
		break;
	case MESSAGE_RESEND_NONE:
		text_add(line, "%s", language_text("No more resends. "));
		break;
	case MESSAGE_RESEND_FAILED:
		text_add(line, "%s", language_text("No SMS sent: no provider answered. "));
		break;
	case MESSAGE_CALL_FAILED:
		text_add(line, "%s", language_text("No call made: no provider answered. "));
		break;
	case MESSAGE_OFFLINE:
	case MESSAGE_OFFLINE_LOCKED:
		offline_sentence(p, line);
		break;
	}
}

/* What may be typed beside the code, as words. */
static void add_menu(const struct message_prompt *p, struct message_list *list)
{
	char mask[8], words[MESSAGE_LIST_ITEM];
	struct text_line item;

	for (size_t i = 0; i < p->menu.n && i < MESSAGE_MENU_MAX; i++) {
		phone_mask(p->menu.all[i].phone, mask, sizeof mask);
		text_begin(&item, words, sizeof words);
		/* Translators: "2 for ...34": the digit to type, and the end of a number */
		text_add(&item, language_text("%u for %s"), p->menu.all[i].digit, mask);
		message_list_add(list, words);
	}
}

static void add_typed(const struct message_prompt *p, struct message_list *list)
{
	char words[MESSAGE_LIST_ITEM];
	struct text_line item;

	if (p->has == 0)
		return;
	text_begin(&item, words, sizeof words);
	/* Translators: %s is "a recovery code", "an app code" ... */
	text_add(&item, language_text("type %s"),
		message_offline_name(p->has, MESSAGE_OFFLINE_TYPED));
	message_list_add(list, words);
}

/* Each question has three forms, since languages part one choice and several differently. */
static void code_question(const struct message_prompt *p, struct text_line *line)
{
	struct message_list list = { .n = 0 };
	char words[MESSAGE_LIST_TEXT];

	if (p->can_resend)
		message_list_add(&list, language_text("r to resend"));
	if (p->can_call)
		message_list_add(&list, language_text("v for a call"));
	add_menu(p, &list);
	if (p->has & MESSAGE_RECOVERY)
		message_list_add(&list, language_text("b for a recovery code"));
	message_list_words(&list, words);
	if (list.n == 0)
		text_add(line, "%s", language_text("Code: "));
	else if (list.n == 1)
		text_add(line, language_text("Code, or %s: "), words);
	else
		text_add(line, language_text("Code, %s: "), words);
}

static void confirm_question(const struct message_prompt *p, struct text_line *line)
{
	struct message_list list = { .n = 0 };
	char words[MESSAGE_LIST_TEXT];

	if (p->can_call)
		message_list_add(&list, language_text("v for a call"));
	add_menu(p, &list);
	add_typed(p, &list);
	message_list_words(&list, words);
	if (list.n == 0)
		text_add(line, "%s", language_text("Press Enter to get a code by SMS: "));
	else if (list.n == 1)
		text_add(line, language_text("Press Enter to get a code by SMS, or %s: "), words);
	else
		text_add(line, language_text("Press Enter to get a code by SMS, %s: "), words);
}

static void expired_question(const struct message_prompt *p, struct text_line *line)
{
	struct message_list list = { .n = 0 };
	char words[MESSAGE_LIST_TEXT];

	add_menu(p, &list);
	message_list_words(&list, words);
	if (list.n == 0)
		text_add(line, "%s", language_text("Enter for a new one: "));
	else if (list.n == 1)
		text_add(line, language_text("Enter for a new one, or %s: "), words);
	else
		text_add(line, language_text("Enter for a new one, %s: "), words);
}

static void wait_question(const struct message_prompt *p, struct text_line *line)
{
	struct message_list list = { .n = 0 };
	char words[MESSAGE_LIST_TEXT];

	add_menu(p, &list);
	add_typed(p, &list);
	message_list_words(&list, words);
	if (list.n == 0)
		text_add(line, "%s", language_text("Enter then to get a code: "));
	else if (list.n == 1)
		text_add(line, language_text("Enter then to get a code, or %s: "), words);
	else
		text_add(line, language_text("Enter then to get a code, %s: "), words);
}

void message_sent(const struct message_prompt *p, struct text_line *line)
{
	char mask[8] = "", ref[48] = "";
	struct text_line bracket;
	bool maybe = p->situation == MESSAGE_SENT_MAYBE;

	if (p->phone)
		phone_mask(p->phone, mask, sizeof mask);
	text_begin(&bracket, ref, sizeof ref);
	/* Translators: stands behind "Code sent to ...12"; the same tag is in the SMS */
	if (p->ref && p->ref[0] != '\0')
		text_add(&bracket, language_text(" (ref %s)"), p->ref);
	/* Translators: the last %s is " (ref K7QF)" or nothing */
	if (p->situation == MESSAGE_CALLED && mask[0] != '\0')
		text_add(line, language_text("Calling %s%s. "), mask, ref);
	else if (p->situation == MESSAGE_CALLED)
		text_add(line, language_text("Calling your phone%s. "), ref);
	else if (maybe && mask[0] != '\0')
		text_add(line, language_text("Code sent to %s, it may take a minute%s. "), mask,
			ref);
	else if (maybe)
		text_add(line, language_text("Code sent, it may take a minute%s. "), ref);
	else if (mask[0] != '\0')
		text_add(line, language_text("Code sent to %s%s. "), mask, ref);
	else
		text_add(line, language_text("Code sent%s. "), ref);
}

static void sent_question(const struct message_prompt *p, struct text_line *line)
{
	message_sent(p, line);
	code_question(p, line);
}

static void question(const struct message_prompt *p, struct text_line *line)
{
	if (p->situation == MESSAGE_NUMBER)
		message_enrol_question(p->settings, p->why, line);
	else if (p->situation == MESSAGE_FIELD)
		text_add(line, "%s", message_offline_name(p->has, MESSAGE_OFFLINE_IN_FIELD));
	else if (p->situation == MESSAGE_STEP)
		text_add(line, "%s", language_text("Password, code, or both in one line: "));
	else if (p->offline)
		/* Translators: %s is "Recovery code", "App code" ... */
		text_add(line, language_text("%s: "),
			message_offline_name(p->offline, MESSAGE_OFFLINE_ASKED));
	else if (p->confirm)
		confirm_question(p, line);
	else if (p->situation == MESSAGE_SENT || p->situation == MESSAGE_SENT_MAYBE ||
		 p->situation == MESSAGE_CALLED)
		sent_question(p, line);
	else if (p->situation == MESSAGE_EXPIRED)
		expired_question(p, line);
	else if (p->situation == MESSAGE_WAIT)
		wait_question(p, line);
	else if (p->ref[0] != '\0')
		text_add(line, language_text("Code for ref %s: "), p->ref);
	else
		text_add(line, "%s", language_text("Code: "));
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
	if (own && p->offline)
		text_add(&line, "%s. ", message_offline_name(p->offline, MESSAGE_OFFLINE_ASKED));
	if (own)
		text_add(&line, "%s", p->override);
	else
		question(p, &line);
}
