/* smtp: one mail handed to a mail server. libcurl connects, verifies and signs in; the rest of the
 * dialogue is ours, so that it is known at which word it ended.
 *
 * Owns: the connection, its limits and its certificates' verification; MAIL, RCPT, DATA and what
 *       the answers to them mean.
 * MUST: use TLS 1.2 or newer with a certificate verified for the server's name, always, but to a
 *       loopback address where that is allowed (E4); sign in before anything else where there is a
 *       user; use no proxy, no .netrc and no environment; end by the deadline. Up to the last byte
 *       of the mail nothing was handed over; after it only the server's own word tells, and
 *       without one it is unknown (E9).
 * Never: logs, keeps a connection, or repeats what a server wrote (G1). */
#ifndef SENDER_SMTP_H
#define SENDER_SMTP_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/buffer.h"
#include "wire/order.h"

enum smtp_tls {
	SMTP_STARTTLS = 1, /* port 587: TLS before anything is said */
	SMTP_IMPLICIT,     /* port 465 */
	SMTP_PLAIN,        /* port 25: the caller has made sure that it is this machine's own */
};

struct smtp_call {
	const char *server; /* host, host:port, [address]:port */
	enum smtp_tls tls;
	const char *user, *password; /* NULL: nobody signs in */
	/* judged by letter_check_address */
	const char *from, *to;
	const struct buffer *mail; /* as letter_write made it. NULL: only sign in */
	const char *ca_file;       /* "": the system's certificates */
	int64_t deadline_ms;       /* on CLOCK_BOOTTIME */
};

/* Fills outcome, code (the server's last) and note. */
void smtp_run(const struct smtp_call *call, struct receipt *r) __attribute__((nonnull));

#endif
