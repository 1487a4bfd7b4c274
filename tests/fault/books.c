#include "tests/fault/books.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/places.h"
#include "core/account.h"
#include "core/state.h"

enum { FILES = 8, FILE_MAX = 200000 };

struct kept {
	const char *folder;
	char name[64];
	unsigned char *bytes;
	size_t len;
};

static const char *const folders[] = { PLACES_STATE, PLACES_USERS };
static struct kept kept[FILES];
static int nkept;

/* --- the copy --------------------------------------------------------------------------------- */

static int keep(const char *folder, const char *name)
{
	struct kept *k = &kept[nkept];
	char path[400];

	if (nkept == FILES)
		return -1;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	snprintf(k->name, sizeof k->name, "%s", name);
	k->folder = folder;
	k->bytes = malloc(FILE_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 || !k->bytes ? -1 : read(fd, k->bytes, FILE_MAX);
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return -1;
	k->len = (size_t)n;
	nkept++;
	return 0;
}

static int each(int (*what)(const char *folder, const char *name))
{
	int rc = 0;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		DIR *dir = opendir(folders[i]);
		const struct dirent *e;

		while (dir && rc == 0 && (e = readdir(dir)))
			if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
				rc = what(folders[i], e->d_name);
		if (!dir)
			return -1;
		closedir(dir);
	}
	return rc;
}

int books_keep(void)
{
	while (nkept > 0)
		free(kept[--nkept].bytes);
	return each(keep);
}

static int drop_new(const char *folder, const char *name)
{
	char path[400];

	for (int i = 0; i < nkept; i++)
		if (kept[i].folder == folder && strcmp(kept[i].name, name) == 0)
			return 0;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return unlink(path);
}

int books_restore(void)
{
	int rc = each(drop_new);

	for (int i = 0; rc == 0 && i < nkept; i++) {
		char path[400];

		snprintf(path, sizeof path, "%s/%s", kept[i].folder, kept[i].name);
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return -1;
		bool whole = write(fd, kept[i].bytes, kept[i].len) == (ssize_t)kept[i].len &&
			     ftruncate(fd, (off_t)kept[i].len) == 0;
		close(fd);
		rc = whole ? 0 : -1;
	}
	return rc;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void take(const struct state_change *ch, struct books *out)
{
	for (int i = 0; i < RECORD_PURSES; i++) {
		const struct record_purse_state *p = &ch->user.purse[i];

		out->failures += meter_sum(&p->failures);
		out->successes += meter_sum(&p->successes[0]);
		out->sends += meter_sum(&p->sends[0]);
	}
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		out->live += ch->user.challenges[i].gone_boot_ms != 0;
	out->site_sends = meter_sum(&ch->site.sends[0]);
	out->readable = true;
}

void books_read(struct books *out)
{
	static struct state_change ch;
	struct state state = { .folder = -1 };
	struct account account;
	struct fault f = FAULT_INIT;

	memset(out, 0, sizeof *out);
	if (account_find(BOOKS_USER, &account, &f) == 0 &&
		state_open(PLACES_STATE, &state, &f) == 0 &&
		state_begin(&state, STATE_BOTH, &account, &ch, &f) == 0) {
		take(&ch, out);
		state_abandon(&ch);
	} else {
		fault_text(&f, out->why, sizeof out->why);
	}
	state_close(&state);
}

int64_t books_size(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? 0 : st.st_size;
}

int books_messages(const char *path, int64_t from)
{
	char *line = NULL;
	size_t cap = 0;
	int n = 0;
	FILE *f = fopen(path, "re");

	if (!f)
		return 0;
	if (fseek(f, (long)from, SEEK_SET) == 0)
		while (getline(&line, &cap, f) >= 0)
			n += strstr(line, " is your code") && !strstr(line, "\"accepted\": false");
	free(line);
	fclose(f);
	return n;
}
