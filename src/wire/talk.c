#include "wire/talk.h"

#include <string.h>

#include "base/frame.h"

enum { TREATY = 'T', VERSION = 1 };

enum frame_type { LOGIN = 1, ANSWER = 2, ASK = 3, TELL = 4, VERDICT = 5, FIELD = 6 };

enum {
	TEXT_HEAD = 2, /* a text's length */
	LOGIN_BODY = 8 * TEXT_HEAD + TALK_USER_MAX + TALK_SERVICE_MAX + 3 * TALK_PLACE_MAX +
		     TALK_AUTH_INFO_MAX + TALK_PROMPT_MAX + TALK_LANGUAGE_MAX + 4,
	ANSWER_BODY = 1 + TEXT_HEAD + SECRET_MAX,
	EVENT_BODY = 2 + TEXT_HEAD + TALK_PROMPT_MAX,
};

/* One treaty; each direction has the cap of its own longest message. */
static const struct frame_treaty login_treaty = { TREATY, VERSION, LOGIN_BODY };
static const struct frame_treaty answer_treaty = { TREATY, VERSION, ANSWER_BODY };
static const struct frame_treaty event_treaty = { TREATY, VERSION, EVENT_BODY };

/* --- what a field may hold -------------------------------------------------------------------- */

/* No control byte, but newlines where they are meant. Bytes above 0x7f pass: names and a site's own
 * prompt may be UTF-8. */
static bool shown(const char *s, bool newlines)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if ((c < 0x20 && !(newlines && c == '\n')) || c == 0x7f)
			return false;
	}
	return true;
}

static bool login_holds(const struct talk_login *login)
{
	return login->user[0] && login->service[0] && shown(login->user, false) &&
	       shown(login->service, false) && shown(login->rhost, false) &&
	       shown(login->tty, false) && shown(login->ruser, false) &&
	       shown(login->auth_info, true) && shown(login->prompt, false) &&
	       shown(login->language, false) &&
	       (login->flags & ~(uint32_t)TALK_LOGIN_FLAGS_ALL) == 0;
}

/* Text comes with the one kind that has it, and with no other. */
static bool answer_holds(const struct talk_answer *answer)
{
	if (answer->text.len > SECRET_MAX || memchr(answer->text.bytes, 0, answer->text.len))
		return false;
	switch (answer->kind) {
	case TALK_ANSWER_TEXT:
		return answer->text.len > 0;
	case TALK_ANSWER_EMPTY:
	case TALK_ANSWER_OVERSIZE:
	case TALK_ANSWER_SAME_AS_PASSWORD:
	case TALK_ANSWER_FAILED:
	case TALK_ANSWER_CONTROL:
		return answer->text.len == 0;
	case TALK_ANSWER_NONE:
		break;
	}
	return false;
}

static bool line_holds(const char *text)
{
	return text[0] && strnlen(text, TALK_PROMPT_MAX + 1) <= TALK_PROMPT_MAX &&
	       shown(text, false);
}

static bool field_holds(const struct talk_field *field)
{
	return field->digits >= TALK_FIELD_DIGITS_MIN && field->digits <= TALK_FIELD_DIGITS_MAX;
}

/* The pair as it may be acted on: what does not agree is a refusal that nobody explained (C1). */
static struct talk_verdict agreed(uint32_t kind, uint32_t reason)
{
	struct talk_verdict v = { TALK_VERDICT_DENY, TALK_REASON_NONE };
	if (kind == TALK_VERDICT_ACCEPT && reason == TALK_REASON_ACCEPTED) {
		v.kind = TALK_VERDICT_ACCEPT;
		v.reason = TALK_REASON_ACCEPTED;
	} else if (kind == TALK_VERDICT_EXEMPT && reason == TALK_REASON_EXEMPT) {
		v.kind = TALK_VERDICT_EXEMPT;
		v.reason = TALK_REASON_EXEMPT;
	} else if (kind == TALK_VERDICT_DENY && reason < TALK_REASON_COUNT &&
		   reason != TALK_REASON_ACCEPTED && reason != TALK_REASON_EXEMPT) {
		v.reason = (enum talk_reason)reason;
	}
	return v;
}

