#include "cli/cmd_edit.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "cli/draft.h"
#include "cli/editor.h"
#include "cli/house.h"
#include "cli/speech.h"
#include "cli/terminal.h"

static const char sample[] =
	"# sms-otp.conf: enough for a small site. All settings: sms-otp.conf(5).\n"
	"routes    = [ \"dexatel\" ];                       # tried in this order\n"
	"providers = {\n"
	"  dexatel = { from = \"CHANGE-ME\"; key_file = \"dexatel.key\"; };\n"
	"};\n"
	"numbers   = { prefixes = [ \"+49\", \"+43\" ]; };    # countries that may be texted\n";

/* A copy is there: somebody is at it, or an edit was cut off. */
static int settle_old_copy(const char *path, struct draft *d, struct fault *f)
{
	char choice = 0;

	speech_line("%s.edit is there: somebody else is editing, or an edit was cut off.", path);
	if (terminal_there())
		choice = terminal_choose("(u)se it, (d)iscard it, e(x)it? ", "udx");
	else
		speech_line("Remove it when nobody is.");
	if (choice == 'u')
		return draft_resume(path, d, f);
	if (choice != 'd')
		return fault_set(f, FAULT_BAD, 0, "the settings are unchanged");
	return draft_discard_old(path, f) == 0 ? draft_begin(path, sample, d, f) : -1;
}

/* Faults under the name of the file that was meant. */
static void tell_faults(const struct draft *d, const char *path, struct settings_faults *faults)
{
	for (size_t i = 0; i < faults->n && i < SETTINGS_FAULTS_MAX; i++)
		if (strcmp(faults->at[i].file, d->path) == 0 &&
			text_copy(faults->at[i].file, sizeof(faults->at[i].file), path) != 0)
			faults->at[i].file[0] = 0;
	house_tell_faults(faults);
}

enum edited { EDITED_NOT = 0, EDITED_SAME, EDITED_GOOD = 0x4d1e };

/* Until the copy is without fault, or the person gives up. */
static enum edited edit_until_good(struct house *h, const struct draft *d)
{
	for (;;) {
		struct fault f = FAULT_INIT;
		int changed;

		if (editor_run(d->path, &f) != 0 || (changed = draft_changed(d, &f)) < 0) {
			speech_fault(&f);
			return EDITED_NOT;
		}
		if (changed == 0 && d->existed)
			return EDITED_SAME;
		if (settings_load(d->path, &h->settings, &h->faults) == 0)
			return EDITED_GOOD;
		tell_faults(d, h->path, &h->faults);
		if (terminal_choose(
			    "These settings would let nobody in. (e)dit again, e(x)it without "
			    "saving? ",
			    "ex") != 'e')
			return EDITED_NOT;
	}
}

static int edit(struct house *h)
{
	struct fault f = FAULT_INIT;
	struct draft d;
	enum edited end;
	int rc = SPEECH_NO;

	if (h->path[0] == 0)
		return speech_trouble("the name of the settings file is too long");
	if (draft_begin(h->path, sample, &d, &f) != 0 &&
		(f.errnum != EEXIST || settle_old_copy(h->path, &d, &f) != 0))
		return speech_fault(&f);
	end = edit_until_good(h, &d);
	if (end == EDITED_GOOD && draft_install(&d, &f) == 0) {
		speech_line("%s is changed; every login from now on follows it.", h->path);
		draft_end(&d, true);
		return SPEECH_YES;
	}
	if (end == EDITED_GOOD)
		rc = speech_fault(&f);
	else if (end == EDITED_SAME)
		rc = SPEECH_YES;
	speech_line("%s is unchanged.", h->path);
	draft_end(&d, end == EDITED_GOOD);
	return rc;
}

int cmd_edit(const struct invocation *a)
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = edit(&h);
	house_leave(&h);
	return rc;
}
