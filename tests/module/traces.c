#include "tests/module/traces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FAR = 300 };

/* A sanitizer's own memory comes and goes. */
#if defined __SANITIZE_ADDRESS__
static const bool sanitized = true;
#elif defined __has_feature
#if __has_feature(address_sanitizer)
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif
#else
static const bool sanitized = false;
#endif

static volatile sig_atomic_t sigchld_seen, sigpipe_seen, reaped;
static atomic_int thread_stop;

static void on_sigchld(int sig)
{
	(void)sig;
	sigchld_seen++;
}

static void on_sigpipe(int sig)
{
	(void)sig;
	sigpipe_seen++;
}

static void on_sigchld_greedy(int sig)
{
	int saved = errno;

	(void)sig;
	sigchld_seen++;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		reaped++;
	errno = saved;
}

static void *greedy(void *arg)
{
	while (!thread_stop) {
		struct timespec t = { 0, 20000 };
		if (waitpid(-1, NULL, WNOHANG) > 0)
			reaped++;
		nanosleep(&t, NULL);
	}
	return arg;
}

/* What the caller of su or sudo can do to it before it starts. */
static int hostile(void)
{
	struct rlimit none = { 0, 0 };
	sigset_t all;

	for (int i = 0; i < 200; i++) {
		char name[32];
		snprintf(name, sizeof name, "LD_EVIL_%d", i);
		setenv(name, "/tmp/evil.so", 1);
	}
	umask(0);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	return setrlimit(RLIMIT_CORE, &none) < 0 || chdir("/proc") < 0 ? -1 : 0;
}

/* And the limits that only CAP_SYS_RESOURCE can raise again. */
static int starved(void)
{
	struct rlimit none = { 0, 0 };
	struct rlimit few = { 16, 16 };

	return setrlimit(RLIMIT_FSIZE, &none) < 0 || setrlimit(RLIMIT_NOFILE, &few) < 0 ? -1 : 0;
}

static int sigchld_mode(const char *how)
{
	if (strcmp(how, "default") == 0)
		return signal(SIGCHLD, SIG_DFL) == SIG_ERR ? -1 : 0;
	if (strcmp(how, "ignore") == 0)
		return signal(SIGCHLD, SIG_IGN) == SIG_ERR ? -1 : 0;
	if (strcmp(how, "handler") == 0)
		return signal(SIGCHLD, on_sigchld) == SIG_ERR ? -1 : 0;
	if (strcmp(how, "greedy") == 0)
		return signal(SIGCHLD, on_sigchld_greedy) == SIG_ERR ? -1 : 0;
	return -1;
}

int traces_mode(const char *name)
{
	pthread_t thread;

	if (strncmp(name, "sigchld-", 8) == 0)
		return sigchld_mode(name + 8);
	if (strcmp(name, "sigpipe") == 0)
		return signal(SIGPIPE, on_sigpipe) == SIG_ERR ? -1 : 0;
	if (strcmp(name, "greedy-thread") == 0)
		return pthread_create(&thread, NULL, greedy, NULL) == 0 ? 0 : -1;
	if (strcmp(name, "subreaper") == 0)
		return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (strcmp(name, "hostile") == 0)
		return hostile();
	if (strcmp(name, "starved") == 0)
		return starved();
	if (strcmp(name, "closed") == 0) {
		close(0);
		close(1);
		close(2);
		return 0;
	}
	return -1;
}

int traces_far(int fd)
{
	int far = fcntl(fd, F_DUPFD_CLOEXEC, FAR);

	/* a host with few descriptors has no far ones */
	return far >= 0 ? far : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static void list_descriptors(struct traces *t)
{
	size_t len = 0;
	const struct dirent *e;
	DIR *dir = opendir("/proc/self/fd");

	while (dir && (e = readdir(dir))) {
		char path[300];
		char target[256];
		snprintf(path, sizeof path, "/proc/self/fd/%s", e->d_name);
		ssize_t n = readlink(path, target, sizeof target - 1);
		if (n < 0 || strtol(e->d_name, NULL, 10) == dirfd(dir) || len + 300 > sizeof t->fds)
			continue;
		target[n] = 0;
		len += (size_t)snprintf(
			t->fds + len, sizeof t->fds - len, "%s=%s ", e->d_name, target);
	}
	if (dir)
		closedir(dir);
}

static void slurp(const char *path, char *buf, size_t cap)
{
	size_t got = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && (n = read(fd, buf + got, cap - 1 - got)) > 0)
		got += (size_t)n;
	buf[got] = 0;
	if (fd >= 0)
		close(fd);
}

