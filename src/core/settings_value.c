#include "core/settings_value.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"

enum { SHOWN_MAX = 60 };

struct settings_shape_spot settings_value_spot(
	const struct settings_value_reader *r, const config_setting_t *s)
{
	return (struct settings_shape_spot){ r->file, (int)config_setting_source_line(s) };
}

static const char *type_name(const config_setting_t *s)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_GROUP:
		return "a group { }";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return "a number";
	case CONFIG_TYPE_FLOAT:
		return "a number with a point";
	case CONFIG_TYPE_STRING:
		return "a string";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	default:
		return "a list";
	}
}

static void wrong_type(const struct settings_value_reader *r, const config_setting_t *s,
	const char *path, const char *want)
{
	settings_shape_fault(r->faults, settings_value_spot(r, s), "%s: write %s, not %s", path,
		want, type_name(s));
}

/* libconfig 1.5 gives a 64-bit number only for the suffix L; what it wrapped, settings_scan has
 * reported. */
static bool is_number(const config_setting_t *s)
{
	int type = config_setting_type(s);

	return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
}

static void put_u32(void *into, size_t at, int64_t value)
{
	uint32_t narrow = (uint32_t)value;

	memcpy((char *)into + at, &narrow, sizeof narrow);
}

static void put_bounded(const struct settings_value_reader *r, const struct settings_table_row *row,
	const config_setting_t *s, int64_t value, void *into)
{
	if (value >= row->min && value <= row->max)
		put_u32(into, row->at, value);
	else
		settings_shape_fault(r->faults, settings_value_spot(r, s), "%s: write %s, not %lld",
			row->key.path, row->key.bounds, (long long)value);
}

static bool printable(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	return true;
}

const char *settings_value_text(const struct settings_value_reader *r, const config_setting_t *s,
	const char *path, size_t max)
{
	struct settings_shape_spot spot = settings_value_spot(r, s);

	if (config_setting_type(s) != CONFIG_TYPE_STRING) {
		wrong_type(r, s, path, "a string in double quotes");
		return NULL;
	}
	const char *text = config_setting_get_string(s);
	if (!text || text[0] == '\0')
		settings_shape_fault(r->faults, spot, "%s: is empty", path);
	else if (strstr(text, "CHANGE-ME"))
		settings_shape_fault(
			r->faults, spot, "%s: still says CHANGE-ME; write your own", path);
	else if (strlen(text) > max)
		settings_shape_fault(r->faults, spot, "%s: longer than %zu bytes", path, max);
	else if (!printable(text))
		settings_shape_fault(r->faults, spot,
			"%s: line ends and control characters are not taken", path);
	else
		return text;
	return NULL;
}

static void read_duration(const struct settings_value_reader *r,
	const struct settings_table_row *row, const config_setting_t *s, void *into)
{
	struct fault f = FAULT_INIT;
	int64_t seconds;

	if (is_number(s)) {
		put_bounded(r, row, s, config_setting_get_int64(s), into);
		return;
	}
	if (config_setting_type(s) != CONFIG_TYPE_STRING) {
		wrong_type(r, s, row->key.path, "a duration like 90 or \"15m\"");
		return;
	}
	const char *text = settings_value_text(r, s, row->key.path, SHOWN_MAX);
	if (!text)
		return;
	if (number_duration(text, &seconds, &f) < 0)
		settings_shape_fault(r->faults, settings_value_spot(r, s), "%s: \"%s\" is %s",
			row->key.path, text, f.text);
	else if (seconds < row->min || seconds > row->max)
		settings_shape_fault(r->faults, settings_value_spot(r, s),
			"%s: write %s, not \"%s\"", row->key.path, row->key.bounds, text);
	else
		put_u32(into, row->at, seconds);
}

