/* Frames: the order and the receipt, and what shim and engine say to each other. The first byte chooses the reader; with its high bit
 * set the rest is all that comes, else it is the body of a whole frame. What is taken goes out as the very bytes that came in (C7, E3). */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "claim.h"
#include "input.h"
#include "wire/order.h"
#include "wire/talk.h"

enum { HEADER = 8, RAW = 0x80, WIRE_MAX = 20000, PATIENCE_MS = 2000 };

static struct {
	struct order order;
	struct receipt receipt;
	struct talk_login login;
	struct talk_event event;
	struct talk_answer answer;
} got;

static int64_t soon(void)
{
	return clock_boot_ms() + PATIENCE_MS;
}

static int take_order(int fd, struct fault *f)
{
	return order_receive(fd, &got.order, soon(), f);
}

static int give_order(int fd, struct fault *f)
{
	return order_send(fd, &got.order, soon(), f);
}

static int take_receipt(int fd, struct fault *f)
{
	return order_receive_receipt(fd, &got.receipt, soon(), f);
}

static int give_receipt(int fd, struct fault *f)
{
	return order_send_receipt(fd, &got.receipt, soon(), f);
}

static int take_login(int fd, struct fault *f)
{
	return talk_receive_login(fd, &got.login, soon(), f);
}

static int give_login(int fd, struct fault *f)
{
	return talk_send_login(fd, &got.login, soon(), f);
}

static int take_answer(int fd, struct fault *f)
{
	return talk_receive_answer(fd, &got.answer, soon(), f);
}

static int give_answer(int fd, struct fault *f)
{
	return talk_send_answer(fd, &got.answer, soon(), f);
}

static int take_event(int fd, struct fault *f)
{
	return talk_receive_event(fd, &got.event, soon(), f);
}

static int give_event(int fd, struct fault *f)
{
	switch (got.event.kind) {
	case TALK_EVENT_ASK:
		if (got.event.field.digits > 0)
			return talk_send_field(fd, got.event.text, &got.event.field, soon(), f);
		return talk_send_ask(fd, got.event.text, got.event.echo, soon(), f);
	case TALK_EVENT_TELL:
		return talk_send_tell(fd, got.event.text, soon(), f);
	case TALK_EVENT_VERDICT:
		return talk_send_verdict(fd, &got.event.verdict, soon(), f);
	case TALK_EVENT_NONE:
		break;
	}
	return -1;
}

static const struct reader {
	unsigned char treaty, type; /* of a whole frame; an event's type comes with its body */
	int (*take)(int fd, struct fault *f);
	int (*give)(int fd, struct fault *f);
} readers[] = {
	{ 'O', 1, take_order, give_order },
	{ 'O', 2, take_receipt, give_receipt },
	{ 'T', 0, take_login, give_login },
	{ 'T', 0, take_event, give_event },
	{ 'T', 0, take_answer, give_answer },
};

enum { NREADERS = sizeof readers / sizeof *readers, IS_RECEIPT = 1, IS_EVENT = 3 };

static size_t run_of_digits(const char *s)
{
	size_t longest = 0;
	for (; *s; s++) {
		size_t n = strspn(s, "0123456789");
		longest = n > longest ? n : longest;
	}
	return longest;
}

/* G1: whoever wrote it. */
static void claim_loggable(const struct receipt *r)
{
	CLAIM(r->outcome > RECEIPT_NONE && r->outcome < RECEIPT_COUNT);
	CLAIM(run_of_digits(r->code) < 7 && run_of_digits(r->balance) < 7);
	CLAIM(run_of_digits(r->note) < 6 && (!r->note[0] || text_printable(r->note)));
}

/* C1: an acceptance is one in kind and in reason. */
static void claim_verdict(const struct talk_verdict *v)
{
	CLAIM(v->kind == TALK_VERDICT_ACCEPT || v->kind == TALK_VERDICT_EXEMPT ||
		v->kind == TALK_VERDICT_DENY);
	CLAIM((v->kind == TALK_VERDICT_ACCEPT) == (v->reason == TALK_REASON_ACCEPTED));
	CLAIM((v->kind == TALK_VERDICT_EXEMPT) == (v->reason == TALK_REASON_EXEMPT));
}

static bool wiped(void)
{
	const unsigned char *p = (const unsigned char *)&got;
	for (size_t i = 0; i < sizeof got; i++)
		if (p[i])
			return false;
	return true;
}

