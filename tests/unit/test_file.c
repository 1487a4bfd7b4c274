#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "killer.h"

static char here[128];
static int folder = -1;

static const struct inode_want any = { .owner = 0, .forbid = 0077, .size = -1 };
static const struct inode_want any_rw = {
	.owner = 0, .forbid = 0077, .size = -1, .flags = O_RDWR
};

static void setup(void)
{
	struct fault f = FAULT_INIT;

	snprintf(here, sizeof here, "%s/XXXXXX", unit_folder());
	ck_assert_ptr_nonnull(mkdtemp(here));
	ck_assert_msg(file_open_folder(here, &any, &folder, &f) == 0, "%s", f.text);
}

static void teardown(void)
{
	close(folder);
}

static const char *in(const char *name)
{
	static char paths[2][256];
	static int turn;

	turn = !turn;
	snprintf(paths[turn], sizeof paths[turn], "%s/%s", here, name);
	return paths[turn];
}

static void put(const char *name, const char *text, mode_t mode)
{
	int fd = open(in(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static int entries(void)
{
	char command[256];
	int n = -1;

	snprintf(command, sizeof command, "ls -A %s | wc -l", here);
	FILE *p = popen(command, "r");
	ck_assert_int_eq(fscanf(p, "%d", &n), 1);
	pclose(p);
	return n;
}

/* Open it, both ways; the class, and the fault's text in words. */
static enum fault_class try(
	const char *name, int flags, const struct inode_want *want, char text[256])
{
	struct fault f = FAULT_INIT, g = FAULT_INIT;
	struct inode_want asked = *want;
	int fd = 77, other = 77;

	asked.flags = flags;
	int rc = file_open_at(folder, name, &asked, &fd, &f);
	ck_assert_int_eq(file_open(in(name), &asked, &other, &g), rc);
	ck_assert_int_eq(f.class, g.class);
	ck_assert_str_eq(f.text, g.text);
	memcpy(text, f.text, sizeof f.text);
	if (rc < 0) {
		ck_assert_int_eq(fd, -1);
		ck_assert_int_eq(other, -1);
		return f.class;
	}
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ACCMODE), flags & O_ACCMODE);
	close(fd);
	close(other);
	return FAULT_NONE;
}

START_TEST(f1_a_good_file_opens)
{
	char text[256];

	put("good", "12345", 0600);
	ck_assert_int_eq(try("good", O_RDONLY, &any, text), FAULT_NONE);
	ck_assert_int_eq(try("good", O_RDWR, &any, text), FAULT_NONE);
	struct inode_want exact = any;
	exact.size = 5;
	exact.size_max = 5;
	ck_assert_int_eq(try("good", O_RDONLY, &exact, text), FAULT_NONE);
}
END_TEST

/* wants: what the text must name: what is wrong, then the remedy. */
static void refused(
	const char *name, const struct inode_want *want, const char *wrong, const char *remedy)
{
	char text[256];

	for (int i = 0; i < 2; i++) {
		enum fault_class class = try(name, i ? O_RDWR : O_RDONLY, want, text);
		ck_assert_msg(class == FAULT_DAMAGED, "%s: %d %s", name, class, text);
		ck_assert_msg(strncmp(text, here, strlen(here)) == 0, "%s", text);
		ck_assert_msg(strstr(text, wrong) != NULL, "%s: %s", name, text);
		ck_assert_msg(strstr(text, remedy) != NULL, "%s: %s", name, text);
	}
}

START_TEST(f1_what_is_wrong_is_refused)
{
	char remedy[320];
	struct inode_want want = any;

	put("loose", "x", 0640);
	snprintf(remedy, sizeof remedy, "chmod go-rwx %s", in("loose"));
	refused("loose", &any, "mode 0640", remedy);
	want.forbid = 0022;
	put("writable", "x", 0666);
	refused("writable", &want, "mode 0666 lets others write", "chmod go-w ");
	put("readable", "x", 0644);
	char text[256];
	ck_assert_int_eq(try("readable", O_RDONLY, &want, text), FAULT_NONE);
	want = any;
	want.size = 2;
	put("size", "123", 0600);
	refused("size", &want, "3 bytes long, must be 2", "backup");
	want = any;
	want.size_max = 2;
	refused("size", &want, "at most 2", "shorter");
	want = any;
	want.owner = 12345;
	put("owner", "x", 0600);
	refused("owner", &want, "owned by uid 0, must be uid 12345", "chown 12345 ");
	/* in a user namespace there is nobody else to give it to */
	if (chown(in("owner"), 1000, 0) == 0)
		refused("owner", &any, "owned by uid 1000, must be root", "chown root ");
}
END_TEST

START_TEST(f1_links_and_other_things_are_refused)
{
	put("real", "x", 0600);
	ck_assert_int_eq(symlink("real", in("symlink")), 0);
	refused("symlink", &any, "a symbolic link", "put the real one there");
	ck_assert_int_eq(symlink("nowhere", in("dangling")), 0);
	refused("dangling", &any, "a symbolic link", "put the real one there");
	ck_assert_int_eq(link(in("real"), in("hard")), 0);
	refused("hard", &any, "2 hard links", "remove the others");
	refused("real", &any, "2 hard links", "remove the others");
	ck_assert_int_eq(mkdir(in("dir"), 0700), 0);
	refused("dir", &any, "a folder", "put the real one there");
	/* must not wait for a writer: the test's own timeout would end it */
	ck_assert_int_eq(mkfifo(in("fifo"), 0600), 0);
	refused("fifo", &any, "a FIFO", "put the real one there");
	ck_assert_int_eq(mknod(in("socket"), S_IFSOCK | 0600, 0), 0);
	refused("socket", &any, "a socket", "put the real one there");
}
END_TEST

START_TEST(f1_names_and_absence)
{
	static const char *const bad[] = { "", ".", "..", "a/b", "../a", "/etc/passwd" };
	struct fault f = FAULT_INIT;
	char text[256];
	int fd;

	ck_assert_int_eq(try("absent", O_RDONLY, &any, text), FAULT_ABSENT);
	ck_assert_ptr_nonnull(strstr(text, "absent: not there"));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_int_eq(file_open_at(folder, bad[i], &any, &fd, &f), -1);
		ck_assert_msg(f.class == FAULT_BAD, "%s", bad[i]);
		ck_assert_int_eq(file_create_at(folder, bad[i], "", 0, &f), -1);
		ck_assert_int_eq(file_replace_at(folder, bad[i], "", 0, &f), -1);
		ck_assert_int_eq(file_remove_at(folder, bad[i], &f), -1);
		ck_assert_msg(f.class == FAULT_BAD, "%s", bad[i]);
	}
}
END_TEST

