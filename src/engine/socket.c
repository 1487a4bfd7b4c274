#include "engine/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"
#include "base/places.h"

enum { SYSTEMD_FIRST_FD = 3, SOCKET_BACKLOG = 512 };

static bool is_listening_unix_stream(int fd)
{
	int type = 0, listening = 0;
	struct sockaddr_un addr = { 0 };
	socklen_t tlen = sizeof type, llen = sizeof listening, alen = sizeof addr;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &tlen) == 0 && type == SOCK_STREAM &&
	       getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &llen) == 0 && listening &&
	       getsockname(fd, (struct sockaddr *)&addr, &alen) == 0 && addr.sun_family == AF_UNIX;
}

/* sd_listen_fds(3): LISTEN_PID is this process, LISTEN_FDS says how many descriptors from 3 on. */
static bool handed_over(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	struct fault f = FAULT_INIT;
	int64_t number;

	if (!pid || !fds || number_parse(pid, 1, INT32_MAX, &number, &f) < 0 || number != getpid())
		return false;
	return number_parse(fds, 1, 1, &number, &f) == 0;
}

static int judge_folder(struct fault *f)
{
	struct inode_want want = { .owner = 0, .forbid = 0022, .size = -1 };
	int fd;

	if (mkdir(PLACES_SOCKET_FOLDER, 0755) < 0 && errno != EEXIST)
		return fault_set(f, FAULT_SYSTEM, errno, PLACES_SOCKET_FOLDER);
	if (file_open_folder(PLACES_SOCKET_FOLDER, &want, &fd, f) < 0)
		return -1;
	/* our umask is 077 */
	int rc = fchmod(fd, 0755);
	int err = errno;
	close(fd);
	return rc < 0 ? fault_set(f, FAULT_SYSTEM, err, PLACES_SOCKET_FOLDER) : 0;
}

static void socket_address(struct sockaddr_un *addr)
{
	memset(addr, 0, sizeof *addr);
	addr->sun_family = AF_UNIX;
	_Static_assert(sizeof PLACES_SOCKET <= sizeof addr->sun_path,
		"runstatedir is too long for a socket");
	memcpy(addr->sun_path, PLACES_SOCKET, sizeof PLACES_SOCKET);
}

/* A socket file that nobody serves is left over from a killed daemon. */
static int clear_the_way(const struct sockaddr_un *addr, struct fault *f)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "socket");
	int rc = connect(fd, (const struct sockaddr *)addr, sizeof *addr);
	int err = errno;
	close(fd);
	if (rc == 0 || err == EAGAIN)
		return fault_set(f, FAULT_BAD, 0, PLACES_SOCKET ": another engine is serving it");
	if (err == ECONNREFUSED && unlink(PLACES_SOCKET) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, PLACES_SOCKET);
	return 0;
}

static int make_socket(int *out, struct fault *f)
{
	struct sockaddr_un addr;

	if (judge_folder(f) < 0)
		return -1;
	socket_address(&addr);
	if (clear_the_way(&addr, f) < 0)
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "socket");
	/* connect(2) needs write permission on the file: 0666 lets everybody ask, SO_PEERCRED
	 * says who does (E1) */
	if (bind(fd, (const struct sockaddr *)&addr, sizeof addr) < 0 ||
		chmod(PLACES_SOCKET, 0666) < 0 || listen(fd, SOCKET_BACKLOG) < 0) {
		fault_set(f, FAULT_SYSTEM, errno, PLACES_SOCKET);
		close(fd);
		return -1;
	}
	*out = fd;
	return 0;
}

int socket_open(int *fd, bool *made, struct fault *f)
{
	*fd = -1;
	*made = !handed_over();
	if (*made)
		return make_socket(fd, f);
	if (!is_listening_unix_stream(SYSTEMD_FIRST_FD))
		return fault_set(f, FAULT_BAD, 0,
			"the descriptor handed over is not a listening Unix stream socket");
	/* systemd hands it over blocking unless told otherwise: an accept that waits would stop
	 * the reaping */
	int flags = fcntl(SYSTEMD_FIRST_FD, F_GETFL);
	if (flags < 0 || fcntl(SYSTEMD_FIRST_FD, F_SETFL, flags | O_NONBLOCK) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "the descriptor handed over");
	*fd = SYSTEMD_FIRST_FD;
	return 0;
}

void socket_remove(void)
{
	unlink(PLACES_SOCKET);
}
