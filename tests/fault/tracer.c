#include "tests/fault/tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/fault/call.h"
#include "tests/fault/patience.h"
#include "tests/fault/registers.h"
#include "tests/fault/synced.h"

enum {
	PROCESSES = 64,
	/* the shim's own patience with each of three steps is 21 s */
	LOGIN_MS = 70000,
	START_MS = 60000,
	TICK_MS = 50,
	/* EINTR and EAGAIN for good: so many in a row. No kernel says the one for ever, nor the other
	 * to who polls first; where it is waited between two tries, 2000 are beyond every deadline */
	STORM = 2000,
	EVENT_OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL,
};

struct process {
	pid_t pid; /* 0: free */
	enum role role;
	bool known;   /* its parent has told of it */
	bool stopped; /* and it has stopped for the first time */
	struct registers_call call;
	bool in_call;
	bool doctored; /* the result of the call is ours */
	long result;
	char name[32]; /* what is being opened */
	struct synced synced;
};

static struct process all[PROCESSES];
static pid_t daemon_pid;
static const struct tracer_plan *plan;
static struct tracer_result *result;
static int stormed; /* calls that failed after the first */
/* the login is over, and the daemon only goes back to sleep: what failed works again */
static bool alone;
static bool counting; /* the host is inside the module */

/* --- processes -------------------------------------------------------------------------------- */

static struct process *find(pid_t pid)
{
	for (int i = 0; i < PROCESSES; i++)
		if (all[i].pid == pid)
			return &all[i];
	return NULL;
}

static struct process *adopt(pid_t pid)
{
	struct process *p = find(pid);

	if (p || !(p = find(0)))
		return p;
	memset(p, 0, sizeof *p);
	p->pid = pid;
	return p;
}

/* Its calls matter: to the plan, to the books, or (the daemon's) to know when a login is over. Others need not stop at each. */
static bool is_followed(const struct process *p)
{
	if (p->role == ROLE_DAEMON)
		return true;
	if (plan->light)
		return false;
	if (plan->kind == TRACER_WATCH || p->role == ROLE_ENGINE || p->role == ROLE_CLI)
		return true;
	return p->role == plan->role && (plan->for_good || !result->hit || p->in_call);
}

static void go_on(const struct process *p, int signal)
{
	/* who has been killed meanwhile goes on by itself */
	ptrace(is_followed(p) ? PTRACE_SYSCALL : PTRACE_CONT, p->pid, NULL,
		(void *)(intptr_t)signal);
}

static int others(void)
{
	int n = 0;

	for (int i = 0; i < PROCESSES; i++)
		n += all[i].pid != 0 && all[i].pid != daemon_pid;
	return n;
}

static enum role child_role(enum role parent)
{
	if (parent == ROLE_HOST || parent == ROLE_ENGINE)
		return ROLE_BIRTH;
	return parent == ROLE_DAEMON ? ROLE_ENGINE : parent;
}

/* By the program's name; what is none of ours keeps what it was. */
static enum role role_now(pid_t pid, enum role before)
{
	char path[64], name[32] = "";

	snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, name, sizeof name - 1);
	if (fd >= 0)
		close(fd);
	name[n > 0 ? n - 1 : 0] = '\0';
	if (strcmp(name, "sms-otpd") == 0)
		return before == ROLE_DAEMON ? before : ROLE_ENGINE;
	return strcmp(name, "sms-otp-send") == 0 ? ROLE_SENDER : before;
}

/* --- calls ------------------------------------------------------------------------------------ */

/* The n-th, or after it the same again. */
static bool is_meant(const struct process *p, long n)
{
	if (plan->kind == TRACER_WATCH || plan->role != p->role)
		return false;
	if (n == plan->nth) {
		result->hit = plan->kind == TRACER_KILL || call_can(p->call.nr, plan->errnum);
		result->hit_nr = p->call.nr;
		return result->hit;
	}
	bool same = plan->for_good && result->hit && p->call.nr == result->hit_nr && n > plan->nth;
	bool over = (plan->errnum == EINTR || plan->errnum == EAGAIN) && stormed >= STORM;
	stormed += same;
	return same && !over && !alone;
}

static void fail(struct process *p)
{
	int at = call_length(p->call.nr);

	if (plan->errnum == CALL_SHORT) {
		if (p->call.args[at] > 1)
			registers_set_argument(p->pid, at, p->call.args[at] / 2);
		return;
	}
	p->doctored = true;
	p->result = -plan->errnum;
	if (!call_does_it_anyway(p->call.nr))
		registers_skip(p->pid);
}

