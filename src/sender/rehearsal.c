#include "sender/rehearsal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"
#include "sender/printout.h"
#include "sender/recital.h"
#include "sender/request.h"
#include "sender/sample.h"
#include "sender/token.h"

enum { NOTE_MAX = 512, PAIR_MAX = 1024 };

/* "Name: value"; libcurl sends an empty one for "Name;". */
static void add_header(const char *line, struct buffer *out)
{
	char shown[PAIR_MAX];
	size_t len = strlen(line);
	if (len > 0 && len < sizeof shown && line[len - 1] == ';' && !strchr(line, ':')) {
		memcpy(shown, line, len);
		shown[len - 1] = ':';
		shown[len] = '\0';
		line = shown;
	}
	printout_line(out, "header", line);
}

/* What libcurl makes of user and password, and what they are, for those who do not read base64. */
static void add_basic(const struct envelope *e, struct buffer *out)
{
	char pair[PAIR_MAX], code[BASE64_SIZE(PAIR_MAX)], line[sizeof code + 32];
	struct text_line at;
	text_begin(&at, pair, sizeof pair);
	text_add(&at, "%s:%s", buffer_string(&e->user), buffer_string(&e->password));
	if (at.cut || base64_encode(pair, at.len, code, sizeof code) < 0)
		code[0] = '\0';
	snprintf(line, sizeof line, "Authorization: Basic %s", code);
	printout_line(out, "header", line);
	snprintf(line, sizeof line, "the header Authorization is base64 of %s", pair);
	printout_line(out, "note", line);
}

static void add_note(struct buffer *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add_note(struct buffer *out, const char *fmt, ...)
{
	char text[NOTE_MAX];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	printout_line(out, "note", text);
}

/* How it is shown who asks, where that is no header of the description. */
static void add_auth(const struct envelope *e, struct buffer *out)
{
	if (e->basic)
		add_basic(e, out);
	if (e->sigv4.len > 0)
		add_note(out, "signed with AWS Signature Version 4 (%s) for %s with the key %s",
			buffer_string(&e->sigv4), buffer_string(&e->user),
			buffer_string(&e->password));
	if (e->signing == ENVELOPE_OVH)
		add_note(out, "signed for OVHcloud: application %s with %s, consumer %s",
			buffer_string(&e->application), buffer_string(&e->key),
			buffer_string(&e->consumer));
	if (e->signing == ENVELOPE_AZURE)
		add_note(out, "signed for Azure with the key %s", buffer_string(&e->key));
	if (e->grant.url.len > 0)
		printout_line(out, "header", "Authorization: Bearer TOKEN");
}

static void add_request(const char *call, const struct envelope *e, struct buffer *out)
{
	printout_line(out, "call", call);
	printout_line(out, "method", e->method);
	printout_line(out, "url", buffer_string(&e->url));
	for (size_t i = 0; i < e->nheaders; i++)
		add_header(buffer_string(&e->headers[i]), out);
	add_auth(e, out);
	if (e->has_body)
		printout_lines(out, "body", buffer_string(&e->body));
}

static int add_token(const struct envelope *e, struct buffer *out, struct fault *f)
{
	struct envelope ask;
	int rc = token_request(&e->grant, &ask, f);
	if (rc == 0)
		add_request("token", &ask, out);
	envelope_wipe(&ask);
	return rc;
}

/* A call may want a variable that is optional for the others. */
static int make(const struct provider *p, struct order *o, struct envelope *e, struct fault *f)
{
	if (request_make(p, o, e, f) == 0)
		return 0;
	struct order more = *o;
	int rc = sample_optional(p, &more, f) < 0 ? -1 : request_make(p, &more, e, f);
	order_wipe(&more);
	return rc;
}

static int rehearse_call(const struct provider *p, const char *call, struct order *o,
	struct buffer *out, struct fault *f)
{
	struct envelope e;
	int rc = make(p, o, &e, f);
	if (rc == 0 && o->action == ORDER_ACTION_SEND && e.grant.url.len > 0)
		rc = add_token(&e, out, f);
	if (rc == 0)
		add_request(call, &e, out);
	envelope_wipe(&e);
	return rc;
}

static int rehearse_http(
	const struct provider *p, struct order *o, struct buffer *out, struct fault *f)
{
	static const struct {
		enum order_action action;
		const char *call;
	} all[] = {
		{ ORDER_ACTION_SEND, "send" },
		{ ORDER_ACTION_VOICE, "voice" },
		{ ORDER_ACTION_POLL, "poll" },
		{ ORDER_ACTION_CHECK, "check" },
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (provider_block(p, all[i].action)->action == ORDER_ACTION_NONE)
			continue;
		o->action = all[i].action;
		if (rehearse_call(p, all[i].call, o, out, f) == 0)
			continue;
		/* such as a voice call, which wants a number where send takes a service's name */
		if (o->action == ORDER_ACTION_SEND)
			return fault_prefix(f, "send");
		printout_line(out, "call", all[i].call);
		add_note(out, "cannot be made with these variables: %s", f->text);
	}
	return 0;
}

/* As make, of the kinds that are not HTTP. */
static int recite(const struct provider *p, struct order *o, struct buffer *out, struct fault *f)
{
	if (recital_write(p, o, out, f) == 0)
		return 0;
	buffer_wipe(out);
	return sample_optional(p, o, f) < 0 ? -1 : recital_write(p, o, out, f);
}

int rehearsal_write(
	const struct provider *p, const char *const *words, struct buffer *out, struct fault *f)
{
	struct order o;
	int rc = sample_order(p, words, &o, f);
	if (rc == 0)
		rc = request_check(p, &o, f);
	if (rc == 0 && p->kind == PROVIDER_HTTP)
		rc = rehearse_http(p, &o, out, f);
	else if (rc == 0)
		rc = recite(p, &o, out, f);
	if (rc == 0 && p->reaches)
		add_note(out, "to no other number than %s", p->reaches->text);
	order_wipe(&o);
	if (rc == 0 && out->bad)
		rc = fault_set(f, FAULT_BAD, 0, "what it would send is too long to be shown");
	return rc;
}
