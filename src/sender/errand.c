#include "sender/errand.h"

#include <stdio.h>
#include <string.h>

#include "sender/answer.h"
#include "sender/envelope.h"
#include "sender/http.h"
#include "sender/request.h"

static void refuse(struct receipt *r, const struct fault *f)
{
	char text[320];
	r->outcome = RECEIPT_REQUEST;
	snprintf(r->note, sizeof r->note, "%s", fault_text(f, text, sizeof text));
}

static const char *call_name(enum order_action action)
{
	return action == ORDER_ACTION_VOICE  ? "voice"
	       : action == ORDER_ACTION_POLL ? "poll"
					     : "check";
}

/* What a description without the block means for the one who ordered it. */
static void no_such_call(const struct order *o, struct receipt *r)
{
	r->outcome = o->action == ORDER_ACTION_VOICE ? RECEIPT_REQUEST : RECEIPT_PENDING;
	snprintf(r->note, sizeof r->note, "no %s call for this provider", call_name(o->action));
}

static void carry_out(
	const struct provider *p, const struct order *o, int64_t until_ms, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct envelope e;
	struct http_answer a;
	const struct block *b = provider_block(p, o->action);
	const struct http_options options = {
		.ca_file = o->ca_file,
		.proxy = o->proxy,
		.loopback_http = o->loopback_http == 1,
		.deadline_ms = until_ms,
	};
	if (request_check(p, o, &f) < 0) {
		refuse(r, &f);
		return;
	}
	if (b->action == ORDER_ACTION_NONE) {
		no_such_call(o, r);
		return;
	}
	if (request_make(p, o, &e, &f) < 0) {
		refuse(r, &f);
		return;
	}
	http_run(&e, &options, &a);
	envelope_wipe(&e);
	answer_judge(b, &a, o->number, r);
	http_wipe(&a);
}

void errand_run(const struct provider_folders *folders, const struct order *o, int64_t until_ms,
	struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct provider p;
	memset(r, 0, sizeof *r);
	if (provider_load(folders, o->description, &p, &f) < 0) {
		refuse(r, &f);
		return;
	}
	carry_out(&p, o, until_ms, r);
	provider_close(&p);
}
