#include "attempt_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "attempt.h"

static const char *mine(const char *name)
{
	static char path[2][128];
	static int turn;
	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s/%s", attempt_place.folder, name);
	return path[turn];
}

static int opened(int fd)
{
	return fd >= 0 ? 0 : errno;
}

static int done(int rc)
{
	return rc == 0 ? 0 : errno;
}

int files_write_inherited(void)
{
	return write(attempt_place.inherited, "x", 1) == 1 ? 0 : errno;
}

/* As the room spool does. */
int files_spool(void)
{
	int fd = openat(attempt_place.spool, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) < 0)
		return errno;
	close(fd);
	if (renameat(attempt_place.spool, "new", attempt_place.spool, "whole") < 0)
		return errno;
	return done(unlinkat(attempt_place.spool, "whole", 0));
}

int files_read_passwd(void)
{
	return opened(open("/etc/passwd", O_RDONLY));
}

int files_read_shadow(void)
{
	return opened(open("/etc/shadow", O_RDONLY));
}

int files_read_mine(void)
{
	return opened(open(mine("mine"), O_RDONLY));
}

int files_list(void)
{
	return opened(open(attempt_place.folder, O_RDONLY | O_DIRECTORY));
}

int files_open_writing(void)
{
	return opened(open(mine("mine"), O_WRONLY));
}

int files_create(void)
{
	return opened(open(mine("made"), O_WRONLY | O_CREAT | O_EXCL, 0600));
}

static int create_and_remove(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return errno;
	unlinkat(AT_FDCWD, path, 0);
	return 0;
}

int files_create_tmp(void)
{
	char path[64];
	snprintf(path, sizeof path, "/tmp/sms-otp-escape-%d", (int)getpid());
	return create_and_remove(path);
}

int files_create_etc(void)
{
	return create_and_remove("/etc/sms-otp-escape");
}

int files_tmpfile(void)
{
	return opened(open(attempt_place.folder, O_RDWR | O_TMPFILE, 0600));
}

int files_empty(void)
{
	return opened(open(mine("mine"), O_RDONLY | O_TRUNC));
}

int files_truncate(void)
{
	return done(truncate(mine("mine"), 0));
}

/* By the newer calls, which every architecture has. */
int files_remove(void)
{
	return done(unlinkat(AT_FDCWD, mine("other"), 0));
}

int files_rename(void)
{
	return done(renameat(AT_FDCWD, mine("other"), AT_FDCWD, mine("renamed")));
}

int files_mkdir(void)
{
	return done(mkdir(mine("folder"), 0700));
}

int files_links(void)
{
	if (link(mine("mine"), mine("linked")) == 0 || symlink("x", mine("symlinked")) == 0)
		return 0;
	return done(mkfifo(mine("fifo"), 0600));
}

int files_chmod(void)
{
	return done(chmod(mine("mine"), 0777));
}

int files_fchmod(void)
{
	return done(fchmod(attempt_place.inherited, 0640));
}

int files_touch(void)
{
	if (utimensat(AT_FDCWD, mine("mine"), NULL, 0) == 0)
		return 0;
	return done(setxattr(mine("mine"), "user.x", "x", 1, 0));
}

int files_watch(void)
{
	return opened(inotify_init1(IN_CLOEXEC));
}
