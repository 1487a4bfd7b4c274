#include "sender/reply.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { ECHO_MIN = 4 };

void reply_say(struct receipt *r, enum receipt_outcome outcome, const char *words)
{
	r->outcome = outcome;
	snprintf(r->note, sizeof r->note, "%s", words);
}

void reply_refuse(struct receipt *r, const struct fault *f)
{
	char text[320];
	reply_say(r, RECEIPT_REQUEST, fault_text(f, text, sizeof text));
}

static const char *call_name(enum order_action action)
{
	return action == ORDER_ACTION_VOICE   ? "voice"
	       : action == ORDER_ACTION_POLL  ? "poll"
	       : action == ORDER_ACTION_CHECK ? "check"
					      : "send";
}

void reply_no_such_call(struct receipt *r, enum order_action action)
{
	bool asks = action == ORDER_ACTION_POLL || action == ORDER_ACTION_CHECK;
	r->outcome = asks ? RECEIPT_PENDING : RECEIPT_REQUEST;
	snprintf(r->note, sizeof r->note, "no %s call for this provider", call_name(action));
}

/* The note says it too; runs of six digits in a note are masked by who reads the receipt. */
void reply_forget_text(struct receipt *r, const char *text)
{
	if (strlen(r->code) >= ECHO_MIN && strstr(text, r->code))
		r->code[0] = '\0';
}

void reply_id(struct receipt *r, const char *text, const char *number)
{
	r->message_id[0] = '\0';
	if (!text_printable(text) || (*number && strstr(text, number + 1)))
		return;
	if (text_copy(r->message_id, sizeof r->message_id, text) < 0)
		r->message_id[0] = '\0';
}
