/* message: what a person reads at the prompt (the SMS itself: sms; refusals: message_refusal).
 *
 * Owns: the words of DESIGN's table.
 * MUST: give prompts that are printable, at most 512 bytes, without a newline at the end, never
 *       matching `^Password: ?$`, without a code (D1); show at most two digits of a number (G2).
 * Never: does I/O. Speaks the language that core/language speaks. */
#ifndef CORE_MESSAGE_H
#define CORE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "core/message_enrol.h"
#include "core/message_offline.h"
#include "core/message_refusal.h"
#include "core/phone.h"
#include "wire/talk.h"

/* The situations of a prompt. */
enum message_situation {
	MESSAGE_SENT = 0, /* Code sent to ...12 (ref K7QF). Code, or r to resend: */
	/* Code sent to ...12, it may take a minute (ref K7QF). Code, or r to resend: */
	MESSAGE_SENT_MAYBE,
	MESSAGE_WRONG,         /* Wrong code, 2 tries left. Code for ref K7QF: */
	MESSAGE_NOT_A_CODE,    /* That was no code (6 digits). Code for ref K7QF: */
	MESSAGE_EXPIRED,       /* That code has expired (not counted). Enter for a new one: */
	MESSAGE_RESEND_SOON,   /* Next SMS in 24 s. Code for ref K7QF: */
	MESSAGE_RESEND_NONE,   /* No more resends. Code for ref K7QF: */
	MESSAGE_RESEND_FAILED, /* No SMS sent: no provider answered. Code for ref K7QF: */
	MESSAGE_CALLED,        /* Calling ...12 (ref K7QF). Code, or r to resend: */
	MESSAGE_CALL_FAILED,   /* No call made: no provider answered. Code for ref K7QF: */
	/* Next SMS in 24 s. Enter then to get a code: (a new login that must wait) */
	MESSAGE_WAIT,
	/* No SMS: `refusal` says why, or nobody asks why. Recovery or app code: */
	MESSAGE_OFFLINE,
	MESSAGE_FIELD, /* Password and app code in one line: (forward_pass) */
	/* No recovery or app code until 14:32. Code for ref K7QF: (the SMS's still counts) */
	MESSAGE_OFFLINE_LOCKED,
	/* Press Enter to get a code by SMS: (confirm) */
	MESSAGE_CONFIRM,
	/* Your number, like +49 151 23456789: (enrolment at a login) */
	MESSAGE_NUMBER,
	MESSAGE_STEP, /* Password, code, or both in one line: (two_step) */
};

/* The user's other numbers, to which the code can go. */
enum { MESSAGE_MENU_MAX = 3 };
struct message_menu {
	size_t n;
	struct message_choice {
		uint32_t digit; /* what is typed for it */
		const struct phone *phone;
	} all[MESSAGE_MENU_MAX];
};

/* What has happened since the last prompt, said before anything else. */
enum message_news {
	MESSAGE_NEWS_NONE = 0,
	MESSAGE_NEWS_SENT_AGAIN, /* The SMS could not be delivered and was sent again. */
	MESSAGE_NEWS_FAILED,     /* The SMS could not be delivered. */
};

struct message_prompt {
	enum message_situation situation;
	enum message_news news;
	const struct phone *phone;
	const char *ref; /* the tag; "" where there is no challenge */
	uint32_t digits;
	uint32_t tries_left;
	int64_t wait_s;
	bool can_resend; /* ", or r to resend" */
	bool can_call;   /* ", or v for a call" */
	unsigned has;    /* enum message_offline: ", or b for a recovery code" */
	/* enum message_offline: asked for in place of the code; 0: the code is */
	unsigned offline;
	/* ", or 2 for ...34"; said by SENT, CALLED, EXPIRED, WAIT and confirm */
	struct message_menu menu;
	bool confirm; /* nothing is sent yet: Enter is asked for, whatever the situation */
	enum talk_reason refusal; /* OFFLINE */
	/* OFFLINE and OFFLINE_LOCKED: as in message_refusal */
	int64_t until_wall_s, now_wall_s;
	/* prompt=: taken as given for SENT and SENT_MAYBE; for the others their first sentence
	 * precedes it, and what is asked for where that is not the code; not taken for confirm and
	 * NUMBER */
	const char *override;
	/* NUMBER: what was wrong with the last one, and for whose words */
	enum message_enrol_why why;
	const struct settings *settings;
};
void message_prompt(const struct message_prompt *p, char *out, size_t cap) __attribute__((nonnull));

/* Of it, what SENT, SENT_MAYBE and CALLED say first: "Code sent to ...12 (ref K7QF). " */
void message_sent(const struct message_prompt *p, struct text_line *line) __attribute__((nonnull));

#endif
