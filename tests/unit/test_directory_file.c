#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/directory.h"

static char here[128];
static struct directory dir;
static const struct account alice = { .name = "alice", .uid = 1000 };

static const char *in(const char *name)
{
	static char paths[2][512];
	static int turn;

	turn = !turn;
	snprintf(paths[turn], sizeof paths[turn], "%s/%s", here, name);
	return paths[turn];
}

static void setup(void)
{
	struct fault f = FAULT_INIT;

	snprintf(here, sizeof here, "%s/XXXXXX", unit_folder());
	ck_assert_ptr_nonnull(mkdtemp(here));
	ck_assert_msg(directory_open(here, &dir, &f) == 0, "%s", f.text);
}

static void teardown(void)
{
	directory_close(&dir);
	ck_assert_int_eq(dir.folder, -1);
}

static void store(const char *name, uint32_t uid, const char *number)
{
	struct directory_entry e = {
		.uid = uid, .verified = true, .since_wall_s = 1769860800, .by = "root"
	};
	struct fault f = FAULT_INIT;

	snprintf(e.name, sizeof e.name, "%s", name);
	snprintf(e.phone.e164, sizeof e.phone.e164, "%s", number);
	ck_assert_msg(directory_store(&dir, &e, &f) == 0, "%s", f.text);
}

