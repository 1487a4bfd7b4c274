#include "wire/order.h"

#include <stdbool.h>
#include <string.h>

#include "base/frame.h"
#include "base/text.h"

enum { TREATY = 'O', VERSION = 1 };

enum frame_type { ORDER = 1, RECEIPT = 2 };

enum {
	TEXT_HEAD = 2, /* a text's or a secret's length */
	VARIABLE_BODY = 2 * TEXT_HEAD + ORDER_NAME_MAX + SECRET_MAX,
	ORDER_BODY = 1 + 4 + 6 * TEXT_HEAD + ORDER_NAME_MAX + ORDER_NUMBER_MAX + ORDER_TEXT_MAX +
		     ORDER_ID_MAX + 2 * ORDER_PATH_MAX + 1 + 1 +
		     ORDER_VARIABLES_MAX * VARIABLE_BODY,
	RECEIPT_BODY =
		1 + 4 + 4 * TEXT_HEAD + 2 * ORDER_CODE_MAX + ORDER_ID_MAX + ORDER_NOTE_MAX + 1 + 1,
	TIME_MIN_MS = 100,
	TIME_MAX_MS = 20000,
	HTTP_STATUS_MIN = 100,
	HTTP_STATUS_MAX = 999,
	SANDBOX_ALL = RECEIPT_SANDBOX_SECCOMP | RECEIPT_SANDBOX_LANDLOCK,
	CODE_DIGITS = 7, /* the shortest number of E.164 */
	NOTE_DIGITS = 6, /* the shortest of our codes (A1) */
};

/* One treaty; each direction has the cap of its own longest message. */
static const struct frame_treaty order_treaty = { TREATY, VERSION, ORDER_BODY };
static const struct frame_treaty receipt_treaty = { TREATY, VERSION, RECEIPT_BODY };

/* --- what a field may hold -------------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A name becomes a part of a path and of a request: no case, no dot, no slash (E5). */
static bool name_holds(const char *s)
{
	if (s[0] == '-' || s[0] == '_')
		return false;
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	return len > 0 && s[len] == 0 && len <= ORDER_NAME_MAX;
}

/* G3 */
static bool number_holds(const char *s)
{
	if (s[0] != '+' || s[1] < '1' || s[1] > '9')
		return false;
	size_t digits = strspn(s + 1, "0123456789");
	return digits >= 7 && digits <= 15 && s[1 + digits] == 0;
}

/* Bytes of the UTF-8 character at s, 0 where there is none: overlong forms, surrogates and values
 * past U+10FFFF are none. A NUL inside stops the look ahead, since it is no continuation. */
