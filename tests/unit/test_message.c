#include "core/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/language.h"
#include "core/sms.h"
#include "unit.h"

/* --- the prompts: DESIGN section 8's table, letter by letter --- */

static const struct phone phone = { "+491711234512" };
static const struct phone second = { "+491711234534" }, third = { "+491711234556" };

#define TWO { .n = 1, .all = { { 2, &second } } }
#define FOUR { .n = 3, .all = { { 2, &second }, { 3, &third }, { 4, &second } } }
#define THREE { .n = 2, .all = { { 2, &second }, { 3, &third } } }

#define PROMPT(s, ...)                                                                             \
	{                                                                                          \
		.situation = MESSAGE_##s, .phone = &phone, .ref = "K7QF", .digits = 6, __VA_ARGS__ \
	}

enum { NOON = 1795521600, BOTH = MESSAGE_RECOVERY | MESSAGE_APP }; /* 2026-11-24 12:00 UTC */

#define OFFLINE(why, until, which)                                                                 \
	{                                                                                          \
		.situation = MESSAGE_OFFLINE, .phone = &phone, .ref = "",                          \
		.refusal = TALK_REASON_##why, .until_wall_s = until, .now_wall_s = NOON,           \
		.has = which, .offline = which                                                     \
	}

static const struct {
	struct message_prompt prompt;
	const char *want;
} prompts[] = {
	{ PROMPT(SENT, .can_resend = true),
		"Code sent to ...12 (ref K7QF). Code, or r to resend: " },
	{ PROMPT(SENT, .can_resend = false), "Code sent to ...12 (ref K7QF). Code: " },
	{ PROMPT(SENT_MAYBE, .can_resend = true),
		"Code sent to ...12, it may take a minute (ref K7QF). Code, or r to resend: " },
	{ PROMPT(FIELD, .has = MESSAGE_APP), "Password and app code in one line: " },
	{ PROMPT(FIELD, .has = MESSAGE_RECOVERY), "Password and recovery code in one line: " },
	{ PROMPT(FIELD, .has = BOTH), "Password and recovery or app code in one line: " },
	{ PROMPT(FIELD, .has = BOTH, .override = "Code: "), "Code: " },
	{ PROMPT(WRONG, .tries_left = 2), "Wrong code, 2 tries left. Code for ref K7QF: " },
	{ PROMPT(WRONG, .tries_left = 1), "Wrong code, 1 try left. Code for ref K7QF: " },
	{ PROMPT(NOT_A_CODE, .tries_left = 2), "That was no code (6 digits). Code for ref K7QF: " },
	{ PROMPT(EXPIRED, .tries_left = 2),
		"That code has expired (not counted). Enter for a new one: " },
	{ PROMPT(RESEND_SOON, .wait_s = 24), "Next SMS in 24 s. Code for ref K7QF: " },
	{ PROMPT(RESEND_SOON, .wait_s = 0), "Next SMS in 1 s. Code for ref K7QF: " },
	{ PROMPT(RESEND_NONE, .wait_s = 0), "No more resends. Code for ref K7QF: " },
	{ PROMPT(RESEND_FAILED, .wait_s = 0),
		"No SMS sent: no provider answered. Code for ref K7QF: " },
	{ PROMPT(CALLED, .can_resend = true), "Calling ...12 (ref K7QF). Code, or r to resend: " },
	{ PROMPT(CALLED, .can_resend = false), "Calling ...12 (ref K7QF). Code: " },
	{ PROMPT(CALL_FAILED, .wait_s = 0),
		"No call made: no provider answered. Code for ref K7QF: " },
	{ PROMPT(SENT, .can_resend = true, .can_call = true),
		"Code sent to ...12 (ref K7QF). Code, r to resend, or v for a call: " },
	{ PROMPT(SENT, .can_call = true),
		"Code sent to ...12 (ref K7QF). Code, or v for a call: " },
	{ PROMPT(WRONG, .tries_left = 2, .news = MESSAGE_NEWS_SENT_AGAIN),
		"The SMS could not be delivered and was sent again. "
		"Wrong code, 2 tries left. Code for ref K7QF: " },
	{ PROMPT(NOT_A_CODE, .tries_left = 2, .news = MESSAGE_NEWS_FAILED),
		"The SMS could not be delivered. That was no code (6 digits). Code for ref "
		"K7QF: " },
	{ PROMPT(WAIT, .wait_s = 240), "Next SMS in 240 s. Enter then to get a code: " },
	{ PROMPT(SENT, .override = "Code for the VPN: "), "Code for the VPN: " },
	{ PROMPT(SENT_MAYBE, .override = "Code for the VPN: "), "Code for the VPN: " },
	{ PROMPT(WRONG, .tries_left = 2, .override = "Code for the VPN: "),
		"Wrong code, 2 tries left. Code for the VPN: " },
	{ PROMPT(WAIT, .wait_s = 9, .override = "Code: "), "Next SMS in 9 s. Code: " },
	{ PROMPT(SENT, .override = ""), "Code sent to ...12 (ref K7QF). Code: " },
	{ PROMPT(SENT, .override = "Password: "), "Code sent to ...12 (ref K7QF). Code: " },
	{ PROMPT(SENT, .override = "Password:"), "Code sent to ...12 (ref K7QF). Code: " },
	{ PROMPT(SENT, .override = "Code:\n"), "Code sent to ...12 (ref K7QF). Code: " },
	{ PROMPT(SENT, .override = "\x1b[2JCode:"), "Code sent to ...12 (ref K7QF). Code: " },
	{ PROMPT(SENT, .override = "\xff:"), "Code sent to ...12 (ref K7QF). Code: " },
	{ PROMPT(SENT, .override = "Code f\xc3\xbcr VPN: "), "Code f\xc3\xbcr VPN: " },
	{ PROMPT(SENT, .can_resend = true, .has = MESSAGE_RECOVERY | MESSAGE_APP),
		"Code sent to ...12 (ref K7QF). Code, r to resend, or b for a recovery code: " },
	{ PROMPT(SENT, .can_resend = true, .can_call = true, .has = MESSAGE_RECOVERY),
		"Code sent to ...12 (ref K7QF). Code, r to resend, v for a call, or b for a "
		"recovery code: " },
	{ PROMPT(SENT, .can_resend = true, .has = MESSAGE_APP),
		"Code sent to ...12 (ref K7QF). Code, or r to resend: " },
	{ PROMPT(WAIT, .wait_s = 24, .has = MESSAGE_RECOVERY),
		"Next SMS in 24 s. Enter then to get a code, or type a recovery code: " },
	{ PROMPT(WAIT, .wait_s = 24, .has = MESSAGE_APP),
		"Next SMS in 24 s. Enter then to get a code, or type an app code: " },
	{ PROMPT(CONFIRM, .confirm = true), "Press Enter to get a code by SMS: " },
	{ PROMPT(CONFIRM, .confirm = true, .override = "Code: "),
		"Press Enter to get a code by SMS: " },
	{ PROMPT(CONFIRM, .confirm = true, .can_call = true),
		"Press Enter to get a code by SMS, or v for a call: " },
	{ PROMPT(CONFIRM, .confirm = true, .can_call = true, .has = MESSAGE_APP),
		"Press Enter to get a code by SMS, v for a call, or type an app code: " },
	{ PROMPT(CONFIRM, .confirm = true, .has = BOTH | MESSAGE_ISSUED),
		"Press Enter to get a code by SMS, or type a recovery, app or issued code: " },
	{ PROMPT(NOT_A_CODE, .confirm = true),
		"That was no such code. Press Enter to get a code by SMS: " },
	{ PROMPT(WRONG, .tries_left = 2, .confirm = true),
		"Wrong code, 2 tries left. Press Enter to get a code by SMS: " },
	{ PROMPT(SENT, .can_resend = true, .has = MESSAGE_ISSUED),
		"Code sent to ...12 (ref K7QF). Code, or r to resend: " },
	{ OFFLINE(OUTAGE, 0, MESSAGE_ISSUED), "No SMS sent: no provider answered. Issued code: " },
	{ OFFLINE(OUTAGE, 0, MESSAGE_APP | MESSAGE_ISSUED),
		"No SMS sent: no provider answered. App or issued code: " },
	{ OFFLINE(OUTAGE, 0, BOTH), "No SMS sent: no provider answered. Recovery or app code: " },
	{ OFFLINE(LOCKED, NOON + 9120, BOTH),
		"Locked until 14:32 after wrong codes. Recovery or app code: " },
	{ OFFLINE(BUDGET, NOON + 9120, BOTH), "No more SMS until 14:32. Recovery or app code: " },
	{ OFFLINE(BUDGET, NOON + 9120, MESSAGE_RECOVERY),
		"No more SMS until 14:32. Recovery code: " },
	{ OFFLINE(BUDGET, NOON + 9120, MESSAGE_APP), "No more SMS until 14:32. App code: " },
	{ OFFLINE(NUMBER, 0, MESSAGE_APP),
		"No SMS sent: your number is refused. Ask the administrator. App code: " },
	{ OFFLINE(SYSTEM, 0, MESSAGE_APP), "No SMS can be sent. App code: " },
	{ OFFLINE(NONE, 0, MESSAGE_RECOVERY), "Recovery code: " },
	{ PROMPT(WRONG, .tries_left = 1, .offline = BOTH),
		"Wrong code, 1 try left. Recovery or app code: " },
	{ PROMPT(NOT_A_CODE, .offline = MESSAGE_APP), "That was no such code. App code: " },
	{ PROMPT(OFFLINE_LOCKED, .has = BOTH, .until_wall_s = NOON + 9120, .now_wall_s = NOON),
		"No recovery or app code until 14:32. Code for ref K7QF: " },
	{ PROMPT(WRONG, .tries_left = 1, .offline = BOTH, .override = "Code for the VPN: "),
		"Wrong code, 1 try left. Recovery or app code. Code for the VPN: " },
	{ PROMPT(SENT, .can_resend = true, .menu = TWO),
		"Code sent to ...12 (ref K7QF). Code, r to resend, or 2 for ...34: " },
	{ PROMPT(SENT, .can_resend = true, .menu = THREE),
		"Code sent to ...12 (ref K7QF). Code, r to resend, 2 for ...34, or 3 for ...56: " },
	{ PROMPT(SENT, .can_resend = true, .can_call = true, .menu = TWO, .has = MESSAGE_RECOVERY),
		"Code sent to ...12 (ref K7QF). Code, r to resend, v for a call, 2 for ...34, or b "
		"for a recovery code: " },
	{ PROMPT(CALLED, .menu = TWO), "Calling ...12 (ref K7QF). Code, or 2 for ...34: " },
	{ PROMPT(WRONG, .tries_left = 2, .menu = TWO),
		"Wrong code, 2 tries left. Code for ref K7QF: " },
	{ PROMPT(EXPIRED, .menu = TWO),
		"That code has expired (not counted). Enter for a new one, or 2 for ...34: " },
	{ PROMPT(WAIT, .wait_s = 24, .menu = THREE),
		"Next SMS in 24 s. Enter then to get a code, 2 for ...34, or 3 for ...56: " },
	{ PROMPT(WAIT, .wait_s = 24, .menu = TWO, .has = MESSAGE_APP),
		"Next SMS in 24 s. Enter then to get a code, 2 for ...34, or type an app code: " },
	{ PROMPT(CONFIRM, .confirm = true, .menu = TWO),
		"Press Enter to get a code by SMS, or 2 for ...34: " },
	{ PROMPT(CONFIRM, .confirm = true, .can_call = true, .menu = TWO),
		"Press Enter to get a code by SMS, v for a call, or 2 for ...34: " },
	{ PROMPT(CONFIRM, .confirm = true, .menu = TWO, .has = BOTH),
		"Press Enter to get a code by SMS, 2 for ...34, or type a recovery or app code: " },
	{ PROMPT(SENT, .override = "Code for the VPN: ", .menu = TWO), "Code for the VPN: " },
	{ { .situation = MESSAGE_OFFLINE, .phone = &phone, .ref = "", .menu = TWO,
		  .refusal = TALK_REASON_NONE, .has = MESSAGE_RECOVERY, .offline = MESSAGE_RECOVERY },
		"Recovery code: " },
	{ { .situation = MESSAGE_WRONG, .ref = "", .tries_left = 2 },
		"Wrong code, 2 tries left. Code: " },
	{ { .situation = MESSAGE_SENT, .ref = "" }, "Code sent. Code: " },
};

