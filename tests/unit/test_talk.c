#include "wire/talk.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "fuzz.h"
#include "unit.h"

enum { HEADER = 8, LOGIN = 1, ANSWER = 2, ASK = 3, TELL = 4, VERDICT = 5, FIELD = 6, WIRE_MAX = 6000 };

static struct fault f;
static int fds[2];
static int patience_ms = 1000;

static int64_t in_ms(int ms)
{
	return clock_boot_ms() + ms;
}

static void setup(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	f = (struct fault)FAULT_INIT;
}

static void teardown(void)
{
	close(fds[0]);
	close(fds[1]);
}

static bool all_zero(const void *bytes, size_t len)
{
	const unsigned char *b = bytes;
	for (size_t i = 0; i < len; i++) {
		if (b[i])
			return false;
	}
	return true;
}

/* --- the messages, as values and as bytes ----------------------------------------------------- */

static const struct talk_login plain_login = {
	.user = "alice",
	.service = "sshd",
	.rhost = "192.0.2.7",
	.tty = "ssh",
	.auth_info = "publickey ssh-ed25519 AAAA\npassword\n",
	.prompt = "Code for the VPN: ",
	.language = "de",
	.flags = TALK_LOGIN_AUTHTOK | TALK_LOGIN_DEBUG,
};

static struct talk_answer answer_of(enum talk_answer_kind kind, const char *text)
{
	struct talk_answer a = { .kind = kind };
	ck_assert_int_eq(secret_set(&a.text, text, strlen(text)), 0);
	return a;
}

/* A reader of one of the three kinds of message; what it read goes out again by its writer. */
struct reader {
	const char *name;
	int (*receive)(int fd);
	int (*send_again)(int fd);
	bool (*is_wiped)(void);
	unsigned char types[3];
};

static struct talk_login login;
static struct talk_event event;
static struct talk_answer answer;

static int receive_login(int fd)
{
	memset(&login, 0xa5, sizeof login);
	return talk_receive_login(fd, &login, in_ms(patience_ms), &f);
}

static int send_login(int fd)
{
	return talk_send_login(fd, &login, in_ms(1000), &f);
}

static bool login_wiped(void)
{
	return all_zero(&login, sizeof login);
}

static int receive_event(int fd)
{
	memset(&event, 0xa5, sizeof event);
	return talk_receive_event(fd, &event, in_ms(patience_ms), &f);
}

static int send_event(int fd)
{
	switch (event.kind) {
	case TALK_EVENT_ASK:
		if (event.field.digits > 0)
			return talk_send_field(fd, event.text, &event.field, in_ms(1000), &f);
		return talk_send_ask(fd, event.text, event.echo, in_ms(1000), &f);
	case TALK_EVENT_TELL:
		return talk_send_tell(fd, event.text, in_ms(1000), &f);
	case TALK_EVENT_VERDICT:
		return talk_send_verdict(fd, &event.verdict, in_ms(1000), &f);
	case TALK_EVENT_NONE:
		break;
	}
	ck_abort_msg("an event that is none");
	return -1;
}

static bool event_wiped(void)
{
	return all_zero(&event, sizeof event);
}

static int receive_answer(int fd)
{
	memset(&answer, 0xa5, sizeof answer);
	return talk_receive_answer(fd, &answer, in_ms(patience_ms), &f);
}

static int send_answer(int fd)
{
	return talk_send_answer(fd, &answer, in_ms(1000), &f);
}

static bool answer_wiped(void)
{
	return answer.kind == TALK_ANSWER_NONE && all_zero(&answer.text, sizeof answer.text);
}

static const struct reader readers[] = {
	{ "login", receive_login, send_login, login_wiped, { LOGIN } },
	{ "event", receive_event, send_event, event_wiped, { ASK, TELL, VERDICT } },
	{ "answer", receive_answer, send_answer, answer_wiped, { ANSWER } },
};
enum {
	NREADERS = sizeof readers / sizeof readers[0],
	LOGIN_READER = 0,
	EVENT_READER,
	ANSWER_READER
};

/* Valid messages: which reader takes them, and what to send. */
struct sample {
	int reader;
	size_t len;
	unsigned char wire[WIRE_MAX];
};

static struct sample samples[9];

static void sample_add(int n, int reader, int rc)
{
	ck_assert_int_eq(rc, 0);
	samples[n].reader = reader;
	samples[n].len = fuzz_drain(fds[1], samples[n].wire, WIRE_MAX);
}

