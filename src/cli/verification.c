#include "cli/verification.h"

#include <stdio.h>

#include "base/clock.h"
#include "cli/courier.h"
#include "cli/speech.h"
#include "cli/terminal.h"
#include "core/challenge.h"
#include "core/sms.h"

/* The person with the phone may be at the far end of a telephone: as long as A2 allows. */
enum { LIFETIME_S = 600, TRIES = 3, NON_ANSWERS = 3 };

static int send_code(
	const struct house *h, const char *user, const struct phone *phone, struct challenge *c)
{
	char text[SMS_MAX + 1];
	struct sms_fields fields = {
		.code = &c->code,
		.service = "enrolment",
		.host = h->host,
		.user = user,
		.ref = c->tag,
		.lifetime_s = LIFETIME_S,
	};
	enum delivery_end end;

	sms_text(sms_template(h->settings.message), &fields, text, sizeof(text));
	end = courier_send(h, phone, "a code", text);
	secret_wipe_bytes(text, sizeof(text));
	if (end != DELIVERY_TAKEN && end != DELIVERY_MAYBE) {
		speech_trouble("the code was not sent: %s",
			end == DELIVERY_NUMBER ? "the provider refuses this number"
					       : "no provider took it; sms-otp check tells more");
		return -1;
	}
	challenge_sent(c, clock_boot_ms(), LIFETIME_S);
	return 0;
}

enum typed { TYPED_NOTHING = 0, TYPED_END, TYPED_WRONG, TYPED_LATE, TYPED_RIGHT = 0x3b5ad1e7 };

static enum typed ask_once(const struct challenge *c, const char *lead)
{
	struct fault f = FAULT_INIT;
	struct talk_answer typed;
	struct secret code = { 0 };
	char prompt[128];
	enum typed result = TYPED_NOTHING;

	snprintf(prompt, sizeof(prompt), "%sCode from the phone (ref %s): ", lead, c->tag);
	if (terminal_ask(prompt, c->valid_until_ms, &typed, &f) != 0) {
		result = f.class == FAULT_LATE ? TYPED_LATE : TYPED_END;
		goto out;
	}
	if (challenge_read(&typed, c->digits, &code) != CHALLENGE_CODE)
		goto out;
	if (!secret_equal(&code, &c->code))
		result = TYPED_WRONG;
	else
		result = challenge_expired(c, clock_boot_ms()) ? TYPED_LATE : TYPED_RIGHT;
out:
	secret_wipe(&code);
	secret_wipe(&typed.text);
	return result;
}

static enum verification ask(const struct challenge *c)
{
	char lead[64] = "";
	int tries = TRIES, others = NON_ANSWERS;

	while (tries > 0 && others > 0) {
		switch (ask_once(c, lead)) {
		case TYPED_RIGHT:
			return VERIFICATION_PROVEN;
		case TYPED_WRONG:
			tries--;
			snprintf(lead, sizeof(lead), "Wrong code, %d %s left. ", tries,
				tries == 1 ? "try" : "tries");
			break;
		case TYPED_NOTHING:
			others--;
			snprintf(lead, sizeof(lead), "That was no code (%u digits). ",
				(unsigned)c->digits);
			break;
		case TYPED_LATE:
			speech_no("that code has expired; nothing was stored");
			return VERIFICATION_NO;
		case TYPED_END:
			speech_no("no code was typed; nothing was stored");
			return VERIFICATION_NO;
		}
	}
	speech_no("%s; nothing was stored, run the command again for a new code",
		tries == 0 ? "wrong code" : "no code was typed");
	return VERIFICATION_NO;
}

enum verification verification_run(
	const struct house *h, const char *user, const struct phone *phone)
{
	enum verification result = VERIFICATION_TROUBLE;
	struct fault f = FAULT_INIT;
	struct challenge c;

	if (challenge_make(h->settings.code.digits, h->state.key, &c, &f) != 0)
		speech_fault(&f);
	else if (send_code(h, user, phone, &c) == 0)
		result = ask(&c);
	challenge_wipe(&c);
	return result;
}
