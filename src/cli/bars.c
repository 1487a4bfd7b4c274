#include "cli/bars.h"

#include <string.h>
#include <strings.h>

/* U+2588 is the whole block, U+258F an eighth of it. */
static size_t put_block(char *out, unsigned eighths)
{
	out[0] = (char)0xe2;
	out[1] = (char)0x96;
	out[2] = (char)(0x90 - eighths);
	return 3;
}

const char *bars_draw(
	uint64_t value, uint64_t most, unsigned width, bool blocks, char out[BARS_MAX])
{
	unsigned parts = blocks ? 8 : 1;
	unsigned whole = (width < BARS_WIDTH_MAX ? width : BARS_WIDTH_MAX) * parts;
	unsigned n = most == 0 ? 0 : (unsigned)((double)value / (double)most * whole + 0.5);
	size_t len = 0;

	if (value >= most && value > 0)
		n = whole;
	else if (n == 0 && value > 0 && whole > 0)
		n = 1;
	for (; n >= parts; n -= parts) {
		if (blocks)
			len += put_block(out + len, 8);
		else
			out[len++] = '#';
	}
	if (n > 0)
		len += put_block(out + len, n);
	out[len] = 0;
	return out;
}

bool bars_can_blocks(const char *all, const char *ctype, const char *lang)
{
	const char *given[] = { all, ctype, lang };

	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		if (given[i] != NULL && given[i][0] != 0)
			return strcasestr(given[i], "utf-8") != NULL ||
			       strcasestr(given[i], "utf8") != NULL;
	return false;
}
