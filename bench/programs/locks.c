/* locks: preloaded into the daemon, notes how long each lock of state was waited for and held (OFD
 * locks end with close).
 *
 * A line of /dev/shm/locks: "FILE WAITED HELD", in ns; FILE is the last part of its name. It is
 * written when the lock is free again. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FD_MAX = 256 };

static long long asked[FD_MAX], had[FD_MAX];

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void note(const char *name, long long waited, long long held)
{
	static int (*real_close)(int);
	char line[128];
	const char *slash = strrchr(name, '/');

	if (!real_close)
		*(void **)&real_close = dlsym(RTLD_NEXT, "close");
	int fd = open("/dev/shm/locks", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int n = snprintf(
		line, sizeof line, "%.40s %lld %lld\n", slash ? slash + 1 : name, waited, held);
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		return;
	real_close(fd);
}

static int act(int fd, int command, void *argument)
{
	static int (*real)(int, int, ...);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "fcntl64");
	if (command != F_OFD_SETLK || fd < 0 || fd >= FD_MAX)
		return real(fd, command, argument);
	if (asked[fd] == 0)
		asked[fd] = now();
	int rc = real(fd, command, argument);
	if (rc == 0)
		had[fd] = now();
	return rc;
}

int fcntl64(int fd, int command, ...)
{
	va_list list;

	va_start(list, command);
	void *argument = va_arg(list, void *);
	va_end(list);
	return act(fd, command, argument);
}

int fcntl(int fd, int command, ...)
{
	va_list list;

	va_start(list, command);
	void *argument = va_arg(list, void *);
	va_end(list);
	return act(fd, command, argument);
}

int close(int fd)
{
	static int (*real)(int);
	char link[64], name[256];
	ssize_t n = -1;
	long long waited = 0, since = 0;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "close");
	if (fd >= 0 && fd < FD_MAX && asked[fd] != 0) {
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		n = had[fd] ? readlink(link, name, sizeof name - 1) : -1;
		since = had[fd];
		waited = had[fd] - asked[fd];
		asked[fd] = had[fd] = 0;
	}
	int rc = real(fd);
	if (n > 0) {
		name[n] = 0;
		note(name, waited, now() - since);
	}
	return rc;
}
