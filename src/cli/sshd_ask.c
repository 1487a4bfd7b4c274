#include "cli/sshd_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/spawn.h"
#include "base/text.h"
#include "cli/sshd_config.h"
#include "cli/sshd_match.h"
#include "core/account.h"

enum { ASK_MS = 10000, TEXT_MAX = 64 * 1024, MATCHES_MAX = 12 };

static const char *const programs[] = { "/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd" };
static const char *const files[] = { "/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*.conf" };

static const char *program(void)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (access(programs[i], X_OK) == 0)
			return programs[i];
	return NULL;
}

/* What it says until its end. */
static int drain(int fd, int64_t until_ms, char *text, struct fault *f)
{
	size_t len = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int ready = poll(&p, 1, clock_left_ms(until_ms));
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return fault_set(f, FAULT_LATE, 0, "sshd -T did not end in time");
		n = read(fd, text + len, TEXT_MAX - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_set(f, FAULT_SYSTEM, errno, "reading from sshd -T");
		text[len += (size_t)n] = 0;
		if (n == 0)
			return 0;
		if (len == TEXT_MAX)
			return fault_set(f, FAULT_PEER, 0, "sshd -T prints too much");
	}
}

/* Its last line of complaint is what it says of why. */
static int judge_end(int status, const char *text, struct fault *f)
{
	if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return fault_set(f, FAULT_BAD, 0, "sshd -T: %.*s", (int)strcspn(text, "\r\n"), text);
}

static int run(const char *const argv[], char *text, struct fault *f)
{
	struct spawn_plan plan = { .path = argv[0],
		.argv = argv,
		.fds = { -1, -1, -1 },
		.nfds = 3,
		.no_new_privs = true };
	int64_t until_ms = clock_boot_ms() + ASK_MS;
	struct spawn_child child;
	int ends[2], rc;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return fault_set(f, FAULT_SYSTEM, errno, "pipe");
	plan.fds[1] = plan.fds[2] = ends[1];
	text[0] = 0;
	rc = spawn_child(&plan, &child, f);
	close(ends[1]);
	if (rc == 0) {
		int status;

		rc = drain(ends[0], until_ms, text, f);
		status = spawn_end(&child, rc == 0 ? until_ms : clock_boot_ms());
		if (rc == 0)
			rc = judge_end(status, text, f);
	}
	close(ends[0]);
	return rc;
}

/* spec: of whom, "" for everybody. */
static int ask(const char *spec, char *text, struct sshd_config *out, struct fault *f)
{
	char who[SSHD_MATCH_SPEC];
	const char *argv[] = { program(), "-T", "-C", who, NULL };

	sshd_match_complete(spec, who);
	if (run(argv, text, f) != 0)
		return -1;
	return sshd_config_read(text, out, f);
}

/* --- somebody of a group --- */

struct of_group {
	gid_t gid;
	char *user;
	size_t cap;
};

static int whose_own_it_is(void *ctx, const struct account *a)
{
	const struct of_group *g = ctx;

	return a->gid == g->gid && text_copy(g->user, g->cap, a->name) == 0 ? 1 : 0;
}

static bool member_of(const char *group, char *user, size_t cap)
{
	const struct group *found = getgrnam(group);
	struct fault f = FAULT_INIT;

	if (found == NULL)
		return false;
	if (found->gr_mem[0] != NULL)
		return text_copy(user, cap, found->gr_mem[0]) == 0;
	struct of_group g = { found->gr_gid, user, cap };
	return account_walk(whose_own_it_is, &g, &f) == 1;
}

static void cannot_ask(struct pam_findings *out, const struct fault *f)
{
	struct pam_finding at = pam_findings_at(INSPECTION_NOTE, "sshd-not-asked", "sshd", NULL, 0);
	char why[384];

	pam_findings_add(
		out, &at, "its configuration was not judged: %s", fault_text(f, why, sizeof(why)));
}

static void cannot_match(const char *path, unsigned left, struct pam_findings *out)
{
	struct pam_finding at =
		pam_findings_at(INSPECTION_NOTE, "sshd-match-not-asked", "sshd", path, 0);

	pam_findings_add(out, &at,
		"of %u Match line%s it was not asked what they change, since nobody is found whom "
		"they are about: sshd -T -C user=NAME,host=HOST,addr=ADDRESS tells",
		left, left == 1 ? "" : "s");
}

/* Those that a Match line names, one by one; only what differs from what holds for everybody. */
static void ask_matches(const char *path, struct sshd_config_stack *stack,
	const struct sshd_config *all, struct pam_findings *out)
{
	static char text[TEXT_MAX + 1];
	struct pam_stack_place here = { { NULL } };
	struct fault f = FAULT_INIT;
	char name[PAM_STACK_PATH], spec[SSHD_MATCH_SPEC], whom[SSHD_MATCH_SPEC + 16];
	unsigned left = 0;
	char *own = pam_stack_text(&here, path, name, &f);

	for (unsigned n = 0;
		own != NULL && n < MATCHES_MAX && sshd_match_nth(own, n, member_of, spec, &left);
		n++) {
		struct sshd_config c;

		if (ask(spec, text, &c, &f) != 0 || memcmp(&c, all, sizeof(c)) == 0)
			continue;
		snprintf(whom, sizeof(whom), " for %s", spec);
		stack->whom = whom;
		sshd_config_judge(&c, stack, out);
		stack->whom = "";
	}
	if (left > 0)
		cannot_match(path, left, out);
	free(own);
}

void sshd_ask_inspect(
	const struct settings *settings, const struct pam_judged *judged, struct pam_findings *out)
{
	static char text[TEXT_MAX + 1];
	struct sshd_config_stack stack = { .settings = settings,
		.password = judged->password,
		.forward = judged->forward,
		.whom = "" };
	struct fault f = FAULT_INIT;
	struct sshd_config all;

	if (program() == NULL)
		return;
	if (ask("", text, &all, &f) != 0) {
		cannot_ask(out, &f);
		return;
	}
	sshd_config_judge(&all, &stack, out);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		glob_t found;

		if (glob(files[i], 0, NULL, &found) == 0)
			for (size_t k = 0; k < found.gl_pathc; k++)
				ask_matches(found.gl_pathv[k], &stack, &all, out);
		globfree(&found);
	}
}
