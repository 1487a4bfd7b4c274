#include "core/settings_rules.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "core/account.h"
#include "core/day.h"

enum { KEY_SHOWN = 48, SHOWN_MAX = 60, PATTERN_BYTES = 256 };

enum member {
	USERS,
	GROUPS,
	SERVICES,
	TERMINALS,
	NETWORKS,
	UIDS,
	UNTIL,
	REASON,
	THEN,
	MEMBERS,
};

#define PATTERNS "1 to 32 patterns"

static const struct settings_key keys[MEMBERS] = {
	[USERS] = { "rules.users", "strings", "every user", PATTERNS },
	[GROUPS] = { "rules.groups", "strings", "every user", PATTERNS },
	[SERVICES] = { "rules.services", "strings", "every service", PATTERNS },
	[TERMINALS] = { "rules.terminals", "strings", "every terminal", PATTERNS },
	[NETWORKS] = { "rules.networks", "strings", "every address", "1 to 32 networks" },
	[UIDS] = { "rules.uids", "strings", "every user", "1 to 32 ranges" },
	[UNTIL] = { "rules.until", "string", "no end", "a day" },
	[REASON] = { "rules.reason", "string", "none", "1 to 120 bytes" },
	[THEN] = { "rules.then", "word", "must be given", "require, skip or refuse" },
};

/* One rule, while it is read. */
struct reading {
	const struct settings_value_reader *reader;
	struct settings *out;
	struct settings_rule *rule;
	const config_setting_t *setting; /* the member */
	const char *path;
};

const struct settings_key *settings_rules_key(size_t i)
{
	return i < MEMBERS ? &keys[i] : NULL;
}

static void complain(const struct reading *rd, const config_setting_t *at, const char *entry,
	const struct fault *f)
{
	settings_shape_fault(rd->reader->faults, settings_value_spot(rd->reader, at),
		"%s: \"%.*s\": %s", rd->path, SHOWN_MAX, entry, f->text);
}

static int judge_pattern(const char *text, struct fault *f)
{
	if (strcmp(text, "!") == 0 || strstr(text, "!!") == text)
		return fault_set(f, FAULT_BAD, 0, "! is followed by a pattern");
	if (strchr(text, ','))
		return fault_set(f, FAULT_BAD, 0, "one pattern in each pair of quotes");
	return 0;
}

static void read_pattern(
	struct reading *rd, const config_setting_t *s, const char *text, struct settings_words *to)
{
	struct settings *out = rd->out;
	struct fault f = FAULT_INIT;
	size_t bytes = strlen(text) + 1;

	if (judge_pattern(text, &f) == 0 && bytes > sizeof out->rule_text - out->rule_text_len)
		fault_set(&f, FAULT_BAD, 0, "all rules together have more than %d bytes",
			SETTINGS_RULE_TEXT_MAX);
	if (f.class != FAULT_NONE) {
		complain(rd, s, text, &f);
		return;
	}
	memcpy(out->rule_text + out->rule_text_len, text, bytes);
	out->rule_text_len += bytes;
	to->n++;
}

static void read_network(struct reading *rd, const config_setting_t *s, const char *text)
{
	struct settings_rule *rule = rd->rule;
	struct fault f = FAULT_INIT;

	if (network_parse(text, &rule->networks[rule->nnetworks], &f) < 0)
		complain(rd, s, text, &f);
	else
		rule->nnetworks++;
}

/* "1000-1999" or "0". */
static int parse_uids(const char *text, struct settings_uids *out, struct fault *f)
{
	char from[SHOWN_MAX];
	int64_t low, high;
	const char *dash = strchr(text, '-');

	if (text_copy(from, sizeof from, text) < 0)
		return fault_set(f, FAULT_BAD, 0, "is too long");
	if (dash)
		from[dash - text] = '\0';
	if (number_parse(from, 0, UINT32_MAX - 1, &low, f) < 0 ||
		number_parse(dash ? dash + 1 : from, 0, UINT32_MAX - 1, &high, f) < 0 || high < low)
		return fault_set(f, FAULT_BAD, 0,
			"write a uid, or two with a hyphen, the smaller first: \"1000-1999\"");
	out->from = (uint32_t)low;
	out->to = (uint32_t)high;
	return 0;
}

static void read_range(struct reading *rd, const config_setting_t *s, const char *text)
{
	struct settings_rule *rule = rd->rule;
	struct fault f = FAULT_INIT;

	if (parse_uids(text, &rule->uids[rule->nuids], &f) < 0)
		complain(rd, s, text, &f);
	else
		rule->nuids++;
}

static void read_entry(struct reading *rd, const config_setting_t *s, enum member m)
{
	struct settings_rule *rule = rd->rule;
	struct settings_words *lists[] = { &rule->users, &rule->groups, &rule->services,
		&rule->terminals };
	const char *text = settings_value_text(rd->reader, s, rd->path, PATTERN_BYTES);

	/* two strings that libconfig joined have been told of */
	if (!text || settings_shape_told(rd->reader->faults, rd->reader->scanned,
			     settings_value_spot(rd->reader, s).line))
		return;
	if (m == NETWORKS)
		read_network(rd, s, text);
	else if (m == UIDS)
		read_range(rd, s, text);
	else
		read_pattern(rd, s, text, lists[m]);
}

