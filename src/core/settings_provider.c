#include "core/settings_provider.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/places.h"
#include "base/text.h"

enum { KEY_SHOWN = 128, CA_FILE_BYTES = 4 << 20 };

static const char outbox[] = "outbox";

/* One block, while it is read. */
struct block {
	const struct settings_value_reader *reader;
	const char *name;
	struct settings_route route;
};

static struct settings_shape_spot spot_of(const struct block *b, const config_setting_t *s)
{
	return settings_value_spot(b->reader, s);
}

/* Drop one line end, as editors leave it. */
static size_t without_line_end(const unsigned char *bytes, size_t len)
{
	if (len > 0 && bytes[len - 1] == '\n')
		len--;
	if (len > 0 && bytes[len - 1] == '\r')
		len--;
	return len;
}

static int judge_secret_bytes(
	const char *path, const unsigned char *bytes, size_t len, struct fault *f)
{
	if (len == 0)
		return fault_set(f, FAULT_BAD, 0, "%s: is empty; write the secret into it", path);
	for (size_t i = 0; i < len; i++)
		if (bytes[i] < 0x20 || bytes[i] == 0x7f)
			return fault_set(f, FAULT_BAD, 0,
				"%s: has more than one line, or control characters", path);
	return 0;
}

static int read_secret_file(const char *path, struct secret *out, struct fault *f)
{
	const struct inode_want want = {
		.owner = 0, .forbid = 0077, .size = -1, .size_max = SECRET_MAX
	};
	unsigned char bytes[SECRET_MAX];
	size_t len = 0;
	int fd, result = -1;

	if (file_open(path, &want, &fd, f) < 0)
		return -1;
	if (file_read_all(fd, bytes, sizeof bytes, &len, f) < 0)
		goto out;
	len = without_line_end(bytes, len);
	if (judge_secret_bytes(path, bytes, len, f) < 0)
		goto out;
	if (secret_set(out, bytes, len) < 0) {
		fault_set(f, FAULT_BAD, 0, "%s: longer than %d bytes", path, SECRET_MAX);
		goto out;
	}
	if (strstr((const char *)out->bytes, "CHANGE-ME")) {
		secret_wipe(out);
		fault_set(f, FAULT_BAD, 0, "%s: still says CHANGE-ME", path);
		goto out;
	}
	result = 0;
out:
	secret_wipe_bytes(bytes, sizeof bytes);
	close(fd);
	return result;
}

int settings_provider_secret(const struct settings_variable *v, struct secret *out, struct fault *f)
{
	secret_wipe(out);
	if (v->is_file)
		return read_secret_file(v->value, out, f);
	if (secret_set(out, v->value, strlen(v->value)) < 0)
		return fault_set(f, FAULT_BAD, 0, "%s: longer than %d bytes", v->name, SECRET_MAX);
	return 0;
}

/* Relative names are always taken from the settings' own folder. */
static int absolute(const char *path, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	text_add(&line, "%s%s", path[0] == '/' ? "" : PLACES_SETTINGS_FOLDER "/", path);
	return line.cut ? -1 : 0;
}

static void told(
	const struct block *b, const config_setting_t *s, const char *key, const struct fault *f)
{
	char words[sizeof f->text + 64];

	settings_shape_fault(b->reader->faults, spot_of(b, s), "%s: %s", key,
		fault_text(f, words, sizeof words));
}

static void judge_secret(const struct block *b, const config_setting_t *s, const char *key,
	const struct settings_variable *v)
{
	struct fault f = FAULT_INIT;
	struct secret unused;

	if (settings_provider_secret(v, &unused, &f) < 0)
		told(b, s, key, &f);
	secret_wipe(&unused);
}

static void judge_ca_file(struct block *b, const config_setting_t *s, const char *key)
{
	const struct inode_want want = {
		.owner = 0, .forbid = 0022, .size = -1, .size_max = CA_FILE_BYTES
	};
	struct fault f = FAULT_INIT;
	char path[ORDER_PATH_MAX + 1];
	int fd;

	if (b->route.ca_file[0] == '\0')
		return;
	if (absolute(b->route.ca_file, path, sizeof path) < 0) {
		settings_shape_fault(b->reader->faults, spot_of(b, s),
			"%s: longer than %d bytes with its folder", key, ORDER_PATH_MAX);
		return;
	}
	memcpy(b->route.ca_file, path, sizeof path);
	if (file_open(path, &want, &fd, &f) < 0)
		told(b, s, key, &f);
	else
		close(fd);
}

/* What descriptions ask for: [a-z][a-z0-9_]*, and none of the names that a message fills in
 * itself (sms-otp-provider(5)). */
