#include "cli/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/progress.h"

enum { CHUNK = 65536 };

static const uint32_t NOT_FOUND = UINT32_MAX;

/* --- the bytes --- */

static int open_file(const char *path, bool *by_others, struct fault *f)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "%.120s", path);
	if (fstat(fd, &st) != 0) {
		fault_set(f, FAULT_SYSTEM, errno, "%.120s", path);
		close(fd);
		return -1;
	}
	if (S_ISREG(st.st_mode) && (st.st_mode & 0022) == 0) {
		*by_others = (st.st_mode & 0044) != 0;
		return fd;
	}
	close(fd);
	if (!S_ISREG(st.st_mode))
		return fault_set(f, FAULT_BAD, 0, "%.120s is not a regular file", path);
	return fault_set(f, FAULT_BAD, 0,
		"%.120s may be written by others than its owner, and what it says would be "
		"believed; chmod go-w %.80s",
		path, path);
}

static int read_all(int fd, struct intake *in, struct fault *f)
{
	size_t room = 0;

	for (;;) {
		ssize_t n;

		if (in->len == room) {
			char *more = realloc(in->text, room + CHUNK);

			if (more == NULL)
				return fault_set(f, FAULT_MEMORY, 0, "out of memory for the file");
			in->text = more;
			room += CHUNK;
		}
		n = read(fd, in->text + in->len, room - in->len);
		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_set(f, FAULT_SYSTEM, errno, "it cannot be read");
		in->len += (size_t)n;
		if (in->len > INTAKE_FILE_MAX)
			return fault_set(f, FAULT_BAD, 0, "it is larger than %d MiB",
				INTAKE_FILE_MAX / 1024 / 1024);
	}
}

int intake_read(const char *path, struct intake *in, struct fault *f)
{
	bool input = strcmp(path, "-") == 0;
	int fd, rc;

	*in = (struct intake){ .n = 0 };
	fd = input ? STDIN_FILENO : open_file(path, &in->readable_by_others, f);
	if (fd < 0)
		return -1;
	rc = read_all(fd, in, f);
	if (!input)
		close(fd);
	return rc == 0 ? 0 : fault_prefix(f, "%.120s", input ? "standard input" : path);
}

void intake_free(struct intake *in)
{
	free(in->text);
	free(in->users);
	free(in->bad);
	*in = (struct intake){ .n = 0 };
}

/* --- its lines --- */

static void *make_room(void *at, size_t *room, size_t size)
{
	size_t more = *room == 0 ? 64 : 2 * *room;
	void *new = reallocarray(at, more, size);

	if (new != NULL)
		*room = more;
	return new;
}

static int note(struct intake *in, unsigned line, const struct fault *why, struct fault *f)
{
	if (in->nbad == in->bad_room) {
		void *at = make_room(in->bad, &in->bad_room, sizeof(in->bad[0]));

		if (at == NULL)
			return fault_set(f, FAULT_MEMORY, 0, "out of memory for what is wrong");
		in->bad = at;
	}
	in->bad[in->nbad].line = line;
	fault_text(why, in->bad[in->nbad].text, sizeof(in->bad[0].text));
	in->nbad++;
	return 0;
}

static int add(struct intake *in, const struct sheet_user *u, struct fault *f)
{
	if (in->users == NULL || in->n == in->room) {
		void *at = make_room(in->users, &in->room, sizeof(in->users[0]));

		if (at == NULL)
			return fault_set(f, FAULT_MEMORY, 0, "out of memory for %zu users", in->n);
		in->users = at;
	}
	in->users[in->n++] = *u;
	return 0;
}

/* A line that is good by itself: a user, or a further number of the one before. */
static int take(struct intake *in, const struct sheet_user *u, struct fault *f)
{
	struct sheet_user *last = in->n > 0 ? &in->users[in->n - 1] : NULL;
	struct fault why = FAULT_INIT;

	if (last == NULL || strcmp(last->entry.name, u->entry.name) != 0)
		return add(in, u, f);
	return sheet_join(last, u, &why) == 0 ? 0 : note(in, u->line, &why, f);
}

static int read_header(
	struct csv_reader *r, struct csv_record *rec, struct sheet *s, struct fault *why)
{
	int rc = csv_next(r, rec, why);

	if (rc == 0)
		return fault_set(why, FAULT_BAD, 0,
			"it is empty; its first line names the columns: "
			"user,number,language,verified");
	return rc < 0 ? -1 : sheet_header(rec, s, why);
}

static int read_lines(const struct house *h, struct intake *in, struct fault *f)
{
	struct fault why = FAULT_INIT;
	struct csv_reader reader;
	struct csv_record rec;
	struct sheet_user u;
	struct sheet sheet;
	int rc;

	csv_begin(&reader, in->text != NULL ? in->text : "", in->len);
	if (read_header(&reader, &rec, &sheet, &why) != 0)
		return note(in, rec.line, &why, f);
	while ((rc = csv_next(&reader, &rec, &why)) != 0) {
		if (rc < 0 || sheet_read(&sheet, &h->settings, &rec, &u, &why) != 0)
			rc = note(in, rec.line, &why, f);
		else
			rc = take(in, &u, f);
		if (rc != 0)
			return -1;
	}
	return 0;
}

