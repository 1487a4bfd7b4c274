/* escape: tries what a taken-over sender would try, from inside each profile of the sandbox, and without one (E7).
 *
 *   escape           judges what was measured, and speaks TAP
 *   escape --table   prints it as docs/sandbox.md has it
 *
 * As root everything is tried twice: as an unprivileged user, which is what the sender is, and as root, so that what is
 * refused is refused by the sandbox and not by the lack of a right. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"
#include "sender/sandbox.h"

enum { NOBODY = 65534, CANNOT_ENTER = 250, NPROFILES = 4, BARE = NPROFILES };

enum result { WORKS = 1, REFUSED, KILLED, BROKEN };

static const struct {
	const char *name;
	enum sandbox_profile profile;
	unsigned bit;
} profiles[NPROFILES] = {
	{ "http, mail", SANDBOX_HTTP, HTTP },
	{ "outbox", SANDBOX_OUTBOX, OUTBOX },
	{ "spool", SANDBOX_SPOOL, SPOOL },
	{ "command", SANDBOX_COMMAND, COMMAND },
};

static int listeners[3];

/* Of the kernel; 0: none. */
static int landlock_version;
static int landlock_hidden;

static int judged;

static void must(int holds, const char *what)
{
	if (holds)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- before the sandbox ----------------------------------------------------------------------- */

static uid_t user(int as_root)
{
	return as_root || geteuid() != 0 ? geteuid() : NOBODY;
}

static void put_file(const char *name, uid_t owner)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", attempt_place.folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0 && fchown(fd, owner, (gid_t)-1) == 0, path);
	close(fd);
}

static int listen_at(const struct sockaddr *a, size_t len)
{
	int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(fd >= 0 && bind(fd, a, (socklen_t)len) == 0 && listen(fd, 100) == 0, "listener");
	return fd;
}

static void make_listeners(uid_t owner)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof in;
	listeners[0] = listen_at((struct sockaddr *)&in, sizeof in);
	must(getsockname(listeners[0], (struct sockaddr *)&in, &len) == 0, "port");
	attempt_place.port = ntohs(in.sin_port);
	snprintf(un.sun_path, sizeof un.sun_path, "%s/listener", attempt_place.folder);
	listeners[1] = listen_at((struct sockaddr *)&un, sizeof un);
	must(chown(un.sun_path, owner, (gid_t)-1) == 0, "socket");
	memset(&un, 0, sizeof un);
	un.sun_family = AF_UNIX;
	snprintf(attempt_place.abstract, sizeof attempt_place.abstract, "sms-otp-escape-%d",
		(int)getpid());
	memcpy(un.sun_path + 1, attempt_place.abstract, strlen(attempt_place.abstract));
	listeners[2] = listen_at((struct sockaddr *)&un,
		offsetof(struct sockaddr_un, sun_path) + 1 + strlen(attempt_place.abstract));
}

static void become(uid_t uid)
{
	if (uid != geteuid())
		must(setgroups(0, NULL) == 0 && setgid(uid) == 0 && setuid(uid) == 0, "user");
}

static void make_victim(uid_t owner)
{
	attempt_place.victim = fork();
	must(attempt_place.victim >= 0, "fork");
	if (attempt_place.victim > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	struct fault f = FAULT_INIT;
	become(owner);
	/* as a program is that nobody has started with other ids */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	must(sandbox_limits(&f) == 0, f.text);
	for (;;)
		pause();
}

static void make_place(uid_t owner)
{
	char path[128];
	snprintf(attempt_place.folder, sizeof attempt_place.folder, "/tmp/sms-otp-escape.XXXXXX");
	must(mkdtemp(attempt_place.folder) != NULL &&
			chown(attempt_place.folder, owner, (gid_t)-1) == 0,
		"folder");
	snprintf(path, sizeof path, "%s/spool", attempt_place.folder);
	must(mkdir(path, 0700) == 0 && chown(path, owner, (gid_t)-1) == 0, path);
	attempt_place.spool = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	put_file("inherited", owner);
	snprintf(path, sizeof path, "%s/inherited", attempt_place.folder);
	attempt_place.inherited = open(path, O_WRONLY | O_CLOEXEC);
	must(attempt_place.spool >= 0 && attempt_place.inherited >= 0, "descriptors");
	make_listeners(owner);
	make_victim(owner);
}

/* What attempts that worked have left. */
static void tidy(void)
{
	static const char *const names[] = { "mine", "other", "made", "renamed", "linked",
		"symlinked", "fifo", "folder", "spool/new", "spool/whole" };
	char path[128];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", attempt_place.folder, names[i]);
		if (unlink(path) < 0 && errno == EISDIR)
			rmdir(path);
	}
}

