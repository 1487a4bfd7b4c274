#include "core/group.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

/* The databases are played. */
static struct {
	gid_t gids[300];
	int n;
	int broken_names, broken_gids; /* errno's value */
	bool nameless;                 /* the last gid */
	int interrupted;
	size_t name_bytes; /* each answer needs so many bytes of buffer */
	char user[32];
	gid_t primary;
	const char *down; /* this service, where it is asked alone or last */
	int silent;       /* and does not say why */
	bool answers_all;
	char asked[256]; /* the services, as they were configured */
	char now[64];
} db;

int __wrap___nss_configure_lookup(const char *database, const char *line);
int __wrap___nss_configure_lookup(const char *database, const char *line)
{
	ck_assert_str_eq(database, "group");
	strcat(strcat(db.asked, line), "|");
	snprintf(db.now, sizeof db.now, "%s", line);
	return strchr(line, '?') ? -1 : 0;
}

static bool is_down(void)
{
	size_t len = db.down ? strlen(db.down) : 0, all = strlen(db.now);

	return len > 0 && all >= len && strcmp(db.now + all - len, db.down) == 0;
}

int __wrap_getgrouplist(const char *user, gid_t group, gid_t *groups, int *n);
int __wrap_getgrouplist(const char *user, gid_t group, gid_t *groups, int *n)
{
	int room = *n;

	snprintf(db.user, sizeof db.user, "%s", user);
	db.primary = group;
	*n = db.n;
	for (int i = 0; i < db.n && i < room; i++)
		groups[i] = db.gids[i];
	return db.n > room ? -1 : db.n;
}

static int answer(struct group *gr, const char *name, char *buf, size_t size, struct group **found)
{
	if (size < db.name_bytes || size < strlen(name) + 1)
		return ERANGE;
	strcpy(buf, name);
	memset(gr, 0, sizeof *gr);
	gr->gr_name = buf;
	*found = gr;
	return 0;
}

int __wrap_getgrgid_r(gid_t gid, struct group *gr, char *buf, size_t size, struct group **found);
int __wrap_getgrgid_r(gid_t gid, struct group *gr, char *buf, size_t size, struct group **found)
{
	char name[32];

	*found = NULL;
	if (db.interrupted > 0 && db.interrupted--)
		return EINTR;
	if (db.broken_gids || (db.nameless && gid == db.gids[db.n - 1]))
		return db.broken_gids;
	snprintf(name, sizeof name, "group%u", (unsigned)gid);
	return answer(gr, name, buf, size, found);
}

int __wrap_getgrnam_r(
	const char *name, struct group *gr, char *buf, size_t size, struct group **found);
int __wrap_getgrnam_r(
	const char *name, struct group *gr, char *buf, size_t size, struct group **found)
{
	*found = NULL;
	if (is_down())
		return db.silent ? errno : EIO;
	if (db.broken_names || (strcmp(name, "wheel") != 0 && !db.answers_all))
		return db.broken_names;
	return answer(gr, name, buf, size, found);
}

static const struct account alice = { "alice", 1000, 100 };

static int ask(struct group_names *g, struct fault *f)
{
	memset(f, 0, sizeof *f);
	return group_names_of(&alice, g, f);
}

static void play(int n)
{
	memset(&db, 0, sizeof db);
	db.n = n;
	for (int i = 0; i < n; i++)
		db.gids[i] = (gid_t)(100 + i);
}

START_TEST(all_names_come)
{
	struct group_names g;
	struct fault f;

	for (int n = 0; n <= 300; n += 75) {
		char want[32];
		const char *at;
		play(n);
		db.interrupted = 2;
		db.name_bytes = 100000;
		ck_assert_msg(ask(&g, &f) == 0, "%s", f.text);
		ck_assert_str_eq(db.user, "alice");
		ck_assert_uint_eq(db.primary, 100);
		ck_assert_uint_eq(g.words.n, (size_t)n);
		at = g.words.first;
		for (int i = 0; i < n; i++, at = pattern_next(at)) {
			snprintf(want, sizeof want, "group%d", 100 + i);
			ck_assert_str_eq(at, want);
		}
		group_free(&g);
		group_free(&g);
	}
}
END_TEST

