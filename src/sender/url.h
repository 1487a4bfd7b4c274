/* url: where a request goes to.
 *
 * Owns: the template of a URL: `https://HOST/PATH`, where HOST may hold variables of kind host
 *       and label, or `{NAME}/PATH`, where NAME is of kind url; the rule which URLs may be used
 *       at all.
 * MUST: let nothing but the description and those kinds of variables choose the host (E5); allow
 *       https only, and http to a loopback address where the order says so (E4).
 * Never: does I/O. Pure. */
#ifndef SENDER_URL_H
#define SENDER_URL_H

#include <stdbool.h>

#include "base/fault.h"
#include "sender/buffer.h"
#include "sender/values.h"

int url_check(const char *text, const struct values *known, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int url_expand(const char *text, const struct values *v, struct buffer *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* An expanded URL is one that E4 allows. */
int url_allowed(const char *url, bool loopback_http, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