static void put(const char *name, const char *text)
{
	int fd = open(in(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

START_TEST(a_stored_entry_is_found_and_removed)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;
	struct stat st;

	store("alice", 1000, "+4915112345678");
	ck_assert_int_eq(stat(in("1000.conf"), &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(directory_find(&dir, &alice, &e, &f), 0);
	ck_assert_str_eq(e.name, "alice");
	ck_assert_uint_eq(e.uid, 1000);
	ck_assert_str_eq(e.phone.e164, "+4915112345678");
	ck_assert(e.verified);
	ck_assert_int_eq(e.since_wall_s, 1769860800);
	ck_assert_str_eq(e.by, "root");
	store("alice", 1000, "+4366012345678");
	ck_assert_int_eq(directory_find(&dir, &alice, &e, &f), 0);
	ck_assert_str_eq(e.phone.e164, "+4366012345678");
	ck_assert_int_eq(directory_remove(&dir, 1000, &f), 0);
	ck_assert_int_eq(directory_remove(&dir, 1000, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
}
END_TEST

START_TEST(c3_not_enrolled_is_told_from_not_found_out)
{
	struct directory_entry e;
	struct directory other;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(directory_find(&dir, &alice, &e, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	/* no folder at all: nobody knows who is enrolled */
	ck_assert_int_eq(directory_open(in("absent"), &other, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_ptr_nonnull(strstr(f.text, "install -d -m 0700 "));
	ck_assert_int_eq(other.folder, -1);
	/* nor when it was removed under our hands */
	ck_assert_int_eq(rmdir(here), 0);
	ck_assert_int_eq(directory_find(&dir, &alice, &e, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_int_eq(dir.folder >= 0, 1);
}
END_TEST

START_TEST(f1_the_folder_is_judged)
{
	struct directory other;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(chmod(here, 0755), 0);
	ck_assert_int_eq(directory_open(here, &other, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_ptr_nonnull(strstr(f.text, "chmod go-rwx "));
}
END_TEST

START_TEST(c5_damage_is_never_absence)
{
	static const struct {
		const char *name, *command, *says;
	} cases[] = {
		{ "mode", "chmod 0644 1000.conf", "chmod go-rwx " },
		{ "symlink", "mv 1000.conf x; ln -s x 1000.conf", "a symbolic link" },
		{ "dangling symlink", "rm 1000.conf; ln -s nowhere 1000.conf", "a symbolic link" },
		{ "hard link", "ln 1000.conf x", "2 hard links" },
		{ "fifo", "rm 1000.conf; mkfifo -m 600 1000.conf", "a FIFO" },
		{ "folder", "rm 1000.conf; mkdir 1000.conf", "a folder" },
		{ "empty", ": > 1000.conf", "version is missing; sms-otp repair USER" },
		{ "cut short", "head -c 120 1000.conf > x; cat x > 1000.conf; rm x",
			"; sms-otp repair " },
		{ "too long", "head -c 9000 /dev/zero | tr '\\0' '#' >> 1000.conf",
			"at most 8192" },
		{ "a NUL inside", "printf '\\0by = 1;' >> 1000.conf", "is not text" },
		{ "another's uid",
			"mv 1000.conf 1001.conf; sed 's/uid = 1000/uid = 1001/' 1001.conf > "
			"1000.conf",
			"says uid 1001" },
	};
	struct directory_entry e;
	char command[700];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fault f = FAULT_INIT;
		snprintf(command, sizeof command, "cd %s && rm -rf ./*", here);
		ck_assert_int_eq(system(command), 0);
		store("alice", 1000, "+4915112345678");
		snprintf(command, sizeof command, "cd %s && umask 077 && { %s; }", here,
			cases[i].command);
		ck_assert_int_eq(system(command), 0);
		ck_assert_msg(directory_find(&dir, &alice, &e, &f) == -1, "%s", cases[i].name);
		ck_assert_msg(f.class == FAULT_DAMAGED, "%s: %s", cases[i].name, f.text);
		ck_assert_msg(strncmp(f.text, here, strlen(here)) == 0, "%s", f.text);
		ck_assert_msg(
			strstr(f.text, cases[i].says) != NULL, "%s: %s", cases[i].name, f.text);
		ck_assert_msg(strstr(f.text, "151") == NULL, "%s", f.text);
		ck_assert_str_eq(e.phone.e164, "");
	}
}
END_TEST

START_TEST(d12_a_reused_uid_is_damage)
{
	static const struct account bob = { .name = "bob", .uid = 1000 };
	struct directory_entry e;
	struct fault f = FAULT_INIT;

	store("alice", 1000, "+4915112345678");
	ck_assert_int_eq(directory_find(&dir, &bob, &e, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_ptr_nonnull(strstr(f.text, "1000.conf belongs to alice; sms-otp repair bob"));
	ck_assert_str_eq(e.phone.e164, "");
}
END_TEST

START_TEST(f2_a_reader_finds_the_old_or_the_new_number)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;
	int status;

	store("alice", 1000, "+4915112345678");
	pid_t writer = fork();
	if (writer == 0) {
		for (int i = 0; i < 200; i++)
			store("alice", 1000, i % 2 ? "+4915112345678" : "+4366012345678");
		_exit(0);
	}
	do {
		ck_assert_msg(directory_find(&dir, &alice, &e, &f) == 0, "%s", f.text);
		ck_assert(strcmp(e.phone.e164, "+4915112345678") == 0 ||
			  strcmp(e.phone.e164, "+4366012345678") == 0);
	} while (waitpid(writer, &status, WNOHANG) == 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

struct seen {
	int good, damaged, foreign, stop_at, calls;
	uint64_t uids;
	char text[256];
};

static int each(void *ctx, uint32_t uid, const struct directory_entry *entry, const struct fault *f)
{
	struct seen *s = ctx;

	s->calls++;
	if (entry) {
		s->good++;
		s->uids += uid;
		ck_assert_uint_eq(entry->uid, uid);
	} else if (uid == UINT32_MAX) {
		s->foreign++;
		snprintf(s->text, sizeof s->text, "%s", f->text);
	} else {
		s->damaged++;
		ck_assert_int_eq(f->class, FAULT_DAMAGED);
	}
	return s->calls == s->stop_at ? 42 : 0;
}

START_TEST(the_walk_passes_over_nothing)
{
	static const char *const foreign[] = { "1000.conf~", "readme", "01000.conf", "+5.conf",
		"4294967295.conf", "99999999999999999999999.conf", ".conf", "-1.conf", "1000.CONF",
		" 7.conf", "1000.conf.bak", ".1000.conf.77-5", "0x10.conf" };
	enum { FOREIGN = sizeof foreign / sizeof foreign[0] };
	struct fault f = FAULT_INIT;
	struct seen s = { 0 };

	ck_assert_int_eq(directory_walk(&dir, each, &s, &f), 0);
	ck_assert_int_eq(s.calls, 0);
	store("root", 0, "+4915112345670");
	store("alice", 1000, "+4915112345678");
	store("top", 4294967294u, "+4915112345679");
	put("1001.conf", "version = 1;");
	put("1002.conf", "");
	for (size_t i = 0; i < FOREIGN; i++)
		put(foreign[i], "x");
	ck_assert_int_eq(directory_walk(&dir, each, &s, &f), 0);
	ck_assert_int_eq(s.good, 3);
	ck_assert_uint_eq(s.uids, 1000 + UINT64_C(4294967294));
	ck_assert_int_eq(s.damaged, 2);
	ck_assert_int_eq(s.foreign, FOREIGN);
	ck_assert_ptr_nonnull(strstr(s.text, "is not an enrolment; move it elsewhere"));
	/* again from the beginning, and stopped on the way */
	s = (struct seen){ .stop_at = 4 };
	ck_assert_int_eq(directory_walk(&dir, each, &s, &f), 42);
	ck_assert_int_eq(s.calls, 4);
	directory_close(&dir);
	ck_assert_int_eq(directory_walk(&dir, each, &s, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
}
END_TEST

START_TEST(what_cannot_be_read_is_not_stored)
{
	struct directory_entry e = {
		.uid = 1000, .name = "alice", .by = "root", .phone = { "0151" }
	};
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(directory_store(&dir, &e, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_int_ne(access(in("1000.conf"), F_OK), 0);
}
END_TEST

START_TEST(a_new_entry_replaces_none)
{
	struct directory_entry e = { .uid = 1000, .phone = { "+4915112345699" }, .since_wall_s = 1 }, got;
	struct fault f = FAULT_INIT;

	strcpy(e.name, "alice");
	strcpy(e.by, "login");
	ck_assert_msg(directory_create(&dir, &e, &f) == 0, "%s", f.text);
	strcpy(e.phone.e164, "+4915112345600");
	ck_assert_int_eq(directory_create(&dir, &e, &f), -1);
	ck_assert_int_eq(f.errnum, EEXIST);
	ck_assert_int_eq(directory_find(&dir, &alice, &got, &f), 0);
	ck_assert_str_eq(got.phone.e164, "+4915112345699");
	ck_assert_str_eq(got.by, "login");
	strcpy(e.phone.e164, "151");
	e.uid = 1001;
	ck_assert_int_eq(directory_create(&dir, &e, &f), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("directory_file");
	TCase *t = tcase_create("directory_file");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_stored_entry_is_found_and_removed);
	tcase_add_test(t, c3_not_enrolled_is_told_from_not_found_out);
	tcase_add_test(t, f1_the_folder_is_judged);
	tcase_add_test(t, c5_damage_is_never_absence);
	tcase_add_test(t, d12_a_reused_uid_is_damage);
	tcase_add_test(t, f2_a_reader_finds_the_old_or_the_new_number);
	tcase_add_test(t, the_walk_passes_over_nothing);
	tcase_add_test(t, what_cannot_be_read_is_not_stored);
	tcase_add_test(t, a_new_entry_replaces_none);
	suite_add_tcase(s, t);
	return s;
}
