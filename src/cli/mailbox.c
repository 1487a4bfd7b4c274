#include "cli/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/places.h"
#include "base/secret.h"
#include "base/text.h"

#define MAILBOX_FILE "messages"

enum {
	MAILBOX_MAX = 64 * 1024 * 1024,
	USER_SHOWN = 16, /* of a name in a message */
};

static const struct inode_want want_private = { .owner = 0, .forbid = 0077, .size = -1 };

/* ASCII, whatever the locale. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == '-';
}

/* "2026-11-23T07:22:52Z +4917012345678", as the sender's outbox writes it. */
static bool is_head(const char *from, size_t len)
{
	static const char shape[] = "0000-00-00T00:00:00Z +0";

	if (len < sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == '0' ? !is_digit(from[i]) : from[i] != shape[i])
			return false;
	return true;
}

static size_t line_end(const char *text, size_t at, size_t len)
{
	const char *newline = memchr(text + at, '\n', len - at);

	return newline != NULL ? (size_t)(newline - text) + 1 : len;
}

/* The end of the message that begins at at. */
static size_t message_end(const char *text, size_t at, size_t len)
{
	size_t end = line_end(text, at, len);

	while (end < len && !is_head(text + end, len - end))
		end = line_end(text, end, len);
	return end;
}

static bool names(const char *text, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; n > 0 && i + n <= len; i++)
		if (memcmp(text + i, word, n) == 0 && (i == 0 || !is_word(text[i - 1])) &&
			(i + n == len || !is_word(text[i + n])))
			return true;
	return false;
}

/* "(Benutzer alice, ": the default message in any language. */
static bool names_in_bracket(const char *text, size_t len, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 1; i + n < len; i++) {
		size_t word = i - 1;
		if (memcmp(text + i, name, n) != 0 || text[i + n] != ',' || text[word] != ' ')
			continue;
		while (word > 0 && text[word - 1] != ' ' && text[word - 1] != '(' &&
			text[word - 1] != '\n')
			word--;
		if (word > 0 && text[word - 1] == '(')
			return true;
	}
	return false;
}

/* As messages name their user, in any language: a bare name may be any word of anybody's
 * message. */
static bool names_user(const char *text, size_t len, const char *name)
{
	/* before the name in the texts of cli/notification */
	static const char *const words[] = { "user", "Benutzer", "compte", "usuario", "conta" };
	char phrase[USER_SHOWN + 16];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		snprintf(phrase, sizeof(phrase), "%s %s", words[i], name);
		if (names(text, len, phrase))
			return true;
	}
	return names_in_bracket(text, len, name);
}

size_t mailbox_cut(char *text, size_t len, const char *number, const char *user, size_t *n)
{
	char shown[USER_SHOWN + 1];
	size_t kept = 0, end;

	*n = 0;
	text_name(shown, sizeof(shown), user, USER_SHOWN);
	for (size_t at = 0; at < len; at = end) {
		size_t size;

		end = message_end(text, at, len);
		size = end - at;
		if ((number != NULL && names(text + at, size, number)) ||
			names_user(text + at, size, shown)) {
			(*n)++;
			continue;
		}
		memmove(text + kept, text + at, size);
		kept += size;
	}
	return kept;
}

int mailbox_open(int *fd, struct fault *f)
{
	struct fault why = FAULT_INIT;

	*fd = -1;
	if (file_open(PLACES_OUTBOX "/" MAILBOX_FILE, &want_private, fd, &why) == 0)
		return 0;
	*fd = -1;
	if (why.class == FAULT_ABSENT)
		return 0;
	*f = why;
	return -1;
}

/* All of the file; the caller wipes and frees *text. */
static int read_all(int fd, char **text, size_t *len, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fault_set(f, FAULT_SYSTEM, errno, "%s/%s", PLACES_OUTBOX, MAILBOX_FILE);
	if (st.st_size > MAILBOX_MAX)
		return fault_set(f, FAULT_DAMAGED, 0, "%s/%s is too large; remove it",
			PLACES_OUTBOX, MAILBOX_FILE);
	*text = malloc(MAILBOX_MAX);
	if (*text == NULL)
		return fault_set(f, FAULT_MEMORY, ENOMEM, "the outbox");
	if (file_read_all(fd, *text, MAILBOX_MAX, len, f) == 0)
		return 0;
	free(*text);
	return -1;
}

int mailbox_last(int fd, uint32_t n, int64_t *offset, struct fault *f)
{
	char *text;
	size_t len = 0, heads = 0, skip;

	if (read_all(fd, &text, &len, f) != 0)
		return -1;
	for (size_t at = 0; at < len; at = message_end(text, at, len))
		heads++;
	skip = heads > n ? heads - n : 0;
	*offset = 0;
	for (; skip > 0; skip--)
		*offset = (int64_t)message_end(text, (size_t)*offset, len);
	secret_wipe_bytes(text, len);
	free(text);
	return 0;
}

static int replace(const char *text, size_t len, struct fault *f)
{
	int folder = -1, rc;

	if (file_open_folder(PLACES_OUTBOX, &want_private, &folder, f) != 0)
		return -1;
	rc = len > 0 ? file_replace_at(folder, MAILBOX_FILE, text, len, f)
		     : file_remove_at(folder, MAILBOX_FILE, f);
	close(folder);
	return rc;
}

int mailbox_erase(const char *number, const char *user, size_t *n, struct fault *f)
{
	char *text;
	size_t len = 0, kept;
	int fd, rc = 0;

	*n = 0;
	if (mailbox_open(&fd, f) != 0)
		return -1;
	if (fd < 0)
		return 0;
	rc = read_all(fd, &text, &len, f);
	close(fd);
	if (rc != 0)
		return -1;
	kept = mailbox_cut(text, len, number, user, n);
	if (kept < len)
		rc = replace(text, kept, f);
	secret_wipe_bytes(text, len);
	free(text);
	return rc;
}
