#include "engine/journal.h"

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

enum { KEY_MAX = 24 };

/* A datagram under construction. */
struct datagram {
	unsigned char *bytes;
	size_t cap, len;
	bool cut;
};

static void put(struct datagram *d, const void *bytes, size_t len)
{
	if (d->cut || len > d->cap - d->len) {
		d->cut = true;
		return;
	}
	memcpy(d->bytes + d->len, bytes, len);
	d->len += len;
}

/* A value with a newline has the form that says its length: else it could bring fields of its
 * own. */
static void put_field(struct datagram *d, const char *name, const char *value, size_t len)
{
	uint64_t size = htole64(len);

	put(d, name, strlen(name));
	if (memchr(value, '\n', len)) {
		put(d, "\n", 1);
		put(d, &size, sizeof size);
	} else {
		put(d, "=", 1);
	}
	put(d, value, len);
	put(d, "\n", 1);
}

static void put_number(struct datagram *d, const char *name, int value)
{
	struct text_line line;
	char text[16];

	text_begin(&line, text, sizeof text);
	text_add(&line, "%d", value);
	put_field(d, name, text, line.len);
}

static size_t key_length(const char *word)
{
	size_t n = 0;

	while (n < KEY_MAX && (islower((unsigned char)word[n]) || word[n] == '_'))
		n++;
	return n > 0 && word[n] == '=' ? n : 0;
}

/* user=alice becomes SMSOTP_USER; "-" is no value. The end of the value. */
static const char *put_word(struct datagram *d, const char *word, size_t key)
{
	const char *value = word + key + 1;
	bool quoted = *value == '"';
	char name[KEY_MAX + sizeof "SMSOTP_"];
	size_t len = quoted ? strcspn(++value, "\"") : strcspn(value, " ");

	memcpy(name, "SMSOTP_", 7);
	for (size_t i = 0; i < key; i++)
		name[7 + i] = word[i] == '_' ? '_' : (char)(word[i] - 'a' + 'A');
	name[7 + key] = '\0';
	if (len > 0 && (quoted || len != 1 || value[0] != '-'))
		put_field(d, name, value, len);
	return value + len + (quoted && value[len] == '"' ? 1 : 0);
}

static void put_words(struct datagram *d, const char *text)
{
	bool begun = false;
	const char *p = text;

	while (*p != '\0') {
		size_t key = key_length(p);

		if (key > 0) {
			begun = true;
			p = put_word(d, p, key);
			if (*p != ' ')
				return;
		} else {
			size_t n = strcspn(p, " ");
			if (begun || n == 0 || p[n - 1] == ':' || memchr(p, '=', n))
				return;
			p += n;
		}
		if (*p == ' ')
			p++;
	}
}

size_t journal_compose(const struct journal_entry *e, unsigned char *out, size_t cap)
{
	struct datagram d = { out, cap, 0, false };

	put_field(&d, "MESSAGE", e->text, strlen(e->text));
	put_number(&d, "PRIORITY", e->priority);
	put_number(&d, "SYSLOG_FACILITY", e->facility);
	put_field(&d, "SYSLOG_IDENTIFIER", e->identifier, strlen(e->identifier));
	put_words(&d, e->text);
	return d.cut ? 0 : d.len;
}

static int open_socket(struct fault *f)
{
	struct timeval wait = { .tv_sec = JOURNAL_WAIT_MS / 1000 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0)
		return fd;
	fault_set(f, FAULT_SYSTEM, errno, "SO_SNDTIMEO");
	close(fd);
	return -1;
}

int journal_send(const char *path, const struct journal_entry *e, struct fault *f)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	unsigned char bytes[JOURNAL_ENTRY_MAX];
	size_t len = journal_compose(e, bytes, sizeof bytes);

	if (len == 0)
		return fault_set(f, FAULT_BAD, 0, "too long for one entry of the journal");
	if (text_copy(to.sun_path, sizeof to.sun_path, path) < 0)
		return fault_set(f, FAULT_BAD, ENAMETOOLONG, "%s", path);
	int fd = open_socket(f);
	if (fd < 0)
		return -1;
	ssize_t sent;
	do
		sent = sendto(
			fd, bytes, len, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof to);
	while (sent < 0 && errno == EINTR);
	int error = errno;
	close(fd);
	if (sent >= 0)
		return 0;
	return fault_set(f, error == ENOENT || error == ECONNREFUSED ? FAULT_ABSENT : FAULT_SYSTEM,
		error, "%s", path);
}
