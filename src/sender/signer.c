#include "sender/signer.h"

#include <inttypes.h>
#include <string.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/secret.h"
#include "base/text.h"
#include "sender/date.h"

/* "$1$" and the SHA-1 of SECRET+CONSUMER+METHOD+URL+BODY+TIME, joined by real plus signs. */
static int ovh_signature(
	const struct envelope *e, const char *time, struct buffer *out, struct fault *f)
{
	const struct buffer *const parts[] = { &e->key, &e->consumer, NULL, &e->url, &e->body };
	unsigned char sum[DIGEST_SHA1_SIZE];
	char hex[2 * sizeof sum + 1];
	struct buffer text = { 0 };
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are counted */
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		buffer_text(&text, parts[i] ? buffer_string(parts[i]) : e->method);
		buffer_text(&text, "+");
	}
	buffer_text(&text, time);
	int rc = text.bad ? fault_set(f, FAULT_BAD, 0, "the request is too long")
			  : digest_sha1(text.bytes, text.len, sum, f);
	buffer_wipe(&text);
	if (rc < 0)
		return -1;
	text_hex(hex, sizeof hex, sum, sizeof sum);
	buffer_text(out, "$1$");
	buffer_text(out, hex);
	return 0;
}

static int sign_ovh(struct envelope *e, int64_t wall_s, struct fault *f)
{
	struct buffer signature = { 0 };
	struct text_line line;
	char time[24];
	text_begin(&line, time, sizeof time);
	text_add(&line, "%" PRId64, wall_s);
	int rc = -1;
	if (ovh_signature(e, time, &signature, f) == 0 &&
		envelope_header(e, "X-Ovh-Application", buffer_string(&e->application), f) == 0 &&
		envelope_header(e, "X-Ovh-Consumer", buffer_string(&e->consumer), f) == 0 &&
		envelope_header(e, "X-Ovh-Timestamp", time, f) == 0)
		rc = envelope_header(e, "X-Ovh-Signature", buffer_string(&signature), f);
	buffer_wipe(&signature);
	return rc;
}

/* As it will stand in the header Host: libcurl leaves out the scheme's own port. */
static size_t host_length(const char *host, bool https)
{
	size_t len = strcspn(host, "/?");
	const char *port = https ? ":443" : ":80";
	size_t tail = strlen(port);
	return len > tail && !memcmp(host + len - tail, port, tail) ? len - tail : len;
}

/* METHOD \n PATH?QUERY \n DATE;HOST;HASH */
static int azure_text(const struct envelope *e, const char *date, const char *hash,
	struct buffer *out, struct fault *f)
{
	const char *url = buffer_string(&e->url), *host = strstr(url, "://");
	if (!host)
		return fault_set(f, FAULT_BAD, 0, "the URL cannot be signed");
	host += strlen("://");
	const char *path = host + strcspn(host, "/?");
	buffer_text(out, e->method);
	buffer_text(out, *path == '/' ? "\n" : "\n/");
	buffer_text(out, path);
	buffer_text(out, "\n");
	buffer_text(out, date);
	buffer_text(out, ";");
	buffer_add(out, host, host_length(host, text_starts(url, "https://")));
	buffer_text(out, ";");
	buffer_text(out, hash);
	return out->bad ? fault_set(f, FAULT_BAD, 0, "the request is too long") : 0;
}

static int azure_hmac(const struct envelope *e, const struct buffer *text,
	unsigned char out[DIGEST_SIZE], struct fault *f)
{
	unsigned char key[SECRET_MAX];
	struct digest_part secret = { key, 0 };
	const struct digest_part message = { buffer_string(text), text->len };
	if (base64_decode(buffer_string(&e->key), key, sizeof key, &secret.len) < 0 ||
		secret.len == 0)
		return fault_set(f, FAULT_BAD, 0, "the key is not one of Azure's: no base64");
	int rc = digest_hmac(&secret, &message, out, f);
	secret_wipe_bytes(key, sizeof key);
	return rc;
}

static int sign_azure(struct envelope *e, int64_t wall_s, struct fault *f)
{
	static const char scheme[] =
		"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=";
	char date[DATE_MAX + 1], hash[BASE64_SIZE(DIGEST_SIZE)],
		value[sizeof scheme + BASE64_SIZE(DIGEST_SIZE)];
	unsigned char sum[DIGEST_SIZE];
	struct buffer text = { 0 };
	int rc = -1;
	memcpy(value, scheme, sizeof scheme);
	if (date_text(wall_s, "GMT", date, f) < 0 ||
		digest_sha256(buffer_string(&e->body), e->body.len, sum, f) < 0 ||
		base64_encode(sum, sizeof sum, hash, sizeof hash) < 0 ||
		azure_text(e, date, hash, &text, f) < 0 || azure_hmac(e, &text, sum, f) < 0 ||
		base64_encode(
			sum, sizeof sum, value + sizeof scheme - 1, BASE64_SIZE(DIGEST_SIZE)) < 0)
		goto out;
	if (envelope_header(e, "x-ms-date", date, f) == 0 &&
		envelope_header(e, "x-ms-content-sha256", hash, f) == 0)
		rc = envelope_header(e, "Authorization", value, f);
out:
	buffer_wipe(&text);
	return rc;
}

int signer_sign(struct envelope *e, int64_t wall_s, struct fault *f)
{
	if (e->signing == ENVELOPE_OVH)
		return sign_ovh(e, wall_s, f);
	if (e->signing == ENVELOPE_AZURE)
		return sign_azure(e, wall_s, f);
	return 0;
}
