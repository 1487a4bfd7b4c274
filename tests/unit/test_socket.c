/* In a mount namespace of its own with an empty /run. */
#include "engine/socket.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/places.h"
#include "unit.h"

static void empty_run(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("tmpfs", "/run", "tmpfs", 0, "mode=755"), 0);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
}

START_TEST(e1_folder_and_socket_have_their_modes)
{
	struct fault f = FAULT_INIT;
	struct stat st;
	bool made;
	int fd;

	empty_run();
	ck_assert_msg(socket_open(&fd, &made, &f) == 0, "%s", f.text);
	ck_assert(made);
	ck_assert_int_eq(lstat(PLACES_SOCKET_FOLDER, &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFDIR | 0755);
	ck_assert_uint_eq(st.st_uid, 0);
	ck_assert_int_eq(lstat(PLACES_SOCKET, &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFSOCK | 0666);
	ck_assert_uint_eq(st.st_uid, 0);
	socket_remove();
	ck_assert_int_ne(lstat(PLACES_SOCKET, &st), 0);
	close(fd);
}
END_TEST

START_TEST(a_serving_engine_is_not_replaced_a_dead_one_is)
{
	struct fault f = FAULT_INIT;
	bool made;
	int fd, second;

	empty_run();
	ck_assert_int_eq(socket_open(&fd, &made, &f), 0);
	ck_assert_int_eq(socket_open(&second, &made, &f), -1);
	ck_assert_ptr_nonnull(strstr(f.text, "another engine"));
	close(fd); /* the file stays: a killed daemon */
	ck_assert_msg(socket_open(&second, &made, &f) == 0, "%s", f.text);
	close(second);
}
END_TEST

START_TEST(e1_a_folder_that_others_may_write_is_refused)
{
	struct fault f = FAULT_INIT;
	bool made;
	int fd;

	empty_run();
	ck_assert_int_eq(mkdir(PLACES_SOCKET_FOLDER, 0755), 0);
	ck_assert_int_eq(chmod(PLACES_SOCKET_FOLDER, 0777), 0);
	ck_assert_int_eq(socket_open(&fd, &made, &f), -1);
	ck_assert_int_eq(chmod(PLACES_SOCKET_FOLDER, 0755), 0);
	ck_assert_int_eq(chown(PLACES_SOCKET_FOLDER, 65534, 65534), 0);
	ck_assert_int_eq(socket_open(&fd, &made, &f), -1);
}
END_TEST

static void pretend_handed_over(int fd, const char *fds)
{
	char pid[20];

	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", fds, 1);
	if (fd != 3)
		ck_assert_int_eq(dup2(fd, 3), 3);
}

START_TEST(systemds_socket_is_taken_if_it_is_one)
{
	struct fault f = FAULT_INIT;
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = "/run/handed" };
	bool made = true;
	int got;

	empty_run();
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	pretend_handed_over(fd, "1");
	ck_assert_int_eq(socket_open(&got, &made, &f), -1); /* not listening yet */
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_msg(socket_open(&got, &made, &f) == 0, "%s", f.text);
	ck_assert_int_eq(got, 3);
	ck_assert(!made);
	/* systemd's is blocking: an accept that waits would stop the reaping of children */
	ck_assert_int_ne(fcntl(got, F_GETFL) & O_NONBLOCK, 0);
	/* meant for another process: not ours */
	setenv("LISTEN_PID", "1", 1);
	ck_assert_int_eq(socket_open(&got, &made, &f), 0);
	ck_assert(made);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("socket");
	TCase *t = tcase_create("socket");
	tcase_add_test(t, e1_folder_and_socket_have_their_modes);
	tcase_add_test(t, a_serving_engine_is_not_replaced_a_dead_one_is);
	tcase_add_test(t, e1_a_folder_that_others_may_write_is_refused);
	tcase_add_test(t, systemds_socket_is_taken_if_it_is_one);
	suite_add_tcase(s, t);
	return s;
}
