#include "core/enrolment.h"

#include <libconfig.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "core/account.h"

enum {
	FILE_VERSION = 1,
	TIME_TEXT = 24, /* 2026-01-31T12:00:00Z */
};

static const int64_t since_max_s = INT64_C(253402300799); /* the end of the year 9999 */

static void time_text(int64_t s, char out[TIME_TEXT])
{
	struct tm tm;
	time_t t = (time_t)s;

	if (!gmtime_r(&t, &tm) || strftime(out, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
}

/* Only what time_text writes, byte for byte. */
static int read_time(const char *text, int64_t *s)
{
	char again[TIME_TEXT];
	struct tm tm;

	memset(&tm, 0, sizeof tm);
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (!end || *end)
		return -1;
	*s = (int64_t)timegm(&tm);
	if (*s < 0 || *s > since_max_s)
		return -1;
	time_text(*s, again);
	return strcmp(text, again) == 0 ? 0 : -1;
}

/* The last NUMBER_KEYS are those of one number. */
static const char *const keys[] = { "version", "user", "uid", "language", "others", "number",
	"verified", "since", "by" };
enum { KEYS = sizeof keys / sizeof keys[0], NUMBER_KEYS = 4 };

/* The last n of them. */
static int only_known_keys(const config_setting_t *root, size_t n, struct fault *f)
{
	for (int i = 0; i < config_setting_length(root); i++) {
		const char *name = config_setting_name(config_setting_get_elem(root, (unsigned)i));
		bool known = false;
		for (size_t k = KEYS - n; k < KEYS; k++)
			known = known || (name && strcmp(name, keys[k]) == 0);
		if (!known)
			return fault_set(
				f, FAULT_DAMAGED, 0, "unknown key %.24s", name ? name : "?");
	}
	return 0;
}

static int get(const config_setting_t *root, const char *key, int type, config_setting_t **out,
	struct fault *f)
{
	*out = config_setting_get_member(root, key);
	if (!*out)
		return fault_set(f, FAULT_DAMAGED, 0, "%s is missing", key);
	int is = config_setting_type(*out);
	if (is == type || (type == CONFIG_TYPE_INT64 && is == CONFIG_TYPE_INT))
		return 0;
	return fault_set(f, FAULT_DAMAGED, 0, "%s is of the wrong type", key);
}

static int get_number(const config_setting_t *root, const char *key, int64_t *out, struct fault *f)
{
	config_setting_t *at;

	if (get(root, key, CONFIG_TYPE_INT64, &at, f) < 0)
		return -1;
	*out = config_setting_get_int64(at);
	return 0;
}

static int get_text(
	const config_setting_t *root, const char *key, const char **out, struct fault *f)
{
	config_setting_t *at;

	*out = "";
	if (get(root, key, CONFIG_TYPE_STRING, &at, f) < 0)
		return -1;
	*out = config_setting_get_string(at);
	return 0;
}

static int get_name(
	const config_setting_t *root, const char *key, char out[TALK_USER_MAX + 1], struct fault *f)
{
	const char *text;

	if (get_text(root, key, &text, f) < 0)
		return -1;
	if (!account_name_valid(text) || text_copy(out, TALK_USER_MAX + 1, text) < 0)
		return fault_set(f, FAULT_DAMAGED, 0, "%s is not a user name", key);
	return 0;
}

/* It may be missing. */
static int get_language(const config_setting_t *root, enum language *out, struct fault *f)
{
	const char *name;

	*out = LANGUAGE_NONE;
	if (!config_setting_get_member(root, "language"))
		return 0;
	if (get_text(root, "language", &name, f) < 0)
		return -1;
	*out = language_find(name);
	if (*out == LANGUAGE_NONE)
		return fault_set(f, FAULT_DAMAGED, 0, "language is not one of ours");
	return 0;
}

/* What is known of one number, whether it is the default or another. */
static int take_number(const config_setting_t *at, struct enrolment_number *out, struct fault *f)
{
	config_setting_t *verified;
	const char *number, *since;

	if (get_name(at, "by", out->by, f) < 0 || get_text(at, "number", &number, f) < 0 ||
		get_text(at, "since", &since, f) < 0 ||
		get(at, "verified", CONFIG_TYPE_BOOL, &verified, f) < 0)
		return -1;
	if (phone_read(number, &out->phone, f) < 0)
		return fault_set(f, FAULT_DAMAGED, 0, "number is not + and 7 to 15 digits");
	if (read_time(since, &out->since_wall_s) < 0)
		return fault_set(
			f, FAULT_DAMAGED, 0, "since is not a time like 2026-01-31T12:00:00Z");
	out->verified = config_setting_get_bool(verified) == CONFIG_TRUE;
	return 0;
}

/* After the default: a number stands once. */
static int take_others(const config_setting_t *root, struct directory_entry *out, struct fault *f)
{
	config_setting_t *others = config_setting_get_member(root, "others");
	int n = others ? config_setting_length(others) : 0;

	if (!others)
		return 0;
	if (config_setting_type(others) != CONFIG_TYPE_LIST)
		return fault_set(f, FAULT_DAMAGED, 0, "others is of the wrong type");
	if (n < 1 || n > ENROLMENT_OTHERS)
		return fault_set(
			f, FAULT_DAMAGED, 0, "others has not 1 to %d numbers", ENROLMENT_OTHERS);
	for (int i = 0; i < n; i++) {
		const config_setting_t *at = config_setting_get_elem(others, (unsigned)i);
		struct enrolment_number *number = &out->others[i];

		if (config_setting_type(at) != CONFIG_TYPE_GROUP)
			return fault_set(f, FAULT_DAMAGED, 0, "others is of the wrong type");
		if (only_known_keys(at, NUMBER_KEYS, f) < 0 || take_number(at, number, f) < 0)
			return fault_prefix(f, "others");
		if (enrolment_place(out, &number->phone) >= 0)
			return fault_set(f, FAULT_DAMAGED, 0, "others has a number twice");
		out->nothers++;
	}
	return 0;
}

/* The faults name no value: this is where the numbers are (G1). */
static int take(const config_setting_t *root, struct directory_entry *out, struct fault *f)
{
	struct enrolment_number first = { .verified = false };
	int64_t version, uid;

	if (only_known_keys(root, KEYS, f) < 0 || get_number(root, "version", &version, f) < 0 ||
		get_number(root, "uid", &uid, f) < 0 || get_name(root, "user", out->name, f) < 0)
		return -1;
	if (version != FILE_VERSION)
		return fault_set(f, FAULT_DAMAGED, 0, "version is not %d", FILE_VERSION);
	if (uid < 0 || uid >= UINT32_MAX)
		return fault_set(f, FAULT_DAMAGED, 0, "uid is out of range");
	out->uid = (uint32_t)uid;
	if (get_language(root, &out->language, f) < 0 || take_number(root, &first, f) < 0)
		return -1;
	out->phone = first.phone;
	out->verified = first.verified;
	out->since_wall_s = first.since_wall_s;
	memcpy(out->by, first.by, sizeof out->by);
	return take_others(root, out, f);
}

/* libconfig would open other files for it. */
static bool includes(const char *text)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += strspn(line, "\n\r\t ");
		if (*line == '@')
			return true;
	}
	return false;
}

