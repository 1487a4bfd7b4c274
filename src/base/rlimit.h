/* rlimit: the limits that a program of ours runs under, and its share of the machine, whatever its
 * caller had (D7).
 *
 * Owns: the wanted limits, and the least of them that will do; niceness, processors, disk priority
 *       and timer slack, as a new process has them.
 * MUST: raise them where we may; refuse where what is left would make the program fail in a way
 *       that looks like a provider's outage; use raw system calls only (it runs between clone and
 *       exec).
 * Never: touches the limits of the calling host: it is called in a fresh child. */
#ifndef BASE_RLIMIT_H
#define BASE_RLIMIT_H

/* 0, or EPERM where the limits that we were given cannot be raised and do not suffice. */
int rlimit_own(void);

#endif