static void read_list(struct reading *rd, enum member m)
{
	const config_setting_t *s = rd->setting;
	int type = config_setting_type(s), n = config_setting_length(s);
	struct settings_words *lists[] = { &rd->rule->users, &rd->rule->groups, &rd->rule->services,
		&rd->rule->terminals };

	if ((type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST) || n < 1 ||
		n > SETTINGS_RULE_LIST_MAX) {
		settings_shape_fault(rd->reader->faults, settings_value_spot(rd->reader, s),
			"%s: write a list of %s: [ \"one\", \"two\" ]", rd->path, keys[m].bounds);
		return;
	}
	if (m < NETWORKS)
		lists[m]->at = rd->out->rule_text_len;
	for (int i = 0; i < n; i++) {
		const config_setting_t *entry = config_setting_get_elem(s, (unsigned)i);
		if (entry)
			read_entry(rd, entry, m);
	}
}

void settings_rules_patterns(const struct settings_value_reader *r, const config_setting_t *list,
	const char *path, struct settings *out, struct settings_words *to)
{
	struct settings_rule rule = { .line = 0 };
	struct reading rd = { r, out, &rule, list, path };

	read_list(&rd, GROUPS);
	*to = rule.groups;
}

static void read_until(struct reading *rd)
{
	struct fault f = FAULT_INIT;
	const char *text = settings_value_text(rd->reader, rd->setting, rd->path, SHOWN_MAX);

	if (!text)
		return;
	if (day_parse(text, &rd->rule->until, &f) < 0)
		complain(rd, rd->setting, text, &f);
	else
		rd->rule->has_until = true;
}

static void read_reason(struct reading *rd)
{
	const char *text =
		settings_value_text(rd->reader, rd->setting, rd->path, SETTINGS_REASON_MAX);

	if (text)
		memcpy(rd->rule->reason, text, strlen(text) + 1);
}

static void read_then(struct reading *rd)
{
	static const struct {
		const char *word;
		enum settings_then then;
	} words[] = { { "refuse", SETTINGS_THEN_REFUSE }, { "require", SETTINGS_THEN_REQUIRE },
		{ "skip", SETTINGS_THEN_SKIP } };
	const char *text = settings_value_text(rd->reader, rd->setting, rd->path, SHOWN_MAX);

	for (size_t i = 0; text && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(text, words[i].word) == 0) {
			rd->rule->then = words[i].then;
			return;
		}
	if (text)
		settings_shape_fault(rd->reader->faults,
			settings_value_spot(rd->reader, rd->setting), "%s: write %s, not \"%.*s\"",
			rd->path, keys[THEN].bounds, SHOWN_MAX, text);
}

static enum member member_of(const char *path)
{
	enum member m = USERS;

	while (m < MEMBERS && strcmp(keys[m].path, path) != 0)
		m++;
	return m;
}

static void read_member(struct reading *rd)
{
	enum member m = member_of(rd->path);

	switch (m) {
	case UNTIL:
		read_until(rd);
		break;
	case REASON:
		read_reason(rd);
		break;
	case THEN:
		read_then(rd);
		break;
	case MEMBERS:
		settings_shape_fault(rd->reader->faults,
			settings_value_spot(rd->reader, rd->setting),
			"%s: unknown; a rule has users, groups, services, terminals, networks, "
			"uids, until, reason and then",
			rd->path);
		break;
	case USERS:
	case GROUPS:
	case SERVICES:
	case TERMINALS:
	case NETWORKS:
	case UIDS:
		read_list(rd, m);
		break;
	}
}

static void judge_whole(const struct reading *rd, const config_setting_t *s)
{
	const config_setting_t *until = config_setting_get_member(s, "until");
	const config_setting_t *then = config_setting_get_member(s, "then");

	if (!then)
		settings_shape_fault(rd->reader->faults, settings_value_spot(rd->reader, s),
			"rules: a rule says then = \"require\", \"skip\" or \"refuse\"");
	else if (until && rd->rule->then != SETTINGS_THEN_SKIP)
		settings_shape_fault(rd->reader->faults, settings_value_spot(rd->reader, until),
			"rules.until: only for then = \"skip\"");
}

static void read_rule(struct reading *rd, const config_setting_t *s)
{
	char path[KEY_SHOWN];
	struct text_line line;

	rd->rule->line = (int)config_setting_source_line(s);
	for (int i = 0; i < config_setting_length(s); i++) {
		rd->setting = config_setting_get_elem(s, (unsigned)i);
		if (!rd->setting)
			continue;
		text_begin(&line, path, sizeof path);
		text_add(&line, "rules.%s", config_setting_name(rd->setting));
		rd->path = path;
		read_member(rd);
		rd->path = NULL;
	}
	judge_whole(rd, s);
}

void settings_rules_read(
	const struct settings_value_reader *r, const config_setting_t *root, struct settings *out)
{
	const config_setting_t *list = config_setting_get_member(root, "rules");
	struct reading rd = { .reader = r, .out = out };

	if (!list)
		return;
	if (config_setting_type(list) != CONFIG_TYPE_LIST ||
		config_setting_length(list) > SETTINGS_RULES_MAX) {
		settings_shape_fault(r->faults, settings_value_spot(r, list),
			"rules: write a list of at most %d rules: rules = ( { ... }, { ... } );",
			SETTINGS_RULES_MAX);
		return;
	}
	for (int i = 0; i < config_setting_length(list); i++) {
		const config_setting_t *s = config_setting_get_elem(list, (unsigned)i);
		if (!s || config_setting_type(s) != CONFIG_TYPE_GROUP) {
			settings_shape_fault(r->faults, settings_value_spot(r, s ? s : list),
				"rules: write each rule as a group: { users = [ ... ]; then = ...; "
				"}");
			continue;
		}
		rd.rule = &out->rules[out->nrules++];
		read_rule(&rd, s);
	}
}
