#include "core/group.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* A group of a directory can have very many members. */
enum { BUFFER_FIRST = 4096, BUFFER_MAX = 16 * 1024 * 1024, GROUPS_FIRST = 64, GROUPS_MAX = 65537 };

enum { SERVICE_MAX = 64, SWITCH_MAX = 64 * 1024 };

/* A service that fails need not say why: nobody has a reason to leave this one behind. */
enum { SILENT = ENOTRECOVERABLE };

/* '/' is in no name of a group: a service that finds this one is at fault. */
static const char nobody_has[] = "sms-otp/probe";

/* What to look for: a name, or a gid where the name is NULL. */
struct question {
	const char *name;
	gid_t gid;
};

static int ask_once(
	const struct question *q, struct group *gr, char *buf, size_t size, struct group **found)
{
	int rc;

	do {
		errno = SILENT;
		rc = q->name ? getgrnam_r(q->name, gr, buf, size, found)
			     : getgrgid_r(q->gid, gr, buf, size, found);
	} while (rc == EINTR);
	return rc;
}

/* *name: the name found, or NULL for certainly none; the caller frees it. Unlike for users, ENOENT
 * and ESRCH are errors here: glibc has 0 for "no such group", and they are what a service leaves
 * behind that cannot reach its server. */
static int look_up(const struct question *q, char **name, struct fault *f)
{
	struct group gr, *found = NULL;
	char *buf = NULL;
	int rc = ERANGE;

	*name = NULL;
	for (size_t size = BUFFER_FIRST; rc == ERANGE && size <= BUFFER_MAX; size *= 4) {
		char *bigger = realloc(buf, size);
		if (!bigger)
			break;
		buf = bigger;
		rc = ask_once(q, &gr, buf, size, &found);
	}
	if (rc == 0 && found) {
		*name = strdup(gr.gr_name);
		rc = *name ? 0 : ENOMEM;
	}
	free(buf);
	if (rc == 0)
		return 0;
	return fault_set(f, FAULT_SYSTEM, rc == SILENT ? 0 : rc,
		"the system's group database cannot be asked");
}

int group_exists(const char *name, bool *exists, struct fault *f)
{
	struct question q = { name, 0 };
	char *found;

	*exists = false;
	if (look_up(&q, &found, f) < 0)
		return -1;
	*exists = found != NULL;
	free(found);
	return 0;
}

/* All gids; the caller frees *out. */
static int list_gids(const struct account *a, gid_t **out, int *n, struct fault *f)
{
	*out = NULL;
	for (int room = GROUPS_FIRST; room <= GROUPS_MAX * 2; room *= 4) {
		gid_t *bigger = reallocarray(*out, (size_t)room, sizeof **out);
		if (!bigger)
			break;
		*out = bigger;
		*n = room;
		if (getgrouplist(a->name, a->gid, *out, n) >= 0)
			return 0;
	}
	free(*out);
	*out = NULL;
	return fault_set(f, FAULT_SYSTEM, 0, "the groups of %s cannot be listed", a->name);
}

static int add_name(struct group_names *g, size_t *len, const char *name)
{
	size_t more = strlen(name) + 1;
	char *bigger = realloc(g->text, *len + more);

	if (!bigger)
		return -1;
	g->text = bigger;
	memcpy(g->text + *len, name, more);
	*len += more;
	g->words.n++;
	return 0;
}

static int add_gid(struct group_names *g, size_t *len, gid_t gid, struct fault *f)
{
	struct question q = { NULL, gid };
	char *name;

	if (look_up(&q, &name, f) < 0)
		return -1;
	if (!name)
		return fault_set(f, FAULT_BAD, 0, "group %u has no name", (unsigned int)gid);
	int rc = add_name(g, len, name);
	free(name);
	return rc == 0 ? 0 : fault_set(f, FAULT_MEMORY, 0, "out of memory for the groups' names");
}

