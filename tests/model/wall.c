/* wall: another wall clock for a real program, preloaded: CLOCK_REALTIME is so many seconds ahead as the file WALL_OFFSET says at
 * the moment. What goes on since boot is not touched. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long offset_s(void)
{
	const char *path = getenv("WALL_OFFSET");
	char text[32] = "";

	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
		abort(); /* a test that seems to set the clock and does not is worth nothing */
	close(fd);
	return strtoll(text, NULL, 10);
}

static int real_gettime(clockid_t clock, struct timespec *t)
{
	int (*real)(clockid_t, struct timespec *);
	void *found = dlsym(RTLD_NEXT, "clock_gettime");

	memcpy(&real, &found, sizeof real);
	return real(clock, t);
}

#define SEEN __attribute__((visibility("default")))

SEEN int clock_gettime(clockid_t clock, struct timespec *t)
{
	int rc = real_gettime(clock, t);

	if (rc == 0 && clock == CLOCK_REALTIME)
		t->tv_sec += offset_s();
	return rc;
}

SEEN time_t time(time_t *out)
{
	struct timespec t = { 0, 0 };

	real_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += offset_s();
	if (out)
		*out = t.tv_sec;
	return t.tv_sec;
}
