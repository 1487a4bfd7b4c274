#include "cli/pam_line.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* Not yet said, in brackets; larger than any jump that is taken. */
enum { UNSAID = 1000000, JUMP_MAX = 99999 };

static const char *const returns[PAM_LINE_RETURNS] = { "success", "open_err", "symbol_err",
	"service_err", "system_err", "buf_err", "perm_denied", "auth_err", "cred_insufficient",
	"authinfo_unavail", "user_unknown", "maxtries", "new_authtok_reqd", "acct_expired",
	"session_err", "cred_unavail", "cred_expired", "cred_err", "no_module_data", "conv_err",
	"authtok_err", "authtok_recover_err", "authtok_lock_busy", "authtok_disable_aging",
	"try_again", "ignore", "abort", "authtok_expired", "module_unknown", "bad_item",
	"conv_again", "incomplete" };

static const struct {
	const char *name;
	int action;
} actions[] = {
	{ "ignore", PAM_LINE_PASS },
	{ "ok", PAM_LINE_OK },
	{ "done", PAM_LINE_DONE },
	{ "bad", PAM_LINE_BAD },
	{ "die", PAM_LINE_DIE },
	{ "reset", PAM_LINE_RESET },
};

static const char *const types[] = {
	[PAM_LINE_ANY] = "any",
	[PAM_LINE_AUTH] = "auth",
	[PAM_LINE_ACCOUNT] = "account",
	[PAM_LINE_SESSION] = "session",
	[PAM_LINE_PASSWORD] = "password",
};

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static bool space(char c)
{
	return blank(c) || c == '\r' || c == '\v' || c == '\f';
}

/* One line of the file, without what '#' begins and without blanks at both ends. */
static size_t trim(const char **at, const char **next, bool *commented)
{
	const char *from = *at, *end = from + strcspn(from, "\n");
	const char *hash;

	*next = *end != 0 ? end + 1 : end;
	while (from < end && blank(*from))
		from++;
	hash = memchr(from, '#', (size_t)(end - from));
	*commented = hash != NULL;
	if (hash != NULL)
		end = hash;
	while (end > from && space(end[-1]))
		end--;
	*at = from;
	return (size_t)(end - from);
}

/* A backslash at the end goes on in the next line that is neither blank nor a comment. 1, 0 or -1
 * as pam_line_next. */
static int assemble(const char **at, int *number, struct pam_line *out)
{
	size_t len = 0;
	bool open = false;

	while (**at != 0) {
		const char *from = *at, *next;
		bool commented;
		size_t n = trim(&from, &next, &commented);
		bool on = n > 0 && from[n - 1] == '\\' && !commented;

		*at = next;
		++*number;
		if (n == 0)
			continue;
		if (len == 0)
			out->number = *number;
		if (len + n + 1 >= sizeof(out->text))
			return -1;
		memcpy(out->text + len, from, n);
		len += n;
		out->text[len] = 0;
		if (!on)
			return 1;
		out->text[len - 1] = ' ';
		open = true;
	}
	return open ? -1 : 0;
}

/* The next word of *rest, in place. In brackets it may have blanks; "\]" is a bracket in it. */
static char *word(char **rest, bool *bracketed)
{
	char *from = *rest, *to, *end;

	while (blank(*from))
		from++;
	*bracketed = *from == '[';
	if (*from == 0)
		return NULL;
	if (*from != '[') {
		for (end = from; *end != 0 && !blank(*end);)
			end++;
		*rest = *end != 0 ? end + 1 : end;
		*end = 0;
		return from;
	}
	for (to = end = ++from; *end != 0 && *end != ']'; to++, end++) {
		if (end[0] == '\\' && end[1] == ']')
			end++;
		*to = *end;
	}
	*rest = *end != 0 ? end + 1 : end;
	*to = 0;
	return from;
}

static const char *skip(const char *s)
{
	while (space(*s))
		s++;
	return s;
}

/* libpam compares beginnings: what follows must fit again. */
static const char *read_return(const char *s, int *value)
{
	for (int i = 0; i < PAM_LINE_RETURNS; i++) {
		*value = i;
		if (text_starts(s, returns[i]))
			return s + strlen(returns[i]);
	}
	*value = PAM_LINE_RETURNS;
	return text_starts(s, "default") ? s + strlen("default") : NULL;
}

static const char *read_action(const char *s, int *action)
{
	int jump = 0;

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		*action = actions[i].action;
		if (text_starts(s, actions[i].name))
			return s + strlen(actions[i].name);
	}
	for (; *s >= '0' && *s <= '9'; s++)
		jump = jump < JUMP_MAX / 10 ? jump * 10 + (*s - '0') : JUMP_MAX;
	*action = jump;
	return jump > 0 ? s : NULL;
}

static void fill(struct pam_line *out, int from, int to)
{
	for (int i = 0; i < PAM_LINE_RETURNS; i++)
		if (out->action[i] == from)
			out->action[i] = to;
}

static void set_all(struct pam_line *out, int action)
{
	for (int i = 0; i < PAM_LINE_RETURNS; i++)
		out->action[i] = action;
}

