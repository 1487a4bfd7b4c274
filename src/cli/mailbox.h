/* mailbox: the file that the route outbox writes to, seen from the administrator's side.
 *
 * Owns: reading and cutting the file of messages. A message begins with a line of time and number
 *       (as the sender's outbox room writes it) and ends before the next such line.
 * MUST: take a file that is not there for an empty one; judge the file before it is believed (F1);
 *       replace it atomically.
 * Never: adds a message. */
#ifndef CLI_MAILBOX_H
#define CLI_MAILBOX_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

/* The whole file for reading; *fd is -1 while there is none. */
int mailbox_open(int *fd, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Where the last n messages begin. */
int mailbox_last(int fd, uint32_t n, int64_t *offset, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Remove every message to number (NULL: none is known), and every one that names the user. *n: how
 * many. */
int mailbox_erase(const char *number, const char *user, size_t *n, struct fault *f)
	__attribute__((warn_unused_result, nonnull(2, 3, 4)));

/* The same on text of len bytes, in place; returns the new length. */
size_t mailbox_cut(char *text, size_t len, const char *number, const char *user, size_t *n)
	__attribute__((nonnull(1, 4, 5)));

#endif
