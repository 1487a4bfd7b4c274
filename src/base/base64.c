#include "base/base64.h"

#include <stdint.h>
#include <string.h>

#include "base/secret.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 1 to 3 bytes to 4 characters. */
static void encode_group(const unsigned char *in, size_t n, char out[4])
{
	uint32_t bits = (uint32_t)in[0] << 16;
	if (n > 1)
		bits |= (uint32_t)in[1] << 8;
	if (n > 2)
		bits |= in[2];
	for (size_t i = 0; i < 4; i++)
		out[i] = i <= n ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
}

int base64_encode(const void *bytes, size_t len, char *out, size_t cap)
{
	const unsigned char *in = bytes;
	if (cap == 0)
		return -1;
	out[0] = '\0';
	if (len > cap || BASE64_SIZE(len) > cap)
		return -1;
	for (; len > 0; in += len > 3 ? 3 : len, len -= len > 3 ? 3 : len, out += 4)
		encode_group(in, len > 3 ? 3 : len, out);
	*out = '\0';
	return 0;
}

/* 4 characters to 1 to 3 bytes; 0: they are none of ours. */
static size_t decode_group(const char *in, unsigned char out[3])
{
	uint32_t bits = 0;
	size_t n = 4;
	while (n > 2 && in[n - 1] == '=')
		n--;
	for (size_t i = 0; i < 4; i++) {
		const char *at = i < n ? strchr(alphabet, in[i]) : alphabet;
		if (!at || (i < n && in[i] == '\0'))
			return 0;
		bits = bits << 6 | (uint32_t)(at - alphabet);
	}
	for (size_t i = 0; i < 3; i++)
		out[i] = (unsigned char)(bits >> (16 - 8 * i) & 255);
	/* bits after the last byte would make two texts of the same bytes */
	for (size_t i = n - 1; i < 3; i++)
		if (out[i] != 0)
			return 0;
	return n - 1;
}

int base64_decode(const char *text, unsigned char *out, size_t cap, size_t *len)
{
	size_t chars = strlen(text), n = 3;
	*len = 0;
	if (chars % 4 != 0)
		return -1;
	/* a group that is not full ends the text */
	for (; *text && n == 3; text += 4) {
		unsigned char group[3] = { 0 };
		n = decode_group(text, group);
		if (n > 0 && *len + n <= cap)
			memcpy(out + *len, group, n);
		secret_wipe_bytes(group, sizeof group);
		if (n == 0 || *len + n > cap)
			goto bad;
		*len += n;
	}
	if (*text == '\0')
		return 0;
bad:
	secret_wipe_bytes(out, *len);
	*len = 0;
	return -1;
}
