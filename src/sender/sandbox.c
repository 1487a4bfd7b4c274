#include "sender/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/order.h"

/* Newer than the oldest headers. */
enum { SET_VMA = 0x53564d41 };

/* Which argument of clone has the flags. */
#ifdef __s390__
enum { CLONE_FLAGS = 1 };
#else
enum { CLONE_FLAGS = 0 };
#endif

/* No profile can do without: memory, time, threads' locks, the end. */
static const char *const common_calls[] = { "arch_prctl", "brk", "clock_getres", "clock_gettime",
	"clock_nanosleep", "close", "exit", "exit_group", "fcntl", "fcntl64", "fstat", "fstat64",
	"futex", "futex_time64", "getegid", "geteuid", "getgid", "getpid", "getppid", "getrandom",
	"gettid", "gettimeofday", "getuid", "madvise", "mmap", "mmap2", "mprotect", "mremap",
	"munmap", "nanosleep", "newfstatat", "poll", "ppoll", "ppoll_time64", "read", "readv",
	"recvfrom", "recvmsg", "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask",
	"rt_sigreturn", "sched_yield", "sendmsg", "sendto", "set_robust_list", "set_tid_address",
	"sigaltstack", "time", "write", "writev" };

/* Reading files, sockets, threads: for libcurl, OpenSSL and whatever nsswitch loads. */
static const char *const http_calls[] = { "access", "bind", "clock_gettime64", "close_range",
	"connect", "dup", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait", "eventfd2",
	"faccessat", "faccessat2", "fadvise64", "flock", "fstatfs", "getcpu", "getcwd", "getdents",
	"getdents64", "getgroups", "getpeername", "getresgid", "getresuid", "getrlimit",
	"getrusage", "getsockname", "getsockopt", "lseek", "lstat", "membarrier", "mincore",
	"mlock", "munlock", "pipe", "pipe2", "pread64", "prlimit64", "pselect6", "readahead",
	"readlink", "readlinkat", "recvmmsg", "sched_getaffinity", "sched_getparam",
	"sched_getscheduler", "select", "sendmmsg", "setsockopt", "shutdown", "stat", "statfs",
	"statx", "sysinfo", "timerfd_create", "timerfd_settime", "ugetrlimit", "umask", "uname",
	"_llseek", "_newselect" };

/* Who tries these was taken over. */
static const char *const deadly_calls[] = { "execve", "execveat", "ptrace", "process_vm_readv",
	"process_vm_writev", "bpf", "init_module", "finit_module", "kexec_load", "mount", "setns",
	"unshare", "userfaultfd", "add_key", "keyctl" };

/* The spool: in folders that are open, by names that are made here. */
static const char *const spool_calls[] = { "clock_gettime64", "faccessat", "faccessat2", "fchmod",
	"fchown", "fchown32", "fdatasync", "fsync", "fstatat64", "getgroups", "lseek", "openat",
	"renameat", "renameat2", "statx", "unlinkat" };

/* What no program that sends a message has a use for. It is told EPERM, not killed: some try. */
static const char *const denied_calls[] = { "acct", "add_key", "bpf", "chroot", "clock_settime",
	"clock_settime64", "create_module", "delete_module", "fanotify_init", "finit_module",
	"fsconfig", "fsmount", "fsopen", "fspick", "init_module", "io_uring_enter",
	"io_uring_register", "io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load",
	"kexec_load", "keyctl", "lookup_dcookie", "modify_ldt", "mount", "mount_setattr",
	"move_mount", "nfsservctl", "open_by_handle_at", "open_tree", "perf_event_open",
	"pidfd_getfd", "pivot_root", "process_madvise", "process_vm_readv", "process_vm_writev",
	"ptrace", "quotactl", "quotactl_fd", "reboot", "request_key", "setdomainname", "setns",
	"sethostname", "settimeofday", "stime", "swapoff", "swapon", "syslog", "umount", "umount2",
	"unshare", "userfaultfd", "vhangup", "vm86", "vm86old" };

static int rules_for(scmp_filter_ctx c, uint32_t action, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int call = seccomp_syscall_resolve_name(names[i]);
		/* not every architecture has every call, nor every libseccomp every name */
		if (call == __NR_SCMP_ERROR)
			continue;
		int rc = seccomp_rule_add(c, action, call, 0);
		if (rc < 0 && rc != -EDOM)
			return rc;
	}
	return 0;
}

#define RULES(c, action, names) rules_for(c, action, names, sizeof(names) / sizeof(*(names)))

