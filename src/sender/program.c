#include "sender/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/spawn.h"

enum { CHUNK = 4096, END_MS = 1000 };

static int judge_inode(const struct stat *st, const char *path, struct fault *f)
{
	if (!S_ISREG(st->st_mode))
		return fault_set(f, FAULT_DAMAGED, 0, "%s: not a regular file", path);
	if (st->st_uid != 0)
		return fault_set(f, FAULT_DAMAGED, 0, "%s: owned by uid %u, must be root", path,
			(unsigned)st->st_uid);
	if (st->st_mode & 022)
		return fault_set(
			f, FAULT_DAMAGED, 0, "%s: others may write to it; chmod go-w it", path);
	if (st->st_mode & (S_ISUID | S_ISGID))
		return fault_set(f, FAULT_DAMAGED, 0,
			"%s: has a set-id bit, which has no effect here", path);
	if (!(st->st_mode & 0111))
		return fault_set(f, FAULT_DAMAGED, 0, "%s: not executable", path);
	return 0;
}

/* real: without links; cut at its last slash. */
static int judge_real(char *real, const char *path, struct fault *f)
{
	const struct inode_want want = { .owner = 0, .forbid = 022, .size = -1 };
	struct stat st;
	int folder = -1;
	char *name = strrchr(real, '/');
	int rc = -1;

	*name++ = '\0';
	if (file_open_folder(*real ? real : "/", &want, &folder, f) < 0)
		return -1;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		fault_set(f, FAULT_SYSTEM, errno, "%s", path);
	else
		rc = judge_inode(&st, path, f);
	close(folder);
	return rc;
}

int program_judge(const char *path, struct fault *f)
{
	char real[PATH_MAX];

	if (path[0] != '/')
		return fault_set(f, FAULT_BAD, 0, "%s: not an absolute path", path);
	if (!realpath(path, real))
		return fault_set(
			f, errno == ENOENT ? FAULT_ABSENT : FAULT_SYSTEM, errno, "%s", path);
	return judge_real(real, path, f);
}

/* Our ends of the pipes; -1: closed. */
struct ends {
	int input, output;
	const char *rest; /* of the input */
	size_t left;
};

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Who does not read its input has its reasons: its status tells. */
static void give(struct ends *e)
{
	ssize_t n = e->left > 0 ? write(e->input, e->rest, e->left) : 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		e->rest += n;
		e->left -= (size_t)n;
	}
	if (n < 0 || e->left == 0)
		shut(&e->input);
}

/* What is there now; false when there is no more for the time being. */
static bool take(struct ends *e, struct buffer *out)
{
	char chunk[CHUNK];
	ssize_t n = read(e->output, chunk, sizeof chunk);

	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0) {
		shut(&e->output);
		return false;
	}
	size_t room = BUFFER_MAX - out->len, len = (size_t)n < room ? (size_t)n : room;
	buffer_add(out, chunk, len);
	secret_wipe_bytes(chunk, sizeof chunk);
	return true;
}

/* Until the program has ended: true; or the deadline has come. */
static bool attend(struct ends *e, int pidfd, int64_t deadline_ms, struct buffer *out)
{
	for (;;) {
		struct pollfd p[] = {
			{ .fd = pidfd, .events = POLLIN },
			{ .fd = e->input, .events = POLLOUT },
			{ .fd = e->output, .events = POLLIN },
		};
		int n = poll(p, sizeof p / sizeof *p, clock_left_ms(deadline_ms));
		if (n < 0 && errno == EINTR)
			continue;
		/* also for who floods us, so that there is always something to read */
		if (n <= 0 || (!p[0].revents && clock_left_ms(deadline_ms) == 0))
			return false;
		if (p[1].revents)
			give(e);
		if (p[2].revents)
			take(e, out);
		if (!p[0].revents)
			continue;
		/* what it wrote last is in the pipe; who still holds the other end is ended. A
		 * child that goes on writing must not keep us */
		for (size_t i = 0; e->output >= 0 && i < BUFFER_MAX / CHUNK && take(e, out); i++)
			;
		return true;
	}
}

static void settle(struct spawn_child *child, bool ended, struct program_end *end)
{
	/* its session is its own, so its group has its number; not reaped yet, it cannot be
	 * somebody else's */
	kill(-child->pid, SIGKILL);
	int status = spawn_end(child, ended ? clock_boot_ms() + END_MS : 0);
	end->fate = PROGRAM_LATE;
	if (ended && status != -1 && WIFEXITED(status)) {
		end->fate = PROGRAM_ENDED;
		end->status = WEXITSTATUS(status);
	} else if (ended) {
		end->fate = PROGRAM_SIGNALLED;
	}
}

static int run(const struct program_plan *plan, int in[2], int out[2], struct program_end *end,
	struct fault *f)
{
	struct spawn_child child;
	struct spawn_plan spawn = {
		.path = plan->argv[0],
		.argv = plan->argv,
		.fds = { in[0], out[1], -1 },
		.nfds = 3,
		.stay = true,
		.tied = true,
		.no_new_privs = true,
	};

	if (spawn_child(&spawn, &child, f) < 0)
		return -1;
	shut(&in[0]);
	shut(&out[1]);
	struct ends e = {
		.input = in[1],
		.output = out[0],
		.rest = buffer_string(plan->input),
		.left = plan->input->len,
	};
	in[1] = -1, out[0] = -1;
	bool ended = attend(&e, child.pidfd, plan->deadline_ms, &end->output);
	settle(&child, ended, end);
	shut(&e.input);
	shut(&e.output);
	return 0;
}

int program_run(const struct program_plan *plan, struct program_end *end, struct fault *f)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	int rc = -1;

	memset(end, 0, sizeof *end);
	if (program_judge(plan->argv[0], f) < 0)
		return -1;
	if (clock_left_ms(plan->deadline_ms) == 0)
		return fault_set(f, FAULT_LATE, 0, "no time was left to run the program");
	/* the program gets ends that block, as it expects */
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 ||
		fcntl(in[1], F_SETFL, O_NONBLOCK) < 0 || fcntl(out[0], F_SETFL, O_NONBLOCK) < 0)
		fault_set(f, FAULT_SYSTEM, errno, "a pipe");
	else
		rc = run(plan, in, out, end, f);
	for (int i = 0; i < 2; i++) {
		shut(&in[i]);
		shut(&out[i]);
	}
	return rc;
}
