#include "core/message_enrol.h"

#include "core/day.h"

enum { PREFIXES_SHOWN = 8 };

/* " +49, +43 or +1" */
static void prefixes(const struct settings *s, struct text_line *line)
{
	size_t n = s->nprefixes < PREFIXES_SHOWN ? s->nprefixes : PREFIXES_SHOWN;

	for (size_t i = 0; i < n; i++)
		text_add(line, "%s%s", i == 0 ? " " : i + 1 == n ? " or " : ", ", s->prefixes[i]);
	if (n < s->nprefixes)
		text_add(line, " and others");
}

void message_enrol_question(
	const struct settings *s, enum message_enrol_why why, struct text_line *line)
{
	switch (why) {
	case MESSAGE_ENROL_FIRST:
		text_add(
			line, "This login needs a code by SMS, and no phone is recorded for you. ");
		break;
	case MESSAGE_ENROL_NO_NUMBER:
		text_add(line, "That was no phone number. ");
		break;
	case MESSAGE_ENROL_NO_COUNTRY:
		text_add(line, "That number does not say its country. ");
		break;
	case MESSAGE_ENROL_PREFIX:
		text_add(line, "Here a number begins with");
		prefixes(s, line);
		text_add(line, ". ");
		break;
	case MESSAGE_ENROL_PREMIUM:
		text_add(line, "That is a premium number, which gets no codes. ");
		break;
	case MESSAGE_ENROL_UNSERVED:
		text_add(line, "No provider here serves that number. ");
		break;
	}
	text_add(line,
		"Your number, like %s 151 23456789: ", s->nprefixes > 0 ? s->prefixes[0] : "+49");
}

void message_enrol_reminder(int32_t until, char out[MESSAGE_ENROL_MAX])
{
	struct text_line line;
	char day[DAY_MAX];

	text_begin(&line, out, MESSAGE_ENROL_MAX);
	text_add(&line,
		"From %s on this login will ask for a code by SMS. "
		"Ask your administrator to record your phone number.",
		day_text(until + 1, day));
}
