#include "cli/consult.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/spawn.h"
#include "core/account.h"

enum { STATUS_FAULTS = 1 };

static int plan_for(const struct consult *c, struct spawn_plan *plan, struct fault *f)
{
	struct account sender;

	if (account_find(c->sender_user, &sender, f) != 0)
		return fault_prefix(f, "the sender's system user %s", c->sender_user);
	if (sender.uid == 0)
		return fault_set(
			f, FAULT_BAD, 0, "the sender's system user %s is root", c->sender_user);
	memset(plan, 0, sizeof(*plan));
	plan->path = c->sender_path;
	plan->drop = true;
	plan->uid = sender.uid;
	plan->gid = sender.gid;
	plan->no_new_privs = true;
	plan->nfds = 3;
	plan->fds[2] = -1;
	return 0;
}

/* Bytes until the end; LATE by the deadline, PEER when there are too many. */
static int drain(int fd, int64_t until_ms, struct consult_answer *out, struct fault *f)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int ready = poll(&p, 1, clock_left_ms(until_ms));
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return fault_set(f, FAULT_LATE, 0, "the sender did not answer in time");
		n = read(fd, out->text + out->len, CONSULT_TEXT_MAX + 1 - out->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_set(f, FAULT_SYSTEM, errno, "the sender's answer");
		if (n == 0)
			return 0;
		out->len += (size_t)n;
		if (out->len > CONSULT_TEXT_MAX)
			return fault_set(f, FAULT_PEER, 0, "the sender's answer is too long");
	}
}

static int judge(int status, struct consult_answer *out, struct fault *f)
{
	if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) > STATUS_FAULTS)
		return fault_set(f, FAULT_PEER, 0, "the sender ended without an answer");
	if (memchr(out->text, 0, out->len) != NULL)
		return fault_set(f, FAULT_PEER, 0, "the sender's answer has a NUL byte");
	out->status = WEXITSTATUS(status);
	return 0;
}

/* Runs the plan with a pipe at its descriptor 1. */
static int run(
	struct spawn_plan *plan, int64_t until_ms, struct consult_answer *out, struct fault *f)
{
	struct spawn_child child;
	int ends[2] = { -1, -1 };
	int rc;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return fault_set(f, FAULT_SYSTEM, errno, "pipe");
	plan->fds[1] = ends[1];
	rc = spawn_child(plan, &child, f);
	close(ends[1]);
	if (rc == 0) {
		int status;

		rc = drain(ends[0], until_ms, out, f);
		/* closed before it ends: one that still writes is ended by that */
		close(ends[0]), ends[0] = -1;
		status = spawn_end(&child, rc == 0 ? until_ms : clock_boot_ms());
		if (rc == 0)
			rc = judge(status, out, f);
	}
	if (ends[0] >= 0)
		close(ends[0]);
	return rc;
}

int consult_run(const struct consult *c, const struct consult_question *q,
	struct consult_answer *out, struct fault *f)
{
	struct spawn_plan plan;

	memset(out, 0, sizeof(*out));
	if (plan_for(c, &plan, f) != 0)
		return -1;
	plan.argv = q->argv;
	plan.fds[0] = q->input;
	out->text = calloc(1, CONSULT_TEXT_MAX + 2);
	if (out->text == NULL)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	if (run(&plan, q->until_ms, out, f) == 0)
		return 0;
	consult_free(out);
	return -1;
}

void consult_free(struct consult_answer *a)
{
	free(a->text);
	memset(a, 0, sizeof(*a));
}