/* 0 with the budget, or -1 with what is wrong. */
static int rates_from(const struct settings_table_row *row, const char *text,
	struct settings_budget *budget, struct fault *f)
{
	memset(budget, 0, sizeof *budget);
	if (row->automatic && strcmp(text, "auto") == 0) {
		budget->automatic = true;
		return 0;
	}
	if (number_rates(text, budget->rates, f) < 0)
		return -1;
	for (int i = 0; i < NUMBER_RATES_MAX && budget->rates[i].count > 0; i++)
		if (budget->rates[i].count < row->min || budget->rates[i].count > row->max)
			return fault_set(f, FAULT_BAD, 0, "out of bounds: %s", row->key.bounds);
	return 0;
}

static void read_rates(const struct settings_value_reader *r, const struct settings_table_row *row,
	const config_setting_t *s, void *into)
{
	struct settings_budget budget;
	struct fault f = FAULT_INIT;
	const char *text = settings_value_text(r, s, row->key.path, SHOWN_MAX);

	if (!text)
		return;
	if (rates_from(row, text, &budget, &f) < 0)
		settings_shape_fault(r->faults, settings_value_spot(r, s), "%s: \"%s\" is %s",
			row->key.path, text, f.text);
	else
		memcpy((char *)into + row->at, &budget, sizeof budget);
}

static void read_string(const struct settings_value_reader *r, const struct settings_table_row *row,
	const config_setting_t *s, const char *path, void *into)
{
	struct fault f = FAULT_INIT;
	const char *text = settings_value_text(r, s, path, (size_t)row->max);

	if (!text)
		return;
	if (row->judge(text, &f) < 0)
		settings_shape_fault(r->faults, settings_value_spot(r, s), "%s: %s", path, f.text);
	else
		memcpy((char *)into + row->at, text, strlen(text) + 1);
}

static bool is_list(const config_setting_t *s)
{
	int type = config_setting_type(s);

	return type == CONFIG_TYPE_ARRAY || type == CONFIG_TYPE_LIST;
}

/* A list, while it is read. */
struct list {
	const struct settings_table_row *row;
	const char *path;
	char *at; /* the first place */
	size_t n; /* so many are taken */
};

/* What a number without quotes was meant to begin with. */
static const char *plus_of(const struct settings_table_row *row)
{
	struct fault unused = FAULT_INIT;

	return row->judge("+1", &unused) == 0 ? "+" : "";
}

static void read_entry(
	const struct settings_value_reader *r, const config_setting_t *s, struct list *list)
{
	struct fault f = FAULT_INIT;
	struct settings_shape_spot spot = settings_value_spot(r, s);
	const struct settings_table_row *row = list->row;

	if (is_number(s)) {
		settings_shape_fault(r->faults, spot, "%s: put quotes around it: \"%s%lld\"",
			list->path, plus_of(row), config_setting_get_int64(s));
		return;
	}
	const char *text = settings_value_text(r, s, list->path, row->size - 1);
	if (!text)
		return;
	if (row->judge(text, &f) < 0) {
		if (!settings_shape_told(r->faults, r->scanned, spot.line))
			settings_shape_fault(r->faults, spot, "%s: \"%.*s\": %s", list->path,
				SHOWN_MAX, text, f.text);
		return;
	}
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->at + i * row->stride, text) == 0) {
			settings_shape_fault(
				r->faults, spot, "%s: \"%s\" is there twice", list->path, text);
			return;
		}
	}
	memcpy(list->at + list->n++ * row->stride, text, strlen(text) + 1);
}

static void read_strings(const struct settings_value_reader *r,
	const struct settings_table_row *row, const config_setting_t *s, const char *path,
	void *into)
{
	struct list list = { .row = row, .path = path, .at = (char *)into + row->at };

	if (row->single && config_setting_type(s) == CONFIG_TYPE_STRING) {
		read_entry(r, s, &list);
		memcpy((char *)into + row->count_at, &list.n, sizeof list.n);
		return;
	}
	if (!is_list(s)) {
		wrong_type(r, s, path, "a list: [ \"one\", \"two\" ]");
		return;
	}
	int length = config_setting_length(s);
	if (length < row->min || length > row->max) {
		settings_shape_fault(r->faults, settings_value_spot(r, s), "%s: write %s, not %d",
			path, row->key.bounds, length);
		return;
	}
	for (int i = 0; i < length; i++) {
		const config_setting_t *entry = config_setting_get_elem(s, (unsigned)i);
		if (entry)
			read_entry(r, entry, &list);
	}
	memcpy((char *)into + row->count_at, &list.n, sizeof list.n);
}

