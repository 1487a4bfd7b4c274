#include "cli/cmd_issue.h"

#include <stdio.h>
#include <string.h>

#include "cli/audit.h"
#include "cli/grant.h"
#include "cli/house.h"
#include "cli/speech.h"
#include "cli/subject.h"
#include "core/issued.h"

static int store(const struct house *h, const struct account *account, struct record_issued *made,
	int64_t length_s, int64_t *until_s)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	if (state_begin(&h->state, STATE_USER, account, &ch, &f) != 0)
		return speech_fault(&f);
	if (ch.user.block != RECORD_BLOCK_NONE) {
		state_abandon(&ch);
		return speech_no("%s is blocked, no code lets in: sms-otp show %s", account->name,
			account->name);
	}
	span_begin(&made->span, length_s, &ch.now);
	*until_s = grant_until(&made->span, &ch);
	ch.user.offline.issued = *made;
	return state_commit(&ch, &f) == 0 ? SPEECH_YES : speech_fault(&f);
}

static int issue(const struct house *h, const struct subject *who, int64_t length_s)
{
	struct audit_change line = {
		.action = "issue-code", .account = &who->account, .for_s = length_s
	};
	struct record_issued made = { .span = { .start_wall_s = 0 } };
	struct fault f = FAULT_INIT;
	struct secret code = { 0 };
	char when[MOMENT_MAX];
	int64_t until_s = 0;
	int rc;

	if (issued_make(issued_digits(h->settings.code.digits), &code, &f) != 0 ||
		issued_mac(h->state.key, (uint32_t)who->account.uid, &code, made.mac, &f) != 0)
		rc = speech_fault(&f);
	else
		rc = store(h, &who->account, &made, length_s, &until_s);
	if (rc == SPEECH_YES) {
		audit_admin(&h->state, &line);
		speech_line("One login of %s, until %s. It is not shown again:", who->account.name,
			moment_text(until_s, when));
		printf("%.*s\n", (int)code.len, (const char *)code.bytes);
	}
	secret_wipe(&code);
	return rc;
}

int cmd_issue(const struct invocation *a)
{
	int64_t length_s = ISSUED_VALID_S;
	struct fault f = FAULT_INIT;
	struct subject who;
	struct house h;
	int rc = SPEECH_TROUBLE;

	if (grant_length(a, ISSUED_VALID_MAX_S, &length_s, &f) != 0)
		return speech_trouble("%s", f.text);
	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	/* its length goes by that of the SMS's code */
	if (house_open(&h, HOUSE_SETTINGS | HOUSE_DIRECTORY | HOUSE_STATE) == 0)
		rc = subject_enrolled(&h, a->operands[0], &who, &f);
	if (rc == SPEECH_YES)
		rc = issue(&h, &who, length_s);
	house_leave(&h);
	return rc;
}
