#include "cli/cmd_repair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/places.h"
#include "base/text.h"
#include "cli/audit.h"
#include "cli/membership.h"
#include "cli/mending.h"
#include "cli/speech.h"
#include "cli/subject.h"
#include "cli/terminal.h"

/* --- looking --- */

static int worse(int a, int b)
{
	return a > b ? a : b;
}

static int status_of(enum triage_kind kind)
{
	switch (kind) {
	case TRIAGE_SOUND:
	case TRIAGE_HALF:
		return SPEECH_YES;
	case TRIAGE_DAMAGED:
	case TRIAGE_LOST:
	case TRIAGE_ANOTHERS:
		return SPEECH_NO;
	case TRIAGE_UNKNOWN:
	default:
		return SPEECH_TROUBLE;
	}
}

static int status_of_site(const struct damage *site)
{
	if (site->extent == DAMAGE_SOUND || site->extent == DAMAGE_HALF)
		return SPEECH_YES;
	return site->extent == DAMAGE_UNKNOWN ? SPEECH_TROUBLE : SPEECH_NO;
}

static int look_at_all(const struct house *h)
{
	struct fault f = FAULT_INIT;
	struct triage_user u;
	struct damage site;
	uint32_t *uids;
	size_t n;

	damage_of_site(&h->state, &site);
	triage_print_site(&site);
	int rc = status_of_site(&site);
	if (triage_uids(h, &uids, &n, &f) != 0)
		return speech_fault(&f);
	for (size_t i = 0; i < n; i++) {
		if (triage_look(h, uids[i], &u, &f) != 0) {
			rc = worse(rc, speech_fault(&f));
			continue;
		}
		triage_print(&u);
		rc = worse(rc, status_of(triage_judge(&u)));
	}
	free(uids);
	if (rc == SPEECH_YES)
		puts("Nothing is to be repaired.");
	return rc;
}

/* --- acting --- */

static int confirm(const struct invocation *a, const char *what)
{
	char question[TALK_USER_MAX + 80];

	if (invocation_has(a, OPTION_YES))
		return SPEECH_YES;
	fflush(stdout);
	if (!terminal_there())
		return speech_no("nobody to ask: say --yes to repair it");
	snprintf(question, sizeof(question), "Put the damaged file of %s aside? [y/n] ", what);
	return terminal_choose(question, "yn") == 'y' ? SPEECH_YES
						      : speech_no("nothing was changed");
}

static void tell_kept(const char *what, const char *kept)
{
	if (kept[0] != 0)
		speech_line("The damaged %s is kept as %s/%s.", what, PLACES_DAMAGED, kept);
}

static void tell_block(const struct triage_user *u, const struct mending *m)
{
	const char *name = u->account.name;

	if (m->block == RECORD_BLOCK_ADMIN && u->record.block == CAUTION_UNKNOWN)
		speech_line("Whether %s was blocked cannot be read any more, so %s is blocked: "
			    "sms-otp unblock %s ends that.",
			name, name, name);
	else if (m->block == RECORD_BLOCK_ADMIN)
		speech_line("%s was blocked, and is: sms-otp unblock %s ends that.", name, name);
	else if (m->block == RECORD_BLOCK_FAILURES)
		speech_line("%s was blocked after wrong codes, and is.", name);
	else if (u->record.block == CAUTION_UNKNOWN)
		speech_line("Whether %s was blocked cannot be read any more; an administrator is "
			    "not shut out for that: if it was so, sms-otp block %s.",
			name, name);
}

static void tell_user(const struct triage_user *u, const struct mending *m)
{
	const char *name = u->account.name;

	tell_kept("record", m->record);
	tell_kept("enrolment", m->enrolment);
	if (m->anew) {
		speech_line("%s has a new record, as if all tries had been used up: locked for a "
			    "day; after it one wrong code blocks. sms-otp unlock %s ends that.",
			name, name);
		tell_block(u, m);
		speech_line("Recovery codes, an app, known places, an issued code and a bypass of "
			    "%s are gone.",
			name);
	} else if (m->record[0] != 0 && name[0] != 0) {
		speech_line("The record of %s is as it was.", name);
	}
	if (m->lost && name[0] != 0)
		speech_line("%s has no enrolment, and is refused until sms-otp enroll %s NUMBER%s",
			name, name,
			m->enrolment[0] != 0 ? "; see what can be read in that file." : ".");
	else if (m->enrolment[0] != 0 && name[0] != 0)
		speech_line("The enrolment of %s is as it was.", name);
}

