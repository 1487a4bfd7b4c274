#include "sender/mail.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "sender/letter.h"
#include "sender/parcel.h"
#include "sender/reply.h"
#include "sender/smtp.h"
#include "sender/template.h"
#include "sender/url.h"

/* --- reading ---------------------------------------------------------------------------------- */

/* What may stand in a key besides the variables. */
enum reach { REACH_VARIABLES, REACH_NUMBER, REACH_MESSAGE };

#define AT(member) offsetof(struct mail, member)
static const struct key {
	const char *name;
	size_t at;
	enum reach reach;
	bool wanted;
} keys[] = {
	{ "server", AT(server), REACH_VARIABLES, true },
	{ "tls", AT(tls), REACH_VARIABLES, true },
	{ "user", AT(user), REACH_VARIABLES, false },
	{ "password", AT(password), REACH_VARIABLES, false },
	{ "from", AT(from), REACH_VARIABLES, true },
	{ "to", AT(to), REACH_NUMBER, true },
	{ "number", AT(number), REACH_VARIABLES, false },
	{ "subject", AT(subject), REACH_MESSAGE, false },
	{ "text", AT(text), REACH_MESSAGE, true },
};

static const struct tree_node **slot(struct mail *m, const struct key *key)
{
	return (const struct tree_node **)(void *)((char *)m + key->at);
}

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static int names(const struct variables *v, enum reach reach, struct values *known)
{
	if (variables_names(v, known) < 0 ||
		(reach >= REACH_NUMBER && values_add(known, "number", VALUES_TEXT, NULL) < 0))
		return -1;
	if (reach < REACH_MESSAGE)
		return 0;
	if (values_add(known, "text", VALUES_TEXT, NULL) < 0)
		return -1;
	return values_add(known, "code", VALUES_TEXT, NULL);
}

/* "{name}" and nothing else: its value, or NULL. */
static const struct values_one *lone(const char *text, const struct values *v)
{
	size_t len = strlen(text);
	if (len < 3 || text[0] != '{' || text[len - 1] != '}')
		return NULL;
	return values_find(v, text + 1, len - 2);
}

static int check_server(const struct tree_node *n, const struct values *known, struct fault *f)
{
	const struct values_one *one = lone(n->text, known);
	if (one ? one->kind == VALUES_HOST
		: !strpbrk(n->text, "{}") && !values_expected(VALUES_HOST, n->text))
		return 0;
	return tree_fault(n, f, "server is a host, or one variable of kind host and nothing else");
}

/* 0 for a word that is none of these. */
static enum smtp_tls tls_named(const char *word)
{
	return !strcmp(word, "starttls")   ? SMTP_STARTTLS
	       : !strcmp(word, "implicit") ? SMTP_IMPLICIT
	       : !strcmp(word, "none")     ? SMTP_PLAIN
					   : 0;
}

static int read_key(
	const struct tree_node *n, const struct variables *v, struct mail *m, struct fault *f)
{
	struct values known = { 0 };
	const struct key *key = find_key(n->name);
	if (!key)
		return tree_fault(n, f, "mail has no `%s`", n->name);
	if (n->kind != TREE_TEXT)
		return tree_fault(n, f, "`%s` is a text", n->name);
	if (names(v, key->reach, &known) < 0)
		return tree_fault(n, f, "too many variables");
	if (template_check(n->text, &known, f) < 0)
		return tree_fault_at(n, f);
	*slot(m, key) = n;
	if (n == m->server)
		return check_server(n, &known, f);
	if (n == m->number)
		return parcel_check_form(n, f);
	if (n == m->tls && !strpbrk(n->text, "{}") && !tls_named(n->text))
		return tree_fault(n, f, "tls is \"starttls\", \"implicit\" or \"none\"");
	return 0;
}

int mail_read(
	const struct tree_node *group, const struct variables *v, struct mail *m, struct fault *f)
{
	memset(m, 0, sizeof *m);
	if (group->kind != TREE_GROUP)
		return tree_fault(group, f, "`mail` is a group");
	for (const struct tree_node *n = group->child; n; n = n->next)
		if (read_key(n, v, m, f) < 0)
			return -1;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].wanted && !*slot(m, &keys[i]))
			return tree_fault(group, f, "mail wants `%s`", keys[i].name);
	if (!m->user != !m->password)
		return tree_fault(group, f, "user and password go together");
	return 0;
}

/* --- delivering ------------------------------------------------------------------------------- */

/* The texts of one mail. */
struct texts {
	struct buffer server, tls, user, password, from, to, subject, text;
	struct buffer letter;
};

