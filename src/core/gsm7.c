#include "core/gsm7.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

int gsm7_take(const char **at, uint32_t *character)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)*at;
	int more;

	*character = 0;
	if (p[0] == 0)
		return -1;
	if (p[0] < 0x80)
		more = 0;
	else if (p[0] >= 0xc2 && p[0] <= 0xdf)
		more = 1;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		more = 2;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		more = 3;
	else
		return -1;
	uint32_t c = more == 0 ? p[0] : p[0] & (0x3fu >> more);
	for (int i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*character = c;
	*at += more + 1;
	return 0;
}

static bool among(uint32_t c, const uint32_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == c)
			return true;
	return false;
}

/* TS 23.038 section 6.2.1: what the default alphabet has beyond ASCII, and 6.2.1.1: what takes
 * an escape. */
static int septets_of(uint32_t c)
{
	static const uint32_t basic[] = { 0xa3, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0xd8,
		0xf8, 0xc5, 0xe5, 0x394, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398,
		0x39e, 0xc6, 0xe6, 0xdf, 0xc9, 0xa4, 0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 0xe4,
		0xf6, 0xf1, 0xfc, 0xe0, '\n', '\r' };
	static const uint32_t escaped[] = { '\f', '^', '{', '}', '\\', '[', '~', ']', '|', 0x20ac };

	if (among(c, escaped, sizeof escaped / sizeof escaped[0]))
		return 2;
	if (among(c, basic, sizeof basic / sizeof basic[0]))
		return 1;
	return c >= 0x20 && c <= 0x7e && c != '`' ? 1 : -1;
}

int gsm7_septets(const char *utf8)
{
	int sum = 0;

	while (*utf8 != '\0') {
		uint32_t c;
		if (gsm7_take(&utf8, &c) < 0)
			return -1;
		int septets = septets_of(c);
		if (septets < 0)
			return -1;
		sum += septets;
	}
	return sum;
}

static int units_of(uint32_t c)
{
	return c > 0xffff ? 2 : 1;
}

/* Units (by `weigh`) in one segment if they fit `alone`, else in segments of `each`. Well-formed
 * text only. */
static int packed(const char *utf8, int (*weigh)(uint32_t c), int alone, int each)
{
	int sum = 0, segments = 1, here = 0;
	uint32_t c;

	while (gsm7_take(&utf8, &c) == 0) {
		int units = weigh(c);
		sum += units;
		if (here + units > each) {
			segments++;
			here = 0;
		}
		here += units;
	}
	return sum <= alone ? 1 : segments;
}

int gsm7_segments(const char *utf8)
{
	const char *at = utf8;
	uint32_t c;

	while (*at != '\0')
		if (gsm7_take(&at, &c) < 0)
			return 0;
	if (gsm7_septets(utf8) >= 0)
		return packed(utf8, septets_of, 160, 153);
	return packed(utf8, units_of, 70, 67);
}
