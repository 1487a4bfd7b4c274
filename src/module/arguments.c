#include "module/arguments.h"

#include <string.h>

#include "base/text.h"
#include "wire/talk.h"

/* Known from other modules, or planned: what a person who wrote it needs to read. With a `=` at the
 * end a value follows. */
static const struct {
	const char *name;
	const char *hint;
} hints[] = {
	{ "nullok", "see `unenrolled` in sms-otp.conf" },
	{ "decoy=", "write decoy or decoy=refused" },
	{ "language=", "write lang=de" },
	{ "retry=", "see `code.tries` in sms-otp.conf" },
	{ "tries=", "see `code.tries` in sms-otp.conf" },
	{ "max_tries=", "see `code.tries` in sms-otp.conf" },
	{ "digits=", "see `code.digits` in sms-otp.conf" },
	{ "lifetime=", "see `code.lifetime` in sms-otp.conf" },
	{ "timeout=", "see `code.lifetime` in sms-otp.conf" },
	{ "resends=", "see `code.resends` in sms-otp.conf" },
	{ "deny=", "see `lockout.failures` in sms-otp.conf" },
	{ "fail_interval=", "see `lockout.window` in sms-otp.conf" },
	{ "unlock_time=", "see `lockout.lock` in sms-otp.conf" },
	{ "message=", "see `message` in sms-otp.conf" },
	{ "services=", "see `services` in sms-otp.conf, or only= here" },
	{ "service=", "see `services` in sms-otp.conf, or only= here" },
	{ "config=", "write conf=PATH" },
	{ "conffile=", "write conf=PATH" },
	{ "url=", "see `providers` in sms-otp.conf" },
	{ "key=", "see `providers` in sms-otp.conf" },
	{ "api_key=", "see `providers` in sms-otp.conf" },
	{ "from=", "see `providers` in sms-otp.conf" },
	{ "echo", "the code is shown as it is typed; no_echo hides it" },
};

static const char *const without_effect[] = { "try_first_pass", "use_first_pass", "silent",
	"nodelay" };

/* One more bad argument, without its value. */
static void complain(struct text_line *line, const char *arg, const char *why)
{
	char name[40];
	size_t len = strcspn(arg, "=");

	if (arg[len] == '=')
		len++;
	if (len >= sizeof name)
		len = sizeof name - 1;
	memcpy(name, arg, len);
	name[len] = '\0';
	char shown[sizeof name];
	text_log(shown, sizeof shown, name);
	text_add(line, "%s%s (%s)", line->len > 0 ? ", " : "", shown, why);
}

static const char *hint_for(const char *arg)
{
	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
		size_t len = strlen(hints[i].name);
		bool valued = hints[i].name[len - 1] == '=';
		if (valued ? text_starts(arg, hints[i].name) : strcmp(arg, hints[i].name) == 0)
			return hints[i].hint;
	}
	return "unknown";
}

/* D1: sshd takes a prompt of that form for its own. */
static bool password_prompt(const char *s)
{
	return strcmp(s, "Password:") == 0 || strcmp(s, "Password: ") == 0;
}

static const char *judge_prompt(const char *value)
{
	if (strlen(value) > TALK_PROMPT_MAX)
		return "at most 512 bytes";
	if (password_prompt(value))
		return "some hosts would answer it with the password";
	for (const char *c = value; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return "no control characters";
	}
	return NULL;
}

static const char *judge_conf(const char *value)
{
	return value[0] == '/' ? NULL : "must be an absolute path";
}

static const char *judge_language(const char *value)
{
	static const char *const names[] = { TALK_LANGUAGES };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(value, names[i]) == 0)
			return NULL;
	return "a language is one of en, de, fr, es, pt";
}

static const char *judge_only(const char *value)
{
	for (const char *c = value; *c; c++) {
		bool edge = c == value || c[1] == '\0';
		if (*c == '/' || (*c == ',' && (edge || c[1] == ',')))
			return "services with a comma between, as in only=sshd,sudo";
	}
	return NULL;
}

