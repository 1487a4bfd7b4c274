/* A description, as a text of any kind, and its first use: every call of it made into a request, and an empty answer judged. */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "claim.h"
#include "input.h"
#include "property.h"
#include "sender/answer.h"
#include "sender/provider.h"
#include "sender/recital.h"
#include "sender/request.h"

#define PATH "/p/x.conf"

static bool parsing;

/* libconfig would open what a description includes, by fopen and not, as this program would, by fopen64. Who else does so here, as
 * libFuzzer does, gets the file. */
FILE *open_file(const char *path, const char *mode) __asm__("fopen")
	__attribute__((visibility("default")));

FILE *open_file(const char *path, const char *mode)
{
	int flags =
		*mode == 'r' ? O_RDONLY : O_WRONLY | O_CREAT | (*mode == 'a' ? O_APPEND : O_TRUNC);
	if (parsing) {
		fprintf(stderr, "a description opened %s\n", path);
		abort();
	}
	int fd = open(path, flags | O_CLOEXEC, 0600);
	return fd < 0 ? NULL : fdopen(fd, mode);
}

/* The first that fits, whatever kinds there are. */
static const char *value_of(enum values_kind kind)
{
	static const char *const all[] = { "12-\xc3\xbc<&\"", "eu-1", "sms.example:8443",
		"https://127.0.0.1:4443/base", "/usr/bin/true", "/var/spool", "a@b.example" };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!values_expected(kind, all[i]))
			return all[i];
	return "x";
}

static void fill(const struct provider *p, struct order *o, bool all)
{
	struct fault f = FAULT_INIT;
	for (size_t i = 0; i < p->variables.n; i++) {
		const struct variables_one *one = &p->variables.at[i];
		struct secret s;
		const char *value = value_of(one->kind);
		if (!all && !one->required)
			continue;
		CLAIM(secret_set(&s, value, strlen(value)) == 0);
		CLAIM(order_add_variable(o, one->name, &s, &f) == 0);
	}
}

static void recite(const struct provider *p, const struct order *o)
{
	struct buffer out = { 0 };
	struct fault f = FAULT_INIT;
	if (recital_write(p, o, &out, &f) < 0)
		property_fault(&f);
	buffer_wipe(&out);
}

static void use(const struct provider *p, enum order_action action, bool all)
{
	struct order o = { .action = action,
		.time_ms = 1000,
		.description = "x",
		.number = "+4917012345678",
		.text = "493027 is your code\n\xd0\x96",
		.message_id = "AB/../12" };
	struct envelope e;
	struct http_answer a = { .fate = HTTP_ANSWERED, .status = 200 };
	struct receipt r = { 0 };
	struct fault f = FAULT_INIT;
	const struct block *b = provider_block(p, action);
	fill(p, &o, all);
	if (p->kind != PROVIDER_HTTP && action == ORDER_ACTION_SEND)
		recite(p, &o);
	if (b->action == ORDER_ACTION_NONE)
		return;
	CLAIM(b->action == action && p->kind == PROVIDER_HTTP);
	if (request_make(p, &o, &e, &f) == 0) {
		property_envelope(&e);
		envelope_wipe(&e);
	} else {
		property_fault(&f);
	}
	answer_judge(b, &a, o.number, &r);
	property_receipt(&r, o.number);
}

static void claim_fault(const struct fault *f)
{
	property_fault(f);
	CLAIM(f->class == FAULT_BAD || f->class == FAULT_MEMORY);
	/* the place, but for what has none */
	CLAIM(!strncmp(f->text, PATH ":", strlen(PATH ":")));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct provider p;
	struct fault f = FAULT_INIT;
	if (len > TREE_FILE_MAX || memchr(bytes, 0, len))
		return 0;
	char *text = malloc(len + 1);
	CLAIM(text != NULL);
	memcpy(text, bytes, len);
	text[len] = '\0';
	parsing = true;
	int rc = provider_parse(text, PATH, "x", &p, &f);
	parsing = false;
	if (rc == 0) {
		fuzz_taken++;
		CLAIM(p.kind != PROVIDER_NONE && p.vendor != NULL &&
			p.variables.n <= ORDER_VARIABLES_MAX);
		for (int action = ORDER_ACTION_SEND; action <= ORDER_ACTION_CHECK; action++) {
			use(&p, (enum order_action)action, false);
			use(&p, (enum order_action)action, true);
		}
		provider_close(&p);
	} else {
		claim_fault(&f);
	}
	free(text);
	return 0;
}

/* The shipped descriptions themselves. */
size_t fuzz_seed(const char *name, const char *text, unsigned i, char *out, size_t cap)
{
	size_t len = strlen(text);
	(void)name;
	if (i > 0 || len > cap)
		return 0;
	memcpy(out, text, len);
	return len;
}
