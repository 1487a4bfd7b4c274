#include "sender/errand.h"

#include <string.h>

#include "base/clock.h"
#include "sender/answer.h"
#include "sender/ending.h"
#include "sender/envelope.h"
#include "sender/http.h"
#include "sender/program.h"
#include "sender/reply.h"
#include "sender/request.h"
#include "sender/sandbox.h"
#include "sender/signer.h"
#include "sender/template.h"
#include "sender/token.h"

/* What every kind of delivery is given. */
struct errand {
	const struct provider *p;
	const struct order *o;
	int64_t until_ms;
	struct errand_kept *kept; /* NULL: nothing is kept */
	struct values v;          /* the order's variables, judged */
};

/* False when *r is a refusal. */
static bool enter(
	enum sandbox_profile profile, const struct landlock_needs *needs, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	if (sandbox_enter(profile, needs, &r->sandbox, &f) == 0)
		return true;
	reply_refuse(r, &f);
	return false;
}

/* What can be said of who asks only when all the rest is there. False when *r says why not. */
static bool prove(struct envelope *letter, const struct http_options *o, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct clock_now now;
	if (token_fetch(letter, o, r) < 0)
		return false;
	if (letter->signing == ENVELOPE_UNSIGNED)
		return true;
	if (clock_read(&now, &f) == 0 && signer_sign(letter, now.wall_s, &f) == 0)
		return true;
	reply_refuse(r, &f);
	return false;
}

/* What is refused once stays refused: one entrance for all orders. */
static bool enter_http(const struct errand *e, struct receipt *r)
{
	const struct landlock_needs needs = { .ca_file = e->o->ca_file };
	if (!e->kept || !e->kept->ready)
		return enter(SANDBOX_HTTP, &needs, r);
	r->sandbox = e->kept->sandbox;
	return true;
}

/* A token comes from another server, and how long each of two keeps its connection is not told
 * apart. */
static struct line *line_for(const struct errand *e, const struct envelope *letter)
{
	return e->kept && letter->grant.url.len == 0 ? &e->kept->line : NULL;
}

static void by_http(const struct errand *e, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct envelope letter;
	struct http_answer a;
	const struct order *o = e->o;
	const struct block *b = provider_block(e->p, o->action);
	struct http_options options = {
		.ca_file = o->ca_file,
		.proxy = o->proxy,
		.loopback_http = o->loopback_http == 1,
		.deadline_ms = e->until_ms,
	};
	if (!enter_http(e, r))
		return;
	if (b->action == ORDER_ACTION_NONE) {
		reply_no_such_call(r, o->action);
		return;
	}
	if (request_make(e->p, o, &letter, &f) < 0) {
		reply_refuse(r, &f);
		return;
	}
	options.line = line_for(e, &letter);
	if (prove(&letter, &options, r)) {
		http_run(&letter, &options, &a);
		answer_judge(b, &a, o->number, r);
		http_wipe(&a);
	}
	envelope_wipe(&letter);
}

static void run_program(const struct errand *e, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct command_sheet s;
	struct program_end end;
	const struct program_plan plan = {
		.argv = s.argv,
		.input = &s.input,
		.deadline_ms = e->until_ms,
	};
	if (command_fill(&e->p->command, e->o, &e->v, &s, &f) < 0) {
		reply_refuse(r, &f);
		return;
	}
	if (program_run(&plan, &end, &f) < 0)
		ending_not_started(&f, r);
	else
		ending_judge(&e->p->command, &end, e->o->number, r);
	buffer_wipe(&end.output);
	command_wipe(&s);
}

static void judge_program(const struct errand *e, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	const char *path = template_path(e->p->command.program->text, &e->v);
	if (!path)
		reply_say(r, RECEIPT_REQUEST, "the variable for the program is not set");
	else if (program_judge(path, &f) < 0)
		reply_refuse(r, &f);
	else
		reply_say(r, RECEIPT_ACCEPTED, "the program may be run; it was not asked");
}

static void by_command(const struct errand *e, struct receipt *r)
{
	static const struct landlock_needs nothing;
	if (!enter(SANDBOX_COMMAND, &nothing, r))
		return;
	if (e->o->action == ORDER_ACTION_SEND)
		run_program(e, r);
	else if (e->o->action == ORDER_ACTION_CHECK)
		judge_program(e, r);
	else
		reply_no_such_call(r, e->o->action);
}

static void by_spool(const struct errand *e, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct spool_place at;
	if (spool_open(&e->p->spool, e->o, &e->v, &at, &f) < 0) {
		reply_refuse(r, &f);
		return;
	}
	const struct landlock_needs needs = {
		.writable = { at.writable[0], at.writable[1] },
		.nwritable = 2,
	};
	if (enter(SANDBOX_SPOOL, &needs, r))
		spool_deliver(&e->p->spool, &at, e->o, &e->v, r);
	spool_close(&at);
}

static void by_mail(struct errand *e, struct receipt *r)
{
	const struct landlock_needs needs = { .ca_file = e->o->ca_file };
	if (enter(SANDBOX_HTTP, &needs, r))
		mail_deliver(&e->p->mail, e->o, &e->v, e->until_ms, r);
}

/* The provider sends to one phone only, and the order is for another. */
static int check_reach(const struct errand *e, struct fault *f)
{
	struct buffer only = { 0 };
	bool same;
	if (!e->p->reaches || !*e->o->number)
		return 0;
	if (template_expand(e->p->reaches->text, TEMPLATE_PLAIN, &e->v, &only, f) < 0)
		return fault_prefix(f, "%s", e->p->name);
	same = !strcmp(buffer_string(&only), e->o->number);
	buffer_wipe(&only);
	return same ? 0
		    : fault_set(f, FAULT_BAD, 0, "%s reaches one phone only, and this is another",
			      e->p->name);
}

static void carry_out(struct errand *e, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	if (variables_bind(&e->p->variables, e->o, &e->v, &f) < 0 || check_reach(e, &f) < 0) {
		reply_refuse(r, &f);
		return;
	}
	switch (e->p->kind) {
	case PROVIDER_HTTP:
		by_http(e, r);
		return;
	case PROVIDER_COMMAND:
		by_command(e, r);
		return;
	case PROVIDER_SPOOL:
		by_spool(e, r);
		return;
	case PROVIDER_MAIL:
		by_mail(e, r);
		return;
	case PROVIDER_NONE:
		break;
	}
	reply_say(r, RECEIPT_REQUEST, "a kind of delivery that is not built");
}

static bool worth_keeping(const struct errand *e, const struct receipt *r)
{
	bool message = e->o->action == ORDER_ACTION_SEND || e->o->action == ORDER_ACTION_VOICE;
	return e->kept && e->p->kind == PROVIDER_HTTP && message && r->outcome == RECEIPT_ACCEPTED;
}

void errand_run(const struct provider_folders *folders, const struct order *o, int64_t until_ms,
	struct errand_kept *kept, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct provider own, *p = kept ? &kept->provider : &own;
	struct errand e = { .p = p, .o = o, .until_ms = until_ms, .kept = kept };
	memset(r, 0, sizeof *r);
	if (!(kept && kept->ready) && provider_load(folders, o->description, p, &f) < 0) {
		reply_refuse(r, &f);
		return;
	}
	carry_out(&e, r);
	reply_forget_text(r, o->text);
	r->reports = o->action == ORDER_ACTION_SEND && r->outcome == RECEIPT_ACCEPTED &&
		     provider_reports(p);
	bool keep = worth_keeping(&e, r);
	if (kept) {
		kept->ready = keep;
		kept->sandbox = r->sandbox;
	}
	if (!keep)
		provider_close(p);
}
