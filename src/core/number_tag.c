#include "core/number_tag.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

void number_tag(const struct state *s, const char *e164, char *out, unsigned long cap)
{
	static const char purpose[] = "sms-otp number tag";
	size_t len = strlen(e164);
	struct digest_part parts[] = { { purpose, sizeof purpose - 1 }, { e164, len } };
	unsigned char mac[DIGEST_SIZE];
	struct fault f = FAULT_INIT;
	char hex[7];

	snprintf(out, cap, "?");
	if (len < 3 || digest_mac(s->key, parts, 2, mac, &f) < 0)
		return;
	text_hex(hex, sizeof hex, mac, 3);
	snprintf(out, cap, "%s..%s", hex, e164 + len - 2);
}
