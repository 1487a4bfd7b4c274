#include "core/recovery.h"

#include <string.h>

#include "base/random.h"

/* Without I, L, O and U: nothing looks like another, and no words arise. */
static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { GROUP = 4 };

int recovery_make(struct secret *out, struct fault *f)
{
	unsigned char drawn[RECOVERY_SYMBOLS];

	secret_wipe(out);
	if (random_bytes(drawn, sizeof drawn, f) < 0)
		return -1;
	/* 32 divides 256: the low five bits of a byte are as even as the byte */
	for (size_t i = 0; i < sizeof drawn; i++)
		out->bytes[i] = (unsigned char)symbols[drawn[i] & 31];
	out->len = sizeof drawn;
	secret_wipe_bytes(drawn, sizeof drawn);
	return 0;
}

void recovery_show(const struct secret *code, char out[RECOVERY_SHOWN])
{
	size_t n = 0;

	for (size_t i = 0; i < code->len && i < RECOVERY_SYMBOLS; i++) {
		if (i > 0 && i % GROUP == 0)
			out[n++] = '-';
		out[n++] = (char)code->bytes[i];
	}
	out[n] = '\0';
}

/* The symbol that was meant, or 0. */
static unsigned char symbol_of(unsigned char c)
{
	if (c >= 'a' && c <= 'z')
		c = (unsigned char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c != '\0' && strchr(symbols, c) ? c : 0;
}

bool recovery_read(const struct secret *typed, struct secret *code)
{
	size_t n = 0;

	secret_wipe(code);
	for (size_t i = 0; i < typed->len; i++) {
		unsigned char c = typed->bytes[i];
		if (c == ' ' || c == '-')
			continue;
		c = symbol_of(c);
		if (c == 0 || n == RECOVERY_SYMBOLS)
			goto not_one;
		code->bytes[n++] = c;
	}
	if (n == RECOVERY_SYMBOLS) {
		code->len = n;
		return true;
	}
not_one:
	secret_wipe(code);
	return false;
}

int recovery_mac(const unsigned char key[DIGEST_SIZE], uint32_t uid, const struct secret *code,
	unsigned char out[DIGEST_SIZE], struct fault *f)
{
	static const char purpose[] = "sms-otp recovery code";
	const unsigned char who[] = { (unsigned char)(uid >> 24), (unsigned char)(uid >> 16),
		(unsigned char)(uid >> 8), (unsigned char)uid };
	struct digest_part parts[] = {
		{ purpose, sizeof purpose - 1 },
		{ who, sizeof who },
		{ code->bytes, code->len },
	};

	return digest_mac(key, parts, sizeof parts / sizeof parts[0], out, f);
}
