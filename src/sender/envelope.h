/* envelope: the parts of one HTTP request, ready to go.
 *
 * Owns: method, URL, headers, body and credentials, all of them wiped in envelope_wipe.
 * MUST: refuse what a header cannot hold: control characters (CR and LF above all), names that
 *       are not tokens, too many.
 * Never: knows a description. */
#ifndef SENDER_ENVELOPE_H
#define SENDER_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "sender/buffer.h"

enum { ENVELOPE_HEADERS_MAX = 16 };

/* What is signed when all of the rest is there (signer). */
enum envelope_signing { ENVELOPE_UNSIGNED = 0, ENVELOPE_OVH, ENVELOPE_AZURE };

/* What a token is asked for with, before the request (token). */
struct envelope_grant {
	struct buffer url; /* no bytes: no token is needed */
	struct buffer client, secret, scope;
	bool in_form; /* the client's secret is a field, not basic authentication */
};

struct envelope {
	const char *method;
	struct buffer url;
	size_t nheaders;
	struct buffer headers[ENVELOPE_HEADERS_MAX]; /* "Name: value" */
	bool has_body;
	struct buffer body;
	bool basic;
	struct buffer user, password; /* of basic and sigv4 */
	struct buffer sigv4;          /* libcurl's provider string; no bytes: none */
	enum envelope_signing signing;
	struct buffer application, key, consumer; /* of ovh; of azure the key alone */
	struct envelope_grant grant;
};

/* A header's name that a description may set: a token, and not one that belongs to the transport.
 * */
bool envelope_header_name(const char *name) __attribute__((nonnull));
int envelope_header(struct envelope *e, const char *name, const char *value, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
void envelope_wipe(struct envelope *e) __attribute__((nonnull));

#endif