static int word_from(
	const struct settings_table_row *row, const char *text, enum settings_otherwise *word)
{
	*word = SETTINGS_REFUSE;
	if (strcmp(text, row->key.fallback) == 0)
		return 0;
	if (strcmp(text, "ignore") != 0)
		return -1;
	*word = SETTINGS_IGNORE;
	return 0;
}

static void read_word(const struct settings_value_reader *r, const struct settings_table_row *row,
	const config_setting_t *s, void *into)
{
	enum settings_otherwise word;

	if (config_setting_type(s) == CONFIG_TYPE_GROUP) {
		settings_shape_fault(r->faults, settings_value_spot(r, s),
			"%s = { ... } is not built into this version; write %s in quotes",
			row->key.path, row->key.bounds);
		return;
	}
	const char *text = settings_value_text(r, s, row->key.path, SHOWN_MAX);
	if (!text)
		return;
	if (word_from(row, text, &word) < 0)
		settings_shape_fault(r->faults, settings_value_spot(r, s),
			"%s: write %s, not \"%s\"", row->key.path, row->key.bounds, text);
	else
		memcpy((char *)into + row->at, &word, sizeof word);
}

static void read_boolean(const struct settings_value_reader *r,
	const struct settings_table_row *row, const config_setting_t *s, const char *path,
	void *into)
{
	bool value = config_setting_get_bool(s) == CONFIG_TRUE;

	if (config_setting_type(s) != CONFIG_TYPE_BOOL)
		wrong_type(r, s, path, "true or false without quotes");
	else
		memcpy((char *)into + row->at, &value, sizeof value);
}

void settings_value_read(const struct settings_value_reader *r,
	const struct settings_table_row *row, const config_setting_t *s, const char *path,
	void *into)
{
	switch (row->kind) {
	case SETTINGS_TABLE_INTEGER:
		if (is_number(s))
			put_bounded(r, row, s, config_setting_get_int64(s), into);
		else
			wrong_type(r, s, path, "a number without quotes");
		break;
	case SETTINGS_TABLE_DURATION:
		read_duration(r, row, s, into);
		break;
	case SETTINGS_TABLE_RATES:
		read_rates(r, row, s, into);
		break;
	case SETTINGS_TABLE_STRING:
		read_string(r, row, s, path, into);
		break;
	case SETTINGS_TABLE_STRINGS:
		read_strings(r, row, s, path, into);
		break;
	case SETTINGS_TABLE_BOOLEAN:
		read_boolean(r, row, s, path, into);
		break;
	case SETTINGS_TABLE_WORD:
		read_word(r, row, s, into);
		break;
	}
}

/* A fallback that its own row would refuse leaves zeros: SETTINGS_REFUSE, and numbers that a
 * test finds out of bounds. */
void settings_value_default(const struct settings_table_row *row, void *into)
{
	struct fault unused = FAULT_INIT;
	struct settings_budget budget;
	int64_t value = 0;

	switch (row->kind) {
	case SETTINGS_TABLE_INTEGER:
	case SETTINGS_TABLE_DURATION:
		if (number_duration(row->key.fallback, &value, &unused) == 0)
			put_u32(into, row->at, value);
		break;
	case SETTINGS_TABLE_RATES:
		if (rates_from(row, row->key.fallback, &budget, &unused) == 0)
			memcpy((char *)into + row->at, &budget, sizeof budget);
		break;
	case SETTINGS_TABLE_STRING:
		if (row->judge(row->key.fallback, &unused) == 0)
			memcpy((char *)into + row->at, row->key.fallback,
				strlen(row->key.fallback) + 1);
		break;
	case SETTINGS_TABLE_STRINGS:
	case SETTINGS_TABLE_BOOLEAN:
	case SETTINGS_TABLE_WORD:
		break; /* zeros: none, false, SETTINGS_REFUSE */
	}
}