static int make_samples(void)
{
	static struct talk_login longest;
	struct talk_answer text = answer_of(TALK_ANSWER_TEXT, "493027");
	struct talk_answer failed = answer_of(TALK_ANSWER_FAILED, "");
	struct talk_verdict accept = { TALK_VERDICT_ACCEPT, TALK_REASON_ACCEPTED };
	struct talk_verdict locked = { TALK_VERDICT_DENY, TALK_REASON_LOCKED };
	int n = 0, fd = fds[0];
	longest = plain_login;
	memset(longest.auth_info, 'a', TALK_AUTH_INFO_MAX);
	sample_add(n++, LOGIN_READER, talk_send_login(fd, &plain_login, in_ms(1000), &f));
	sample_add(n++, LOGIN_READER, talk_send_login(fd, &longest, in_ms(1000), &f));
	sample_add(n++, ANSWER_READER, talk_send_answer(fd, &text, in_ms(1000), &f));
	sample_add(n++, ANSWER_READER, talk_send_answer(fd, &failed, in_ms(1000), &f));
	sample_add(n++, EVENT_READER, talk_send_ask(fd, "Code: ", true, in_ms(1000), &f));
	sample_add(n++, EVENT_READER,
		talk_send_field(fd, "Code: ", &(struct talk_field){ 8, true }, in_ms(1000), &f));
	sample_add(n++, EVENT_READER, talk_send_tell(fd, "Locked.", in_ms(1000), &f));
	sample_add(n++, EVENT_READER, talk_send_verdict(fd, &accept, in_ms(1000), &f));
	sample_add(n++, EVENT_READER, talk_send_verdict(fd, &locked, in_ms(1000), &f));
	return n;
}

/* A frame made by hand. */
static int feed(int type, const void *body, size_t len)
{
	unsigned char wire[WIRE_MAX] = { 'T', 1, (unsigned char)type, 0, 0, 0 };
	ck_assert_uint_le(len, WIRE_MAX - HEADER);
	wire[6] = (unsigned char)(len >> 8);
	wire[7] = (unsigned char)len;
	if (len > 0)
		memcpy(wire + HEADER, body, len);
	return fuzz_feed(wire, len + HEADER);
}

/* --- there and back --------------------------------------------------------------------------- */

START_TEST(a_login_arrives_whole)
{
	ck_assert_int_eq(talk_send_login(fds[0], &plain_login, in_ms(1000), &f), 0);
	ck_assert_int_eq(receive_login(fds[1]), 0);
	ck_assert_str_eq(login.user, plain_login.user);
	ck_assert_str_eq(login.service, plain_login.service);
	ck_assert_str_eq(login.rhost, plain_login.rhost);
	ck_assert_str_eq(login.tty, plain_login.tty);
	ck_assert_str_eq(login.ruser, "");
	ck_assert_str_eq(login.auth_info, plain_login.auth_info);
	ck_assert_str_eq(login.prompt, plain_login.prompt);
	ck_assert_str_eq(login.language, plain_login.language);
	ck_assert_uint_eq(login.flags, plain_login.flags);
}
END_TEST

START_TEST(the_longest_login_arrives)
{
	static struct talk_login longest;
	memset(longest.user, 'u', TALK_USER_MAX);
	memset(longest.service, 's', TALK_SERVICE_MAX);
	memset(longest.rhost, 'h', TALK_PLACE_MAX);
	memset(longest.tty, 't', TALK_PLACE_MAX);
	memset(longest.ruser, 'r', TALK_PLACE_MAX);
	memset(longest.auth_info, '\n', TALK_AUTH_INFO_MAX);
	memset(longest.prompt, 'p', TALK_PROMPT_MAX);
	memset(longest.language, 'l', TALK_LANGUAGE_MAX);
	longest.flags = TALK_LOGIN_FLAGS_ALL;
	ck_assert_int_eq(talk_send_login(fds[0], &longest, in_ms(1000), &f), 0);
	ck_assert_int_eq(receive_login(fds[1]), 0);
	ck_assert_mem_eq(&login, &longest, sizeof login);
}
END_TEST

START_TEST(an_ask_arrives)
{
	for (int echo = 0; echo <= 1; echo++) {
		int rc = talk_send_ask(fds[0], "Code: ", echo == 1, in_ms(1000), &f);
		ck_assert_int_eq(rc, 0);
		ck_assert_int_eq(receive_event(fds[1]), 0);
		ck_assert_int_eq(event.kind, TALK_EVENT_ASK);
		ck_assert_int_eq(event.echo, echo);
		ck_assert_str_eq(event.text, "Code: ");
		ck_assert_int_eq(event.verdict.kind, TALK_VERDICT_DENY);
	}
}
END_TEST