static void leave_place(void)
{
	static const char *const names[] = { "inherited", "listener", "spool" };
	char path[128];
	kill(attempt_place.victim, SIGKILL);
	waitpid(attempt_place.victim, NULL, 0);
	close(attempt_place.inherited);
	close(attempt_place.spool);
	for (size_t i = 0; i < sizeof listeners / sizeof *listeners; i++)
		close(listeners[i]);
	tidy();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", attempt_place.folder, names[i]);
		remove(path);
	}
	must(rmdir(attempt_place.folder) == 0, attempt_place.folder);
}

/* --- one attempt ------------------------------------------------------------------------------ */

/* As a kernel without it is. */
static int hide_landlock(void)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
	if (!c || seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), 444, 0) < 0 || seccomp_load(c) < 0)
		return -1;
	seccomp_release(c);
	return 0;
}

static int enter(int which)
{
	const struct landlock_needs needs = { .writable = { attempt_place.spool, -1 },
		.nwritable = 2 };
	static const struct landlock_needs nothing;
	uint32_t on = 0;
	struct fault f = FAULT_INIT;
	if (which == BARE)
		return 0;
	enum sandbox_profile profile = profiles[which].profile;
	if (sandbox_limits(&f) < 0 || (landlock_hidden && hide_landlock() < 0))
		return -1;
	return sandbox_enter(profile, profile == SANDBOX_SPOOL ? &needs : &nothing, &on, &f);
}

static enum result measure(const struct attempt *a, int which, uid_t uid)
{
	int status;
	tidy();
	put_file("mine", uid);
	put_file("other", uid);
	pid_t pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		become(uid);
		if (enter(which) < 0)
			_exit(CANNOT_ENTER);
		int rc = a->try();
		_exit(rc < CANNOT_ENTER ? rc : 1);
	}
	must(waitpid(pid, &status, 0) == pid, "wait");
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? KILLED : BROKEN;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == CANNOT_ENTER)
		return BROKEN;
	return WEXITSTATUS(status) == 0 ? WORKS : REFUSED;
}

/* What a measured result stands for in the table. */
static const char *cell(const struct attempt *a, int which, enum result r)
{
	if (which != BARE && (a->landlock & profiles[which].bit) && r != BROKEN)
		return "Landlock";
	return r == WORKS ? "works" : r == REFUSED ? "refused" : r == KILLED ? "killed" : "broken";
}

static int as_it_should(const struct attempt *a, int which, enum result r)
{
	unsigned bit = profiles[which].bit;
	if (a->works & bit)
		return r == WORKS;
	/* the first version cannot let a spool rename, and is not used for one */
	int since = bit == SPOOL && a->since < 2 ? 2 : a->since;
	if ((a->landlock & bit) && landlock_version < since)
		return r == WORKS;
	return r == REFUSED || r == KILLED;
}

/* --- all of them ------------------------------------------------------------------------------ */

static void print_table(void)
{
	make_place(user(0));
	printf("| attempt | %s | %s | %s | %s | no sandbox |\n|---|---|---|---|---|---|\n",
		profiles[0].name, profiles[1].name, profiles[2].name, profiles[3].name);
	for (size_t i = 0; i < attempt_count; i++) {
		const struct attempt *a = &attempt_list[i];
		if (a->group)
			printf("| **%s** | | | | | |\n", a->group);
		printf("| %s |", a->what);
		for (int which = 0; which <= BARE; which++)
			printf(" %s |", cell(a, which, measure(a, which, user(0))));
		printf("\n");
	}
	leave_place();
}

static int judge_all(int as_root, const char *who)
{
	int failed = 0;
	make_place(user(as_root));
	for (size_t i = 0; i < attempt_count; i++) {
		const struct attempt *a = &attempt_list[i];
		for (int which = 0; which < NPROFILES; which++) {
			if (as_root && (a->user & profiles[which].bit))
				continue;
			enum result r = measure(a, which, user(as_root));
			int fine = as_it_should(a, which, r);
			failed += !fine;
			printf("%s %d - e7 %s as %s: %s: %s\n", fine ? "ok" : "not ok", ++judged,
				profiles[which].name, who, a->what, cell(a, BARE, r));
		}
	}
	leave_place();
	return failed;
}

int main(int argc, char **argv)
{
	int failed;
	setvbuf(stdout, NULL, _IOLBF, 0);
	landlock_version = (int)syscall(444, NULL, 0, 1);
	if (landlock_version < 0)
		landlock_version = 0;
	if (argc > 1 && !strcmp(argv[1], "--table")) {
		print_table();
		return 0;
	}
	int root = geteuid() == 0;
	printf("# Landlock: version %d\n", landlock_version);
	failed = judge_all(0, root ? "a user" : "this user");
	if (root)
		failed += judge_all(1, "root");
	if (landlock_version > 0) {
		landlock_hidden = 1;
		landlock_version = 0;
		failed += judge_all(0, "a user of a kernel without Landlock");
	}
	printf("1..%d\n", judged);
	return failed > 0;
}
