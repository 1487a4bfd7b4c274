#include "tests/fault/patience.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	/* what is asleep for so long waits for nobody: what waits here has 5 s (the deadline of the
	 * settings), and what was asked to work has ended it before */
	STILL_MS = 5000,
	/* a login takes some 50 ms of it in all */
	SPIN_MS = 5000,
	/* the engine's alarm ends it 60 s after its last step */
	LIFE_MS = 75000,
	LOOK_MS = 50,
	/* between two looks: nobody knows what was in a longer time, in which we had no processor */
	LOOK_MAX_MS = 100,
	SETTLE_LOOKS = 20000,
};

static size_t slurp(const char *path, char *out, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, cap - 1);

	if (fd >= 0)
		close(fd);
	out[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* /proc/PID/schedstat: ns on a processor, ns in the queue for one. */
static void read_times(const char *path, int64_t *ran_ns, int64_t *queued_ns)
{
	char text[100];

	*ran_ns = *queued_ns = 0;
	if (slurp(path, text, sizeof text) > 0 &&
		sscanf(text, "%" SCNd64 " %" SCNd64, ran_ns, queued_ns) != 2)
		*ran_ns = *queued_ns = 0;
}

int64_t patience_delayed_ms(void)
{
	int64_t ran_ns, queued_ns;

	read_times("/proc/self/schedstat", &ran_ns, &queued_ns);
	return queued_ns / 1000000;
}

static int64_t ran_ns(pid_t pid)
{
	char path[64];
	int64_t ran, queued;

	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
	read_times(path, &ran, &queued);
	return ran;
}

/* On a processor, in the queue for one (R), waiting for a disk (D), or stopped until its tracer looks (t). */
static bool works(const char *process, const char *thread, const char *states)
{
	char path[600], text[400];

	snprintf(path, sizeof path, "/proc/%s/task/%s/stat", process, thread);
	if (slurp(path, text, sizeof text) == 0)
		return false;
	const char *name_ends = strrchr(text, ')');
	return name_ends && name_ends[1] == ' ' && strchr(states, name_ends[2]) != NULL;
}

static bool one_works(const char *process, const char *states)
{
	char path[300];
	const struct dirent *e;
	bool found = false;

	snprintf(path, sizeof path, "/proc/%s/task", process);
	DIR *dir = opendir(path);
	while (dir && !found && (e = readdir(dir)))
		found = isdigit((unsigned char)e->d_name[0]) && works(process, e->d_name, states);
	if (dir)
		closedir(dir);
	return found;
}

/* Anybody in this sandbox but we: a provider's stand-in, who keeps the log. */
static bool anybody_works(const char *states)
{
	const struct dirent *e;
	bool found = false;
	DIR *dir = opendir("/proc");

	while (dir && !found && (e = readdir(dir)))
		found = isdigit((unsigned char)e->d_name[0]) &&
			strtol(e->d_name, NULL, 10) != getpid() && one_works(e->d_name, states);
	if (dir)
		closedir(dir);
	return found;
}

void patience_settle(void)
{
	const struct timespec pause = { 0, 1000000 };

	/* a daemon may stand still until it is followed again. Twice: one who is woken may be between two places */
	for (int looks = 0, quiet = 0; looks < SETTLE_LOOKS && quiet < 2; looks++) {
		quiet = anybody_works("RD") ? 0 : quiet + 1;
		nanosleep(&pause, NULL);
	}
}

/* Since it was first looked at. */
static int64_t worked_ms(struct patience *p, pid_t pid)
{
	int64_t ran = ran_ns(pid);

	for (int i = 0; i < p->nknown; i++)
		if (p->known[i].pid == pid)
			return (ran - p->known[i].ran_ns) / 1000000;
	if (p->nknown < PATIENCE_PROCESSES)
		p->known[p->nknown++] = (struct patience_one){ pid, ran };
	return 0;
}

const char *patience_lost(struct patience *p, const pid_t *pids, int n, int64_t now_ms)
{
	int64_t ran = 0;

	if (p->begun_ms == 0)
		p->begun_ms = p->looked_ms = now_ms;
	int64_t since_ms = now_ms - p->looked_ms;
	if (since_ms < LOOK_MS)
		return NULL;
	p->looked_ms = now_ms;
	for (int i = 0; i < n; i++) {
		ran += ran_ns(pids[i]);
		if (worked_ms(p, pids[i]) > SPIN_MS)
			return "one works for ever";
	}
	bool still = ran == p->ran_ns && !anybody_works("RDt");
	p->ran_ns = ran;
	p->still_ms = still ? p->still_ms + (since_ms < LOOK_MAX_MS ? since_ms : LOOK_MAX_MS) : 0;
	if (p->still_ms > STILL_MS)
		return "nothing works any more";
	return now_ms - p->begun_ms > LIFE_MS ? "for longer than an engine lives" : NULL;
}
