#include "core/message_enrol.h"

#include <string.h>

#include "core/day.h"
#include "core/language.h"

enum { PREFIXES_SHOWN = 8, PREFIXES_TEXT = 192 };

/* "+49, +43 or +1" */
static void prefixes(const struct settings *s, char out[PREFIXES_TEXT])
{
	size_t n = s->nprefixes < PREFIXES_SHOWN ? s->nprefixes : PREFIXES_SHOWN;
	char before[PREFIXES_TEXT];
	struct text_line line;

	memset(out, 0, PREFIXES_TEXT);
	/* cppcheck-suppress knownConditionTrueFalse ; n is what there are, or all shown */
	for (size_t i = 0; i < n; i++) {
		memcpy(before, out, sizeof before);
		text_begin(&line, out, PREFIXES_TEXT);
		if (i == 0)
			text_add(&line, "%s", s->prefixes[i]);
		/* cppcheck-suppress knownConditionTrueFalse ; as above */
		else if (i + 1 < n)
			text_add(&line, language_text("%s, %s"), before, s->prefixes[i]);
		else
			/* Translators: "+49, +43 or +1" */
			text_add(&line, language_text("%s or %s"), before, s->prefixes[i]);
	}
}

static void bad_prefix(const struct settings *s, struct text_line *line)
{
	char words[PREFIXES_TEXT];

	prefixes(s, words);
	/* Translators: %s is "+49, +43 or +1" */
	if (s->nprefixes > PREFIXES_SHOWN)
		text_add(line, language_text("Here a number begins with %s and others. "), words);
	else
		text_add(line, language_text("Here a number begins with %s. "), words);
}

static void say_why(const struct settings *s, enum message_enrol_why why, struct text_line *line)
{
	switch (why) {
	case MESSAGE_ENROL_FIRST:
		text_add(line, "%s",
			language_text("This login needs a code by SMS, and no phone is recorded "
				      "for you. "));
		break;
	case MESSAGE_ENROL_NO_NUMBER:
		text_add(line, "%s", language_text("That was no phone number. "));
		break;
	case MESSAGE_ENROL_NO_COUNTRY:
		text_add(line, "%s", language_text("That number does not say its country. "));
		break;
	case MESSAGE_ENROL_PREFIX:
		bad_prefix(s, line);
		break;
	case MESSAGE_ENROL_PREMIUM:
		text_add(line, "%s",
			language_text("That is a premium number, which gets no codes. "));
		break;
	case MESSAGE_ENROL_UNSERVED:
		text_add(line, "%s", language_text("No provider here serves that number. "));
		break;
	}
}

void message_enrol_question(
	const struct settings *s, enum message_enrol_why why, struct text_line *line)
{
	say_why(s, why, line);
	/* Translators: %s is the prefix of a country, like +49 */
	text_add(line, language_text("Your number, like %s 151 23456789: "),
		s->nprefixes > 0 ? s->prefixes[0] : "+49");
}

void message_enrol_reminder(int32_t until, char out[MESSAGE_ENROL_MAX])
{
	struct text_line line;
	char day[DAY_MAX];

	text_begin(&line, out, MESSAGE_ENROL_MAX);
	/* Translators: %s is a day as in 2027-02-01 */
	text_add(&line,
		language_text("From %s on this login will ask for a code by SMS. "
			      "Ask your administrator to record your phone number."),
		day_text(until + 1, day));
}
