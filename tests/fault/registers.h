/* registers: a stopped process's system call: what it is, and what is made of it. x86-64 only.
 *
 * Owns: the way into another process's registers and memory.
 * Never: lets it go on. */
#ifndef TESTS_FAULT_REGISTERS_H
#define TESTS_FAULT_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct registers_call {
	bool entry;
	long nr;
	uint64_t args[6];
	long result; /* at the exit */
};

int registers_read_call(pid_t pid, struct registers_call *out);
/* At the entry: make no call at all; at the exit: what it says. */
void registers_skip(pid_t pid);
void registers_set_argument(pid_t pid, int at, uint64_t value);
void registers_set_result(pid_t pid, long value);
void registers_read_bytes(pid_t pid, uint64_t from, void *out, size_t len);
/* Cut to cap. */
void registers_read_text(pid_t pid, uint64_t from, char *out, size_t cap);

#endif
