#include "core/day.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

/* The Gregorian calendar repeats itself after so many days and years. */
enum { ERA_DAYS = 146097, ERA_YEARS = 400, YEAR_MIN = 2000, YEAR_MAX = 9999, EPOCH = 719468 };

struct date {
	int year, month, day; /* month and day from 1 */
};

static bool leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && leap(year));
}

/* Years begin in March here, so that the odd day is the last of its year. */
static int32_t serial(struct date d)
{
	int year = d.month > 2 ? d.year : d.year - 1;
	int month = d.month > 2 ? d.month - 3 : d.month + 9;
	int era = year / ERA_YEARS, in_era = year % ERA_YEARS;
	int in_year = (153 * month + 2) / 5 + d.day - 1;

	return era * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 + in_year - EPOCH;
}

static struct date date_of(int32_t day)
{
	int32_t era = (day + EPOCH) / ERA_DAYS, in_era = (day + EPOCH) % ERA_DAYS;
	int year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int in_year = in_era - (365 * year + year / 4 - year / 100);
	int month = (5 * in_year + 2) / 153;
	struct date d = { year + era * ERA_YEARS, month < 10 ? month + 3 : month - 9,
		in_year - (153 * month + 2) / 5 + 1 };

	d.year += d.month <= 2;
	return d;
}

static int digits(const char *text, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

int day_parse(const char *text, int32_t *out, struct fault *f)
{
	static const char shape[] = "0000-00-00";
	bool good = strlen(text) == sizeof shape - 1;
	struct date d = { 0, 0, 0 };

	for (size_t i = 0; good && i < sizeof shape - 1; i++)
		good = shape[i] == '-' ? text[i] == '-' : text[i] >= '0' && text[i] <= '9';
	if (good)
		d = (struct date){ digits(text, 4), digits(text + 5, 2), digits(text + 8, 2) };
	good = good && d.year >= YEAR_MIN && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	       d.day <= days_in(d.year, d.month);
	if (!good)
		return fault_set(f, FAULT_BAD, 0, "write a day of the calendar: \"2027-01-31\"");
	*out = serial(d);
	return 0;
}

int day_of(int64_t wall_s, int32_t *out, struct fault *f)
{
	time_t t = (time_t)wall_s;
	struct tm tm;

	/* localtime_r need not look at the zone by itself */
	tzset();
	if (!localtime_r(&t, &tm) || tm.tm_year + 1900 < 1970 || tm.tm_year + 1900 > YEAR_MAX)
		return fault_set(f, FAULT_SYSTEM, EOVERFLOW, "the clock is far off");
	*out = serial((struct date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday });
	return 0;
}

const char *day_text(int32_t day, char out[DAY_MAX])
{
	struct date d = date_of(day);
	struct text_line line;

	text_begin(&line, out, DAY_MAX);
	text_add(&line, "%04d-%02d-%02d", d.year, d.month, d.day);
	return out;
}
