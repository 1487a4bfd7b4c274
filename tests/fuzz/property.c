#include "property.h"

#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "claim.h"
#include "sender/url.h"

enum { PATIENCE_MS = 2000 };

void property_fault(const struct fault *f)
{
	CLAIM(f->class != FAULT_NONE);
	CLAIM(text_printable(f->text));
}

static size_t digits(const char *s)
{
	size_t n = 0;
	for (; *s; s++)
		n += *s >= '0' && *s <= '9';
	return n;
}

static bool control(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return true;
	return false;
}

static void arrives(const struct receipt *r)
{
	int fds[2];
	struct receipt sent = *r, got;
	struct fault f = FAULT_INIT;
	sent.sandbox = RECEIPT_SANDBOX_SECCOMP;
	CLAIM(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
	CLAIM(order_send_receipt(fds[0], &sent, clock_boot_ms() + PATIENCE_MS, &f) == 0);
	CLAIM(order_receive_receipt(fds[1], &got, clock_boot_ms() + PATIENCE_MS, &f) == 0);
	CLAIM(got.outcome == r->outcome && got.http_status == r->http_status);
	CLAIM(!strcmp(got.code, r->code) && !strcmp(got.message_id, r->message_id));
	CLAIM(!strcmp(got.balance, r->balance));
	/* runs of six digits are masked there */
	CLAIM(strlen(got.note) == strlen(r->note) && text_printable(got.note));
	close(fds[0]);
	close(fds[1]);
}

void property_receipt(const struct receipt *r, const char *number)
{
	CLAIM(r->outcome > RECEIPT_NONE && r->outcome < RECEIPT_COUNT);
	CLAIM(text_printable(r->note));
	CLAIM(digits(r->code) < 7 && digits(r->balance) < 7);
	CLAIM(!*number || !strstr(r->note, number + 1));
	CLAIM(!*number || !strstr(r->message_id, number + 1));
	arrives(r);
}

void property_authority(const char *url, const char **at, size_t *len)
{
	const char *end = strstr(url, "://");
	CLAIM(end != NULL);
	*at = end + 3;
	*len = strcspn(*at, "/?#");
}

void property_envelope(const struct envelope *e)
{
	const char *url = buffer_string(&e->url), *at;
	size_t len;
	struct fault f = FAULT_INIT;
	CLAIM(!strcmp(e->method, "GET") || !strcmp(e->method, "POST") || !strcmp(e->method, "PUT"));
	CLAIM(e->nheaders <= ENVELOPE_HEADERS_MAX && (e->has_body || e->body.len == 0));
	for (size_t i = 0; i < e->nheaders; i++) {
		const struct buffer *h = &e->headers[i];
		CLAIM(h->len > 1 && !control(buffer_string(h), h->len));
		CLAIM(strchr(h->bytes, ':') || h->bytes[h->len - 1] == ';');
		CLAIM(strncasecmp(h->bytes, "host:", 5) &&
			strncasecmp(h->bytes, "content-length:", 15));
	}
	CLAIM(e->url.len == strlen(url) && !control(url, e->url.len) && !strchr(url, ' '));
	CLAIM(text_starts(url, "https://") || text_starts(url, "http://"));
	CLAIM(url_allowed(url, false, &f) == 0 || text_starts(url, "http://"));
	property_authority(url, &at, &len);
	CLAIM(!memchr(at, '@', len) && !memchr(at, '\\', len) && !strchr(url, '#'));
	CLAIM(!e->basic || e->user.len + e->password.len < BUFFER_MAX);
}