static bool variable_name(const char *name)
{
	static const char *const taken[] = { "number", "text", "id", "code" };
	size_t len = strlen(name);

	if (len == 0 || len > ORDER_NAME_MAX || name[0] < 'a' || name[0] > 'z' ||
		strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
		return false;
	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
		if (strcmp(name, taken[i]) == 0)
			return false;
	return true;
}

/* The key without _file, and whether it had it. -1: no name of a variable. */
static int name_variable(const char *member, struct settings_variable *v)
{
	static const char suffix[] = "_file";
	size_t len = strlen(member), tail = sizeof suffix - 1;
	char name[ORDER_NAME_MAX + sizeof suffix];

	if (text_copy(name, sizeof name, member) < 0)
		return -1;
	v->is_file = len > tail && strcmp(name + len - tail, suffix) == 0;
	if (v->is_file)
		name[len - tail] = '\0';
	return variable_name(name) ? text_copy(v->name, sizeof v->name, name) : -1;
}

static bool has_variable(const struct settings_route *route, const char *name)
{
	for (size_t i = 0; i < route->nvariables; i++)
		if (strcmp(route->variables[i].name, name) == 0)
			return true;
	return false;
}

static void read_variable(
	struct block *b, const config_setting_t *s, const char *member, const char *key)
{
	struct settings_faults *faults = b->reader->faults;
	struct settings_variable v;

	memset(&v, 0, sizeof v);
	if (name_variable(member, &v) < 0) {
		settings_shape_fault(
			faults, spot_of(b, s), "%s: cannot be the name of a variable", key);
		return;
	}
	const char *text = settings_value_text(b->reader, s, key, SECRET_MAX);
	if (!text)
		return;
	if (has_variable(&b->route, v.name)) {
		settings_shape_fault(faults, spot_of(b, s),
			"%s: given twice, as it is and as a file; keep one", key);
	} else if (b->route.nvariables == ORDER_VARIABLES_MAX) {
		settings_shape_fault(faults, spot_of(b, s), "%s: more than %d variables", key,
			ORDER_VARIABLES_MAX);
	} else if ((v.is_file ? absolute(text, v.value, sizeof v.value)
			      : text_copy(v.value, sizeof v.value, text)) < 0) {
		settings_shape_fault(
			faults, spot_of(b, s), "%s: longer than %d bytes", key, SECRET_MAX);
	} else {
		if (v.is_file)
			judge_secret(b, s, key, &v);
		b->route.variables[b->route.nvariables++] = v;
	}
	secret_wipe_bytes(&v, sizeof v);
}

static void read_member(struct block *b, const config_setting_t *s)
{
	char path[KEY_SHOWN], key[KEY_SHOWN];
	struct text_line line;
	const char *member = config_setting_name(s);

	text_begin(&line, path, sizeof path);
	text_add(&line, "providers.NAME.%s", member);
	text_begin(&line, key, sizeof key);
	text_add(&line, "providers.%s.%s", b->name, member);
	const struct settings_table_row *row = settings_table_find(path);
	if (!row) {
		read_variable(b, s, member, key);
		return;
	}
	settings_value_read(b->reader, row, s, key, &b->route);
	if (strcmp(member, "ca_file") == 0)
		judge_ca_file(b, s, key);
}

/* A block's name and shape; false with a fault when there is nothing to read in it. */
static bool block_usable(const struct block *b, const config_setting_t *s)
{
	struct settings_faults *faults = b->reader->faults;
	struct settings_shape_spot spot = spot_of(b, s);

	if (!settings_table_name(b->name))
		settings_shape_fault(faults, spot,
			"providers.%.40s: a name is 1 to %d of a-z 0-9 _ -", b->name,
			ORDER_NAME_MAX);
	else if (strcmp(b->name, outbox) == 0)
		settings_shape_fault(
			faults, spot, "providers.outbox: outbox is built in, without a block");
	else if (config_setting_type(s) != CONFIG_TYPE_GROUP)
		settings_shape_fault(faults, spot, "providers.%s: write a group: %s = { ... };",
			b->name, b->name);
	else
		return true;
	return false;
}

/* What was read, to the route of this name if there is one. */
static void give(const struct settings_route *read, const char *name, struct settings_route *routes,
	size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct settings_route *to = &routes[i];
		char kept[sizeof to->name];
		if (strcmp(to->name, name) != 0)
			continue;
		memcpy(kept, to->name, sizeof kept);
		*to = *read;
		memcpy(to->name, kept, sizeof kept);
		if (to->description[0] == '\0')
			memcpy(to->description, kept, sizeof kept);
		return;
	}
}

static void read_block(
	const struct settings_value_reader *r, const config_setting_t *s, struct settings *out)
{
	struct block b;

	memset(&b, 0, sizeof b);
	b.reader = r;
	b.name = config_setting_name(s);
	if (!block_usable(&b, s))
		return;
	int n = config_setting_length(s);
	for (int i = 0; i < n; i++) {
		const config_setting_t *member = config_setting_get_elem(s, (unsigned)i);
		if (member)
			read_member(&b, member);
	}
	give(&b.route, b.name, out->routes, out->nroutes);
	give(&b.route, b.name, out->voice, out->nvoice);
	secret_wipe_bytes(&b, sizeof b);
}

/* What no block has filled is outbox, or missing. list: the key that names the routes. */
static void finish(const struct settings_value_reader *r, const config_setting_t *root,
	const char *list, struct settings_route *routes, size_t n)
{
	const config_setting_t *names = config_setting_get_member(root, list);
	const config_setting_t *blocks = config_setting_get_member(root, "providers");

	for (size_t i = 0; i < n && names; i++) {
		struct settings_route *route = &routes[i];
		if (strcmp(route->name, outbox) == 0)
			memcpy(route->description, outbox, sizeof outbox);
		else if (!blocks || config_setting_type(blocks) != CONFIG_TYPE_GROUP ||
			 !config_setting_get_member(blocks, route->name))
			settings_shape_fault(r->faults, settings_value_spot(r, names),
				"%s: \"%s\" has no block in providers", list, route->name);
	}
}

void settings_provider_read(
	const struct settings_value_reader *r, const config_setting_t *root, struct settings *out)
{
	const config_setting_t *blocks = config_setting_get_member(root, "providers");

	if (blocks && config_setting_type(blocks) != CONFIG_TYPE_GROUP)
		settings_shape_fault(r->faults, settings_value_spot(r, blocks),
			"providers: write a group: providers = { NAME = { ... }; };");
	else if (blocks)
		for (int i = 0; i < config_setting_length(blocks); i++) {
			const config_setting_t *block =
				config_setting_get_elem(blocks, (unsigned)i);
			if (block)
				read_block(r, block, out);
		}
	finish(r, root, "routes", out->routes, out->nroutes);
	finish(r, root, "voice", out->voice, out->nvoice);
}