START_TEST(a_field_arrives)
{
	for (uint32_t digits = 0; digits <= 12; digits++) {
		struct talk_field field = { digits, digits % 2 == 1 };
		bool good = digits >= 6 && digits <= 10;
		int rc = talk_send_field(fds[0], "Code: ", &field, in_ms(1000), &f);
		ck_assert_msg((rc == 0) == good, "%u digits", digits);
		if (good) {
			ck_assert_int_eq(receive_event(fds[1]), 0);
			ck_assert_int_eq(event.kind, TALK_EVENT_ASK);
			ck_assert_uint_eq(event.field.digits, digits);
			ck_assert_int_eq(event.field.alone, field.alone);
			ck_assert(!event.echo);
			ck_assert_str_eq(event.text, "Code: ");
		}
	}
}
END_TEST

static const struct {
	const char *body;
	size_t len;
	int rc;
} field_bodies[] = {
	{ "\x06\x00\x00\x01?", 5, 0 },
	{ "\x06\x01\x00\x01?", 5, 0 },
	{ "\x06\x02\x00\x01?", 5, -1 },
	{ "\x05\x00\x00\x01?", 5, -1 },
	{ "\x0b\x00\x00\x01?", 5, -1 },
	{ "\x06\x00\x00\x00", 4, -1 },
	{ "\x06\x00\x00\x01?!", 6, -1 },
	{ "\x06\x00\x00\x02?", 5, -1 },
	{ "\x06\x00\x00\x01\n", 5, -1 },
	{ "\x06", 1, -1 },
};

START_TEST(e3_a_field_as_it_may_be_asked_for)
{
	int fd = feed(FIELD, field_bodies[_i].body, field_bodies[_i].len);

	ck_assert_int_eq(receive_event(fd), field_bodies[_i].rc);
	close(fd);
}
END_TEST

START_TEST(a_tell_arrives)
{
	ck_assert_int_eq(talk_send_tell(fds[0], "Gesperrt f\xc3\xbcr heute.", in_ms(1000), &f), 0);
	ck_assert_int_eq(receive_event(fds[1]), 0);
	ck_assert_int_eq(event.kind, TALK_EVENT_TELL);
	ck_assert_str_eq(event.text, "Gesperrt f\xc3\xbcr heute.");
	ck_assert_int_eq(event.verdict.kind, TALK_VERDICT_DENY);
}
END_TEST

static const struct {
	enum talk_answer_kind kind;
	const char *text;
	bool valid;
} answers[] = {
	{ TALK_ANSWER_TEXT, "493027", true },
	{ TALK_ANSWER_TEXT, " \x01\xff", true }, /* what a code is, login decides */
	{ TALK_ANSWER_TEXT, "", false },
	{ TALK_ANSWER_EMPTY, "", true },
	{ TALK_ANSWER_EMPTY, "x", false },
	{ TALK_ANSWER_OVERSIZE, "", true },
	{ TALK_ANSWER_OVERSIZE, "493027", false },
	{ TALK_ANSWER_SAME_AS_PASSWORD, "", true },
	{ TALK_ANSWER_SAME_AS_PASSWORD, "secret", false },
	{ TALK_ANSWER_FAILED, "", true },
	{ TALK_ANSWER_FAILED, "x", false },
	{ TALK_ANSWER_NONE, "", false },
	{ TALK_ANSWER_NONE, "493027", false },
	{ TALK_ANSWER_CONTROL, "", true },
	{ TALK_ANSWER_CONTROL, "x", false },
	{ (enum talk_answer_kind)7, "", false },
	{ (enum talk_answer_kind)255, "493027", false },
};

START_TEST(text_comes_with_one_kind_of_answer_only)
{
	struct talk_answer a = answer_of(answers[_i].kind, answers[_i].text);
	size_t len = strlen(answers[_i].text);
	int rc = talk_send_answer(fds[0], &a, in_ms(1000), &f);
	ck_assert_int_eq(rc, answers[_i].valid ? 0 : -1);
	if (rc < 0)
		ck_assert_int_eq(f.class, FAULT_BAD);
	unsigned char body[64] = { (unsigned char)answers[_i].kind, 0, (unsigned char)len };
	memcpy(body + 3, answers[_i].text, len);
	int fd = feed(ANSWER, body, len + 3);
	ck_assert_int_eq(receive_answer(fd), answers[_i].valid ? 0 : -1);
	if (answers[_i].valid) {
		ck_assert_int_eq(answer.kind, answers[_i].kind);
		ck_assert_uint_eq(answer.text.len, len);
		ck_assert_mem_eq(answer.text.bytes, answers[_i].text, len);
	} else {
		ck_assert_int_eq(f.class, FAULT_PEER);
		ck_assert(answer_wiped());
	}
	close(fd);
}
END_TEST