static void log_repair(const struct house *h, const struct triage_user *u, const struct mending *m)
{
	char reason[3 * ATTIC_NAME_MAX];
	struct audit_change line = { .action = "repair", .reason = reason };
	bool whole = u != NULL && u->enrolment.extent == DAMAGE_SOUND;

	if (u != NULL)
		line.account = &u->account;
	if (whole)
		line.number = &u->entry.phone;
	snprintf(reason, sizeof(reason), "%s%s%s%s%s", m->anew ? "new record" : "record as it was",
		m->record[0] != 0 ? ", old one " : "", m->record,
		m->enrolment[0] != 0 ? ", enrolment " : "", m->enrolment);
	audit_admin(&h->state, &line);
}

static int repair_user(struct house *h, const struct invocation *a, uint32_t uid)
{
	struct fault f = FAULT_INIT;
	struct triage_user u;
	struct mending m;
	int rc;

	if (triage_look(h, uid, &u, &f) != 0)
		return speech_fault(&f);
	enum triage_kind kind = triage_judge(&u);
	triage_print(&u);
	if (kind == TRIAGE_SOUND)
		puts("Nothing is to be repaired.");
	if (kind != TRIAGE_DAMAGED)
		return status_of(kind);
	rc = confirm(a, u.account.name[0] != 0 ? u.account.name : a->operands[0]);
	if (rc != SPEECH_YES)
		return rc;
	if (house_open(h, HOUSE_SETTINGS) != 0)
		return SPEECH_TROUBLE;
	if (mending_user(h, &u, &m, &f) != 0)
		rc = speech_fault(&f);
	if (m.anew || m.record[0] != 0 || m.enrolment[0] != 0) {
		log_repair(h, &u, &m);
		tell_user(&u, &m);
	}
	return rc;
}

static int repair_site(struct house *h, const struct invocation *a)
{
	struct fault f = FAULT_INIT;
	struct damage site;
	struct mending m;
	int rc;

	damage_of_site(&h->state, &site);
	triage_print_site(&site);
	if (site.extent == DAMAGE_SOUND)
		puts("Nothing is to be repaired.");
	rc = status_of_site(&site);
	if (rc != SPEECH_NO)
		return rc;
	rc = confirm(a, "the site");
	if (rc != SPEECH_YES)
		return rc;
	if (house_open(h, HOUSE_SETTINGS) != 0)
		return SPEECH_TROUBLE;
	if (mending_site(h, &site, &m, &f) != 0)
		return speech_fault(&f);
	log_repair(h, NULL, &m);
	tell_kept("record", m.record);
	if (m.anew)
		speech_line("The site has a new record, as if all messages of its budgets had been "
			    "sent: for some minutes of each hour's, and an hour and a half of each "
			    "day's, none is; then more and more. Meanwhile recovery codes, an app, "
			    "sms-otp issue-code and sms-otp bypass let in. Marks of services that "
			    "cannot ask twice are gone.");
	else
		speech_line("The record is as it was.");
	return SPEECH_YES;
}

/* A name of the system, a uid as the list prints it, or a name among the enrolments. */
static int find_uid(const struct house *h, const char *who, uint32_t *uid, struct fault *f)
{
	struct fault unknown = FAULT_INIT;
	struct subject former;
	struct account a;
	int64_t value;

	if (account_find(who, &a, &unknown) == 0) {
		*uid = a.uid;
		return 0;
	}
	if (unknown.class != FAULT_ABSENT && unknown.class != FAULT_BAD) {
		*f = unknown;
		return -1;
	}
	if (number_parse(who, 0, UINT32_MAX - 1, &value, &unknown) == 0) {
		*uid = (uint32_t)value;
		return 0;
	}
	memset(&former, 0, sizeof(former));
	if (!account_name_valid(who) || subject_find_former(h, who, &former, f) != 0)
		return fault_set(f, FAULT_ABSENT, 0,
			"the system has no user %.40s; sms-otp repair lists what is damaged", who);
	*uid = former.account.uid;
	return 0;
}

static int repair(struct house *h, const struct invocation *a)
{
	const bool site = invocation_has(a, OPTION_SITE);
	const char *who = a->operands[0];
	struct fault f = FAULT_INIT;
	uint32_t uid = UINT32_MAX;

	if (site && who != NULL)
		return speech_trouble("a user or --site, one at a time");
	if (house_open(h, HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	if (site)
		return repair_site(h, a);
	if (who == NULL)
		return look_at_all(h);
	if (find_uid(h, who, &uid, &f) != 0)
		return f.class == FAULT_ABSENT ? speech_no("%s", f.text) : speech_fault(&f);
	return repair_user(h, a, uid);
}

int cmd_repair(const struct invocation *a)
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = repair(&h, a);
	house_leave(&h);
	return rc;
}
