/* The list, and what is not files or sockets. */
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "attempt_files.h"
#include "attempt_sockets.h"

struct attempt_place attempt_place;

/* The kernel looked at the arguments, so it was not the filter that refused. They are such that it does no harm where the filter fails
 * and root tries: a file system of no kind, a module of no file, the time that it is. */
static int reached(long rc)
{
	if (rc >= 0 || errno == EFAULT || errno == EINVAL || errno == EBADF || errno == ENOTTY ||
		errno == ESRCH || errno == ENOENT || errno == ENODEV)
		return 0;
	return errno;
}

/* --- programs and processes ------------------------------------------------------------------- */

static int start_program(void)
{
	char *const argv[] = { (char[]){ "true" }, NULL };
	execve("/bin/true", argv, argv + 1);
	return errno;
}

/* One that finds no filter on itself. */
static int start_free_program(void)
{
	static char name[] = "grep", quiet[] = "-q", line[] = "^Seccomp:.0",
		    file[] = "/proc/self/status";
	char *const argv[] = { name, quiet, line, file, NULL };
	execve("/bin/grep", argv, argv + 4);
	return errno;
}

static int start_from_memory(void)
{
	char *const argv[] = { (char[]){ "true" }, NULL };
	int fd = (int)syscall(SYS_memfd_create, "x", 0);
	if (fd < 0)
		return errno;
	if (write(fd, "#!/bin/true\n", 12) != 12)
		return errno;
	syscall(SYS_execveat, fd, "", argv, argv + 1, 0x1000 /* AT_EMPTY_PATH */);
	return errno;
}

static int wait_for(pid_t pid)
{
	int status;
	if (pid < 0)
		return errno;
	if (pid == 0)
		_exit(0);
	return waitpid(pid, &status, 0) == pid || errno == EPERM ? 0 : errno;
}

static int new_process(void)
{
	return wait_for((pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static int new_process_3(void)
{
	/* too small an argument: the kernel says EINVAL */
	return reached(syscall(SYS_clone3, NULL, 0));
}

static int new_namespace(void)
{
	return wait_for((pid_t)syscall(SYS_clone, SIGCHLD | CLONE_NEWUSER, 0, 0, 0, 0));
}

static void *nothing(void *arg)
{
	return arg;
}

static int new_thread(void)
{
	pthread_t t;
	int rc = pthread_create(&t, NULL, nothing, NULL);
	if (rc == 0)
		pthread_join(t, NULL);
	return rc;
}

static int trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, 0, 0) == 0 ? 0 : errno;
}

static int read_memory(void)
{
	char from = 7, to = 0;
	struct iovec a = { &to, 1 }, b = { &from, 1 };
	return process_vm_readv(getpid(), &a, 1, &b, 1, 0) == 1 ? 0 : errno;
}

static int write_memory(void)
{
	char from = 7, to = 0;
	struct iovec a = { &from, 1 }, b = { &to, 1 };
	return process_vm_writev(getpid(), &a, 1, &b, 1, 0) == 1 ? 0 : errno;
}

static int signal_other(void)
{
	return kill(attempt_place.victim, 0) == 0 ? 0 : errno;
}

static int signal_thread(void)
{
	return syscall(SYS_tgkill, attempt_place.victim, attempt_place.victim, 0) == 0 ? 0 : errno;
}

static int signal_queue(void)
{
	siginfo_t info = { .si_code = SI_QUEUE };
	return syscall(SYS_rt_sigqueueinfo, attempt_place.victim, 0, &info) == 0 ? 0 : errno;
}

static int pidfd(void)
{
	return syscall(SYS_pidfd_open, attempt_place.victim, 0) >= 0 ? 0 : errno;
}

static int open_memory(void)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mem", (int)attempt_place.victim);
	return open(path, O_RDONLY) >= 0 ? 0 : errno;
}

static int read_environment(void)
{
	return open("/proc/1/environ", O_RDONLY) >= 0 ? 0 : errno;
}

/* --- rights ----------------------------------------------------------------------------------- */

static int be_root(void)
{
	return setuid(0) == 0 ? 0 : errno;
}

static int be_root_three(void)
{
	return setresuid(0, 0, 0) == 0 ? 0 : errno;
}

static int dump(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 ? 0 : errno;
}

/* Its answer is in a filter's favour: none is taken off, but a new one must not be put on either. */
static int new_filter(void)
{
	return reached(prctl(PR_SET_SECCOMP, 2, NULL, 0, 0));
}

static int odd_personality(void)
{
	return personality(ADDR_NO_RANDOMIZE) >= 0 ? 0 : errno;
}

static int new_root(void)
{
	return chroot("/") == 0 ? 0 : errno;
}

static int mount_something(void)
{
	return reached(mount("none", attempt_place.folder, "no such kind", MS_RDONLY, NULL));
}

