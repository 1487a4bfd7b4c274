/* model HOST -c CONFDIR [-s SERVICE] [-u USER] [-r RHOST] [-n ROUNDS] [-w WORD]: see model.h. */
#include "tests/attack/model.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct model *const all[] = { models_ssh, models_terminal, models_desktop,
	models_field };

/* One line for each thing said, whatever is in it. */
static void say(const char *what, const char *text)
{
	printf("%s=", what);
	for (; *text; text++) {
		if (*text == '\n')
			printf("\\n");
		else
			putchar(*text);
	}
	putchar('\n');
	fflush(stdout);
}

void host_see(const char *text)
{
	say("see", text);
}

void host_fault(const char *text)
{
	say("fault", text);
}

const char *host_style(int style)
{
	return style == PAM_PROMPT_ECHO_ON ? "on" : style == PAM_PROMPT_ECHO_OFF ? "off" : "none";
}

/* Byte by byte, since libpam_misc reads the same descriptor. */
char *host_line(void)
{
	char line[8192];
	size_t n = 0;

	while (n + 1 < sizeof line && read(STDIN_FILENO, line + n, 1) == 1) {
		if (line[n] == '\n') {
			line[n] = '\0';
			return strdup(line);
		}
		n++;
	}
	return NULL;
}

char *host_ask(const char *style, const char *text)
{
	char what[16];

	snprintf(what, sizeof what, "ask=%s:", style);
	what[strlen(what) - 1] = '\0';
	printf("%s:", what);
	for (; *text; text++)
		*text == '\n' ? (void)printf("\\n") : (void)putchar(*text);
	putchar('\n');
	fflush(stdout);
	return host_line();
}

struct pam_response *host_replies(int n)
{
	return calloc((size_t)n, sizeof(struct pam_response));
}

void host_drop(struct pam_response *replies, int n)
{
	for (int i = 0; i < n; i++)
		free(replies[i].resp);
	free(replies);
}

/* Between the module and the model: what is counted for all of them. */
static int counted(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct host *h = data;

	h->calls++;
	if (n > h->most)
		h->most = n;
	return h->model->conv(n, msg, resp, h);
}

/* The pause after a failure is the test's time only. */
static void no_delay(int rc, unsigned us, void *data)
{
	(void)rc;
	(void)us;
	(void)data;
}

void host_start(struct host *h, const char *user)
{
	struct pam_conv conv = { counted, h };
	union {
		void (*f)(int, unsigned, void *);
		const void *p;
	} delay = { no_delay };

	if (pam_start_confdir(h->service, user, &conv, h->confdir, &h->pamh) != PAM_SUCCESS) {
		host_fault("pam_start");
		exit(1);
	}
	pam_set_item(h->pamh, PAM_FAIL_DELAY, delay.p);
	if (h->rhost)
		pam_set_item(h->pamh, PAM_RHOST, h->rhost);
}

int host_authenticate(struct host *h, int flags)
{
	int rc = pam_authenticate(h->pamh, flags);

	printf("rc=%d\n", rc);
	fflush(stdout);
	return rc;
}

static const struct model *find(const char *name)
{
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		for (const struct model *m = all[i]; m->name; m++)
			if (strcmp(m->name, name) == 0)
				return m;
	return NULL;
}

static int options(struct host *h, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "c:s:u:r:n:w:")) != -1) {
		if (c == 'c')
			h->confdir = optarg;
		else if (c == 's')
			h->service = optarg;
		else if (c == 'u')
			h->user = optarg;
		else if (c == 'r')
			h->rhost = optarg;
		else if (c == 'n')
			h->rounds = (int)strtol(optarg, NULL, 10);
		else if (c == 'w')
			h->word = optarg;
		else
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct host h = { .confdir = "/etc/pam.d", .rounds = 1 };

	if (argc < 2 || !(h.model = find(argv[1])))
		return 2;
	h.service = h.model->service;
	if (options(&h, argc - 1, argv + 1) < 0)
		return 2;
	h.model->run(&h);
	if (h.pamh)
		pam_end(h.pamh, PAM_SUCCESS);
	printf("calls=%d\nmost=%d\n", h.calls, h.most);
	return 0;
}
