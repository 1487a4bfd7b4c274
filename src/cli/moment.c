#include "cli/moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

const char *moment_text(int64_t wall_s, char out[MOMENT_MAX])
{
	time_t t = (time_t)wall_s;
	struct tm tm;

	if (wall_s == 0)
		snprintf(out, MOMENT_MAX, "never");
	else if (localtime_r(&t, &tm) == NULL || strftime(out, MOMENT_MAX, "%F %T", &tm) == 0)
		snprintf(out, MOMENT_MAX, "@%" PRId64, wall_s);
	return out;
}

const char *moment_json(int64_t wall_s, char out[MOMENT_MAX])
{
	time_t t = (time_t)wall_s;
	struct tm tm;

	if (wall_s == 0 || gmtime_r(&t, &tm) == NULL ||
		strftime(out, MOMENT_MAX, "%FT%TZ", &tm) == 0)
		return NULL;
	return out;
}

const char *moment_span(int64_t seconds, char out[MOMENT_MAX])
{
	static const struct {
		int64_t s;
		const char *unit;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	size_t i = 0;

	while (units[i].s > 1 && (seconds == 0 || seconds % units[i].s != 0))
		i++;
	/* a day is spoken of as 24 h, as in the settings */
	if (i == 0 && seconds == units[0].s)
		i = 1;
	snprintf(out, MOMENT_MAX, "%" PRId64 " %s", seconds / units[i].s, units[i].unit);
	return out;
}
