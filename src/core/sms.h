/* sms: the text of the message that carries a code, and what a call speaks.
 *
 * Owns: the template and its fields; the line that binds a code to a web page's host.
 * MUST: cut the fields (service 12, host 20, user 16) so that the default text fits one segment
 *       (G4), and filter names to [A-Za-z0-9._-]; put the code first in the default; never cut the
 *       line of a host, nor a code.
 * Never: does I/O. Pure. */
#ifndef CORE_SMS_H
#define CORE_SMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/secret.h"
#include "core/language.h"
#include "wire/order.h"

/* Translators: one SMS of 160 GSM-7 characters has to hold it, the fields at their longest; the
 * code comes first. GSM-7 has no tilde but on n, no acute but on e, no small c with cedilla. */
#define SMS_DEFAULT                                                                                \
	LANGUAGE_MARK(                                                                             \
		"{code} is your code for {service} on {host} (user {user}, ref {ref}). Valid "     \
		"{lifetime}. Never share it.")

enum {
	SMS_MAX = ORDER_TEXT_MAX,
	/* bytes of a template; with its fields at their longest SMS_MAX */
	SMS_TEMPLATE_MAX = 320,
};

struct sms_fields {
	const struct secret *code;
	const char *service, *host, *user, *ref;
	uint32_t lifetime_s;
};

/* A site's template: only known placeholders ({code} needed), no control bytes, valid UTF-8. BAD
 * with what to write. */
int sms_check_template(const char *template, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* Segments of the template with every field at its longest. */
int sms_worst_segments(const char *template, uint32_t digits) __attribute__((nonnull));

/* The same with the line of this host behind it. */
int sms_worst_bound_segments(const char *template, uint32_t digits, const char *host)
	__attribute__((nonnull));

/* The template that is meant: a site's own as it is, the default in the language that is spoken.
 * Good until another language is. */
const char *sms_template(const char *site) __attribute__((nonnull));

/* The SMS. Never fails for a checked template: what is too long is cut at the end of the text,
 * never in the code. out (cap SMS_MAX + 1) holds the code: the caller wipes it. */
void sms_text(const char *template, const struct sms_fields *fields, char *out, size_t cap)
	__attribute__((nonnull));

/* Put "@host #code" behind the text, on a line of its own, which is the last: a browser that shows
 * a page of another host does not fill in the code. What has no room is cut before it, at a
 * blank. */
void sms_bind(const char *host, const struct secret *code, char *text, size_t cap)
	__attribute__((nonnull));

/* What a call speaks; digits with pauses are the description's (sms-otp-provider(5)). out holds the
 * code: the caller wipes it. */
void sms_voice(const struct secret *code, char *out, size_t cap) __attribute__((nonnull));

/* One character of *at that may stand in a text that people read, and the next one's place; BAD:
 * none. */
int sms_check_character(const char **at, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
