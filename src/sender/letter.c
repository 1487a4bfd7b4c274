#include "sender/letter.h"

#include <stdbool.h>
#include <string.h>

#include "base/base64.h"
#include "base/secret.h"
#include "base/text.h"
#include "sender/alphabet.h"
#include "sender/date.h"
#include "sender/values.h"

/* Bytes of text in a line of base64, and in an encoded word: 76 characters with what is around. */
enum { LINE_BYTES = 57, WORD_BYTES = 39, PLAIN_MAX = 60 };

int letter_check_address(const char *what, const char *address, struct fault *f)
{
	if (values_expected(VALUES_ADDRESS, address))
		return fault_set(f, FAULT_BAD, 0, "`%s` is not one plain e-mail address", what);
	return 0;
}

static void header(struct buffer *out, const char *name, const char *value)
{
	buffer_text(out, name);
	buffer_text(out, ": ");
	buffer_text(out, value);
	buffer_text(out, "\r\n");
}

static void add_base64(struct buffer *out, const char *bytes, size_t len)
{
	char line[BASE64_SIZE(LINE_BYTES)];
	if (base64_encode(bytes, len, line, sizeof line) < 0)
		out->bad = true;
	buffer_text(out, line);
	secret_wipe_bytes(line, sizeof line);
}

/* As many bytes of s as fit into a word, without cutting a character. */
static size_t word_length(const char *s)
{
	size_t len = strnlen(s, WORD_BYTES + 1);
	if (len <= WORD_BYTES)
		return len;
	for (len = WORD_BYTES; len > 1 && ((unsigned char)s[len] & 0xc0) == 0x80;)
		len--;
	return len;
}

static int add_subject(struct buffer *out, const char *subject, struct fault *f)
{
	if (!alphabet_utf8(subject) || alphabet_control(subject))
		return fault_set(f, FAULT_BAD, 0, "the subject has control characters");
	if (text_printable(subject) && strlen(subject) <= PLAIN_MAX && !strstr(subject, "=?")) {
		header(out, "Subject", subject);
		return 0;
	}
	buffer_text(out, "Subject:");
	for (size_t len; *subject; subject += len) {
		len = word_length(subject);
		buffer_text(out, " =?UTF-8?B?");
		add_base64(out, subject, len);
		buffer_text(out, subject[len] ? "?=\r\n" : "?=");
	}
	buffer_text(out, "\r\n");
	return 0;
}

static int add_headers(const struct letter *l, struct buffer *out, struct fault *f)
{
	char date[DATE_MAX + 1], token[2 * LETTER_TOKEN_SIZE + 1];
	if (letter_check_address("from", l->from, f) < 0 ||
		letter_check_address("to", l->to, f) < 0 ||
		date_text(l->wall_s, "+0000", date, f) < 0)
		return -1;
	text_hex(token, sizeof token, l->token, sizeof l->token);
	header(out, "Date", date);
	header(out, "From", l->from);
	header(out, "To", l->to);
	buffer_text(out, "Message-ID: <");
	buffer_text(out, token);
	/* the sender's own domain: the name of this host is nobody's business */
	const char *domain = strchr(l->from, '@');
	buffer_text(out, domain ? domain : "");
	buffer_text(out, ">\r\n");
	if (l->subject && *l->subject && add_subject(out, l->subject, f) < 0)
		return -1;
	header(out, "Auto-Submitted", "auto-generated");
	header(out, "MIME-Version", "1.0");
	header(out, "Content-Type", "text/plain; charset=UTF-8");
	header(out, "Content-Transfer-Encoding", "base64");
	return 0;
}

/* Text has CRLF before it is encoded, too (RFC 2046, section 4.1.1). */
static void add_text(struct buffer *out, const char *text)
{
	struct buffer lines = { 0 };
	for (const char *s = text; *s; s++) {
		if (*s == '\n')
			buffer_byte(&lines, '\r');
		buffer_byte(&lines, (unsigned char)*s);
	}
	for (size_t at = 0; at < lines.len; at += LINE_BYTES) {
		size_t rest = lines.len - at;
		add_base64(out, lines.bytes + at, rest < LINE_BYTES ? rest : LINE_BYTES);
		buffer_text(out, "\r\n");
	}
	out->bad |= lines.bad;
	buffer_wipe(&lines);
}

int letter_write(const struct letter *l, struct buffer *out, struct fault *f)
{
	if (!*l->text || !alphabet_utf8(l->text))
		return fault_set(f, FAULT_BAD, 0, "the text of the mail is empty or not UTF-8");
	if (add_headers(l, out, f) < 0)
		return -1;
	buffer_text(out, "\r\n");
	add_text(out, l->text);
	return out->bad ? fault_set(f, FAULT_BAD, 0, "the mail is too long") : 0;
}
