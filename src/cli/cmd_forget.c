#include "cli/cmd_forget.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/audit.h"
#include "cli/membership.h"
#include "cli/erasure.h"
#include "cli/house.h"
#include "cli/speech.h"
#include "cli/subject.h"
#include "cli/terminal.h"
#include "cli/unfinished.h"

static int confirm(const struct subject *who)
{
	char question[TALK_USER_MAX + 160];

	if (!terminal_there())
		return speech_no(
			"nobody to ask: say --yes to erase everything about %s", who->account.name);
	snprintf(question, sizeof(question),
		"Erase everything about %s (uid %u)? It cannot be undone; codes will not work. "
		"[y/n] ",
		who->account.name, (unsigned)who->account.uid);
	return terminal_choose(question, "yn") == 'y' ? SPEECH_YES
						      : speech_no("nothing was erased");
}

/* Whether somebody of that name is still enrolled, under another uid. */
static bool is_left(const struct house *h, const struct subject *who)
{
	struct fault f = FAULT_INIT;
	struct subject former;

	memset(&former, 0, sizeof(former));
	return subject_find_former(h, who->account.name, &former, &f) == 0;
}

/* The exit status so far, after one more step. */
static int note(int rc, int step, const struct fault *f)
{
	return step == 0 ? rc : speech_fault(f);
}

static int erase(const struct house *h, const struct subject *who)
{
	struct audit_change line = { .action = "forget", .account = &who->account };
	struct fault f = FAULT_INIT;
	bool found = false;
	size_t messages = 0;

	if (who->standing == SUBJECT_ENROLLED)
		line.number = &who->entry.phone;
	/* each step is taken although another failed: what can be erased is */
	int rc = note(SPEECH_YES, membership_erase(h, &who->account, &found, &f), &f);
	if (found)
		audit_admin(&h->state, &line);
	rc = note(rc, erasure_sweep(&f), &f);
	rc = note(rc, erasure_damaged(who->account.uid, &f), &f);
	rc = note(rc, unfinished_drop(who->account.uid, &f), &f);
	rc = note(rc,
		erasure_messages(who->standing == SUBJECT_ENROLLED ? &who->entry : NULL,
			who->account.name, &messages, &f),
		&f);
	rc = note(rc, membership_recount(h, &who->account, &f), &f);
	if (messages > 0)
		speech_line("%zu %s of %s erased from the outbox.", messages,
			messages == 1 ? "message" : "messages", who->account.name);
	if (rc != SPEECH_YES)
		return rc;
	if (!found)
		return speech_no(
			"%s is not enrolled; there is nothing to erase", who->account.name);
	if (is_left(h, who))
		return speech_no("%s is enrolled under another uid as well: run the command again",
			who->account.name);
	speech_line("Everything about %s is erased. The system's own logs keep a keyed tag of the "
		    "number.",
		who->account.name);
	return SPEECH_YES;
}

static void take_former(const struct house *h, const char *name, struct subject *who)
{
	struct fault f = FAULT_INIT;
	struct subject former;

	memset(&former, 0, sizeof(former));
	if (subject_find_former(h, name, &former, &f) == 0)
		*who = former;
}

static int forget(struct house *h, const struct invocation *a)
{
	struct fault f = FAULT_INIT;
	struct subject who;

	if (house_open(h, HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	if (subject_find(h, a->operands[0], &who, &f) != 0)
		return f.class == FAULT_ABSENT ? speech_no("%s", f.text) : speech_fault(&f);
	/* the name may live on under another uid than the enrolment's */
	if (who.standing == SUBJECT_NOT_ENROLLED)
		take_former(h, a->operands[0], &who);
	if (who.standing == SUBJECT_DAMAGED)
		speech_warn("%s", who.fault.text);
	if (!invocation_has(a, OPTION_YES) && confirm(&who) != SPEECH_YES)
		return SPEECH_NO;
	return erase(h, &who);
}

int cmd_forget(const struct invocation *a)
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = forget(&h, a);
	house_leave(&h);
	return rc;
}
