#include "engine/listen.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "\0sms-otp-unit-listen" };
static const socklen_t address_len = sizeof address.sun_family + 21;

/* Of a daemon's waits, so many are refused. */
static int refused;

int __real_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
int __wrap___poll_chk(struct pollfd *fds, nfds_t n, int timeout_ms, size_t len);

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	if (n != 2 || timeout_ms >= 0 || refused == 0)
		return __real_poll(fds, n, timeout_ms);
	refused--;
	errno = ENOMEM;
	return -1;
}

int __wrap___poll_chk(struct pollfd *fds, nfds_t n, int timeout_ms, size_t len)
{
	(void)len;
	return __wrap_poll(fds, n, timeout_ms);
}

/* A daemon on an abstract socket, so that ordinary uids can reach it without a folder. */
static pid_t start(void)
{
	/* abstract names belong to the network namespace: no other run is in the way */
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, address_len), 0);
	ck_assert_int_eq(listen(fd, 512), 0);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct fault f = FAULT_INIT;
		_exit(listen_serve(fd, "/nonexistent/sms-otp.conf", &f) == 0 ? 0 : 1);
	}
	close(fd);
	return pid;
}

static int reach(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, address_len), 0);
	return fd;
}

/* The daemon closes a connection that it does not serve at once; one that it serves waits for a first frame. */
static int is_closed(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char c;

	return poll(&p, 1, 0) > 0 && read(fd, &c, 1) <= 0;
}

/* One process of a uid with n connections. */
struct crowd {
	pid_t pid;
	int served;
};

static void join(uid_t uid, int n, int result)
{
	int fds[64], open = 0;

	if (setresuid(uid, uid, uid) < 0)
		_exit(1);
	for (int i = 0; i < n; i++)
		fds[i] = reach();
	poll(NULL, 0, 1000); /* for the daemon to look at all of them */
	for (int i = 0; i < n; i++)
		open += !is_closed(fds[i]);
	if (write(result, &open, sizeof open) != sizeof open)
		_exit(1);
	pause(); /* holding the connections */
}

static int begin_crowd(struct crowd *c, uid_t uid, int n)
{
	int result[2];

	ck_assert_int_eq(pipe(result), 0);
	c->pid = fork();
	ck_assert_int_ge(c->pid, 0);
	if (c->pid == 0)
		join(uid, n, result[1]);
	close(result[1]);
	return result[0];
}

/* How many were served. */
static int end_crowd(struct crowd *c, int from)
{
	c->served = -1;
	ck_assert_int_eq(read(from, &c->served, sizeof c->served), sizeof c->served);
	close(from);
	return c->served;
}

static void dismiss(struct crowd *c)
{
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
}

/* How many of n connections of uid are served. */
static int served(uid_t uid, int n)
{
	struct crowd c;
	int open = end_crowd(&c, begin_crowd(&c, uid, n));

	dismiss(&c);
	return open;
}

START_TEST(e1_an_ordinary_uid_has_few_slots_and_root_more)
{
	pid_t daemon = start();
	int status;

	ck_assert_int_eq(served(65534, LISTEN_SLOTS_UID + 3), LISTEN_SLOTS_UID);
	ck_assert_int_eq(served(0, LISTEN_SLOTS_UID + 3), LISTEN_SLOTS_UID + 3);
	kill(daemon, SIGTERM);
	ck_assert_int_eq(waitpid(daemon, &status, 0), daemon);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(e1_root_finds_a_slot_when_all_others_are_taken)
{
	enum { UIDS = LISTEN_SLOTS_OTHERS / LISTEN_SLOTS_UID };
	struct crowd crowds[UIDS];
	int from[UIDS], open = 0;
	pid_t daemon = start();

	for (int i = 0; i < UIDS; i++)
		from[i] = begin_crowd(&crowds[i], (uid_t)(10000 + i), LISTEN_SLOTS_UID);
	for (int i = 0; i < UIDS; i++)
		open += end_crowd(&crowds[i], from[i]);
	ck_assert_int_eq(open, LISTEN_SLOTS_OTHERS);
	ck_assert_int_eq(served(9999, 1), 0);
	ck_assert_int_eq(served(0, 1), 1);
	for (int i = 0; i < UIDS; i++)
		dismiss(&crowds[i]);
	kill(daemon, SIGTERM);
	waitpid(daemon, NULL, 0);
}
END_TEST

/* Connects and hangs up without end, as nobody. */
static pid_t begin_flood(void)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return pid;
	if (setresuid(65534, 65534, 65534) < 0)
		_exit(1);
	for (;;) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(fd, (const struct sockaddr *)&address, address_len) < 0 && errno == EINTR)
			_exit(1);
		close(fd);
	}
}

static int zombies_of(pid_t parent)
{
	char path[64], line[400];
	int n = 0;

	for (pid_t pid = parent; pid < parent + 20000; pid++) {
		int ppid = 0;
		char state = 0;
		snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
		FILE *f = fopen(path, "r");
		if (!f)
			continue;
		if (fgets(line, sizeof line, f) &&
			sscanf(strrchr(line, ')') + 1, " %c %d", &state, &ppid) == 2)
			n += ppid == parent && state == 'Z';
		fclose(f);
	}
	return n;
}

START_TEST(e1_a_flood_stops_neither_the_reaping_nor_the_end)
{
	enum { FLOODERS = 100 };
	pid_t daemon = start();
	pid_t flood[FLOODERS];
	int status, ended = 0;

	for (int i = 0; i < FLOODERS; i++)
		flood[i] = begin_flood();
	for (int i = 0; i < 100; i++) {
		int fd = reach();
		close(fd);
		poll(NULL, 0, 10);
	}
	/* what ended a moment ago may wait for its turn; a daemon that does not reap has a hundred */
	ck_assert_int_lt(zombies_of(daemon), 60);
	kill(daemon, SIGTERM);
	for (int i = 0; i < 300 && !ended; i++) {
		ended = waitpid(daemon, &status, WNOHANG) == daemon;
		poll(NULL, 0, 10);
	}
	for (int i = 0; i < FLOODERS; i++) {
		kill(flood[i], SIGKILL);
		waitpid(flood[i], NULL, 0);
	}
	ck_assert_int_eq(ended, 1);
}
END_TEST

START_TEST(slots_come_back)
{
	pid_t daemon = start();

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(served(65534, LISTEN_SLOTS_UID), LISTEN_SLOTS_UID);
		/* the clients are gone: each child sees the end of its connection and ends */
		poll(NULL, 0, 200);
	}
	kill(daemon, SIGTERM);
	waitpid(daemon, NULL, 0);
}
END_TEST

START_TEST(a_shortage_of_memory_passes)
{
	int status = 1;

	refused = 5;
	pid_t daemon = start();
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(served(65534, LISTEN_SLOTS_UID), LISTEN_SLOTS_UID);
		poll(NULL, 0, 200);
	}
	kill(daemon, SIGTERM);
	ck_assert_int_eq(waitpid(daemon, &status, 0), daemon);
	ck_assert_int_eq(status, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("listen");
	TCase *t = tcase_create("listen");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, e1_an_ordinary_uid_has_few_slots_and_root_more);
	tcase_add_test(t, e1_root_finds_a_slot_when_all_others_are_taken);
	tcase_add_test(t, e1_a_flood_stops_neither_the_reaping_nor_the_end);
	tcase_add_test(t, slots_come_back);
	tcase_add_test(t, a_shortage_of_memory_passes);
	suite_add_tcase(s, t);
	return s;
}