static void entered(struct process *p)
{
	bool marked = p->call.nr == SYS_prctl && p->call.args[0] == PAGE_MARK;

	p->doctored = false;
	if (marked && p->role == ROLE_HOST)
		counting = p->call.args[1] == 1;
	if (marked || (p->role == ROLE_HOST && !counting))
		return;
	if (p->call.nr == SYS_openat)
		registers_read_text(p->pid, p->call.args[1], p->name, sizeof p->name);
	long n = ++result->calls[p->role];
	if (n <= TRACER_POINTS)
		result->nr[p->role][n - 1] = (short)p->call.nr;
	if (is_meant(p, n) && plan->kind == TRACER_FAIL)
		fail(p);
}

/* The books of an engine, and of a command. */
static void keep_books(struct process *p, long got)
{
	unsigned char head[16] = { 0 };
	long fd = (long)p->call.args[0];

	switch (p->call.nr) {
	case SYS_openat:
		if (got >= 0)
			synced_opened(&p->synced, got, p->name);
		break;
	case SYS_pwrite64:
		registers_read_bytes(p->pid, p->call.args[1], head, sizeof head);
		synced_wrote(&p->synced, fd, head, p->call.args[2], got);
		break;
	case SYS_fdatasync:
	case SYS_fsync:
		if (got == 0)
			synced_synced(&p->synced, fd);
		break;
	case SYS_close:
		if (!synced_closed(&p->synced, fd))
			result->unsynced++;
		break;
	default:
		break;
	}
}

static bool is_killed(const struct process *p)
{
	return plan->kind == TRACER_KILL && result->hit && plan->role == p->role &&
	       result->calls[p->role] == plan->nth;
}

static void left_call(struct process *p, long got)
{
	if (p->doctored) {
		registers_set_result(p->pid, p->result);
		got = p->result;
	}
	if (p->role == ROLE_ENGINE || p->role == ROLE_CLI)
		keep_books(p, got);
	if (is_killed(p) && p->call.nr == result->hit_nr)
		kill(p->pid, SIGKILL);
}

static void call_stop(struct process *p)
{
	struct registers_call now;

	if (registers_read_call(p->pid, &now) < 0)
		return;
	if (now.entry) {
		p->call = now;
		entered(p);
	} else if (p->in_call) {
		left_call(p, now.result);
	}
	p->in_call = now.entry;
}

/* --- stops ------------------------------------------------------------------------------------ */

static void born(const struct process *parent)
{
	unsigned long message = 0;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &message) < 0)
		return;
	struct process *p = adopt((pid_t)message);
	if (!p)
		return;
	p->known = true;
	p->role = child_role(parent->role);
	p->synced = parent->synced;
	if (p->stopped)
		go_on(p, 0);
}

static void event_stop(struct process *p, int event)
{
	if (event == PTRACE_EVENT_EXEC)
		p->role = role_now(p->pid, p->role);
	else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
		 event == PTRACE_EVENT_CLONE)
		born(p);
	go_on(p, 0);
}

static void stop(struct process *p, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;

	if (!p->stopped) {
		p->stopped = true;
		if (p->known)
			go_on(p, 0);
		return; /* else its parent's stop is still to come */
	}
	if (signal == (SIGTRAP | 0x80)) {
		call_stop(p);
		go_on(p, 0);
	} else if (event != 0) {
		event_stop(p, event);
	} else {
		go_on(p, signal);
	}
}

static pid_t parent_of(pid_t pid)
{
	char path[64], text[400] = "";
	int parent = 0;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	const char *name_ends = strrchr(text, ')');
	return name_ends && sscanf(name_ends, ") %*c %d", &parent) == 1 ? (pid_t)parent : 0;
}

/* Who was killed while it told of its child never tells: the child goes on all the same. */
static void release_orphans(void)
{
	for (int i = 0; i < PROCESSES; i++) {
		struct process *p = &all[i];

		if (p->pid == 0 || !p->stopped || p->known || find(parent_of(p->pid)))
			continue;
		p->known = true;
		p->role = ROLE_BIRTH;
		go_on(p, 0);
	}
}

/* -1: nothing came in this tick. */
static int follow(pid_t first)
{
	int status;
	pid_t pid = waitpid(-1, &status, __WALL);

	if (pid < 0)
		return -1;
	struct process *p = adopt(pid);
	if (!p)
		return 0;
	if (WIFSTOPPED(status)) {
		stop(p, status);
		return 0;
	}
	if (pid == first)
		result->status = status;
	if (pid == daemon_pid) {
		result->daemon_ended = true;
		daemon_pid = 0;
	}
	p->pid = 0;
	return 0;
}

static void tick(int signal)
{
	(void)signal;
}

