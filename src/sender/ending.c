#include "sender/ending.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "sender/document.h"
#include "sender/refusal.h"
#include "sender/reply.h"
#include "sender/source.h"

static void note(struct receipt *r, int status, const char *words)
{
	struct text_line line;
	text_begin(&line, r->note, sizeof r->note);
	text_add(&line, "exit status %d: %s", status, words);
}

static bool has_exit(const struct tree_node *list, int status)
{
	const struct tree_node *n = list->kind == TREE_LIST ? list->child : list;
	for (; n; n = list->kind == TREE_LIST ? n->next : NULL)
		if (n->integer == status)
			return true;
	return false;
}

static bool tests_hold(const struct command *c, struct document *d)
{
	const struct tree_node *all = tree_find(c->success, "all");
	for (const struct tree_node *n = all ? all->child : NULL; n; n = n->next)
		if (!source_holds(n, d))
			return false;
	return true;
}

static enum receipt_outcome mapped(const struct command *c, int status, struct document *d)
{
	const struct tree_node *e = c->errors ? c->errors->child : NULL;
	for (; e; e = e->next) {
		const struct tree_node *exits = tree_find(e, "exit");
		if ((!exits || has_exit(exits, status)) && source_holds(e, d))
			return refusal_named(tree_find(e, "class")->text);
	}
	return RECEIPT_NONE;
}

static const char *words(enum receipt_outcome outcome)
{
	if (outcome == RECEIPT_RECIPIENT)
		return "the program refuses this recipient";
	if (outcome == RECEIPT_ACCOUNT)
		return "the program says that its account or its settings do not do";
	if (outcome == RECEIPT_TEMPORARY)
		return "the program says that it cannot send now";
	return "the program does not take this message";
}

static void judge_end(const struct command *c, int status, const char *number, struct document *d,
	struct receipt *r)
{
	const char *text;
	bool fine = has_exit(tree_find(c->success, "exit"), status);
	if (fine && tests_hold(c, d)) {
		r->outcome = RECEIPT_ACCEPTED;
		note(r, status, "the program took it");
		if (c->id && source_text(c->id, d, &text) == DOCUMENT_TEXT)
			reply_id(r, text, number);
		return;
	}
	r->outcome = mapped(c, status, d);
	if (r->outcome == RECEIPT_NONE && fine) {
		r->outcome = RECEIPT_UNKNOWN;
		note(r, status, "not what the description expects; it may have been sent");
		return;
	}
	/* who says failure by its status is believed not to have taken it */
	if (r->outcome == RECEIPT_NONE)
		r->outcome = RECEIPT_REQUEST;
	note(r, status, words(r->outcome));
}

void ending_judge(const struct command *c, const struct program_end *end, const char *number,
	struct receipt *r)
{
	struct document d;
	const char *body = buffer_string(&end->output);
	if (end->fate == PROGRAM_LATE) {
		reply_say(r, RECEIPT_UNKNOWN,
			"the program did not end in time; the message may have been sent");
	} else if (end->fate != PROGRAM_ENDED) {
		reply_say(r, RECEIPT_UNKNOWN,
			"a signal ended the program; the message may have been sent");
	} else {
		/* with a NUL inside it is no text */
		document_open(&d, 0, "", strlen(body) == end->output.len ? body : "");
		judge_end(c, end->status, number, &d, r);
		document_close(&d);
	}
}

/* Nothing was handed over. What this machine lacks just now is a trouble; all else is wrong. */
void ending_not_started(const struct fault *f, struct receipt *r)
{
	bool lacks = f->class == FAULT_MEMORY || f->class == FAULT_LATE || f->errnum == EAGAIN ||
		     f->errnum == ENOMEM || f->errnum == EMFILE || f->errnum == ENFILE ||
		     f->errnum == ETXTBSY || f->errnum == ETIMEDOUT || f->errnum == EIO;
	reply_refuse(r, f);
	if (lacks)
		r->outcome = RECEIPT_TEMPORARY;
}
