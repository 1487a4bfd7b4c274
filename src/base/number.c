#include "base/number.h"

#include <stdbool.h>
#include <string.h>

enum { RATE_COUNT_MAX = 1000000, RATE_WINDOW_MIN_S = 60, RATE_WINDOW_MAX_S = 31 * 86400 };

/* Digits of text up to the first other character; -1 when there are none, too many, or a leading
 * zero. */
static int take_digits(const char **text, int64_t *out)
{
	const char *p = *text;
	int64_t v = 0;

	if (p[0] < '0' || p[0] > '9' || (p[0] == '0' && p[1] >= '0' && p[1] <= '9'))
		return -1;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (v > (INT64_MAX - (*p - '0')) / 10)
			return -1;
		v = v * 10 + (*p - '0');
	}
	*out = v;
	*text = p;
	return 0;
}

int number_parse(const char *text, int64_t min, int64_t max, int64_t *out, struct fault *f)
{
	int64_t v;

	*out = 0;
	if (take_digits(&text, &v) < 0 || *text != '\0')
		return fault_set(f, FAULT_BAD, 0, "not a whole number");
	if (v < min || v > max)
		return fault_set(f, FAULT_BAD, 0, "out of range: %lld to %lld", (long long)min,
			(long long)max);
	*out = v;
	return 0;
}

static int64_t unit_seconds(char unit)
{
	switch (unit) {
	case '\0':
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	default:
		return 0;
	}
}

static int take_duration(const char **text, int64_t *seconds)
{
	int64_t v;

	if (take_digits(text, &v) < 0)
		return -1;
	int64_t unit = unit_seconds(**text == ' ' ? '\0' : **text);
	if (unit == 0 || v > INT64_MAX / unit)
		return -1;
	if (**text != '\0' && **text != ' ')
		(*text)++;
	*seconds = v * unit;
	return 0;
}

int number_duration(const char *text, int64_t *seconds, struct fault *f)
{
	*seconds = 0;
	if (take_duration(&text, seconds) == 0 && *text == '\0')
		return 0;
	*seconds = 0;
	return fault_set(
		f, FAULT_BAD, 0, "not a duration: write 90, \"90s\", \"15m\", \"24h\" or \"7d\"");
}

/* "5/1h" */
static int take_rate(const char **text, struct number_rate *rate)
{
	int64_t count, window_s;

	if (take_digits(text, &count) < 0 || **text != '/')
		return -1;
	(*text)++;
	if (take_duration(text, &window_s) < 0)
		return -1;
	if (count < 1 || count > RATE_COUNT_MAX || window_s < RATE_WINDOW_MIN_S ||
		window_s > RATE_WINDOW_MAX_S)
		return -1;
	rate->count = (uint32_t)count;
	rate->window_s = (uint32_t)window_s;
	return 0;
}

int number_rates(const char *text, struct number_rate rates[NUMBER_RATES_MAX], struct fault *f)
{
	size_t n = 0;
	bool whole = false;

	memset(rates, 0, NUMBER_RATES_MAX * sizeof rates[0]);
	while (n < NUMBER_RATES_MAX && take_rate(&text, &rates[n]) == 0) {
		n++;
		whole = *text == '\0';
		if (*text != ' ')
			break;
		text++;
	}
	bool rising = n < 2 ||
		      (rates[1].window_s > rates[0].window_s && rates[1].count >= rates[0].count);
	if (whole && rising)
		return 0;
	memset(rates, 0, NUMBER_RATES_MAX * sizeof rates[0]);
	return fault_set(f, FAULT_BAD, 0,
		"not rates: write \"5/1h\" or \"5/1h 10/1d\" (longer window second, count not "
		"lower; "
		"1m to 31d)");
}
