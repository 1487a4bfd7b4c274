/* The entries that the host calls. The only rooms here that log are this one, by pam_syslog, about
 * what the engine cannot say: bad arguments, and an engine out of reach. */
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdbool.h>
#include <stdint.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/secret.h"
#include "module/arguments.h"
#include "module/engine_link.h"
#include "module/forward.h"
#include "module/gather.h"
#include "module/keepsake.h"
#include "module/prompt.h"
#include "module/result.h"
#include "module/two_step.h"
#include "wire/talk.h"

#define EXPORTED __attribute__((visibility("default")))

enum {
	/* After a failed conversation: long enough to hear why, and the answer is no anyway. */
	PARTING_MS = 2000,
	/* The engine asks at most 14 times (A6) and tells once: more is no engine of ours. */
	ASKS_MAX = 16,
	TELLS_MAX = 1,
};

/* One call of pam_sm_authenticate, or of pam_sm_chauthtok in its first phase. */
struct visit {
	pam_handle_t *pamh;
	int flags;
	/* TALK_LOGIN_CHANGE and what goes with it, TALK_LOGIN_FORWARD, TALK_LOGIN_TWO_STEP or both;
	 * 0 for a plain login */
	uint32_t purpose;
	const struct arguments *args;
	struct forward *forward;   /* forward_pass; NULL without, and with two_step */
	struct two_step *two_step; /* forward_pass and two_step */
	int fd;                    /* the engine, -1 before */
	int asks;
	int tells;
	struct talk_verdict verdict; /* begins as a refusal */
};

static void refuse(struct visit *v, enum talk_reason reason)
{
	v->verdict.kind = TALK_VERDICT_DENY;
	v->verdict.reason = reason;
}

static bool silent(const struct visit *v)
{
	return ((unsigned)v->flags & PAM_SILENT) != 0;
}

/* A refusal that the engine does not know of. */
static void refuse_aloud(struct visit *v, enum talk_reason reason, const struct fault *f)
{
	char line[sizeof f->text + 80];

	refuse(v, reason);
	pam_syslog(v->pamh, reason == TALK_REASON_UNKNOWN_USER ? LOG_NOTICE : LOG_ERR, "%s",
		fault_text(f, line, sizeof line));
}

static void engine_failed(struct visit *v, struct fault *f)
{
	fault_prefix(f, "the login ended without a verdict of sms-otpd");
	refuse_aloud(v, TALK_REASON_ENGINE, f);
}

/* The conversation is over and nobody is let in; the engine may know better why (a one-field host,
 * D3). */
static void part(struct visit *v)
{
	int64_t deadline_ms = clock_boot_ms() + PARTING_MS;
	struct talk_event event;
	struct fault f = FAULT_INIT;

	refuse(v, TALK_REASON_CONVERSATION);
	for (int i = 0; i <= TELLS_MAX; i++) {
		if (talk_receive_event(v->fd, &event, deadline_ms, &f) < 0)
			return;
		if (event.kind == TALK_EVENT_TELL)
			continue;
		if (event.kind == TALK_EVENT_VERDICT && event.verdict.kind == TALK_VERDICT_DENY &&
			event.verdict.reason != TALK_REASON_NONE)
			refuse(v, event.verdict.reason);
		return;
	}
}

/* -1: the login ends here. */
static int answer_engine(struct visit *v, const struct talk_event *event)
{
	struct talk_answer answer;
	struct fault f = FAULT_INIT;

	if (v->two_step)
		two_step_take(v->pamh, event, v->two_step, &answer);
	else if (v->forward)
		forward_take(v->pamh, event->text, v->forward, &answer);
	else if (v->args->decoy || v->args->conceal)
		prompt_ask_blurred(v->pamh, event->text, event->echo && !v->args->no_echo, &answer);
	else
		prompt_ask(v->pamh, event->text, event->echo && !v->args->no_echo, &answer);
	enum talk_answer_kind kind = answer.kind;
	int rc = talk_send_answer(v->fd, &answer, clock_boot_ms() + TALK_STEP_MS, &f);
	secret_wipe(&answer.text);
	if (kind == TALK_ANSWER_FAILED || kind == TALK_ANSWER_CONTROL) {
		part(v);
		return -1;
	}
	/* who has hung up may have left a verdict behind */
	if (rc < 0 && f.class != FAULT_GONE) {
		engine_failed(v, &f);
		return -1;
	}
	return 0;
}