/* The heap may grow: what matters is that nothing is mapped that was not. */
static void drop_lines(char *text, const char *with)
{
	char *out = text;

	for (char *line = text; *line;) {
		char *end = strchr(line, '\n');
		size_t len = end ? (size_t)(end - line) + 1 : strlen(line);
		bool drop = memmem(line, len, with, strlen(with)) != NULL;
		if (!drop) {
			memmove(out, line, len);
			out += len;
		}
		line += len;
	}
	*out = 0;
}

static int count_threads(void)
{
	int n = 0;
	DIR *dir = opendir("/proc/self/task");

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

extern char **environ;

void traces_take(struct traces *t)
{
	char path[64];

	memset(t, 0, sizeof *t);
	list_descriptors(t);
	slurp("/proc/self/maps", t->maps, sizeof t->maps);
	drop_lines(t->maps, "[heap]");
	drop_lines(t->maps, "[stack]");
	snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
	slurp(path, t->children, sizeof t->children);
	if (!getcwd(t->cwd, sizeof t->cwd))
		t->cwd[0] = 0;
	snprintf(t->locale, sizeof t->locale, "%s", setlocale(LC_ALL, NULL));
	for (int s = 1; s < NSIG; s++)
		sigaction(s, NULL, &t->actions[s]);
	sigprocmask(SIG_SETMASK, NULL, &t->mask);
	t->umask_bits = umask(0);
	umask(t->umask_bits);
	while (environ && environ[t->environment])
		t->environment++;
	t->threads = count_threads();
	getrlimit(RLIMIT_NOFILE, &t->files);
}

static int differ(int out, const char *what, const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return 0;
	dprintf(out, "changed=%s\n", what);
	fprintf(stderr, "# %s before:\n%s\n# after:\n%s\n", what, a, b);
	return 1;
}

static int differ_number(int out, const char *what, long a, long b)
{
	if (a == b)
		return 0;
	dprintf(out, "changed=%s (%ld, %ld)\n", what, a, b);
	return 1;
}

void traces_compare(const struct traces *a, const struct traces *b, int out)
{
	int n = differ(out, "descriptors", a->fds, b->fds);

	if (!sanitized)
		n += differ(out, "maps", a->maps, b->maps);
	n += differ(out, "children", a->children, b->children);
	n += differ(out, "cwd", a->cwd, b->cwd);
	n += differ(out, "locale", a->locale, b->locale);
	n += differ_number(out, "umask", a->umask_bits, b->umask_bits);
	n += differ_number(out, "environment", a->environment, b->environment);
	n += differ_number(out, "threads", a->threads, b->threads);
	n += differ_number(out, "limit", (long)a->files.rlim_cur, (long)b->files.rlim_cur);
	n += differ_number(out, "mask", 0, memcmp(&a->mask, &b->mask, sizeof a->mask));
	for (int s = 1; s < NSIG; s++) {
		if (a->actions[s].sa_handler != b->actions[s].sa_handler)
			n += differ_number(out, "disposition", s, 0);
	}
	if (n == 0)
		dprintf(out, "same=1\n");
}

void traces_signals(int out)
{
	struct timespec t = { 0, 50000000 };

	/* a signal that comes late would come now */
	while (nanosleep(&t, &t) < 0)
		;
	thread_stop = 1;
	errno = 0;
	pid_t left = waitpid(-1, NULL, WNOHANG | __WALL);
	dprintf(out, "sigchld=%d\nsigpipe=%d\nreaped=%d\nchild=%d\n", (int)sigchld_seen,
		(int)sigpipe_seen, (int)reaped, left < 0 && errno == ECHILD ? 0 : 1);
}
