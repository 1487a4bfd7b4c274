#include "sender/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "sender/http.h"
#include "sender/program.h"
#include "unit.h"
#include "wire/order.h"

/* Each probe runs in a child that is in the sandbox: 0 as it should be, else a number that tells
 * where not. */
typedef int probe_fn(void);

static struct landlock_needs needs;

static int status_of(enum sandbox_profile profile, probe_fn *probe)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		uint32_t on = 0;
		struct fault f = FAULT_INIT;
		if (sandbox_limits(&f) < 0 || sandbox_enter(profile, &needs, &on, &f) < 0 ||
			!(on & RECEIPT_SANDBOX_SECCOMP))
			_exit(100);
		_exit(probe());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void expect_fine(enum sandbox_profile profile, probe_fn *probe)
{
	int status = status_of(profile, probe);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", (unsigned)status);
}

static void expect_killed(enum sandbox_profile profile, probe_fn *probe)
{
	int status = status_of(profile, probe);
	ck_assert_msg(
		WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "status %x", (unsigned)status);
}

static int try_exec(void)
{
	char *const argv[] = { NULL };
	execve("/bin/true", argv, argv);
	return 1;
}

static int try_ptrace(void)
{
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	return 1;
}

static int try_fork(void)
{
	if (syscall(SYS_fork) >= 0 || errno != EPERM)
		return 1;
	if (syscall(SYS_vfork) >= 0 || errno != EPERM)
		return 2;
	if (syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0 || errno != EPERM)
		return 3;
	return syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS ? 4 : 0;
}

static int try_write_files(void)
{
	static const int flags[] = { O_WRONLY, O_RDWR, O_RDONLY | O_CREAT,
		O_WRONLY | O_CREAT | O_EXCL, O_RDONLY | O_TRUNC, O_WRONLY | O_APPEND,
		O_RDWR | O_TMPFILE };
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (open("/tmp/sms-otp-sandbox", flags[i], 0600) >= 0 || errno != EACCES)
			return (int)i + 1;
	if (unlink("/tmp/sms-otp-sandbox") == 0 || errno != EPERM)
		return 20;
	if (mkdir("/tmp/sms-otp-sandbox", 0700) == 0 || errno != EPERM)
		return 21;
	return chmod("/tmp", 0777) == 0 || errno != EPERM ? 22 : 0;
}

static int try_sockets(void)
{
	static const int allowed[] = { AF_INET, AF_INET6, AF_UNIX, AF_NETLINK };
	struct sockaddr_in a = { .sin_family = AF_INET };
	if (socket(AF_PACKET, SOCK_DGRAM, 0) >= 0 || errno != EPERM)
		return 1;
	if (socket(AF_VSOCK, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 2;
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		if (socket(allowed[i], SOCK_DGRAM, 0) < 0 && errno != EAFNOSUPPORT)
			return 3;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	/* Landlock forbids the bind where seccomp does not */
	(void)bind(fd, (struct sockaddr *)&a, sizeof a);
	if (listen(fd, 1) == 0 || errno != EPERM)
		return 4;
	return accept(fd, NULL, NULL) >= 0 || errno != EPERM ? 5 : 0;
}

static int try_signals_and_more(void)
{
	if (kill(getppid(), 0) == 0 || errno != EPERM)
		return 1;
	if (setuid(0) == 0 || errno != EPERM)
		return 2;
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 || errno != EPERM)
		return 3;
	return chroot("/") == 0 || errno != EPERM ? 4 : 0;
}

static void *thread(void *arg)
{
	*(int *)arg = 7;
	return NULL;
}

static int use_threads(void)
{
	pthread_t t;
	int value = 0;
	return pthread_create(&t, NULL, thread, &value) == 0 && pthread_join(t, NULL) == 0 &&
			       value == 7
		       ? 0
		       : 1;
}

static int resolve(void)
{
	struct addrinfo *list, hints = { .ai_socktype = SOCK_STREAM };
	int rc = getaddrinfo("localhost", "443", &hints, &list);
	if (rc != 0)
		return 1;
	freeaddrinfo(list);
	/* whatever nsswitch says: it must come back, not be killed */
	rc = getaddrinfo("name.invalid", "443", &hints, &list);
	return rc == 0 ? 2 : 0;
}

static int read_files(void)
{
	char c;
	int fd = open("/etc/nsswitch.conf", O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, &c, 1) == 1 ? 0 : 1;
}

static int outbox_opens_nothing(void)
{
	if (open("/etc/passwd", O_RDONLY) >= 0)
		return 1;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0)
		return 2;
	pthread_t t;
	int value = 0;
	return pthread_create(&t, NULL, thread, &value) == 0 ? 3 : 0;
}