int enrolment_parse(const char *text, struct directory_entry *out, struct fault *f)
{
	config_t config;
	int result = -1;

	memset(out, 0, sizeof *out);
	if (includes(text))
		return fault_set(
			f, FAULT_DAMAGED, 0, "has an @ directive, which is not allowed here");
	config_init(&config);
	if (config_read_string(&config, text) != CONFIG_TRUE)
		fault_set(
			f, FAULT_DAMAGED, 0, "line %d cannot be read", config_error_line(&config));
	else
		result = take(config_root_setting(&config), out, f);
	config_destroy(&config);
	return result;
}

int enrolment_place(const struct directory_entry *entry, const struct phone *phone)
{
	if (strcmp(entry->phone.e164, phone->e164) == 0)
		return 0;
	for (uint32_t i = 0; i < entry->nothers && i < ENROLMENT_OTHERS; i++)
		if (strcmp(entry->others[i].phone.e164, phone->e164) == 0)
			return (int)i + 1;
	return -1;
}

void enrolment_number(
	const struct directory_entry *entry, uint32_t place, struct enrolment_number *out)
{
	*out = (struct enrolment_number){ .phone = entry->phone,
		.verified = entry->verified,
		.since_wall_s = entry->since_wall_s };
	memcpy(out->by, entry->by, sizeof out->by);
	if (place > 0 && place <= entry->nothers && place <= ENROLMENT_OTHERS)
		*out = entry->others[place - 1];
}