/* Who has two_step alone is never asked, and a field is asked for only where there is one. */
static bool may_ask(const struct visit *v, const struct talk_event *event)
{
	if (v->args->two_step && !v->two_step)
		return false;
	return (v->two_step != NULL) == (event->field.digits > 0);
}

/* What the engine said is done. -1: the login ends here. */
static int follow(struct visit *v, const struct talk_event *event)
{
	struct fault f = FAULT_INIT;

	switch (event->kind) {
	case TALK_EVENT_VERDICT:
		v->verdict = event->verdict;
		return -1;
	case TALK_EVENT_ASK:
		if (++v->asks <= ASKS_MAX && may_ask(v, event))
			return answer_engine(v, event);
		break;
	case TALK_EVENT_TELL:
		if (++v->tells > TELLS_MAX)
			break;
		if (!silent(v))
			prompt_tell(v->pamh, event->text);
		return 0;
	case TALK_EVENT_NONE:
		break;
	}
	fault_set(&f, FAULT_PEER, 0, "it went on and on");
	engine_failed(v, &f);
	return -1;
}

static void converse(struct visit *v, const struct talk_login *login, int64_t deadline_ms)
{
	struct talk_event event;
	struct fault f = FAULT_INIT;

	if (talk_send_login(v->fd, login, deadline_ms, &f) < 0 && f.class != FAULT_GONE) {
		engine_failed(v, &f);
		return;
	}
	do {
		if (talk_receive_event(v->fd, &event, deadline_ms, &f) < 0) {
			engine_failed(v, &f);
			return;
		}
		if (follow(v, &event) < 0)
			return;
		deadline_ms = clock_boot_ms() + TALK_STEP_MS;
	} while (true);
}

static bool exempt(struct visit *v)
{
	const char *service = gather_service(v->pamh);

	if (!service || arguments_concern(v->args, service))
		return false;
	if (v->args->debug)
		pam_syslog(v->pamh, LOG_DEBUG, "not for this service (only=)");
	v->verdict.kind = TALK_VERDICT_EXEMPT;
	v->verdict.reason = TALK_REASON_EXEMPT;
	return true;
}

static void visit(struct visit *v)
{
	struct talk_login login;
	struct fault f = FAULT_INIT;
	enum talk_reason why = TALK_REASON_SYSTEM;

	if (exempt(v))
		return;
	/* who cannot be asked is sent nothing */
	if (!prompt_possible(v->pamh)) {
		fault_set(&f, FAULT_BAD, 0, "the host gave no way to ask for the code");
		refuse_aloud(v, TALK_REASON_CONVERSATION, &f);
		return;
	}
	if (gather_login(v->pamh, v->args, &login, &why, &f) < 0) {
		refuse_aloud(v, why, &f);
		return;
	}
	login.flags |= v->purpose;
	if (silent(v))
		login.flags |= TALK_LOGIN_SILENT;
	int64_t deadline_ms = clock_boot_ms() + TALK_STEP_MS;
	if (engine_link_open(v->args->conf, deadline_ms, &v->fd, &why, &f) < 0) {
		refuse_aloud(v, why, &f);
		return;
	}
	converse(v, &login, deadline_ms);
	close(v->fd);
	v->fd = -1;
}

/* -1: the line in pam.d is at fault, and that is said. */
static int read_arguments(pam_handle_t *pamh, int argc, const char **argv, struct arguments *args)
{
	if (arguments_read(argc, argv, args) < 0) {
		pam_syslog(pamh, LOG_ERR, "bad arguments: %s", args->complaint);
		return -1;
	}
	if (args->debug && args->idle[0])
		pam_syslog(pamh, LOG_DEBUG, "accepted without effect: %s", args->idle);
	return 0;
}

/* The line after us gets the password alone, and that only if the code was right. */
static void hand_on(struct visit *v)
{
	struct fault f = FAULT_INIT;

	if (v->verdict.kind != TALK_VERDICT_ACCEPT || forward_hand_on(v->pamh, v->forward) == 0)
		return;
	fault_set(&f, FAULT_SYSTEM, 0, "the password could not be handed on");
	refuse_aloud(v, TALK_REASON_SYSTEM, &f);
}