static int spool_writes_in_its_folders_only(void)
{
	int to = needs.writable[0], from = needs.writable[1];
	int fd = openat(from, "a", O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1 || fchmod(fd, 0640) < 0 || fsync(fd) < 0)
		return 1;
	if (fchown(fd, (uid_t)-1, getgid()) < 0)
		return 2;
	if (renameat(from, "a", to, "a") < 0 || fsync(to) < 0)
		return 3;
	if (openat(from, "b", O_WRONLY | O_CREAT | O_EXCL, 0600) < 0 || unlinkat(from, "b", 0) < 0)
		return 4;
	if (faccessat(from, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return 5;
	return 0;
}

static int spool_does_nothing_else(void)
{
	struct landlock_needs none = { .nwritable = 0 };
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 1;
	if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 2;
	if (syscall(SYS_fork) >= 0 || errno != EPERM)
		return 3;
	if (mkdirat(needs.writable[0], "d", 0700) == 0 || errno != EPERM)
		return 4;
	if (kill(getppid(), 0) == 0 || errno != EPERM)
		return 5;
	/* the rest is Landlock's, where the kernel has it */
	if (syscall(444, NULL, 0, 1) >= 0)
		return 6;
	return landlock_enter(&none) ? 7 : 0;
}

static int command_runs_programs(void)
{
	struct buffer input = { 0 };
	struct program_end end;
	struct fault f = FAULT_INIT;
	static const char *const argv[] = { "/bin/sh", "-c",
		"cat; ls / >/dev/null | cat; [ -n \"$(echo sub)\" ] || exit 9; exit 3", NULL };
	const struct program_plan plan = {
		.argv = argv,
		.input = &input,
		.deadline_ms = clock_boot_ms() + 10000,
	};
	buffer_text(&input, "493027");
	if (program_run(&plan, &end, &f) < 0)
		return 1;
	if (end.fate != PROGRAM_ENDED || end.status != 3)
		return 2;
	return strcmp(buffer_string(&end.output), "493027") ? 3 : 0;
}

static int command_is_kept_from_the_rest(void)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) >= 0 || errno != EPERM)
		return 1;
	if (unshare(CLONE_NEWUSER) == 0 || errno != EPERM)
		return 2;
	if (syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0 || errno != EPERM)
		return 3;
	if (syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0) >= 0 || errno != EPERM)
		return 4;
	if (syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS)
		return 5;
	if (mount("none", "/mnt", "tmpfs", 0, NULL) == 0 || errno != EPERM)
		return 6;
	if (syscall(SYS_keyctl, 0, 0) >= 0 || errno != EPERM)
		return 7;
	if (syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno != EPERM)
		return 8;
	if (syscall(SYS_userfaultfd, 0) >= 0 || errno != EPERM)
		return 9;
	if (syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0) >= 0 || errno != EPERM)
		return 10;
	if (syscall(425 /* io_uring_setup */, 1, NULL) >= 0 || errno != EPERM)
		return 11;
	if (chroot("/") == 0 || errno != EPERM)
		return 12;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 13;
}

static int limits_are_set(void)
{
	struct rlimit core;
	if (prctl(PR_GET_NAME, (char[16]){ 0 }, 0, 0, 0) != 0)
		return 1;
	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 ? 0 : 2;
}

