#include "sender/token.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sender/document.h"
#include "sender/percent.h"
#include "sender/reply.h"

enum { TOKEN_MAX = 8192 };

static void add_field(struct buffer *form, const char *name, const struct buffer *value)
{
	buffer_text(form, form->len ? "&" : "");
	buffer_text(form, name);
	buffer_text(form, "=");
	percent_add(form, buffer_string(value), value->len);
}

int token_request(const struct envelope_grant *g, struct envelope *ask, struct fault *f)
{
	memset(ask, 0, sizeof *ask);
	ask->method = "POST";
	ask->has_body = true;
	buffer_text(&ask->url, buffer_string(&g->url));
	buffer_text(&ask->body, "grant_type=client_credentials");
	if (g->scope.len)
		add_field(&ask->body, "scope", &g->scope);
	if (g->in_form) {
		add_field(&ask->body, "client_id", &g->client);
		add_field(&ask->body, "client_secret", &g->secret);
	} else {
		/* both are encoded before they are joined (RFC 6749, section 2.3.1) */
		ask->basic = true;
		percent_add(&ask->user, buffer_string(&g->client), g->client.len);
		percent_add(&ask->password, buffer_string(&g->secret), g->secret.len);
	}
	if (ask->url.bad || ask->body.bad || ask->user.bad || ask->password.bad)
		return fault_set(f, FAULT_BAD, 0, "the request for a token is too long");
	if (envelope_header(ask, "Accept", "application/json", f) < 0)
		return -1;
	return envelope_header(ask, "Content-Type", "application/x-www-form-urlencoded", f);
}

static int say(struct receipt *r, enum receipt_outcome outcome, unsigned status, const char *words)
{
	r->outcome = outcome;
	r->http_status = status;
	if (status)
		snprintf(r->note, sizeof r->note, "the token: HTTP %u: %s", status, words);
	else
		snprintf(r->note, sizeof r->note, "the token: %s", words);
	return -1;
}

static int refused(unsigned status, struct receipt *r)
{
	if (status == 408 || status == 429 || status >= 500)
		return say(r, RECEIPT_TEMPORARY, status, "not given for now");
	if (status >= 400)
		return say(r, RECEIPT_ACCOUNT, status, "the credentials are refused");
	return say(r, RECEIPT_REQUEST, status, "a redirect or another answer without a token");
}

static bool fits(const char *token)
{
	size_t len = strlen(token), body;
	body = strspn(
		token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");
	return body > 0 && len <= TOKEN_MAX && strspn(token + body, "=") == len - body;
}

static int take(struct document *d, struct envelope *e, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct buffer value = { 0 };
	const char *text;
	/* OAuth2 demands the type; who leaves it out means Bearer */
	if (document_path(d, "token_type", 0, &text) == DOCUMENT_TEXT &&
		strcasecmp(text, "bearer") != 0)
		return say(r, RECEIPT_REQUEST, d->status, "of another type than Bearer");
	if (document_path(d, "access_token", 0, &text) != DOCUMENT_TEXT || !fits(text))
		return say(r, RECEIPT_REQUEST, d->status, "not in the answer");
	buffer_text(&value, "Bearer ");
	buffer_text(&value, text);
	int rc = value.bad ? -1 : envelope_header(e, "Authorization", buffer_string(&value), &f);
	buffer_wipe(&value);
	return rc < 0 ? say(r, RECEIPT_REQUEST, 0, "no room for it in the request") : 0;
}

int token_judge(const struct http_answer *a, struct envelope *e, struct receipt *r)
{
	struct document d;
	if (a->fate == HTTP_REFUSED)
		return say(r, RECEIPT_REQUEST, 0, a->note);
	if (a->status && (a->status < 200 || a->status > 299))
		return refused(a->status, r);
	if (a->fate != HTTP_ANSWERED)
		return say(r, RECEIPT_TEMPORARY, 0, a->note);
	document_open(&d, a->status, buffer_string(&a->headers), buffer_string(&a->body));
	int rc = take(&d, e, r);
	document_close(&d);
	return rc;
}

int token_fetch(struct envelope *e, const struct http_options *o, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct http_answer a;
	struct envelope ask;
	if (e->grant.url.len == 0)
		return 0;
	if (token_request(&e->grant, &ask, &f) < 0) {
		envelope_wipe(&ask);
		reply_refuse(r, &f);
		return -1;
	}
	http_run(&ask, o, &a);
	envelope_wipe(&ask);
	int rc = token_judge(&a, e, r);
	http_wipe(&a);
	return rc;
}
