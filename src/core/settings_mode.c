#include "core/settings_mode.h"

#include <string.h>

#include "base/text.h"

enum { SHOWN_MAX = 60, PATH_BYTES = 128 };

#define BOUNDS "enforce or observe"

static const struct settings_key keys[] = {
	{ "mode", "word", "enforce", BOUNDS },
	{ "mode.SERVICE", "word", "enforce", BOUNDS },
};

const struct settings_key *settings_mode_key(size_t i)
{
	return i < sizeof keys / sizeof keys[0] ? &keys[i] : NULL;
}

bool settings_mode_observes(const struct settings *s, const char *service)
{
	if (s->mode == SETTINGS_OBSERVE)
		return true;
	for (size_t i = 0; i < s->nobserved; i++)
		if (strcmp(s->observed[i], service) == 0)
			return true;
	return false;
}

static enum settings_mode word_of(
	const struct settings_value_reader *r, const config_setting_t *s, const char *path)
{
	const char *text = settings_value_text(r, s, path, SHOWN_MAX);

	if (text && strcmp(text, "observe") == 0)
		return SETTINGS_OBSERVE;
	if (text && strcmp(text, "enforce") != 0)
		settings_shape_fault(r->faults, settings_value_spot(r, s),
			"%s: write " BOUNDS ", not \"%s\"", path, text);
	return SETTINGS_ENFORCE;
}

static void read_member(
	const struct settings_value_reader *r, const config_setting_t *s, struct settings *out)
{
	char path[PATH_BYTES];
	struct text_line line;
	const char *name = config_setting_name(s);

	text_begin(&line, path, sizeof path);
	text_add(&line, "mode.%s", name);
	if (strlen(name) > TALK_SERVICE_MAX)
		settings_shape_fault(r->faults, settings_value_spot(r, s),
			"%s: a service has at most %d bytes", path, TALK_SERVICE_MAX);
	else if (word_of(r, s, path) == SETTINGS_OBSERVE)
		memcpy(out->observed[out->nobserved++], name, strlen(name) + 1);
}

void settings_mode_read(
	const struct settings_value_reader *r, const config_setting_t *root, struct settings *out)
{
	const config_setting_t *mode = config_setting_get_member(root, "mode");

	if (!mode)
		return;
	if (config_setting_type(mode) != CONFIG_TYPE_GROUP) {
		out->mode = word_of(r, mode, "mode");
		return;
	}
	if (config_setting_length(mode) > SETTINGS_OBSERVED_MAX) {
		settings_shape_fault(r->faults, settings_value_spot(r, mode),
			"mode: write a word, or a group of at most %d services: mode = { sshd = "
			"\"observe\"; };",
			SETTINGS_OBSERVED_MAX);
		return;
	}
	for (int i = 0; i < config_setting_length(mode); i++) {
		const config_setting_t *s = config_setting_get_elem(mode, (unsigned)i);
		if (s)
			read_member(r, s, out);
	}
}
