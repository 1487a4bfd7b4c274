/* http: one request over the network, and its answer.
 *
 * Owns: the connection, its limits and its certificates' verification.
 * MUST: use https, or http to a loopback address where it is allowed; follow no redirect; verify
 *       the certificate and the name, always; use TLS 1.2 or newer; use no proxy but the one
 *       given; read no .netrc and no environment; end by the deadline; take at most 64 KiB of
 *       answer (E4); tell what certainly was not sent from what may have arrived (E9); begin each
 *       request once only: on a kept connection that closes without an answer libcurl would begin
 *       it again by itself, though the provider may have taken it.
 * Never: logs, keeps a connection but on a line that is given, repeats a request, says a URL,
 *        header or body in a note (G1). */
#ifndef SENDER_HTTP_H
#define SENDER_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/buffer.h"
#include "sender/envelope.h"
#include "sender/line.h"

enum { HTTP_NOTE_MAX = 127 };

struct http_options {
	const char *ca_file; /* "": the system's certificates */
	const char *proxy;   /* "": none. http://, https:// or socks5h:// */
	bool loopback_http;
	int64_t deadline_ms; /* on CLOCK_BOOTTIME */
	struct line *line;   /* NULL: the connection ends with the answer */
};

enum http_fate {
	HTTP_REFUSED = 0, /* not tried: the URL, proxy or ca_file cannot be used */
	HTTP_NOT_SENT,    /* no connection, no TLS: certainly nothing was handed over */
	HTTP_LOST,        /* handed over, and no whole answer; status may be known all the same */
	HTTP_ANSWERED,
};

struct http_answer {
	enum http_fate fate;
	unsigned status; /* 0: none */
	bool huge;       /* the answer was longer than 64 KiB; body is empty */
	struct buffer headers, body;
	char note[HTTP_NOTE_MAX + 1]; /* why not HTTP_ANSWERED, in our own words */
};

/* The caller wipes *a, whatever happened. */
void http_run(const struct envelope *e, const struct http_options *o, struct http_answer *a)
	__attribute__((nonnull));
void http_wipe(struct http_answer *a) __attribute__((nonnull));

#endif
