#include "core/settings_unenrolled.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "core/day.h"
#include "core/settings_rules.h"

enum { SHOWN_MAX = 60, PATH_BYTES = 64 };

enum member { THEN, UNTIL, GROUPS, COMMAND, MEMBERS };

static const struct settings_key keys[MEMBERS] = {
	[THEN] = { "unenrolled.then", "word", "must be given", "deny, ignore or enroll" },
	[UNTIL] = { "unenrolled.until", "string", "no end", "a day" },
	[GROUPS] = { "unenrolled.groups", "strings", "every user", "1 to 32 patterns" },
	[COMMAND] = { "unenrolled.command", "string", "none", "1 to 255 bytes" },
};

const struct settings_key *settings_unenrolled_key(size_t i)
{
	return i < MEMBERS ? &keys[i] : NULL;
}

bool settings_unenrolled_is(const config_setting_t *s)
{
	return strcmp(config_setting_name(s), "unenrolled") == 0 &&
	       config_setting_type(s) == CONFIG_TYPE_GROUP;
}

static void told(const struct settings_value_reader *r, const config_setting_t *s, const char *path,
	const struct fault *f)
{
	settings_shape_fault(r->faults, settings_value_spot(r, s), "%s: %s", path, f->text);
}

static void read_then(
	const struct settings_value_reader *r, const config_setting_t *s, struct settings *out)
{
	static const struct {
		const char *word;
		enum settings_otherwise then;
	} words[] = { { "deny", SETTINGS_REFUSE }, { "ignore", SETTINGS_IGNORE },
		{ "enroll", SETTINGS_ENROLL } };
	const char *text = settings_value_text(r, s, keys[THEN].path, SHOWN_MAX);

	for (size_t i = 0; text && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(text, words[i].word) == 0) {
			out->unenrolled = words[i].then;
			return;
		}
	if (text)
		settings_shape_fault(r->faults, settings_value_spot(r, s),
			"%s: write %s, not \"%.*s\"", keys[THEN].path, keys[THEN].bounds, SHOWN_MAX,
			text);
}

static void read_until(
	const struct settings_value_reader *r, const config_setting_t *s, struct settings *out)
{
	const char *text = settings_value_text(r, s, keys[UNTIL].path, SHOWN_MAX);
	struct fault f = FAULT_INIT;

	if (!text)
		return;
	if (day_parse(text, &out->unenrolled_terms.until, &f) < 0)
		told(r, s, keys[UNTIL].path, &f);
	else
		out->unenrolled_terms.has_until = true;
}

/* It is run as root: nobody else may write it, nor rename what lies on its path. */
static int judge_command(const char *path, struct fault *f)
{
	const struct inode_want want = { .owner = 0, .forbid = 0022, .size = -1 };
	struct stat st;
	int fd;

	if (path[0] != '/')
		return fault_set(
			f, FAULT_BAD, 0, "write the absolute path of a program, without arguments");
	if (file_open(path, &want, &fd, f) < 0)
		return -1;
	int result = fstat(fd, &st);
	close(fd);
	if (result == 0 && (st.st_mode & S_IXUSR))
		return 0;
	return fault_set(f, FAULT_BAD, 0, "%s: is no program; chmod 0755 it", path);
}

static void read_command(
	const struct settings_value_reader *r, const config_setting_t *s, struct settings *out)
{
	const char *text = settings_value_text(r, s, keys[COMMAND].path, SETTINGS_PATH_MAX);
	struct fault f = FAULT_INIT;

	if (!text)
		return;
	if (judge_command(text, &f) < 0)
		told(r, s, keys[COMMAND].path, &f);
	else
		memcpy(out->unenrolled_terms.command, text, strlen(text) + 1);
}

static enum member member_of(const char *path)
{
	enum member m = THEN;

	while (m < MEMBERS && strcmp(keys[m].path, path) != 0)
		m++;
	return m;
}

static void read_member(
	const struct settings_value_reader *r, const config_setting_t *s, struct settings *out)
{
	char path[PATH_BYTES];
	struct text_line line;

	text_begin(&line, path, sizeof path);
	text_add(&line, "unenrolled.%s", config_setting_name(s));
	switch (member_of(path)) {
	case THEN:
		read_then(r, s, out);
		break;
	case UNTIL:
		read_until(r, s, out);
		break;
	case GROUPS:
		settings_rules_patterns(
			r, s, keys[GROUPS].path, out, &out->unenrolled_terms.groups);
		break;
	case COMMAND:
		read_command(r, s, out);
		break;
	case MEMBERS:
		settings_shape_fault(r->faults, settings_value_spot(r, s),
			"%s: unknown; unenrolled has then, until, groups and command", path);
		break;
	}
}

/* C2: who may record a phone for themselves is said in so many words, and for how long. */
static void judge_whole(const struct settings_value_reader *r, const config_setting_t *group,
	const struct settings *out)
{
	struct settings_shape_spot spot = settings_value_spot(r, group);
	bool enroll = out->unenrolled == SETTINGS_ENROLL;

	if (!config_setting_get_member(group, "then"))
		settings_shape_fault(r->faults, spot,
			"unenrolled: say then = \"deny\", \"ignore\" or \"enroll\"");
	if (enroll && !config_setting_get_member(group, "until"))
		settings_shape_fault(r->faults, spot,
			"unenrolled: \"enroll\" needs its last day: until = \"2027-01-31\"");
	if (enroll && !config_setting_get_member(group, "groups"))
		settings_shape_fault(r->faults, spot,
			"unenrolled: \"enroll\" needs the groups that may: groups = [ \"staff\" ]");
	if (!enroll && config_setting_get_member(group, "command"))
		settings_shape_fault(
			r->faults, spot, "unenrolled.command: only for then = \"enroll\"");
}

void settings_unenrolled_read(
	const struct settings_value_reader *r, const config_setting_t *root, struct settings *out)
{
	const config_setting_t *group = config_setting_get_member(root, "unenrolled");

	if (!group || !settings_unenrolled_is(group))
		return;
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
		if (s)
			read_member(r, s, out);
	}
	judge_whole(r, group, out);
}
