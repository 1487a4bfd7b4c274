/* landlock: no files but those that a request needs (E7).
 *
 * Owns: the raw system calls of Landlock, and the list of folders that may be read.
 * MUST: allow reading under those folders and of *ca_file, and nothing else that this kernel's
 *       Landlock can forbid: no writing anywhere, no listening port, no signals to others.
 * Never: is fatal: a kernel without it is told by the result. */
#ifndef SENDER_LANDLOCK_H
#define SENDER_LANDLOCK_H

#include <stdbool.h>

/* files: whether anything may be read at all. ca_file: "" for none. True when it is on. Needs
 * no_new_privs. */
bool landlock_enter(bool files, const char *ca_file) __attribute__((nonnull));

#endif
