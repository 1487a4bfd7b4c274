#include "core/notice.h"

#include <string.h>
#include <time.h>

#include "base/text.h"
#include "core/fatigue.h"
#include "core/language.h"

/* G4, as in core/sms */
enum { SERVICE_MAX = 12, HOST_MAX = 20, USER_MAX = 16, ADDRESS_MAX = 46, TIME_MAX = 16 };

/* The fields as they may stand in a text. */
struct shown {
	char service[SERVICE_MAX + 1], host[HOST_MAX + 1], user[USER_MAX + 1];
	char from[ADDRESS_MAX + 16], when[TIME_MAX];
};

const char *notice_name(enum notice n)
{
	switch (n) {
	case NOTICE_NEW_DEVICE:
		return "new-device";
	case NOTICE_FATIGUE:
		return "fatigue";
	case NOTICES:
	default:
		return "";
	}
}

static bool wanted(enum notice n, const struct settings *s)
{
	for (size_t i = 0; i < s->nnotify; i++)
		if (strcmp(s->notify[i], notice_name(n)) == 0)
			return true;
	return false;
}

bool notice_due(enum notice n, const struct settings *s, const struct verdict_outcome *o)
{
	if (!wanted(n, s))
		return false;
	if (n == NOTICE_FATIGUE)
		return o->pause;
	return n == NOTICE_NEW_DEVICE && o->verdict == VERDICT_ACCEPT &&
	       o->place == VERDICT_PLACE_NEW && o->new_device;
}

static void show(const struct notice_fields *f, struct shown *out)
{
	time_t at = (time_t)f->clock_s;
	char address[ADDRESS_MAX];
	struct text_line line;
	struct tm tm;

	memset(out, 0, sizeof *out);
	text_name(out->service, sizeof out->service, f->service, SERVICE_MAX);
	text_name(out->host, sizeof out->host, f->host, HOST_MAX);
	text_name(out->user, sizeof out->user, f->user, USER_MAX);
	if (f->from->family != FACTS_NO_ADDRESS) {
		facts_show_address(f->from, address, sizeof address);
		text_begin(&line, out->from, sizeof out->from);
		/* Translators: part of the next; %s is an address */
		text_add(&line, language_text(" from %s"), address);
	}
	/* without a time rather than with a wrong one */
	if (!localtime_r(&at, &tm) || strftime(out->when, sizeof out->when, ", %H:%M", &tm) == 0)
		out->when[0] = '\0';
}

void notice_text(enum notice n, const struct notice_fields *fields, char out[NOTICE_MAX + 1])
{
	struct text_line line;
	struct shown shown;

	show(fields, &shown);
	text_begin(&line, out, NOTICE_MAX + 1);
	/* Translators: one SMS of 160 GSM-7 characters has to hold it: host 20, service 12 and user
	 * 16 characters, then " from " an address of 39, then ", 14:32" */
	if (n == NOTICE_NEW_DEVICE)
		text_add(&line,
			language_text("New login to %s by %s as %s%s%s. Not you? Tell your "
				      "administrator."),
			shown.host, shown.service, shown.user, shown.from, shown.when);
	/* Translators: the same; user 16, host 20; codes, then hours, each of one digit */
	else if (n == NOTICE_FATIGUE)
		text_add(&line,
			language_text("%d codes for %s on %s were asked for and not used: none for "
				      "%d h from unknown places. Not you? Change your password."),
			FATIGUE_CODES, shown.user, shown.host, FATIGUE_PAUSE_S / 3600);
}