static int unmount(void)
{
	/* no mount point */
	return reached(umount2(attempt_place.folder, 0));
}

static int unshare_user(void)
{
	return unshare(CLONE_NEWUSER) == 0 ? 0 : errno;
}

static int join_namespace(void)
{
	return reached(setns(-1, 0));
}

/* --- the kernel ------------------------------------------------------------------------------- */

static int keys(void)
{
	return reached(syscall(SYS_keyctl, 0 /* the keyring's number */, -3, 0));
}

static int new_key(void)
{
	return reached(syscall(SYS_add_key, NULL, NULL, NULL, 0, 0));
}

static int load_bpf(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
	};
	return reached(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr));
}

static int count_events(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
		.size = sizeof attr,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.exclude_kernel = 1,
		.exclude_hv = 1 };
	return reached(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

static int fault_pages(void)
{
	return reached(syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */));
}

static int ring(void)
{
	return reached(syscall(SYS_io_uring_setup, 1, NULL));
}

static int load_module(void)
{
	return reached(syscall(SYS_finit_module, -1, "", 0));
}

static int load_kernel(void)
{
	/* no such flag */
	return reached(syscall(SYS_kexec_load, 0, 0, NULL, 0x40000000));
}

static int set_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return reached(syscall(SYS_clock_settime, CLOCK_REALTIME, &now));
}

static int type_for_others(void)
{
	return reached(ioctl(attempt_place.inherited, TIOCSTI, "x"));
}

static int shared_memory(void)
{
	return reached(syscall(SYS_shmget, 0, 4096, 0600));
}

static int executable_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
			       MAP_FAILED
		       ? 0
		       : errno;
}

static int tell_time(void)
{
	struct timespec t;
	return syscall(SYS_clock_gettime, CLOCK_BOOTTIME, &t) == 0 ? 0 : errno;
}

static int draw_random(void)
{
	char c;
	return syscall(SYS_getrandom, &c, 1, 0) == 1 ? 0 : errno;
}

#define NETWORK (HTTP | COMMAND)

