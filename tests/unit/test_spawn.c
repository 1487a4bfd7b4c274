/* What a program gets that spawn starts, and what is left in the host that started it. The stand-in
 * program is this test itself, started again with --report: it writes what it sees of itself to
 * descriptor 0, and lives until its descriptor 0 is closed if it is told to --linger. */
#include "base/spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

extern char **environ;

/* --- the stand-in program --------------------------------------------------------------------- */

static void report_limits(void)
{
	static const struct {
		const char *name;
		int which;
	} limits[] = { { "core", RLIMIT_CORE }, { "fsize", RLIMIT_FSIZE }, { "as", RLIMIT_AS },
		{ "data", RLIMIT_DATA }, { "cpu", RLIMIT_CPU }, { "nproc", RLIMIT_NPROC },
		{ "memlock", RLIMIT_MEMLOCK }, { "nofile", RLIMIT_NOFILE },
		{ "stack", RLIMIT_STACK } };

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct rlimit l;
		getrlimit((__rlimit_resource_t)limits[i].which, &l);
		if (l.rlim_cur == RLIM_INFINITY)
			dprintf(0, "%s=inf\n", limits[i].name);
		else
			dprintf(0, "%s=%llu\n", limits[i].name, (unsigned long long)l.rlim_cur);
	}
}

/* The sanitizers' own handlers, in the programs that are built with them. */
static bool sanitizers_own(int sig)
{
#if defined __SANITIZE_ADDRESS__
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE;
#elif defined __has_feature
#if __has_feature(address_sanitizer)
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE;
#endif
#endif
	(void)sig;
	return false;
}

static void report_signals(void)
{
	sigset_t mask;
	int not_default = 0;
	int blocked = 0;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int s = 1; s < NSIG; s++) {
		struct sigaction sa;
		if (sigaction(s, NULL, &sa) == 0 && sa.sa_handler != SIG_DFL && !sanitizers_own(s))
			not_default++;
		if (sigismember(&mask, s) == 1)
			blocked++;
	}
	dprintf(0, "dispositions=%d\nblocked=%d\n", not_default, blocked);
}

static void report_descriptors(void)
{
	char line[256] = "";
	size_t len = 0;
	char target[128];

	for (int fd = 0; fd < 4096 && len < sizeof line - 8; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			len += (size_t)snprintf(line + len, sizeof line - len, "%d,", fd);
	}
	ssize_t n = readlink("/proc/self/fd/1", target, sizeof target - 1);
	target[n < 0 ? 0 : n] = 0;
	dprintf(0, "fds=%s\none=%s\n", line, target);
}

static void report_ids(void)
{
	uid_t u[3];
	gid_t g[3];

	getresuid(&u[0], &u[1], &u[2]);
	getresgid(&g[0], &g[1], &g[2]);
	dprintf(0, "uids=%u,%u,%u\ngids=%u,%u,%u\ngroups=%d\n", u[0], u[1], u[2], g[0], g[1], g[2],
		getgroups(0, NULL));
}

static void report_share(void)
{
	cpu_set_t processors;

	CPU_ZERO(&processors);
	sched_getaffinity(0, sizeof processors, &processors);
	dprintf(0, "processors=%d\ndisk=%ld\nslack=%d\n", CPU_COUNT(&processors),
		syscall(SYS_ioprio_get, 1, 0), prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
}

static void report(void)
{
	int env = 0;
	char cwd[256] = "";
	mode_t mask = umask(0);

	while (environ && environ[env])
		env++;
	if (!getcwd(cwd, sizeof cwd))
		cwd[0] = 0;
	dprintf(0, "env=%d\ncwd=%s\numask=%o\nleader=%d\nnice=%d\nnnp=%d\nppid=%d\npid=%d\n", env,
		cwd, mask, getsid(0) == getpid(), getpriority(PRIO_PROCESS, 0),
		prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), getppid(), getpid());
	report_limits();
	report_share();
	report_signals();
	report_descriptors();
	report_ids();
}

