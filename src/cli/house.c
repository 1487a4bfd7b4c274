#include "cli/house.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/places.h"
#include "base/text.h"
#include "cli/speech.h"
#include "core/language.h"

static void set_path(struct house *h, const char *settings)
{
	char cwd[PATH_MAX] = "";
	struct text_line line;

	text_begin(&line, h->path, sizeof(h->path));
	if (settings == NULL)
		settings = PLACES_SETTINGS;
	if (settings[0] != '/' && getcwd(cwd, sizeof(cwd)) != NULL)
		text_add(&line, "%s/", cwd);
	text_add(&line, "%s", settings);
	if (line.cut || h->path[0] != '/')
		h->path[0] = 0;
}

void house_enter(struct house *h, const char *settings)
{
	memset(h, 0, sizeof(*h));
	h->state.folder = -1;
	h->directory.folder = -1;
	h->dispatch = (struct dispatch){
		.sender_path = PLACES_SENDER,
		.outbox_path = PLACES_OUTBOX,
		.sender_user = PLACES_SENDER_USER,
	};
	language_folder(PLACES_LOCALE);
	set_path(h, settings);
	if (gethostname(h->host, sizeof(h->host) - 1) != 0)
		h->host[0] = 0;
	h->host[strcspn(h->host, ".")] = 0;
}

void house_leave(struct house *h)
{
	if (h->state.folder >= 0)
		state_close(&h->state);
	if (h->directory.folder >= 0)
		directory_close(&h->directory);
}

void house_tell_faults(const struct settings_faults *faults)
{
	for (size_t i = 0; i < faults->n && i < SETTINGS_FAULTS_MAX; i++) {
		const struct settings_fault *at = &faults->at[i];

		if (at->line > 0)
			speech_line("%s:%d: %s", at->file, at->line, at->text);
		else
			speech_line("%s: %s", at->file, at->text);
	}
	if (faults->n > SETTINGS_FAULTS_MAX)
		speech_line("... and %zu more", faults->n - SETTINGS_FAULTS_MAX);
}

static int open_settings(struct house *h)
{
	if (h->path[0] == 0) {
		speech_trouble("the name of the settings file is too long");
		return -1;
	}
	if (settings_load(h->path, &h->settings, &h->faults) == 0)
		return 0;
	house_tell_faults(&h->faults);
	speech_trouble("the settings are not usable; nothing was done");
	return -1;
}

int house_open(struct house *h, unsigned parts)
{
	struct fault f = FAULT_INIT;

	if ((parts & HOUSE_SETTINGS) != 0 && open_settings(h) != 0)
		return -1;
	if ((parts & HOUSE_DIRECTORY) != 0 && directory_open(PLACES_USERS, &h->directory, &f) != 0)
		goto fail;
	if ((parts & HOUSE_STATE) != 0 && state_open(PLACES_STATE, &h->state, &f) != 0) {
		if (f.class == FAULT_ABSENT)
			speech_line("Nobody has been enrolled yet, or the state was lost.");
		goto fail;
	}
	if ((parts & HOUSE_NEW_STATE) != 0 && state_prepare(PLACES_STATE, &h->state, &f) != 0)
		goto fail;
	return 0;
fail:
	speech_fault(&f);
	return -1;
}