static void clock_ticks(bool on)
{
	struct sigaction action = { .sa_handler = tick };
	struct itimerval every = { 0 };

	every.it_interval.tv_usec = every.it_value.tv_usec = on ? TICK_MS * 1000 : 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

/* --- starting and ending ---------------------------------------------------------------------- */

static pid_t start(char *const argv[], enum role role)
{
	char *const nothing[] = { NULL };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int said = role == ROLE_CLI ? open(TRACER_SAID, O_RDWR | O_CREAT | O_TRUNC, 0600)
					    : open("/dev/null", O_RDWR);
		for (int fd = 0; fd < 3; fd++)
			dup2(said, fd);
		close(said);
		setsid();
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execve(argv[0], argv, nothing);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	if (pid < 0 || !WIFSTOPPED(status) ||
		ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(intptr_t)EVENT_OPTIONS) < 0)
		return -1;
	struct process *p = adopt(pid);
	p->role = role;
	p->known = p->stopped = true;
	go_on(p, 0);
	return pid;
}

static void kill_others(void)
{
	for (int i = 0; i < PROCESSES; i++)
		if (all[i].pid != 0 && all[i].pid != daemon_pid)
			kill(all[i].pid, SIGKILL);
}

static char state_of(pid_t pid)
{
	char path[64], text[400] = "";

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	const char *name_ends = strrchr(text, ')');
	return name_ends && name_ends[1] == ' ' ? name_ends[2] : '?';
}

/* The daemon has nothing to do any more: it is in poll, and asleep there. */
static bool daemon_waits(void)
{
	const struct process *p = daemon_pid ? find(daemon_pid) : NULL;
	const struct timespec pause = { 0, 100000 };

	if (!p)
		return true;
	if (!p->in_call || (p->call.nr != SYS_poll && p->call.nr != SYS_ppoll))
		return false;
	for (int i = 0; i < 500 && state_of(p->pid) == 'R'; i++)
		nanosleep(&pause, NULL);
	return state_of(p->pid) == 'S';
}

static int living(pid_t out[PROCESSES])
{
	int n = 0;

	for (int i = 0; i < PROCESSES; i++)
		if (all[i].pid != 0)
			out[n++] = all[i].pid;
	return n;
}

/* Behind the host's end. False: nothing is left to be waited for. */
static bool outlives(struct patience *patience)
{
	pid_t pids[PROCESSES];

	if (result->left > 0) /* killed: they only have to be reaped */
		return others() > 0;
	int n = living(pids);
	result->left_why = patience_lost(patience, pids, n, clock_boot_ms());
	if (result->left_why) {
		result->left = others() > 0 ? others() : 1;
		kill_others();
	}
	return true;
}

static void follow_all(pid_t first)
{
	int64_t begun_ms = clock_boot_ms(), delayed_ms = patience_delayed_ms();
	struct patience patience = { 0 };

	while (others() > 0 || !daemon_waits()) {
		alone = others() == 0;
		follow(first);
		release_orphans();
		if (!find(first)) {
			if (!outlives(&patience))
				break;
			continue;
		}
		int64_t took_ms = clock_boot_ms() - begun_ms;
		if (took_ms > LOGIN_MS && !result->hung &&
			took_ms > LOGIN_MS + 2 * (patience_delayed_ms() - delayed_ms)) {
			result->hung = true;
			kill_others();
		}
	}
	result->delayed_ms = patience_delayed_ms() - delayed_ms;
}

void tracer_run(
	char *const argv[], enum role role, const struct tracer_plan *p, struct tracer_result *out)
{
	memset(out, 0, sizeof *out);
	plan = p;
	result = out;
	counting = alone = false;
	stormed = 0;
	clock_ticks(true);
	pid_t first = start(argv, role);
	if (first > 0)
		follow_all(first);
	clock_ticks(false);
}

int tracer_daemon(char *const argv[])
{
	static const struct tracer_plan nothing;
	static struct tracer_result unused;

	plan = &nothing;
	result = &unused;
	daemon_pid = start(argv, ROLE_DAEMON);
	if (daemon_pid < 0)
		return -1;
	clock_ticks(true);
	int64_t until_ms = clock_boot_ms() + START_MS;
	while (daemon_pid && !daemon_waits() && clock_boot_ms() < until_ms)
		follow(-1);
	clock_ticks(false);
	return daemon_pid && daemon_waits() ? 0 : -1;
}

pid_t tracer_daemon_pid(void)
{
	return daemon_pid;
}

void tracer_end_daemon(void)
{
	if (daemon_pid > 0)
		kill(daemon_pid, SIGKILL);
	while (daemon_pid > 0 && follow(-1) == 0)
		;
}
