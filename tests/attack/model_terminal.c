/* What runs on a terminal: sudo with and without -S, -A and -n, su, login. */
#include "tests/attack/model.h"

#include <security/pam_misc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- sudo ------------------------------------------------------------------------------------- */

/* use_pam_prompt in plugins/sudoers/auth/pam.c: a prompt of that form is sudo's to word. */
static const char *sudo_prompt(const char *text)
{
	static const char own[] = "[sudo] password for alice: ";

	if (strcmp(text, "Password:") == 0 || strcmp(text, "Password: ") == 0)
		return own;
	return text;
}

/* auth_getpass: on the terminal and with -S a line is read; with -A the askpass program has the
 * prompt for its argument, and nothing tells it of echo; with -n (since 1.9.9 with
 * noninteractive_auth) nobody is asked. */
static char *sudo_read(struct host *h, const struct pam_message *m)
{
	const char *way = h->word ? h->word : "";
	const char *text = sudo_prompt(m->msg);

	if (strcmp(way, "-n") == 0)
		return NULL;
	return host_ask(strcmp(way, "-A") == 0 ? "askpass" : host_style(m->msg_style), text);
}

/* converse, 1.9: after a read that failed, and only then, a further prompt in the same round gets
 * success and no text. */
static int conv_sudo(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;
	struct pam_response *replies = host_replies(n);

	*resp = replies;
	for (int i = 0; i < n; i++) {
		const struct pam_message *m = msg[i];
		if (m->msg_style != PAM_PROMPT_ECHO_ON && m->msg_style != PAM_PROMPT_ECHO_OFF) {
			host_see(m->msg);
			continue;
		}
		if (h->no_more)
			return PAM_SUCCESS;
		replies[i].resp = sudo_read(h, m);
		if (!replies[i].resp) {
			h->no_more = true;
			host_drop(replies, n);
			*resp = NULL;
			return PAM_CONV_ERR;
		}
	}
	return PAM_SUCCESS;
}

/* sudo_pam_verify, and the tries around it: always PAM_SILENT (seen), one handle. */
static void run_sudo(struct host *h)
{
	host_start(h, h->user);
	pam_set_item(h->pamh, PAM_TTY, "/dev/pts/7");
	pam_set_item(h->pamh, PAM_RUSER, h->user);
	for (int round = 0; round < h->rounds && !h->no_more; round++) {
		int rc = host_authenticate(h, (int)PAM_SILENT);
		if (rc != PAM_AUTH_ERR && rc != PAM_AUTHINFO_UNAVAIL && rc != PAM_MAXTRIES &&
			rc != PAM_PERM_DENIED)
			break;
	}
}

/* sudo's array after a read that has failed, taken up again by the next line of the stack: the
 * corner that the real program shows when ^C was typed at the line before ours. */
static void run_sudo_interrupted(struct host *h)
{
	host_start(h, h->user);
	h->no_more = true;
	host_authenticate(h, (int)PAM_SILENT);
}

/* --- su and login, by libpam_misc ------------------------------------------------------------- */

/* misc_conv itself, told about so that the person knows: it prompts on standard error. */
static int conv_misc(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	(void)data;
	for (int i = 0; i < n; i++) {
		if (msg[i]->msg_style == PAM_PROMPT_ECHO_ON ||
			msg[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			printf("ask=%s:%s\n", host_style(msg[i]->msg_style), msg[i]->msg);
		else
			host_see(msg[i]->msg);
	}
	fflush(stdout);
	return misc_conv(n, msg, resp, NULL);
}

/* util-linux' supam_conv with -P or in a session: one PAM_TEXT_INFO is swallowed, without a reply. */
static int conv_su_quiet(
	int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	if (n == 1 && msg[0]->msg_style == PAM_TEXT_INFO)
		return PAM_SUCCESS;
	return conv_misc(n, msg, resp, data);
}

static void run_su(struct host *h)
{
	host_start(h, h->user);
	pam_set_item(h->pamh, PAM_RUSER, "bob");
	pam_set_item(h->pamh, PAM_TTY, "/dev/pts/7");
	host_authenticate(h, 0);
}

/* loginpam_auth of util-linux: the same handle for the next name, and for these errors only. The
 * name is asked for by PAM, in login's words. */
static void run_login(struct host *h)
{
	host_start(h, h->user);
	pam_set_item(h->pamh, PAM_TTY, "tty1");
	pam_set_item(h->pamh, PAM_USER_PROMPT, "web01 login: ");
	int rc = host_authenticate(h, 0);
	for (int round = 1; round < h->rounds &&
			    (rc == PAM_AUTH_ERR || rc == PAM_USER_UNKNOWN ||
				    rc == PAM_CRED_INSUFFICIENT || rc == PAM_AUTHINFO_UNAVAIL);
		round++) {
		pam_set_item(h->pamh, PAM_USER, NULL);
		host_see("Login incorrect");
		rc = host_authenticate(h, 0);
	}
}

const struct model models_terminal[] = {
	{ "sudo", "sudo", conv_sudo, run_sudo },
	{ "sudo-interrupted", "sudo", conv_sudo, run_sudo_interrupted },
	{ "su", "su", conv_misc, run_su },
	{ "su-quiet", "su", conv_su_quiet, run_su },
	{ "login", "login", conv_misc, run_login },
	{ 0 },
};
