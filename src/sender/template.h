/* template: text with placeholders, and the conditions under which a field is there.
 *
 * Owns: `{name}`, `{one|other}` (the first that is set), `{{` and `}}`; `unicode`, `gsm`, `set
 *       NAME`, `unset NAME`, joined by `and`.
 * MUST: encode each value by the place where it stands (E5); refuse what the place cannot hold;
 *       fail for a value that is not set; name the variable and never its value in a fault (G1).
 * Never: does I/O. Pure. */
#ifndef SENDER_TEMPLATE_H
#define SENDER_TEMPLATE_H

#include <stdbool.h>

#include "base/fault.h"
#include "sender/buffer.h"
#include "sender/values.h"

/* PLAIN is for whoever encodes the whole afterwards: a JSON writer, a form, a header. */
enum template_place {
	TEMPLATE_PLAIN = 1,
	TEMPLATE_PATH, /* of a URL: percent-encoded, never a dot segment */
	TEMPLATE_XML,
};

/* All placeholders are known. */
int template_check(const char *text, const struct values *known, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* An absolute path, or one placeholder with one name, of that kind, and nothing else. */
int template_check_path(const char *text, enum values_kind kind, const struct values *known,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
/* What a text of template_check_path stands for; NULL where its variable is not set. */
const char *template_path(const char *text, const struct values *v) __attribute__((nonnull));
int template_expand(const char *text, enum template_place place, const struct values *v,
	struct buffer *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The condition is well formed and its names known. */
int template_check_condition(const char *text, const struct values *known, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
bool template_holds(const char *condition, const struct values *v) __attribute__((nonnull));

#endif
