#include "cli/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/nearest.h"
#include "wire/order.h"

#define SUFFIX ".conf"

bool shelf_name_usable(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= ORDER_NAME_MAX && name[0] != '-' && name[0] != '_' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

/* NAME of NAME.conf as it can be shown; false for other files, and for those that editors and
 * package managers leave. */
static bool entry_of(const char *file, bool site, struct shelf_entry *e)
{
	size_t len = strlen(file), tail = strlen(SUFFIX);
	struct text_line line;

	if (file[0] == '.' || len <= tail || strcmp(file + len - tail, SUFFIX) != 0)
		return false;
	text_begin(&line, e->name, sizeof(e->name));
	for (size_t i = 0; i < len - tail; i++)
		text_add(&line, "%c", file[i] >= 0x20 && file[i] < 0x7f ? file[i] : '?');
	e->site = site;
	e->usable = !line.cut && shelf_name_usable(e->name);
	return true;
}

static bool has(const struct shelf *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->at[i].name, name) == 0)
			return true;
	return false;
}

static int add(struct shelf *s, const struct shelf_entry *e, struct fault *f)
{
	if (has(s, e->name))
		return 0;
	if (s->n == SHELF_MAX)
		return fault_set(
			f, FAULT_BAD, 0, "more than %d descriptions of providers", SHELF_MAX);
	s->at[s->n++] = *e;
	return 0;
}

static int read_folder(const char *path, bool site, struct shelf *s, struct fault *f)
{
	DIR *dir = opendir(path);
	const struct dirent *d;
	int rc = 0;

	if (dir == NULL)
		return errno == ENOENT ? 0 : fault_set(f, FAULT_SYSTEM, errno, "%s", path);
	while (rc == 0 && (d = readdir(dir)) != NULL) {
		struct shelf_entry e;

		if (entry_of(d->d_name, site, &e))
			rc = add(s, &e, f);
	}
	closedir(dir);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	const struct shelf_entry *one = a, *other = b;

	return strcmp(one->name, other->name);
}

int shelf_read(const char *site, const char *shipped, struct shelf *s, struct fault *f)
{
	static const struct shelf_entry outbox = { .name = "outbox", .usable = true };

	s->n = 0;
	if (add(s, &outbox, f) != 0 || read_folder(site, true, s, f) != 0 ||
		read_folder(shipped, false, s, f) != 0)
		return -1;
	qsort(s->at, s->n, sizeof(s->at[0]), by_name);
	return 0;
}

const char *shelf_nearest(const struct shelf *s, const char *typed)
{
	const char *names[SHELF_MAX];

	for (size_t i = 0; i < s->n; i++)
		names[i] = s->at[i].name;
	return nearest_word(typed, names, s->n);
}
