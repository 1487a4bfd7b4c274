#include "cli/notification.h"

#include "base/text.h"
#include "cli/courier.h"
#include "cli/speech.h"
#include "core/language.h"

/* As in the codes' message (G4): the text stays within one segment. */
enum { USER_SHOWN = 16, HOST_SHOWN = 20, TEXT_MAX = 256 };

/* Translators: one SMS of 160 GSM-7 characters has to hold each, with a user of 16 and a host of
 * 20 characters; before the user stands the word that cli/mailbox looks for. */
static void say(enum notification which, const char *user, const char *host, struct text_line *line)
{
	switch (which) {
	case NOTIFICATION_REPLACED:
		text_add(line,
			language_text(
				"The phone for login codes of user %s on %s was changed from this "
				"number to another. Not you? "
				"Tell the administrator."),
			user, host);
		break;
	case NOTIFICATION_OTHER_REPLACED:
		text_add(line,
			language_text(
				"The first phone for login codes of user %s on %s was changed. "
				"Not you? Tell the administrator."),
			user, host);
		break;
	case NOTIFICATION_ADDED:
		text_add(line,
			language_text("A further phone for login codes of user %s on %s was added. "
				      "Not you? Tell the administrator."),
			user, host);
		break;
	case NOTIFICATION_REMOVED:
		text_add(line,
			language_text("This number gets no more login codes of user %s on %s. "
				      "Not you? Tell the administrator."),
			user, host);
		break;
	case NOTIFICATION_NOT_FIRST:
		text_add(line,
			language_text(
				"Another number comes before this one for login codes of user "
				"%s on %s now. Not you? Tell the administrator."),
			user, host);
		break;
	}
}

static void speak(const struct house *h, enum language own)
{
	struct fault f = FAULT_INIT;

	if (language_speak(language_choose(own, LANGUAGE_NONE, h->settings.language), &f) != 0)
		speech_warn("the message is in English: %s", f.text);
}

void notification_send(const struct house *h, const struct directory_entry *entry,
	const struct phone *to, enum notification which)
{
	char name[USER_SHOWN + 1], host[HOST_SHOWN + 1], text[TEXT_MAX];
	struct text_line line;
	enum delivery_end end;

	text_name(name, sizeof(name), entry->name, USER_SHOWN);
	text_name(host, sizeof(host), h->host, HOST_SHOWN);
	speak(h, entry->language);
	text_begin(&line, text, sizeof(text));
	say(which, name, host, &line);
	end = courier_send(h, to, "a notice", text);
	if (end != DELIVERY_TAKEN && end != DELIVERY_MAYBE)
		speech_warn("the %snumber could not be told of the change",
			which == NOTIFICATION_REPLACED ? "old " : "");
}
