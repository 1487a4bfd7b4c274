#include "host.h"

#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdarg.h>
#include <string.h>

#include "claim.h"

enum { DATA_MAX = 4, NAME_BYTES = 64, PROMPT_BYTES = 512 };

struct host host;
bool host_inside;

static struct {
	char *text;
	size_t len;
} lent[HOST_ASKED];
static size_t nlent;
static struct {
	char name[NAME_BYTES];
	void *value;
} left[DATA_MAX];
static size_t nleft;

void host_begin(void)
{
	host_kernel_begin();
	nlent = nleft = 0;
	host_inside = true;
}

void host_end(void)
{
	host_inside = false;
	host_kernel_end();
	for (size_t i = 0; i < nlent; i++)
		CLAIM(!lent[i].text);
}

/* --- libpam ----------------------------------------------------------------------------------- */

/* What one person types reaches nobody but the engine, and is gone when the shim drops it. */
static struct pam_response *reply_of(const struct host_reply *r)
{
	struct pam_response *reply = calloc(1, sizeof *reply);
	CLAIM(reply != NULL);
	if (r->kind == HOST_TYPES || r->kind == HOST_TYPES_AND_FAILS) {
		reply->resp = strdup(r->text);
		CLAIM(reply->resp != NULL && nlent < HOST_ASKED);
		lent[nlent].len = strlen(r->text);
		lent[nlent++].text = reply->resp;
	}
	return reply;
}

static void claim_text(const char *text)
{
	CLAIM(text && *text && strlen(text) <= PROMPT_BYTES);
	for (const char *at = text; *at; at++)
		CLAIM((unsigned char)*at >= 0x20 && *at != 0x7f);
}

static int ask(
	int n, const struct pam_message **messages, struct pam_response **replies, void *data)
{
	(void)data;
	/* D1 */
	CLAIM(n == 1 && messages && messages[0] && replies && !host.failed);
	int style = messages[0]->msg_style;
	claim_text(messages[0]->msg);
	*replies = NULL;
	if (style == PAM_ERROR_MSG || style == PAM_TEXT_INFO) {
		CLAIM(!host.silent);
		host.told++;
		*replies = calloc(1, sizeof **replies);
		return PAM_SUCCESS;
	}
	CLAIM(style == PAM_PROMPT_ECHO_ON || style == PAM_PROMPT_ECHO_OFF);
	CLAIM(host.asked < HOST_ASKED);
	static const struct host_reply none;
	const struct host_reply *r =
		(size_t)host.asked < host.nreplies ? &host.replies[host.asked] : &none;
	host.styles[host.asked] = style;
	host.typed[host.asked] = r->kind == HOST_TYPES ? r->text : NULL;
	host.asked++;
	host.failed = r->kind != HOST_TYPES;
	if (r->kind == HOST_NULL_ARRAY)
		return PAM_SUCCESS;
	if (r->kind == HOST_AGAIN)
		return PAM_CONV_AGAIN;
	*replies = reply_of(r);
	return r->kind == HOST_FAILS || r->kind == HOST_TYPES_AND_FAILS ? PAM_CONV_ERR
									: PAM_SUCCESS;
}

int pam_get_item(const pam_handle_t *pamh, int which, const void **value)
{
	static const struct pam_conv conversation = { ask, NULL };
	(void)pamh;
	*value = NULL;
	if (which == PAM_CONV)
		*value = host.no_conversation ? NULL : &conversation;
	else if (which == PAM_AUTHTOK && (host.set || host.cleared))
		*value = host.set ? host.taken_on : NULL;
	else if (which > 0 && which < HOST_ITEM)
		*value = host.item[which];
	return PAM_SUCCESS;
}

int pam_get_user(pam_handle_t *pamh, const char **user, const char *prompt)
{
	(void)pamh;
	CLAIM(!prompt);
	*user = host.item[PAM_USER];
	return host.no_user ? PAM_CONV_ERR : PAM_SUCCESS;
}

const char *pam_getenv(pam_handle_t *pamh, const char *name)
{
	(void)pamh;
	CLAIM(!strcmp(name, "SSH_AUTH_INFO_0"));
	return host.auth_info;
}

int pam_set_item(pam_handle_t *pamh, int which, const void *value)
{
	(void)pamh;
	CLAIM(which == PAM_AUTHTOK);
	host.set = value != NULL;
	host.cleared = !value;
	if (value) {
		CLAIM(strlen(value) < sizeof host.taken_on);
		memcpy(host.taken_on, value, strlen(value) + 1);
	}
	return PAM_SUCCESS;
}

int pam_set_data(pam_handle_t *pamh, const char *name, void *value,
	void (*cleanup)(pam_handle_t *pamh, void *data, int status))
{
	(void)pamh;
	CLAIM(!cleanup && strlen(name) < NAME_BYTES);
	size_t i = 0;
	while (i < nleft && strcmp(left[i].name, name) != 0)
		i++;
	CLAIM(i < DATA_MAX);
	nleft = i == nleft ? nleft + 1 : nleft;
	memcpy(left[i].name, name, strlen(name) + 1);
	left[i].value = value;
	return PAM_SUCCESS;
}

int pam_get_data(const pam_handle_t *pamh, const char *name, const void **value)
{
	(void)pamh;
	for (size_t i = 0; i < nleft; i++)
		if (!strcmp(left[i].name, name)) {
			*value = left[i].value;
			return PAM_SUCCESS;
		}
	return PAM_NO_MODULE_DATA;
}

/* G1: the corpus has these words for what is typed and what is kept secret. A line of pam.d is no place for either. */
static bool tells(const char *line, const char *secret)
{
	for (int i = 0; i < host.argc; i++)
		if (strstr(host.argv[i], secret))
			return false;
	return strstr(line, secret) != NULL;
}

void pam_syslog(const pam_handle_t *pamh, int priority, const char *fmt, ...)
{
	char line[2048];
	va_list ap;
	(void)pamh;
	(void)priority;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	CLAIM(*line && !tells(line, "s3cret") && !tells(line, "493027"));
	for (const char *at = line; *at; at++)
		CLAIM((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f);
	host.log_lines++;
}

INSTEAD(void, free, void *at)
{
	for (size_t i = 0; host_inside && at && i < nlent; i++) {
		if (lent[i].text != at)
			continue;
		for (size_t k = 0; k < lent[i].len; k++)
			CLAIM(lent[i].text[k] == 0);
		lent[i].text = NULL;
	}
	__real_free(at);
}
