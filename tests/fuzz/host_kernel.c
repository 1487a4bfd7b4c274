#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/spawn.h"
#include "claim.h"
#include "host.h"

/* Far above any of ours. */
enum { FIRST_FD = 500000, FDS = 8 };

static bool fd_open[FDS + 3]; /* the last three: 0 to 2 of a host that has closed them */
static int64_t now_ms;

void host_kernel_begin(void)
{
	memset(fd_open, 0, sizeof fd_open);
	now_ms = 1000;
}

void host_kernel_end(void)
{
	for (size_t i = 0; i < sizeof fd_open; i++)
		CLAIM(!fd_open[i]);
}

static bool *slot_of(int fd)
{
	if (fd >= 0 && fd < 3 && fd_open[FDS + fd])
		return &fd_open[FDS + fd];
	CLAIM(fd >= FIRST_FD && fd < FIRST_FD + FDS && fd_open[fd - FIRST_FD]);
	return &fd_open[fd - FIRST_FD];
}

static int open_one(bool low)
{
	if (low) {
		fd_open[FDS + 1] = true;
		return 1;
	}
	for (int i = 0; i < FDS; i++)
		if (!fd_open[i]) {
			fd_open[i] = true;
			return FIRST_FD + i;
		}
	CLAIM(0 && "a descriptor is left");
	return -1;
}

INSTEAD(int, close, int fd)
{
	if (!host_inside)
		return __real_close(fd);
	*slot_of(fd) = false;
	return 0;
}

INSTEAD(int, socket, int domain, int type, int protocol)
{
	if (!host_inside)
		return __real_socket(domain, type, protocol);
	CLAIM(type & SOCK_CLOEXEC);
	return open_one(host.first_descriptors);
}

INSTEAD(int, socketpair, int domain, int type, int protocol, int pair[2])
{
	if (!host_inside)
		return __real_socketpair(domain, type, protocol, pair);
	CLAIM(type & SOCK_CLOEXEC);
	pair[0] = open_one(host.first_descriptors);
	pair[1] = open_one(false);
	return 0;
}

int __real_fcntl64(int fd, int cmd, ...);
int __wrap_fcntl64(int fd, int cmd, ...)
{
	va_list ap;
	va_start(ap, cmd);
	long value = va_arg(ap, long);
	va_end(ap);
	if (!host_inside)
		return __real_fcntl64(fd, cmd, value);
	CLAIM(cmd == F_DUPFD_CLOEXEC && (int)value == 3);
	CLAIM(*slot_of(fd));
	return open_one(false);
}

INSTEAD(int, connect, int fd, const struct sockaddr *sa, socklen_t len)
{
	if (!host_inside)
		return __real_connect(fd, sa, len);
	CLAIM(*slot_of(fd) && !host.connected);
	if (host.refused) {
		errno = ECONNREFUSED;
		return -1;
	}
	host.connected++;
	return 0;
}

INSTEAD(int, getsockopt, int fd, int level, int name, void *value, socklen_t *len)
{
	if (!host_inside)
		return __real_getsockopt(fd, level, name, value, len);
	CLAIM(*slot_of(fd) && level == SOL_SOCKET && name == SO_PEERCRED);
	struct ucred who = { 7, host.peer_uid, host.peer_uid };
	CLAIM(*len == sizeof who);
	memcpy(value, &who, sizeof who);
	return 0;
}

static int owner_of(const char *path, struct stat *st)
{
	memset(st, 0, sizeof *st);
	bool is_socket = strstr(path, "/socket") != NULL;
	if (is_socket && host.socket_absent) {
		errno = ENOENT;
		return -1;
	}
	st->st_uid = is_socket ? host.socket_uid : host.folder_uid;
	st->st_mode = is_socket ? (host.plain_file ? S_IFREG : S_IFSOCK) | 0666
				: S_IFDIR | host.folder_mode;
	return 0;
}

/* As the build calls them: with 64-bit offsets everywhere. */
INSTEAD(int, stat64, const char *path, struct stat *st)
{
	return host_inside ? owner_of(path, st) : __real_stat64(path, st);
}

INSTEAD(int, lstat64, const char *path, struct stat *st)
{
	return host_inside ? owner_of(path, st) : __real_lstat64(path, st);
}

INSTEAD(uid_t, getuid, void)
{
	return host_inside ? host.uid : __real_getuid();
}

INSTEAD(uid_t, geteuid, void)
{
	return host_inside ? host.euid : __real_geteuid();
}

INSTEAD(ssize_t, recv, int fd, void *bytes, size_t len, int flags)
{
	if (!host_inside)
		return __real_recv(fd, bytes, len, flags);
	CLAIM(*slot_of(fd) && (host.connected || host.spawned));
	size_t n = host.nstream - host.consumed;
	n = n < len ? n : len;
	n = host.chunk > 0 && host.chunk < n ? host.chunk : n;
	memcpy(bytes, host.stream + host.consumed, n);
	host.consumed += n;
	if (n > 0)
		return (ssize_t)n;
	if (!host.quiet && !host.reset)
		return 0;
	errno = host.reset ? ECONNRESET : EAGAIN;
	return -1;
}

INSTEAD(ssize_t, send, int fd, const void *bytes, size_t len, int flags)
{
	if (!host_inside)
		return __real_send(fd, bytes, len, flags);
	CLAIM(*slot_of(fd) && (host.connected || host.spawned) && (flags & MSG_NOSIGNAL));
	if (host.deaf) {
		errno = EPIPE;
		return -1;
	}
	size_t n = host.chunk > 0 && host.chunk < len ? host.chunk : len;
	CLAIM(n <= HOST_SENT - host.nsent);
	memcpy(host.sent + host.nsent, bytes, n);
	host.nsent += n;
	return (ssize_t)n;
}

/* Nothing more comes: the time passes. */
INSTEAD(int, poll, struct pollfd *fds, nfds_t n, int timeout_ms)
{
	if (!host_inside)
		return __real_poll(fds, n, timeout_ms);
	CLAIM(timeout_ms >= 0);
	now_ms += timeout_ms;
	return 0;
}

INSTEAD(int64_t, clock_boot_ms, void)
{
	return host_inside ? now_ms : __real_clock_boot_ms();
}

INSTEAD(int, clock_left_ms, int64_t deadline_ms)
{
	if (!host_inside)
		return __real_clock_left_ms(deadline_ms);
	return deadline_ms > now_ms ? (int)(deadline_ms - now_ms) : 0;
}

INSTEAD(int, spawn_orphan, const struct spawn_plan *plan, struct fault *f)
{
	/* E2 */
	CLAIM(host_inside && host.euid == 0 && !host.connected &&
		(host.socket_absent || host.refused));
	CLAIM(plan->argv[0] && !strcmp(plan->argv[1], "--one-shot") && *slot_of(plan->fds[0]));
	if (host.spawn_fails)
		return fault_set(f, FAULT_SYSTEM, EAGAIN, "no process can be made");
	host.spawned++;
	return 0;
}
