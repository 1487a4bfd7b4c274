/* order: the treaty between engine (or CLI) and sender.
 *
 * One order in on descriptor 0, one receipt out on descriptor 1 (a stream socket each, or the
 * same one), then the sender ends; or, where it was started to stay, says a word (wire/word) and
 * waits for the next order.
 *
 * Owns: the two frames; the outcomes.
 * MUST: carry one number, one text, one route's variables and nothing else (E7); refuse unknown
 *       values and trailing bytes (C7, E3), also when sending (BAD). A sender that ends without a
 *       receipt, after the order was written, has an unknown outcome (E9). What a receipt says is
 *       not trusted: on receiving, a code or balance with a run of 7 digits or more is dropped,
 *       and runs of 6 or more in the note are masked (G1).
 * Never: knows a provider, or what the text means. */
#ifndef WIRE_ORDER_H
#define WIRE_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/secret.h"

enum {
	ORDER_NAME_MAX =
		32, /* description and variable names: [a-z0-9_-], the first a letter or digit */
	ORDER_NUMBER_MAX = 16, /* '+' and 15 digits (E.164) */
	ORDER_TEXT_MAX = 640,  /* UTF-8 bytes, no control bytes but newlines */
	ORDER_ID_MAX = 127,    /* a provider's message id */
	ORDER_PATH_MAX = 255,  /* ca_file */
	ORDER_VARIABLES_MAX = 16,
	ORDER_CODE_MAX = 16, /* a provider's error code */
	ORDER_NOTE_MAX = 159,
};

enum order_action {
	ORDER_ACTION_NONE = 0,
	ORDER_ACTION_SEND,  /* the send block */
	ORDER_ACTION_VOICE, /* the voice block: text is what is spoken */
	ORDER_ACTION_POLL,  /* the poll block: message_id is asked about */
	ORDER_ACTION_CHECK, /* the check block: are the credentials accepted */
};

struct order_variable {
	char name[ORDER_NAME_MAX + 1];
	struct secret value;
};

struct order {
	enum order_action action;
	uint32_t time_ms; /* the sender's own total limit, 100..20000 */
	/* file NAME.conf in the providers folders; "outbox" is built in: descriptor 3 */
	char description[ORDER_NAME_MAX + 1];
	char number[ORDER_NUMBER_MAX +
		    1]; /* E.164 with '+'; "" for CHECK, and allowed to be for POLL */
	char text[ORDER_TEXT_MAX + 1];     /* "" for CHECK and POLL */
	char message_id[ORDER_ID_MAX + 1]; /* POLL */
	char ca_file[ORDER_PATH_MAX + 1];  /* "": the system's certificates */
	char proxy[ORDER_PATH_MAX + 1];    /* "": none */
	uint32_t loopback_http;            /* 1: http to a loopback address is allowed (E4) */
	uint32_t nvariables;
	struct order_variable variables[ORDER_VARIABLES_MAX];
};

enum receipt_outcome {
	RECEIPT_NONE = 0, /* never on the wire */
	/* SEND, VOICE: the provider took it. CHECK: credentials accepted. POLL: delivered */
	RECEIPT_ACCEPTED,
	RECEIPT_PENDING,   /* POLL: no final state yet */
	RECEIPT_UNKNOWN,   /* handed over, no answer understood in time: it may arrive (E9) */
	RECEIPT_RECIPIENT, /* refused for good: this number. POLL: failed */
	/* credentials, balance, sender id: tell the administrator; the next route may do */
	RECEIPT_ACCOUNT,
	RECEIPT_REQUEST, /* our description or settings are wrong */
	/* 429, 500, 503, no connection, TLS failure: certainly not taken; the next route may do */
	RECEIPT_TEMPORARY,
	RECEIPT_COUNT,
	/* never on the wire: our own side failed before a sender had the order */
	RECEIPT_LOCAL = 100,
};

struct receipt {
	enum receipt_outcome outcome;
	uint32_t http_status; /* 0: none */
	char code[ORDER_CODE_MAX +
		  /* the provider's error code, [A-Za-z0-9._-]; a run of 7 digits or more is
		   * dropped (G1) */
		  1];
	char message_id[ORDER_ID_MAX + 1]; /* printable ASCII; "" where there is none */
	char balance[ORDER_CODE_MAX + 1];  /* CHECK, where the provider tells; as code */
	char note[ORDER_NOTE_MAX +
		  1];     /* our own words, safe to log: no body, number, text or credential */
	uint32_t sandbox; /* bits: 1 seccomp on, 2 Landlock on (E7) */
	/* 1: what becomes of message_id can be asked (ORDER_ACTION_POLL) */
	uint32_t reports;
};

enum { RECEIPT_SANDBOX_SECCOMP = 1, RECEIPT_SANDBOX_LANDLOCK = 2 };

int order_send(int fd, const struct order *o, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* *o is wiped on failure. */
int order_receive(int fd, struct order *o, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int order_send_receipt(int fd, const struct receipt *r, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int order_receive_receipt(int fd, struct receipt *r, int64_t deadline_ms, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Zero the variables, the text and the number. */
void order_wipe(struct order *o) __attribute__((nonnull));

/* Append a variable; BAD when there are too many, the name is there already, or the name or value
 * does not fit. */
int order_add_variable(struct order *o, const char *name, const struct secret *value,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
