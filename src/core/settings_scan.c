#include "core/settings_scan.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { DEPTH_MAX = 16, DIGITS_MAX = 9, SHOWN_MAX = 40 };

enum kind { END = 0, WORD, NUMBER, STRING, MARK, OPEN_STRING, OPEN_COMMENT };

struct token {
	enum kind kind;
	char mark; /* MARK: the character */
	int line;
	const char *at;
	size_t len;
};

/* A walk over the tokens. `open` are the brackets around `now`, which itself is not among them
 * yet. */
struct walk {
	const char *at;
	int line;
	struct token now, prev, before;
	size_t depth;
	struct token open[DEPTH_MAX];
	bool too_deep;
};

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool hex_letter(char c)
{
	return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Behind blanks and comments; false: a comment does not end. */
static bool skip(struct walk *w)
{
	for (;; w->at++) {
		if (*w->at == '#' || text_starts(w->at, "//"))
			w->at += strcspn(w->at, "\n");
		if (text_starts(w->at, "/*")) {
			const char *end = strstr(w->at + 2, "*/");
			if (!end)
				return false;
			for (; w->at < end + 1; w->at++)
				w->line += *w->at == '\n';
			continue;
		}
		if (*w->at == '\n')
			w->line++;
		else if (*w->at == '\0' || !strchr(" \t\r\f\v", *w->at))
			return true;
	}
}

static size_t number_length(const char *s)
{
	const char *at = s;

	if (text_starts(s, "0x") || text_starts(s, "0X")) {
		for (at += 2; digit(*at) || hex_letter(*at);)
			at++;
	} else {
		at += *at == '+' || *at == '-';
		while (digit(*at) || *at == '.')
			at++;
		bool exponent = (*at == 'e' || *at == 'E') &&
				(digit(at[1]) || ((at[1] == '+' || at[1] == '-') && digit(at[2])));
		if (exponent)
			for (at += 2; digit(*at);)
				at++;
	}
	while (*at == 'L')
		at++;
	return (size_t)(at - s);
}

static bool number_begins(const char *s)
{
	if (*s == '+' || *s == '-')
		s++;
	return digit(s[0]) || (s[0] == '.' && digit(s[1]));
}

static void take_string(struct walk *w)
{
	const char *at = w->at + 1;

	while (*at != '\0' && *at != '"') {
		if (*at == '\\' && at[1] != '\0')
			at++;
		w->line += *at == '\n';
		at++;
	}
	w->now.kind = *at == '"' ? STRING : OPEN_STRING;
	w->now.len = (size_t)(at - w->at) + (*at == '"' ? 1 : 0);
}

static void take_token(struct walk *w)
{
	struct token *now = &w->now;

	memset(now, 0, sizeof *now);
	bool ended = skip(w);
	now->line = w->line;
	now->at = w->at;
	if (!ended) {
		now->kind = OPEN_COMMENT;
		now->len = strlen(w->at);
	} else if (*w->at == '"') {
		take_string(w);
	} else if (number_begins(w->at)) {
		now->kind = NUMBER;
		now->len = number_length(w->at);
	} else if (letter(*w->at) || *w->at == '*') {
		now->kind = WORD;
		while (letter(w->at[now->len]) || digit(w->at[now->len]) ||
			(w->at[now->len] != '\0' && strchr("*_-", w->at[now->len])))
			now->len++;
	} else if (*w->at != '\0') {
		now->kind = MARK;
		now->mark = *w->at;
		now->len = 1;
	}
	w->at += now->len;
}

static bool is_mark(const struct token *t, const char *marks)
{
	return t->kind == MARK && strchr(marks, t->mark) != NULL;
}

/* On to the next token; false at the end, and at what ends the reading. */
static bool walk_on(struct walk *w)
{
	if (is_mark(&w->now, "{[(")) {
		if (w->depth == DEPTH_MAX)
			w->too_deep = true;
		else
			w->open[w->depth++] = w->now;
	} else if (is_mark(&w->now, "}])") && w->depth > 0) {
		w->depth--;
	}
	w->before = w->prev;
	w->prev = w->now;
	take_token(w);
	return (w->now.kind == WORD || w->now.kind == NUMBER || w->now.kind == STRING ||
		       w->now.kind == MARK) &&
	       !is_mark(&w->now, "@") && !w->too_deep;
}

static void walk_begin(struct walk *w, const char *text)
{
	memset(w, 0, sizeof *w);
	w->at = text;
	w->line = 1;
}

/* The walk stands inside [ ] or ( ). */
static bool in_list(const struct walk *w)
{
	return w->depth > 0 && is_mark(&w->open[w->depth - 1], "[(");
}

static int shown(const struct token *t)
{
	return t->len > SHOWN_MAX ? SHOWN_MAX : (int)t->len;
}

static void check_token(const struct walk *w, const char *file, struct settings_faults *faults)
{
	const struct token *now = &w->now;
	struct settings_shape_spot spot = { file, now->line };

	/* what stands there may be a key without its quotes: it is not repeated (G1) */
	if (now->kind == NUMBER) {
		size_t sign = *now->at == '+' || *now->at == '-';
		size_t digits = strspn(now->at + sign, "0123456789");
		if (text_starts(now->at, "0x") || text_starts(now->at, "0X"))
			settings_shape_fault(faults, spot, "write numbers in decimal");
		else if (digits > DIGITS_MAX)
			settings_shape_fault(faults, spot,
				"a number of more than %d digits: no setting takes it, and a "
				"string needs quotes",
				DIGITS_MAX);
	}
	if (now->kind == STRING && w->prev.kind == STRING && in_list(w))
		settings_shape_fault(faults, spot,
			"a comma is missing between %.*s and %.*s (libconfig would join them)",
			shown(&w->prev), w->prev.at, shown(now), now->at);
}

int settings_scan_check(
	const char *text, size_t len, const char *file, struct settings_faults *faults)
{
	struct walk w;

	walk_begin(&w, text);
	if (strlen(text) != len) {
		for (const char *at = text; *at != '\0'; at++)
			w.line += *at == '\n';
		settings_shape_fault(faults, (struct settings_shape_spot){ file, w.line },
			"a NUL byte; this is not a text file");
		return -1;
	}
	while (walk_on(&w))
		check_token(&w, file, faults);
	/* libconfig would follow the first, and take an open comment for the end of the file */
	const char *why = NULL;
	if (is_mark(&w.now, "@"))
		why = "@include is not taken: put everything into this one file";
	else if (w.now.kind == OPEN_STRING)
		why = "syntax error: the quote that begins here is not closed";
	else if (w.now.kind == OPEN_COMMENT)
		why = "syntax error: the comment that begins here is not closed";
	else if (w.too_deep)
		why = "brackets are nested deeper than any setting";
	if (!why)
		return 0;
	faults->n = 0; /* C2: the first of this kind, or else all others */
	settings_shape_fault(faults, (struct settings_shape_spot){ file, w.now.line }, "%s", why);
	return -1;
}

/* --- hints: what libconfig calls "syntax error" --- */

static bool value_begins(const struct walk *w)
{
	return is_mark(&w->prev, "=:") || (in_list(w) && is_mark(&w->prev, "[(,"));
}

static bool key_begins(const struct walk *w)
{
	return !in_list(w) && !value_begins(w) &&
	       (w->prev.kind == END || is_mark(&w->prev, ";,{}"));
}

static bool same_word(const struct token *t, const char *word)
{
	return t->len == strlen(word) && strncasecmp(t->at, word, t->len) == 0;
}

static bool hint_value(const struct walk *w, struct text_line *out)
{
	const struct token *now = &w->now;

	if (is_mark(&w->prev, "=:") && (now->kind == END || is_mark(now, ";,}"))) {
		text_add(out, "a value is missing after `%.*s`", shown(&w->before), w->before.at);
		return true;
	}
	if (now->kind != WORD || !value_begins(w) || same_word(now, "true") ||
		same_word(now, "false"))
		return false;
	if (same_word(now, "yes") || same_word(now, "on"))
		text_add(out, "write true instead of %.*s", shown(now), now->at);
	else if (same_word(now, "no") || same_word(now, "off"))
		text_add(out, "write false instead of %.*s", shown(now), now->at);
	else
		text_add(out, "a string needs quotes: \"...\"");
	return true;
}

/* `90s` and `46elks = ...`: libconfig reads a number and a word. */
static bool hint_number(const struct walk *w, struct text_line *out)
{
	const struct token *now = &w->now, *prev = &w->prev;

	if (now->kind != WORD || prev->kind != NUMBER || now->at != prev->at + prev->len)
		return false;
	if (is_mark(&w->before, "=:[(,") && (in_list(w) || !is_mark(&w->before, ",")))
		text_add(out, "a string needs quotes, and so does a time with its unit: \"90s\"");
	else
		text_add(out,
			"a key cannot begin with a digit: call the block otherwise and add use = "
			"\"%.*s%.*s\"",
			shown(prev), prev->at, shown(now), now->at);
	return true;
}

static bool plain(const struct token *t)
{
	return t->kind == WORD || t->kind == NUMBER;
}

/* Where a quote is missing or one too many, all behind it changes places: what looks like a key is
 * what stood in quotes, and may be a provider's. It is not repeated (G1). */
static bool hint_quote(const struct walk *w, struct text_line *out)
{
	const struct token *now = &w->now, *prev = &w->prev, *before = &w->before;
	bool sides = prev->kind == STRING ? plain(now) : plain(prev) && now->kind == STRING;
	bool touching = sides && now->at == prev->at + prev->len;
	bool behind = before->kind == STRING && plain(prev) && !in_list(w) && !is_mark(now, "=:");

	if (behind) /* on a line of its own it is the next key */
		behind = before->at + before->len + strcspn(before->at + before->len, "\n") >
			 prev->at;
	if (touching || behind)
		text_add(out, "a quote (\") is missing or one too many, here or above");
	return touching || behind;
}

static bool hint_key(const struct walk *w, struct text_line *out)
{
	const struct token *now = &w->now, *prev = &w->prev;
	bool prev_is_key = prev->kind == WORD && !in_list(w) && !is_mark(&w->before, "=:");
	char next = now->at[now->len + strspn(now->at + now->len, " \t")];

	/* as in JSON; what is not followed so may be no key */
	if (now->kind == STRING && key_begins(w) && (next == '=' || next == ':'))
		text_add(out, "a key stands without quotes: %.*s", shown(now), now->at);
	else if (now->kind == STRING && key_begins(w))
		text_add(out, "a key stands without quotes");
	else if (is_mark(now, ".") && prev_is_key)
		text_add(out, "no dots in a key: write %.*s = { ... };", shown(prev), prev->at);
	else if (prev_is_key && !is_mark(now, "=:"))
		text_add(out, "a = is missing after `%.*s`", shown(prev), prev->at);
	else if (is_mark(now, "'"))
		text_add(out, "use double quotes: \"");
	else
		return false;
	return true;
}

static bool hint_bracket(const struct walk *w, int error_line, struct text_line *out)
{
	static const char openers[] = "{[(", closers[] = "}])";
	const struct token *now = &w->now;

	if (!is_mark(now, closers))
		return false;
	if (w->depth == 0) {
		text_add(out, "a %c closes nothing", now->mark);
		return true;
	}
	const struct token *open = &w->open[w->depth - 1];
	if (strchr(closers, now->mark) - closers != strchr(openers, open->mark) - openers) {
		text_add(out, "a %c does not close the %c of line %d", now->mark, open->mark,
			open->line);
		return true;
	}
	/* libconfig 1.7 takes it: then something else is wrong, on another line */
	if (in_list(w) && is_mark(&w->prev, ",") && now->line == error_line) {
		text_add(out, "no comma after the last entry of a list");
		return true;
	}
	return false;
}

static bool hint_rest(const struct walk *w, struct text_line *out)
{
	if (w->now.kind == END && w->depth > 0)
		text_add(out, "the %c of line %d is not closed", w->open[w->depth - 1].mark,
			w->open[w->depth - 1].line);
	else if (w->now.kind == MARK && !is_mark(&w->now, "{}[]()=:;,"))
		text_add(out, "a stray %c", w->now.mark);
	else
		return false;
	return true;
}

int settings_scan_hint(const char *text, int line, char *out, size_t cap)
{
	struct text_line hint;
	struct walk w;
	bool more = true;

	text_begin(&hint, out, cap);
	if (text_starts(text, "\xef\xbb\xbf")) {
		text_add(&hint, "save the file without a byte order mark");
		return 1;
	}
	for (walk_begin(&w, text); more;) {
		more = walk_on(&w);
		if (w.now.line > line && w.now.kind != END)
			break;
		if (hint_quote(&w, &hint) || hint_number(&w, &hint) || hint_value(&w, &hint) ||
			hint_key(&w, &hint) || hint_bracket(&w, line, &hint) ||
			hint_rest(&w, &hint))
			return w.now.line;
	}
	return 0;
}
