#include "sender/mail.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "unit.h"

#define VARIABLES                                                                                  \
	"variables = { server = { kind = \"host\"; }; tls = { fallback = \"starttls\"; };"         \
	" user = { }; password = { }; from = { kind = \"address\"; }; domain = { kind = "          \
	"\"host\"; }; };\n"
#define REST "from = \"{from}\"; to = \"{number}@{domain}\"; text = \"{text}\";"
#define WHOLE                                                                                      \
	"mail = { server = \"{server}\"; tls = \"{tls}\"; user = \"{user}\"; password = "          \
	"\"{password}\";"                                                                          \
	" number = \"digits\"; " REST " };"

static struct tree tree;
static struct variables variables;

static int parse(const char *text, struct mail *m, struct fault *f)
{
	char whole[2048];
	snprintf(whole, sizeof whole, VARIABLES "\n%s", text);
	ck_assert_msg(tree_parse(whole, "/p/x.conf", &tree, f) == 0, "%s", f->text);
	ck_assert_msg(variables_read(tree.nodes, &variables, f) == 0, "%s", f->text);
	return mail_read(tree_find(tree.nodes, "mail"), &variables, m, f);
}

static const struct {
	const char *text, *word; /* NULL: fine */
} cases[] = {
	{ WHOLE, NULL },
	{ "mail = { server = \"mx.example:2525\"; tls = \"implicit\"; " REST " };", NULL },
	{ "mail = { server = \"[::1]:25\"; tls = \"none\"; subject = \"{code}\"; " REST " };",
		NULL },
	{ "mail = 5;", "`mail` is a group" },
	{ "mail = { tls = \"starttls\"; " REST " };", "wants `server`" },
	{ "mail = { server = \"{server}\"; " REST " };", "wants `tls`" },
	{ "mail = { server = \"{server}\"; tls = \"starttls\"; from = \"{from}\"; text = \"x\"; };",
		"wants `to`" },
	{ "mail = { server = \"{server}\"; tls = \"starttls\"; from = \"{from}\"; to = \"x\"; };",
		"wants `text`" },
	{ "mail = { server = \"{server}\"; tls = \"starttls\"; to = \"x\"; text = \"x\"; };",
		"wants `from`" },
	{ "mail = { server = \"{server}\"; tls = \"tls\"; " REST " };", "tls is" },
	{ "mail = { server = \"{server}\"; tls = 1; " REST " };", "`tls` is a text" },
	{ "mail = { server = \"{server}\"; tls = \"none\"; port = \"25\"; " REST " };",
		"no `port`" },
	/* only a host chooses where the mail goes to */
	{ "mail = { server = \"{from}\"; tls = \"starttls\"; " REST " };", "server is a host" },
	{ "mail = { server = \"{user}\"; tls = \"starttls\"; " REST " };", "server is a host" },
	{ "mail = { server = \"mx.{domain}\"; tls = \"starttls\"; " REST " };",
		"server is a host" },
	{ "mail = { server = \"{server|domain}\"; tls = \"starttls\"; " REST " };",
		"server is a host" },
	{ "mail = { server = \"mx.example/x\"; tls = \"starttls\"; " REST " };",
		"server is a host" },
	/* nor does what a message says */
	{ "mail = { server = \"{text}\"; tls = \"starttls\"; " REST " };", "no variable `text`" },
	{ "mail = { server = \"{server}\"; tls = \"starttls\"; user = \"{number}\"; password = "
	  "\"x\"; " REST " };",
		"no variable `number`" },
	{ "mail = { server = \"{server}\"; tls = \"starttls\"; from = \"{from}\"; to = \"{text}\"; "
	  "text = \"x\"; };",
		"no variable `text`" },
	{ "mail = { server = \"{server}\"; tls = \"starttls\"; user = \"u\"; " REST " };",
		"go together" },
	{ "mail = { server = \"{server}\"; tls = \"starttls\"; number = \"e164\"; " REST " };",
		"a number is written" },
};

START_TEST(the_group_is_judged_with_its_line)
{
	struct mail m;
	struct fault f = FAULT_INIT;
	int rc = parse(cases[_i].text, &m, &f);
	ck_assert_msg((rc == 0) == (cases[_i].word == NULL), "%s: %s", cases[_i].text, f.text);
	if (rc < 0) {
		ck_assert_msg(
			strstr(f.text, cases[_i].word) != NULL, "%s: %s", cases[_i].text, f.text);
		ck_assert_msg(!strncmp(f.text, "/p/x.conf:3: ", 13), "%s", f.text);
	}
	tree_close(&tree);
}
END_TEST

static struct order order;

static void give(const char *name, const char *value)
{
	if (!value)
		return;
	struct order_variable *v = &order.variables[order.nvariables++];
	snprintf(v->name, sizeof v->name, "%s", name);
	ck_assert_int_eq(secret_set(&v->value, value, strlen(value)), 0);
}

