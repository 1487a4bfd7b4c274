#include "sender/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/text.h"

enum { BLOCK_MAX = 64 + ORDER_TEXT_MAX };

static void note(struct receipt *r, enum receipt_outcome outcome, const char *words)
{
	r->outcome = outcome;
	snprintf(r->note, sizeof r->note, "%s", words);
}

/* A regular file, and only appended to. */
static int usable(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	return (flags & O_APPEND) && (flags & O_ACCMODE) != O_RDONLY;
}

/* Of line ends only that before "@host #code", which no head of a message begins like. */
static bool shown(const char *c)
{
	if (*c == '\n')
		return c[1] == '@';
	return (unsigned char)*c >= 0x20 && *c != 0x7f;
}

static void add_text(struct text_line *line, const char *text)
{
	for (; *text; text++)
		text_add(line, "%c", shown(text) ? *text : '?');
}

/* How much of it is in the file. A disk that fills up takes a part. */
static size_t write_most(int fd, const char *bytes, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(fd, bytes + done, len - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

static void append(int fd, const struct order *o, int64_t wall_s, struct receipt *r)
{
	char block[BLOCK_MAX + 1], date[32];
	struct text_line line;
	struct tm tm;
	time_t t = (time_t)wall_s;
	if (!gmtime_r(&t, &tm) || strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
		note(r, RECEIPT_TEMPORARY, "the clock is wrong");
		return;
	}
	text_begin(&line, block, sizeof block);
	text_add(&line, "%s %s%s\n", date, o->number,
		o->action == ORDER_ACTION_VOICE ? " voice" : "");
	add_text(&line, o->text);
	text_add(&line, "\n\n");
	errno = 0;
	size_t done = write_most(fd, block, line.len);
	int why = errno;
	secret_wipe_bytes(block, sizeof block);
	if (done == line.len)
		note(r, RECEIPT_ACCEPTED, "written to the outbox");
	else if (done > 0) /* the code may be readable in it: it is not given back (B1) */
		note(r, RECEIPT_UNKNOWN, "only a part of it could be written to the outbox");
	else if (why == ENOSPC)
		note(r, RECEIPT_TEMPORARY, "the outbox cannot be written: no space left");
	else
		note(r, RECEIPT_TEMPORARY, "the outbox cannot be written");
}

void outbox_deliver(int fd, const struct order *o, int64_t wall_s, struct receipt *r)
{
	if (o->nvariables > 0)
		note(r, RECEIPT_REQUEST, "outbox has no variables");
	else if (!usable(fd))
		note(r, RECEIPT_REQUEST, "the outbox is no file opened for appending");
	else if (o->action == ORDER_ACTION_POLL)
		note(r, RECEIPT_ACCEPTED, "in the outbox");
	else if (o->action == ORDER_ACTION_CHECK)
		note(r, RECEIPT_ACCEPTED, "the outbox can be written");
	else if (o->number[0] != '+' || !o->text[0])
		note(r, RECEIPT_REQUEST, "the order has no number or no text");
	else
		append(fd, o, wall_s, r);
}
