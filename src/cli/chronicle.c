#include "cli/chronicle.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/spawn.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

enum { LINE_MAX_BYTES = 8192, FILES_MAX = 200, END_MS = 5000 };

static const char *const journalctl[] = { "/usr/bin/journalctl", "/bin/journalctl" };
static const char *const patterns[] = { "/var/log/auth.log*", "/var/log/secure*" };

static const struct {
	const char *suffix, *program;
} packers[] = {
	{ ".gz", "/usr/bin/gzip" },
	{ ".gz", "/bin/gzip" },
	{ ".xz", "/usr/bin/xz" },
	{ ".zst", "/usr/bin/zstd" },
	{ ".bz2", "/usr/bin/bzip2" },
	{ ".bz2", "/bin/bzip2" },
};

/* --- lines --- */

/* A line that is too long is none of ours: it is passed over whole. */
static void read_lines(const struct chronicle *c, FILE *in)
{
	struct trail_event e;
	char line[LINE_MAX_BYTES];
	bool cut = false;

	while (fgets(line, sizeof(line), in) != NULL) {
		size_t len = strcspn(line, "\n");
		bool whole = line[len] == '\n' || feof(in);

		line[len] = 0;
		if (whole && !cut && trail_read(line, c->now_s, &e) && e.wall_s >= c->since_s)
			c->each(c->ctx, &e);
		cut = !whole;
	}
}

static int read_descriptor(const struct chronicle *c, int fd, const char *name, struct fault *f)
{
	FILE *in = fdopen(fd, "re");
	int rc = 0;

	if (in == NULL) {
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s", name);
		close(fd);
		return rc;
	}
	read_lines(c, in);
	if (ferror(in) != 0)
		rc = fault_set(f, FAULT_SYSTEM, errno, "%s", name);
	fclose(in);
	return rc;
}

/* --- programs --- */

/* fd: what it reads, -1 for nothing. */
static int read_program(
	const struct chronicle *c, const char *const argv[], int fd, struct fault *f)
{
	struct spawn_plan plan = { .path = argv[0],
		.argv = argv,
		.fds = { fd, -1, -1 },
		.nfds = 3,
		.tied = true,
		.no_new_privs = true };
	struct spawn_child child;
	int ends[2], rc, status;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return fault_set(f, FAULT_SYSTEM, errno, "pipe");
	plan.fds[1] = ends[1];
	rc = spawn_child(&plan, &child, f);
	close(ends[1]);
	if (rc != 0) {
		close(ends[0]);
		return -1;
	}
	rc = read_descriptor(c, ends[0], argv[0], f);
	status = spawn_end(&child, clock_boot_ms() + END_MS);
	if (rc == 0 && (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0))
		rc = fault_set(f, FAULT_BAD, 0, "%s could not read the log", argv[0]);
	return rc;
}

static const char *journal_program(void)
{
	if (access(JOURNAL_SOCKET, F_OK) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(journalctl) / sizeof(journalctl[0]); i++)
		if (access(journalctl[i], X_OK) == 0)
			return journalctl[i];
	return NULL;
}

static int read_journal(const struct chronicle *c, const char *program, struct fault *f)
{
	char since[40];
	/* --all: a long line is printed whole, whatever the version */
	const char *const argv[] = { program, "--quiet", "--no-pager", "--all",
		"--output=short-unix", since, "--identifier=sms-otpd", "--identifier=sms-otp",
		"_UID=0", NULL };

	snprintf(since, sizeof(since), "--since=@%" PRId64, c->since_s > 0 ? c->since_s : 0);
	return read_program(c, argv, -1, f);
}

/* --- files --- */

static bool ends_in(const char *name, const char *suffix)
{
	size_t n = strlen(name), len = strlen(suffix);

	return n > len && strcmp(name + n - len, suffix) == 0;
}

/* NULL: the file is plain. "" : it is packed, and nothing here can unpack it. */
static const char *packer_of(const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++) {
		if (!ends_in(name, packers[i].suffix))
			continue;
		if (access(packers[i].program, X_OK) == 0)
			return packers[i].program;
		found = "";
	}
	return found;
}

static int read_file(const struct chronicle *c, const char *name, struct fault *f)
{
	const char *packer = packer_of(name);
	const char *const argv[] = { packer, "-dc", NULL };
	int fd, rc;

	if (packer != NULL && packer[0] == 0)
		return fault_set(
			f, FAULT_BAD, 0, "%s: the program that unpacks it is missing", name);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return fault_set(
			f, errno == ENOENT ? FAULT_ABSENT : FAULT_SYSTEM, errno, "%s", name);
	if (packer == NULL)
		return read_descriptor(c, fd, name, f);
	rc = read_program(c, argv, fd, f);
	close(fd);
	return rc < 0 ? fault_prefix(f, "%s", name) : 0;
}

struct found {
	char *name; /* the glob's */
	int64_t changed_s;
};

static int by_age(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->changed_s < y->changed_s ? -1 : x->changed_s > y->changed_s;
}

/* Those that may have something of the time that is asked for. */
static size_t find(const struct chronicle *c, const glob_t *g, struct found out[FILES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < g->gl_pathc && n < FILES_MAX; i++) {
		struct stat st;

		if (stat(g->gl_pathv[i], &st) != 0 || !S_ISREG(st.st_mode) ||
			st.st_mtim.tv_sec < c->since_s)
			continue;
		out[n++] = (struct found){ g->gl_pathv[i], st.st_mtim.tv_sec };
	}
	/* cppcheck-suppress uninitvar ; the loop has filled n of them */
	qsort(out, n, sizeof(out[0]), by_age);
	return n;
}

static int read_files(const struct chronicle *c, struct fault *f)
{
	struct found files[FILES_MAX];
	glob_t g = { 0 };
	int rc = 0;
	bool any = false;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (glob(patterns[i], i > 0 ? GLOB_APPEND : 0, NULL, &g) == 0)
			any = true;
	if (any) {
		size_t n = find(c, &g, files);

		for (size_t i = 0; i < n && rc == 0; i++)
			rc = read_file(c, files[i].name, f);
	} else {
		rc = fault_set(f, FAULT_ABSENT, 0,
			"no log was found: there is no journal of systemd, nor /var/log/auth.log "
			"or /var/log/secure; name the file with --file");
	}
	globfree(&g);
	return rc;
}

int chronicle_read(const struct chronicle *c, struct fault *f)
{
	const char *program = c->file == NULL ? journal_program() : NULL;

	if (c->file != NULL)
		return read_file(c, c->file, f);
	if (program != NULL)
		return read_journal(c, program, f);
	return read_files(c, f);
}
