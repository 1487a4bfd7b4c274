#include "sender/alphabet.h"

#include <string.h>

size_t alphabet_next(const char *s, uint32_t *c)
{
	const unsigned char *u = (const unsigned char *)s;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = u[0] < 0x80             ? 1
		   : (u[0] & 0xe0) == 0xc0 ? 2
		   : (u[0] & 0xf0) == 0xe0 ? 3
		   : (u[0] & 0xf8) == 0xf0 ? 4
					   : 0;
	if (n == 0)
		return 0;
	*c = n == 1 ? u[0] : u[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (u[i] & 0x3fu);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

bool alphabet_utf8(const char *s)
{
	uint32_t c;
	size_t n;
	for (; *s; s += n) {
		n = alphabet_next(s, &c);
		if (n == 0)
			return false;
	}
	return true;
}

static bool is_gsm(uint32_t c)
{
	/* what the alphabet has beyond ASCII; the euro sign is in the extension table */
	static const uint16_t more[] = { 0xa3, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0xd8, 0xf8,
		0xc5, 0xe5, 0x394, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e,
		0xc6, 0xe6, 0xdf, 0xc9, 0xa4, 0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 0xe4, 0xf6,
		0xf1, 0xfc, 0xe0, 0x20ac };
	if (c < 0x80)
		return c == '\n' || c == '\r' || c == '\f' || (c >= 0x20 && c != '`' && c != 0x7f);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (more[i] == c)
			return true;
	return false;
}

bool alphabet_gsm(const char *s)
{
	uint32_t c;
	size_t n;
	for (; *s; s += n) {
		n = alphabet_next(s, &c);
		if (n == 0 || !is_gsm(c))
			return false;
	}
	return true;
}

bool alphabet_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}