static void claim_same(size_t which, const unsigned char *wire, size_t len)
{
	static unsigned char again[WIRE_MAX];
	int fds[2];
	struct fault f = FAULT_INIT;
	CLAIM(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
	CLAIM(readers[which].give(fds[0], &f) == 0);
	ssize_t n = recv(fds[1], again, sizeof again, MSG_DONTWAIT);
	CLAIM(n >= HEADER && (size_t)n <= len);
	/* what a receipt must not say is masked, and a verdict that does not agree is none */
	bool changed =
		which == IS_RECEIPT || (which == IS_EVENT && got.event.kind == TALK_EVENT_VERDICT);
	CLAIM(changed || !memcmp(again, wire, (size_t)n));
	close(fds[0]);
	close(fds[1]);
}

static void feed(size_t which, const unsigned char *wire, size_t len)
{
	int fds[2];
	struct fault f = FAULT_INIT;
	memset(&got, 0, sizeof got);
	CLAIM(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
	if (len > 0)
		CLAIM(send(fds[0], wire, len, MSG_NOSIGNAL) == (ssize_t)len);
	close(fds[0]);
	int rc = readers[which].take(fds[1], &f);
	close(fds[1]);
	if (rc < 0) {
		CLAIM(wiped() && text_printable(f.text));
		CLAIM(f.class == FAULT_PEER || f.class == FAULT_GONE);
		return;
	}
	fuzz_taken++;
	claim_same(which, wire, len);
	if (which == IS_RECEIPT)
		claim_loggable(&got.receipt);
	if (which == IS_EVENT)
		claim_verdict(&got.event.verdict);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static unsigned char wire[WIRE_MAX];
	if (len < 2 || len > WIRE_MAX - HEADER)
		return 0;
	size_t which = (bytes[0] & 0x7fu) % NREADERS;
	if (bytes[0] & RAW) {
		feed(which, bytes + 1, len - 1);
		return 0;
	}
	/* version, type, and the length that the body has */
	size_t body = len - 2;
	const unsigned char header[HEADER] = { readers[which].treaty, 1,
		readers[which].type ? readers[which].type : bytes[1], 0, 0, 0,
		(unsigned char)(body >> 8), (unsigned char)body };
	memcpy(wire, header, HEADER);
	memcpy(wire + HEADER, bytes + 2, body);
	feed(which, wire, HEADER + body);
	return 0;
}

/* --- one of each ------------------------------------------------------------------------------ */

static const struct {
	size_t which;
	enum order_action action;
	enum talk_event_kind event;
	uint32_t digits; /* of a field */
	enum talk_answer_kind answer;
} samples[] = {
	{ .which = 0, .action = ORDER_ACTION_SEND },
	{ .which = 0, .action = ORDER_ACTION_POLL },
	{ .which = 0, .action = ORDER_ACTION_CHECK },
	{ .which = 1 },
	{ .which = 2 },
	{ .which = 3, .event = TALK_EVENT_ASK },
	{ .which = 3, .event = TALK_EVENT_ASK, .digits = 8 },
	{ .which = 3, .event = TALK_EVENT_TELL },
	{ .which = 3, .event = TALK_EVENT_VERDICT },
	{ .which = 4, .answer = TALK_ANSWER_TEXT },
	{ .which = 4, .answer = TALK_ANSWER_EMPTY },
};

static void set_secret(struct secret *s, const char *text)
{
	CLAIM(secret_set(s, text, strlen(text)) == 0);
}

static void set_order(struct order *o, enum order_action action)
{
	struct secret key;
	struct fault f = FAULT_INIT;
	*o = (struct order){ .action = action, .time_ms = 8000, .description = "twilio" };
	if (action == ORDER_ACTION_SEND) {
		snprintf(o->number, sizeof o->number, "+4917012345678");
		snprintf(o->text, sizeof o->text, "493027 is your code.\nF\xc3\xbcr alice");
		snprintf(o->proxy, sizeof o->proxy, "http://192.0.2.1:3128");
	}
	if (action == ORDER_ACTION_POLL)
		snprintf(o->message_id, sizeof o->message_id, "SM0123");
	set_secret(&key, "k-0123");
	CLAIM(order_add_variable(o, "key", &key, &f) == 0);
}

static void set_sample(unsigned i)
{
	memset(&got, 0, sizeof got);
	set_order(&got.order, samples[i].action);
	got.receipt = (struct receipt){ .outcome = RECEIPT_ACCOUNT,
		.http_status = 402,
		.code = "E-20.4",
		.message_id = "SM01",
		.balance = "-3.20",
		.note = "HTTP 402, code 123456: 1234567890123",
		.sandbox = RECEIPT_SANDBOX_SECCOMP };
	got.login = (struct talk_login){ .user = "alice",
		.service = "sshd",
		.rhost = "192.0.2.7",
		.auth_info = "password\n",
		.flags = TALK_LOGIN_AUTHTOK };
	got.event = (struct talk_event){ .kind = samples[i].event,
		.echo = true,
		.field = { samples[i].digits, false },
		.text = "Code: ",
		.verdict = { TALK_VERDICT_ACCEPT, TALK_REASON_ACCEPTED } };
	got.answer.kind = samples[i].answer;
	if (got.answer.kind == TALK_ANSWER_TEXT)
		set_secret(&got.answer.text, "493027");
}

/* They have nothing to do with descriptions, and stand at the first. */
size_t fuzz_seed(const char *name, const char *text, unsigned i, char *out, size_t cap)
{
	unsigned char wire[WIRE_MAX];
	const char *first;
	int fds[2];
	struct fault f = FAULT_INIT;
	CLAIM(input_shipped(0, &first, &text));
	if (name != first || i >= sizeof samples / sizeof *samples)
		return 0;
	set_sample(i);
	CLAIM(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
	CLAIM(readers[samples[i].which].give(fds[0], &f) == 0);
	ssize_t n = recv(fds[1], wire, sizeof wire, MSG_DONTWAIT);
	close(fds[0]);
	close(fds[1]);
	CLAIM(n >= HEADER && (size_t)n <= cap);
	out[0] = (char)samples[i].which;
	out[1] = (char)wire[2];
	memcpy(out + 2, wire + HEADER, (size_t)n - HEADER);
	return (size_t)n - HEADER + 2;
}
