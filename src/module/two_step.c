#include "module/two_step.h"

#include <string.h>

#include "module/prompt.h"

static bool digits(const unsigned char *at, size_t n)
{
	bool all = true;

	for (size_t i = 0; i < n; i++)
		all &= at[i] >= '0' && at[i] <= '9';
	return all;
}

size_t two_step_code(const struct secret *typed, const struct talk_field *asked)
{
	size_t n = asked->digits;

	if (n == 0 || typed->len < n || (asked->alone && typed->len > n))
		return 0;
	return digits(typed->bytes + typed->len - n, n) ? n : 0;
}

static const char *authtok(const pam_handle_t *pamh)
{
	const void *there = NULL;

	return pam_get_item(pamh, PAM_AUTHTOK, &there) == PAM_SUCCESS ? there : NULL;
}

bool two_step_password_digits(const pam_handle_t *pamh)
{
	const char *password = authtok(pamh);
	size_t len = password ? strlen(password) : 0;

	return len >= TALK_FIELD_DIGITS_MIN &&
	       digits((const unsigned char *)password + len - TALK_FIELD_DIGITS_MIN,
		       TALK_FIELD_DIGITS_MIN);
}

/* What cannot be a field with a code, such as one with a control byte, is for the next line to
 * judge, and for the engine an empty one. */
static enum talk_answer_kind get(const pam_handle_t *pamh, const char *text, struct secret *typed)
{
	const char *there = authtok(pamh);
	enum talk_answer_kind kind =
		there ? prompt_take(there, typed) : prompt_secret(pamh, text, typed);

	return kind == TALK_ANSWER_TEXT || kind == TALK_ANSWER_FAILED ? kind : TALK_ANSWER_EMPTY;
}

void two_step_take(const pam_handle_t *pamh, const struct talk_event *asked, struct two_step *t,
	struct talk_answer *answer)
{
	memset(answer, 0, sizeof *answer);
	answer->kind = TALK_ANSWER_FAILED;
	if (t->taken || asked->field.digits == 0)
		return;
	t->taken = true;
	enum talk_answer_kind kind = get(pamh, asked->text, &t->field);
	t->code = kind == TALK_ANSWER_TEXT ? two_step_code(&t->field, &asked->field) : 0;
	if (kind == TALK_ANSWER_TEXT && t->code == 0)
		kind = TALK_ANSWER_EMPTY;
	if (t->code > 0 &&
		secret_set(&answer->text, t->field.bytes + t->field.len - t->code, t->code) < 0)
		kind = TALK_ANSWER_FAILED;
	answer->kind = kind;
}

int two_step_hand_on(pam_handle_t *pamh, const struct two_step *t, bool accepted)
{
	struct secret rest = { 0 };
	int result = -1;

	if (accepted && t->code == 0)
		return -1;
	if (t->field.len == 0)
		return 0; /* nothing was taken: the next line asks */
	size_t keep = t->field.len - (accepted ? t->code : 0);
	if (keep == 0)
		result = pam_set_item(pamh, PAM_AUTHTOK, NULL) == PAM_SUCCESS ? 0 : -1;
	else if (secret_set(&rest, t->field.bytes, keep) == 0)
		result = pam_set_item(pamh, PAM_AUTHTOK, rest.bytes) == PAM_SUCCESS ? 0 : -1;
	secret_wipe(&rest);
	return result;
}
