#include "cli/cmd_recovery.h"

#include <stdio.h>
#include <string.h>

#include "cli/audit.h"
#include "cli/house.h"
#include "cli/speech.h"
#include "cli/subject.h"
#include "core/recovery.h"

struct sheet {
	struct secret codes[RECORD_RECOVERY_CODES];
	struct record_recovery stored[RECORD_RECOVERY_CODES];
};

static int draw(
	const struct house *h, const struct account *account, struct sheet *s, struct fault *f)
{
	memset(s, 0, sizeof(*s));
	for (int i = 0; i < RECORD_RECOVERY_CODES; i++) {
		if (recovery_make(&s->codes[i], f) != 0 ||
			recovery_mac(h->state.key, (uint32_t)account->uid, &s->codes[i],
				s->stored[i].mac, f) != 0)
			return -1;
		s->stored[i].state = RECORD_RECOVERY_UNUSED;
	}
	return 0;
}

static int store(const struct house *h, const struct account *account, const struct sheet *s,
	unsigned *voided, struct fault *f)
{
	struct state_change ch;

	if (state_begin(&h->state, STATE_USER, account, &ch, f) != 0)
		return -1;
	*voided = record_recovery_left(&ch.user.offline);
	memcpy(ch.user.offline.recovery, s->stored, sizeof(s->stored));
	return state_commit(&ch, f);
}

static void print(const struct sheet *s)
{
	char shown[RECOVERY_SHOWN];

	for (int i = 0; i < RECORD_RECOVERY_CODES; i++) {
		recovery_show(&s->codes[i], shown);
		puts(shown);
	}
	secret_wipe_bytes(shown, sizeof(shown));
}

static int renew(const struct house *h, const struct subject *who)
{
	struct audit_change line = { .action = "recovery-codes", .account = &who->account };
	struct fault f = FAULT_INIT;
	struct sheet s;
	unsigned voided = 0;
	int rc = SPEECH_YES;

	if (draw(h, &who->account, &s, &f) != 0 || store(h, &who->account, &s, &voided, &f) != 0) {
		rc = speech_fault(&f);
	} else {
		audit_admin(&h->state, &line);
		if (voided > 0)
			speech_line("%u old code%s of %s %s void now.", voided,
				voided == 1 ? "" : "s", who->account.name,
				voided == 1 ? "is" : "are");
		speech_line("Recovery codes of %s, for when no SMS comes. Each works once. They "
			    "are not shown again:",
			who->account.name);
		print(&s);
	}
	secret_wipe_bytes(&s, sizeof(s));
	return rc;
}

static int count(const struct house *h, const struct account *account)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;
	unsigned left;

	if (state_begin(&h->state, STATE_USER, account, &ch, &f) != 0)
		return speech_fault(&f);
	left = record_recovery_left(&ch.user.offline);
	state_abandon(&ch);
	printf("%u\n", left);
	return left > 0 ? SPEECH_YES : SPEECH_NO;
}

int cmd_recovery(const struct invocation *a)
{
	struct fault f = FAULT_INIT;
	struct subject who;
	struct house h;
	int rc = SPEECH_TROUBLE;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	if (house_open(&h, HOUSE_DIRECTORY | HOUSE_STATE) == 0)
		rc = subject_enrolled(&h, a->operands[0], &who, &f);
	if (rc == SPEECH_YES)
		rc = invocation_has(a, OPTION_HOW_MANY) ? count(&h, &who.account) : renew(&h, &who);
	house_leave(&h);
	return rc;
}
