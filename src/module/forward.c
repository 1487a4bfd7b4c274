#include "module/forward.h"

#include <string.h>

#include "module/prompt.h"

enum {
	APP_DIGITS = 6,
	GROUP = 4,
	/* XXXX-XXXX-XXXX-XXXX. Without its hyphens a password of letters would be taken for one */
	RECOVERY_SHOWN = 4 * GROUP + 3,
};

static bool digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* Crockford's base 32, with the letters that are read for another. */
static bool symbol(unsigned char c)
{
	return digit(c) ||
	       (((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) && c != 'U' && c != 'u');
}

static bool recovery(const unsigned char *at)
{
	bool fits = true;

	for (size_t i = 0; i < RECOVERY_SHOWN; i++)
		fits &= i % (GROUP + 1) == GROUP ? at[i] == '-' : symbol(at[i]);
	return fits;
}

static bool app(const unsigned char *at)
{
	bool fits = true;

	for (size_t i = 0; i < APP_DIGITS; i++)
		fits &= digit(at[i]);
	return fits;
}

/* The two exclude each other: the fifth character from the end is a hyphen, or a digit. */
size_t forward_code(const struct secret *typed)
{
	const unsigned char *end = typed->bytes + typed->len;

	if (typed->len > RECOVERY_SHOWN && recovery(end - RECOVERY_SHOWN))
		return RECOVERY_SHOWN;
	if (typed->len > APP_DIGITS && app(end - APP_DIGITS))
		return APP_DIGITS;
	return 0;
}

static enum talk_answer_kind get(const pam_handle_t *pamh, const char *text, struct secret *typed)
{
	const void *there = NULL;

	if (pam_get_item(pamh, PAM_AUTHTOK, &there) == PAM_SUCCESS && there)
		return prompt_take(there, typed);
	return prompt_secret(pamh, text, typed);
}

/* TEXT, parted into the two. */
static enum talk_answer_kind part(
	const struct secret *typed, struct secret *password, struct secret *code)
{
	size_t len = forward_code(typed), before = typed->len - len;

	if (len == 0)
		return TALK_ANSWER_EMPTY;
	if (secret_set(code, typed->bytes + before, len) < 0 ||
		secret_set(password, typed->bytes, before) < 0)
		return TALK_ANSWER_FAILED;
	return TALK_ANSWER_TEXT;
}

void forward_take(const pam_handle_t *pamh, const char *text, struct forward *forward,
	struct talk_answer *answer)
{
	struct secret typed = { 0 };

	memset(answer, 0, sizeof *answer);
	answer->kind = TALK_ANSWER_FAILED;
	if (forward->taken)
		return;
	forward->taken = true;
	enum talk_answer_kind kind = get(pamh, text, &typed);
	if (kind == TALK_ANSWER_TEXT)
		kind = part(&typed, &forward->password, &answer->text);
	answer->kind = kind;
	secret_wipe(&typed);
}

int forward_hand_on(pam_handle_t *pamh, const struct forward *forward)
{
	if (forward->password.len == 0)
		return -1;
	return pam_set_item(pamh, PAM_AUTHTOK, forward->password.bytes) == PAM_SUCCESS ? 0 : -1;
}