START_TEST(the_longest_answer_arrives)
{
	struct talk_answer a = { .kind = TALK_ANSWER_TEXT };
	memset(a.text.bytes, '7', SECRET_MAX);
	a.text.len = SECRET_MAX;
	ck_assert_int_eq(talk_send_answer(fds[0], &a, in_ms(1000), &f), 0);
	ck_assert_int_eq(receive_answer(fds[1]), 0);
	ck_assert(secret_equal(&answer.text, &a.text));
}
END_TEST

START_TEST(an_answer_with_a_nul_is_refused)
{
	static const unsigned char body[] = { TALK_ANSWER_TEXT, 0, 6, '4', '9', 0, '0', '2', '7' };
	struct talk_answer a = { .kind = TALK_ANSWER_TEXT };
	int fd = feed(ANSWER, body, sizeof body);
	ck_assert_int_eq(receive_answer(fd), -1);
	ck_assert(answer_wiped());
	ck_assert_int_eq(secret_set(&a.text,
				 "49\0"
				 "027",
				 6),
		0);
	ck_assert_int_eq(talk_send_answer(fds[0], &a, in_ms(1000), &f), -1);
	close(fd);
}
END_TEST

/* --- verdicts --------------------------------------------------------------------------------- */

static int feed_verdict(uint32_t kind, uint32_t reason)
{
	unsigned char body[8];
	for (int i = 0; i < 4; i++) {
		body[i] = (unsigned char)(kind >> (24 - 8 * i));
		body[4 + i] = (unsigned char)(reason >> (24 - 8 * i));
	}
	return feed(VERDICT, body, sizeof body);
}

static void assert_no_acceptance(int rc)
{
	ck_assert_int_eq(event.verdict.kind, TALK_VERDICT_DENY);
	ck_assert_int_ne(event.verdict.reason, TALK_REASON_ACCEPTED);
	ck_assert_int_ne(event.verdict.reason, TALK_REASON_EXEMPT);
	if (rc < 0)
		ck_assert(event_wiped());
}

/* Every pair of a known kind and a reason, known or not, read from the wire. */
START_TEST(c1_a_verdict_accepts_only_if_kind_and_reason_agree)
{
	static const uint32_t kinds[] = { TALK_VERDICT_DENY, TALK_VERDICT_ACCEPT,
		TALK_VERDICT_EXEMPT };
	for (size_t k = 0; k < 3; k++) {
		for (uint32_t reason = 0; reason < TALK_REASON_COUNT + 3; reason++) {
			int fd = feed_verdict(kinds[k], reason);
			int rc = receive_event(fd);
			bool accept = k == 1 && reason == TALK_REASON_ACCEPTED;
			bool exempt = k == 2 && reason == TALK_REASON_EXEMPT;
			ck_assert_int_eq(rc, reason < TALK_REASON_COUNT ? 0 : -1);
			if (accept || exempt) {
				ck_assert_uint_eq((uint32_t)event.verdict.kind, kinds[k]);
				ck_assert_uint_eq((uint32_t)event.verdict.reason, reason);
			} else {
				assert_no_acceptance(rc);
			}
			if (k == 0 && reason < TALK_REASON_COUNT &&
				reason != TALK_REASON_ACCEPTED && reason != TALK_REASON_EXEMPT)
				ck_assert_uint_eq((uint32_t)event.verdict.reason, reason);
			else if (!accept && !exempt)
				ck_assert_int_eq(event.verdict.reason, TALK_REASON_NONE);
			close(fd);
		}
	}
}
END_TEST

/* One or two flipped bits in an acceptance are none. */
START_TEST(c1_flipped_bits_are_no_acceptance)
{
	for (int a = 0; a < 32; a++) {
		for (int b = 0; b < 32; b++) {
			uint32_t kind =
				(uint32_t)TALK_VERDICT_ACCEPT ^ 1u << a ^ (a == b ? 0 : 1u << b);
			int fd = feed_verdict(kind, TALK_REASON_ACCEPTED);
			ck_assert_int_eq(receive_event(fd), -1);
			assert_no_acceptance(-1);
			close(fd);
		}
	}
}
END_TEST

