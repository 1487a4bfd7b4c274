#include "cli/moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/number.h"

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

int moment_read(const char *text, int64_t now_s, int64_t *wall_s, struct fault *f)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S" };
	struct fault no_length = FAULT_INIT;
	int64_t ago_s;

	if (number_duration(text, &ago_s, &no_length) == 0) {
		*wall_s = ago_s < now_s ? now_s - ago_s : 0;
		return 0;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm;
		const char *end;

		memset(&tm, 0, sizeof(tm));
		tm.tm_isdst = -1;
		end = strptime(text, forms[i], &tm);
		if (end == NULL || *end != 0)
			continue;
		*wall_s = (int64_t)mktime(&tm);
		return 0;
	}
	return fault_set(f, FAULT_BAD, 0,
		"--since wants a length of time (90m, 4h, 2d), a day (2026-11-23), or a day and a "
		"time "
		"(\"2026-11-23 14:30\")");
}
