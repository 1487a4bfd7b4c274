/* A description and an order, made into a request, or into what a program, a spool or a mail server gets (variables, values, template,
 * field, body, url, auth, request, signer, token, command, spool, mail, letter).
 *
 *   send
 *   %%
 *   @NAME, or a description
 *   %%
 *   number=+49..., id=..., and variables, one a line
 *   %%
 *   the text
 *
 * Every request is made twice: once of the order, and once of one in which all that a user, a phone or a provider may have chosen is
 * other letters. Both must have the same shape and go to the same host (E5). */
#include <ctype.h>
#include <jansson.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "claim.h"
#include "input.h"
#include "property.h"
#include "sender/provider.h"
#include "sender/recital.h"
#include "sender/request.h"
#include "sender/signer.h"
#include "sender/token.h"

/* In the corpus' secrets, and in nothing else: it must not come back in a fault (G1). */
#define MARK "ZQXJ7"

static void copy(char *out, size_t cap, const char *s)
{
	snprintf(out, cap, "%s", s);
}

static bool add_line(struct order *o, char *line)
{
	struct secret s;
	struct fault f = FAULT_INIT;
	char *value = strchr(line, '=');
	if (!value)
		return *line == '\0';
	*value++ = '\0';
	if (!strcmp(line, "number"))
		copy(o->number, sizeof o->number, value);
	else if (!strcmp(line, "id"))
		copy(o->message_id, sizeof o->message_id, value);
	else
		return secret_set(&s, value, strlen(value)) == 0 &&
		       order_add_variable(o, line, &s, &f) == 0;
	return true;
}

static bool read_order(struct input *in, struct order *o)
{
	static const char *const actions[] = { "send", "voice", "poll", "check" };
	*o = (struct order){ .time_ms = 1000, .description = "x" };
	for (size_t i = 0; i < 4; i++)
		if (!strcmp(in->part[0], actions[i]))
			o->action = (enum order_action)(ORDER_ACTION_SEND + i);
	copy(o->text, sizeof o->text, in->part[3]);
	for (char *line = in->part[2]; line;) {
		char *end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		if (!add_line(o, line))
			return false;
		line = end;
	}
	return true;
}

