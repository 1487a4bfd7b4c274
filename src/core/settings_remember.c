#include "core/settings_remember.h"

#include <string.h>

#include "base/text.h"

enum { LEAST_S = 60, MOST_S = 30 * 86400, NAME_MAX_LEN = 27, PATH_BYTES = 128 };

_Static_assert((int)NAME_MAX_LEN < (int)SETTINGS_REMEMBER_NAME, "what a record keeps of a name");

static const struct settings_key key = { "remember.SERVICE", "duration", "always asked",
	"1m to 30d" };

const struct settings_key *settings_remember_key(size_t i)
{
	return i == 0 ? &key : NULL;
}

uint32_t settings_remember_s(const struct settings *s, const char *service)
{
	for (size_t i = 0; i < s->nremember; i++)
		if (strcmp(s->remember[i].service, service) == 0)
			return s->remember[i].seconds;
	return 0;
}

static void read_member(
	const struct settings_value_reader *r, const config_setting_t *s, struct settings *out)
{
	char path[PATH_BYTES];
	struct text_line line;
	const char *name = config_setting_name(s);
	struct settings_table_row row = {
		.kind = SETTINGS_TABLE_DURATION, .at = 0, .min = LEAST_S, .max = MOST_S
	};

	text_begin(&line, path, sizeof path);
	text_add(&line, "remember.%s", name);
	if (strlen(name) > NAME_MAX_LEN) {
		settings_shape_fault(r->faults, settings_value_spot(r, s),
			"%s: a service is remembered by at most %d bytes of its name", path,
			NAME_MAX_LEN);
		return;
	}
	row.key = key;
	row.key.path = path;
	struct settings_remember *to = &out->remember[out->nremember++];
	memcpy(to->service, name, strlen(name) + 1);
	settings_value_read(r, &row, s, path, &to->seconds);
}

void settings_remember_read(
	const struct settings_value_reader *r, const config_setting_t *root, struct settings *out)
{
	const config_setting_t *group = config_setting_get_member(root, "remember");

	if (!group)
		return;
	if (config_setting_type(group) != CONFIG_TYPE_GROUP ||
		config_setting_length(group) > SETTINGS_REMEMBER_MAX) {
		settings_shape_fault(r->faults, settings_value_spot(r, group),
			"remember: write a group of at most %d services: remember = { sshd = "
			"\"8h\"; };",
			SETTINGS_REMEMBER_MAX);
		return;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
		if (s)
			read_member(r, s, out);
	}
}