static int not_the_treaty(struct fault *f, const char *what)
{
	return fault_set(f, FAULT_PEER, 0, "the other side sent a malformed %s", what);
}

/* Send a frame that is complete, and wipe it. */
static int finish(int fd, const struct frame_treaty *t, struct frame *fr, int64_t deadline_ms,
	struct fault *f)
{
	int rc = frame_send(fd, t, fr, deadline_ms, f);
	frame_wipe(fr);
	return rc;
}

/* --- the shim's side -------------------------------------------------------------------------- */

int talk_send_login(int fd, const struct talk_login *login, int64_t deadline_ms, struct fault *f)
{
	if (!login_holds(login))
		return fault_set(f, FAULT_BAD, 0, "the login cannot be described to the engine");
	struct frame fr;
	frame_begin(&fr, LOGIN);
	frame_put_text(&fr, login->user);
	frame_put_text(&fr, login->service);
	frame_put_text(&fr, login->rhost);
	frame_put_text(&fr, login->tty);
	frame_put_text(&fr, login->ruser);
	frame_put_text(&fr, login->auth_info);
	frame_put_text(&fr, login->prompt);
	frame_put_text(&fr, login->language);
	frame_put_u32(&fr, login->flags);
	return finish(fd, &login_treaty, &fr, deadline_ms, f);
}

static bool get_field(struct frame *fr, struct talk_event *event)
{
	event->kind = TALK_EVENT_ASK;
	event->field.digits = frame_get_u8(fr);
	uint8_t alone = frame_get_u8(fr);
	event->field.alone = alone == 1;
	frame_get_text(fr, event->text, sizeof event->text);
	return frame_end(fr) && alone <= 1 && field_holds(&event->field) && line_holds(event->text);
}

static bool get_event(struct frame *fr, struct talk_event *event)
{
	uint8_t echo = 0;
	uint32_t kind = TALK_VERDICT_DENY, reason = TALK_REASON_NONE;
	switch (fr->type) {
	case ASK:
		event->kind = TALK_EVENT_ASK;
		echo = frame_get_u8(fr);
		event->echo = echo == 1;
		frame_get_text(fr, event->text, sizeof event->text);
		return frame_end(fr) && echo <= 1 && line_holds(event->text);
	case FIELD:
		return get_field(fr, event);
	case TELL:
		event->kind = TALK_EVENT_TELL;
		frame_get_text(fr, event->text, sizeof event->text);
		return frame_end(fr) && line_holds(event->text);
	case VERDICT:
		kind = frame_get_u32(fr);
		reason = frame_get_u32(fr);
		if (!frame_end(fr) || reason >= TALK_REASON_COUNT ||
			(kind != TALK_VERDICT_DENY && kind != TALK_VERDICT_ACCEPT &&
				kind != TALK_VERDICT_EXEMPT))
			return false;
		event->kind = TALK_EVENT_VERDICT;
		event->verdict = agreed(kind, reason);
		return true;
	default:
		return false;
	}
}

int talk_receive_event(int fd, struct talk_event *event, int64_t deadline_ms, struct fault *f)
{
	struct frame fr;
	memset(event, 0, sizeof *event);
	if (frame_receive(fd, &event_treaty, &fr, deadline_ms, f) < 0)
		return -1;
	bool ok = get_event(&fr, event);
	frame_wipe(&fr);
	if (ok)
		return 0;
	memset(event, 0, sizeof *event);
	return not_the_treaty(f, "message");
}

int talk_send_answer(int fd, const struct talk_answer *answer, int64_t deadline_ms, struct fault *f)
{
	if (!answer_holds(answer))
		return fault_set(f, FAULT_BAD, 0, "the answer cannot be handed to the engine");
	struct frame fr;
	frame_begin(&fr, ANSWER);
	frame_put_u8(&fr, (uint8_t)answer->kind);
	frame_put_secret(&fr, &answer->text);
	return finish(fd, &answer_treaty, &fr, deadline_ms, f);
}

/* --- the engine's side ------------------------------------------------------------------------ */

