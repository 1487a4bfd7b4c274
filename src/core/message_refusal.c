#include "core/message_refusal.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "core/language.h"

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

void message_refusal_when(int64_t until_wall_s, int64_t now_wall_s, char *out, size_t cap)
{
	if (!show_time(until_wall_s, now_wall_s, out, cap))
		out[0] = '\0';
}

/* D9's reasons that a person is told; the others say nothing: a wrong code was told at the
 * prompt, and who is unknown or not enrolled learns nothing (D15). */
static const char *refusal_words(enum talk_reason reason)
{
	static const char out_of_order[] =
		LANGUAGE_MARK("Codes are out of order here. Ask the administrator.");
	static const char *const words[TALK_REASON_COUNT] = {
		[TALK_REASON_VOID] = LANGUAGE_MARK(
			"That code has been used or replaced. Log in again for a new one."),
		[TALK_REASON_LOCKED] = LANGUAGE_MARK("Locked for now after wrong codes."),
		[TALK_REASON_BUDGET] = LANGUAGE_MARK("No more SMS for now."),
		/* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): it is one text */
		[TALK_REASON_CROWDED] = LANGUAGE_MARK("Four logins are waiting for a code already. "
						      "Finish one or wait a minute."),
		[TALK_REASON_BLOCKED] =
			LANGUAGE_MARK("Blocked. Ask the administrator to unblock you."),
		[TALK_REASON_OUTAGE] = LANGUAGE_MARK("No SMS sent: no provider answered."),
		[TALK_REASON_NUMBER] = LANGUAGE_MARK(
			"No SMS sent: your number is refused. Ask the administrator."),
		[TALK_REASON_SETTINGS] = out_of_order,
		[TALK_REASON_ARGUMENTS] = out_of_order,
		[TALK_REASON_STATE] = out_of_order,
		[TALK_REASON_SYSTEM] = out_of_order,
		[TALK_REASON_UNLISTED] = LANGUAGE_MARK(
			"This service is not set up for codes. Ask the administrator."),
		[TALK_REASON_ENGINE] =
			LANGUAGE_MARK("Codes are out of reach just now. Try again in a minute."),
		[TALK_REASON_NO_OFFLINE] =
			LANGUAGE_MARK("This service takes a recovery or app code only, and you "
				      "have neither. Ask the administrator."),
	};

	if ((unsigned)reason >= TALK_REASON_COUNT || !words[reason])
		return "";
	return language_text(words[reason]);
}

void message_refusal(
	enum talk_reason reason, int64_t until_wall_s, int64_t now_wall_s, char *out, size_t cap)
{
	struct text_line line;
	char when[MESSAGE_REFUSAL_WHEN];

	text_begin(&line, out, cap);
	message_refusal_when(until_wall_s, now_wall_s, when, sizeof when);
	if (reason == TALK_REASON_LOCKED && when[0] != '\0')
		text_add(&line, language_text("Locked until %s after wrong codes."), when);
	else if (reason == TALK_REASON_BUDGET && when[0] != '\0')
		text_add(&line, language_text("No more SMS until %s."), when);
	else
		text_add(&line, "%s", refusal_words(reason));
}
