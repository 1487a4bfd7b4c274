#include "tests/fault/registers.h"

#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

int registers_read_call(pid_t pid, struct registers_call *out)
{
	struct __ptrace_syscall_info info;

	memset(&info, 0, sizeof info);
	memset(out, 0, sizeof *out);
	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof info, &info) < 0)
		return -1;
	out->entry = info.op == PTRACE_SYSCALL_INFO_ENTRY || info.op == PTRACE_SYSCALL_INFO_SECCOMP;
	if (out->entry) {
		out->nr = (long)info.entry.nr;
		for (int i = 0; i < 6; i++)
			out->args[i] = info.entry.args[i];
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		out->result = (long)info.exit.rval;
	} else {
		return -1;
	}
	return 0;
}

static unsigned long long *argument(struct user_regs_struct *r, int at)
{
	unsigned long long *const all[] = { &r->rdi, &r->rsi, &r->rdx, &r->r10, &r->r8, &r->r9 };

	return all[at];
}

enum what { SKIP, ARGUMENT, RESULT };

static void change(pid_t pid, enum what what, int at, uint64_t value)
{
	struct user_regs_struct r;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &r) < 0)
		return;
	if (what == SKIP)
		r.orig_rax = (unsigned long long)-1;
	else if (what == ARGUMENT)
		*argument(&r, at) = value;
	else
		r.rax = value;
	ptrace(PTRACE_SETREGS, pid, NULL, &r);
}

void registers_skip(pid_t pid)
{
	change(pid, SKIP, 0, 0);
}

void registers_set_argument(pid_t pid, int at, uint64_t value)
{
	change(pid, ARGUMENT, at, value);
}

void registers_set_result(pid_t pid, long value)
{
	change(pid, RESULT, 0, (uint64_t)value);
}

void registers_read_bytes(pid_t pid, uint64_t from, void *out, size_t len)
{
	struct iovec here = { out, len }, there = { (void *)(uintptr_t)from, len };

	memset(out, 0, len);
	(void)!process_vm_readv(pid, &here, 1, &there, 1, 0);
}

void registers_read_text(pid_t pid, uint64_t from, char *out, size_t cap)
{
	/* up to the end of the page at once, in case that is all there is */
	size_t near = 4096 - from % 4096;

	memset(out, 0, cap);
	registers_read_bytes(pid, from, out, near < cap - 1 ? near : cap - 1);
}
