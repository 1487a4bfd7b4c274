/* talk: the treaty between shim and engine.
 *
 *   shim                         engine
 *   LOGIN (who, where, how) ---->
 *                            <---- ASK  (one prompt)          any number of times
 *                               or FIELD (the one field of a host, at most once)
 *   ANSWER                  ---->
 *                            <---- TELL (one error text)      at most once
 *                            <---- VERDICT, then the connection ends
 *
 * Owns: the frames, their order of fields, the reasons of a verdict.
 * MUST: carry no password (of forward_pass's field only the last six digits, or what has a recovery
 *       code's form: a password's end if somebody left the code out; of two_step's only as many
 *       digits as FIELD asks for); refuse unknown types, fields
 *       out of range and trailing bytes (C7, E3);
 *       take a verdict for an acceptance only if verdict and reason agree (else it is DENY with
 *       NONE, sent or received). A connection that closes before a verdict is a refusal. Texts
 *       have no control byte (auth_info may have newlines); user, service and what is asked or
 *       told are not empty; a sender is refused (BAD) what its peer would refuse.
 * Never: knows PAM's constants (the shim's table maps reasons) or how a verdict is reached. Links
 *       libc only. */
#ifndef WIRE_TALK_H
#define WIRE_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/secret.h"

enum {
	TALK_USER_MAX = 255,   /* D12 */
	TALK_SERVICE_MAX = 64, /* a pam.d file's name */
	TALK_PLACE_MAX = 255,  /* PAM_RHOST, PAM_TTY, PAM_RUSER: longer is cut by the shim */
	/* the methods in SSH_AUTH_INFO_0, one a line; the first publickey with its key, where that
	 * is no longer than this, else without; longer is dropped by the shim */
	TALK_AUTH_INFO_MAX = 4095,
	TALK_KEY_MAX = 1000,
	TALK_PROMPT_MAX = 512,       /* D1 */
	TALK_LANGUAGE_MAX = 7,       /* a name of TALK_LANGUAGES */
	TALK_FIRST_FRAME_MS = 10000, /* E1: how long the engine waits for LOGIN */
	TALK_STEP_MS =
		/* D11: how long the shim waits for the engine's next frame, 20 s and a breath */
	21000,
	TALK_ANSWER_MS =
		660000, /* how long the engine waits for an answer: 600 s (A2) and a minute */
};

/* The languages there are: argument lang= may name no other. po/ has a catalogue for each but the
 * first. */
#define TALK_LANGUAGES "en", "de", "fr", "es", "pt"

/* What the shim's arguments and the host say; a bit set in `flags`. */
enum talk_login_flag {
	TALK_LOGIN_AUTHTOK = 1u << 0, /* PAM_AUTHTOK is set in this transaction (D4) */
	TALK_LOGIN_SILENT = 1u << 1,  /* PAM_SILENT */
	TALK_LOGIN_DEBUG = 1u << 2,   /* argument debug */
	/* pam_chauthtok asks: a password is to be changed, nobody logs in. Without it the next two
	 * mean nothing, and with it AUTHTOK does not (D4) */
	TALK_LOGIN_CHANGE = 1u << 3,
	TALK_LOGIN_OLDAUTHTOK = 1u << 4,  /* PAM_OLDAUTHTOK is set in this transaction */
	TALK_LOGIN_ROOT_CALLER = 1u << 5, /* who runs the host is root: passwd asks root nothing */
	/* argument forward_pass: one ASK, for a field with the password and a recovery or app code
	 * at its end. The ANSWER has what reads as the code, EMPTY if nothing does; the rest stays
	 * with the shim. AUTHTOK says nothing here; not with CHANGE */
	TALK_LOGIN_FORWARD = 1u << 6,
	/* argument two_step: the code belongs to a login of its own. With FORWARD: one FIELD if a
	 * code is out, and the ANSWER has the digits at its end, EMPTY if there are none. Without:
	 * no ASK at all; a code is sent, and the login refused. Not with CHANGE */
	TALK_LOGIN_TWO_STEP = 1u << 7,
	/* with TWO_STEP, without FORWARD: PAM_AUTHTOK ends in six digits or more, and so reads as a
	 * password with a code although it is none */
	TALK_LOGIN_DIGITS = 1u << 10,
	/* argument decoy: a line that nobody gets through, and that looks like one of the next
	 * kind; argument decoy=refused: who is refused is not told so, but asked like everybody
	 * else (D15). Neither with CHANGE, FORWARD or TWO_STEP */
	TALK_LOGIN_DECOY = 1u << 8,
	TALK_LOGIN_CONCEAL = 1u << 9,
	TALK_LOGIN_FLAGS_ALL = (1u << 11) - 1,
};

enum { TALK_FIELD_DIGITS_MIN = 6, TALK_FIELD_DIGITS_MAX = 10 };

/* What FIELD asks for. digits 0: it is no FIELD. */
struct talk_field {
	uint32_t digits; /* of the code */
	bool alone;      /* only if nothing else is in the field */
};

struct talk_login {
	char user[TALK_USER_MAX + 1];
	char service[TALK_SERVICE_MAX + 1];
	char rhost[TALK_PLACE_MAX + 1]; /* "" where absent, likewise below */
	char tty[TALK_PLACE_MAX + 1];
	char ruser[TALK_PLACE_MAX + 1];
	char auth_info[TALK_AUTH_INFO_MAX + 1]; /* newlines kept; no other control bytes */
	char prompt[TALK_PROMPT_MAX + 1];       /* argument prompt=, "" where absent */
	char language[TALK_LANGUAGE_MAX + 1];   /* argument lang=, "" where absent */
	uint32_t flags;
};

