/* outbox: messages written to a file rather than sent to a phone: for trying and testing.
 *
 * Owns: the form of one message there:
 *	2026-11-23T07:22:52Z +4917012345678
 *	TEXT
 *	(an empty line)
 *   A spoken message has " voice" after the number. Control characters of the text become '?',
 *   but for the line end before an @, which begins the line that binds a code to a host.
 * MUST: write each message by one write(2), so that two senders at once do not mix.
 * Never: opens the file: it is descriptor OUTBOX_FD, opened for appending by whoever started the
 *       sender. */
#ifndef SENDER_OUTBOX_H
#define SENDER_OUTBOX_H

#include <stdint.h>

#include "wire/order.h"

enum { OUTBOX_FD = 3 };

/* fd: the file. wall_s: the time to write. */
void outbox_deliver(int fd, const struct order *o, int64_t wall_s, struct receipt *r)
	__attribute__((nonnull));

#endif
