#include "cli/unfinished.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"
#include "base/places.h"
#include "base/text.h"

enum { LINE = TALK_USER_MAX + 16, FILE_MAX = 64 * 1024 * 1024 };

static const char head[] = "sms-otp import 1";

void unfinished_free(struct unfinished *u)
{
	free(u->at);
	*u = (struct unfinished){ .there = false };
}

int unfinished_add(struct unfinished *u, const struct unfinished_user *user, struct fault *f)
{
	if (u->n == u->room) {
		size_t room = u->room == 0 ? 64 : 2 * u->room;
		struct unfinished_user *at = reallocarray(u->at, room, sizeof(*at));

		if (at == NULL)
			return fault_set(f, FAULT_MEMORY, 0, "out of memory for %zu users", room);
		u->at = at;
		u->room = room;
	}
	u->at[u->n++] = *user;
	return 0;
}

/* "s 1000 alice" */
static int parse_line(char *line, struct unfinished *u, struct fault *f)
{
	struct unfinished_user user = { .step = UNFINISHED_NONE };
	char *uid = line[0] != 0 && line[1] == ' ' ? line + 2 : NULL, *name;
	int64_t value;

	if (uid == NULL || strchr("sve", line[0]) == NULL)
		return -1;
	name = strchr(uid, ' ');
	if (name == NULL)
		return -1;
	*name++ = 0;
	if (number_parse(uid, 0, UINT32_MAX - 1, &value, f) != 0 || !account_name_valid(name) ||
		text_copy(user.account.name, sizeof(user.account.name), name) != 0)
		return -1;
	user.step = (enum unfinished_step)line[0];
	user.account.uid = (uid_t)value;
	return unfinished_add(u, &user, f);
}

int unfinished_parse(char *text, struct unfinished *u, struct fault *f)
{
	char *line = text, *end = strchr(text, '\n');

	for (bool first = true; end != NULL; first = false, end = strchr(line, '\n')) {
		*end = 0;
		if (first ? strcmp(line, head) != 0 : parse_line(line, u, f) != 0)
			break;
		line = end + 1;
	}
	if (end != NULL || *line != 0 || line == text)
		return fault_set(f, FAULT_DAMAGED, 0, "is not as import writes it");
	u->there = true;
	return 0;
}

static int open_folder(int *fd, struct fault *f)
{
	const struct inode_want want = { .owner = 0, .forbid = 0022, .size = -1 };

	return file_open_folder(PLACES_DATA, &want, fd, f);
}

static int read_file(int fd, struct unfinished *u, struct fault *f)
{
	struct stat st;
	char *text;
	size_t len = 0;
	int rc = -1;

	if (fstat(fd, &st) != 0 || st.st_size > FILE_MAX)
		return fault_set(f, FAULT_DAMAGED, 0, "is too large");
	text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	if (file_read_all(fd, text, (size_t)st.st_size, &len, f) == 0) {
		text[len] = 0;
		rc = unfinished_parse(text, u, f);
	}
	free(text);
	return rc;
}

int unfinished_read(struct unfinished *u, struct fault *f)
{
	const struct inode_want want = { .owner = 0, .forbid = 0077, .size = -1 };
	struct fault why = FAULT_INIT;
	int folder = -1, fd = -1, rc = -1;

	*u = (struct unfinished){ .there = false };
	if (open_folder(&folder, f) != 0)
		return -1;
	if (file_open_at(folder, PLACES_IMPORT, &want, &fd, &why) == 0) {
		rc = read_file(fd, u, f);
		if (rc != 0)
			file_blame(fd, "remove it, and run the import again", f);
		close(fd);
	} else if (why.class == FAULT_ABSENT) {
		rc = 0;
	} else {
		*f = why;
	}
	close(folder);
	return rc;
}

int unfinished_write(const struct unfinished *u, struct fault *f)
{
	size_t cap = sizeof(head) + 1 + u->n * LINE;
	char *text = malloc(cap);
	struct text_line line;
	int folder = -1, rc = -1;

	if (text == NULL)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory for %zu users", u->n);
	text_begin(&line, text, cap);
	text_add(&line, "%s\n", head);
	for (size_t i = 0; i < u->n; i++)
		text_add(&line, "%c %u %s\n", (int)u->at[i].step, (unsigned)u->at[i].account.uid,
			u->at[i].account.name);
	if (line.cut)
		fault_set(f, FAULT_BAD, 0, "%s/%s: does not fit", PLACES_DATA, PLACES_IMPORT);
	else if (open_folder(&folder, f) == 0)
		rc = file_replace_at(folder, PLACES_IMPORT, text, line.len, f);
	if (folder >= 0)
		close(folder);
	free(text);
	return rc;
}

int unfinished_remove(struct fault *f)
{
	struct fault why = FAULT_INIT;
	int folder = -1, rc;

	if (open_folder(&folder, f) != 0)
		return -1;
	rc = file_remove_at(folder, PLACES_IMPORT, &why);
	close(folder);
	if (rc == 0 || why.class == FAULT_ABSENT)
		return 0;
	*f = why;
	return -1;
}

int unfinished_drop(uint32_t uid, struct fault *f)
{
	struct unfinished u;
	size_t kept = 0;
	int rc = unfinished_read(&u, f);

	for (size_t i = 0; rc == 0 && i < u.n; i++)
		if (u.at[i].account.uid != uid)
			u.at[kept++] = u.at[i];
	if (rc == 0 && kept < u.n) {
		u.n = kept;
		rc = unfinished_write(&u, f);
	}
	unfinished_free(&u);
	return rc;
}
