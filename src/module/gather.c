#include "module/gather.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static const char *item(const pam_handle_t *pamh, int which)
{
	const void *value = NULL;

	if (pam_get_item(pamh, which, &value) != PAM_SUCCESS)
		return NULL;
	return value;
}

const char *gather_service(const pam_handle_t *pamh)
{
	return item(pamh, PAM_SERVICE);
}

/* D12. Whether such a user exists is the engine's to find out. */
static bool name_possible(const char *name)
{
	size_t len = strnlen(name, TALK_USER_MAX + 1);

	if (len == 0 || len > TALK_USER_MAX || name[0] == '-')
		return false;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];
		if (c < 0x20 || c == 0x7f || c == '/')
			return false;
	}
	return true;
}

static int refuse(enum talk_reason *why, enum talk_reason reason, struct fault *f, const char *text)
{
	*why = reason;
	return fault_set(f, FAULT_BAD, 0, "%s", text);
}

static int take_user(
	pam_handle_t *pamh, struct talk_login *out, enum talk_reason *why, struct fault *f)
{
	const char *user = NULL;
	int rc = pam_get_user(pamh, &user, NULL);

	if (rc == PAM_BUF_ERR)
		return refuse(why, TALK_REASON_SYSTEM, f, "out of memory for the user's name");
	if (rc != PAM_SUCCESS)
		return refuse(why, TALK_REASON_CONVERSATION, f, "the host did not say who logs in");
	/* not logged: people type their password into the wrong field */
	if (!user || !name_possible(user) || text_copy(out->user, sizeof out->user, user) < 0)
		return refuse(
			why, TALK_REASON_UNKNOWN_USER, f, "the user's name cannot be one; refused");
	return 0;
}

static bool service_possible(const char *service)
{
	if (!*service || strlen(service) > TALK_SERVICE_MAX)
		return false;
	for (; *service; service++) {
		unsigned char c = (unsigned char)*service;
		if (c < 0x20 || c == 0x7f || c == '/')
			return false;
	}
	return true;
}

static int take_service(
	const pam_handle_t *pamh, struct talk_login *out, enum talk_reason *why, struct fault *f)
{
	const char *service = gather_service(pamh);

	if (!service || !service_possible(service) ||
		text_copy(out->service, sizeof out->service, service) < 0)
		return refuse(why, TALK_REASON_UNLISTED, f,
			"the service's name cannot be one (1 to 64 bytes, no /); refused");
	return 0;
}

static void take_place(const pam_handle_t *pamh, int which, char *out, size_t cap)
{
	const char *value = item(pamh, which);

	if (value)
		text_log(out, cap, value);
}

static bool info_possible(const char *info)
{
	for (; *info; info++) {
		if (((unsigned char)*info < 0x20 && *info != '\n') || *info == 0x7f)
			return false;
	}
	return true;
}

/* How much of a line is handed on: the method, and of the first publickey the key, by which the
 * engine knows the device again. A certificate may be longer than a frame. */
static size_t handed_on(const char *line, bool *keyed)
{
	static const char method[] = "publickey";
	size_t word = strcspn(line, " \n"), all = strcspn(line, "\n");

	if (*keyed || word != sizeof method - 1 || memcmp(line, method, word) != 0)
		return word;
	*keyed = true;
	return all <= word + 1 + TALK_KEY_MAX && all > word + 1 ? all : word;
}

/* sshd's account of what was proven before us: a method on each line, and after a blank the key or
 * certificate. All lines or none. */
static void take_auth_info(pam_handle_t *pamh, struct talk_login *out)
{
	const char *info = pam_getenv(pamh, "SSH_AUTH_INFO_0");
	size_t len = 0;
	bool keyed = false;

	if (!info || !info_possible(info))
		return;
	while (*info) {
		size_t word = handed_on(info, &keyed);
		if (word + 1 >= sizeof out->auth_info - len) {
			out->auth_info[0] = '\0';
			return;
		}
		memcpy(out->auth_info + len, info, word);
		len += word;
		info += word;
		info += strcspn(info, "\n");
		if (*info == '\n') {
			out->auth_info[len++] = '\n';
			info++;
		}
		out->auth_info[len] = '\0';
	}
}

int gather_login(pam_handle_t *pamh, const struct arguments *args, struct talk_login *out,
	enum talk_reason *why, struct fault *f)
{
	memset(out, 0, sizeof *out);
	if (take_user(pamh, out, why, f) < 0 || take_service(pamh, out, why, f) < 0)
		return -1;
	take_place(pamh, PAM_RHOST, out->rhost, sizeof out->rhost);
	take_place(pamh, PAM_TTY, out->tty, sizeof out->tty);
	take_place(pamh, PAM_RUSER, out->ruser, sizeof out->ruser);
	take_auth_info(pamh, out);
	if (args->prompt && text_copy(out->prompt, sizeof out->prompt, args->prompt) < 0)
		return refuse(why, TALK_REASON_ARGUMENTS, f, "prompt= is too long");
	if (args->language && text_copy(out->language, sizeof out->language, args->language) < 0)
		return refuse(why, TALK_REASON_ARGUMENTS, f, "lang= is too long");
	if (item(pamh, PAM_AUTHTOK))
		out->flags |= TALK_LOGIN_AUTHTOK;
	if (item(pamh, PAM_OLDAUTHTOK))
		out->flags |= TALK_LOGIN_OLDAUTHTOK;
	if (args->debug)
		out->flags |= TALK_LOGIN_DEBUG;
	if (args->decoy)
		out->flags |= TALK_LOGIN_DECOY;
	if (args->conceal)
		out->flags |= TALK_LOGIN_CONCEAL;
	return 0;
}
