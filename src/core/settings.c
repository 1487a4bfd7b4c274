#include "core/settings.h"

#include <fcntl.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "core/settings_mode.h"
#include "core/settings_origins.h"
#include "core/settings_provider.h"
#include "core/settings_remember.h"
#include "core/settings_rules.h"
#include "core/settings_scan.h"
#include "core/settings_table.h"
#include "core/settings_unenrolled.h"
#include "core/settings_value.h"

enum { FILE_BYTES = 65536, KEY_SHOWN = 128 };

/* One file, while it is read. */
struct reading {
	struct settings_value_reader reader;
	struct settings *out;
	bool seen[SETTINGS_TABLE_ROWS_MAX];
};

static struct settings_shape_spot whole(const char *path)
{
	return (struct settings_shape_spot){ path, 0 };
}

/* --- the file's bytes, judged and read through one descriptor --- */

/* A fault of the file begins with its path, which the fault's own place says already. */
static void told_of_file(const char *path, const struct fault *f, struct settings_faults *faults)
{
	char words[sizeof f->text + 64];
	const char *text = fault_text(f, words, sizeof words);

	if (text_starts(text, path) && text_starts(text + strlen(path), ": "))
		text += strlen(path) + 2;
	settings_shape_fault(faults, whole(path), "%s", text);
}

/* buf: FILE_BYTES + 2, for the line end that libconfig 1.5 wants after a comment, and a NUL. */
static int read_file(const char *path, char *buf, size_t *len, struct settings_faults *faults)
{
	const struct inode_want want = {
		.owner = 0, .forbid = 0022, .size = -1, .size_max = FILE_BYTES
	};
	struct fault f = FAULT_INIT;
	int fd;

	if (file_open(path, &want, &fd, &f) < 0) {
		told_of_file(path, &f, faults);
		return -1;
	}
	int result = file_read_all(fd, buf, FILE_BYTES, len, &f);
	close(fd);
	if (result < 0) {
		told_of_file(path, &f, faults);
		return -1;
	}
	if (*len > 0 && buf[*len - 1] != '\n')
		buf[(*len)++] = '\n';
	buf[*len] = '\0';
	return 0;
}

/* --- what libconfig says --- */

static void told_of_syntax(
	const char *path, const config_t *config, const char *text, struct settings_faults *faults)
{
	char hint[200];
	const char *said = config_error_text(config);
	int line = config_error_line(config);

	faults->n = 0; /* C2: the first syntax error, or all other faults */
	if (said && strstr(said, "duplicate")) {
		settings_shape_fault(faults, (struct settings_shape_spot){ path, line },
			"a key is there twice in its group; keep one");
		return;
	}
	if (said && strstr(said, "mismatched")) {
		settings_shape_fault(faults, (struct settings_shape_spot){ path, line },
			"all entries of a list are of one kind: put quotes around each, like "
			"\"+49\"");
		return;
	}
	int better = settings_scan_hint(text, line, hint, sizeof hint);
	settings_shape_fault(faults, (struct settings_shape_spot){ path, better ? better : line },
		"syntax error%s%s", better ? ": " : "", hint);
}

/* --- the keys --- */

static void read_key(struct reading *rd, const config_setting_t *s, const char *path)
{
	char words[KEY_SHOWN];
	const struct settings_table_row *row = settings_table_find(path);

	if (!row) {
		settings_table_unknown(path, words, sizeof words);
		settings_shape_fault(rd->reader.faults, settings_value_spot(&rd->reader, s),
			"%s: %s", path, words);
		return;
	}
	rd->seen[row - settings_table_row(0)] = true;
	settings_value_read(&rd->reader, row, s, path, rd->out);
}

static void read_group(struct reading *rd, const config_setting_t *group, const char *name)
{
	char path[KEY_SHOWN];
	struct text_line line;

	if (config_setting_type(group) != CONFIG_TYPE_GROUP) {
		settings_shape_fault(rd->reader.faults, settings_value_spot(&rd->reader, group),
			"%s: write a group: %s = { ... };", name, name);
		return;
	}
	int n = config_setting_length(group);
	for (int i = 0; i < n; i++) {
		const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
		if (!s)
			continue;
		text_begin(&line, path, sizeof path);
		text_add(&line, "%s.%s", name, config_setting_name(s));
		read_key(rd, s, path);
	}
}

static void read_root(struct reading *rd, const config_setting_t *root)
{
	char path[KEY_SHOWN];
	struct text_line line;

	int n = config_setting_length(root);
	for (int i = 0; i < n; i++) {
		const config_setting_t *s = config_setting_get_elem(root, (unsigned)i);
		if (!s || strcmp(config_setting_name(s), "providers") == 0 ||
			strcmp(config_setting_name(s), "rules") == 0 ||
			strcmp(config_setting_name(s), "remember") == 0 ||
			strcmp(config_setting_name(s), "origins") == 0 ||
			strcmp(config_setting_name(s), "mode") == 0 || settings_unenrolled_is(s))
			continue;
		text_begin(&line, path, sizeof path);
		text_add(&line, "%s", config_setting_name(s));
		if (settings_table_group(path))
			read_group(rd, s, path);
		else
			read_key(rd, s, path);
	}
	settings_provider_read(&rd->reader, root, rd->out);
	settings_rules_read(&rd->reader, root, rd->out);
	settings_remember_read(&rd->reader, root, rd->out);
	settings_unenrolled_read(&rd->reader, root, rd->out);
	settings_origins_read(&rd->reader, root, rd->out);
	settings_mode_read(&rd->reader, root, rd->out);
}

