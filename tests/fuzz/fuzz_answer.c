/* A description and what came back, made into a receipt (document, source, acceptance, refusal, answer, ending, token).
 *
 *   send answered 200         or voice, poll, check, token; lost, unsent, refused; of a program the status is its exit status
 *   %%
 *   @NAME, or a description
 *   %%
 *   headers
 *   %%
 *   body */
#include <stdarg.h>
#include <string.h>

#include "claim.h"
#include "input.h"
#include "property.h"
#include "sender/answer.h"
#include "sender/ending.h"
#include "sender/provider.h"
#include "sender/source.h"
#include "sender/token.h"

#define NUMBER  "+4917012345678"
#define BEARER  "Authorization: Bearer "
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static const struct {
	const char *word;
	enum order_action action;
} actions[] = {
	{ "send", ORDER_ACTION_SEND }, { "voice", ORDER_ACTION_VOICE },
	{ "poll", ORDER_ACTION_POLL }, { "check", ORDER_ACTION_CHECK },
	{ "token", ORDER_ACTION_NONE }, /* what comes before all of them */
};

static const struct {
	const char *word;
	enum http_fate fate;
} fates[] = {
	{ "answered", HTTP_ANSWERED },
	{ "lost", HTTP_LOST },
	{ "unsent", HTTP_NOT_SENT },
	{ "refused", HTTP_REFUSED },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool read_head(const char *head, enum order_action *action, struct http_answer *a)
{
	char what[16], how[16];
	bool known = false;
	*action = ORDER_ACTION_NONE;
	if (sscanf(head, "%15s %15s %3u", what, how, &a->status) != 3)
		return false;
	for (size_t i = 0; i < COUNT(actions); i++)
		if (!strcmp(actions[i].word, what)) {
			*action = actions[i].action;
			known = true;
		}
	for (size_t i = 0; i < COUNT(fates); i++)
		if (!strcmp(fates[i].word, how))
			a->fate = fates[i].fate;
	snprintf(a->note, sizeof a->note, "%s", a->fate == HTTP_ANSWERED ? "" : "our own words");
	return known;
}

/* E9: what may have gone out is neither a refusal nor a yes. */
static void claim_lost(const struct block *b, const struct http_answer *a, const struct receipt *r)
{
	bool sends = b->action == ORDER_ACTION_SEND || b->action == ORDER_ACTION_VOICE;
	CLAIM(r->outcome != RECEIPT_ACCEPTED && r->outcome != RECEIPT_PENDING);
	if (a->fate == HTTP_LOST && sends && a->status < 300)
		CLAIM(r->outcome == RECEIPT_UNKNOWN);
}

static void claim_poll(const struct block *b, const struct http_answer *a, const struct receipt *r)
{
	struct document d;
	const char *state = "";
	if (r->outcome != RECEIPT_ACCEPTED)
		return;
	CLAIM(a->status >= 200 && a->status <= 299);
	const char *body = buffer_string(&a->body);
	document_open(
		&d, a->status, buffer_string(&a->headers), strlen(body) == a->body.len ? body : "");
	CLAIM(source_text(b->state, &d, &state) == DOCUMENT_TEXT);
	CLAIM(source_among(b->delivered, state, true));
	document_close(&d);
}

static void judge(const struct block *b, const struct http_answer *a)
{
	struct receipt r = { 0 }, again = { 0 };
	fuzz_taken++;
	answer_judge(b, a, NUMBER, &r);
	answer_judge(b, a, NUMBER, &again);
	CLAIM(!memcmp(&r, &again, sizeof r));
	CLAIM(r.http_status == a->status);
	property_receipt(&r, NUMBER);
	if (a->fate != HTTP_ANSWERED)
		claim_lost(b, a, &r);
	else if (b->action == ORDER_ACTION_POLL)
		claim_poll(b, a, &r);
	else
		CLAIM((r.outcome == RECEIPT_ACCEPTED) == property_success(b->success, a));
	CLAIM(!r.message_id[0] || r.outcome == RECEIPT_ACCEPTED);
}

/* Nothing was handed over yet, so that it is neither accepted nor unknown. */
static void judge_token(const struct http_answer *a)
{
	struct envelope e = { .method = "POST" };
	struct receipt r = { 0 };
	fuzz_taken++;
	buffer_text(&e.url, "https://a.example/");
	if (token_judge(a, &e, &r) < 0) {
		property_receipt(&r, NUMBER);
		CLAIM(r.outcome >= RECEIPT_RECIPIENT && e.nheaders == 0);
	} else {
		CLAIM(a->fate == HTTP_ANSWERED && a->status >= 200 && a->status <= 299);
		const char *header = buffer_string(&e.headers[0]), *token = header + strlen(BEARER);
		CLAIM(e.nheaders == 1 && !strncmp(header, BEARER, strlen(BEARER)));
		/* RFC 6750 */
		CLAIM(*token && strspn(token, LETTERS "0123456789-._~+/=") == strlen(token));
		property_envelope(&e);
	}
	envelope_wipe(&e);
}

/* E8: what a program said, and how it ended. */
static void judge_program(const struct command *c, struct http_answer *a)
{
	struct program_end end = { .fate = a->fate == HTTP_ANSWERED ? PROGRAM_ENDED
					   : a->fate == HTTP_LOST   ? PROGRAM_LATE
								    : PROGRAM_SIGNALLED,
		.status = (int)(a->status % 256),
		.output = a->body };
	struct receipt r = { 0 };
	fuzz_taken++;
	ending_judge(c, &end, NUMBER, &r);
	property_receipt(&r, NUMBER);
	CLAIM((r.outcome == RECEIPT_ACCEPTED) == property_exit(c->success, &end));
	CLAIM(end.fate == PROGRAM_ENDED || r.outcome == RECEIPT_UNKNOWN);
	CLAIM(!r.message_id[0] || r.outcome == RECEIPT_ACCEPTED);
}

static void judge_any(const struct provider *p, enum order_action action, struct http_answer *a)
{
	const struct block *b = provider_block(p, action);
	if (p->kind == PROVIDER_COMMAND) {
		judge_program(&p->command, a);
		return;
	}
	/* what http passes on */
	if (a->status < 200 || a->status > 599)
		a->status = 0;
	if (a->fate == HTTP_ANSWERED && a->status == 0)
		return;
	if (action == ORDER_ACTION_NONE)
		judge_token(a);
	else if (p->kind == PROVIDER_HTTP && b->action == action)
		judge(b, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input in;
	struct provider p;
	struct http_answer a = { 0 };
	struct fault f = FAULT_INIT;
	enum order_action action;
	const char *text;
	if (input_split(&in, bytes, len, 4) && read_head(in.part[0], &action, &a) &&
		(text = input_description(in.part[1])) &&
		provider_parse(text, "x", "x", &p, &f) == 0) {
		buffer_text(&a.headers, in.part[2]);
		buffer_add(&a.body, in.part[3], in.len[3]);
		/* longer ones do not get here */
		a.huge = a.body.bad;
		if (a.huge)
			buffer_wipe(&a.body);
		judge_any(&p, action, &a);
		http_wipe(&a);
		provider_close(&p);
	}
	input_free(&in);
	return 0;
}

/* --- answers made from the description's own words -------------------------------------------- */

struct made {
	char *out;
	size_t cap, len;
};

__attribute__((format(printf, 2, 3))) static void say(struct made *m, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(m->out + m->len, m->cap - m->len, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < m->cap - m->len)
		m->len += (size_t)n;
}

static const char *first_text(const struct tree_node *n)
{
	while (n && (n->kind == TREE_LIST || n->kind == TREE_GROUP))
		n = n->kind == TREE_LIST ? n->child : tree_find(n, "path");
	return n && n->kind == TREE_TEXT ? n->text : NULL;
}

/* The value that a test wants, as JSON. */
static void say_value(struct made *m, const struct tree_node *test)
{
	static const char *const keys[] = { "equals", "in", "prefix" };
	const struct tree_node *n = NULL;
	for (size_t i = 0; !n && i < COUNT(keys); i++)
		n = tree_find(test, keys[i]);
	if (n && n->kind == TREE_LIST)
		n = n->child;
	if (n && n->kind == TREE_INTEGER)
		say(m, "%lld", (long long)n->integer);
	else if (n && n->kind == TREE_BOOLEAN)
		say(m, "%s", n->truth ? "true" : "false");
	else
		say(m, "\"%s\"", n ? n->text : "AB-12");
}

/* One path with its value: a[0].b becomes {"a":[{"b":VALUE}]}. */
static void say_path(struct made *m, const char *path, const struct tree_node *test)
{
	char closing[64] = "";
	size_t n = 0;
	while (*path && n + 1 < sizeof closing) {
		if (*path == '[' && path[1] != '"') {
			say(m, "[");
			closing[n++] = ']';
			path += strcspn(path, "]") + 1;
			continue;
		}
		path += *path == '.' ? 1 : *path == '[' ? 2 : 0;
		size_t len = strcspn(path, ".[]\"");
		say(m, "{\"%.*s\":", (int)len, path);
		closing[n++] = '}';
		path += len;
		path += *path == '"' ? 2 : 0;
	}
	if (test)
		say_value(m, test);
	else
		say(m, "\"7\"");
	while (n > 0)
		say(m, "%c", closing[--n]);
}

static const struct tree_node *nth_test(const struct tree_node *success, unsigned i)
{
	const struct tree_node *all = success ? tree_find(success, "all") : NULL;
	const struct tree_node *test = all ? all->child : NULL;
	for (; test && i > 0; i--)
		test = test->next;
	return test;
}

/* i: which action, which status, and what stands in the body. */
size_t fuzz_seed(const char *name, const char *text, unsigned i, char *out, size_t cap)
{
	static const unsigned statuses[] = { 200, 400, 201 };
	struct made m = { out, cap, 0 };
	struct provider p;
	struct fault f = FAULT_INIT;
	if (i >= 36 || provider_parse(text, "x", "x", &p, &f) < 0)
		return 0;
	const struct block *b = provider_block(&p, actions[i % 4].action);
	unsigned status = statuses[i / 4 % 3], what = i / 12;
	say(&m, "%s answered %u\n%%%%\n@%s\n%%%%\nX-A: b\r\n\r\n%%%%\n", actions[i % 4].word,
		status, name);
	const struct tree_node *success =
		p.kind == PROVIDER_COMMAND ? p.command.success : b->success;
	const struct tree_node *test = nth_test(success, what == 2);
	const char *path = what == 1 ? first_text(b->code) : NULL;
	if (!path && test)
		path = first_text(tree_find(test, "path"));
	if (b->state)
		path = first_text(b->state);
	if (path)
		say_path(&m, path, what == 1 ? NULL : test);
	provider_close(&p);
	return m.len;
}
