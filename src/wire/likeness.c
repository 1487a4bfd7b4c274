#include "wire/likeness.h"

#include <string.h>

enum { FIXED_PARTS = 5, PARTS_MAX = FIXED_PARTS + 2 * ORDER_VARIABLES_MAX };

static struct digest_part text_part(const char *text)
{
	return (struct digest_part){ text, strlen(text) };
}

int likeness_take(const struct order *o, const unsigned char key[DIGEST_SIZE],
	unsigned char out[DIGEST_SIZE], struct fault *f)
{
	struct digest_part parts[PARTS_MAX] = {
		text_part("likeness of a route"),
		text_part(o->description),
		text_part(o->ca_file),
		text_part(o->proxy),
		{ &o->loopback_http, sizeof o->loopback_http },
	};
	size_t n = FIXED_PARTS;
	for (size_t i = 0; i < o->nvariables && i < ORDER_VARIABLES_MAX; i++) {
		const struct secret *value = &o->variables[i].value;
		parts[n++] = text_part(o->variables[i].name);
		parts[n++] = (struct digest_part){ value->bytes, value->len };
	}
	return digest_mac(key, parts, n, out, f);
}