static const char *read_brackets(struct pam_line *out, const char *s)
{
	set_all(out, UNSAID);
	for (s = skip(s); *s != 0; s = skip(s)) {
		int value, action;

		s = read_return(s, &value);
		if (s == NULL)
			return "brackets with a return value that there is none of (all of it "
			       "counts as bad)";
		s = skip(s);
		if (*s != '=')
			return "brackets with a return value without = (all of it counts as bad)";
		s = read_action(skip(s + 1), &action);
		if (s == NULL)
			return "brackets with an action that there is none of (all of it counts "
			       "as bad)";
		if (value < PAM_LINE_RETURNS)
			out->action[value] = action;
		else
			fill(out, UNSAID, action);
	}
	fill(out, UNSAID, PAM_LINE_BAD);
	return NULL;
}

static void set_word(struct pam_line *out, int success, int otherwise)
{
	set_all(out, otherwise);
	out->action[PAM_LINE_SUCCESS] = success;
	out->action[PAM_LINE_NEW_AUTHTOK_REQD] = success;
	out->action[PAM_LINE_IGNORE] = PAM_LINE_PASS;
}

/* The brackets are gone from control; a word is looked at as if it stood in some, as libpam does.
 */
static const char *read_control(struct pam_line *out)
{
	const char *wrong;

	if (strcasecmp(out->control, "required") == 0)
		set_word(out, PAM_LINE_OK, PAM_LINE_BAD);
	else if (strcasecmp(out->control, "requisite") == 0)
		set_word(out, PAM_LINE_OK, PAM_LINE_DIE);
	else if (strcasecmp(out->control, "optional") == 0)
		set_word(out, PAM_LINE_OK, PAM_LINE_PASS);
	else if (strcasecmp(out->control, "sufficient") == 0)
		set_word(out, PAM_LINE_DONE, PAM_LINE_PASS);
	else if (strcasecmp(out->control, "include") == 0)
		out->kind = PAM_LINE_INCLUDE;
	else if (strcasecmp(out->control, "substack") == 0)
		out->kind = PAM_LINE_SUBSTACK;
	else {
		wrong = read_brackets(out, out->control);
		if (wrong != NULL)
			set_all(out, PAM_LINE_BAD);
		if (wrong != NULL && !out->bracketed)
			return "a control that there is none of (it counts as bad)";
		return wrong;
	}
	return NULL;
}

static const char *read_type(struct pam_line *out, const char *name, enum pam_line_type wanted)
{
	if (name[0] == '-') {
		out->quiet = true;
		name++;
	}
	for (int i = PAM_LINE_AUTH; i <= PAM_LINE_PASSWORD; i++)
		if (strcasecmp(name, types[i]) == 0) {
			out->type = (enum pam_line_type)i;
			return NULL;
		}
	out->type = wanted != PAM_LINE_ANY ? wanted : PAM_LINE_AUTH;
	return "a type that there is none of (it always fails)";
}

static int fails(struct pam_line *out, const char *why)
{
	out->kind = PAM_LINE_FAILS;
	out->wrong = why;
	return 1;
}

static void read_arguments(struct pam_line *out, char *rest)
{
	bool bracketed;
	const char *next;

	while ((next = word(&rest, &bracketed)) != NULL) {
		if (out->argc == PAM_LINE_ARGUMENTS) {
			out->wrong = "more arguments than are looked at";
			return;
		}
		out->argv[out->argc++] = next;
	}
}

static int read_at_include(struct pam_line *out, char *rest, enum pam_line_type wanted)
{
	bool bracketed;
	const char *name = word(&rest, &bracketed);

	out->kind = PAM_LINE_INCLUDE;
	out->type = wanted;
	out->control = "@include";
	out->module = name != NULL ? name : "";
	return 1;
}

static int read_line(struct pam_line *out, enum pam_line_type wanted)
{
	char *rest = out->text;
	bool bracketed;
	const char *wrong, *next = word(&rest, &bracketed);

	/* an empty pair of brackets is a word too */
	if (next == NULL)
		next = "";
	if (strcasecmp(next, "@include") == 0)
		return read_at_include(out, rest, wanted);
	wrong = read_type(out, next, wanted);
	next = word(&rest, &out->bracketed);
	if (next == NULL) {
		set_all(out, PAM_LINE_BAD);
		return fails(out, "no control (it always fails)");
	}
	out->control = next;
	out->wrong = read_control(out);
	next = word(&rest, &bracketed);
	if (next == NULL && out->kind == PAM_LINE_MODULE)
		return fails(out, "no module (it always fails)");
	out->module = next != NULL ? next : "";
	read_arguments(out, rest);
	if (wrong == NULL || out->kind != PAM_LINE_MODULE)
		return 1;
	return fails(out, wrong);
}

int pam_line_next(const char **at, int *number, enum pam_line_type wanted, struct pam_line *out)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->kind = PAM_LINE_MODULE;
	out->control = out->module = "";
	rc = assemble(at, number, out);
	return rc == 1 ? read_line(out, wanted) : rc;
}

const char *pam_line_type_name(enum pam_line_type type)
{
	return types[type];
}

const char *pam_line_return_name(unsigned value)
{
	return value < PAM_LINE_RETURNS ? returns[value] : "?";
}

const char *pam_line_argument(const struct pam_line *line, const char *word)
{
	size_t len = strlen(word);
	bool valued = word[len - 1] == '=';

	for (size_t i = 0; i < line->argc; i++)
		if (valued ? text_starts(line->argv[i], word) : strcmp(line->argv[i], word) == 0)
			return line->argv[i] + len;
	return NULL;
}