static void wipe(struct texts *t)
{
	buffer_wipe(&t->server);
	buffer_wipe(&t->tls);
	buffer_wipe(&t->user);
	buffer_wipe(&t->password);
	buffer_wipe(&t->from);
	buffer_wipe(&t->to);
	buffer_wipe(&t->subject);
	buffer_wipe(&t->text);
	buffer_wipe(&t->letter);
}

/* Nothing for what is not said, or is one variable that is not set. */
static int expand(
	const struct tree_node *n, const struct values *v, struct buffer *out, struct fault *f)
{
	const struct values_one *one = n ? lone(n->text, v) : NULL;
	if (!n || (one && !one->text))
		return 0;
	return template_expand(n->text, TEMPLATE_PLAIN, v, out, f);
}

/* The server, and how to show who asks. */
static int open_texts(
	const struct mail *m, const struct values *v, struct texts *t, struct fault *f)
{
	if (expand(m->server, v, &t->server, f) < 0 || expand(m->tls, v, &t->tls, f) < 0 ||
		expand(m->user, v, &t->user, f) < 0 ||
		expand(m->password, v, &t->password, f) < 0 || expand(m->from, v, &t->from, f) < 0)
		return -1;
	if (t->server.len == 0)
		return fault_set(f, FAULT_BAD, 0, "wants a server");
	if (!tls_named(buffer_string(&t->tls)))
		return fault_set(f, FAULT_BAD, 0, "tls must be starttls, implicit or none");
	if (!t->user.len != !t->password.len)
		return fault_set(f, FAULT_BAD, 0, "user and password go together");
	return letter_check_address("from", buffer_string(&t->from), f);
}

static int check_tls(const struct texts *t, bool loopback_http, struct fault *f)
{
	struct buffer url = { 0 };
	struct fault why = FAULT_INIT;
	if (strcmp(buffer_string(&t->tls), "none") != 0)
		return 0;
	/* the same rule as for http: what is loopback is decided in one place */
	buffer_text(&url, "http://");
	buffer_text(&url, buffer_string(&t->server));
	int rc = url_allowed(buffer_string(&url), loopback_http, &why);
	buffer_wipe(&url);
	if (rc == 0)
		return 0;
	return fault_set(f, FAULT_BAD, 0,
		"mail without TLS goes to a loopback address only, with `loopback_http`");
}

static int write_letter(const struct mail *m, const struct order *o, struct values *v,
	struct texts *t, struct fault *f)
{
	struct letter l = { 0 };
	struct clock_now now;
	struct parcel parcel = { 0 };
	int rc = -1;
	if (parcel_pack(&parcel, m->number, o, v, f) < 0)
		goto out;
	if (values_add(v, "text", VALUES_TEXT, o->text) < 0) {
		fault_set(f, FAULT_MEMORY, 0, "out of memory");
		goto out;
	}
	if (expand(m->to, v, &t->to, f) < 0 || expand(m->subject, v, &t->subject, f) < 0 ||
		expand(m->text, v, &t->text, f) < 0 || clock_read(&now, f) < 0 ||
		random_bytes(l.token, sizeof l.token, f) < 0)
		goto out;
	l.from = buffer_string(&t->from);
	l.to = buffer_string(&t->to);
	l.subject = buffer_string(&t->subject);
	l.text = buffer_string(&t->text);
	l.wall_s = now.wall_s;
	rc = letter_write(&l, &t->letter, f);
out:
	parcel_wipe(&parcel);
	return rc;
}

static void run(const struct order *o, const struct texts *t, bool sends, int64_t until_ms,
	struct receipt *r)
{
	const struct smtp_call call = {
		.server = buffer_string(&t->server),
		.tls = tls_named(buffer_string(&t->tls)),
		.user = t->user.len ? buffer_string(&t->user) : NULL,
		.password = t->user.len ? buffer_string(&t->password) : NULL,
		.from = buffer_string(&t->from),
		.to = buffer_string(&t->to),
		.mail = sends ? &t->letter : NULL,
		.ca_file = o->ca_file,
		.deadline_ms = until_ms,
	};
	smtp_run(&call, r);
}

void mail_deliver(const struct mail *m, const struct order *o, struct values *known,
	int64_t until_ms, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct texts t = { 0 };
	bool sends = o->action == ORDER_ACTION_SEND;
	if (!sends && o->action != ORDER_ACTION_CHECK) {
		reply_no_such_call(r, o->action);
		return;
	}
	if (open_texts(m, known, &t, &f) < 0 || check_tls(&t, o->loopback_http == 1, &f) < 0 ||
		(sends && write_letter(m, o, known, &t, &f) < 0)) {
		fault_prefix(&f, "%s", o->description);
		reply_refuse(r, &f);
	} else {
		run(o, &t, sends, until_ms, r);
	}
	wipe(&t);
}