START_TEST(d1_the_prompts)
{
	char out[TALK_PROMPT_MAX + 1];

	setenv("TZ", "UTC0", 1);
	tzset();
	message_prompt(&prompts[_i].prompt, out, sizeof out);
	ck_assert_str_eq(out, prompts[_i].want);
	ck_assert(out[strlen(out) - 1] != '\n');
}
END_TEST

START_TEST(d1_a_prompt_has_at_most_512_bytes)
{
	char override[TALK_PROMPT_MAX + 1], out[2048], small[10];
	struct message_prompt p = PROMPT(SENT, .override = override);

	memset(override, 'x', sizeof override - 1);
	override[sizeof override - 1] = '\0';
	message_prompt(&p, out, sizeof out);
	ck_assert_uint_eq(strlen(out), TALK_PROMPT_MAX);
	p.situation = MESSAGE_WRONG; /* both together do not fit: our own question then */
	message_prompt(&p, out, sizeof out);
	ck_assert_str_eq(out, "Wrong code, 0 tries left. Code for ref K7QF: ");
	message_prompt(&p, small, sizeof small);
	ck_assert_uint_lt(strlen(small), sizeof small);
}
END_TEST

/* --- in every language --- */

static void speak(int l)
{
	static char folder[4096];
	struct fault f = FAULT_INIT;
	const char *top = getenv("top_builddir");

	snprintf(folder, sizeof folder, "%s/po/locale", top ? top : ".");
	if (folder[0] == '.')
		ck_assert_ptr_nonnull(realpath("po/locale", folder));
	language_folder(folder);
	ck_assert_msg(language_speak((enum language)l, &f) == 0, "%s", f.text);
}