static size_t utf8_length(const unsigned char *s)
{
	static const struct {
		unsigned char first, last, low, high; /* range of the first, of the second byte */
		size_t len;
	} forms[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	if (s[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (s[1] < forms[i].low || s[1] > forms[i].high)
			return 0;
		for (size_t k = 2; k < forms[i].len; k++) {
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		}
		return forms[i].len;
	}
	return 0;
}

/* What a phone shows: UTF-8 without control bytes but newlines. */
static bool text_holds(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	if (!*s)
		return false;
	while (*s) {
		if ((*s < 0x20 && *s != '\n') || *s == 0x7f)
			return false;
		size_t len = utf8_length(s);
		if (len == 0)
			return false;
		s += len;
	}
	return true;
}

static bool empty_or_printable(const char *s)
{
	return s[0] == 0 || text_printable(s);
}

static bool empty_or_path(const char *s)
{
	return s[0] == 0 || (s[0] == '/' && text_printable(s));
}

static bool variables_hold(const struct order *o)
{
	if (o->nvariables > ORDER_VARIABLES_MAX)
		return false;
	for (uint32_t i = 0; i < o->nvariables; i++) {
		const struct order_variable *v = &o->variables[i];
		if (!name_holds(v->name) || v->value.len > SECRET_MAX ||
			memchr(v->value.bytes, 0, v->value.len))
			return false;
		for (uint32_t k = 0; k < i; k++) {
			if (strcmp(o->variables[k].name, v->name) == 0)
				return false;
		}
	}
	return true;
}

/* Each action has what it needs and nothing that it does not (E7). */
static bool purpose_holds(const struct order *o)
{
	switch (o->action) {
	case ORDER_ACTION_SEND:
	case ORDER_ACTION_VOICE:
		return number_holds(o->number) && text_holds(o->text) && !o->message_id[0];
	case ORDER_ACTION_POLL:
		return (!o->number[0] || number_holds(o->number)) && !o->text[0] &&
		       text_printable(o->message_id);
	case ORDER_ACTION_CHECK:
		return !o->number[0] && !o->text[0] && !o->message_id[0];
	case ORDER_ACTION_NONE:
		break;
	}
	return false;
}

static bool order_holds(const struct order *o)
{
	return purpose_holds(o) && o->time_ms >= TIME_MIN_MS && o->time_ms <= TIME_MAX_MS &&
	       name_holds(o->description) && empty_or_path(o->ca_file) &&
	       empty_or_printable(o->proxy) && o->loopback_http <= 1 && variables_hold(o);
}

/* "" or [A-Za-z0-9._-] */
static bool code_holds(const char *s)
{
	for (; *s; s++) {
		if (!is_digit(*s) && !is_letter(*s) && !strchr("._-", *s))
			return false;
	}
	return true;
}

static bool receipt_holds(const struct receipt *r)
{
	bool status = r->http_status == 0 ||
		      (r->http_status >= HTTP_STATUS_MIN && r->http_status <= HTTP_STATUS_MAX);
	return r->outcome > RECEIPT_NONE && r->outcome < RECEIPT_COUNT && status &&
	       code_holds(r->code) && code_holds(r->balance) && empty_or_printable(r->message_id) &&
	       empty_or_printable(r->note) && (r->sandbox & ~(uint32_t)SANDBOX_ALL) == 0 &&
	       r->reports <= 1;
}

/* --- what the sender may not make us log (G1) ------------------------------------------------- */

/* How many digits stand at s. */
static size_t run(const char *s)
{
	return strspn(s, "0123456789");
}

static void drop_if_number(char *s)
{
	size_t digits = 0;

	for (const char *p = s; *p; p++)
		digits += *p >= '0' && *p <= '9';
	if (digits >= CODE_DIGITS)
		memset(s, 0, strlen(s));
}

/* The length of what starts at s and may be a number as people write it: digits with single
 * separators between them. */
static size_t number_length(const char *s, size_t *digits)
{
	size_t len = 0;

	*digits = 0;
	for (;;) {
		size_t here = run(s + len);
		if (here == 0)
			return len;
		*digits += here;
		len += here;
		if (!s[len] || !strchr("._-/ ", s[len]) || run(s + len + 1) == 0)
			return len;
		len++;
	}
}

static void mask_numbers(char *s)
{
	while (*s) {
		size_t digits, len = number_length(s, &digits);

		if (digits >= NOTE_DIGITS)
			memset(s, '*', len);
		s += len > 0 ? len : 1;
	}
}

static void make_loggable(struct receipt *r)
{
	drop_if_number(r->code);
	drop_if_number(r->balance);
	mask_numbers(r->note);
}

/* --- the order -------------------------------------------------------------------------------- */

void order_wipe(struct order *o)
{
	secret_wipe_bytes(o, sizeof *o);
}

int order_add_variable(
	struct order *o, const char *name, const struct secret *value, struct fault *f)
{
	if (!name_holds(name))
		return fault_set(f, FAULT_BAD, 0, "not a name of a variable: %.40s", name);
	if (value->len > SECRET_MAX || memchr(value->bytes, 0, value->len))
		return fault_set(f, FAULT_BAD, 0, "the value of %s has a NUL byte inside", name);
	for (uint32_t i = 0; i < o->nvariables && i < ORDER_VARIABLES_MAX; i++) {
		if (strcmp(o->variables[i].name, name) == 0)
			return fault_set(f, FAULT_BAD, 0, "two values for %s", name);
	}
	if (o->nvariables >= ORDER_VARIABLES_MAX)
		return fault_set(f, FAULT_BAD, 0, "more than %d variables", ORDER_VARIABLES_MAX);
	struct order_variable *v = &o->variables[o->nvariables];
	if (text_copy(v->name, sizeof v->name, name) < 0 ||
		secret_set(&v->value, value->bytes, value->len) < 0)
		return fault_set(f, FAULT_BAD, 0, "the value of %s is too long", name);
	o->nvariables++;
	return 0;
}

int order_send(int fd, const struct order *o, int64_t deadline_ms, struct fault *f)
{
	if (!order_holds(o))
		return fault_set(f, FAULT_BAD, 0, "an order that no sender would take");
	struct frame fr;
	frame_begin(&fr, ORDER);
	frame_put_u8(&fr, (uint8_t)o->action);
	frame_put_u32(&fr, o->time_ms);
	frame_put_text(&fr, o->description);
	frame_put_text(&fr, o->number);
	frame_put_text(&fr, o->text);
	frame_put_text(&fr, o->message_id);
	frame_put_text(&fr, o->ca_file);
	frame_put_text(&fr, o->proxy);
	frame_put_u8(&fr, (uint8_t)o->loopback_http);
	frame_put_u8(&fr, (uint8_t)o->nvariables);
	for (uint32_t i = 0; i < o->nvariables; i++) {
		frame_put_text(&fr, o->variables[i].name);
		frame_put_secret(&fr, &o->variables[i].value);
	}
	int rc = frame_send(fd, &order_treaty, &fr, deadline_ms, f);
	frame_wipe(&fr);
	return rc;
}

static bool get_order(struct frame *fr, struct order *o)
{
	uint8_t action = frame_get_u8(fr);
	if (action > ORDER_ACTION_CHECK)
		return false;
	o->action = (enum order_action)action;
	o->time_ms = frame_get_u32(fr);
	frame_get_text(fr, o->description, sizeof o->description);
	frame_get_text(fr, o->number, sizeof o->number);
	frame_get_text(fr, o->text, sizeof o->text);
	frame_get_text(fr, o->message_id, sizeof o->message_id);
	frame_get_text(fr, o->ca_file, sizeof o->ca_file);
	frame_get_text(fr, o->proxy, sizeof o->proxy);
	o->loopback_http = frame_get_u8(fr);
	uint8_t n = frame_get_u8(fr);
	if (n > ORDER_VARIABLES_MAX)
		return false;
	for (uint8_t i = 0; i < n; i++) {
		frame_get_text(fr, o->variables[i].name, sizeof o->variables[i].name);
		frame_get_secret(fr, &o->variables[i].value);
	}
	o->nvariables = n;
	return frame_end(fr) && order_holds(o);
}

int order_receive(int fd, struct order *o, int64_t deadline_ms, struct fault *f)
{
	struct frame fr;
	order_wipe(o);
	if (frame_receive(fd, &order_treaty, &fr, deadline_ms, f) < 0)
		return -1;
	bool ok = fr.type == ORDER && get_order(&fr, o);
	frame_wipe(&fr);
	if (ok)
		return 0;
	order_wipe(o);
	return fault_set(f, FAULT_PEER, 0, "the other side sent a malformed order");
}

/* --- the receipt ------------------------------------------------------------------------------ */

int order_send_receipt(int fd, const struct receipt *r, int64_t deadline_ms, struct fault *f)
{
	if (!receipt_holds(r))
		return fault_set(f, FAULT_BAD, 0, "a receipt that nobody would take");
	struct frame fr;
	frame_begin(&fr, RECEIPT);
	frame_put_u8(&fr, (uint8_t)r->outcome);
	frame_put_u32(&fr, r->http_status);
	frame_put_text(&fr, r->code);
	frame_put_text(&fr, r->message_id);
	frame_put_text(&fr, r->balance);
	frame_put_text(&fr, r->note);
	frame_put_u8(&fr, (uint8_t)r->sandbox);
	frame_put_u8(&fr, (uint8_t)r->reports);
	int rc = frame_send(fd, &receipt_treaty, &fr, deadline_ms, f);
	frame_wipe(&fr);
	return rc;
}

static bool get_receipt(struct frame *fr, struct receipt *r)
{
	uint8_t outcome = frame_get_u8(fr);
	if (outcome >= RECEIPT_COUNT)
		return false;
	r->outcome = (enum receipt_outcome)outcome;
	r->http_status = frame_get_u32(fr);
	frame_get_text(fr, r->code, sizeof r->code);
	frame_get_text(fr, r->message_id, sizeof r->message_id);
	frame_get_text(fr, r->balance, sizeof r->balance);
	frame_get_text(fr, r->note, sizeof r->note);
	r->sandbox = frame_get_u8(fr);
	r->reports = frame_get_u8(fr);
	return frame_end(fr) && receipt_holds(r);
}

int order_receive_receipt(int fd, struct receipt *r, int64_t deadline_ms, struct fault *f)
{
	struct frame fr;
	memset(r, 0, sizeof *r);
	if (frame_receive(fd, &receipt_treaty, &fr, deadline_ms, f) < 0)
		return -1;
	bool ok = fr.type == RECEIPT && get_receipt(&fr, r);
	frame_wipe(&fr);
	if (ok) {
		make_loggable(r);
		return 0;
	}
	memset(r, 0, sizeof *r);
	return fault_set(f, FAULT_PEER, 0, "the other side sent a malformed receipt");
}