const struct attempt attempt_list[] = {
	{ "what is needed", "write to an open descriptor", files_write_inherited, EVERY, 0, 0, 0 },
	{ NULL, "tell the time", tell_time, EVERY, 0, 0, 0 },
	{ NULL, "draw random bytes", draw_random, EVERY, 0, 0, 0 },
	{ NULL, "start a thread", new_thread, NETWORK, 0, 0, 0 },
	{ NULL, "read /etc/passwd", files_read_passwd, NETWORK, SPOOL, 1, 0 },
	{ NULL, "connect to a provider (TCP)", sockets_connect, NETWORK, 0, 0, 0 },
	{ NULL, "make, rename, remove a file in the spool", files_spool, SPOOL | COMMAND, 0, 0, 0 },
	{ "programs and processes", "start a program", start_program, COMMAND, 0, 0, 0 },
	{ NULL, "start one that is free of the filter", start_free_program, 0, 0, 0, 0 },
	{ NULL, "start one from memory (memfd, execveat)", start_from_memory, COMMAND, 0, 0, 0 },
	{ NULL, "make a process (clone)", new_process, COMMAND, 0, 0, 0 },
	{ NULL, "make a process (clone3)", new_process_3, 0, 0, 0, 0 },
	{ NULL, "make one in a namespace (clone)", new_namespace, 0, 0, 0, 0 },
	{ NULL, "trace (ptrace)", trace, 0, 0, 0, 0 },
	{ NULL, "read a process' memory (process_vm_readv)", read_memory, 0, 0, 0, 0 },
	{ NULL, "write a process' memory (process_vm_writev)", write_memory, 0, 0, 0, 0 },
	{ NULL, "signal another process (kill)", signal_other, COMMAND, 0, 0, 0 },
	{ NULL, "signal another process (tgkill)", signal_thread, COMMAND, 0, 0, 0 },
	{ NULL, "signal another process (rt_sigqueueinfo)", signal_queue, COMMAND, 0, 0, 0 },
	{ NULL, "hold another process (pidfd_open)", pidfd, COMMAND, 0, 0, 0 },
	{ NULL, "open another sender's memory (/proc/PID/mem)", open_memory, 0, 0, 0,
		HTTP | SPOOL | COMMAND },
	{ NULL, "read the environment of process 1", read_environment, 0, 0, 0,
		HTTP | SPOOL | COMMAND },
	{ "files", "read /etc/shadow", files_read_shadow, 0, 0, 0, HTTP | SPOOL | COMMAND },
	{ NULL, "read another file of the user", files_read_mine, COMMAND, HTTP | SPOOL, 1, 0 },
	{ NULL, "list the user's folder", files_list, COMMAND, HTTP | SPOOL, 1, 0 },
	{ NULL, "open a file for writing", files_open_writing, COMMAND, SPOOL, 1, 0 },
	{ NULL, "make a file in the user's folder", files_create, COMMAND, SPOOL, 1, 0 },
	{ NULL, "make a file in /tmp", files_create_tmp, COMMAND, SPOOL, 1, 0 },
	{ NULL, "make a file in /etc", files_create_etc, 0, 0, 0, SPOOL | COMMAND },
	{ NULL, "make a file without a name (O_TMPFILE)", files_tmpfile, COMMAND, SPOOL, 1, 0 },
	{ NULL, "empty a file (O_TRUNC)", files_empty, COMMAND, SPOOL, 3, 0 },
	{ NULL, "truncate a file", files_truncate, COMMAND, 0, 0, 0 },
	{ NULL, "remove a file", files_remove, COMMAND, SPOOL, 1, 0 },
	{ NULL, "rename a file", files_rename, COMMAND, SPOOL, 1, 0 },
	{ NULL, "make a folder", files_mkdir, COMMAND, 0, 0, 0 },
	{ NULL, "make a link, a symlink, a FIFO", files_links, COMMAND, 0, 0, 0 },
	{ NULL, "change a file's mode by name", files_chmod, COMMAND, 0, 0, 0 },
	{ NULL, "change an open file's mode", files_fchmod, SPOOL | COMMAND, 0, 0, 0 },
	{ NULL, "change a file's times or attributes", files_touch, COMMAND, 0, 0, 0 },
	{ NULL, "watch files (inotify)", files_watch, COMMAND, 0, 0, 0 },
	{ "sockets", "a socket of internet, UDP or TCP", sockets_inet, NETWORK, 0, 0, 0 },
	{ NULL, "a raw socket of internet", sockets_raw, 0, 0, 0, NETWORK },
	{ NULL, "a local socket", sockets_unix, NETWORK, 0, 0, 0 },
	{ NULL, "a netlink socket", sockets_netlink, NETWORK, 0, 0, 0 },
	{ NULL, "a packet socket", sockets_packet, 0, 0, 0, COMMAND },
	{ NULL, "a socket to the hypervisor (vsock)", sockets_vsock, COMMAND, 0, 0, 0 },
	{ NULL, "a socket of the kernel's ciphers (AF_ALG)", sockets_alg, COMMAND, 0, 0, 0 },
	{ NULL, "bind a port (TCP)", sockets_bind, COMMAND, HTTP, 4, 0 },
	{ NULL, "listen", sockets_listen, COMMAND, 0, 0, 0 },
	{ NULL, "connect to a local socket with a path", sockets_connect_path, NETWORK, 0, 0, 0 },
	{ NULL, "connect to an abstract local socket", sockets_connect_abstract, COMMAND, HTTP, 6,
		0 },
	{ "rights", "become root (setuid)", be_root, 0, 0, 0, COMMAND },
	{ NULL, "become root (setresuid)", be_root_three, 0, 0, 0, COMMAND },
	{ NULL, "let itself be dumped (PR_SET_DUMPABLE)", dump, COMMAND, 0, 0, 0 },
	{ NULL, "put on another filter", new_filter, COMMAND, 0, 0, 0 },
	{ NULL, "another personality", odd_personality, COMMAND, 0, 0, 0 },
	{ NULL, "another root folder (chroot)", new_root, 0, 0, 0, 0 },
	{ NULL, "mount", mount_something, 0, 0, 0, 0 },
	{ NULL, "unmount", unmount, 0, 0, 0, 0 },
	{ NULL, "a namespace of its own (unshare)", unshare_user, 0, 0, 0, 0 },
	{ NULL, "another's namespace (setns)", join_namespace, 0, 0, 0, 0 },
	{ "the kernel", "keyrings (keyctl)", keys, 0, 0, 0, 0 },
	{ NULL, "keyrings (add_key)", new_key, 0, 0, 0, 0 },
	{ NULL, "bpf", load_bpf, 0, 0, 0, 0 },
	{ NULL, "perf_event_open", count_events, 0, 0, 0, 0 },
	{ NULL, "userfaultfd", fault_pages, 0, 0, 0, 0 },
	{ NULL, "io_uring", ring, 0, 0, 0, 0 },
	{ NULL, "load a module", load_module, 0, 0, 0, 0 },
	{ NULL, "load a kernel (kexec)", load_kernel, 0, 0, 0, 0 },
	{ NULL, "set the clock", set_clock, 0, 0, 0, 0 },
	{ NULL, "type into a terminal (TIOCSTI)", type_for_others, 0, 0, 0, 0 },
	{ NULL, "shared memory of System V", shared_memory, COMMAND, 0, 0, 0 },
	{ NULL, "map memory that can be executed", executable_memory, EVERY, 0, 0, 0 },
};
const size_t attempt_count = sizeof attempt_list / sizeof *attempt_list;