enum talk_answer_kind {
	TALK_ANSWER_NONE = 0,
	TALK_ANSWER_TEXT,     /* text holds 1 to SECRET_MAX bytes */
	TALK_ANSWER_EMPTY,    /* Enter */
	TALK_ANSWER_OVERSIZE, /* 512 bytes or more (A6) */
	/* equal to PAM_AUTHTOK or PAM_USER: a one-field host (D3); text stays empty */
	TALK_ANSWER_SAME_AS_PASSWORD,
	TALK_ANSWER_FAILED,  /* the conversation failed, NULL, AGAIN (D10) */
	TALK_ANSWER_CONTROL, /* a control byte in it: the call ends (D10), but the host did ask */
};

struct talk_answer {
	enum talk_answer_kind kind;
	struct secret text;
};

/* Constants far from zero and from each other: one flipped or forgotten bit is no acceptance
 * (C1). */
enum talk_verdict_kind {
	TALK_VERDICT_DENY = 0,
	TALK_VERDICT_ACCEPT = 0x5ac3c35a,
	TALK_VERDICT_EXEMPT = 0x3c69963c,
};

/* Why. The shim maps each to one PAM code (D9); a test proves the table total. Append only;
 * values are the treaty's. */
enum talk_reason {
	TALK_REASON_NONE = 0,     /* nobody said why: SYSTEM_ERR */
	TALK_REASON_ACCEPTED = 1, /* SUCCESS, only with VERDICT_ACCEPT */
	TALK_REASON_EXEMPT =
		2, /* IGNORE, only with VERDICT_EXEMPT: policy, unenrolled=ignore, only= */
	TALK_REASON_WRONG = 3,   /* AUTH_ERR: wrong codes until the last try */
	TALK_REASON_EXPIRED = 4, /* AUTH_ERR */
	TALK_REASON_VOID = 5,    /* AUTH_ERR: the challenge is gone (used elsewhere, replaced) */
	TALK_REASON_UNKNOWN_USER = 6, /* AUTH_ERR */
	TALK_REASON_NOT_ENROLLED = 7, /* AUTH_ERR */
	TALK_REASON_NO_ANSWER = 8,    /* AUTH_ERR: too many non-answers, or none until the end */
	TALK_REASON_ONE_FIELD = 9,    /* AUTH_ERR: the host cannot prompt twice (D3) */
	TALK_REASON_LOCKED = 10,      /* MAXTRIES */
	TALK_REASON_BUDGET = 11,      /* MAXTRIES */
	TALK_REASON_CROWDED = 12,     /* MAXTRIES: four live challenges already */
	TALK_REASON_BLOCKED = 13, /* AUTH_ERR: blocked by the administrator or 100 failures (B3) */
	TALK_REASON_OUTAGE = 14,  /* AUTHINFO_UNAVAIL: no provider took the message */
	TALK_REASON_NUMBER =
		/* PERM_DENIED: the provider refuses this number, or its prefix is not
		 * allowed */
	15,
	TALK_REASON_SETTINGS = 16,  /* SERVICE_ERR */
	TALK_REASON_ARGUMENTS = 17, /* SERVICE_ERR */
	TALK_REASON_STATE = 18,     /* SYSTEM_ERR */
	TALK_REASON_SYSTEM =
		/* SYSTEM_ERR: memory, random, engine out of reach for a reason other than an
		 * outage */
	19,
	TALK_REASON_CONVERSATION = 20, /* CONV_ERR */
	TALK_REASON_REFUSED =
		/* PERM_DENIED: a rule, an unlisted service, another user's name from a non-root
		 * peer */
	21,
	TALK_REASON_UNLISTED = 22,        /* PERM_DENIED */
	TALK_REASON_NO_FIRST_FACTOR = 23, /* AUTH_ERR (D4) */
	TALK_REASON_ENGINE = 24, /* SYSTEM_ERR: the engine cannot be reached or was too slow */
	TALK_REASON_NO_OFFLINE =
		25, /* AUTH_ERR: forward_pass, and neither recovery codes nor app */
	/* AUTH_ERR: two_step, and a code is on its way or out; the next login brings it */
	TALK_REASON_SENT = 26,
	/* AUTH_ERR: two_step with forward_pass, and there is no code to judge; nothing happened */
	TALK_REASON_NO_STEP = 27,
	TALK_REASON_COUNT = 28,
};

struct talk_verdict {
	enum talk_verdict_kind kind;
	enum talk_reason reason;
};

/* What the engine said next. */
enum talk_event_kind { TALK_EVENT_NONE = 0, TALK_EVENT_ASK, TALK_EVENT_TELL, TALK_EVENT_VERDICT };

struct talk_event {
	enum talk_event_kind kind;
	bool echo;                      /* ASK: show what is typed (D2) */
	struct talk_field field;        /* ASK: the frame was a FIELD; never with echo */
	char text[TALK_PROMPT_MAX + 1]; /* ASK, TELL: printable, no newline at the end */
	struct talk_verdict verdict;    /* VERDICT; DENY otherwise */
};

/* The shim's side. */
int talk_send_login(int fd, const struct talk_login *login, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int talk_receive_event(int fd, struct talk_event *event, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int talk_send_answer(int fd, const struct talk_answer *answer, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The engine's side. */
int talk_receive_login(int fd, struct talk_login *login, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int talk_send_ask(int fd, const char *text, bool echo, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int talk_send_field(int fd, const char *text, const struct talk_field *field, int64_t deadline_ms,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
int talk_send_tell(int fd, const char *text, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* *answer is wiped on failure; the caller wipes it after use. */
int talk_receive_answer(int fd, struct talk_answer *answer, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int talk_send_verdict(int fd, const struct talk_verdict *verdict, int64_t deadline_ms,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
