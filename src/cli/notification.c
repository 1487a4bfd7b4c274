#include "cli/notification.h"

#include <stdio.h>

#include "base/text.h"
#include "cli/courier.h"
#include "cli/speech.h"

/* As in the codes' message (G4): the text stays within one segment. */
enum { USER_SHOWN = 16, HOST_SHOWN = 20 };

/* What it says before and behind "login codes of user USER on HOST". */
static const struct words {
	const char *before, *behind;
} words[] = {
	[NOTIFICATION_REPLACED] = { "The phone for ", " was changed from this number to another." },
	[NOTIFICATION_OTHER_REPLACED] = { "The first phone for ", " was changed." },
	[NOTIFICATION_ADDED] = { "A further phone for ", " was added." },
	[NOTIFICATION_REMOVED] = { "This number gets no more ", "." },
	[NOTIFICATION_NOT_FIRST] = { "Another number comes before this one for ", " now." },
};

void notification_send(
	const struct house *h, const char *user, const struct phone *to, enum notification which)
{
	char name[USER_SHOWN + 1], host[HOST_SHOWN + 1], text[161];
	enum delivery_end end;

	text_name(name, sizeof(name), user, USER_SHOWN);
	text_name(host, sizeof(host), h->host, HOST_SHOWN);
	snprintf(text, sizeof(text),
		"%slogin codes of user %s on %s%s Not you? Tell the administrator.",
		words[which].before, name, host, words[which].behind);
	end = courier_send(h, to, "a notice", text);
	if (end != DELIVERY_TAKEN && end != DELIVERY_MAYBE)
		speech_warn("the %snumber could not be told of the change",
			which == NOTIFICATION_REPLACED ? "old " : "");
}
