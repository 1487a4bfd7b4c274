/* Hosts with one field, whose text is the answer to whatever is asked: lockers, dovecot, openvpn. */
#include "tests/attack/model.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_prompt(const struct pam_message *m)
{
	return m->msg_style == PAM_PROMPT_ECHO_ON || m->msg_style == PAM_PROMPT_ECHO_OFF;
}

/* --- lockers ---------------------------------------------------------------------------------- */

/* swaylock's handle_conversation: the field, for every prompt, with echo or without. */
static int conv_swaylock(
	int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;
	struct pam_response *replies = host_replies(n);

	*resp = replies;
	for (int i = 0; i < n; i++)
		if (is_prompt(msg[i]))
			replies[i].resp = strdup(h->field);
	return PAM_SUCCESS;
}

/* i3lock's conv_callback writes to resp[c] where it means (*resp)[c]: what stands behind the caller's
 * pointer is taken for the address of a reply. With one message the two are the same place. */
static int conv_i3lock(
	int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;

	if (n == 0)
		return 1;
	*resp = host_replies(n);
	for (int c = 0; c < n; c++) {
		if (!is_prompt(msg[c]))
			continue;
		if (c > 0) {
			host_fault("i3lock writes to memory that is not its own");
			abort();
		}
		resp[c]->resp_retcode = 0;
		resp[c]->resp = strdup(h->field);
	}
	return 0;
}

/* One handle until it unlocks: the next try is the next field. */
static void run_locker(struct host *h)
{
	host_start(h, h->user);
	pam_set_item(h->pamh, PAM_TTY, ":0");
	for (int round = 0; round < h->rounds; round++) {
		free(h->field);
		h->field = host_ask("client", "field");
		if (!h->field || host_authenticate(h, 0) == PAM_SUCCESS)
			break;
	}
	free(h->field);
}

/* --- dovecot ---------------------------------------------------------------------------------- */

/* pam_userpass_conv, 2.3 and 2.4: with echo it must be the name that is asked for. */
static int conv_dovecot(
	int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;
	struct pam_response *replies = host_replies(n);

	for (int i = 0; i < n; i++) {
		if (msg[i]->msg_style == PAM_PROMPT_ECHO_ON)
			replies[i].resp = strdup(h->user);
		else if (msg[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			replies[i].resp = strdup(h->field);
	}
	*resp = replies;
	return PAM_SUCCESS;
}

/* A handle for each request. */
static void run_dovecot(struct host *h)
{
	for (int round = 0; round < h->rounds; round++) {
		free(h->field);
		h->field = host_ask("client", "field");
		if (!h->field)
			break;
		host_start(h, h->user);
		int rc = host_authenticate(h, 0);
		pam_end(h->pamh, rc);
		h->pamh = NULL;
	}
	free(h->field);
}

/* --- openvpn ---------------------------------------------------------------------------------- */

/* name_value_match: from the first letter or digit on, in either case, as far as the word goes. */
static bool begins_with(const char *query, const char *word)
{
	while (*query && !isalnum((unsigned char)*query))
		query++;
	return *query && strncasecmp(word, query, strlen(word)) == 0;
}

/* The value for this prompt by the words of the plugin's line, "NAME VALUE NAME VALUE"; NULL where
 * none fits, or there is nothing to give. PASSWORD and OTP are two fields of the client, the second
 * behind a tab here. */
static char *by_words(const struct host *h, const char *query)
{
	char *words = strdup(h->word), *rest = NULL, *found = NULL;
	const char *tab = strchr(h->field, '\t');

	for (char *name = strtok_r(words, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
		const char *value = strtok_r(NULL, " ", &rest);
		if (!value || !begins_with(query, name))
			continue;
		if (strcmp(value, "USERNAME") == 0)
			found = strdup(h->user);
		else if (strcmp(value, "PASSWORD") == 0)
			found = strndup(h->field, strcspn(h->field, "\t"));
		else if (strcmp(value, "OTP") == 0 && tab && tab[1])
			found = strdup(tab + 1);
		break;
	}
	free(words);
	return found;
}

/* my_conv of auth-pam.c: with words everything is matched by them, what is only told as well; without
 * them the password for a prompt without echo, the name for one with. On an error the caller's
 * pointer is left as it was. */
static int conv_openvpn(
	int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;
	struct pam_response *replies = host_replies(n);

	for (int i = 0; i < n; i++) {
		if (h->word)
			replies[i].resp = by_words(h, msg[i]->msg);
		else if (is_prompt(msg[i]))
			replies[i].resp = strdup(
				msg[i]->msg_style == PAM_PROMPT_ECHO_ON ? h->user : h->field);
		if (!replies[i].resp && (h->word || is_prompt(msg[i]))) {
			host_drop(replies, n);
			return PAM_CONV_ERR;
		}
	}
	*resp = replies;
	return PAM_SUCCESS;
}

const struct model models_field[] = {
	{ "swaylock", "swaylock", conv_swaylock, run_locker },
	{ "i3lock", "i3lock", conv_i3lock, run_locker },
	{ "dovecot", "dovecot", conv_dovecot, run_dovecot },
	{ "openvpn", "openvpn", conv_openvpn, run_dovecot },
	{ 0 },
};
