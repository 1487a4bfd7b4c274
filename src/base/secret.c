#include "base/secret.h"

#include <string.h>

int secret_set(struct secret *s, const void *bytes, size_t len)
{
	secret_wipe(s);
	if (len > SECRET_MAX)
		return -1;
	if (len > 0)
		memcpy(s->bytes, bytes, len);
	s->len = len;
	return 0;
}

bool secret_same_bytes(const void *a, const void *b, size_t len)
{
	const volatile unsigned char *x = a;
	const volatile unsigned char *y = b;
	unsigned char differ = 0;

	/* volatile: a compiler may not leave the loop at the first difference (A5) */
	for (size_t i = 0; i < len; i++)
		differ |= (unsigned char)(x[i] ^ y[i]);
	return differ == 0;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	if (a->len != b->len || a->len > SECRET_MAX)
		return false;
	return secret_same_bytes(a->bytes, b->bytes, a->len);
}

void secret_wipe(struct secret *s)
{
	explicit_bzero(s, sizeof *s);
}

void secret_wipe_bytes(void *bytes, size_t len)
{
	if (bytes && len > 0)
		explicit_bzero(bytes, len);
}
