#include "property_core.h"

#include <stdint.h>
#include <string.h>

#include "claim.h"

enum { PROMPT_MAX_BYTES = 512, RUN = 6 };

void property_core_fault(const struct fault *f, const char *input)
{
	CLAIM(f->class > FAULT_NONE && f->class <= FAULT_PEER && f->text[0]);
	for (const char *at = f->text; *at; at++)
		CLAIM((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f);
	for (const char *at = f->text; *at; at++) {
		char run[RUN + 1];
		if (strspn(at, "0123456789") < RUN || !strncmp(at, "1234567", RUN) ||
			!strncmp(at, "234567", RUN))
			continue; /* "like +49 171 1234567" */
		memcpy(run, at, RUN);
		run[RUN] = '\0';
		CLAIM(!strstr(input, run));
	}
}

/* One character's bytes, 0: malformed. */
static size_t character(const unsigned char *at, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *at < 0x80                  ? 1
		   : *at >= 0xc0 && *at < 0xe0 ? 2
		   : *at >= 0xe0 && *at < 0xf0 ? 3
		   : *at >= 0xf0 && *at < 0xf8 ? 4
					       : 0;
	*c = n == 1 ? *at : n == 2 ? *at & 0x1fu : n == 3 ? *at & 0xfu : *at & 7u;
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (at[i] & 0x3fu);
	}
	if (n == 0 || *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

bool property_core_shown(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at;) {
		uint32_t c;
		size_t n = character(at, &c);
		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
			return false;
		at += n;
	}
	return true;
}

void property_core_prompt(const char *text)
{
	CLAIM(*text && strlen(text) <= PROMPT_MAX_BYTES);
	CLAIM(property_core_shown(text));
	CLAIM(strcmp(text, "Password:") && strcmp(text, "Password: "));
}

bool property_core_zero(const void *at, size_t len)
{
	const unsigned char *byte = at;
	for (size_t i = 0; i < len; i++)
		if (byte[i])
			return false;
	return true;
}
