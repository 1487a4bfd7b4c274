#include "core/settings_origins.h"

#include <string.h>

#include "base/text.h"

enum { PATH_BYTES = 128, LABEL_MAX = 63 };

static const struct settings_key key = { "origins.SERVICE", "string", "no line", "1 to 100 bytes" };

const struct settings_key *settings_origins_key(size_t i)
{
	return i == 0 ? &key : NULL;
}

const char *settings_origins_host(const struct settings *s, const char *service)
{
	for (size_t i = 0; i < s->norigins; i++)
		if (strcmp(s->origins[i].service, service) == 0)
			return s->origins[i].host;
	return NULL;
}

/* Labels of letters, digits and hyphens with dots between, as it stands in a browser's line. */
static int judge_host(const char *text, struct fault *f)
{
	static const char label[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	for (const char *at = text;; at++) {
		size_t len = strspn(at, label);
		if (len == 0 || len > LABEL_MAX || at[0] == '-' || at[len - 1] == '-')
			break;
		at += len;
		if (*at == '\0')
			return 0;
		if (*at != '.')
			break;
	}
	return fault_set(f, FAULT_BAD, 0,
		"write the page's host in small letters, without https:// and without a port: "
		"\"host.example.org\"");
}

static void read_member(
	const struct settings_value_reader *r, const config_setting_t *s, struct settings *out)
{
	char path[PATH_BYTES];
	struct text_line line;
	const char *name = config_setting_name(s);
	struct settings_table_row row = { .kind = SETTINGS_TABLE_STRING,
		.at = 0,
		.max = SETTINGS_ORIGIN_MAX,
		.judge = judge_host };

	text_begin(&line, path, sizeof path);
	text_add(&line, "origins.%s", name);
	if (strlen(name) > TALK_SERVICE_MAX) {
		settings_shape_fault(r->faults, settings_value_spot(r, s),
			"%s: a service's name has at most %d bytes", path, TALK_SERVICE_MAX);
		return;
	}
	row.key = key;
	row.key.path = path;
	struct settings_origin *to = &out->origins[out->norigins++];
	memcpy(to->service, name, strlen(name) + 1);
	settings_value_read(r, &row, s, path, to->host);
}

void settings_origins_read(
	const struct settings_value_reader *r, const config_setting_t *root, struct settings *out)
{
	const config_setting_t *group = config_setting_get_member(root, "origins");

	if (!group)
		return;
	if (config_setting_type(group) != CONFIG_TYPE_GROUP ||
		config_setting_length(group) > SETTINGS_ORIGINS_MAX) {
		settings_shape_fault(r->faults, settings_value_spot(r, group),
			"origins: write a group of at most %d services: origins = { cockpit = "
			"\"host.example.org\"; };",
			SETTINGS_ORIGINS_MAX);
		return;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
		if (s)
			read_member(r, s, out);
	}
}