START_TEST(e7_no_program_is_started)
{
	expect_killed(SANDBOX_HTTP, try_exec);
	expect_killed(SANDBOX_OUTBOX, try_exec);
	expect_killed(SANDBOX_HTTP, try_ptrace);
	expect_fine(SANDBOX_HTTP, try_fork);
}
END_TEST

START_TEST(e7_nothing_is_written)
{
	expect_fine(SANDBOX_HTTP, try_write_files);
}
END_TEST

START_TEST(e7_few_sockets)
{
	expect_fine(SANDBOX_HTTP, try_sockets);
}
END_TEST

START_TEST(e7_no_signals_ids_or_dumps)
{
	expect_fine(SANDBOX_HTTP, try_signals_and_more);
	expect_fine(SANDBOX_HTTP, limits_are_set);
}
END_TEST

START_TEST(e7_what_a_request_needs_works)
{
	expect_fine(SANDBOX_HTTP, use_threads);
	expect_fine(SANDBOX_HTTP, resolve);
	expect_fine(SANDBOX_HTTP, read_files);
}
END_TEST

START_TEST(e7_the_outbox_needs_less)
{
	expect_fine(SANDBOX_OUTBOX, outbox_opens_nothing);
}
END_TEST

START_TEST(e7_a_spool_has_its_folders)
{
	char a[256], b[256];
	snprintf(a, sizeof a, "%s/a", unit_folder());
	snprintf(b, sizeof b, "%s/b", unit_folder());
	mkdir(a, 0700);
	mkdir(b, 0700);
	needs.writable[0] = open(a, O_RDONLY | O_DIRECTORY);
	needs.writable[1] = open(b, O_RDONLY | O_DIRECTORY);
	needs.nwritable = 2;
	expect_fine(SANDBOX_SPOOL, spool_writes_in_its_folders_only);
	expect_fine(SANDBOX_SPOOL, spool_does_nothing_else);
	expect_killed(SANDBOX_SPOOL, try_exec);
	expect_killed(SANDBOX_SPOOL, try_ptrace);
}
END_TEST

START_TEST(e7_a_program_has_no_way_to_others)
{
	expect_fine(SANDBOX_COMMAND, command_runs_programs);
	expect_fine(SANDBOX_COMMAND, command_is_kept_from_the_rest);
}
END_TEST

static unsigned port;

static int request(void)
{
	char url[64];
	struct http_answer a;
	struct envelope e = { .method = "GET" };
	const struct http_options o = { .ca_file = "",
		.proxy = "",
		.loopback_http = true,
		.deadline_ms = clock_boot_ms() + 3000 };
	snprintf(url, sizeof url, "http://localhost:%u/", port);
	buffer_text(&e.url, url);
	http_run(&e, &o, &a);
	return a.fate == HTTP_ANSWERED && a.status == 204 ? 0 : (int)a.fate + 1;
}

START_TEST(e7_a_request_works)
{
	static const char answer[] = "HTTP/1.1 204 OK\r\n\r\n";
	char buf[1024];
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&a, &len), 0);
	port = ntohs(a.sin_port);
	pid_t pid = fork();
	if (pid == 0) {
		int fd = accept(listener, NULL, NULL);
		_exit(read(fd, buf, sizeof buf) > 0 && write(fd, answer, sizeof answer - 1) > 0
				? 0
				: 1);
	}
	close(listener);
	expect_fine(SANDBOX_HTTP, request);
	waitpid(pid, NULL, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sandbox");
	TCase *t = tcase_create("sandbox");
	tcase_set_timeout(t, 30);
	tcase_add_test(t, e7_no_program_is_started);
	tcase_add_test(t, e7_nothing_is_written);
	tcase_add_test(t, e7_few_sockets);
	tcase_add_test(t, e7_no_signals_ids_or_dumps);
	tcase_add_test(t, e7_what_a_request_needs_works);
	tcase_add_test(t, e7_the_outbox_needs_less);
	tcase_add_test(t, e7_a_spool_has_its_folders);
	tcase_add_test(t, e7_a_program_has_no_way_to_others);
	tcase_add_test(t, e7_a_request_works);
	suite_add_tcase(s, t);
	return s;
}