/* NAME=VALUE into its place; what is wrong with it, or NULL. */
static const char *take_value(
	const char **place, const char *value, const char *(*judge)(const char *))
{
	if (*place)
		return "given twice";
	if (!*value)
		return "has no value";
	*place = value;
	return judge(value);
}

static bool take_idle(struct text_line *idle, const char *arg)
{
	for (size_t i = 0; i < sizeof without_effect / sizeof without_effect[0]; i++) {
		if (strcmp(arg, without_effect[i]) == 0) {
			text_add(idle, "%s%s", idle->len > 0 ? " " : "", arg);
			return true;
		}
	}
	return false;
}

/* What is wrong with one argument, or NULL. */
static const char *take(struct arguments *out, struct text_line *idle, const char *arg)
{
	if (text_starts(arg, "conf="))
		return take_value(&out->conf, arg + strlen("conf="), judge_conf);
	if (text_starts(arg, "prompt="))
		return take_value(&out->prompt, arg + strlen("prompt="), judge_prompt);
	if (text_starts(arg, "lang="))
		return take_value(&out->language, arg + strlen("lang="), judge_language);
	if (text_starts(arg, "only="))
		return take_value(&out->only, arg + strlen("only="), judge_only);
	if (strcmp(arg, "debug") == 0) {
		out->debug = true;
		return NULL;
	}
	if (strcmp(arg, "no_echo") == 0) {
		out->no_echo = true;
		return NULL;
	}
	if (strcmp(arg, "forward_pass") == 0) {
		out->forward_pass = true;
		return NULL;
	}
	if (strcmp(arg, "two_step") == 0) {
		out->two_step = true;
		return NULL;
	}
	if (strcmp(arg, "decoy") == 0) {
		out->decoy = true;
		return NULL;
	}
	if (strcmp(arg, "decoy=refused") == 0) {
		out->conceal = true;
		return NULL;
	}
	return take_idle(idle, arg) ? NULL : hint_for(arg);
}

/* What is good by itself and means nothing here. */
static void judge_together(const struct arguments *out, struct text_line *complaint)
{
	static const char never_asks[] = "a line with two_step alone asks nothing";

	if (!out->two_step || out->forward_pass)
		return;
	if (out->prompt)
		complain(complaint, "prompt=", never_asks);
	if (out->no_echo)
		complain(complaint, "no_echo", never_asks);
}

/* What cannot stand together, with decoy: a line that lets nobody through has no other's service to
 * leave alone, and one field has nothing to be asked (D15). */
static void judge_decoy(const struct arguments *a, struct text_line *complaint)
{
	if (a->decoy && a->conceal)
		complain(complaint, "decoy", "two lines: one with decoy, one with decoy=refused");
	if (a->decoy && a->only)
		complain(complaint, "only=", "not with decoy");
	if ((a->decoy || a->conceal) && a->forward_pass)
		complain(complaint, "forward_pass", "not with decoy");
	if ((a->decoy || a->conceal) && a->two_step)
		complain(complaint, "two_step", "not with decoy");
}

int arguments_read(int argc, const char *const *argv, struct arguments *out)
{
	struct text_line complaint, idle;

	memset(out, 0, sizeof *out);
	text_begin(&complaint, out->complaint, sizeof out->complaint);
	text_begin(&idle, out->idle, sizeof out->idle);
	for (int i = 0; i < argc; i++) {
		const char *why = take(out, &idle, argv[i]);
		if (why)
			complain(&complaint, argv[i], why);
	}
	judge_together(out, &complaint);
	judge_decoy(out, &complaint);
	return out->complaint[0] ? -1 : 0;
}

bool arguments_concern(const struct arguments *args, const char *service)
{
	size_t len = strlen(service);

	if (!args->only)
		return true;
	for (const char *at = args->only; *at;) {
		size_t word = strcspn(at, ",");
		if (word == len && memcmp(at, service, len) == 0)
			return true;
		at += word;
		if (*at == ',')
			at++;
	}
	return false;
}
