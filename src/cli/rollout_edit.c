#include "cli/rollout_edit.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "cli/pam_line.h"

/* A line of type auth in the text. */
struct spot {
	const char *begin, *end; /* end: behind its newline, if it has one */
	enum pam_line_kind kind;
	bool plain;          /* its control is one word: include, required ... */
	const char *control; /* where that stands, and how long it is */
	size_t control_len;
};

static const char *line_at(const char *text, int number)
{
	for (int n = 1; n < number && *text != 0; n++) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return text;
}

/* The second word of the line, as it stands in the text. */
static void find_control(struct spot *s)
{
	const char *at = s->begin + strspn(s->begin, " \t");

	at += strcspn(at, " \t\n");
	at += strspn(at, " \t");
	s->control = at;
	s->control_len = strcspn(at, " \t\n\\");
}

static bool of_auth(const struct pam_line *l)
{
	/* Debian's @include brings lines of every type */
	return l->kind != PAM_LINE_FAILS &&
	       (l->type == PAM_LINE_AUTH ||
		       (l->type == PAM_LINE_ANY && l->kind == PAM_LINE_INCLUDE));
}

/* The wanted line of type auth: 1, 0 where there are fewer, -1. */
static int find(const char *text, unsigned wanted, struct spot *out, struct fault *f)
{
	const char *at = text;
	struct pam_line line;
	unsigned n = 0;
	int number = 0, rc;

	while ((rc = pam_line_next(&at, &number, PAM_LINE_ANY, &line)) == 1) {
		if (!of_auth(&line) || n++ != wanted)
			continue;
		out->begin = line_at(text, line.number);
		out->end = at;
		out->kind = line.kind;
		out->plain = !line.bracketed && line.type == PAM_LINE_AUTH;
		find_control(out);
		return 1;
	}
	if (rc == 0)
		return 0;
	return fault_set(f, FAULT_BAD, 0,
		"line %d is without an end, or too long: libpam refuses the whole file", number);
}

static bool control_is(const struct spot *s, const char *word)
{
	return s->plain && strlen(word) == s->control_len &&
	       strncasecmp(s->control, word, s->control_len) == 0;
}

/* The word that stands in place of the control; NULL: this way is none here; "": as it is. */
static const char *control_for(enum rollout_edit_way way, const struct spot *s)
{
	if (way == ROLLOUT_EDIT_SUBSTACK)
		return s->kind == PAM_LINE_INCLUDE && control_is(s, "include") ? "substack" : NULL;
	if (way == ROLLOUT_EDIT_REQUISITE)
		return s->kind == PAM_LINE_MODULE && control_is(s, "required") ? "requisite" : NULL;
	return "";
}

static int make(const char *text, const struct spot *s, const char *control, struct text_line *out,
	struct fault *f)
{
	const char *from = control[0] != 0 ? s->control + s->control_len : s->begin;
	const char *to = control[0] != 0 ? s->control : s->begin;

	text_add(out, "%.*s%s%.*s%s", (int)(to - text), text, control, (int)(s->end - from), from,
		s->end > text && s->end[-1] == '\n' ? "" : "\n");
	text_add(out, "# a code by SMS behind the password: pam_sms_otp(8)\n%s%s",
		ROLLOUT_EDIT_LINE, s->end);
	if (out->cut)
		return fault_set(f, FAULT_BAD, 0, "the file is too large");
	return 1;
}

int rollout_edit_next(
	struct rollout_edit *e, const char *text, char *out, size_t cap, struct fault *f)
{
	while (e->way < ROLLOUT_EDIT_WAYS) {
		struct text_line line;
		const char *control;
		struct spot s;
		int rc = find(text, e->behind, &s, f);

		if (rc < 0)
			return -1;
		if (rc == 0) {
			e->way++;
			e->behind = 0;
			continue;
		}
		control = control_for(e->way, &s);
		e->behind++;
		text_begin(&line, out, cap);
		if (control != NULL)
			return make(text, &s, control, &line, f);
	}
	return 0;
}
