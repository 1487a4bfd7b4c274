#include "sender/url.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sender/template.h"

enum { HOST_MAX = 300 };

/* The part before the path: up to and with the host. */
static size_t head_length(const char *text)
{
	static const char scheme[] = "https://";
	if (text_starts(text, scheme))
		return strlen(scheme) + strcspn(text + strlen(scheme), "/");
	return strcspn(text, "/");
}

static int head(const char *text, char *out, size_t cap, struct fault *f)
{
	size_t len = head_length(text);
	if (len >= cap)
		return fault_set(f, FAULT_BAD, 0, "the host of the URL is too long");
	memcpy(out, text, len);
	out[len] = '\0';
	return 0;
}

static bool head_allows(const char *head, const struct values_one *one)
{
	if (one->kind == VALUES_URL)
		return head[0] == '{';
	return head[0] != '{' && (one->kind == VALUES_HOST || one->kind == VALUES_LABEL);
}

static int check_head(const char *text, const struct values *known, struct fault *f)
{
	const char *at = text;
	if (*text == '{' && text[strcspn(text, "}")] == '\0')
		return fault_set(f, FAULT_BAD, 0, "a } is missing in the URL");
	if (*text == '{' && text[strcspn(text, "}") + 1] != '\0')
		return fault_set(f, FAULT_BAD, 0, "after {NAME} of kind url comes a path");
	if (*text != '{' && !text_starts(text, "https://"))
		return fault_set(f, FAULT_BAD, 0,
			"a URL begins with https:// or with a variable of kind url");
	if (!strcmp(text, "https://"))
		return fault_set(f, FAULT_BAD, 0, "the URL has no host");
	while ((at = strchr(at, '{'))) {
		size_t len = strcspn(++at, "}|");
		const struct values_one *one = values_find(known, at, len);
		if (at[len] == '|' || !one || !head_allows(text, one))
			return fault_set(f, FAULT_BAD, 0,
				"`%.*s` cannot choose the host: only a variable of kind host, "
				"label or url can",
				(int)(len < 40 ? len : 40), at);
	}
	return 0;
}

int url_check(const char *text, const struct values *known, struct fault *f)
{
	char host[HOST_MAX];
	if (!text_printable(text) || strpbrk(text, "?#@\\ "))
		return fault_set(f, FAULT_BAD, 0,
			"a URL is ASCII and has no ? # @ \\ or blank: parameters stand in `query`");
	if (strstr(text, ".."))
		return fault_set(f, FAULT_BAD, 0, "a URL has no dot segments");
	if (template_check(text, known, f) < 0 || head(text, host, sizeof host, f) < 0)
		return -1;
	return check_head(host, known, f);
}

int url_expand(const char *text, const struct values *v, struct buffer *out, struct fault *f)
{
	char host[HOST_MAX];
	if (head(text, host, sizeof host, f) < 0)
		return -1;
	/* what stands there was judged by its kind, and needs no encoding */
	if (template_expand(host, TEMPLATE_PLAIN, v, out, f) < 0)
		return -1;
	/* https://host/ and /path meet in one slash */
	if (out->len > 0 && out->bytes[out->len - 1] == '/')
		out->bytes[--out->len] = '\0';
	return template_expand(text + strlen(host), TEMPLATE_PATH, v, out, f);
}

static bool loopback(const char *host)
{
	size_t len = strcspn(host, ":/");
	unsigned a[4];
	int end = 0;
	if (text_starts(host, "[::1]"))
		return host[5] == '\0' || strchr(":/", host[5]);
	if (len == strlen("localhost") && text_starts(host, "localhost"))
		return true;
	/* NOLINTNEXTLINE(cert-err34-c): three digits always fit */
	if (sscanf(host, "%3u.%3u.%3u.%3u%n", &a[0], &a[1], &a[2], &a[3], &end) != 4)
		return false;
	return (size_t)end == len && a[0] == 127 && a[1] < 256 && a[2] < 256 && a[3] < 256;
}

int url_allowed(const char *url, bool loopback_http, struct fault *f)
{
	if (text_starts(url, "https://"))
		return 0;
	if (!text_starts(url, "http://"))
		return fault_set(f, FAULT_BAD, 0, "only https is allowed");
	if (!loopback_http)
		return fault_set(f, FAULT_BAD, 0,
			"http is not allowed: only https, or `loopback_http` for this machine");
	if (!loopback(url + strlen("http://")))
		return fault_set(
			f, FAULT_BAD, 0, "http is allowed to a loopback address only: use https");
	return 0;
}
