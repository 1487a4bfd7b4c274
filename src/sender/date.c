#include "sender/date.h"

#include <time.h>

#include "base/text.h"

int date_text(int64_t wall_s, const char *zone, char out[DATE_MAX + 1], struct fault *f)
{
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)wall_s;
	struct text_line line;
	struct tm tm;

	text_begin(&line, out, DATE_MAX + 1);
	if (t != wall_s || wall_s < 0 || !gmtime_r(&t, &tm) || tm.tm_year > 9999 - 1900)
		return fault_set(f, FAULT_BAD, 0, "the clock shows no date");
	text_add(&line, "%s, %02d %s %04d %02d:%02d:%02d %s", days[tm.tm_wday], tm.tm_mday,
		months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec, zone);
	return line.cut ? fault_set(f, FAULT_BAD, 0, "the name of the zone is too long") : 0;
}
