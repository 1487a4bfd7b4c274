#include "cli/cmd_forget.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/places.h"
#include "cli/audit.h"
#include "cli/membership.h"
#include "cli/house.h"
#include "cli/leavings.h"
#include "cli/mailbox.h"
#include "cli/speech.h"
#include "cli/subject.h"
#include "cli/terminal.h"

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

/* A killed enroll may have left a number in a file that it never finished. */
static int sweep(struct fault *f)
{
	static const char *const folders[] = { PLACES_USERS, PLACES_STATE, PLACES_OUTBOX };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (leavings_sweep(folders[i], f) != 0)
			return -1;
	return 0;
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

/* Of each of the numbers. *n: how many. */
static int erase_messages(const struct subject *who, size_t *n, struct fault *f)
{
	uint32_t others = who->standing == SUBJECT_ENROLLED ? who->entry.nothers : 0;
	const char *first = who->standing == SUBJECT_ENROLLED ? who->entry.phone.e164 : NULL;
	size_t more;

	if (mailbox_erase(first, who->account.name, n, f) != 0)
		return -1;
	for (uint32_t i = 0; i < others; i++) {
		if (mailbox_erase(who->entry.others[i].phone.e164, who->account.name, &more, f) !=
			0)
			return -1;
		*n += more;
	}
	return 0;
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
	rc = note(rc, sweep(&f), &f);
	rc = note(rc, erase_messages(who, &messages, &f), &f);
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
