#include "core/message_two_step.h"

#include "base/text.h"
#include "core/language.h"

static void again(bool alone, struct text_line *line)
{
	text_add(line, "%s",
		alone ? language_text("Log in again with the code in place of the password.")
		      : language_text("Log in again with the code, or with password and code in "
				      "one field."));
}

static void add(const struct message_prompt *p, bool alone, struct text_line *line)
{
	if (p->situation == MESSAGE_SENT || p->situation == MESSAGE_SENT_MAYBE) {
		message_sent(p, line);
		again(alone, line);
	} else if (p->situation == MESSAGE_STEP) {
		text_add(line, "%s", language_text("A code has been sent already. "));
		again(alone, line);
	} else if (p->situation == MESSAGE_WAIT) {
		text_add(line, language_text("Next SMS in %lld s. "),
			p->wait_s > 0 ? (long long)p->wait_s : 1LL);
		text_add(line, "%s", language_text("Log in again then."));
	} else if (p->situation == MESSAGE_EXPIRED) {
		text_add(line, "%s",
			language_text("That code has expired. Log in again with the password for "
				      "a new one."));
	}
}

void message_two_step(const struct message_prompt *p, bool alone, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	add(p, alone, &line);
}