START_TEST(c1_zero_bytes_are_no_acceptance)
{
	int fd = feed_verdict(0, 0);
	ck_assert_int_eq(receive_event(fd), 0);
	ck_assert_int_eq(event.verdict.kind, TALK_VERDICT_DENY);
	ck_assert_int_eq(event.verdict.reason, TALK_REASON_NONE);
	close(fd);
}
END_TEST

START_TEST(c1_a_sender_cannot_say_what_does_not_agree)
{
	for (int reason = -1; reason <= TALK_REASON_COUNT; reason++) {
		struct talk_verdict v = { TALK_VERDICT_ACCEPT, (enum talk_reason)reason };
		ck_assert_int_eq(talk_send_verdict(fds[0], &v, in_ms(1000), &f), 0);
		ck_assert_int_eq(receive_event(fds[1]), 0);
		bool accepted = event.verdict.kind == TALK_VERDICT_ACCEPT;
		ck_assert_int_eq(accepted, reason == TALK_REASON_ACCEPTED);
		if (!accepted)
			ck_assert_int_eq(event.verdict.reason, TALK_REASON_NONE);
	}
}
END_TEST

/* --- fields ----------------------------------------------------------------------------------- */

static const char *const bad_bytes[] = { "\x01", "\x1b", "\x1f", "\x7f", "\r", "\t", "\n" };

static char *field(struct talk_login *l, int i)
{
	char *const at[] = { l->user, l->service, l->rhost, l->tty, l->ruser, l->prompt,
		l->auth_info, l->language };
	return at[i];
}

/* A text of the same length with one control byte in it, by a valid frame's bytes. */
static int feed_login_with(int which, char byte)
{
	static unsigned char wire[WIRE_MAX];
	struct talk_login marked = plain_login;
	memcpy(field(&marked, which), "ZQX", 4);
	ck_assert_int_eq(talk_send_login(fds[0], &marked, in_ms(1000), &f), 0);
	size_t len = fuzz_drain(fds[1], wire, sizeof wire);
	unsigned char *at = memmem(wire, len, "ZQX", 3);
	ck_assert_ptr_nonnull(at);
	at[1] = (unsigned char)byte;
	return fuzz_feed(wire, len);
}

START_TEST(e3_control_bytes_are_refused)
{
	for (int which = 0; which < 8; which++) {
		for (size_t b = 0; b < sizeof bad_bytes / sizeof bad_bytes[0]; b++) {
			bool fine = which == 6 && bad_bytes[b][0] == '\n';
			struct talk_login l = plain_login;
			memcpy(field(&l, which), bad_bytes[b], 2);
			int rc = talk_send_login(fds[0], &l, in_ms(1000), &f);
			ck_assert_int_eq(rc, fine ? 0 : -1);
			ck_assert_int_eq(f.class, fine ? FAULT_NONE : FAULT_BAD);
			f.class = FAULT_NONE;
			if (fine)
				ck_assert_int_eq(receive_login(fds[1]), 0);
			int fd = feed_login_with(which, bad_bytes[b][0]);
			ck_assert_int_eq(receive_login(fd), fine ? 0 : -1);
			ck_assert(fine || (f.class == FAULT_PEER && login_wiped()));
			f.class = FAULT_NONE;
			close(fd);
		}
	}
}
END_TEST