static void add_quoted(struct text_line *line, const char *key, const char *s)
{
	text_add(line, "%s = \"", key);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			text_add(line, "\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			text_add(line, "\\x%02x", c);
		else
			text_add(line, "%c", c);
	}
	text_add(line, "\";\n");
}

static int judge_number(const struct enrolment_number *e, struct fault *f)
{
	struct phone phone;

	if (!account_name_valid(e->by))
		return fault_set(f, FAULT_BAD, 0, "an enrolment needs valid names and a uid");
	if (phone_read(e->phone.e164, &phone, f) < 0)
		return fault_set(
			f, FAULT_BAD, 0, "an enrolment needs a number in the form +4915112345678");
	if (e->since_wall_s < 0 || e->since_wall_s > since_max_s)
		return fault_set(
			f, FAULT_BAD, 0, "an enrolment needs a time between 1970 and 9999");
	return 0;
}

static int judge_entry(const struct directory_entry *e, struct fault *f)
{
	struct enrolment_number number;

	if (!account_name_valid(e->name) || e->uid == UINT32_MAX)
		return fault_set(f, FAULT_BAD, 0, "an enrolment needs valid names and a uid");
	if ((unsigned)e->language >= LANGUAGE_COUNT)
		return fault_set(f, FAULT_BAD, 0, "an enrolment needs a language of ours");
	if (e->nothers > ENROLMENT_OTHERS)
		return fault_set(
			f, FAULT_BAD, 0, "an enrolment has %d numbers at most", ENROLMENT_NUMBERS);
	for (uint32_t i = 0; i <= e->nothers; i++) {
		enrolment_number(e, i, &number);
		if (judge_number(&number, f) < 0)
			return -1;
		if (enrolment_place(e, &number.phone) != (int)i)
			return fault_set(f, FAULT_BAD, 0, "an enrolment has each number once");
	}
	return 0;
}

static void add_number(struct text_line *line, const struct enrolment_number *n, const char *indent)
{
	char since[TIME_TEXT];

	time_text(n->since_wall_s, since);
	text_add(line, "%s", indent);
	add_quoted(line, "number", n->phone.e164);
	text_add(line, "%sverified = %s;\n%s", indent, n->verified ? "true" : "false", indent);
	add_quoted(line, "since", since);
	text_add(line, "%s", indent);
	add_quoted(line, "by", n->by);
}

static void add_others(struct text_line *line, const struct directory_entry *e)
{
	text_add(line, "others = (");
	for (uint32_t i = 0; i < e->nothers; i++) {
		text_add(line, "%s {\n", i > 0 ? "," : "");
		add_number(line, &e->others[i], "\t");
		text_add(line, "}");
	}
	text_add(line, " );\n");
}

int enrolment_print(const struct directory_entry *entry, char text[ENROLMENT_MAX + 1], size_t *len,
	struct fault *f)
{
	struct enrolment_number first;
	struct text_line line;

	*len = 0;
	if (judge_entry(entry, f) < 0)
		return -1;
	text_begin(&line, text, ENROLMENT_MAX + 1);
	text_add(&line, "# written by sms-otp; sms-otp set-number changes it\nversion = %d;\n",
		FILE_VERSION);
	add_quoted(&line, "user", entry->name);
	/* L: libconfig's plain integers have 32 bits with sign */
	text_add(&line, "uid = %u%s;\n", entry->uid, entry->uid > INT_MAX ? "L" : "");
	enrolment_number(entry, 0, &first);
	add_number(&line, &first, "");
	if (entry->language != LANGUAGE_NONE)
		add_quoted(&line, "language", language_name(entry->language));
	if (entry->nothers > 0)
		add_others(&line, entry);
	if (line.cut)
		return fault_set(f, FAULT_BAD, 0, "an enrolment is too long for its file");
	*len = line.len;
	return 0;
}
