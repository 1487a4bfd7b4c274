#include "cli/cmd_export.h"

#include <stdio.h>

#include "cli/house.h"
#include "cli/progress.h"
#include "cli/roll.h"
#include "cli/sheet.h"
#include "cli/speech.h"

static void print_user(const struct directory_entry *e)
{
	char buf[CSV_RECORD_MAX];
	struct text_line line;

	for (uint32_t i = 0; i <= e->nothers; i++) {
		text_begin(&line, buf, sizeof(buf));
		sheet_print(e, i, &line);
		puts(buf);
	}
}

/* Import wants a user of the system, with the uid that the entry has. */
static int judge(const struct directory_entry *e)
{
	struct fault f = FAULT_INIT;
	struct account account;
	char plain[64];

	text_log(plain, sizeof(plain), e->name);
	if (account_find(e->name, &account, &f) != 0)
		return f.class != FAULT_ABSENT
			       ? speech_fault(&f)
			       : speech_no("%s is left out: the system has no such user any more; "
					   "sms-otp forget %s erases the enrolment",
					 plain, plain);
	if (account.uid == e->uid)
		return SPEECH_YES;
	return speech_no("an enrolment of %s under uid %u is left out: the user has uid %u now; "
			 "sms-otp forget %s erases it",
		plain, (unsigned)e->uid, (unsigned)account.uid, plain);
}

static int print_all(const struct roll *r)
{
	struct progress p;
	char buf[CSV_RECORD_MAX];
	struct text_line line;
	int worst = SPEECH_YES;

	text_begin(&line, buf, sizeof(buf));
	sheet_print_header(&line);
	puts(buf);
	progress_begin(&p, "export", r->n);
	for (size_t i = 0; i < r->n; i++) {
		int rc = judge(&r->at[i]);

		if (rc == SPEECH_YES)
			print_user(&r->at[i]);
		worst = rc > worst ? rc : worst;
		progress_step(&p, i + 1);
	}
	progress_end(&p);
	return worst;
}

static int export(struct house *h, struct roll *r)
{
	struct fault f = FAULT_INIT;
	int rc;

	if (house_open(h, HOUSE_DIRECTORY) != 0)
		return SPEECH_TROUBLE;
	if (roll_read(&h->directory, r, &f) != 0)
		return speech_fault(&f);
	rc = print_all(r);
	if (r->damaged == 0)
		return rc;
	speech_fault(&r->first);
	return speech_trouble("%zu damaged enrolments are left out", r->damaged);
}

int cmd_export(const struct invocation *a)
{
	struct roll roll = { .n = 0 };
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = export(&h, &roll);
	roll_free(&roll);
	house_leave(&h);
	return rc;
}