/* Without a network: what is refused before there would be a connection, and that nobody answers. */
static const struct {
	enum order_action action;
	uint32_t loopback;
	const char *server, *tls, *user, *password, *from, *domain, *number;
	enum receipt_outcome outcome;
	const char *note;
} ways[] = {
	{ ORDER_ACTION_SEND, 1, "127.0.0.1:1", NULL, NULL, NULL, "a@b.example", "c.example",
		"+4917012345678", RECEIPT_TEMPORARY, "no connection to the mail server" },
	{ ORDER_ACTION_SEND, 1, "[::1]:1", "none", NULL, NULL, "a@b.example", "c.example",
		"+4917012345678", RECEIPT_TEMPORARY, "no connection to the mail server" },
	{ ORDER_ACTION_CHECK, 1, "localhost:1", "implicit", "u", "p", "a@b.example", "c.example",
		"", RECEIPT_TEMPORARY, "no connection to the mail server" },
	{ ORDER_ACTION_SEND, 0, "127.0.0.1:1", "none", NULL, NULL, "a@b.example", "c.example",
		"+4917012345678", RECEIPT_REQUEST, "x: mail without TLS" },
	{ ORDER_ACTION_SEND, 1, "192.0.2.1:1", "none", NULL, NULL, "a@b.example", "c.example",
		"+4917012345678", RECEIPT_REQUEST, "x: mail without TLS" },
	{ ORDER_ACTION_SEND, 1, "127.0.0.1.example.org", "none", NULL, NULL, "a@b.example",
		"c.example", "+4917012345678", RECEIPT_REQUEST, "x: mail without TLS" },
	{ ORDER_ACTION_SEND, 1, "127.0.0.1:1", "TLS", NULL, NULL, "a@b.example", "c.example",
		"+4917012345678", RECEIPT_REQUEST, "tls must be" },
	{ ORDER_ACTION_SEND, 1, "127.0.0.1:1", NULL, "u", NULL, "a@b.example", "c.example",
		"+4917012345678", RECEIPT_REQUEST, "go together" },
	{ ORDER_ACTION_SEND, 1, NULL, NULL, NULL, NULL, "a@b.example", "c.example",
		"+4917012345678", RECEIPT_REQUEST, "wants a server" },
	{ ORDER_ACTION_SEND, 1, "127.0.0.1:1", NULL, NULL, NULL, NULL, "c.example",
		"+4917012345678", RECEIPT_REQUEST, "`from`" },
	{ ORDER_ACTION_SEND, 1, "127.0.0.1:1", NULL, NULL, NULL, "a@b.example", "c.example:25",
		"+4917012345678", RECEIPT_REQUEST, "`to`" },
	{ ORDER_ACTION_SEND, 1, "127.0.0.1:1", NULL, NULL, NULL, "a@b.example", "c.example",
		"4917012345678", RECEIPT_REQUEST, "not E.164" },
	{ ORDER_ACTION_VOICE, 1, "127.0.0.1:1", NULL, NULL, NULL, "a@b.example", "c.example",
		"+4917012345678", RECEIPT_REQUEST, "no voice call" },
	{ ORDER_ACTION_POLL, 1, "127.0.0.1:1", NULL, NULL, NULL, "a@b.example", "c.example", "",
		RECEIPT_PENDING, "no poll call" },
};

START_TEST(e4_every_way_out_has_a_receipt)
{
	struct mail m;
	struct values known = { 0 };
	struct receipt r = { 0 };
	struct fault f = FAULT_INIT;
	memset(&order, 0, sizeof order);
	order.action = ways[_i].action;
	order.loopback_http = ways[_i].loopback;
	snprintf(order.description, sizeof order.description, "x");
	snprintf(order.number, sizeof order.number, "%s", ways[_i].number);
	snprintf(order.text, sizeof order.text, "493027");
	give("server", ways[_i].server);
	give("tls", ways[_i].tls);
	give("user", ways[_i].user);
	give("password", ways[_i].password);
	give("from", ways[_i].from);
	give("domain", ways[_i].domain);
	ck_assert_int_eq(parse(WHOLE, &m, &f), 0);
	ck_assert_int_eq(variables_bind(&variables, &order, &known, &f), 0);
	mail_deliver(&m, &order, &known, clock_boot_ms() + 2000, &r);
	ck_assert_msg(r.outcome == ways[_i].outcome, "%s", r.note);
	ck_assert_msg(strstr(r.note, ways[_i].note) != NULL, "%s", r.note);
	ck_assert_ptr_null(strstr(r.note, "493027"));
	ck_assert_ptr_null(strstr(r.note, "4917012345678"));
	tree_close(&tree);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("mail");
	TCase *t = tcase_create("mail");
	tcase_add_loop_test(t, the_group_is_judged_with_its_line, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(t, e4_every_way_out_has_a_receipt, 0, sizeof ways / sizeof *ways);
	suite_add_tcase(s, t);
	return s;
}