static bool get_login(struct frame *fr, struct talk_login *login)
{
	frame_get_text(fr, login->user, sizeof login->user);
	frame_get_text(fr, login->service, sizeof login->service);
	frame_get_text(fr, login->rhost, sizeof login->rhost);
	frame_get_text(fr, login->tty, sizeof login->tty);
	frame_get_text(fr, login->ruser, sizeof login->ruser);
	frame_get_text(fr, login->auth_info, sizeof login->auth_info);
	frame_get_text(fr, login->prompt, sizeof login->prompt);
	frame_get_text(fr, login->language, sizeof login->language);
	login->flags = frame_get_u32(fr);
	return frame_end(fr) && login_holds(login);
}

int talk_receive_login(int fd, struct talk_login *login, int64_t deadline_ms, struct fault *f)
{
	struct frame fr;
	memset(login, 0, sizeof *login);
	if (frame_receive(fd, &login_treaty, &fr, deadline_ms, f) < 0)
		return -1;
	bool ok = fr.type == LOGIN && get_login(&fr, login);
	frame_wipe(&fr);
	if (ok)
		return 0;
	memset(login, 0, sizeof *login);
	return not_the_treaty(f, "login");
}

int talk_send_ask(int fd, const char *text, bool echo, int64_t deadline_ms, struct fault *f)
{
	if (!line_holds(text))
		return fault_set(f, FAULT_BAD, 0, "a prompt is empty, too long or not printable");
	struct frame fr;
	frame_begin(&fr, ASK);
	frame_put_u8(&fr, echo ? 1 : 0);
	frame_put_text(&fr, text);
	return finish(fd, &event_treaty, &fr, deadline_ms, f);
}

int talk_send_field(int fd, const char *text, const struct talk_field *field, int64_t deadline_ms,
	struct fault *f)
{
	if (!line_holds(text) || !field_holds(field))
		return fault_set(f, FAULT_BAD, 0, "a field cannot be asked for like that");
	struct frame fr;
	frame_begin(&fr, FIELD);
	frame_put_u8(&fr, (uint8_t)field->digits);
	frame_put_u8(&fr, field->alone ? 1 : 0);
	frame_put_text(&fr, text);
	return finish(fd, &event_treaty, &fr, deadline_ms, f);
}

int talk_send_tell(int fd, const char *text, int64_t deadline_ms, struct fault *f)
{
	if (!line_holds(text))
		return fault_set(f, FAULT_BAD, 0, "a message is empty, too long or not printable");
	struct frame fr;
	frame_begin(&fr, TELL);
	frame_put_text(&fr, text);
	return finish(fd, &event_treaty, &fr, deadline_ms, f);
}

static bool get_answer(struct frame *fr, struct talk_answer *answer)
{
	uint8_t kind = frame_get_u8(fr);
	frame_get_secret(fr, &answer->text);
	if (!frame_end(fr) || kind > TALK_ANSWER_CONTROL)
		return false;
	answer->kind = (enum talk_answer_kind)kind;
	return answer_holds(answer);
}

int talk_receive_answer(int fd, struct talk_answer *answer, int64_t deadline_ms, struct fault *f)
{
	struct frame fr;
	answer->kind = TALK_ANSWER_NONE;
	secret_wipe(&answer->text);
	if (frame_receive(fd, &answer_treaty, &fr, deadline_ms, f) < 0)
		return -1;
	bool ok = fr.type == ANSWER && get_answer(&fr, answer);
	frame_wipe(&fr);
	if (ok)
		return 0;
	answer->kind = TALK_ANSWER_NONE;
	secret_wipe(&answer->text);
	return not_the_treaty(f, "answer");
}

int talk_send_verdict(
	int fd, const struct talk_verdict *verdict, int64_t deadline_ms, struct fault *f)
{
	struct talk_verdict v = agreed((uint32_t)verdict->kind, (uint32_t)verdict->reason);
	struct frame fr;
	frame_begin(&fr, VERDICT);
	frame_put_u32(&fr, (uint32_t)v.kind);
	frame_put_u32(&fr, (uint32_t)v.reason);
	return finish(fd, &event_treaty, &fr, deadline_ms, f);
}
