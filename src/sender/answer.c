#include "sender/answer.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "sender/acceptance.h"
#include "sender/refusal.h"
#include "sender/reply.h"
#include "sender/source.h"

enum { DIGITS_MAX = 6 };

static bool sends(const struct block *b)
{
	return b->action == ORDER_ACTION_SEND || b->action == ORDER_ACTION_VOICE;
}

static size_t digits_in(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] >= '0' && text[i] <= '9';
	return n;
}

/* A code or an amount, up to the first foreign character; nothing where it could be somebody's
 * number, however that is written (G1). */
static void filter(char out[ORDER_CODE_MAX + 1], const char *text)
{
	size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				  "0123456789._-");

	out[0] = '\0';
	if (digits_in(text, len) > DIGITS_MAX)
		return;
	if (len > ORDER_CODE_MAX)
		len = ORDER_CODE_MAX;
	memcpy(out, text, len);
	out[len] = '\0';
}

static void take_id(
	const struct block *b, struct document *d, const char *number, struct receipt *r)
{
	const char *text;
	if (b->id && source_text(b->id, d, &text) == DOCUMENT_TEXT)
		reply_id(r, text, number);
}

static void take_code(const struct block *b, struct document *d, struct receipt *r)
{
	const char *text;
	if (b->code && source_text(b->code, d, &text) == DOCUMENT_TEXT)
		filter(r->code, text);
}

static enum receipt_outcome mapped(const struct block *b, struct document *d, const char *code)
{
	enum receipt_outcome class = RECEIPT_NONE;
	if (b->errors)
		class = refusal_class(b->errors, d, code);
	if (class == RECEIPT_NONE && b->common_errors)
		class = refusal_class(b->common_errors, d, code);
	return class;
}

static void note(struct receipt *r, const char *words)
{
	struct text_line line;
	text_begin(&line, r->note, sizeof r->note);
	if (r->http_status)
		text_add(&line, "HTTP %u", (unsigned)r->http_status);
	if (r->http_status && r->code[0])
		text_add(&line, ", code %s", r->code);
	text_add(&line, "%s%s", line.len ? ": " : "", words);
}

/* Not a success: refused, or not understood. */
static void refuse(const struct block *b, struct document *d, struct receipt *r)
{
	bool good_status = d->status >= 200 && d->status < 300;
	take_code(b, d, r);
	r->outcome = mapped(b, d, r->code);
	if (r->outcome != RECEIPT_NONE) {
		note(r, refusal_words(r->outcome, d->status));
	} else if (!good_status) {
		r->outcome = refusal_by_status(d->status);
		note(r, refusal_words(r->outcome, d->status));
	} else if (r->code[0] && strcmp(r->code, "0") != 0) {
		/* a code of zero is no reason: a part of it may have gone out */
		r->outcome = RECEIPT_REQUEST;
		note(r, "not accepted, for a reason that the description does not know");
	} else if (sends(b)) {
		r->outcome = RECEIPT_UNKNOWN;
		note(r, "the answer is not what the description expects; it may have been sent");
	} else {
		r->outcome = RECEIPT_REQUEST;
		note(r, "the answer is not what the description expects");
	}
}

static void judge_poll(const struct block *b, struct document *d, struct receipt *r)
{
	const char *state = "";
	if (d->status == 404 && b->not_found) {
		r->outcome = RECEIPT_PENDING;
		note(r, "the provider does not know the message yet");
		return;
	}
	if (d->status < 200 || d->status > 299) {
		refuse(b, d, r);
		return;
	}
	take_code(b, d, r);
	r->outcome = RECEIPT_PENDING;
	if (source_text(b->state, d, &state) != DOCUMENT_TEXT) {
		note(r, "no state in the answer");
	} else if (source_among(b->delivered, state, true)) {
		r->outcome = RECEIPT_ACCEPTED;
		note(r, "delivered");
	} else if (source_among(b->failed, state, true)) {
		r->outcome = RECEIPT_RECIPIENT;
		note(r, "the provider could not deliver it");
	} else {
		note(r, "on its way");
	}
}

static void judge_document(
	const struct block *b, struct document *d, const char *number, struct receipt *r)
{
	const char *text;
	if (b->action == ORDER_ACTION_POLL) {
		judge_poll(b, d, r);
		return;
	}
	if (!acceptance_holds(b->success, d)) {
		refuse(b, d, r);
		return;
	}
	r->outcome = RECEIPT_ACCEPTED;
	take_id(b, d, number, r);
	if (b->balance && source_text(b->balance, d, &text) == DOCUMENT_TEXT)
		filter(r->balance, text);
	note(r, sends(b) ? "accepted" : "the provider accepts the credentials");
}

static void judge_lost(const struct block *b, const struct http_answer *a, struct receipt *r)
{
	/* a status of 3xx to 5xx is a refusal, whatever became of the body */
	if (a->status >= 300) {
		r->outcome = refusal_by_status(a->status);
		note(r, refusal_words(r->outcome, a->status));
		return;
	}
	r->outcome = sends(b) ? RECEIPT_UNKNOWN : RECEIPT_TEMPORARY;
	note(r, a->note);
}

void answer_judge(
	const struct block *b, const struct http_answer *a, const char *number, struct receipt *r)
{
	r->outcome = RECEIPT_REQUEST;
	r->http_status = a->status;
	if (a->fate == HTTP_REFUSED) {
		note(r, a->note);
	} else if (a->fate == HTTP_NOT_SENT) {
		r->outcome = RECEIPT_TEMPORARY;
		note(r, a->note);
	} else if (a->fate == HTTP_LOST) {
		judge_lost(b, a, r);
	} else {
		struct document d;
		const char *body = buffer_string(&a->body);
		/* with a NUL inside it is neither text nor JSON */
		document_open(&d, a->status, buffer_string(&a->headers),
			strlen(body) == a->body.len ? body : "");
		judge_document(b, &d, number, r);
		document_close(&d);
	}
}
