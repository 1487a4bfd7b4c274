/* cgroup: out of the group of processes that a caller may own.
 *
 * Owns: the files of the kernel by which a process changes its cgroup.
 * MUST: be harmless where the kernel or the container forbids it.
 * Never: touches another process. Links libc only. */
#ifndef BASE_CGROUP_H
#define BASE_CGROUP_H

/* Into the topmost group. Who owns the group that we were started in could freeze or kill what is
 * in it, root's processes included; and a session that ends takes its group along. */
void cgroup_leave(void);

#endif
