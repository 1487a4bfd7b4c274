/* closing: the descriptors of a caller, that must not come along into a program of ours (D7).
 *
 * MUST: leave none of them open, also on a kernel that has no close_range, or in a container that
 *       forbids it; use raw system calls only: it is called between clone and exec.
 * Never: reports: a descriptor that cannot be closed is not open. Links libc only. */
#ifndef BASE_CLOSING_H
#define BASE_CLOSING_H

/* Close all from first to last. known: one outside that is open, by which a list is judged. */
void closing_from(unsigned int first, unsigned int last, unsigned int known);

#endif