__attribute__((constructor)) static void stand_in(int argc, char **argv, char **envp)
{
	(void)envp;
	if (argc < 2 || strncmp(argv[1], "--", 2) != 0)
		return;
	if (strcmp(argv[1], "--report") == 0)
		report();
	if (strcmp(argv[1], "--exit-7") == 0)
		_exit(7);
	if (strcmp(argv[1], "--linger") == 0) {
		char c;
		dprintf(0, "pid=%d\n", getpid());
		(void)!read(0, &c, 1);
	}
	_exit(0);
}

/* --- the host --------------------------------------------------------------------------------- */

static char self[256];

/* An ordinary user becomes root of a namespace of its own: the ids that spawn sets must be
 * settable. */
static void become_root(void)
{
	char line[64];
	uid_t uid = getuid();
	gid_t gid = getgid();

	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	ck_assert_int_gt(n, 0);
	if (uid == 0)
		return;
	ck_assert_int_eq(unshare(CLONE_NEWUSER), 0);
	int fd = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(write(fd, "deny", 4), 4);
	close(fd);
	snprintf(line, sizeof line, "0 %u 1", uid);
	fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
	ck_assert_int_gt(write(fd, line, strlen(line)), 0);
	close(fd);
	snprintf(line, sizeof line, "0 %u 1", gid);
	fd = open("/proc/self/gid_map", O_WRONLY | O_CLOEXEC);
	ck_assert_int_gt(write(fd, line, strlen(line)), 0);
	close(fd);
}

struct started {
	int ours; /* our end of the program's descriptor 0 */
	int theirs;
	const char *argv[3];
	struct spawn_plan plan;
	char text[2048];
};

static void prepare(struct started *s, const char *word)
{
	int pair[2];

	memset(s, 0, sizeof *s);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	s->ours = pair[0];
	s->theirs = pair[1];
	s->argv[0] = "stand-in";
	s->argv[1] = word;
	s->plan = (struct spawn_plan){
		.path = self, .argv = s->argv, .fds = { pair[1], -1, -1, -1 }, .nfds = 3
	};
}

static void hang_up(struct started *s)
{
	close(s->theirs);
	s->theirs = -1;
}

/* Everything that the program says until it ends. */
static void listen_to(struct started *s)
{
	size_t got = 0;
	ssize_t n;

	hang_up(s);
	while ((n = read(s->ours, s->text + got, sizeof s->text - 1 - got)) != 0) {
		if (n > 0)
			got += (size_t)n;
		else
			ck_assert_int_eq(errno, EINTR);
	}
	s->text[got] = 0;
	close(s->ours);
}

#define says(s, line) ck_assert_msg(said((s), "\n" line "\n"), "no '%s' in:\n%s", line, (s)->text)

static bool said(const struct started *s, const char *line)
{
	if (strncmp(s->text, line + 1, strlen(line) - 1) == 0)
		return true;
	return strstr(s->text, line) != NULL;
}

static int number_after(const struct started *s, const char *key)
{
	const char *at = strstr(s->text, key);
	ck_assert_ptr_nonnull(at);
	return (int)strtol(at + strlen(key), NULL, 10);
}

static void start(struct started *s)
{
	struct fault f = FAULT_INIT;
	int rc = spawn_orphan(&s->plan, &f);
	ck_assert_msg(rc == 0, "%s (%s)", f.text, strerror(f.errnum));
}

/* What D16 compares. */
struct traces {
	char fds[1024];
	sigset_t mask;
	struct sigaction actions[NSIG];
	mode_t umask_bits;
	char cwd[256];
	struct rlimit files;
};

static void list_descriptors(char *out, size_t cap)
{
	size_t len = 0;

	out[0] = 0;
	for (int fd = 0; fd < 4096; fd++) {
		char link[64];
		char target[128];
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		ssize_t n = readlink(link, target, sizeof target - 1);
		if (n < 0)
			continue;
		target[n] = 0;
		ck_assert_uint_lt(len, cap);
		len += (size_t)snprintf(out + len, cap - len, "%d=%s;", fd, target);
	}
}

static void take_traces(struct traces *t)
{
	memset(t, 0, sizeof *t);
	list_descriptors(t->fds, sizeof t->fds);
	sigprocmask(SIG_SETMASK, NULL, &t->mask);
	for (int s = 1; s < NSIG; s++)
		sigaction(s, NULL, &t->actions[s]);
	t->umask_bits = umask(0);
	umask(t->umask_bits);
	ck_assert_ptr_nonnull(getcwd(t->cwd, sizeof t->cwd));
	getrlimit(RLIMIT_NOFILE, &t->files);
}

