/* sshd: keyboard-interactive before and from 10.3, and its method `password` (auth-pam.c). */
#include "tests/attack/model.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hold(struct host *h, const char *text)
{
	char *old = h->held;

	if (asprintf(&h->held, "%s%s\n", old ? old : "", text) < 0)
		abort();
	free(old);
}

static void show_held(struct host *h)
{
	if (h->held)
		host_see(h->held);
	free(h->held);
	h->held = NULL;
}

/* Prompts go to the client one by one. When the client has gone, sshd ends the process that waits
 * here by SIGTERM: nothing returns, nothing is cleaned up (seen, D6). */
static char *over_the_wire(struct host *h, const struct pam_message *m)
{
	char *text;

	if (asprintf(&text, "%s%s", h->held ? h->held : "", m->msg) < 0)
		abort();
	free(h->held);
	h->held = NULL;
	char *line = host_ask(host_style(m->msg_style), text);
	free(text);
	if (!line)
		raise(SIGTERM);
	return line;
}

static bool kind_known(const struct pam_message *m)
{
	return m->msg_style == PAM_PROMPT_ECHO_ON || m->msg_style == PAM_PROMPT_ECHO_OFF ||
	       m->msg_style == PAM_ERROR_MSG || m->msg_style == PAM_TEXT_INFO;
}

static bool is_prompt(const struct pam_message *m)
{
	return m->msg_style == PAM_PROMPT_ECHO_ON || m->msg_style == PAM_PROMPT_ECHO_OFF;
}

/* sshpam_thread_conv with sshpam_query, up to 10.2: what is only told is put before the next prompt,
 * into the prompt itself. */
static int conv_held(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;
	struct pam_response *replies = host_replies(n);

	for (int i = 0; i < n; i++) {
		if (!kind_known(msg[i])) {
			host_drop(replies, n);
			return PAM_CONV_ERR;
		}
		if (is_prompt(msg[i]))
			replies[i].resp = over_the_wire(h, msg[i]);
		else
			hold(h, msg[i]->msg);
	}
	*resp = replies;
	return PAM_SUCCESS;
}

/* From 10.3 (bugzilla 2876): an information request of its own, without prompts, at once. */
static int conv_at_once(
	int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	for (int i = 0; i < n; i++)
		if (!is_prompt(msg[i]) && kind_known(msg[i]))
			host_see(msg[i]->msg);
	if (n == 1 && !is_prompt(msg[0])) {
		*resp = host_replies(n);
		return PAM_SUCCESS;
	}
	return conv_held(n, msg, resp, data);
}

/* sshpam_passwd_conv: the one password for every prompt without echo; a prompt with echo fails. */
static int conv_password(
	int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;
	struct pam_response *replies = host_replies(n);

	for (int i = 0; i < n; i++) {
		if (msg[i]->msg_style == PAM_PROMPT_ECHO_OFF && h->field) {
			replies[i].resp = strdup(h->field);
		} else if (msg[i]->msg_style == PAM_ERROR_MSG ||
			   msg[i]->msg_style == PAM_TEXT_INFO) {
			hold(h, msg[i]->msg);
			replies[i].resp = strdup("");
		} else {
			host_drop(replies, n);
			return PAM_CONV_ERR;
		}
	}
	*resp = replies;
	return PAM_SUCCESS;
}

/* One handle for all attempts of one connection. Whatever the error, the held text is shown; after
 * PAM_MAXTRIES nothing is tried again. */
static void attempts(struct host *h, bool password)
{
	host_start(h, h->user);
	pam_set_item(h->pamh, PAM_TTY, "ssh");
	for (int round = 0; round < h->rounds && !h->maxtries; round++) {
		if (password) {
			free(h->field);
			h->field = host_ask("client", "password");
			if (!h->field)
				break;
		}
		int rc = host_authenticate(h, (int)PAM_DISALLOW_NULL_AUTHTOK);
		h->maxtries = rc == PAM_MAXTRIES;
		show_held(h);
		if (rc == PAM_SUCCESS)
			break;
	}
	free(h->field);
}

static void run_keyboard(struct host *h)
{
	attempts(h, false);
}

static void run_password(struct host *h)
{
	attempts(h, true);
}

const struct model models_ssh[] = {
	{ "sshd-10.2", "sshd", conv_held, run_keyboard },
	{ "sshd-10.3", "sshd", conv_at_once, run_keyboard },
	{ "sshd-password", "sshd", conv_password, run_password },
	{ 0 },
};
