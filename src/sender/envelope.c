#include "sender/envelope.h"

#include <string.h>
#include <strings.h>

#include "sender/alphabet.h"

bool envelope_header_name(const char *name)
{
	static const char *const transport[] = { "Host", "Content-Length", "Transfer-Encoding",
		"Connection", "Expect", "TE", "Trailer", "Upgrade", "Proxy-Authorization",
		"Accept-Encoding" };
	size_t len = strlen(name);
	if (len == 0 || len > 64 ||
		strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") !=
			len)
		return false;
	for (size_t i = 0; i < sizeof transport / sizeof *transport; i++)
		if (!strcasecmp(name, transport[i]))
			return false;
	return true;
}

int envelope_header(struct envelope *e, const char *name, const char *value, struct fault *f)
{
	if (e->nheaders == ENVELOPE_HEADERS_MAX)
		return fault_set(f, FAULT_BAD, 0, "too many headers");
	if (!envelope_header_name(name))
		return fault_set(f, FAULT_BAD, 0, "a header has a name that it cannot have");
	if (alphabet_control(value))
		return fault_set(f, FAULT_BAD, 0,
			"the value of the header %s has a control character", name);
	struct buffer *line = &e->headers[e->nheaders++];
	buffer_text(line, name);
	/* libcurl drops a header of the form "Name:", and sends an empty one for "Name;" */
	buffer_text(line, *value ? ": " : ";");
	buffer_text(line, value);
	return line->bad ? fault_set(f, FAULT_MEMORY, 0, "out of memory") : 0;
}

void envelope_wipe(struct envelope *e)
{
	buffer_wipe(&e->url);
	for (size_t i = 0; i < e->nheaders; i++)
		buffer_wipe(&e->headers[i]);
	buffer_wipe(&e->body);
	buffer_wipe(&e->user);
	buffer_wipe(&e->password);
	buffer_wipe(&e->sigv4);
	buffer_wipe(&e->application);
	buffer_wipe(&e->key);
	buffer_wipe(&e->consumer);
	buffer_wipe(&e->grant.url);
	buffer_wipe(&e->grant.client);
	buffer_wipe(&e->grant.secret);
	buffer_wipe(&e->grant.scope);
	memset(e, 0, sizeof *e);
}
