#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdint.h>
#include <string.h>

int digest_sha256(const void *bytes, size_t len, unsigned char out[DIGEST_SIZE], struct fault *f)
{
	unsigned int n = 0;

	memset(out, 0, DIGEST_SIZE);
	if (EVP_Digest(bytes, len, out, &n, EVP_sha256(), NULL) == 1 && n == DIGEST_SIZE)
		return 0;
	memset(out, 0, DIGEST_SIZE);
	return fault_set(f, FAULT_SYSTEM, 0, "SHA-256 is not available from OpenSSL");
}

int digest_sha1(const void *bytes, size_t len, unsigned char out[DIGEST_SHA1_SIZE], struct fault *f)
{
	unsigned int n = 0;

	memset(out, 0, DIGEST_SHA1_SIZE);
	if (EVP_Digest(bytes, len, out, &n, EVP_sha1(), NULL) == 1 && n == DIGEST_SHA1_SIZE)
		return 0;
	memset(out, 0, DIGEST_SHA1_SIZE);
	return fault_set(f, FAULT_SYSTEM, 0, "SHA-1 is not available from OpenSSL");
}

int digest_hmac(const struct digest_part *key, const struct digest_part *message,
	unsigned char out[DIGEST_SIZE], struct fault *f)
{
	size_t n = 0;

	memset(out, 0, DIGEST_SIZE);
	/* OpenSSL takes no key of no length for "the key that is set already" */
	if (key->len > 0 &&
		EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key->bytes, key->len, message->bytes,
			message->len, out, DIGEST_SIZE, &n) &&
		n == DIGEST_SIZE)
		return 0;
	memset(out, 0, DIGEST_SIZE);
	return fault_set(f, FAULT_SYSTEM, 0, "HMAC-SHA-256 is not available from OpenSSL");
}

static int mac_parts(EVP_MAC_CTX *ctx, const struct digest_part *parts, size_t nparts)
{
	for (size_t i = 0; i < nparts; i++) {
		unsigned char prefix[8];
		uint64_t len = parts[i].len;

		for (int b = 7; b >= 0; b--, len >>= 8)
			prefix[b] = (unsigned char)(len & 0xff);
		if (EVP_MAC_update(ctx, prefix, sizeof prefix) != 1)
			return -1;
		if (parts[i].len > 0 && EVP_MAC_update(ctx, parts[i].bytes, parts[i].len) != 1)
			return -1;
	}
	return 0;
}

int digest_mac(const unsigned char key[DIGEST_SIZE], const struct digest_part *parts, size_t nparts,
	unsigned char out[DIGEST_SIZE], struct fault *f)
{
	char hash[] = "SHA256";
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string("digest", hash, 0),
		OSSL_PARAM_construct_end() };
	size_t n = 0;
	int result = -1;
	EVP_MAC_CTX *ctx = NULL;

	memset(out, 0, DIGEST_SIZE);
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	if (!mac)
		goto out;
	ctx = EVP_MAC_CTX_new(mac);
	if (!ctx || EVP_MAC_init(ctx, key, DIGEST_SIZE, params) != 1)
		goto out;
	if (mac_parts(ctx, parts, nparts) < 0)
		goto out;
	if (EVP_MAC_final(ctx, out, &n, DIGEST_SIZE) != 1 || n != DIGEST_SIZE)
		goto out;
	result = 0;
out:
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	if (result == 0)
		return 0;
	memset(out, 0, DIGEST_SIZE);
	return fault_set(f, FAULT_SYSTEM, 0, "HMAC-SHA-256 is not available from OpenSSL");
}

void digest_prepare(void)
{
	static const unsigned char key[DIGEST_SIZE];
	unsigned char out[DIGEST_SIZE];
	const struct digest_part nothing = { "", 0 };
	struct fault f = FAULT_INIT;

	/* where it fails it will fail again, for who needs it */
	(void)!digest_sha256("", 0, out, &f);
	(void)!digest_mac(key, &nothing, 1, out, &f);
}