/* Opening for reading only; the flags are the given argument. */
static int open_rules(scmp_filter_ctx c, int call, unsigned arg)
{
	static const unsigned writing[] = { O_CREAT, O_TRUNC, O_APPEND };
	const scmp_datum_t all = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
	int rc = seccomp_rule_add(
		c, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, all, O_RDONLY));
	for (unsigned mode = O_WRONLY; rc == 0 && mode <= O_RDWR; mode++)
		rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(EACCES), call, 1,
			SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, O_ACCMODE, mode));
	for (size_t i = 0; rc == 0 && i < sizeof writing / sizeof *writing; i++)
		rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(EACCES), call, 1,
			SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, writing[i], writing[i]));
	return rc == -EDOM ? 0 : rc;
}

static int socket_rules(scmp_filter_ctx c)
{
	static const int families[] = { AF_INET, AF_INET6, AF_UNIX, AF_NETLINK };
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sizeof families / sizeof *families; i++)
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0));
	if (rc == 0)
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
			SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
	return rc;
}

/* A thread shares everything; without that flag clone would be a fork. clone3 hides its flags in
 * memory: glibc falls back on ENOSYS. */
static int thread_rules(scmp_filter_ctx c)
{
	static const int names[] = { PR_SET_NAME, PR_GET_NAME, SET_VMA };
	int rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (rc == 0)
		rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (rc == 0)
		rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0);
	for (size_t i = 0; rc == 0 && i < sizeof names / sizeof *names; i++)
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)names[i], 0));
	return rc;
}

static int ioctl_rules(scmp_filter_ctx c)
{
	/* what is there to read, non-blocking, is it a terminal, the interfaces' addresses */
	static const unsigned long requests[] = { FIONREAD, FIONBIO, TCGETS, SIOCGIFCONF,
		SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFINDEX, SIOCGIFNAME };
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sizeof requests / sizeof *requests; i++)
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
			SCMP_A1(SCMP_CMP_EQ, requests[i], 0));
	return rc;
}

static int http_rules(scmp_filter_ctx c)
{
	int rc = RULES(c, SCMP_ACT_ALLOW, http_calls);
	if (rc == 0)
		rc = open_rules(c, SCMP_SYS(openat), 2);
	if (rc == 0)
		rc = open_rules(c, SCMP_SYS(open), 1);
	if (rc == 0)
		rc = socket_rules(c);
	if (rc == 0)
		rc = thread_rules(c);
	return rc == 0 ? ioctl_rules(c) : rc;
}

/* Everything but: a new namespace, a keystroke into somebody's terminal, and the list. clone3
 * hides its flags in memory: who asks for it falls back on clone. */
static int command_rules(scmp_filter_ctx c)
{
	static const unsigned namespaces[] = { CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS,
		CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET };
	int rc = RULES(c, SCMP_ACT_ERRNO(EPERM), denied_calls);
	for (size_t i = 0; rc == 0 && i < sizeof namespaces / sizeof *namespaces; i++)
		rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
			SCMP_CMP(CLONE_FLAGS, SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i]));
	if (rc == 0)
		rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (rc == 0)
		rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
			SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI));
	return rc;
}

static int closed_rules(scmp_filter_ctx c, enum sandbox_profile profile)
{
	int rc = RULES(c, SCMP_ACT_ALLOW, common_calls);
	if (rc == 0)
		rc = RULES(c, SCMP_ACT_KILL_PROCESS, deadly_calls);
	/* abort() and assertions of libraries raise a signal of this process only */
	if (rc == 0)
		rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
	if (rc == 0 && profile == SANDBOX_HTTP)
		rc = http_rules(c);
	if (rc == 0 && profile == SANDBOX_SPOOL)
		rc = RULES(c, SCMP_ACT_ALLOW, spool_calls);
	return rc;
}

static int load(enum sandbox_profile profile)
{
	bool open = profile == SANDBOX_COMMAND;
	scmp_filter_ctx c = seccomp_init(open ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
	if (!c)
		return -ENOMEM;
	int rc = open ? command_rules(c) : closed_rules(c, profile);
	if (rc == 0)
		rc = seccomp_load(c);
	seccomp_release(c);
	return rc;
}

int sandbox_limits(struct fault *f)
{
	const struct rlimit none = { 0, 0 };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "no_new_privs cannot be set");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "dumps of memory cannot be turned off");
	return 0;
}

int sandbox_enter(enum sandbox_profile profile, const struct landlock_needs *needs, uint32_t *on,
	struct fault *f)
{
	struct landlock_needs all = *needs;
	all.resolver = profile == SANDBOX_HTTP;
	*on = 0;
	if (profile != SANDBOX_COMMAND && landlock_enter(&all))
		*on |= RECEIPT_SANDBOX_LANDLOCK;
	int rc = load(profile);
	if (rc < 0)
		return fault_set(f, FAULT_SYSTEM, -rc, "the seccomp filter does not load");
	*on |= RECEIPT_SANDBOX_SECCOMP;
	return 0;
}
