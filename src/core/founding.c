#include "core/founding.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "base/secret.h"
#include "core/site.h"

enum {
	PATIENCE_MS = 500, /* another process may be at it: it takes two syncs */
	PAUSE_MS = 10,
};

/* What stands in the folder. Names with a dot in front are leftovers of killed writers (see
 * base/file). */
struct contents {
	bool key, site, others;
};

static int look_into(int folder, struct contents *seen, struct fault *f)
{
	const struct dirent *entry;

	*seen = (struct contents){ false, false, false };
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		fault_set(f, FAULT_SYSTEM, errno, "cannot be read");
		if (fd >= 0)
			close(fd);
		return file_blame(folder, FOUNDING_REMEDY, f);
	}
	errno = 0;
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, FOUNDING_KEY) == 0)
			seen->key = true;
		else if (strcmp(entry->d_name, FOUNDING_SITE) == 0)
			seen->site = true;
		else if (entry->d_name[0] != '.')
			seen->others = true;
	}
	int errnum = errno;
	closedir(dir);
	if (errnum == 0)
		return 0;
	fault_set(f, FAULT_SYSTEM, errnum, "cannot be read");
	return file_blame(folder, FOUNDING_REMEDY, f);
}

static int create_site(int folder, struct fault *f)
{
	struct site site;

	/* slot 1 stays zero, hence broken, until the first change */
	unsigned char *both = calloc(2, SITE_SLOT_SIZE);
	if (!both)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory while making state/site");
	site_init(&site);
	int result = site_encode(&site, 1, both, f);
	if (result == 0)
		result = file_create_at(folder, FOUNDING_SITE, both, 2 * (size_t)SITE_SLOT_SIZE, f);
	free(both);
	return result;
}

static int create_key(int folder, struct fault *f)
{
	unsigned char key[DIGEST_SIZE];

	int result = random_bytes(key, sizeof key, f);
	if (result == 0)
		result = file_create_at(folder, FOUNDING_KEY, key, sizeof key, f);
	secret_wipe_bytes(key, sizeof key);
	return result;
}

static int create_both(int folder, struct fault *f)
{
	struct fault ignored = FAULT_INIT;

	/* the site first: who finds a key may count on both */
	if (create_site(folder, f) < 0)
		return -1;
	if (create_key(folder, f) == 0)
		return 0;
	if (file_remove_at(folder, FOUNDING_SITE, &ignored) < 0)
		return file_blame(folder, "remove site there, then try again", f);
	return -1;
}

static int explain(int folder, const struct contents *seen, struct fault *f)
{
	const char *remedy = FOUNDING_REMEDY;

	if (!seen->key && !seen->site)
		fault_set(f, FAULT_DAMAGED, 0, "has files in it, but neither key nor site");
	else
		fault_set(f, FAULT_DAMAGED, 0, "%s is missing",
			seen->key ? FOUNDING_SITE : FOUNDING_KEY);
	if (!seen->key && !seen->others)
		remedy = "no user is enrolled: remove site there, then try again";
	return file_blame(folder, remedy, f);
}

/* 0: key and site are there; -1: not; 1: not, and somebody else may be making them just now. */
static int prepare_once(int folder, struct fault *f)
{
	struct contents seen;

	if (look_into(folder, &seen, f) < 0)
		return -1;
	if (seen.key && seen.site)
		return 0;
	if (!seen.key && !seen.site && !seen.others) {
		if (create_both(folder, f) == 0)
			return 0;
		return f->errnum == EEXIST ? 1 : -1;
	}
	explain(folder, &seen, f);
	return 1;
}

int founding_prepare(int folder, struct fault *f)
{
	struct timespec pause = { 0, PAUSE_MS * 1000000L };
	int64_t deadline_ms = clock_boot_ms() + PATIENCE_MS;
	int rc;

	while ((rc = prepare_once(folder, f)) == 1 && clock_left_ms(deadline_ms) > 0)
		nanosleep(&pause, NULL);
	return rc == 0 ? 0 : -1;
}