/* The letter stands as a word of its own: it is what is typed, in any language. */
static bool names(const char *text, char command)
{
	char word[] = { ' ', command, ' ', '\0' };

	return strstr(text, word) != NULL;
}

/* As a person types nothing but these. */
static void check_prompt(const struct message_prompt *p, const char *english)
{
	char out[TALK_PROMPT_MAX + 1];
	struct fault f = FAULT_INIT;

	message_prompt(p, out, sizeof out);
	ck_assert_msg(out[0] != '\0' && strlen(out) < TALK_PROMPT_MAX, "%s", out);
	ck_assert_msg(out[strlen(out) - 1] == ' ', "%s", out);
	ck_assert(strcmp(out, "Password: ") != 0 && strcmp(out, "Password:") != 0);
	ck_assert_msg(strchr(out, '%') == NULL && strchr(out, '{') == NULL, "%s", out);
	for (const char *at = out; *at;)
		ck_assert_msg(sms_check_character(&at, &f) == 0, "%s", out);
	for (const char *c = "rvb23"; *c; c++)
		ck_assert_msg(names(out, *c) == names(english, *c), "%c: %s", *c, out);
	/* what a program looks for: openvpn's helper, "Code" */
	if (strstr(english, "Code sent") && !p->override)
		ck_assert_msg(strstr(out, "Code") || strstr(out, "C\xc3\xb3" "digo"), "%s", out);
	if (p->ref[0] != '\0' && strstr(english, p->ref))
		ck_assert_msg(strstr(out, p->ref) != NULL, "%s", out);
	static const char *const shown[] = { "...12", "...34", "...56", "14:32" };
	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
		ck_assert_msg(!strstr(english, shown[i]) == !strstr(out, shown[i]), "%s", out);
}

