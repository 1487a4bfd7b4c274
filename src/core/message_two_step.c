#include "core/message_two_step.h"

#include "base/text.h"

static void sent(const struct message_prompt *p, struct text_line *line)
{
	char mask[8] = "";

	if (p->phone)
		phone_mask(p->phone, mask, sizeof mask);
	text_add(line, "Code sent%s%s", mask[0] ? " to " : "", mask);
	if (p->situation == MESSAGE_SENT_MAYBE)
		text_add(line, ", it may take a minute");
	if (p->ref && p->ref[0] != '\0')
		text_add(line, " (ref %s)", p->ref);
	text_add(line, ".");
}

static void again(bool alone, struct text_line *line)
{
	text_add(line, alone ? " Log in again with the code in place of the password."
			     : " Log in again with the code, or with password and code in one "
			       "field.");
}

void message_two_step(const struct message_prompt *p, bool alone, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	if (p->situation == MESSAGE_SENT || p->situation == MESSAGE_SENT_MAYBE) {
		sent(p, &line);
		again(alone, &line);
	} else if (p->situation == MESSAGE_STEP) {
		text_add(&line, "A code has been sent already.");
		again(alone, &line);
	} else if (p->situation == MESSAGE_WAIT) {
		text_add(&line, "Next SMS in %lld s. Log in again then.",
			p->wait_s > 0 ? (long long)p->wait_s : 1LL);
	} else if (p->situation == MESSAGE_EXPIRED) {
		text_add(&line,
			"That code has expired. Log in again with the password for a new one.");
	}
}
