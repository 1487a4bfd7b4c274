#include "module/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

static const struct pam_conv *conversation(const pam_handle_t *pamh)
{
	const void *value = NULL;

	if (pam_get_item(pamh, PAM_CONV, &value) != PAM_SUCCESS || !value)
		return NULL;
	const struct pam_conv *conv = value;
	return conv->conv ? conv : NULL;
}

bool prompt_possible(const pam_handle_t *pamh)
{
	return conversation(pamh) != NULL;
}

/* One call, one message. The reply's text is the caller's to drop; NULL where there is none. */
static char *converse(const pam_handle_t *pamh, int style, const char *text)
{
	const struct pam_conv *conv = conversation(pamh);
	const struct pam_message message = { .msg_style = style, .msg = text };
	const struct pam_message *messages = &message;
	struct pam_response *reply = NULL;
	char *got = NULL;

	if (!conv)
		return NULL;
	int rc = conv->conv(1, &messages, &reply, conv->appdata_ptr);
	/* hosts that fail leave the array NULL, or allocated: Linux-PAM's own callers free it in
	 * both cases */
	if (reply) {
		got = reply->resp;
		reply->resp = NULL;
		free(reply);
	}
	if (rc != PAM_SUCCESS && got) {
		secret_wipe_bytes(got, strlen(got));
		free(got);
		got = NULL;
	}
	return got;
}

static bool same_as_item(const pam_handle_t *pamh, int which, const char *reply, size_t len)
{
	const void *value = NULL;

	if (pam_get_item(pamh, which, &value) != PAM_SUCCESS || !value)
		return false;
	return strlen(value) == len && secret_same_bytes(value, reply, len);
}

static bool has_control(const char *s)
{
	bool found = false;

	for (; *s; s++)
		found |= (unsigned char)*s < 0x20 || *s == 0x7f;
	return found;
}

static enum talk_answer_kind judge(const pam_handle_t *pamh, const char *reply, size_t len)
{
	if (len == 0)
		return TALK_ANSWER_EMPTY;
	if (len > SECRET_MAX)
		return TALK_ANSWER_OVERSIZE;
	if (same_as_item(pamh, PAM_AUTHTOK, reply, len) ||
		same_as_item(pamh, PAM_OLDAUTHTOK, reply, len) ||
		same_as_item(pamh, PAM_USER, reply, len))
		return TALK_ANSWER_SAME_AS_PASSWORD;
	return has_control(reply) ? TALK_ANSWER_CONTROL : TALK_ANSWER_TEXT;
}

/* sshd hands on control bytes in the place of whatever somebody types whom it does not know, or
 * not want: as many. Only their number says something of the answer then. */
static enum talk_answer_kind blur(enum talk_answer_kind kind, char *reply, size_t len)
{
	if (kind != TALK_ANSWER_CONTROL && kind != TALK_ANSWER_SAME_AS_PASSWORD)
		return kind;
	memset(reply, '?', len);
	return TALK_ANSWER_TEXT;
}

static void ask(const pam_handle_t *pamh, int style, const char *text, bool blurred,
	struct talk_answer *answer)
{
	memset(answer, 0, sizeof *answer);
	answer->kind = TALK_ANSWER_FAILED;
	char *reply = converse(pamh, style, text);
	if (!reply)
		return;
	size_t len = strlen(reply);
	enum talk_answer_kind kind = judge(pamh, reply, len);
	if (blurred)
		kind = blur(kind, reply, len);
	if (kind != TALK_ANSWER_TEXT || secret_set(&answer->text, reply, len) == 0)
		answer->kind = kind;
	secret_wipe_bytes(reply, len);
	free(reply);
}

void prompt_ask(const pam_handle_t *pamh, const char *text, bool echo, struct talk_answer *answer)
{
	ask(pamh, echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF, text, false, answer);
}

void prompt_ask_blurred(
	const pam_handle_t *pamh, const char *text, bool echo, struct talk_answer *answer)
{
	ask(pamh, echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF, text, true, answer);
}

enum talk_answer_kind prompt_take(const char *there, struct secret *typed)
{
	size_t len = strlen(there);

	secret_wipe(typed);
	if (len == 0)
		return TALK_ANSWER_EMPTY;
	if (len > SECRET_MAX)
		return TALK_ANSWER_OVERSIZE;
	if (has_control(there))
		return TALK_ANSWER_CONTROL;
	return secret_set(typed, there, len) == 0 ? TALK_ANSWER_TEXT : TALK_ANSWER_FAILED;
}

enum talk_answer_kind prompt_secret(
	const pam_handle_t *pamh, const char *text, struct secret *typed)
{
	char *reply = converse(pamh, PAM_PROMPT_ECHO_OFF, text);

	secret_wipe(typed);
	if (!reply)
		return TALK_ANSWER_FAILED;
	enum talk_answer_kind kind = prompt_take(reply, typed);
	secret_wipe_bytes(reply, strlen(reply));
	free(reply);
	return kind;
}

void prompt_tell(const pam_handle_t *pamh, const char *text)
{
	char *reply = converse(pamh, PAM_ERROR_MSG, text);

	if (!reply)
		return;
	secret_wipe_bytes(reply, strlen(reply));
	free(reply);
}