START_TEST(f1_folders_are_judged)
{
	struct inode_want want = any;
	struct fault f = FAULT_INIT;
	char path[256];
	int fd;

	ck_assert_int_eq(mkdir(in("loose"), 0700), 0);
	ck_assert_int_eq(chmod(in("loose"), 0750), 0);
	ck_assert_int_eq(file_open_folder(in("loose"), &any, &fd, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_ptr_nonnull(strstr(f.text, "chmod go-rwx "));
	want.forbid = 0022;
	ck_assert_int_eq(file_open_folder(in("loose"), &want, &fd, &f), 0);
	close(fd);
	/* the sticky bit excuses a parent, never the folder itself */
	ck_assert_int_eq(chmod(in("loose"), 01777), 0);
	ck_assert_int_eq(file_open_folder(in("loose"), &want, &fd, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "chmod go-w "));
	ck_assert_int_eq(mkdir(in("loose/inner"), 0700), 0);
	snprintf(path, sizeof path, "%s/loose/inner", here);
	ck_assert_int_eq(file_open_folder(path, &any, &fd, &f), 0);
	close(fd);
	ck_assert_int_eq(chmod(in("loose"), 0777), 0);
	ck_assert_int_eq(file_open_folder(path, &any, &fd, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_int_eq(file_open_folder(in("absent"), &any, &fd, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	put("file", "x", 0700);
	ck_assert_int_eq(file_open_folder(in("file"), &any, &fd, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_ptr_nonnull(strstr(f.text, "is a regular file, must be a folder"));
	ck_assert_int_eq(symlink("loose", in("link")), 0);
	ck_assert_int_eq(file_open_folder(in("link"), &want, &fd, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "is a symbolic link, must be a folder"));
	want.owner = 12345;
	ck_assert_int_eq(file_open_folder(here, &want, &fd, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "must be uid 12345"));
}
END_TEST

START_TEST(whole_reads)
{
	struct fault f = FAULT_INIT;
	char buf[8];
	size_t len;
	int fd;

	put("five", "12345", 0600);
	ck_assert_int_eq(file_open_at(folder, "five", &any_rw, &fd, &f), 0);
	ck_assert_int_eq(file_read_all(fd, buf, 8, &len, &f), 0);
	ck_assert_uint_eq(len, 5);
	ck_assert_int_eq(file_read_all(fd, buf, 5, &len, &f), 0);
	ck_assert_mem_eq(buf, "12345", 5);
	ck_assert_int_eq(file_read_all(fd, buf, 4, &len, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(file_read_exact(fd, buf, 5, &f), 0);
	ck_assert_int_eq(file_read_exact(fd, buf, 4, &f), 0);
	ck_assert_int_eq(file_read_exact(fd, buf, 6, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_int_eq(file_write_synced(fd, "ab", 2, 1, &f), 0);
	ck_assert_int_eq(file_read_all(fd, buf, 8, &len, &f), 0);
	ck_assert_mem_eq(buf, "1ab45", 5);
	close(fd);
	ck_assert_int_eq(file_read_all(fd, buf, 8, &len, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	ck_assert_int_eq(f.errnum, EBADF);
	ck_assert_int_eq(file_write_synced(fd, "ab", 2, 1, &f), -1);
	ck_assert_int_eq(f.errnum, EBADF);
}
END_TEST

static void content_is(const char *name, const char *want)
{
	struct fault f = FAULT_INIT;
	char buf[64] = "";
	size_t len;
	int fd;

	ck_assert_msg(file_open_at(folder, name, &any, &fd, &f) == 0, "%s", f.text);
	ck_assert_int_eq(file_read_all(fd, buf, sizeof buf - 1, &len, &f), 0);
	close(fd);
	ck_assert_str_eq(buf, want);
}

START_TEST(names_appear_change_and_go)
{
	struct fault f = FAULT_INIT;

	umask(0777); /* takes nothing from what is made */
	ck_assert_int_eq(file_create_at(folder, "a", "one", 3, &f), 0);
	content_is("a", "one");
	ck_assert_int_eq(file_create_at(folder, "a", "two", 3, &f), -1);
	ck_assert_int_eq(f.errnum, EEXIST);
	content_is("a", "one");
	ck_assert_int_eq(file_replace_at(folder, "a", "three", 5, &f), 0);
	content_is("a", "three");
	ck_assert_int_eq(file_replace_at(folder, "b", "", 0, &f), 0);
	content_is("b", "");
	ck_assert_int_eq(entries(), 2);
	ck_assert_int_eq(file_remove_at(folder, "a", &f), 0);
	ck_assert_int_eq(file_remove_at(folder, "a", &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	ck_assert_int_eq(mkdir(in("d"), 0700), 0);
	ck_assert_int_eq(file_remove_at(folder, "d", &f), -1);
	ck_assert_int_eq(file_replace_at(folder, "d", "x", 1, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	ck_assert_int_eq(entries(), 2);
	/* a link is replaced, not followed */
	umask(077);
	put("target", "safe", 0600);
	ck_assert_int_eq(symlink("target", in("link")), 0);
	ck_assert_int_eq(file_create_at(folder, "link", "x", 1, &f), -1);
	ck_assert_int_eq(f.errnum, EEXIST);
	ck_assert_int_eq(file_replace_at(folder, "link", "new", 3, &f), 0);
	content_is("link", "new");
	content_is("target", "safe");
}
END_TEST

START_TEST(f2_a_reader_sees_one_whole_content_while_it_is_replaced)
{
	struct fault f = FAULT_INIT;
	char a[33] = "", b[33] = "", buf[64];
	size_t len;
	int fd, status;

	memset(a, 'a', 32);
	memset(b, 'b', 32);
	ck_assert_int_eq(file_replace_at(folder, "x", a, 32, &f), 0);
	pid_t writer = fork();
	if (writer == 0) {
		for (int i = 0; i < 300; i++) {
			if (file_replace_at(folder, "x", i % 2 ? a : b, 32, &f) < 0)
				_exit(1);
		}
		_exit(0);
	}
	do {
		ck_assert_msg(
			file_open_at(folder, "x", &any, &fd, &f) == 0, "%s", f.text);
		ck_assert_int_eq(file_read_all(fd, buf, sizeof buf, &len, &f), 0);
		close(fd);
		ck_assert_uint_eq(len, 32);
		ck_assert(memcmp(buf, a, 32) == 0 || memcmp(buf, b, 32) == 0);
	} while (waitpid(writer, &status, WNOHANG) == 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

static void create_step(void *arg)
{
	struct fault f = FAULT_INIT;

	(void)arg;
	_exit(file_create_at(folder, "new", "whole", 5, &f) == 0 ? 0 : 1);
}

static void replace_step(void *arg)
{
	struct fault f = FAULT_INIT;

	(void)arg;
	_exit(file_replace_at(folder, "old", "after!", 6, &f) == 0 ? 0 : 1);
}

START_TEST(f2_killed_after_every_system_call_of_a_creation)
{
	struct stat st;
	int n = 0;

	for (;; n++) {
		ck_assert(unlink(in("new")) == 0 || errno == ENOENT);
		bool killed = killed_at(n, create_step, NULL);
		if (stat(in("new"), &st) == 0)
			content_is("new", "whole");
		if (!killed)
			break;
	}
	content_is("new", "whole");
	ck_assert_int_gt(n, 10);
}
END_TEST

START_TEST(f2_killed_after_every_system_call_of_a_replacement)
{
	struct fault f = FAULT_INIT;
	char buf[16];
	size_t len;
	int fd, n = 0;

	for (;; n++) {
		ck_assert_int_eq(file_replace_at(folder, "old", "before", 6, &f), 0);
		if (!killed_at(n, replace_step, NULL))
			break;
		ck_assert_int_eq(file_open_at(folder, "old", &any, &fd, &f), 0);
		ck_assert_int_eq(file_read_all(fd, buf, sizeof buf, &len, &f), 0);
		close(fd);
		ck_assert(len == 6 &&
			  (memcmp(buf, "before", 6) == 0 || memcmp(buf, "after!", 6) == 0));
	}
	content_is("old", "after!");
	ck_assert_int_gt(n, 10);
}
END_TEST

static int opened(const char *name)
{
	struct fault f = FAULT_INIT;
	int fd;

	ck_assert_msg(file_open_at(folder, name, &any_rw, &fd, &f) == 0, "%s", f.text);
	return fd;
}

START_TEST(f3_locks_exclude_and_end_at_the_deadline)
{
	struct fault f = FAULT_INIT;

	put("lock", "x", 0600);
	int a = opened("lock"), b = opened("lock");
	int64_t now = clock_boot_ms();
	ck_assert_int_eq(file_lock(a, FILE_LOCK_WRITE, now, &f), 0);
	ck_assert_int_eq(file_lock(b, FILE_LOCK_READ, now - 5, &f), -1);
	ck_assert_int_eq(f.class, FAULT_LATE);
	ck_assert_ptr_nonnull(strstr(f.text, "/lock: locked by another process"));
	now = clock_boot_ms();
	ck_assert_int_eq(file_lock(b, FILE_LOCK_WRITE, now + 150, &f), -1);
	ck_assert_int_eq(f.class, FAULT_LATE);
	ck_assert_int_ge(clock_boot_ms() - now, 149);
	ck_assert_int_lt(clock_boot_ms() - now, 1000);
	/* closing unlocks; two readers agree, and keep a writer out */
	close(a);
	ck_assert_int_eq(file_lock(b, FILE_LOCK_READ, now, &f), 0);
	a = opened("lock");
	ck_assert_int_eq(file_lock(a, FILE_LOCK_READ, now, &f), 0);
	int c = opened("lock");
	ck_assert_int_eq(file_lock(c, FILE_LOCK_WRITE, now, &f), -1);
	/* closing another descriptor of the same file, as fcntl's old locks would have it, frees nothing */
	close(opened("lock"));
	ck_assert_int_eq(file_lock(c, FILE_LOCK_WRITE, now, &f), -1);
	close(a);
	close(b);
	ck_assert_int_eq(file_lock(c, FILE_LOCK_WRITE, now, &f), 0);
	close(c);
}
END_TEST

START_TEST(f3_a_killed_holder_frees_the_lock)
{
	struct fault f = FAULT_INIT;
	int ready[2];
	char c;

	put("lock", "x", 0600);
	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	pid_t holder = fork();
	if (holder == 0) {
		int fd = opened("lock");
		if (file_lock(fd, FILE_LOCK_WRITE, 0, &f) == 0 && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	int fd = opened("lock");
	ck_assert_int_eq(file_lock(fd, FILE_LOCK_WRITE, 0, &f), -1);
	kill(holder, SIGKILL);
	ck_assert_int_eq(file_lock(fd, FILE_LOCK_WRITE, clock_boot_ms() + 2000, &f), 0);
	waitpid(holder, NULL, 0);
	close(fd);
}
END_TEST

START_TEST(paths_are_named)
{
	struct fault f = FAULT_INIT;
	char path[320], small[12];

	put("p", "x", 0600);
	int fd = opened("p");
	file_path(fd, path, sizeof path);
	ck_assert_str_eq(path, in("p"));
	file_path(fd, small, sizeof small);
	ck_assert_uint_eq(strlen(small), 11);
	ck_assert_int_eq(strncmp(small, "...", 3), 0);
	ck_assert_str_eq(small + 9, "/p");
	fault_set(&f, FAULT_DAMAGED, 0, "is odd");
	ck_assert_int_eq(file_blame(fd, "mend it", &f), -1);
	snprintf(path, sizeof path, "%s: is odd; mend it", in("p"));
	ck_assert_str_eq(f.text, path);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	close(fd);
	file_path(fd, path, sizeof path);
	ck_assert_str_eq(path, "?");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("file");
	TCase *t = tcase_create("file");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, f1_a_good_file_opens);
	tcase_add_test(t, f1_what_is_wrong_is_refused);
	tcase_add_test(t, f1_links_and_other_things_are_refused);
	tcase_add_test(t, f1_names_and_absence);
	tcase_add_test(t, f1_folders_are_judged);
	tcase_add_test(t, whole_reads);
	tcase_add_test(t, names_appear_change_and_go);
	tcase_add_test(t, f2_a_reader_sees_one_whole_content_while_it_is_replaced);
	tcase_add_test(t, f2_killed_after_every_system_call_of_a_creation);
	tcase_add_test(t, f2_killed_after_every_system_call_of_a_replacement);
	tcase_add_test(t, f3_locks_exclude_and_end_at_the_deadline);
	tcase_add_test(t, f3_a_killed_holder_frees_the_lock);
	tcase_add_test(t, paths_are_named);
	suite_add_tcase(s, t);
	return s;
}
