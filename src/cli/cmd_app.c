#include "cli/cmd_app.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/audit.h"
#include "cli/house.h"
#include "cli/picture.h"
#include "cli/speech.h"
#include "cli/subject.h"
#include "cli/terminal.h"
#include "core/challenge.h"
#include "core/totp.h"

/* Somebody looks for the phone and opens an app. */
enum { ANSWER_MS = 600000, TRIES = 3, NON_ANSWERS = 3 };

static int store(const struct house *h, const struct account *account, const struct record_app *app,
	bool *had)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	if (state_begin(&h->state, STATE_USER, account, &ch, &f) != 0)
		return speech_fault(&f);
	*had = ch.user.offline.app.enrolled != 0;
	ch.user.offline.app = *app;
	return state_commit(&ch, &f) == 0 ? SPEECH_YES : speech_fault(&f);
}

static int show(const struct house *h, const char *user, const struct record_app *app)
{
	char uri[TOTP_URI_MAX], key[TOTP_KEY_SHOWN];
	struct fault f = FAULT_INIT;
	int rc = SPEECH_YES;

	totp_uri(app->key, h->host, user, uri);
	totp_show_key(app->key, key);
	speech_line("Scan this with an authenticator app, or type the key into it (by time, 6 "
		    "digits, 30 s). It is not shown again.");
	if (isatty(STDOUT_FILENO) == 1 && picture_print(uri, stdout, &f) != 0)
		rc = speech_fault(&f);
	printf("%s\nkey: %s\n", uri, key);
	secret_wipe_bytes(uri, sizeof(uri));
	secret_wipe_bytes(key, sizeof(key));
	return rc;
}

enum typed { TYPED_NOTHING = 0, TYPED_END, TYPED_WRONG, TYPED_RIGHT = 0x51c7e2b9 };

static enum typed ask_once(struct record_app *app, const char *lead)
{
	struct fault f = FAULT_INIT;
	struct talk_answer typed;
	struct secret code = { 0 };
	struct clock_now now;
	int64_t step;
	char prompt[128];
	enum typed result = TYPED_NOTHING;

	snprintf(prompt, sizeof(prompt), "%sCode that the app shows now: ", lead);
	if (terminal_ask(prompt, clock_boot_ms() + ANSWER_MS, &typed, &f) != 0) {
		result = TYPED_END;
	} else if (challenge_read(&typed, TOTP_DIGITS, &code) == CHALLENGE_CODE) {
		result = TYPED_WRONG;
		if (clock_read(&now, &f) != 0 ||
			totp_match(app, &code, now.wall_s, &step, &f) != 0) {
			speech_fault(&f);
			result = TYPED_END;
		} else if (step > 0) {
			app->last_step = step;
			result = TYPED_RIGHT;
		}
	}
	secret_wipe(&code);
	secret_wipe(&typed.text);
	return result;
}

static int prove(struct record_app *app)
{
	char lead[64] = "";
	int tries = TRIES, others = NON_ANSWERS;

	while (tries > 0 && others > 0) {
		switch (ask_once(app, lead)) {
		case TYPED_RIGHT:
			return SPEECH_YES;
		case TYPED_WRONG:
			tries--;
			snprintf(lead, sizeof(lead), "Wrong code, %d %s left. ", tries,
				tries == 1 ? "try" : "tries");
			break;
		case TYPED_NOTHING:
			others--;
			snprintf(lead, sizeof(lead), "That was no code (%d digits). ", TOTP_DIGITS);
			break;
		case TYPED_END:
			return speech_no("no code was typed; nothing was stored");
		}
	}
	if (tries == 0)
		return speech_no("wrong code; nothing was stored. Are the phone's clock and this "
				 "machine's right?");
	return speech_no("no code was typed; nothing was stored");
}

static int enroll(const struct house *h, const struct account *account)
{
	struct audit_change line = { .action = "app", .account = account };
	struct record_app app = { .enrolled = 1 };
	struct fault f = FAULT_INIT;
	bool had = false;
	int rc = SPEECH_TROUBLE;

	if (totp_make_key(app.key, &f) != 0)
		rc = speech_fault(&f);
	else
		rc = show(h, account->name, &app);
	if (rc == SPEECH_YES)
		rc = prove(&app);
	if (rc == SPEECH_YES)
		rc = store(h, account, &app, &had);
	secret_wipe_bytes(&app, sizeof(app));
	if (rc != SPEECH_YES)
		return rc;
	audit_admin(&h->state, &line);
	speech_line("The app's codes let %s in from now on, beside those by SMS%s.", account->name,
		had ? "; the former app's do no more" : "");
	return SPEECH_YES;
}

static int remove_app(const struct house *h, const struct account *account)
{
	struct audit_change line = { .action = "app-remove", .account = account };
	struct record_app none = { 0 };
	bool had = false;
	int rc = store(h, account, &none, &had);

	if (rc != SPEECH_YES)
		return rc;
	if (!had)
		return speech_no("%s has no app", account->name);
	audit_admin(&h->state, &line);
	speech_line("The app's codes let %s in no more.", account->name);
	return SPEECH_YES;
}

int cmd_app(const struct invocation *a)
{
	struct fault f = FAULT_INIT;
	struct subject who;
	struct house h;
	int rc = SPEECH_TROUBLE;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	if (house_open(&h, HOUSE_DIRECTORY | HOUSE_STATE) == 0)
		rc = subject_enrolled(&h, a->operands[0], &who, &f);
	if (rc == SPEECH_YES)
		rc = invocation_has(a, OPTION_REMOVE) ? remove_app(&h, &who.account)
						      : enroll(&h, &who.account);
	house_leave(&h);
	return rc;
}