START_TEST(a_login_names_a_user_and_a_service)
{
	struct talk_login l = plain_login;
	l.user[0] = 0;
	ck_assert_int_eq(talk_send_login(fds[0], &l, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	l = plain_login;
	l.service[0] = 0;
	ck_assert_int_eq(talk_send_login(fds[0], &l, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	/* seven empty texts and no flags */
	int fd = feed(LOGIN, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 18);
	ck_assert_int_eq(receive_login(fd), -1);
	ck_assert_int_eq(f.class, FAULT_PEER);
	close(fd);
}
END_TEST

START_TEST(e3_unknown_flags_are_refused)
{
	for (int bit = 0; bit < 32; bit++) {
		static unsigned char wire[WIRE_MAX];
		struct talk_login l = plain_login;
		bool known = (1u << bit & TALK_LOGIN_FLAGS_ALL) != 0;
		l.flags = 0;
		ck_assert_int_eq(talk_send_login(fds[0], &l, in_ms(1000), &f), 0);
		size_t len = fuzz_drain(fds[1], wire, sizeof wire);
		wire[len - 1 - (size_t)bit / 8] = (unsigned char)(1u << bit % 8);
		int fd = fuzz_feed(wire, len);
		ck_assert_int_eq(receive_login(fd), known ? 0 : -1);
		close(fd);
		l.flags = 1u << bit;
		ck_assert_int_eq(talk_send_login(fds[0], &l, in_ms(1000), &f), known ? 0 : -1);
		fuzz_drain(fds[1], wire, sizeof wire);
	}
}
END_TEST

static const struct {
	const char *name, *text;
	bool valid;
} lines[] = {
	{ "a prompt", "Code sent to ...12 (ref K7QF). Code, or r to resend: ", true },
	{ "UTF-8", "f\xc3\xbcr", true },
	{ "empty", "", false },
	{ "newline at the end", "Code:\n", false },
	{ "newline inside", "Code\n: ", false },
	{ "escape", "\x1b[2J", false },
	{ "DEL", "a\x7f", false },
};

START_TEST(d1_what_is_asked_or_told_is_one_printable_line)
{
	const char *text = lines[_i].text;
	int rc = lines[_i].valid ? 0 : -1;
	size_t len = strlen(text);
	unsigned char body[128] = { 1, 0, (unsigned char)len };
	memcpy(body + 3, text, len);
	ck_assert_int_eq(talk_send_ask(fds[0], text, true, in_ms(1000), &f), rc);
	ck_assert_int_eq(talk_send_tell(fds[0], text, in_ms(1000), &f), rc);
	int ask = feed(ASK, body, len + 3);
	int tell = feed(TELL, body + 1, len + 2);
	ck_assert_msg(receive_event(ask) == rc, "%s", lines[_i].name);
	ck_assert_msg(receive_event(tell) == rc, "%s", lines[_i].name);
	close(ask);
	close(tell);
}
END_TEST

START_TEST(d1_what_is_asked_has_at_most_512_bytes)
{
	char text[TALK_PROMPT_MAX + 2] = { 0 };
	memset(text, 'a', TALK_PROMPT_MAX);
	ck_assert_int_eq(talk_send_ask(fds[0], text, true, in_ms(1000), &f), 0);
	ck_assert_int_eq(receive_event(fds[1]), 0);
	ck_assert_str_eq(event.text, text);
	text[TALK_PROMPT_MAX] = 'a';
	ck_assert_int_eq(talk_send_ask(fds[0], text, true, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_int_eq(talk_send_tell(fds[0], text, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
}
END_TEST

START_TEST(e3_an_echo_is_0_or_1)
{
	unsigned char body[] = { 2, 0, 1, 'a' };
	int fd = feed(ASK, body, sizeof body);
	ck_assert_int_eq(receive_event(fd), -1);
	ck_assert(event_wiped());
	close(fd);
}
END_TEST

/* --- frames ----------------------------------------------------------------------------------- */

START_TEST(e3_each_side_takes_its_own_types_only)
{
	int n = make_samples();
	for (int s = 0; s < n; s++) {
		for (int type = 0; type < 256; type++) {
			for (int r = 0; r < NREADERS; r++) {
				unsigned char was = samples[s].wire[2];
				samples[s].wire[2] = (unsigned char)type;
				int fd = fuzz_feed(samples[s].wire, samples[s].len);
				samples[s].wire[2] = was;
				int rc = readers[r].receive(fd);
				close(fd);
				if (type == was && r == samples[s].reader) {
					ck_assert_int_eq(rc, 0);
				} else if (!memchr(readers[r].types, type, 3) || type == 0) {
					ck_assert_int_eq(rc, -1);
					ck_assert_int_eq(f.class, FAULT_PEER);
					ck_assert(readers[r].is_wiped());
				}
			}
		}
	}
}
END_TEST

START_TEST(c7_every_truncation_is_refused)
{
	int n = make_samples();
	for (int s = 0; s < n; s++) {
		const struct reader *r = &readers[samples[s].reader];
		for (size_t k = 0; k < samples[s].len; k++) {
			int fd = fuzz_feed(samples[s].wire, k);
			ck_assert_int_eq(r->receive(fd), -1);
			ck_assert_int_eq(f.class, k == 0 ? FAULT_GONE : FAULT_PEER);
			ck_assert(r->is_wiped());
			close(fd);
		}
	}
}
END_TEST

/* The same with a header that says so: the frame is whole, its body is not. */
START_TEST(c7_every_shorter_body_is_refused)
{
	int n = make_samples();
	for (int s = 0; s < n; s++) {
		const struct reader *r = &readers[samples[s].reader];
		for (size_t k = 0; k < samples[s].len - HEADER; k++) {
			int fd = feed(samples[s].wire[2], samples[s].wire + HEADER, k);
			ck_assert_int_eq(r->receive(fd), -1);
			ck_assert_int_eq(f.class, FAULT_PEER);
			ck_assert(r->is_wiped());
			close(fd);
		}
	}
}
END_TEST

START_TEST(c7_trailing_bytes_are_refused)
{
	int n = make_samples();
	for (int s = 0; s < n; s++) {
		const struct reader *r = &readers[samples[s].reader];
		samples[s].wire[samples[s].len] = 0;
		int fd = feed(
			samples[s].wire[2], samples[s].wire + HEADER, samples[s].len - HEADER + 1);
		ck_assert_int_eq(r->receive(fd), -1);
		ck_assert_int_eq(f.class, FAULT_PEER);
		ck_assert(r->is_wiped());
		close(fd);
	}
}
END_TEST

/* No reader waits for a body that cannot be a message of its direction. */
START_TEST(e3_caps_are_the_longest_messages)
{
	static const struct {
		int type;
		size_t cap;
	} caps[NREADERS] = {
		{ LOGIN, 16 + 255 + 64 + 3 * 255 + 4095 + 512 + 7 + 4 },
		{ FIELD, 2 + 2 + 512 },
		{ ANSWER, 1 + 2 + 511 },
	};
	for (int r = 0; r < NREADERS; r++) {
		for (size_t over = 0; over < 2; over++) {
			size_t len = caps[r].cap + over;
			unsigned char head[HEADER] = { 'T', 1, (unsigned char)caps[r].type };
			head[6] = (unsigned char)(len >> 8);
			head[7] = (unsigned char)len;
			ck_assert_int_eq(send(fds[0], head, sizeof head, 0), HEADER);
			patience_ms = over ? 1000 : 30; /* the body never comes */
			int rc = readers[r].receive(fds[1]);
			ck_assert_int_eq(rc, -1);
			ck_assert_int_eq(f.class, over ? FAULT_PEER : FAULT_LATE);
		}
	}
}
END_TEST

START_TEST(e3_another_version_is_refused)
{
	int n = make_samples();
	for (int s = 0; s < n; s++) {
		samples[s].wire[1] = 2;
		int fd = fuzz_feed(samples[s].wire, samples[s].len);
		ck_assert_int_eq(readers[samples[s].reader].receive(fd), -1);
		ck_assert_int_eq(f.class, FAULT_PEER);
		close(fd);
	}
}
END_TEST

START_TEST(a_peer_that_hangs_up_is_gone)
{
	signal(SIGPIPE, SIG_DFL);
	close(fds[0]);
	for (int r = 0; r < NREADERS; r++) {
		ck_assert_int_eq(readers[r].receive(fds[1]), -1);
		ck_assert_int_eq(f.class, FAULT_GONE);
		ck_assert(readers[r].is_wiped());
	}
	ck_assert_int_eq(talk_send_login(fds[1], &plain_login, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_GONE);
	ck_assert_int_eq(talk_send_tell(fds[1], "x", in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_GONE);
}
END_TEST

START_TEST(a_silent_peer_is_late)
{
	int64_t began = clock_boot_ms();
	ck_assert_int_eq(talk_receive_event(fds[1], &event, began + 50, &f), -1);
	ck_assert_int_eq(f.class, FAULT_LATE);
	ck_assert_int_ge(clock_boot_ms() - began, 50);
	ck_assert_int_lt(clock_boot_ms() - began, 3000);
	ck_assert(event_wiped());
}
END_TEST

/* --- fuzzing ---------------------------------------------------------------------------------- */

/* What a reader took goes out as the very bytes that came in; only verdicts that do not agree change. */
static void check_taken(const struct reader *r, const unsigned char *wire)
{
	unsigned char again[WIRE_MAX];
	ck_assert_int_eq(r->send_again(fds[0]), 0);
	size_t len = fuzz_drain(fds[1], again, sizeof again);
	if (wire[2] != VERDICT || memcmp(again + HEADER, wire + HEADER, len - HEADER) == 0) {
		ck_assert_mem_eq(again, wire, len);
		return;
	}
	ck_assert_int_eq(event.verdict.kind, TALK_VERDICT_DENY);
	ck_assert_int_eq(event.verdict.reason, TALK_REASON_NONE);
}

static int fuzz_once(struct fuzz *fz, int n)
{
	static unsigned char wire[WIRE_MAX];
	const struct sample *s = &samples[fuzz_below(fz, (size_t)n)];
	const struct reader *r = &readers[s->reader];
	memcpy(wire, s->wire, s->len);
	size_t len = fuzz_mutate(fz, wire + HEADER, s->len - HEADER, 5800);
	if (fuzz_below(fz, 8) == 0) {
		len = fuzz_below(fz, 64);
		fuzz_bytes(fz, wire + HEADER, len);
	}
	wire[6] = (unsigned char)(len >> 8);
	wire[7] = (unsigned char)len;
	if (fuzz_below(fz, 8) == 0)
		fuzz_edit(fz, wire, HEADER, HEADER);
	int fd = fuzz_feed(wire, HEADER + len);
	int rc = r->receive(fd);
	close(fd);
	if (rc == 0)
		check_taken(r, wire);
	else
		ck_assert(r->is_wiped());
	return rc;
}

START_TEST(e3_mutated_messages_are_refused_or_mean_what_they_say)
{
	struct fuzz fz = { 7702 };
	int n = make_samples(), taken = 0;
	for (int i = 0; i < 30000; i++)
		taken += fuzz_once(&fz, n) == 0;
	ck_assert_int_gt(taken, 1000);
}
END_TEST

START_TEST(e3_random_bytes_are_refused)
{
	struct fuzz fz = { 11 };
	unsigned char wire[256];
	for (int i = 0; i < 10000; i++) {
		size_t len = 1 + fuzz_below(&fz, sizeof wire - 1);
		fuzz_bytes(&fz, wire, len);
		int fd = fuzz_feed(wire, len);
		const struct reader *r = &readers[fuzz_below(&fz, NREADERS)];
		ck_assert_int_eq(r->receive(fd), -1);
		ck_assert_int_eq(f.class, FAULT_PEER);
		ck_assert(r->is_wiped());
		close(fd);
	}
}
END_TEST

static void add_messages(TCase *tc)
{
	tcase_add_test(tc, a_login_arrives_whole);
	tcase_add_test(tc, the_longest_login_arrives);
	tcase_add_test(tc, an_ask_arrives);
	tcase_add_test(tc, a_field_arrives);
	tcase_add_loop_test(tc, e3_a_field_as_it_may_be_asked_for, 0,
		sizeof field_bodies / sizeof field_bodies[0]);
	tcase_add_test(tc, a_tell_arrives);
	tcase_add_loop_test(
		tc, text_comes_with_one_kind_of_answer_only, 0, sizeof answers / sizeof answers[0]);
	tcase_add_test(tc, the_longest_answer_arrives);
	tcase_add_test(tc, an_answer_with_a_nul_is_refused);
	tcase_add_test(tc, c1_a_verdict_accepts_only_if_kind_and_reason_agree);
	tcase_add_test(tc, c1_flipped_bits_are_no_acceptance);
	tcase_add_test(tc, c1_zero_bytes_are_no_acceptance);
	tcase_add_test(tc, c1_a_sender_cannot_say_what_does_not_agree);
	tcase_add_test(tc, e3_control_bytes_are_refused);
	tcase_add_test(tc, a_login_names_a_user_and_a_service);
	tcase_add_test(tc, e3_unknown_flags_are_refused);
	tcase_add_loop_test(tc, d1_what_is_asked_or_told_is_one_printable_line, 0,
		sizeof lines / sizeof lines[0]);
	tcase_add_test(tc, d1_what_is_asked_has_at_most_512_bytes);
	tcase_add_test(tc, e3_an_echo_is_0_or_1);
}

static void add_frames(TCase *tc)
{
	tcase_add_test(tc, e3_each_side_takes_its_own_types_only);
	tcase_add_test(tc, c7_every_truncation_is_refused);
	tcase_add_test(tc, c7_every_shorter_body_is_refused);
	tcase_add_test(tc, c7_trailing_bytes_are_refused);
	tcase_add_test(tc, e3_caps_are_the_longest_messages);
	tcase_add_test(tc, e3_another_version_is_refused);
	tcase_add_test(tc, a_peer_that_hangs_up_is_gone);
	tcase_add_test(tc, a_silent_peer_is_late);
	tcase_add_test(tc, e3_mutated_messages_are_refused_or_mean_what_they_say);
	tcase_add_test(tc, e3_random_bytes_are_refused);
}

Suite *unit_suite(void)
{
	Suite *s = suite_create("talk");
	TCase *messages = tcase_create("messages"), *frames = tcase_create("frames");
	suite_add_tcase(s, messages);
	suite_add_tcase(s, frames);
	tcase_add_checked_fixture(messages, setup, teardown);
	tcase_add_checked_fixture(frames, setup, teardown);
	tcase_set_timeout(frames, 60);
	add_messages(messages);
	add_frames(frames);
	return s;
}
