#include "core/message_refusal.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

enum { WHEN_MAX = 32 };

/* "14:32", or "2026-11-24 14:32" when that is more than a day away; rounded up, so that it is
 * not too early. */
static bool show_time(int64_t until_wall_s, int64_t now_wall_s, char *out, size_t cap)
{
	struct tm tm;
	time_t at = (time_t)((until_wall_s + 59) / 60 * 60);

	out[0] = '\0';
	if (until_wall_s <= 0 || !localtime_r(&at, &tm))
		return false;
	bool near = until_wall_s - now_wall_s < 86400;
	return strftime(out, cap, near ? "%H:%M" : "%Y-%m-%d %H:%M", &tm) > 0;
}

/* D9's reasons that a person is told; the others say nothing: a wrong code was told at the
 * prompt, and who is unknown or not enrolled learns nothing (D15). */
static const char *refusal_words(enum talk_reason reason)
{
	static const char *const words[TALK_REASON_COUNT] = {
		[TALK_REASON_VOID] =
			"That code has been used or replaced. Log in again for a new one.",
		[TALK_REASON_LOCKED] = "Locked {until} after wrong codes.",
		[TALK_REASON_BUDGET] = "No more SMS {until}.",
		[TALK_REASON_CROWDED] = "Four logins are waiting for a code already. "
					"Finish one or wait a minute.",
		[TALK_REASON_BLOCKED] = "Blocked. Ask the administrator to unblock you.",
		[TALK_REASON_OUTAGE] = "No SMS sent: no provider answered.",
		[TALK_REASON_NUMBER] =
			"No SMS sent: your number is refused. Ask the administrator.",
		[TALK_REASON_SETTINGS] = "Codes are out of order here. Ask the administrator.",
		[TALK_REASON_ARGUMENTS] = "Codes are out of order here. Ask the administrator.",
		[TALK_REASON_STATE] = "Codes are out of order here. Ask the administrator.",
		[TALK_REASON_SYSTEM] = "Codes are out of order here. Ask the administrator.",
		[TALK_REASON_UNLISTED] =
			"This service is not set up for codes. Ask the administrator.",
		[TALK_REASON_ENGINE] = "Codes are out of reach just now. Try again in a minute.",
		[TALK_REASON_NO_OFFLINE] =
			"This service takes a recovery or app code only, and you "
			"have neither. Ask the administrator.",
	};

	if ((unsigned)reason >= TALK_REASON_COUNT || !words[reason])
		return "";
	return words[reason];
}

void message_refusal_until(int64_t until_wall_s, int64_t now_wall_s, char *out, size_t cap)
{
	char when[WHEN_MAX];
	struct text_line line;

	text_begin(&line, out, cap);
	if (show_time(until_wall_s, now_wall_s, when, sizeof when))
		text_add(&line, "until %s", when);
	else
		text_add(&line, "for now");
}

void message_refusal(
	enum talk_reason reason, int64_t until_wall_s, int64_t now_wall_s, char *out, size_t cap)
{
	static const char slot[] = "{until}";
	struct text_line line;
	char when[WHEN_MAX];
	const char *words = refusal_words(reason);
	const char *at = strstr(words, slot);

	text_begin(&line, out, cap);
	if (at) {
		message_refusal_until(until_wall_s, now_wall_s, when, sizeof when);
		text_add(&line, "%.*s%s", (int)(at - words), words, when);
		words = at + sizeof slot - 1;
	}
	text_add(&line, "%s", words);
}
