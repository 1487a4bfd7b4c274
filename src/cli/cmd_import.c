#include "cli/cmd_import.h"

#include <stdio.h>
#include <string.h>

#include "cli/enactment.h"
#include "cli/erasure.h"
#include "cli/house.h"
#include "cli/intake.h"
#include "cli/preview.h"
#include "cli/rank.h"
#include "cli/speech.h"
#include "cli/terminal.h"

struct import {
	struct house house;
	const struct invocation *a;
	struct intake intake;
	struct roll roll;
	struct revision revision;
	struct unfinished unfinished;
	bool judged;  /* there is a revision */
	bool pending; /* something is to be done */
	bool done;
};

/* --- read and judge --- */

static int tell_bad(const struct import *im)
{
	const char *file =
		strcmp(im->a->operands[0], "-") == 0 ? "standard input" : im->a->operands[0];

	for (size_t i = 0; i < im->intake.nbad; i++)
		speech_line("%s:%u: %s", file, im->intake.bad[i].line, im->intake.bad[i].text);
	return speech_no("%zu %s; nothing was changed", im->intake.nbad,
		im->intake.nbad == 1 ? "line cannot be taken" : "lines cannot be taken");
}

static int judge_damage(const struct import *im)
{
	if (im->roll.damaged == 0)
		return SPEECH_YES;
	speech_fault(&im->roll.first);
	if (invocation_has(im->a, OPTION_SYNC))
		return speech_trouble(
			"%zu damaged enrolments: who is not in the file cannot be told; "
			"nothing was changed",
			im->roll.damaged);
	speech_warn("%zu damaged enrolments; sms-otp check names them", im->roll.damaged);
	return SPEECH_YES;
}

static int read_and_judge(struct import *im)
{
	struct fault f = FAULT_INIT;

	if (intake_read(im->a->operands[0], &im->intake, &f) != 0)
		return speech_fault(&f);
	if (im->intake.readable_by_others)
		speech_warn("others may read %s, which has numbers in it; chmod 600",
			im->a->operands[0]);
	if (house_open(&im->house, HOUSE_SETTINGS | HOUSE_DIRECTORY) != 0)
		return SPEECH_TROUBLE;
	if (intake_judge(&im->house, &im->intake, &f) != 0)
		return speech_fault(&f);
	if (im->intake.nbad > 0)
		return tell_bad(im);
	/* what a killed import has half written is no damage */
	if (unfinished_read(&im->unfinished, &f) != 0 ||
		(im->unfinished.there && erasure_sweep(&f) != 0) ||
		roll_read(&im->house.directory, &im->roll, &f) != 0)
		return speech_fault(&f);
	int rc = judge_damage(im);
	if (rc != SPEECH_YES)
		return rc;
	const struct revision_file file = { im->intake.users, im->intake.n };
	if (revision_make(
		    &file, &im->roll, invocation_has(im->a, OPTION_SYNC), &im->revision, &f) != 0)
		return speech_fault(&f);
	im->judged = true;
	im->pending =
		im->unfinished.there || im->revision.count[REVISION_UNCHANGED] < im->revision.n;
	return SPEECH_YES;
}

/* --- ask --- */

/* One who is an administrator is taken away, and none is left. */
static bool takes_last_administrator(const struct import *im)
{
	bool goes = false, stays = false;

	for (size_t i = 0; i < im->revision.n && !stays; i++) {
		const struct revision_item *item = &im->revision.at[i];
		const struct directory_entry *e =
			item->have != NULL ? item->have : &item->want->entry;
		struct account account = { .uid = e->uid };

		memcpy(account.name, e->name, sizeof(account.name));
		if (!rank_administrator(&account))
			continue;
		goes |= item->kind == REVISION_GONE;
		stays |= item->kind != REVISION_GONE;
	}
	return goes && !stays;
}

/* Somebody who is there says yes to this, whatever else was said before. */
static int confirm_loss(const char *what)
{
	char question[128];

	if (!terminal_there())
		return speech_no(
			"%s, and there is nobody to ask whether that is meant; nothing was "
			"changed. sms-otp forget takes people away by name",
			what);
	snprintf(question, sizeof(question), "%s. Is that meant? [y/n] ", what);
	return terminal_choose(question, "yn") == 'y' ? SPEECH_YES
						      : speech_no("nothing was changed");
}

static int confirm(const struct import *im)
{
	if (invocation_has(im->a, OPTION_DRY_RUN))
		return speech_no("a dry run: nothing was changed");
	if (!invocation_has(im->a, OPTION_YES)) {
		if (!terminal_there())
			return speech_no("nothing was changed: say --yes to change it");
		if (terminal_choose("Change this? [y/n] ", "yn") != 'y')
			return speech_no("nothing was changed");
	}
	if (im->revision.count[REVISION_GONE] == 0)
		return SPEECH_YES;
	/* a file that was cut off behind its header looks like this */
	if (im->intake.n == 0)
		return confirm_loss("Nobody at all would be left who is enrolled");
	if (takes_last_administrator(im))
		return confirm_loss("No administrator would be left who is enrolled");
	return SPEECH_YES;
}

/* --- carry out --- */

static int carry_out(struct import *im)
{
	struct enactment e = {
		.house = &im->house,
		.revision = &im->revision,
		.unfinished = &im->unfinished,
		.notify = invocation_has(im->a, OPTION_NOTIFY),
	};
	size_t all = im->revision.n - im->revision.count[REVISION_UNCHANGED];
	struct fault f = FAULT_INIT;

	if (house_open(&im->house, HOUSE_NEW_STATE) != 0)
		return SPEECH_TROUBLE;
	if (enactment_run(&e, &f) != 0) {
		speech_fault(&f);
		return speech_trouble("%zu of %zu users are done; run the import again when this "
				      "is mended, and it does the rest",
			e.done, all);
	}
	im->done = true;
	return SPEECH_YES;
}

static int import(struct import *im)
{
	bool json = invocation_has(im->a, OPTION_JSON);
	char sum[PREVIEW_SUM_MAX];
	int rc = read_and_judge(im);

	if (rc != SPEECH_YES)
		return rc;
	if (!json)
		preview_print(&im->revision, &im->unfinished);
	speech_line("%s.", preview_sum(&im->revision, sum));
	if (im->unfinished.there)
		speech_line("An import was cut short; what is left of it is finished as well.");
	if (!im->pending) {
		im->done = true;
		return SPEECH_YES;
	}
	rc = confirm(im);
	return rc == SPEECH_YES ? carry_out(im) : rc;
}

int cmd_import(const struct invocation *a)
{
	struct import im;
	int rc;

	memset(&im, 0, sizeof(im));
	im.a = a;
	house_enter(&im.house, invocation_value(a, OPTION_SETTINGS));
	rc = import(&im);
	if (invocation_has(a, OPTION_JSON) && (im.judged || im.intake.nbad > 0)) {
		const struct preview_report report = { &im.intake, im.judged ? &im.revision : NULL,
			im.pending, im.done };

		preview_json(&report);
	}
	revision_free(&im.revision);
	roll_free(&im.roll);
	unfinished_free(&im.unfinished);
	intake_free(&im.intake);
	house_leave(&im.house);
	return rc;
}