/* --- its users --- */

static int by_name(const void *a, const void *b)
{
	const struct sheet_user *const *x = a, *const *y = b;
	int order = strcmp((*x)->entry.name, (*y)->entry.name);

	if (order != 0)
		return order;
	return (*x)->line < (*y)->line ? -1 : (*x)->line > (*y)->line;
}

static int by_uid(const void *a, const void *b)
{
	const struct sheet_user *const *x = a, *const *y = b;

	if ((*x)->entry.uid != (*y)->entry.uid)
		return (*x)->entry.uid < (*y)->entry.uid ? -1 : 1;
	return (*x)->line < (*y)->line ? -1 : (*x)->line > (*y)->line;
}

/* A user's lines stand together, or one of them was meant for somebody else. */
static bool is_twice(const struct sheet_user *u, const struct sheet_user *before, struct fault *why)
{
	char plain[64];

	if (strcmp(u->entry.name, before->entry.name) != 0)
		return false;
	text_log(plain, sizeof(plain), u->entry.name);
	fault_set(why, FAULT_BAD, 0,
		"%s stands in line %u already; the lines of a user's numbers stand together, the "
		"first number first",
		plain, before->line);
	return true;
}

/* One uid is one enrolment, whatever its names are. */
static bool is_alias(const struct sheet_user *u, const struct sheet_user *before, struct fault *why)
{
	char plain[64];

	if (u->entry.uid != before->entry.uid || u->entry.uid == NOT_FOUND ||
		strcmp(u->entry.name, before->entry.name) == 0)
		return false;
	text_log(plain, sizeof(plain), u->entry.name);
	fault_set(why, FAULT_BAD, 0, "%s has the same uid as the user in line %u", plain,
		before->line);
	return true;
}

struct comparison {
	int (*order)(const void *, const void *);
	bool (*clashes)(const struct sheet_user *, const struct sheet_user *, struct fault *);
};

static int compare(struct intake *in, const struct comparison *c, struct fault *f)
{
	const struct sheet_user **sorted = calloc(in->n + 1, sizeof(const struct sheet_user *));
	struct fault why = FAULT_INIT;
	int rc = 0;

	if (sorted == NULL)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory for %zu users", in->n);
	for (size_t i = 0; i < in->n; i++)
		sorted[i] = &in->users[i];
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are sorted */
	qsort(sorted, in->n, sizeof(sorted[0]), c->order);
	for (size_t i = 1; i < in->n && rc == 0; i++)
		if (c->clashes(sorted[i], sorted[i - 1], &why))
			rc = note(in, sorted[i]->line, &why, f);
	free(sorted);
	return rc;
}

/* 0: *why says nothing, or what is wrong with this user. */
static int judge_user(
	const struct house *h, struct sheet_user *u, struct fault *why, struct fault *f)
{
	struct directory_entry unused;
	struct account account;
	char plain[64];

	*why = (struct fault)FAULT_INIT;
	text_log(plain, sizeof(plain), u->entry.name);
	u->entry.uid = NOT_FOUND;
	if (account_find(u->entry.name, &account, f) != 0) {
		if (f->class != FAULT_ABSENT)
			return -1;
		fault_set(why, FAULT_BAD, 0, "the system has no user %s", plain);
		return 0;
	}
	u->entry.uid = account.uid;
	if (directory_find(&h->directory, &account, &unused, why) == 0 ||
		why->class == FAULT_ABSENT)
		*why = (struct fault)FAULT_INIT;
	return 0;
}

static int judge_users(const struct house *h, struct intake *in, struct fault *f)
{
	struct progress p;
	struct fault why;
	int rc = 0;

	progress_begin(&p, "looking users up", in->n);
	for (size_t i = 0; i < in->n && rc == 0; i++) {
		progress_step(&p, i);
		rc = judge_user(h, &in->users[i], &why, f);
		if (rc == 0 && why.class != FAULT_NONE)
			rc = note(in, in->users[i].line, &why, f);
	}
	progress_end(&p);
	return rc;
}

static int by_line(const void *a, const void *b)
{
	const struct intake_fault *x = a, *y = b;

	return x->line < y->line ? -1 : x->line > y->line;
}

int intake_judge(const struct house *h, struct intake *in, struct fault *f)
{
	static const struct comparison names = { by_name, is_twice }, uids = { by_uid, is_alias };

	if (read_lines(h, in, f) != 0 || judge_users(h, in, f) != 0 ||
		compare(in, &names, f) != 0 || compare(in, &uids, f) != 0)
		return -1;
	if (in->nbad > 1)
		qsort(in->bad, in->nbad, sizeof(in->bad[0]), by_line);
	return 0;
}