static void visit_one_field(struct visit *v)
{
	struct forward forward = { 0 };

	v->forward = &forward;
	v->purpose = TALK_LOGIN_FORWARD;
	visit(v);
	hand_on(v);
	v->forward = NULL;
	secret_wipe(&forward.password);
}

/* The second step of two_step, before the password's line: what was not accepted is for that line
 * to judge, all of it. */
static void visit_second_step(struct visit *v)
{
	struct two_step field = { 0 };
	struct fault f = FAULT_INIT;

	v->two_step = &field;
	v->purpose = TALK_LOGIN_TWO_STEP | TALK_LOGIN_FORWARD;
	visit(v);
	if (two_step_hand_on(v->pamh, &field, v->verdict.kind == TALK_VERDICT_ACCEPT) < 0) {
		fault_set(&f, FAULT_SYSTEM, 0, "what was typed could not be handed on");
		refuse_aloud(v, TALK_REASON_SYSTEM, &f);
	}
	v->two_step = NULL;
	secret_wipe(&field.field);
}

/* The first step, behind the password's line: it never lets in but whom the settings let off. */
static void visit_first_step(struct visit *v)
{
	v->purpose = TALK_LOGIN_TWO_STEP;
	if (two_step_password_digits(v->pamh))
		v->purpose |= TALK_LOGIN_DIGITS;
	visit(v);
	if (v->verdict.kind == TALK_VERDICT_ACCEPT)
		refuse(v, TALK_REASON_NONE);
}

EXPORTED int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct arguments args;
	struct visit v = { .pamh = pamh,
		.flags = flags,
		.args = &args,
		.fd = -1,
		.verdict = { TALK_VERDICT_DENY, TALK_REASON_NONE } };

	if (read_arguments(pamh, argc, argv, &args) < 0)
		refuse(&v, TALK_REASON_ARGUMENTS);
	else if (args.two_step && args.forward_pass)
		visit_second_step(&v);
	else if (args.two_step)
		visit_first_step(&v);
	else if (args.forward_pass)
		visit_one_field(&v);
	else
		visit(&v);
	if (args.decoy && v.verdict.kind != TALK_VERDICT_DENY)
		refuse(&v, TALK_REASON_WRONG);
	return result_code(&v.verdict);
}

/* Root who runs passwd is asked nothing by the lines before us. An expired password is another
 * matter: the host is root there and the person is not; and `passwd -k` may claim one at any time,
 * so that it excuses nobody from the code. */
static uint32_t purpose_of_change(int flags)
{
	if (getuid() == 0 && ((unsigned)flags & PAM_CHANGE_EXPIRED_AUTHTOK) == 0)
		return TALK_LOGIN_CHANGE | TALK_LOGIN_ROOT_CALLER;
	return TALK_LOGIN_CHANGE;
}

/* Nobody is asked for a new password by one who has one field. */
static int read_arguments_of_change(
	pam_handle_t *pamh, int argc, const char **argv, struct arguments *args)
{
	if (read_arguments(pamh, argc, argv, args) < 0)
		return -1;
	if (!args->forward_pass && !args->two_step && !args->decoy && !args->conceal)
		return 0;
	pam_syslog(pamh, LOG_ERR, "bad arguments: %s (for lines of the type auth)",
		args->two_step       ? "two_step"
		: args->forward_pass ? "forward_pass"
				     : "decoy");
	return -1;
}

/* libpam walks the stack twice: all lines check, and only if that succeeded all change something.
 * The code belongs to the first walk. libpam judges the second by its own results: had we another
 * one for it, a jump over the password's line could lead into it (C1). */
EXPORTED int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct arguments args;
	struct visit v = { .pamh = pamh,
		.flags = flags,
		.purpose = purpose_of_change(flags),
		.args = &args,
		.fd = -1,
		.verdict = { TALK_VERDICT_DENY, TALK_REASON_NONE } };
	unsigned phase = (unsigned)flags & (PAM_PRELIM_CHECK | PAM_UPDATE_AUTHTOK);

	if (read_arguments_of_change(pamh, argc, argv, &args) < 0)
		refuse(&v, TALK_REASON_ARGUMENTS);
	else if (phase == PAM_UPDATE_AUTHTOK)
		keepsake_find(pamh, argv, &v.verdict);
	else if (phase == PAM_PRELIM_CHECK) {
		visit(&v);
		keepsake_leave(pamh, argv, &v.verdict);
	}
	return result_code(&v.verdict);
}

EXPORTED int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}
