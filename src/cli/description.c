#include "cli/description.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* The bytes of the character at s, 0 when it is not UTF-8 or moves a cursor: C0, DEL and C1, the
 * separators of lines, and what turns the direction of writing. */
static size_t printable(const unsigned char *s)
{
	static const unsigned char lowest[] = { 0, 0, 0x80, 0xa0, 0x90 };
	size_t len = s[0] < 0x80   ? 1
		     : s[0] < 0xc2 ? 0
		     : s[0] < 0xe0 ? 2
		     : s[0] < 0xf0 ? 3
		     : s[0] < 0xf5 ? 4
				   : 0;

	if (len <= 1)
		return len == 1 && s[0] >= 0x20 && s[0] != 0x7f ? 1 : 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if (len > 2 && s[0] == (len == 3 ? 0xe0 : 0xf0) && s[1] < lowest[len])
		return 0;
	if ((s[0] == 0xed && s[1] >= 0xa0) || (s[0] == 0xf4 && s[1] >= 0x90))
		return 0;
	if (s[0] == 0xc2 && s[1] < 0xa0)
		return 0;
	if (s[0] == 0xe2 && s[1] == 0x80 && (s[2] >= 0xa8 && s[2] <= 0xae))
		return 0;
	if (s[0] == 0xe2 && s[1] == 0x81 && (s[2] >= 0xa6 && s[2] <= 0xa9))
		return 0;
	return len;
}

void description_clean(char *text)
{
	while (*text != 0) {
		size_t len = printable((const unsigned char *)text);

		if (len == 0)
			*text++ = '?';
		else
			text += len;
	}
}

#define AT(member) offsetof(struct description, member)
#define OF(member) offsetof(struct description_variable, member)

static const struct {
	const char *key;
	size_t at;
} texts[] = {
	{ "name", AT(name) },
	{ "file", AT(file) },
	{ "kind", AT(kind) },
	{ "vendor", AT(vendor) },
	{ "doc", AT(doc) },
	{ "confidence", AT(confidence) },
	{ "uncertain", AT(uncertain) },
	{ "weak", AT(weak) },
	{ "notes", AT(notes) },
	{ "fault", AT(fault) },
};

/* Of the variable that was named last. */
static const struct {
	const char *key;
	size_t at;
} variable_texts[] = {
	{ "variable.kind", OF(kind) },
	{ "variable.fallback", OF(fallback) },
	{ "variable.doc", OF(doc) },
	{ "variable.must", OF(must) },
};

static const struct {
	const char *word, *shown;
	unsigned bit;
} calls[] = {
	{ "send", "sms", DESCRIPTION_SEND },
	{ "voice", "voice", DESCRIPTION_VOICE },
	{ "poll", "reports", DESCRIPTION_POLL },
	{ "check", "check", DESCRIPTION_CHECK },
};

/* The next word of a list separated by blanks; NULL after the last. */
static char *next_word(char **at)
{
	char *word = *at;
	size_t len = strcspn(word, " ");

	if (len == 0)
		return NULL;
	*at += len + (word[len] == ' ' ? 1 : 0);
	word[len] = 0;
	return word;
}

static int read_calls(struct description *d, char *value)
{
	const char *word;

	while ((word = next_word(&value)) != NULL) {
		size_t i = 0;

		while (i < sizeof(calls) / sizeof(calls[0]) && strcmp(calls[i].word, word) != 0)
			i++;
		if (i == sizeof(calls) / sizeof(calls[0]))
			return -1;
		d->calls |= calls[i].bit;
	}
	return 0;
}

static int read_set(struct description *d, char *value)
{
	const char *word;
	uint32_t set = 0;

	if (d->nsets == DESCRIPTION_SETS_MAX)
		return -1;
	while ((word = next_word(&value)) != NULL) {
		size_t i = 0;

		while (i < d->nvariables && strcmp(d->variables[i].name, word) != 0)
			i++;
		if (i == d->nvariables)
			return -1;
		set |= UINT32_C(1) << i;
	}
	d->sets[d->nsets++] = set;
	return 0;
}

static int begin_variable(struct description *d, const char *name)
{
	if (d->nvariables == DESCRIPTION_VARIABLES_MAX || name[0] == 0)
		return -1;
	d->variables[d->nvariables++] = (struct description_variable){
		.name = name, .kind = "", .fallback = "", .doc = "", .must = ""
	};
	return 0;
}

static int read_truth(const char *value, bool *out)
{
	*out = strcmp(value, "yes") == 0;
	return *out || strcmp(value, "no") == 0 ? 0 : -1;
}

static int read_of_variable(struct description *d, const char *key, const char *value)
{
	struct description_variable *v;

	if (d->nvariables == 0)
		return -1;
	v = &d->variables[d->nvariables - 1];
	if (strcmp(key, "variable.required") == 0)
		return read_truth(value, &v->required);
	if (strcmp(key, "variable.secret") == 0)
		return read_truth(value, &v->secret);
	for (size_t i = 0; i < sizeof(variable_texts) / sizeof(variable_texts[0]); i++) {
		if (strcmp(variable_texts[i].key, key) != 0)
			continue;
		*(const char **)(void *)((char *)v + variable_texts[i].at) = value;
		v->has_fallback |= variable_texts[i].at == OF(fallback);
		return 0;
	}
	return -1;
}

static int read_line(struct description *d, const char *key, char *value)
{
	if (strcmp(key, "calls") == 0)
		return read_calls(d, value);
	if (strcmp(key, "variable") == 0)
		return begin_variable(d, value);
	if (strcmp(key, "one_of") == 0)
		return read_set(d, value);
	if (text_starts(key, "variable."))
		return read_of_variable(d, key, value);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(texts[i].key, key) != 0)
			continue;
		*(const char **)(void *)((char *)d + texts[i].at) = value;
		return 0;
	}
	return -1;
}

static int broken(struct description *d, struct fault *f)
{
	description_close(d);
	return fault_set(f, FAULT_PEER, 0,
		"the sender's answer is not understood; are both programs of one version?");
}

int description_read(struct consult_answer *answer, struct description *d, struct fault *f)
{
	char *line, *end;

	memset(d, 0, sizeof(*d));
	d->answer = *answer;
	memset(answer, 0, sizeof(*answer));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*(const char **)(void *)((char *)d + texts[i].at) = "";
	for (line = d->answer.text; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		char *value;

		*end = 0;
		description_clean(line);
		value = strchr(line, '=');
		if (value == NULL)
			return broken(d, f);
		*value++ = 0;
		if (strcmp(line, "end") == 0)
			return end[1] == 0 ? 0 : broken(d, f);
		if (read_line(d, line, value) != 0)
			return broken(d, f);
	}
	return broken(d, f);
}

int description_ask(
	const struct consult *c, const char *name, struct description *d, struct fault *f)
{
	const char *const argv[] = { "sms-otp-send", "--describe", name, NULL };
	const struct consult_question q = { argv, -1, clock_boot_ms() + CONSULT_MS };
	struct consult_answer answer;

	if (consult_run(c, &q, &answer, f) != 0 || description_read(&answer, d, f) != 0)
		return fault_prefix(f, "%s", name);
	return 0;
}

void description_close(struct description *d)
{
	consult_free(&d->answer);
	memset(d, 0, sizeof(*d));
}

const char *description_calls(const struct description *d, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if ((d->calls & calls[i].bit) != 0)
			text_add(&line, "%s%s", line.len > 0 ? " " : "", calls[i].shown);
	return out;
}
