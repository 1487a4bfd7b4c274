#include "cli/cmd_bypass.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/audit.h"
#include "cli/grant.h"
#include "cli/house.h"
#include "cli/speech.h"
#include "cli/subject.h"

struct wish {
	const char *reason, *service; /* service NULL: every one */
	int64_t length_s;
};

static int read_wish(const struct invocation *a, struct wish *w, struct fault *f)
{
	char name[TALK_SERVICE_MAX + 1];

	memset(w, 0, sizeof(*w));
	w->service = invocation_value(a, OPTION_SERVICE);
	if (grant_length(a, SPAN_MAX_S, &w->length_s, f) != 0 ||
		grant_reason(a, &w->reason, f) != 0)
		return -1;
	if (w->length_s == 0)
		return fault_set(f, FAULT_BAD, 0, "for how long? --for 4h, up to 7d");
	if (w->reason == NULL)
		return fault_set(f, FAULT_BAD, 0,
			"why? --reason \"TEXT\"; it is logged, so that others understand");
	if (w->service != NULL && (w->service[0] == 0 || !text_printable(w->service) ||
					  text_copy(name, sizeof(name), w->service) != 0))
		return fault_set(f, FAULT_BAD, 0, "that cannot be a service's name");
	return 0;
}

static int begin(const struct house *h, const struct subject *who, const struct wish *w)
{
	struct audit_change line = { .action = "bypass",
		.account = &who->account,
		.service = w->service,
		.for_s = w->length_s,
		.reason = w->reason };
	struct fault f = FAULT_INIT;
	struct state_change ch;
	char when[MOMENT_MAX];

	if (state_begin(&h->state, STATE_USER, &who->account, &ch, &f) != 0)
		return speech_fault(&f);
	if (ch.user.block != RECORD_BLOCK_NONE) {
		state_abandon(&ch);
		return speech_no(
			"%s is blocked: sms-otp show %s", who->account.name, who->account.name);
	}
	memset(&ch.user.bypass, 0, sizeof(ch.user.bypass));
	span_begin(&ch.user.bypass.span, w->length_s, &ch.now);
	if (w->service != NULL)
		snprintf(ch.user.bypass.service, sizeof(ch.user.bypass.service), "%s", w->service);
	int64_t until_s = grant_until(&ch.user.bypass.span, &ch);
	if (state_commit(&ch, &f) != 0)
		return speech_fault(&f);
	audit_admin(&h->state, &line);
	speech_line("%s is asked for no code%s%s until %s. To end it: sms-otp bypass %s --end",
		who->account.name, w->service != NULL ? " by " : "",
		w->service != NULL ? w->service : "", moment_text(until_s, when),
		who->account.name);
	return SPEECH_YES;
}

static int end(const struct house *h, const struct subject *who)
{
	struct audit_change line = { .action = "bypass-end", .account = &who->account };
	struct fault f = FAULT_INIT;
	struct state_change ch;

	if (state_begin(&h->state, STATE_USER, &who->account, &ch, &f) != 0)
		return speech_fault(&f);
	if (span_rest_s(&ch.user.bypass.span, &ch.now) == 0) {
		state_abandon(&ch);
		return speech_no("%s has no bypass", who->account.name);
	}
	memset(&ch.user.bypass, 0, sizeof(ch.user.bypass));
	if (state_commit(&ch, &f) != 0)
		return speech_fault(&f);
	audit_admin(&h->state, &line);
	speech_line("%s is asked for a code again.", who->account.name);
	return SPEECH_YES;
}

static int run(struct house *h, const struct invocation *a, const struct wish *w)
{
	struct fault f = FAULT_INIT;
	struct subject who;

	if (house_open(h, HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	int rc = subject_enrolled(h, a->operands[0], &who, &f);
	if (rc == SPEECH_YES)
		rc = invocation_has(a, OPTION_END) ? end(h, &who) : begin(h, &who, w);
	return rc;
}

int cmd_bypass(const struct invocation *a)
{
	bool ends = invocation_has(a, OPTION_END);
	struct fault f = FAULT_INIT;
	struct house h;
	struct wish w = { 0 };

	if (ends && (invocation_has(a, OPTION_FOR) || invocation_has(a, OPTION_REASON) ||
			    invocation_has(a, OPTION_SERVICE)))
		return speech_trouble("--end stands alone");
	if (!ends && read_wish(a, &w, &f) != 0)
		return speech_trouble("%s", f.text);
	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	int rc = run(&h, a, &w);
	house_leave(&h);
	return rc;
}