static void same_traces(const struct traces *a, const struct traces *b)
{
	ck_assert_str_eq(a->fds, b->fds);
	ck_assert_mem_eq(&a->mask, &b->mask, sizeof a->mask);
	for (int s = 1; s < NSIG; s++)
		ck_assert(a->actions[s].sa_handler == b->actions[s].sa_handler);
	ck_assert_int_eq(a->umask_bits, b->umask_bits);
	ck_assert_str_eq(a->cwd, b->cwd);
	ck_assert_uint_eq(a->files.rlim_cur, b->files.rlim_cur);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void expect_clean(const struct started *s)
{
	says(s, "env=0");
	says(s, "cwd=/");
	says(s, "umask=77");
	says(s, "leader=1");
	says(s, "dispositions=0");
	says(s, "blocked=0");
	says(s, "fds=0,1,2,");
	says(s, "one=/dev/null");
	says(s, "core=0");
	says(s, "uids=0,0,0");
	says(s, "gids=0,0,0");
}

START_TEST(d7_program_gets_nothing_of_the_caller)
{
	struct started s;
	prepare(&s, "--report");
	start(&s);
	listen_to(&s);
	expect_clean(&s);
	says(&s, "nnp=0");
	ck_assert_int_ne(number_after(&s, "\nppid="), getpid());
}
END_TEST

static bool hostile_surroundings(void)
{
	struct rlimit none = { 0, 0 };
	struct rlimit few = { 64, 64 };
	sigset_t all;

	clearenv();
	for (int i = 0; i < 200; i++) {
		char name[32];
		snprintf(name, sizeof name, "LD_EVIL_%d", i);
		setenv(name, "/tmp/evil.so", 1);
	}
	umask(0);
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (int i = 0; i < 40; i++) {
		if (open("/dev/zero", O_RDONLY) < 0) /* not O_CLOEXEC: on purpose */
			return false;
	}
	/* one far above, and room below it */
	dup2(3, 60);
	close(12);
	return chdir("/proc") == 0 && setrlimit(RLIMIT_FSIZE, &none) == 0 &&
	       setrlimit(RLIMIT_MEMLOCK, &none) == 0 && setrlimit(RLIMIT_NOFILE, &few) == 0 &&
	       setpriority(PRIO_PROCESS, 0, 10) == 0;
}

/* Root without CAP_SYS_RESOURCE, as in many containers, cannot raise what the caller lowered. */
static bool may_raise_limits(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		struct rlimit low = { 0, 0 };
		struct rlimit high = { RLIM_INFINITY, RLIM_INFINITY };
		setrlimit(RLIMIT_FSIZE, &low);
		_exit(setrlimit(RLIMIT_FSIZE, &high) == 0 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	return status == 0;
}

static void expect_limits(const struct started *s)
{
	static const char *const unlimited[] = { "fsize", "as", "data", "cpu", "nproc", "memlock" };
	char line[64];

	for (size_t i = 0; i < sizeof unlimited / sizeof unlimited[0]; i++) {
		snprintf(line, sizeof line, "\n%s=inf\n", unlimited[i]);
		ck_assert_msg(said(s, line), "%s in:\n%s", line, s->text);
	}
	says(s, "nofile=1024");
	says(s, "stack=8388608");
}

START_TEST(d7_hostile_caller_changes_nothing)
{
	struct started s;
	bool root = getuid() == 0;
	bool raised = may_raise_limits();
	int status = -1;

	become_root();
	prepare(&s, "--report");
	/* in a process of its own: the frame of the tests could not bear it */
	pid_t host = fork();
	if (host == 0) {
		struct fault f = FAULT_INIT;
		_exit(hostile_surroundings() && spawn_orphan(&s.plan, &f) == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(host, &status, 0), host);
	if (!raised) {
		/* half a program would look like an outage: none is started */
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1);
		return;
	}
	ck_assert_int_eq(status, 0);
	listen_to(&s);
	expect_clean(&s);
	expect_limits(&s);
	if (root)
		says(&s, "nice=0");
}
END_TEST

/* Any user may do all of this to su before he starts it. */
static bool starved_surroundings(void)
{
	cpu_set_t own, one;
	size_t first = 0;

	if (sched_getaffinity(0, sizeof own, &own) < 0)
		return false;
	while (!CPU_ISSET(first, &own))
		first++;
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	return sched_setaffinity(0, sizeof one, &one) == 0 &&
	       syscall(SYS_ioprio_set, 1, 0, 3 << 13) == 0 &&
	       prctl(PR_SET_TIMERSLACK, 4000000000UL, 0, 0, 0) == 0;
}

START_TEST(d7_caller_does_not_starve_the_program)
{
	struct started s;
	cpu_set_t own;
	char wanted[40];
	int status = -1;

	become_root();
	ck_assert_int_eq(sched_getaffinity(0, sizeof own, &own), 0);
	prepare(&s, "--report");
	pid_t host = fork();
	if (host == 0) {
		struct fault f = FAULT_INIT;
		_exit(starved_surroundings() && spawn_orphan(&s.plan, &f) == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(host, &status, 0), host);
	ck_assert_int_eq(status, 0);
	listen_to(&s);
	snprintf(wanted, sizeof wanted, "\nprocessors=%d\n", CPU_COUNT(&own));
	ck_assert_msg(said(&s, wanted), "%s in:\n%s", wanted, s.text);
	says(&s, "disk=0");
	says(&s, "slack=50000");
}
END_TEST

START_TEST(d7_host_without_low_descriptors)
{
	struct started s;

	prepare(&s, "--report");
	/* our ends as 0 and 1, nothing at 2: every place that the program wants is taken or
	 * empty */
	close(0);
	close(1);
	close(2);
	ck_assert_int_eq(dup(s.theirs), 0);
	ck_assert_int_eq(dup(s.ours), 1);
	close(s.theirs);
	close(s.ours);
	s.theirs = 0;
	s.ours = 1;
	s.plan.fds[0] = 0;
	s.plan.fds[3] = 1;
	s.plan.nfds = 4;
	start(&s);
	listen_to(&s);
	says(&s, "fds=0,1,2,3,");
	says(&s, "one=/dev/null");
}
END_TEST

/* In a host with nothing but descriptor 0, whatever we open lands where the program's own will
 * be. */
static void be_host_without_descriptors(void)
{
	struct fault f = FAULT_INIT;
	struct spawn_child child;
	static const char *const argv[] = { "x", NULL };
	struct spawn_plan plan = {
		.path = "/nonexistent", .argv = argv, .fds = { 0, -1, -1, -1 }, .nfds = 4
	};

	close_range(1, ~0U, 0);
	if (spawn_child(&plan, &child, &f) == 0 || f.errnum != ENOENT)
		_exit(1);
	f.errnum = 0;
	_exit(spawn_orphan(&plan, &f) == -1 && f.errnum == ENOENT ? 0 : 2);
}

START_TEST(d7_reports_from_a_host_without_descriptors)
{
	int status = -1;
	pid_t host = fork();

	if (host == 0)
		be_host_without_descriptors();
	ck_assert_int_eq(waitpid(host, &status, 0), host);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* With too few descriptors a start may fail, but it never calls a failure a start. */
START_TEST(d7_few_descriptors_never_feign_a_start)
{
	for (rlim_t few = 4; few < 24; few++) {
		struct started s;
		int status = -1;

		prepare(&s, "--report");
		pid_t host = fork();
		if (host == 0) {
			struct rlimit limit = { few, few };
			struct fault f = FAULT_INIT;
			setrlimit(RLIMIT_NOFILE, &limit);
			_exit(spawn_orphan(&s.plan, &f) == 0 ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(host, &status, 0), host);
		listen_to(&s);
		ck_assert_msg(
			(status == 0) == (s.text[0] != 0), "limit %d: status %d", (int)few, status);
	}
}
END_TEST

START_TEST(d7_descriptors_trade_places)
{
	struct started s;
	struct stat want, got;
	int pipes[2];
	char byte = 0;

	/* 0 must become 2 and 2 must become 0 */
	prepare(&s, "--report");
	ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
	dup2(pipes[1], 0);
	dup2(s.theirs, 2);
	s.plan.fds[0] = 2;
	s.plan.fds[2] = 0;
	ck_assert_int_eq(fstat(s.theirs, &want), 0);
	start(&s);
	ck_assert_int_eq(fstat(2, &got), 0);
	ck_assert_uint_eq(want.st_ino, got.st_ino);
	close(2);
	listen_to(&s);
	says(&s, "fds=0,1,2,");
	close(0);
	close(pipes[1]);
	ck_assert_int_eq(read(pipes[0], &byte, 1), 0);
}
END_TEST

START_TEST(d16_host_is_as_before)
{
	struct started s;
	struct traces before, after;
	sigset_t some;

	prepare(&s, "--report");
	sigemptyset(&some);
	sigaddset(&some, SIGUSR1);
	sigprocmask(SIG_SETMASK, &some, NULL);
	signal(SIGPIPE, SIG_IGN);
	umask(027);
	take_traces(&before);
	start(&s);
	take_traces(&after);
	same_traces(&before, &after);
	listen_to(&s);
	errno = 0;
	ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(d16_nothing_is_left_when_exec_fails)
{
	static const struct {
		const char *path;
		int errnum;
	} cases[] = { { "/nonexistent/sms-otpd", ENOENT }, { "/etc/passwd", EACCES },
		{ "/", EACCES } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct started s;
		struct traces before, after;
		struct spawn_child child;
		struct fault f = FAULT_INIT;

		prepare(&s, "--report");
		s.plan.path = cases[i].path;
		take_traces(&before);
		ck_assert_int_eq(spawn_orphan(&s.plan, &f), -1);
		ck_assert_int_eq(f.class, FAULT_SYSTEM);
		ck_assert_int_eq(f.errnum, cases[i].errnum);
		ck_assert_ptr_nonnull(strstr(f.text, cases[i].path));
		f = (struct fault)FAULT_INIT;
		ck_assert_int_eq(spawn_child(&s.plan, &child, &f), -1);
		ck_assert_int_eq(f.errnum, cases[i].errnum);
		take_traces(&after);
		same_traces(&before, &after);
		ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
		listen_to(&s);
		ck_assert_str_eq(s.text, "");
	}
}
END_TEST

START_TEST(d7_fault_when_ids_cannot_be_had)
{
	struct started s;
	struct fault f = FAULT_INIT;

	prepare(&s, "--report");
	if (getuid() == 0) {
		ck_assert_int_eq(setresgid(65534, 65534, 65534), 0);
		ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	}
	ck_assert_int_eq(spawn_orphan(&s.plan, &f), -1);
	ck_assert_int_eq(f.errnum, EPERM);
	listen_to(&s);
	ck_assert_str_eq(s.text, "");
}
END_TEST

/* --- D8: hosts and SIGCHLD -------------------------------------------------------------------- */

static volatile sig_atomic_t sigchld_seen;

static void on_sigchld(int sig)
{
	(void)sig;
	sigchld_seen++;
}

static void greedy_handler(int sig)
{
	int saved = errno;
	(void)sig;
	sigchld_seen++;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static void rest(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	while (nanosleep(&t, &t) < 0)
		;
}

static void (*const sigchld_hosts[])(int) = { SIG_DFL, SIG_IGN, on_sigchld, greedy_handler };

START_TEST(d8_host_hears_nothing_of_our_processes)
{
	struct started s;
	struct sigaction was, is;

	sigchld_seen = 0;
	signal(SIGCHLD, sigchld_hosts[_i]);
	sigaction(SIGCHLD, NULL, &was);
	for (int round = 0; round < 5; round++) {
		prepare(&s, "--report");
		start(&s);
		listen_to(&s);
		expect_clean(&s);
	}
	rest(50); /* a late signal would come now */
	ck_assert_int_eq(sigchld_seen, 0);
	sigaction(SIGCHLD, NULL, &is);
	ck_assert(was.sa_handler == is.sa_handler);
	ck_assert_int_eq(was.sa_flags, is.sa_flags);
	ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
}
END_TEST

static atomic_int threads_stop;
static atomic_int reaper_got;

static void *reap_everything(void *flags)
{
	while (!threads_stop) {
		if (waitpid(-1, NULL, *(int *)flags | WNOHANG) > 0)
			reaper_got++;
	}
	return NULL;
}

static void with_greedy_thread(int flags, int rounds)
{
	struct started s;
	pthread_t thread;

	threads_stop = 0;
	reaper_got = 0;
	ck_assert_int_eq(pthread_create(&thread, NULL, reap_everything, &flags), 0);
	for (int round = 0; round < rounds; round++) {
		prepare(&s, "--report");
		start(&s);
		listen_to(&s);
		expect_clean(&s);
	}
	threads_stop = 1;
	pthread_join(thread, NULL);
}

START_TEST(d8_greedy_thread_never_gets_ours)
{
	with_greedy_thread(0, 20);
	ck_assert_int_eq(reaper_got, 0);
}
END_TEST

/* A thread that waits for clones as well may win; the start still is a start. */
START_TEST(d8_greediest_thread_does_no_harm)
{
	with_greedy_thread(__WALL, 20);
}
END_TEST

/* A subreaper (or PID 1) has asked for every orphan: the program comes to it, as all orphans do,
 * but never the intermediate. */
START_TEST(d8_subreaper_gets_the_orphan_only)
{
	struct started s;

	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	prepare(&s, "--linger");
	start(&s);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), 0);
	hang_up(&s);
	char line[32] = "";
	ck_assert_int_gt(read(s.ours, line, sizeof line - 1), 0);
	close(s.ours);
	pid_t got = waitpid(-1, NULL, __WALL);
	ck_assert_int_eq(got, (int)strtol(line + 4, NULL, 10));
	ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
}
END_TEST

/* Runs as PID 1 of a namespace. */
static void be_pid_1(void)
{
	struct started s;

	prepare(&s, "--report");
	start(&s);
	listen_to(&s);
	_exit(getpid() == 1 && said(&s, "\nenv=0\n") && said(&s, "\nleader=1\n") ? 0 : 1);
}

START_TEST(d8_pid_1_host)
{
	int status = -1;
	pid_t outer = fork();

	if (outer == 0) {
		if (unshare(CLONE_NEWPID) < 0)
			_exit(2);
		pid_t first = fork();
		if (first == 0)
			be_pid_1();
		_exit(waitpid(first, &status, 0) == first && status == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(outer, &status, 0), outer);
	ck_assert_int_eq(status, 0);
}
END_TEST

static void *churn(void *arg)
{
	(void)arg;
	while (!threads_stop) {
		void *volatile block = malloc(100);
		free(block);
	}
	return NULL;
}

/* A lock that another thread holds at the clone stays locked for ever in the child (D8: raw calls
 * only). */
START_TEST(d8_host_with_busy_threads)
{
	struct started s;
	pthread_t threads[4];

	threads_stop = 0;
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, churn, NULL), 0);
	for (int round = 0; round < 30; round++) {
		prepare(&s, "--report");
		start(&s);
		listen_to(&s);
		expect_clean(&s);
	}
	threads_stop = 1;
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}
END_TEST

struct watch {
	atomic_int in_child;
	atomic_int in_host;
	pid_t host;
};

static struct watch *watch;

static void on_usr1(int sig)
{
	(void)sig;
	if (getpid() == watch->host)
		watch->in_host = 1;
	else
		watch->in_child = 1;
}

/* Until killed: a signal to the host's process group, which every child of it is in at birth. */
static pid_t rain(pid_t group)
{
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGUSR1, SIG_IGN);
		setpgid(0, 0);
		while (kill(-group, SIGUSR1) == 0)
			usleep(50);
		_exit(0);
	}
	return pid;
}

/* Signals rain on the host's group meanwhile: every start succeeds, and the host's handlers run in
 * the host only. */
START_TEST(d8_signals_do_not_disturb)
{
	struct started s;
	struct sigaction sa = { .sa_handler = on_usr1 }; /* without SA_RESTART */

	watch = mmap(
		NULL, sizeof *watch, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(watch != MAP_FAILED);
	setpgid(0, 0);
	watch->host = getpid();
	sigaction(SIGUSR1, &sa, NULL);
	pid_t cloud = rain(getpid());
	for (int round = 0; round < 100; round++) {
		prepare(&s, "--report");
		start(&s);
		listen_to(&s);
		expect_clean(&s);
	}
	kill(cloud, SIGKILL);
	waitpid(cloud, NULL, 0);
	ck_assert_int_eq(watch->in_host, 1);
	ck_assert_int_eq(watch->in_child, 0);
}
END_TEST

/* --- the engine's and the CLI's children
 * ------------------------------------------------------- */

START_TEST(child_reports_its_status)
{
	struct started s;
	struct spawn_child child;
	struct fault f = FAULT_INIT;
	struct traces before, after;

	prepare(&s, "--exit-7");
	take_traces(&before);
	ck_assert_int_eq(spawn_child(&s.plan, &child, &f), 0);
	int status = spawn_end(&child, clock_boot_ms() + 5000);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 7);
	ck_assert_int_eq(child.pidfd, -1);
	take_traces(&after);
	same_traces(&before, &after);
	ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
}
END_TEST

START_TEST(child_is_killed_at_the_deadline)
{
	struct started s;
	struct spawn_child child;
	struct fault f = FAULT_INIT;

	prepare(&s, "--linger");
	ck_assert_int_eq(spawn_child(&s.plan, &child, &f), 0);
	pid_t pid = child.pid;
	int64_t began = clock_boot_ms();
	ck_assert_int_eq(spawn_end(&child, began + 100), -1);
	ck_assert_int_lt(clock_boot_ms() - began, 3000);
	ck_assert_int_eq(kill(pid, 0), -1);
	ck_assert_int_eq(waitpid(-1, NULL, __WALL), -1);
}
END_TEST

START_TEST(e7_child_drops_to_a_user)
{
	struct started s;
	struct spawn_child child;
	struct fault f = FAULT_INIT;
	bool root = getuid() == 0;
	gid_t groups[] = { 1, 2, 3 };

	become_root();
	prepare(&s, "--report");
	s.plan.drop = true;
	s.plan.no_new_privs = true;
	if (root) {
		ck_assert_int_eq(setgroups(3, groups), 0);
		s.plan.uid = 65533;
		s.plan.gid = 65532;
		/* the build tree may be out of that user's reach: exec this program by a path it
		 * can read */
		char copy[300];
		snprintf(copy, sizeof copy, "cp %s %s/stand-in && chmod 755 %s %s/stand-in", self,
			unit_folder(), unit_folder(), unit_folder());
		ck_assert_int_eq(system(copy), 0);
		snprintf(self, sizeof self, "%s/stand-in", unit_folder());
	}
	int rc = spawn_child(&s.plan, &child, &f);
	if (!root && getgroups(0, NULL) > 0) {
		/* groups that cannot be given up are a reason not to start */
		ck_assert_int_eq(rc, -1);
		return;
	}
	ck_assert_msg(rc == 0, "%s: %s", f.text, strerror(f.errnum));
	listen_to(&s);
	ck_assert_int_eq(spawn_end(&child, clock_boot_ms() + 5000), 0);
	says(&s, "nnp=1");
	says(&s, "groups=0");
	if (root) {
		says(&s, "uids=65533,65533,65533");
		says(&s, "gids=65532,65532,65532");
	}
}
END_TEST

START_TEST(e7_child_gets_the_groups_of_the_plan)
{
	static const gid_t groups[] = { 65530, 65531 };
	struct started s;
	struct spawn_child child;
	struct fault f = FAULT_INIT;
	bool root = getuid() == 0;

	become_root();
	/* in a user namespace there are no such groups */
	if (!root || setgroups(2, groups) < 0)
		return;
	prepare(&s, "--report");
	s.plan.groups = groups;
	s.plan.ngroups = 2;
	s.plan.drop = true;
	s.plan.uid = s.plan.gid = 0;
	ck_assert_int_eq(spawn_child(&s.plan, &child, &f), 0);
	listen_to(&s);
	ck_assert_int_eq(spawn_end(&child, clock_boot_ms() + 5000), 0);
	says(&s, "groups=2");
	/* without drop they are nobody's */
	prepare(&s, "--report");
	s.plan.groups = groups;
	s.plan.ngroups = 2;
	ck_assert_int_eq(spawn_child(&s.plan, &child, &f), 0);
	listen_to(&s);
	ck_assert_int_eq(spawn_end(&child, clock_boot_ms() + 5000), 0);
	says(&s, "groups=0");
	/* who stays who he is keeps his own */
	prepare(&s, "--report");
	s.plan.stay = true;
	ck_assert_int_eq(spawn_child(&s.plan, &child, &f), 0);
	listen_to(&s);
	ck_assert_int_eq(spawn_end(&child, clock_boot_ms() + 5000), 0);
	says(&s, "groups=2");
}
END_TEST

/* The middle process dies of SIGKILL; its tied child must not outlive it, and an untied one does. */
static pid_t grandchild(bool tied)
{
	struct spawn_child child;
	struct fault f = FAULT_INIT;
	static const char *const argv[] = { "sleep", "20", NULL };
	const struct spawn_plan plan = { .path = "/bin/sleep",
		.argv = argv,
		.fds = { -1, -1, -1 },
		.nfds = 3,
		.stay = true,
		.tied = tied };
	int pipes[2];
	pid_t pid = -1;

	ck_assert_int_eq(pipe(pipes), 0);
	pid_t middle = fork();
	if (middle == 0) {
		if (spawn_child(&plan, &child, &f) == 0 &&
			write(pipes[1], &child.pid, sizeof child.pid) > 0)
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	ck_assert_int_eq(read(pipes[0], &pid, sizeof pid), sizeof pid);
	ck_assert_int_eq(waitpid(middle, NULL, 0), middle);
	return pid;
}

START_TEST(e8_a_tied_child_ends_with_its_parent)
{
	int status = 0;

	/* orphans come to us, so that their end is seen */
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	pid_t pid = grandchild(true);
	ck_assert_int_eq(waitpid(pid, &status, __WALL), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	pid = grandchild(false);
	ck_assert_int_eq(waitpid(pid, &status, __WALL | WNOHANG), 0);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, __WALL), pid);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("spawn");
	TCase *program = tcase_create("program");
	TCase *own = tcase_create("own root");

	tcase_add_checked_fixture(program, become_root, NULL);
	tcase_set_timeout(program, 30);
	tcase_add_test(program, d7_program_gets_nothing_of_the_caller);
	tcase_add_test(program, d7_host_without_low_descriptors);
	tcase_add_test(program, d7_reports_from_a_host_without_descriptors);
	tcase_add_test(program, d7_few_descriptors_never_feign_a_start);
	tcase_add_test(program, d7_descriptors_trade_places);
	tcase_add_test(program, d16_host_is_as_before);
	tcase_add_test(program, d16_nothing_is_left_when_exec_fails);
	tcase_add_loop_test(program, d8_host_hears_nothing_of_our_processes, 0,
		sizeof sigchld_hosts / sizeof sigchld_hosts[0]);
	tcase_add_test(program, d8_greedy_thread_never_gets_ours);
	tcase_add_test(program, d8_greediest_thread_does_no_harm);
	tcase_add_test(program, d8_subreaper_gets_the_orphan_only);
	tcase_add_test(program, d8_pid_1_host);
	tcase_add_test(program, d8_host_with_busy_threads);
	tcase_add_test(program, d8_signals_do_not_disturb);
	tcase_add_test(program, child_reports_its_status);
	tcase_add_test(program, child_is_killed_at_the_deadline);
	tcase_set_timeout(own, 30);
	tcase_add_test(own, d7_fault_when_ids_cannot_be_had);
	tcase_add_test(own, d7_hostile_caller_changes_nothing);
	tcase_add_test(own, d7_caller_does_not_starve_the_program);
	tcase_add_test(own, e7_child_drops_to_a_user);
	tcase_add_test(own, e7_child_gets_the_groups_of_the_plan);
	tcase_add_test(program, e8_a_tied_child_ends_with_its_parent);
	suite_add_tcase(suite, program);
	suite_add_tcase(suite, own);
	return suite;
}
