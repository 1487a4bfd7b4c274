#include "module/engine_link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/places.h"
#include "base/spawn.h"

enum {
	FIRST_OF_OURS = 3, /* 0 to 2 belong to the host, open or not */
	/* A full queue of a Unix socket cannot be polled for: try again after so long. */
	RETRY_MS = 20,
};

/* What the search for the socket found. The zero is trouble (C1). */
enum found { FOUND_TROUBLE = 0, FOUND_ABSENT, FOUND_SOCKET };

/* --- the socket's place ----------------------------------------------------------------------- */

static enum found not_ours(struct fault *f, const char *path, const struct stat *st)
{
	fault_set(f, FAULT_DAMAGED, 0,
		"%s: owned by uid %u with mode %04o, must be root's and writable by no other", path,
		(unsigned)st->st_uid, (unsigned)st->st_mode & 07777);
	return FOUND_TROUBLE;
}

static enum found unreadable(struct fault *f, const char *path, int errnum)
{
	if (errnum == ENOENT)
		return FOUND_ABSENT;
	fault_set(f, FAULT_SYSTEM, errnum, "%s", path);
	return FOUND_TROUBLE;
}

/* A folder above may be a link (/var/run), the socket's own may not. */
static enum found judge_folder(const char *path, bool last, struct fault *f)
{
	struct stat st;

	if ((last ? lstat(path, &st) : stat(path, &st)) < 0)
		return unreadable(f, path, errno);
	if (!S_ISDIR(st.st_mode)) {
		fault_set(f, FAULT_DAMAGED, 0, "%s: not a folder", path);
		return FOUND_TROUBLE;
	}
	if (st.st_uid != 0 || (st.st_mode & 0022) != 0)
		return not_ours(f, path, &st);
	return FOUND_SOCKET;
}

/* Every folder on the way but the root itself: whoever owns that owns us. */
static enum found judge_folders(struct fault *f)
{
	char path[] = PLACES_SOCKET_FOLDER;
	enum found found = FOUND_SOCKET;

	for (char *slash = strchr(path + 1, '/'); slash && found == FOUND_SOCKET;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		found = judge_folder(path, false, f);
		*slash = '/';
	}
	return found == FOUND_SOCKET ? judge_folder(path, true, f) : found;
}

static enum found judge_socket(struct fault *f)
{
	struct stat st;
	enum found found = judge_folders(f);

	if (found != FOUND_SOCKET)
		return found;
	if (lstat(PLACES_SOCKET, &st) < 0)
		return unreadable(f, PLACES_SOCKET, errno);
	if (!S_ISSOCK(st.st_mode)) {
		fault_set(f, FAULT_DAMAGED, 0, "%s: not a socket", PLACES_SOCKET);
		return FOUND_TROUBLE;
	}
	if (st.st_uid != 0)
		return not_ours(f, PLACES_SOCKET, &st);
	return FOUND_SOCKET;
}

/* --- the living engine ------------------------------------------------------------------------ */

static int server_is_root(int fd, struct fault *f)
{
	struct ucred peer = { 0, (uid_t)-1, (gid_t)-1 };
	socklen_t len = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return fault_set(
			f, FAULT_SYSTEM, errno, "%s: cannot tell who serves it", PLACES_SOCKET);
	if (len != sizeof peer || peer.uid != 0)
		return fault_set(f, FAULT_PEER, 0, "%s: served by uid %u, must be root",
			PLACES_SOCKET, (unsigned)peer.uid);
	return 0;
}

static int connect_in_time(int fd, int64_t deadline_ms)
{
	static const struct sockaddr_un address = { .sun_family = AF_UNIX,
		.sun_path = PLACES_SOCKET };
	const void *sa = &address;

	for (;;) {
		if (connect(fd, sa, sizeof address) == 0)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return -1;
		int left = clock_left_ms(deadline_ms);
		if (left == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		poll(NULL, 0, left < RETRY_MS ? left : RETRY_MS);
	}
}

/* *fd moves up to a number that is ours. */
static int move_up(int *fd, struct fault *f)
{
	if (*fd >= FIRST_OF_OURS)
		return 0;
	int up = fcntl(*fd, F_DUPFD_CLOEXEC, FIRST_OF_OURS);
	int errnum = errno;
	close(*fd);
	*fd = up;
	return up < 0 ? fault_set(f, FAULT_SYSTEM, errnum, "no descriptor is left") : 0;
}

static enum found connect_living(int64_t deadline_ms, int *out, struct fault *f)
{
	enum found found = FOUND_TROUBLE;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		fault_set(f, FAULT_SYSTEM, errno, "no socket can be made");
		return FOUND_TROUBLE;
	}
	if (move_up(&fd, f) < 0)
		return FOUND_TROUBLE;
	if (connect_in_time(fd, deadline_ms) < 0) {
		bool absent = errno == ENOENT || errno == ECONNREFUSED;
		fault_set(f, FAULT_SYSTEM, errno, "%s", PLACES_SOCKET);
		found = absent ? FOUND_ABSENT : FOUND_TROUBLE;
		goto out;
	}
	if (server_is_root(fd, f) < 0)
		goto out;
	*out = fd;
	fd = -1;
	found = FOUND_SOCKET;
out:
	if (fd >= 0)
		close(fd);
	return found;
}

/* --- an engine of our own --------------------------------------------------------------------- */

static int start_one(const char *conf, int *out, struct fault *f)
{
	const char *argv[] = { "sms-otpd", "--one-shot", conf ? "--settings" : NULL, conf, NULL };
	int pair[2] = { -1, -1 };

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "no socket can be made");
	struct spawn_plan plan = {
		.path = PLACES_ENGINE, .argv = argv, .nfds = 3, .fds = { pair[1], -1, -1, -1 }
	};
	int rc = spawn_orphan(&plan, f);
	close(pair[1]);
	if (rc == 0)
		rc = move_up(&pair[0], f);
	if (rc == 0)
		*out = pair[0];
	else if (pair[0] >= 0)
		close(pair[0]);
	return rc;
}

int engine_link_open(
	const char *conf, int64_t deadline_ms, int *fd, enum talk_reason *why, struct fault *f)
{
	*fd = -1;
	*why = TALK_REASON_ENGINE;
	enum found found = judge_socket(f);
	if (found == FOUND_SOCKET)
		found = connect_living(deadline_ms, fd, f);
	if (found == FOUND_TROUBLE)
		return -1;
	if (found == FOUND_ABSENT) {
		if (geteuid() == 0)
			return start_one(conf, fd, f);
		return fault_set(f, FAULT_ABSENT, 0,
			"%s: no engine serves it, and only root may start one", PLACES_SOCKET);
	}
	if (!conf)
		return 0;
	close(*fd);
	*fd = -1;
	*why = TALK_REASON_ARGUMENTS;
	return fault_set(f, FAULT_BAD, 0,
		"conf= is for hosts without a running sms-otpd, and one serves %s", PLACES_SOCKET);
}
