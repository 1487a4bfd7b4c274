/* A host of the tests' own: it loads the built module through pam_start_confdir, answers (or
 * misbehaves) as it is told, and says on its standard output what came of it.
 *
 * pam_host OPTION... [--] REPLY...
 *
 * A reply is text:TEXT, slow:TEXT (0.4 s later), size:N (N digits), none (NULL reply), array
 * (success with a NULL array), error (PAM_CONV_ERR), late-error (PAM_CONV_ERR with a reply left
 * behind), again (PAM_CONV_AGAIN), stdin (the next line of standard input) or hang (waits for ever).
 * After the last one: error. With -C a password is changed in place of a login; -E claims that it has
 * expired, as `passwd -k` does. */
#include <fcntl.h>
#include <getopt.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/places.h"
#include "tests/module/traces.h"

struct host {
	const char *confdir;
	const char *service;
	const char *user;
	const char *rhost;
	const char *tty;
	const char *ruser;
	const char *auth_info;
	const char *conv; /* "none": a NULL function */
	int flags;
	int rounds;
	bool change;
	char **replies;
	int nreplies;
	int next;
	int calls;
	int out; /* far from 0 to 2, which may be closed */
};

static const char *style_name(int style)
{
	switch (style) {
	case PAM_PROMPT_ECHO_ON:
		return "on";
	case PAM_PROMPT_ECHO_OFF:
		return "off";
	case PAM_ERROR_MSG:
		return "error";
	case PAM_TEXT_INFO:
		return "info";
	default:
		return "other";
	}
}

static char *digits(size_t n)
{
	char *s = malloc(n + 1);
	memset(s, '7', n);
	s[n] = 0;
	return s;
}

static char *line_of_input(void)
{
	char line[600];

	if (!fgets(line, sizeof line, stdin))
		return NULL;
	line[strcspn(line, "\n")] = 0;
	return strdup(line);
}

/* What one reply word does; the array is malloc'ed already. */
static int reply_as_told(const char *word, struct pam_response **resp)
{
	struct pam_response *r = *resp;

	if (strncmp(word, "slow:", 5) == 0)
		usleep(400000);
	if (strncmp(word, "text:", 5) == 0 || strncmp(word, "slow:", 5) == 0)
		r->resp = strdup(word + 5);
	else if (strncmp(word, "size:", 5) == 0)
		r->resp = digits(strtoul(word + 5, NULL, 10));
	else if (strcmp(word, "stdin") == 0)
		r->resp = line_of_input();
	else if (strcmp(word, "none") == 0)
		return PAM_SUCCESS;
	else if (strcmp(word, "late-error") == 0)
		r->resp = strdup("123456");
	else {
		free(r);
		*resp = NULL;
		if (strcmp(word, "array") == 0)
			return PAM_SUCCESS;
		return strcmp(word, "again") == 0 ? PAM_CONV_AGAIN : PAM_CONV_ERR;
	}
	return strcmp(word, "late-error") == 0 ? PAM_CONV_ERR : PAM_SUCCESS;
}

/* How many of 0 to 2 are open: what is written to them now goes there. */
static int low_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 3; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int answer(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;

	h->calls++;
	dprintf(h->out, "call=%d\nlow=%d\nsay=%s:%s\n", n, low_descriptors(),
		style_name(msg[0]->msg_style), msg[0]->msg);
	*resp = calloc(1, sizeof **resp);
	if (msg[0]->msg_style == PAM_ERROR_MSG || msg[0]->msg_style == PAM_TEXT_INFO)
		return PAM_SUCCESS;
	const char *word = h->next < h->nreplies ? h->replies[h->next++] : "error";
	while (strcmp(word, "hang") == 0)
		pause();
	return reply_as_told(word, resp);
}

static int log_in(struct host *h)
{
	struct pam_conv conv = { strcmp(h->conv, "none") == 0 ? NULL : answer, h };
	pam_handle_t *pamh = NULL;
	char info[5000];
	int rc = pam_start_confdir(h->service, h->user, &conv, h->confdir, &pamh);

	if (rc != PAM_SUCCESS) {
		dprintf(h->out, "start=%d\n", rc);
		return 1;
	}
	if (h->rhost)
		pam_set_item(pamh, PAM_RHOST, h->rhost);
	if (h->tty)
		pam_set_item(pamh, PAM_TTY, h->tty);
	if (h->ruser)
		pam_set_item(pamh, PAM_RUSER, h->ruser);
	if (h->auth_info) {
		snprintf(info, sizeof info, "SSH_AUTH_INFO_0=%s", h->auth_info);
		pam_putenv(pamh, info);
	}
	struct traces before, after;
	for (int round = 0; round < h->rounds; round++) {
		h->next = 0;
		h->calls = 0;
		traces_take(&before);
		rc = h->change ? pam_chauthtok(pamh, h->flags) : pam_authenticate(pamh, h->flags);
		traces_take(&after);
	}
	dprintf(h->out, "rc=%d\ncalls=%d\nsetcred=%d\n", rc, h->calls,
		pam_setcred(pamh, PAM_ESTABLISH_CRED));
	/* the first round loads the module, opens syslog and the like */
	if (h->rounds > 1)
		traces_compare(&before, &after, h->out);
	traces_signals(h->out);
	pam_end(pamh, rc);
	return 0;
}

static int options(struct host *h, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "c:s:u:r:t:R:a:n:qm:PCE")) != -1) {
		switch (c) {
		case 'c':
			h->confdir = optarg;
			break;
		case 's':
			h->service = optarg;
			break;
		case 'u':
			h->user = *optarg ? optarg : NULL;
			break;
		case 'r':
			h->rhost = optarg;
			break;
		case 't':
			h->tty = optarg;
			break;
		case 'R':
			h->ruser = optarg;
			break;
		case 'a':
			h->auth_info = optarg;
			break;
		case 'n':
			h->rounds = (int)strtol(optarg, NULL, 10);
			break;
		case 'q':
			h->flags |= (int)PAM_SILENT;
			break;
		case 'C':
			h->change = true;
			break;
		case 'E':
			h->flags |= (int)PAM_CHANGE_EXPIRED_AUTHTOK;
			break;
		case 'm':
			if (strcmp(optarg, "null-conv") == 0)
				h->conv = "none";
			else if (traces_mode(optarg) < 0)
				return -1;
			break;
		case 'P':
			printf("socket=%s\nengine=%s\n", PLACES_SOCKET, PLACES_ENGINE);
			exit(0);
		default:
			return -1;
		}
	}
	h->replies = argv + optind;
	h->nreplies = argc - optind;
	return 0;
}

int main(int argc, char **argv)
{
	struct host h = { .service = "sshd", .user = "alice", .conv = "own", .rounds = 1 };

	h.out = traces_far(1);
	if (options(&h, argc, argv) < 0 || !h.confdir || h.out < 0)
		return 2;
	return log_in(&h);
}