static bool in_block(const struct settings_table_row *row)
{
	return text_starts(row->key.path, "providers.");
}

static void set_defaults(struct settings *out)
{
	for (size_t i = 0; settings_table_row(i); i++)
		if (!in_block(settings_table_row(i)))
			settings_value_default(settings_table_row(i), out);
}

static bool seen(const struct reading *rd, const char *path)
{
	const struct settings_table_row *row = settings_table_find(path);

	return row && rd->seen[row - settings_table_row(0)];
}

/* What no single key can tell. */
static void check_whole(struct reading *rd, const config_setting_t *root)
{
	const config_setting_t *unlisted = config_setting_get_member(root, "unlisted");

	for (size_t i = 0; settings_table_row(i); i++) {
		const struct settings_table_row *row = settings_table_row(i);
		if (row->mandatory && !rd->seen[i])
			settings_shape_fault(rd->reader.faults, whole(rd->reader.file),
				"%s is missing: %s", row->key.path, row->key.bounds);
	}
	rd->out->services_given = seen(rd, "services");
	if (unlisted && !rd->out->services_given)
		settings_shape_fault(rd->reader.faults, settings_value_spot(&rd->reader, unlisted),
			"unlisted: needs services, the list of those that are");
}

static int parse(
	const char *path, const char *text, struct settings *out, struct settings_faults *faults)
{
	config_t config;
	struct reading rd;

	memset(&rd, 0, sizeof rd);
	rd.out = out;
	rd.reader.file = path;
	rd.reader.faults = faults;
	rd.reader.scanned = faults->n;
	config_init(&config);
	if (config_read_string(&config, text) != CONFIG_TRUE) {
		told_of_syntax(path, &config, text, faults);
	} else {
		const config_setting_t *root = config_root_setting(&config);
		set_defaults(out);
		read_root(&rd, root);
		check_whole(&rd, root);
	}
	config_destroy(&config);
	return faults->n == 0 ? 0 : -1;
}

int settings_load_once(const char *path, struct settings *out, struct settings_faults *faults)
{
	size_t len = 0;
	int result = -1;
	char *text = malloc(FILE_BYTES + 2);

	faults->n = 0;
	if (!text) {
		settings_shape_fault(faults, whole(path), "out of memory");
		return -1;
	}
	if (read_file(path, text, &len, faults) == 0 &&
		settings_scan_check(text, len, path, faults) == 0)
		result = parse(path, text, out, faults);
	/* variables may stand in it, and in the part of a file that was not read whole */
	secret_wipe_bytes(text, result < 0 ? FILE_BYTES + 2 : len);
	free(text);
	if (result < 0) {
		secret_wipe_bytes(out, sizeof *out);
		settings_shape_sort(faults);
	}
	return result;
}

int settings_load(const char *path, struct settings *out, struct settings_faults *faults)
{
	memset(out, 0, sizeof *out);
	memset(faults, 0, sizeof *faults);
	return settings_load_once(path, out, faults);
}

void settings_forget(struct settings *s)
{
	secret_wipe_bytes(s->routes, s->nroutes * sizeof s->routes[0]);
	secret_wipe_bytes(s->voice, s->nvoice * sizeof s->voice[0]);
	s->nroutes = s->nvoice = 0;
}

void settings_first_fault(const struct settings_faults *faults, char *out, size_t cap)
{
	const struct settings_fault *first = &faults->at[0];
	struct text_line line;

	text_begin(&line, out, cap);
	if (faults->n == 0)
		return;
	text_add(&line, "%s:", first->file);
	if (first->line > 0)
		text_add(&line, "%d:", first->line);
	text_add(&line, " %s", first->text);
	if (faults->n > 1)
		text_add(&line, " (and %zu more)", faults->n - 1);
}

int settings_read_secret(const struct settings_variable *v, struct secret *out, struct fault *f)
{
	return settings_provider_secret(v, out, f);
}

const struct settings_key *settings_key(size_t i)
{
	size_t rows = 0;

	for (; settings_table_row(rows); rows++)
		if (rows == i)
			return &settings_table_row(rows)->key;
	for (i -= rows, rows = 0; settings_rules_key(rows); rows++)
		if (rows == i)
			return settings_rules_key(rows);
	for (i -= rows, rows = 0; settings_remember_key(rows); rows++)
		if (rows == i)
			return settings_remember_key(rows);
	for (i -= rows, rows = 0; settings_unenrolled_key(rows); rows++)
		if (rows == i)
			return settings_unenrolled_key(rows);
	for (i -= rows, rows = 0; settings_origins_key(rows); rows++)
		if (rows == i)
			return settings_origins_key(rows);
	return settings_mode_key(i - rows);
}
