/* Greeters and agents of desktops: GDM, LightDM, Cockpit, polkit's helper. */
#include "tests/attack/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	COCKPIT_S = 30,      /* auth_timeout of cockpit-session, before its answer to the browser */
	POLKIT_BUFFER = 512, /* PAM_MAX_RESP_SIZE */
};

static bool is_prompt(const struct pam_message *m)
{
	return m->msg_style == PAM_PROMPT_ECHO_ON || m->msg_style == PAM_PROMPT_ECHO_OFF;
}

/* --- gdm -------------------------------------------------------------------------------------- */

/* gdm_session_worker_update_username: looked at before each message, and the greeter is told. */
static void tell_username(struct host *h)
{
	const void *now = NULL;

	if (pam_get_item(h->pamh, PAM_USER, &now) != PAM_SUCCESS || !now)
		return;
	if (!h->held || strcmp(h->held, now) != 0) {
		free(h->held);
		h->held = strdup(now);
		printf("user=%s\n", h->held);
	}
}

/* gdm_session_worker_pam_new_messages_handler: all of what it gets goes to the shell over D-Bus, and
 * an answer that does not come ends the call with the array gone. */
static int conv_gdm(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;
	struct pam_response *replies = host_replies(n);

	*resp = NULL;
	for (int i = 0; i < n; i++) {
		tell_username(h);
		if (!is_prompt(msg[i])) {
			host_see(msg[i]->msg);
			continue;
		}
		replies[i].resp = host_ask(host_style(msg[i]->msg_style), msg[i]->msg);
		if (!replies[i].resp) {
			host_drop(replies, n);
			return PAM_CONV_ERR;
		}
	}
	*resp = replies;
	return PAM_SUCCESS;
}

/* Two stages: a conversation may begin before anybody said who it is, and PAM then asks in GDM's
 * words. A failure ends the worker, and with it the handle. */
static void run_gdm(struct host *h)
{
	for (int round = 0; round < h->rounds; round++) {
		host_start(h, h->user);
		pam_set_item(h->pamh, PAM_USER_PROMPT, "Username:");
		pam_set_item(h->pamh, PAM_TTY, "/dev/tty1");
		int rc = host_authenticate(h, 0);
		if (rc == PAM_SUCCESS || round + 1 == h->rounds)
			break;
		pam_end(h->pamh, rc);
		h->pamh = NULL;
	}
	free(h->held);
}

/* --- lightdm ---------------------------------------------------------------------------------- */

/* pam_conv_cb of session-child.c: a call goes over as a whole, and the GTK greeter has one label:
 * whatever came last in it is what stands there. An info alone is answered at once. */
static int conv_lightdm(
	int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct pam_response *replies = host_replies(n);
	const struct pam_message *last = msg[n - 1];
	bool asked = false;

	(void)data;
	for (int i = 0; i < n; i++)
		asked = asked || is_prompt(msg[i]);
	if (!asked)
		host_see(last->msg);
	for (int i = 0; i < n && asked; i++) {
		if (!is_prompt(msg[i]))
			continue;
		replies[i].resp = host_ask(host_style(msg[i]->msg_style), last->msg);
		if (!replies[i].resp) {
			/* the person chose another user: the error is read, and no array made */
			host_drop(replies, n);
			return PAM_CONV_ERR;
		}
	}
	*resp = replies;
	return PAM_SUCCESS;
}

static void run_lightdm(struct host *h)
{
	host_start(h, h->user);
	pam_set_item(h->pamh, PAM_TTY, ":0");
	host_authenticate(h, 0);
}

/* --- cockpit ---------------------------------------------------------------------------------- */

/* pam_conv_func: the password of the login page is the answer to the first prompt without echo. Text
 * is kept for a prompt of the same call, and forgotten with the call. */
static int conv_cockpit(
	int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;
	struct pam_response *replies = host_replies(n);
	const char *kept = NULL;

	for (int i = 0; i < n; i++) {
		if (!is_prompt(msg[i])) {
			kept = msg[i]->msg;
			continue;
		}
		if (msg[i]->msg_style == PAM_PROMPT_ECHO_OFF && h->field) {
			replies[i].resp = h->field;
			h->field = NULL;
			continue;
		}
		if (kept)
			host_see(kept);
		/* cockpit-ws ends the session when nothing comes for so long */
		alarm(0);
		replies[i].resp = host_ask(host_style(msg[i]->msg_style), msg[i]->msg);
		alarm(COCKPIT_S);
		if (!replies[i].resp) {
			host_drop(replies, n);
			return PAM_CONV_ERR;
		}
	}
	*resp = replies;
	return PAM_SUCCESS;
}

static void run_cockpit(struct host *h)
{
	h->field = host_ask("client", "password");
	host_start(h, h->user);
	alarm(COCKPIT_S);
	host_authenticate(h, 0);
	alarm(0);
	free(h->field);
}

/* --- polkit ----------------------------------------------------------------------------------- */

/* What the agent reads: one line, which begins with what it is. Anything else is an error there. */
static void agent_reads(const char *line)
{
	static const char *const known[] = { "PAM_PROMPT_ECHO_OFF ", "PAM_PROMPT_ECHO_ON ",
		"PAM_ERROR_MSG ", "PAM_TEXT_INFO " };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		size_t len = strlen(known[i]);
		if (strncmp(line, known[i], len) != 0)
			continue;
		if (i >= 2)
			host_see(line + len);
		else
			printf("ask=%s:%s\n", i == 0 ? "off" : "on", line + len);
		fflush(stdout);
		return;
	}
	host_fault("the agent knows no such line");
}

static void to_agent(const char *kind, const char *text)
{
	char *all, *rest = NULL;

	if (asprintf(&all, "%s %s", kind, text) < 0)
		abort();
	for (char *line = strtok_r(all, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		agent_reads(line);
	free(all);
}

/* fgets with 512 bytes: of a longer line the rest is the answer to the next prompt. */
static char *polkit_line(struct host *h)
{
	char *line = h->held ? h->held : host_line();

	h->held = NULL;
	if (line && strlen(line) >= POLKIT_BUFFER) {
		h->held = strdup(line + POLKIT_BUFFER - 1);
		line[POLKIT_BUFFER - 1] = '\0';
	}
	return line;
}

/* conversation_function of polkitagenthelper-pam.c. */
static int conv_polkit(
	int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;
	struct pam_response *replies = host_replies(n);

	for (int i = 0; i < n; i++) {
		int style = msg[i]->msg_style;
		if (!is_prompt(msg[i])) {
			to_agent(style == PAM_ERROR_MSG ? "PAM_ERROR_MSG" : "PAM_TEXT_INFO",
				msg[i]->msg);
			continue;
		}
		to_agent(style == PAM_PROMPT_ECHO_ON ? "PAM_PROMPT_ECHO_ON" : "PAM_PROMPT_ECHO_OFF",
			msg[i]->msg);
		replies[i].resp = polkit_line(h);
		if (!replies[i].resp) {
			host_drop(replies, n);
			*resp = NULL;
			return PAM_CONV_ERR;
		}
	}
	*resp = replies;
	return PAM_SUCCESS;
}

static void run_polkit(struct host *h)
{
	host_start(h, h->user);
	host_authenticate(h, 0);
	free(h->held);
}

const struct model models_desktop[] = {
	{ "gdm", "gdm-password", conv_gdm, run_gdm },
	{ "lightdm", "lightdm", conv_lightdm, run_lightdm },
	{ "cockpit", "cockpit", conv_cockpit, run_cockpit },
	{ "polkit", "polkit-1", conv_polkit, run_polkit },
	{ 0 },
};
