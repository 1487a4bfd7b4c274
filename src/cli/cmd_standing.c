#include "cli/cmd_standing.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/audit.h"
#include "cli/house.h"
#include "cli/speech.h"
#include "cli/subject.h"
#include "core/allowance.h"
#include "core/fatigue.h"
#include "core/limit.h"
#include "core/payer.h"
#include "core/place.h"

/* two names and a sentence */
enum { SAID_MAX = 2 * TALK_USER_MAX + 160 };

/* What a change came to; said when the lock is gone. */
struct outcome {
	int status; /* YES: the record was changed */
	char text[SAID_MAX];
};

/* One kind of change, to a record in memory. */
typedef void (*change_fn)(struct record *r, struct outcome *o);

static void say(struct outcome *o, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct outcome *o, int status, const char *fmt, ...)
{
	va_list ap;

	o->status = status;
	va_start(ap, fmt);
	vsnprintf(o->text, sizeof(o->text), fmt, ap);
	va_end(ap);
}

static void unlock(struct record *r, struct outcome *o)
{
	limit_unlock(r);
	allowance_unlock(r);
	fatigue_clear(r);
	if (r->block == RECORD_BLOCK_ADMIN)
		say(o, SPEECH_YES,
			"%s is unlocked, but stays blocked by the administrator; "
			"sms-otp unblock %s ends that.",
			r->name, r->name);
	else
		say(o, SPEECH_YES,
			"%s is unlocked; wrong codes, waits and codes not answered are "
			"forgotten.",
			r->name);
}

static void block(struct record *r, struct outcome *o)
{
	if (r->block == RECORD_BLOCK_ADMIN) {
		say(o, SPEECH_NO, "%s is blocked already", r->name);
		return;
	}
	r->block = RECORD_BLOCK_ADMIN;
	/* what was granted before is not to come back with unblock */
	memset(&r->bypass, 0, sizeof(r->bypass));
	memset(&r->offline.issued, 0, sizeof(r->offline.issued));
	place_forget_all(r);
	say(o, SPEECH_YES, "%s is blocked.", r->name);
}

static bool failed_too_often(const struct record *r)
{
	for (int i = 0; i < RECORD_PURSES; i++)
		if (r->purse[i].consecutive >= LIMIT_BLOCK_FAILURES)
			return true;
	for (int i = 0; i < RECORD_OFFLINE_PURSES; i++)
		if (r->offline.purse[i].consecutive >= LIMIT_BLOCK_FAILURES)
			return true;
	return false;
}

static void unblock(struct record *r, struct outcome *o)
{
	if (r->block == RECORD_BLOCK_FAILURES) {
		say(o, SPEECH_NO,
			"%s is blocked after %d wrong codes in a row: enrol anew with "
			"sms-otp set-number, or end it with sms-otp unlock %s",
			r->name, LIMIT_BLOCK_FAILURES, r->name);
	} else if (r->block == RECORD_BLOCK_NONE) {
		say(o, SPEECH_NO, "%s is not blocked", r->name);
	} else if (failed_too_often(r)) {
		r->block = RECORD_BLOCK_FAILURES;
		say(o, SPEECH_YES,
			"%s stays blocked after %d wrong codes in a row; sms-otp unlock %s "
			"ends that.",
			r->name, LIMIT_BLOCK_FAILURES, r->name);
	} else {
		r->block = RECORD_BLOCK_NONE;
		say(o, SPEECH_YES, "%s is unblocked.", r->name);
	}
}

/* The numbers' budgets are the site's. What others are counted at with them they keep, but for a
 * part (core/sketch.h). */
static int forgive_number(
	const struct house *h, const char *e164, struct state_change *ch, struct fault *f)
{
	for (int purse = 0; purse < RECORD_PURSES; purse++) {
		struct payer payer = { .settings = &h->settings,
			.state = &h->state,
			.e164 = e164,
			.purse = (enum record_purse)purse };
		struct allowance_terms t;

		if (payer_terms(&payer, ch, &t, f) != 0)
			return -1;
		sketch_forgive(&ch->site.numbers, &t.number);
	}
	return 0;
}

static int forgive_numbers(const struct house *h, const struct subject *who, struct fault *f)
{
	const struct directory_entry *e = &who->entry;
	struct state_change ch;
	int rc;

	if (state_begin(&h->state, STATE_SITE, NULL, &ch, f) != 0)
		return -1;
	rc = forgive_number(h, e->phone.e164, &ch, f);
	for (uint32_t i = 0; rc == 0 && i < e->nothers; i++)
		rc = forgive_number(h, e->others[i].phone.e164, &ch, f);
	if (rc == 0)
		return state_commit(&ch, f);
	state_abandon(&ch);
	return -1;
}

static int change_record(
	const struct house *h, const struct subject *who, change_fn fn, const char *action)
{
	struct audit_change line = { .action = action, .account = &who->account };
	struct outcome o = { .status = SPEECH_TROUBLE };
	struct fault f = FAULT_INIT;
	struct state_change ch;

	if (state_begin(&h->state, STATE_USER, &who->account, &ch, &f) != 0)
		return speech_fault(&f);
	fn(&ch.user, &o);
	if (o.status != SPEECH_YES) {
		state_abandon(&ch);
		return speech_no("%s", o.text);
	}
	if (state_commit(&ch, &f) != 0)
		return speech_fault(&f);
	if (who->standing == SUBJECT_ENROLLED)
		line.number = &who->entry.phone;
	audit_admin(&h->state, &line);
	speech_line("%s", o.text);
	if (fn == unlock && who->standing == SUBJECT_ENROLLED && forgive_numbers(h, who, &f) != 0)
		return speech_fault(&f);
	return SPEECH_YES;
}

static int run(const struct invocation *a, change_fn fn)
{
	const char *name = a->operands[0];
	struct fault f = FAULT_INIT;
	struct subject who;
	struct house h;
	int rc = SPEECH_TROUBLE;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	if (house_open(&h, HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		goto out;
	if (subject_find(&h, name, &who, &f) != 0)
		rc = f.class == FAULT_ABSENT ? speech_no("%s", f.text) : speech_fault(&f);
	else if (who.standing == SUBJECT_NOT_ENROLLED)
		rc = speech_no("%s is not enrolled", name);
	else
		rc = change_record(&h, &who, fn, a->command->name);
out:
	house_leave(&h);
	return rc;
}

int cmd_standing_unlock(const struct invocation *a)
{
	return run(a, unlock);
}

int cmd_standing_block(const struct invocation *a)
{
	return run(a, block);
}

int cmd_standing_unblock(const struct invocation *a)
{
	return run(a, unblock);
}
