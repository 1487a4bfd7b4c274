#include "sender/letter.h"

#include <string.h>

#include "base/base64.h"
#include "unit.h"

static struct letter usual(void)
{
	return (struct letter){
		.from = "otp@example.org",
		.to = "4917012345678@gateway.example",
		.text = "493027 is your code",
		.wall_s = 1649873352,
		.token = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xff, 0, 1, 2, 3, 4, 5,
			6 },
	};
}

START_TEST(a_whole_letter)
{
	struct fault f = FAULT_INIT;
	struct buffer out = { 0 };
	struct letter l = usual();
	ck_assert_int_eq(letter_write(&l, &out, &f), 0);
	ck_assert_str_eq(buffer_string(&out),
		"Date: Wed, 13 Apr 2022 18:09:12 +0000\r\n"
		"From: otp@example.org\r\n"
		"To: 4917012345678@gateway.example\r\n"
		"Message-ID: <0123456789abcdefff00010203040506@example.org>\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=UTF-8\r\n"
		"Content-Transfer-Encoding: base64\r\n"
		"\r\n"
		"NDkzMDI3IGlzIHlvdXIgY29kZQ==\r\n");
	buffer_wipe(&out);
}
END_TEST

static const char *after(const struct buffer *out, const char *what)
{
	const char *at = strstr(buffer_string(out), what);
	ck_assert_msg(at != NULL, "no %s", what);
	return at + strlen(what);
}

static const char *const texts[] = {
	"493027",
	"a\nb",
	".\n.\n..",
	"\xd0\x9a\xd0\xbe\xd0\xb4 493027\nFrom: x@example.org\n\nx",
	"More than fifty-seven bytes, so that it takes two lines of base64.",
};

START_TEST(texts_arrive_with_crlf_and_in_short_lines)
{
	struct fault f = FAULT_INIT;
	struct buffer out = { 0 };
	struct letter l = usual();
	char encoded[400] = "", wanted[200] = "";
	unsigned char bytes[300];
	size_t len, n = 0;
	l.text = texts[_i];
	ck_assert_int_eq(letter_write(&l, &out, &f), 0);
	const char *body = after(&out, "\r\n\r\n");
	ck_assert_ptr_null(strstr(body, "\r\n\r\n"));
	while (*body) {
		size_t line = strcspn(body, "\r");
		ck_assert(line > 0 && line <= 76 && body[0] != '.');
		strncat(encoded, body, line);
		body += line + 2;
	}
	for (const char *s = texts[_i]; *s; s++) {
		if (*s == '\n')
			wanted[n++] = '\r';
		wanted[n++] = *s;
	}
	ck_assert_int_eq(base64_decode(encoded, bytes, sizeof bytes, &len), 0);
	ck_assert_uint_eq(len, n);
	ck_assert_mem_eq(bytes, wanted, n);
	buffer_wipe(&out);
}
END_TEST

static const struct {
	const char *subject, *line; /* up to the next header */
} subjects[] = {
	{ "Your code", "\r\nSubject: Your code\r\nAuto-" },
	{ "\xc3\x84", "\r\nSubject: =?UTF-8?B?w4Q=?=\r\nAuto-" },
	/* what looks like an encoded word is encoded */
	{ "=?UTF-8?B?AA==?=", "\r\nSubject: =?UTF-8?B?PT9VVEYtOD9CP0FBPT0/PQ==?=\r\nAuto-" },
	/* 39 bytes would cut the last character */
	{ "12345678901234567890123456789012345678\xe2\x82\xac",
		"\r\nSubject: =?UTF-8?B?MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg=?=\r\n"
		" =?UTF-8?B?4oKs?=\r\nAuto-" },
};

START_TEST(subjects_are_encoded_where_they_must)
{
	struct fault f = FAULT_INIT;
	struct buffer out = { 0 };
	struct letter l = usual();
	l.subject = subjects[_i].subject;
	ck_assert_int_eq(letter_write(&l, &out, &f), 0);
	ck_assert_msg(
		strstr(buffer_string(&out), subjects[_i].line) != NULL, "%s", buffer_string(&out));
	buffer_wipe(&out);
}
END_TEST

START_TEST(long_subjects_stay_within_76_columns)
{
	struct fault f = FAULT_INIT;
	struct buffer out = { 0 };
	struct letter l = usual();
	char subject[200];
	for (size_t i = 0; i + 2 < sizeof subject; i += 2)
		memcpy(subject + i, "\xc3\xa4", 3);
	l.subject = subject;
	ck_assert_int_eq(letter_write(&l, &out, &f), 0);
	for (const char *line = after(&out, "example.org>\r\n"); *line;
		line += strcspn(line, "\r") + 2)
		ck_assert_uint_le(strcspn(line, "\r"), 76);
	buffer_wipe(&out);
}
END_TEST

static const struct {
	const char *from, *to, *subject, *text, *word;
} refused[] = {
	{ "otp@example.org\r\nBcc: x@example.org", "a@b.example", "", "x", "`from`" },
	{ "otp@example.org", "a@b.example>\r\nRCPT TO:<x@example.org", "", "x", "`to`" },
	{ "otp@example.org", "a@b.example,c@d.example", "", "x", "`to`" },
	{ "otp@example.org", "Alice <a@b.example>", "", "x", "`to`" },
	{ "", "a@b.example", "", "x", "`from`" },
	{ "otp@example.org", "a@b.example", "x\nBcc: x@example.org", "x", "subject" },
	{ "otp@example.org", "a@b.example", "\xff", "x", "subject" },
	{ "otp@example.org", "a@b.example", "", "", "text" },
	{ "otp@example.org", "a@b.example", "", "\xff", "text" },
};

START_TEST(e5_nothing_adds_a_header_or_a_recipient)
{
	struct fault f = FAULT_INIT;
	struct buffer out = { 0 };
	struct letter l = usual();
	l.from = refused[_i].from;
	l.to = refused[_i].to;
	l.subject = refused[_i].subject;
	l.text = refused[_i].text;
	ck_assert_int_eq(letter_write(&l, &out, &f), -1);
	ck_assert_msg(strstr(f.text, refused[_i].word) != NULL, "%s", f.text);
	ck_assert_ptr_null(strstr(f.text, "example"));
	buffer_wipe(&out);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("letter");
	TCase *t = tcase_create("letter");
	tcase_add_test(t, a_whole_letter);
	tcase_add_loop_test(
		t, texts_arrive_with_crlf_and_in_short_lines, 0, sizeof texts / sizeof *texts);
	tcase_add_loop_test(
		t, subjects_are_encoded_where_they_must, 0, sizeof subjects / sizeof *subjects);
	tcase_add_test(t, long_subjects_stay_within_76_columns);
	tcase_add_loop_test(
		t, e5_nothing_adds_a_header_or_a_recipient, 0, sizeof refused / sizeof *refused);
	suite_add_tcase(s, t);
	return s;
}
