#include "sender/request.h"

#include <string.h>

#include "sender/auth.h"
#include "sender/body.h"
#include "sender/field.h"
#include "sender/parcel.h"
#include "sender/template.h"
#include "sender/url.h"

/* What the values of one request point into. */
struct texts {
	struct parcel parcel;
	struct buffer spoken;
};

#define DIGITS "0123456789"

/* Digits one by one, and the whole as often as the block says. */
static void speak(const struct block *b, const char *text, struct buffer *out)
{
	const char *pause = b->pause ? b->pause->text : "";
	int64_t times = b->repeat ? b->repeat->integer : 1;
	for (int64_t i = 0; i < times; i++) {
		if (i > 0)
			buffer_text(out, " ");
		for (const char *s = text; *s; s++) {
			buffer_byte(out, (unsigned char)*s);
			if (strchr(DIGITS, *s) && s[1] && strchr(DIGITS, s[1]))
				buffer_text(out, pause);
		}
	}
}

static int set_message(const struct block *b, const struct order *o, struct texts *t,
	struct values *v, struct fault *f)
{
	const char *text = o->text;
	if (parcel_pack(&t->parcel, b->number, o, v, f) < 0)
		return -1;
	if (b->action == ORDER_ACTION_VOICE) {
		speak(b, text, &t->spoken);
		text = buffer_string(&t->spoken);
	}
	if (t->spoken.bad || values_add(v, "text", VALUES_TEXT, text) < 0)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	return 0;
}

static int set_poll(const struct block *b, const struct order *o, struct texts *t, struct values *v,
	struct fault *f)
{
	if (!*o->message_id)
		return fault_set(f, FAULT_BAD, 0, "the order has no message id to ask about");
	if (*o->number && parcel_number(&t->parcel, b->number, o->number, v, f) < 0)
		return -1;
	if ((!*o->number && values_add(v, "number", VALUES_TEXT, NULL) < 0) ||
		values_add(v, "id", VALUES_TEXT, o->message_id) < 0)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	return 0;
}

static int set_values(const struct block *b, const struct order *o, struct texts *t,
	struct values *v, struct fault *f)
{
	if (b->action == ORDER_ACTION_POLL)
		return set_poll(b, o, t, v, f);
	if (b->action == ORDER_ACTION_CHECK)
		return 0;
	return set_message(b, o, t, v, f);
}

static int add_headers(
	const struct tree_node *list, const struct values *v, struct envelope *e, struct fault *f)
{
	for (const struct tree_node *pair = list->child; pair; pair = pair->next) {
		if (!field_pair_present(pair, v))
			continue;
		struct buffer value = { 0 };
		int rc = field_text(pair->child->next, v, &value, f);
		if (rc == 0)
			rc = envelope_header(e, pair->child->text, buffer_string(&value), f);
		buffer_wipe(&value);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int make_body(
	const struct block *b, const struct values *v, struct envelope *e, struct fault *f)
{
	e->has_body = b->form || b->json || b->text;
	if (b->form)
		return envelope_header(e, "Content-Type", "application/x-www-form-urlencoded", f) <
					       0 ||
				       body_form(b->form, v, &e->body, f) < 0
			       ? -1
			       : 0;
	if (b->json)
		return envelope_header(e, "Content-Type", "application/json", f) < 0 ||
				       body_json(b->json, v, &e->body, f) < 0
			       ? -1
			       : 0;
	if (b->text)
		return envelope_header(e, "Content-Type", b->content_type->text, f) < 0 ||
				       template_expand(
					       b->text->text, TEMPLATE_PLAIN, v, &e->body, f) < 0
			       ? -1
			       : 0;
	return 0;
}

static int fill(const struct block *b, const struct values *v, struct envelope *e, struct fault *f)
{
	bool asks = b->action == ORDER_ACTION_POLL || b->action == ORDER_ACTION_CHECK;
	if (url_expand(b->url->text, v, &e->url, f) < 0)
		return -1;
	if (b->query) {
		buffer_text(&e->url, "?");
		if (body_form(b->query, v, &e->url, f) < 0)
			return -1;
	}
	if (b->auth && auth_apply(b->auth, v, e, f) < 0)
		return -1;
	if (b->headers && add_headers(b->headers, v, e, f) < 0)
		return -1;
	if (make_body(b, v, e, f) < 0)
		return -1;
	e->method = b->method ? b->method->text : asks && !e->has_body ? "GET" : "POST";
	if (e->url.bad || e->body.bad || e->user.bad || e->password.bad)
		return fault_set(f, FAULT_BAD, 0, "the request is too long");
	return 0;
}

int request_check(const struct provider *p, const struct order *o, struct fault *f)
{
	struct values v = { 0 };
	return variables_bind(&p->variables, o, &v, f);
}

int request_make(
	const struct provider *p, const struct order *o, struct envelope *e, struct fault *f)
{
	const struct block *b = provider_block(p, o->action);
	struct values v = { 0 };
	struct texts t = { 0 };
	int rc = -1;
	memset(e, 0, sizeof *e);
	if (variables_bind(&p->variables, o, &v, f) < 0)
		goto out;
	if (b->action == ORDER_ACTION_NONE) {
		fault_set(f, FAULT_BAD, 0, "%s has no such call", p->name);
		goto out;
	}
	if (set_values(b, o, &t, &v, f) < 0 || fill(b, &v, e, f) < 0) {
		fault_prefix(f, "%s", p->name);
		goto out;
	}
	rc = 0;
out:
	if (rc < 0)
		envelope_wipe(e);
	buffer_wipe(&t.spoken);
	parcel_wipe(&t.parcel);
	return rc;
}