START_TEST(c6_what_cannot_be_asked_is_no_absence)
{
	static const struct {
		const char *name;
		int names, gids;
		bool nameless;
	} cases[] = {
		{ "the probe fails", EIO, 0, false },
		{ "ENOENT is what a service leaves that has no server", ENOENT, 0, false },
		{ "a group's name cannot be asked for", 0, EIO, false },
		{ "ESRCH likewise", 0, ESRCH, false },
		{ "a group without a name", 0, 0, true },
	};
	struct group_names g;
	struct fault f;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		play(3);
		db.broken_names = cases[i].names;
		db.broken_gids = cases[i].gids;
		db.nameless = cases[i].nameless;
		ck_assert_msg(ask(&g, &f) == -1, "%s", cases[i].name);
		ck_assert_int_ne(f.class, FAULT_NONE);
		ck_assert_int_ne(f.class, FAULT_ABSENT);
		ck_assert_uint_eq(g.words.n, 0);
		ck_assert_ptr_null(g.text);
	}
	/* an answer that never fits */
	play(1);
	db.name_bytes = SIZE_MAX;
	ck_assert_int_eq(ask(&g, &f), -1);
}
END_TEST

static int ask_services(const char *text, struct fault *f)
{
	char path[] = "/tmp/test_group.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((int)write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
	memset(f, 0, sizeof *f);
	errno = 0;
	int rc = group_services_answer(path, f);
	unlink(path);
	return rc;
}

/* Whoever stands behind it must not speak for it. */
START_TEST(c6_each_service_is_asked_alone)
{
	static const struct {
		const char *text, *asked;
	} cases[] = {
		{ "group: sss files systemd\n", "sss|files|systemd|sss files systemd|" },
		{ "passwd: a\n  group:sss[SUCCESS=merge !UNAVAIL=return] files\n",
			"sss|files|sss[SUCCESS=merge !UNAVAIL=return] files|" },
		{ "group: files # sss\n#group: sss\ngroups: sss\ngroup", "files|files |" },
		{ "group: old\ngroup\tnew", "new|new|" },
		{ "initgroups: sss files\ngroup:\tfiles\n", "files|sss|files|files|" },
		{ "passwd: files\n", "files|files|" },
		{ "", "files|files|" },
		{ "group:\n", "|" },
		{ "group: files [", "files|files [|" },
	};
	static const char *const downs[] = { "group: sss files\n", "group: files sss\n",
		"group: files [NOTFOUND=return] sss [SUCCESS=merge] systemd\n",
		"group: files\ninitgroups: sss\n" };
	struct fault f;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		play(1);
		ck_assert_msg(ask_services(cases[i].text, &f) == 0, "%s", cases[i].text);
		ck_assert_str_eq(db.asked, cases[i].asked);
	}
	for (size_t i = 0; i < sizeof downs / sizeof downs[0]; i++)
		for (int silent = 0; silent < 2; silent++) {
			play(1);
			db.down = "sss";
			db.silent = silent;
			ck_assert_msg(ask_services(downs[i], &f) == -1, "%s", downs[i]);
			ck_assert_ptr_nonnull(strstr(f.text, "nsswitch.conf, sss: "));
			ck_assert_int_ne(f.class, FAULT_ABSENT);
			ck_assert_str_ne(db.now, "sss"); /* as it was */
		}
}
END_TEST

START_TEST(c6_services_that_cannot_be_asked_are_no_absence)
{
	char name[100] = "group: ";
	struct fault f;

	play(1);
	ck_assert_int_eq(ask_services("group: what?\n", &f), -1);
	db.answers_all = true;
	ck_assert_int_eq(ask_services("group: files\n", &f), -1);
	play(1);
	memset(name + strlen(name), 'x', 80);
	ck_assert_int_eq(ask_services(name, &f), -1);
	memset(&f, 0, sizeof f);
	ck_assert_int_eq(group_services_answer("/", &f), -1);
	memset(&f, 0, sizeof f);
	ck_assert_int_eq(group_services_answer("/dev/zero", &f), -1);
	memset(&f, 0, sizeof f);
	ck_assert_int_eq(group_services_answer("/nonexistent/nsswitch.conf", &f), 0);
}
END_TEST

START_TEST(a_group_is_there_or_not)
{
	struct fault f = FAULT_INIT;
	bool exists = true;

	play(0);
	ck_assert_int_eq(group_exists("nobody", &exists, &f), 0);
	ck_assert(!exists);
	ck_assert_int_eq(group_exists("wheel", &exists, &f), 0);
	ck_assert(exists);
	db.broken_names = ENOENT;
	ck_assert_int_eq(group_exists("wheel", &exists, &f), -1);
	ck_assert(!exists);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("group");
	TCase *t = tcase_create("group");

	tcase_add_test(t, all_names_come);
	tcase_add_test(t, c6_what_cannot_be_asked_is_no_absence);
	tcase_add_test(t, c6_each_service_is_asked_alone);
	tcase_add_test(t, c6_services_that_cannot_be_asked_are_no_absence);
	tcase_add_test(t, a_group_is_there_or_not);
	suite_add_tcase(s, t);
	return s;
}
