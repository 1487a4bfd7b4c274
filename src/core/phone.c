#include "core/phone.h"

#include <string.h>

#include "base/text.h"

enum { DIGITS_MIN = 7, DIGITS_MAX = 15, TYPED_MAX = 64 };

static const char how_to_write[] = "write it as + country code number, like +49 171 1234567";

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

int phone_read(const char *text, struct phone *out, struct fault *f)
{
	size_t n = 0;

	memset(out, 0, sizeof *out);
	if (text[0] != '+' || text[1] < '1' || text[1] > '9')
		return fault_set(f, FAULT_BAD, 0, "a number begins with + and a country code; %s",
			how_to_write);
	while (digit(text[1 + n]))
		n++;
	if (text[1 + n] != '\0')
		return fault_set(f, FAULT_BAD, 0, "only digits may follow the +; %s", how_to_write);
	if (n < DIGITS_MIN || n > DIGITS_MAX)
		return fault_set(f, FAULT_BAD, 0,
			"a number has %d to %d digits after the +, not %zu", DIGITS_MIN, DIGITS_MAX,
			n);
	memcpy(out->e164, text, 1 + n);
	return 0;
}

static bool filler(char c)
{
	return c != '\0' && strchr(" \t-./()[]", c) != NULL;
}

/* "(0)" behind a country code (one to three digits) is a hint for callers at home and no part of
 * the number. Any other bracket that begins with 0 may be one ("+49 (0171)") or not ("+39 (06)"):
 * only the owner knows. 0: not such a bracket; -1: ambiguous; else its length. */
static int trunk_zero(const char *at, const char *plain, size_t n)
{
	size_t lead = plain[0] == '+' ? 1 : 2;

	if ((at[0] != '(' && at[0] != '[') || at[1] != '0')
		return 0;
	if (at[2] != ')' && at[2] != ']')
		return -1;
	return n > lead && n <= lead + 3 ? 3 : -1;
}

static bool abroad(const char *plain)
{
	return plain[0] == '+' || text_starts(plain, "00");
}

int phone_normalise(const char *text, struct phone *out, struct fault *f)
{
	char plain[TYPED_MAX + 2] = "";
	size_t n = 0;

	memset(out, 0, sizeof *out);
	if (strlen(text) > TYPED_MAX)
		return fault_set(f, FAULT_BAD, 0, "too long for a number; %s", how_to_write);
	for (const char *at = text; *at != '\0'; at++) {
		int zero = abroad(plain) ? trunk_zero(at, plain, n) : 0;
		if (zero < 0)
			return fault_set(f, FAULT_BAD, 0,
				"brackets with a 0 in front can be read in two ways; write the "
				"number as it is "
				"dialled from abroad, with + and without brackets");
		if (zero > 0)
			at += zero - 1;
		else if (digit(*at) || (*at == '+' && n == 0))
			plain[n++] = *at;
		else if (!filler(*at))
			return fault_set(
				f, FAULT_BAD, 0, "not a digit in a number; %s", how_to_write);
	}
	if (n == 0)
		return fault_set(f, FAULT_BAD, 0, "no number given; %s", how_to_write);
	if (plain[0] == '+')
		return phone_read(plain, out, f);
	if (!abroad(plain))
		return fault_set(f, FAULT_BAD, 0,
			"a number without its country could be any country's; %s", how_to_write);
	plain[1] = '+';
	return phone_read(plain + 1, out, f);
}

static bool one_of(const char *number, const char *const *starts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_starts(number, starts[i]))
			return true;
	return false;
}

#define ONE_OF(number, starts) one_of(number, starts, sizeof(starts) / sizeof((starts)[0]))

/* Countries of the North American Numbering Plan besides the United States, with their territories,
 * and Canada (NANPA, "Area codes by location"; the FCC warns of the same codes, "One ring phone
 * scam"): Bermuda and the Caribbean share +1, and are billed as abroad. */
static bool other_country_under_1(const char *number)
{
	static const char *const codes[] = { "+1242", "+1246", "+1264", "+1268", "+1284", "+1345",
		"+1441", "+1473", "+1649", "+1658", "+1664", "+1721", "+1758", "+1767", "+1784",
		"+1809", "+1829", "+1849", "+1868", "+1869", "+1876" };

	return ONE_OF(number, codes);
}

enum { AREA_CODE_END = 5 }; /* "+1876" */

bool phone_allowed(const struct phone *p, const char prefixes[][PHONE_MAX + 1], size_t n)
{
	size_t least = other_country_under_1(p->e164) ? AREA_CODE_END : 1;

	for (size_t i = 0; i < n; i++)
		if (strlen(prefixes[i]) >= least && text_starts(p->e164, prefixes[i]))
			return true;
	return false;
}

/* The North American Numbering Plan keeps area code 900 for premium services (NANPA, "Premium
 * services (900)"; 47 CFR 64.1501), and pay-per-call exchanges 976 in ordinary area codes
 * (900-NXX-XXXX and NPA-976-XXXX). Codes that are no country's, after the ITU's list of assigned
 * codes (E.164): shared cost 808, Inmarsat 870, personal numbers 878, satellite phones 881,
 * networks 882 and 883, premium rate 979. National ranges where "+44" or "+49" would take them in,
 * after the numbering plans of the regulators (Ofcom: 070 and 09; BNetzA: 0900; RTR: 0900, 0901,
 * 0930, 0931; BAKOM: 0900, 0901, 0906; Arcep: 089; ACM: 0900, 0906, 0909). Other plans mark theirs
 * differently from carrier to carrier: the list of allowed prefixes is what guards those. */
bool phone_premium(const struct phone *p)
{
	static const char *const ranges[] = { "+1900", "+808", "+870", "+878", "+881", "+882",
		"+883", "+979", "+4470", "+449", "+49900", "+43900", "+43901", "+43930", "+43931",
		"+41900", "+41901", "+41906", "+3389", "+31900", "+31906", "+31909" };

	if (ONE_OF(p->e164, ranges))
		return true;
	return text_starts(p->e164, "+1") && strlen(p->e164) >= 2 + 6 &&
	       text_starts(p->e164 + AREA_CODE_END, "976");
}

void phone_mask(const struct phone *p, char *out, size_t cap)
{
	struct text_line line;
	size_t n = strlen(p->e164);

	text_begin(&line, out, cap);
	text_add(&line, "...%s", n > 2 ? p->e164 + n - 2 : "");
}