START_TEST(d1_every_prompt_in_every_language)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	speak(_i);
	for (size_t i = 0; i < sizeof prompts / sizeof prompts[0]; i++)
		check_prompt(&prompts[i].prompt, prompts[i].want);
	/* the longest: all that can be said at once */
	struct message_prompt p = PROMPT(NOT_A_CODE, .news = MESSAGE_NEWS_SENT_AGAIN,
		.confirm = true, .can_call = true, .menu = FOUR, .has = BOTH | MESSAGE_ISSUED);
	check_prompt(&p, " v  2  3 ...34 ...56");
	p = (struct message_prompt)PROMPT(SENT_MAYBE, .news = MESSAGE_NEWS_SENT_AGAIN,
		.can_resend = true, .can_call = true, .menu = FOUR, .has = BOTH);
	check_prompt(&p, "Code sent ...12 K7QF r  v  b  2  3 ...34 ...56");
}
END_TEST

START_TEST(what_differs_in_english_differs_in_every_language)
{
	static char said[128][TALK_PROMPT_MAX + 1];
	enum { N = sizeof prompts / sizeof prompts[0] };

	_Static_assert((int)N <= 128, "room");
	setenv("TZ", "UTC0", 1);
	tzset();
	speak(_i);
	for (size_t i = 0; i < N; i++)
		message_prompt(&prompts[i].prompt, said[i], sizeof said[i]);
	for (size_t i = 0; i < N; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_msg((strcmp(said[i], said[k]) == 0) ==
					      (strcmp(prompts[i].want, prompts[k].want) == 0),
				"%s / %s", said[i], said[k]);
}
END_TEST

static const struct {
	enum language l;
	struct message_prompt prompt;
	const char *want;
} spoken[] = {
	{ LANGUAGE_DE, PROMPT(SENT, .can_resend = true),
		"Code an ...12 gesendet (Ref. K7QF). Code, oder r f\xc3\xbcr neue Zusendung: " },
	{ LANGUAGE_DE, PROMPT(WRONG, .tries_left = 2),
		"Falscher Code, noch 2 Versuche. Code f\xc3\xbcr Ref. K7QF: " },
	{ LANGUAGE_DE, PROMPT(WRONG, .tries_left = 1),
		"Falscher Code, noch 1 Versuch. Code f\xc3\xbcr Ref. K7QF: " },
	{ LANGUAGE_DE,
		PROMPT(OFFLINE_LOCKED, .has = BOTH, .until_wall_s = NOON + 9120,
			.now_wall_s = NOON),
		"Kein Notfall- oder App-Code bis 14:32. Code f\xc3\xbcr Ref. K7QF: " },
	{ LANGUAGE_DE,
		PROMPT(WRONG, .tries_left = 1, .offline = BOTH, .override = "Code for the VPN: "),
		"Falscher Code, noch 1 Versuch. Notfall- oder App-Code. Code for the VPN: " },
	{ LANGUAGE_DE, PROMPT(SENT, .override = "Code for the VPN: "), "Code for the VPN: " },
	{ LANGUAGE_DE, PROMPT(SENT, .menu = TWO),
		"Code an ...12 gesendet (Ref. K7QF). Code, oder 2 f\xc3\xbcr ...34: " },
	{ LANGUAGE_DE,
		PROMPT(SENT, .can_resend = true, .can_call = true, .menu = THREE,
			.has = MESSAGE_RECOVERY),
		"Code an ...12 gesendet (Ref. K7QF). Code, r f\xc3\xbcr neue Zusendung, v f\xc3\xbcr "
		"einen Anruf, 2 f\xc3\xbcr ...34, 3 f\xc3\xbcr ...56 oder b f\xc3\xbcr einen Notfall-Code: " },
	{ LANGUAGE_DE, PROMPT(CONFIRM, .confirm = true, .menu = TWO, .has = BOTH),
		"Enter f\xc3\xbcr einen Code per SMS, 2 f\xc3\xbcr ...34 oder tippen Sie einen "
		"Notfall- oder App-Code: " },
	{ LANGUAGE_FR, PROMPT(EXPIRED, .menu = TWO),
		"Ce code a expir\xc3\xa9 (non compt\xc3\xa9). Entr\xc3\xa9""e pour un nouveau code, ou 2 pour "
		"le ...34 : " },
	{ LANGUAGE_ES, PROMPT(WAIT, .wait_s = 9, .menu = THREE),
		"Pr\xc3\xb3ximo SMS en 9 s. Despu\xc3\xa9s Intro para un c\xc3\xb3" "digo, 2 para el ...34 o 3 para "
		"el ...56: " },
	{ LANGUAGE_PT, PROMPT(CONFIRM, .confirm = true, .can_call = true, .menu = TWO),
		"Prima Enter para receber um c\xc3\xb3" "digo por SMS, v para uma chamada ou 2 para o ...34: " },
	{ LANGUAGE_FR, PROMPT(WRONG, .tries_left = 0),
		"Code faux, encore 0 essai. Code pour r\xc3\xa9" "f. K7QF : " },
	{ LANGUAGE_FR, OFFLINE(OUTAGE, 0, MESSAGE_APP),
		"Aucun SMS envoy\xc3\xa9 : aucun prestataire n'a r\xc3\xa9pondu. Code de "
		"l'application : " },
	{ LANGUAGE_ES, PROMPT(WAIT, .wait_s = 9, .has = MESSAGE_APP),
		"Pr\xc3\xb3ximo SMS en 9 s. Despu\xc3\xa9s Intro para un c\xc3\xb3" "digo, o escriba un "
		"c\xc3\xb3" "digo de la aplicaci\xc3\xb3n: " },
	{ LANGUAGE_PT, PROMPT(EXPIRED, .tries_left = 2),
		"Esse c\xc3\xb3" "digo expirou (n\xc3\xa3o conta). Enter para um c\xc3\xb3" "digo novo: " },
};

START_TEST(the_prompts_in_other_languages)
{
	char out[TALK_PROMPT_MAX + 1];

	setenv("TZ", "UTC0", 1);
	tzset();
	speak((int)spoken[_i].l);
	message_prompt(&spoken[_i].prompt, out, sizeof out);
	ck_assert_str_eq(out, spoken[_i].want);
}
END_TEST

#define CASES(table) (int)(sizeof table / sizeof table[0])

Suite *unit_suite(void)
{
	Suite *suite = suite_create("message");
	TCase *tc = tcase_create("message");

	tcase_add_loop_test(tc, d1_the_prompts, 0, CASES(prompts));
	tcase_add_test(tc, d1_a_prompt_has_at_most_512_bytes);
	tcase_add_loop_test(tc, d1_every_prompt_in_every_language, LANGUAGE_EN, LANGUAGE_COUNT);
	tcase_add_loop_test(
		tc, what_differs_in_english_differs_in_every_language, LANGUAGE_EN, LANGUAGE_COUNT);
	tcase_add_loop_test(tc, the_prompts_in_other_languages, 0, CASES(spoken));
	suite_add_tcase(suite, tc);
	return suite;
}