/* Only what the treaty lets through reaches a sender. */
static bool comes_through(const struct order *o, struct order *got)
{
	int fds[2];
	struct fault f = FAULT_INIT;
	CLAIM(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
	bool sent = order_send(fds[0], o, clock_boot_ms() + 2000, &f) == 0;
	if (sent)
		CLAIM(order_receive(fds[1], got, clock_boot_ms() + 2000, &f) == 0);
	close(fds[0]);
	close(fds[1]);
	return sent;
}

/* Other letters and digits, and nothing that means anything anywhere; length, digits and alphabet stay. */
static void disguise(char *s)
{
	for (; *s; s++) {
		if (*s >= '0' && *s <= '9')
			*s = '7';
		else if ((unsigned char)*s > 0x20 && (unsigned char)*s < 0x7f && *s != '`')
			*s = 'x';
	}
}

static void disguise_order(const struct provider *p, struct order *o)
{
	if (o->number[0])
		disguise(o->number + 1);
	disguise(o->text);
	disguise(o->message_id);
	for (size_t i = 0; i < o->nvariables; i++)
		for (size_t k = 0; k < p->variables.n; k++)
			if (!strcmp(p->variables.at[k].name, o->variables[i].name) &&
				p->variables.at[k].kind <= VALUES_SENDER)
				disguise((char *)o->variables[i].value.bytes);
}

static size_t count(const char *s, char c)
{
	size_t n = 0;
	for (; *s; s++)
		n += *s == c;
	return n;
}

static bool same_shape(const json_t *a, const json_t *b)
{
	const char *key;
	json_t *v;
	size_t i;
	if (json_typeof(a) != json_typeof(b))
		return (json_is_boolean(a) && json_is_boolean(b));
	if (json_is_array(a)) {
		if (json_array_size(a) != json_array_size(b))
			return false;
		for (i = 0; i < json_array_size(a); i++)
			if (!same_shape(json_array_get(a, i), json_array_get(b, i)))
				return false;
	} else if (json_is_object(a)) {
		if (json_object_size(a) != json_object_size(b))
			return false;
		void *at = json_object_iter((json_t *)(uintptr_t)a);
		for (; at; at = json_object_iter_next((json_t *)(uintptr_t)a, at)) {
			key = json_object_iter_key(at);
			v = json_object_get(b, key);
			if (!v || !same_shape(json_object_iter_value(at), v))
				return false;
		}
	}
	return true;
}

static void claim_same_body(
	const struct block *b, const struct envelope *x, const struct envelope *y)
{
	const char *p = buffer_string(&x->body), *q = buffer_string(&y->body);
	CLAIM(x->has_body == y->has_body);
	if (b->form)
		CLAIM(count(p, '&') == count(q, '&') && count(p, '=') == count(q, '='));
	if (b->json) {
		json_t *a = json_loadb(p, x->body.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		json_t *c = json_loadb(q, y->body.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		CLAIM(a && c && same_shape(a, c));
		json_decref(a);
		json_decref(c);
	}
}

static void claim_same_url(const char *p, const char *q)
{
	static const char marks[] = "/?&=#";
	const char *a, *b;
	size_t la, lb;
	property_authority(p, &a, &la);
	property_authority(q, &b, &lb);
	CLAIM(la == lb && !memcmp(a, b, la));
	for (size_t i = 0; marks[i]; i++)
		CLAIM(count(p, marks[i]) == count(q, marks[i]));
	CLAIM(!strstr(p, "/../") && !strstr(p, "/./"));
}

static void claim_same_headers(const struct envelope *x, const struct envelope *y)
{
	CLAIM(x->nheaders == y->nheaders && x->basic == y->basic && !strcmp(x->method, y->method));
	for (size_t i = 0; i < x->nheaders; i++) {
		size_t len = strcspn(buffer_string(&x->headers[i]), ":;");
		CLAIM(!strncmp(buffer_string(&x->headers[i]), buffer_string(&y->headers[i]), len));
	}
	CLAIM((x->sigv4.len > 0) == (y->sigv4.len > 0));
}

static void compare(const struct provider *p, const struct order *o, const struct envelope *x)
{
	static struct order other;
	struct envelope y;
	struct fault f = FAULT_INIT;
	other = *o;
	disguise_order(p, &other);
	if (request_make(p, &other, &y, &f) < 0)
		return;
	claim_same_url(buffer_string(&x->url), buffer_string(&y.url));
	claim_same_headers(x, &y);
	claim_same_body(provider_block(p, o->action), x, &y);
	envelope_wipe(&y);
}

/* What is said of who asks, when all the rest is there. */
static void prove(struct envelope *e)
{
	struct envelope ask;
	struct fault f = FAULT_INIT;
	if (e->grant.url.len > 0) {
		if (token_request(&e->grant, &ask, &f) == 0)
			property_envelope(&ask);
		envelope_wipe(&ask);
	}
	if (signer_sign(e, 1700000000, &f) == 0) {
		property_envelope(e);
	} else {
		property_fault(&f);
		CLAIM(!strstr(f.text, MARK));
	}
}

static void make(const struct provider *p, const struct order *o, const char *description)
{
	struct envelope e;
	struct fault f = FAULT_INIT;
	if (request_make(p, o, &e, &f) < 0) {
		property_fault(&f);
		CLAIM(!strstr(f.text, MARK) || strstr(description, MARK));
		return;
	}
	fuzz_taken++;
	CLAIM(request_check(p, o, &f) == 0);
	property_envelope(&e);
	compare(p, o, &e);
	prove(&e);
	envelope_wipe(&e);
}

/* The lines of a recital of one kind, or of all; a blank line of a mail ends its headers. */
static const char *next_line(const char *at, const char *key)
{
	size_t len = strlen(key);
	for (; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
		if (!strncmp(at, key, len) && at[len] == '=')
			return at + len + 1;
	return NULL;
}

/* The same lines, or as many lines, of one key. */
static void claim_same_lines(const char *p, const char *q, const char *key, bool same)
{
	p = next_line(p, key);
	q = next_line(q, key);
	while (p && q) {
		size_t len = strcspn(p, "\n");
		if (same)
			CLAIM(len == strcspn(q, "\n") && !memcmp(p, q, len));
		/* a mail's header has the same name in both; its text is base64 */
		if (!strcmp(key, "message"))
			CLAIM(strcspn(p, ":\r\n") == strcspn(q, ":\r\n"));
		p = next_line(p, key);
		q = next_line(q, key);
	}
	CLAIM(!p && !q);
}

/* E5, E8: what a user or a phone chose is no program, no server and no argument more, and the text is in no argument at all. */
static void claim_same_recital(const struct provider *p, const struct order *o, const char *x)
{
	static struct order other;
	struct buffer y = { 0 };
	struct fault f = FAULT_INIT;
	other = *o;
	disguise(other.text);
	if (recital_write(p, &other, &y, &f) == 0)
		claim_same_lines(x, buffer_string(&y), "argument", true);
	buffer_wipe(&y);
	disguise_order(p, &other);
	if (recital_write(p, &other, &y, &f) == 0) {
		static const char *const fixed[] = { "call", "program", "server", "file" };
		for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
			claim_same_lines(x, buffer_string(&y), fixed[i], true);
		claim_same_lines(x, buffer_string(&y), "argument", false);
		claim_same_lines(x, buffer_string(&y), "message", false);
	}
	buffer_wipe(&y);
}

static void recite(const struct provider *p, const struct order *o, const char *description)
{
	struct buffer x = { 0 };
	struct fault f = FAULT_INIT;
	if (o->action == ORDER_ACTION_SEND) {
		if (recital_write(p, o, &x, &f) == 0) {
			fuzz_taken++;
			claim_same_recital(p, o, buffer_string(&x));
		} else {
			property_fault(&f);
			CLAIM(!strstr(f.text, MARK) || strstr(description, MARK));
		}
	}
	buffer_wipe(&x);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct order o, got;
	struct input in;
	struct provider p;
	struct fault f = FAULT_INIT;
	const char *text;
	if (input_split(&in, bytes, len, 4) && read_order(&in, &o) && comes_through(&o, &got) &&
		(text = input_description(in.part[1])) &&
		provider_parse(text, "x", "x", &p, &f) == 0) {
		if (p.kind == PROVIDER_HTTP)
			make(&p, &got, text);
		else
			recite(&p, &got, text);
		provider_close(&p);
	}
	input_free(&in);
	return 0;
}

/* --- orders made for a shipped description ---------------------------------------------------- */

/* The first that fits, from the one with number how on, whatever kinds there are. */
static const char *value_of(const struct variables_one *one, unsigned how)
{
	static const char *const all[] = { MARK "-secret", "a/b c&d=e?f#g@h", "\"}<x>\xc3\xbc\\",
		"A: b\"&<c>", "eu-1", "sms.example:8443", "https://a.example/x/y/",
		"https://a.example", "/usr/bin/true", "/var/spool", "a@b.example" };
	for (size_t i = how; i < sizeof all / sizeof *all; i++)
		if (!values_expected(one->kind, all[i]))
			return all[i];
	return "x";
}

size_t fuzz_seed(const char *name, const char *text, unsigned i, char *out, size_t cap)
{
	static const char *const actions[] = { "send", "voice", "poll", "check" };
	static const char *const bodies[] = { "493027 is your code",
		"\xd0\x9a\xd0\xbe\xd0\xb4 12345678\n&x=y\"}", "{text} %00 <a>..</a> 4711" };
	struct provider p;
	struct fault f = FAULT_INIT;
	if (i >= 12 || provider_parse(text, "x", "x", &p, &f) < 0)
		return 0;
	unsigned action = i % 4, how = i / 4;
	size_t len = (size_t)snprintf(out, cap, "%s\n%%%%\n@%s\n%%%%\n", actions[action], name);
	if (action < 2)
		len += (size_t)snprintf(out + len, cap - len, "number=+4917012345678\n");
	if (action == 2)
		len += (size_t)snprintf(
			out + len, cap - len, "id=%s\n", how ? "../a?b=c&d" : "AB-12");
	for (size_t k = 0; k < p.variables.n; k++)
		if (p.variables.at[k].required || how != 1)
			len += (size_t)snprintf(out + len, cap - len, "%s=%s\n",
				p.variables.at[k].name, value_of(&p.variables.at[k], how));
	len += (size_t)snprintf(out + len, cap - len, "%%%%\n%s", action < 2 ? bodies[how] : "");
	provider_close(&p);
	return len;
}