/* Asked alone, a service cannot hide behind the next one. */
static int probe(const char *service, struct fault *f)
{
	bool exists = false;
	int rc = __nss_configure_lookup("group", service);

	if (rc < 0)
		fault_set(f, FAULT_BAD, 0, "no such service can be asked");
	else
		rc = group_exists(nobody_has, &exists, f);
	if (rc == 0 && exists)
		rc = fault_set(f, FAULT_BAD, 0, "it has a group that nobody has");
	if (rc < 0)
		fault_prefix(f, "nsswitch.conf, %s", service);
	return rc;
}

/* "files [SUCCESS=merge] systemd": each that is no action. */
static int probe_each(const char *line, struct fault *f)
{
	static const char blanks[] = " \t";
	char service[SERVICE_MAX];

	for (line += strspn(line, blanks); *line; line += strspn(line, blanks)) {
		size_t len = *line == '[' ? strcspn(line, "]") : strcspn(line, " \t[");
		if (*line == '[') {
			line += len + (line[len] == ']');
			continue;
		}
		if (len >= sizeof service)
			return fault_set(
				f, FAULT_BAD, 0, "nsswitch.conf: a service's name is too long");
		memcpy(service, line, len);
		service[len] = '\0';
		if (probe(service, f) < 0)
			return -1;
		line += len;
	}
	return 0;
}

/* What stands behind "group:"; the last such line counts. -1: out of memory. */
static int take_line(char *line, const char *database, char **out)
{
	size_t len = strlen(database);

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t");
	if (strncmp(line, database, len) != 0 || !strchr(": \t", line[len]) || !line[len])
		return 0;
	line += len;
	free(*out);
	*out = strdup(line + strspn(line, ": \t"));
	return *out ? 0 : -1;
}

/* NULL where there is none. The caller frees both. Cuts the text up. */
static int take_lines(char *text, char **group, char **initgroups, struct fault *f)
{
	char *line;

	while ((line = strsep(&text, "\n")))
		if (take_line(line, "group", group) < 0 ||
			take_line(line, "initgroups", initgroups) < 0)
			return fault_set(f, FAULT_MEMORY, 0, "out of memory for nsswitch.conf");
	return 0;
}

static int read_switch(const char *file, char **group, char **initgroups, struct fault *f)
{
	char text[SWITCH_MAX + 1];
	size_t len = 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "%s", file);
	int rc = file_read_all(fd, text, SWITCH_MAX, &len, f);
	close(fd);
	if (rc < 0) {
		fault_prefix(f, "%s", file);
		return -1;
	}
	text[len] = '\0';
	return take_lines(text, group, initgroups, f);
}

int group_services_answer(const char *file, struct fault *f)
{
	char *group = NULL, *initgroups = NULL;
	int rc = read_switch(file, &group, &initgroups, f);
	const char *normal = group ? group : "files";

	if (rc == 0)
		rc = probe_each(normal, f);
	if (rc == 0 && initgroups)
		rc = probe_each(initgroups, f);
	if (__nss_configure_lookup("group", normal) < 0 && rc == 0)
		rc = fault_set(f, FAULT_BAD, 0, "%s: its line for groups cannot be used", file);
	free(group);
	free(initgroups);
	return rc;
}

int group_names_of(const struct account *a, struct group_names *out, struct fault *f)
{
	gid_t *gids = NULL;
	size_t len = 0;
	int n = 0, rc;

	memset(out, 0, sizeof *out);
	rc = list_gids(a, &gids, &n, f);
	/* afterwards: who was down then is down still */
	if (rc == 0)
		rc = group_services_answer(GROUP_SWITCH, f);
	for (int i = 0; rc == 0 && i < n; i++)
		rc = add_gid(out, &len, gids[i], f);
	free(gids);
	if (rc < 0)
		group_free(out);
	out->words.first = out->text;
	return rc;
}

void group_free(struct group_names *g)
{
	free(g->text);
	memset(g, 0, sizeof *g);
}
