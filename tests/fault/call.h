/* call: what can go wrong with a system call.
 *
 * Owns: the names of those that our programs make, which never fail, which have done their work also where they fail, and which
 *       of their arguments is a length.
 * Never: touches a process. Pure. */
#ifndef TESTS_FAULT_CALL_H
#define TESTS_FAULT_CALL_H

#include <stdbool.h>

enum { CALL_SHORT = -1 }; /* in place of an errno: half of what was asked for */

/* Kernels do this (man 2): it may be injected. errnum: an errno, or CALL_SHORT. ENOSYS: of what old kernels have not. */
bool call_can(long nr, int errnum);
/* The call is carried out, and then reported as failed: who closes a descriptor has closed it. */
bool call_does_it_anyway(long nr);
/* The argument that is a length (0 to 5), -1: none. */
int call_length(long nr);
/* "call 123" for one that is not in the table; good until the next call. */
const char *call_name(long nr);

#endif
