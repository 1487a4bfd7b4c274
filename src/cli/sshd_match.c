#include "cli/sshd_match.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { LINE_MAX_LEN = 1200, WORD_MAX = 120 };

/* One line into buf, without the end; NULL after the last. */
static const char *next_line(const char *at, char *buf, size_t cap)
{
	size_t len = strcspn(at, "\n");

	if (*at == 0)
		return NULL;
	snprintf(buf, cap, "%.*s", (int)(len < cap ? len : cap - 1), at);
	buf[strcspn(buf, "\r")] = 0;
	return at + len + (at[len] != 0 ? 1 : 0);
}

/* The next word at *at; "" after the last. "user=bob" is two. */
static void next_word(char **at, char word[WORD_MAX])
{
	char *from = *at + strspn(*at, " \t=");
	bool quoted = *from == '"';
	size_t len = quoted ? strcspn(from + 1, "\"") : strcspn(from, " \t=");

	from += quoted ? 1 : 0;
	snprintf(word, WORD_MAX, "%.*s", (int)(len < WORD_MAX ? len : WORD_MAX - 1), from);
	*at = from + len + (quoted && from[len] == '"' ? 1 : 0);
}

/* --- somebody who fits --- */

/* "b*" is true of "bx". */
static bool fit_pattern(const char *pattern, char out[WORD_MAX])
{
	snprintf(out, WORD_MAX, "%s", pattern);
	for (char *c = out; *c != 0; c++)
		if (*c == '*' || *c == '?')
			*c = 'x';
	return true;
}

/* The first address of a network is in it. */
static bool fit_address(const char *pattern, char out[WORD_MAX])
{
	snprintf(out, WORD_MAX, "%.*s", (int)strcspn(pattern, "/"), pattern);
	return strcmp(pattern, "*") != 0 ? strpbrk(out, "*?") == NULL
					 : snprintf(out, WORD_MAX, "192.0.2.1") > 0;
}

static const struct {
	const char *word, *key;
	bool (*fit)(const char *pattern, char out[WORD_MAX]);
} criteria[] = {
	{ "user", "user", fit_pattern },
	{ "host", "host", fit_pattern },
	{ "rdomain", "rdomain", fit_pattern },
	{ "address", "addr", fit_address },
	{ "localaddress", "laddr", fit_address },
	{ "localport", "lport", fit_address },
};

/* The first of "a,!b,c*" of whom somebody can be made. */
static bool fit_list(char *list, bool (*fit)(const char *, char[WORD_MAX]), char out[WORD_MAX])
{
	const char *one;

	while ((one = strsep(&list, ",")) != NULL)
		if (*one != 0 && *one != '!' && fit(one, out))
			return true;
	return false;
}

static bool fit_group(char *list, sshd_match_member member, char out[WORD_MAX])
{
	const char *one;

	while ((one = strsep(&list, ",")) != NULL)
		if (*one != 0 && *one != '!' && strpbrk(one, "*?") == NULL &&
			member(one, out, WORD_MAX))
			return true;
	return false;
}

static bool add_criterion(
	const char *word, char *list, sshd_match_member member, struct text_line *line)
{
	const char *gap = line->len > 0 ? "," : "";
	char value[WORD_MAX];

	if (strcasecmp(word, "group") == 0) {
		if (!fit_group(list, member, value))
			return false;
		text_add(line, "%suser=%s", gap, value);
		return !line->cut;
	}
	for (size_t i = 0; i < sizeof(criteria) / sizeof(criteria[0]); i++) {
		if (strcasecmp(word, criteria[i].word) != 0)
			continue;
		if (!fit_list(list, criteria[i].fit, value) || strpbrk(value, ", =") != NULL)
			return false;
		text_add(line, "%s%s=%s", gap, criteria[i].key, value);
		return !line->cut;
	}
	return false;
}

/* "user bob address 10.0.0.0/8": all must be true of one connection. */
static bool read_match(char *at, sshd_match_member member, char spec[SSHD_MATCH_SPEC])
{
	char word[WORD_MAX], list[WORD_MAX];
	struct text_line line;

	text_begin(&line, spec, SSHD_MATCH_SPEC);
	for (;;) {
		next_word(&at, word);
		if (word[0] == 0 || word[0] == '#')
			return line.len > 0;
		next_word(&at, list);
		/* a user and a group: somebody would have to be found who is both */
		if (list[0] == 0 || (strcasecmp(word, "group") == 0 && strstr(spec, "user=")) ||
			!add_criterion(word, list, member, &line))
			return false;
	}
}

static char *match_of(char *line)
{
	char *at = line + strspn(line, " \t");

	if (strncasecmp(at, "match", 5) != 0 || strspn(at + 5, " \t=") == 0)
		return NULL;
	at += 5 + strspn(at + 5, " \t=");
	/* what holds for all is asked for anyhow */
	return strncasecmp(at, "all", 3) == 0 && strspn(at + 3, " \t") == strlen(at + 3) ? NULL
											 : at;
}

bool sshd_match_nth(const char *text, unsigned n, sshd_match_member member,
	char spec[SSHD_MATCH_SPEC], unsigned *left)
{
	char line[LINE_MAX_LEN];

	*left = 0;
	while ((text = next_line(text, line, sizeof(line))) != NULL) {
		char *at = match_of(line);

		if (at == NULL)
			continue;
		if (!read_match(at, member, spec))
			++*left;
		else if (n-- == 0)
			return true;
	}
	return false;
}

/* spec has KEY= as one of its own. */
static bool names(const char *spec, const char *key)
{
	const char *at = spec;

	while ((at = strstr(at, key)) != NULL && at != spec && at[-1] != ',')
		at++;
	return at != NULL;
}

void sshd_match_complete(const char *spec, char out[SSHD_MATCH_SPEC])
{
	static const struct {
		const char *key, *value;
	} others[] = { { "user=", "sms-otp-nobody" }, { "host=", "host.invalid" },
		{ "addr=", "192.0.2.1" } };
	struct text_line line;

	text_begin(&line, out, SSHD_MATCH_SPEC);
	text_add(&line, "%s", spec);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!names(spec, others[i].key))
			text_add(&line, "%s%s%s", line.len > 0 ? "," : "", others[i].key,
				others[i].value);
}
