#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

const char *unit_folder(void)
{
	return folder;
}

/* One entry of the real root folder, to be seen at the same place under to. */
static int bring(const char *name, const char *to)
{
	char from[PATH_MAX], there[PATH_MAX], target[PATH_MAX];
	struct stat st;

	snprintf(from, sizeof from, "/%s", name);
	snprintf(there, sizeof there, "%s/%s", to, name);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(from, to) == 0 ||
		lstat(from, &st) < 0)
		return 0;
	if (S_ISLNK(st.st_mode)) {
		ssize_t n = readlink(from, target, sizeof target - 1);
		target[n < 0 ? 0 : n] = '\0';
		return symlink(target, there);
	}
	if (!S_ISDIR(st.st_mode))
		return 0;
	if (mkdir(there, 0755) < 0)
		return -1;
	/* of /var nothing is needed but a tmp of our own */
	if (strcmp(name, "var") == 0) {
		snprintf(there, sizeof there, "%s/var/tmp", to);
		return mkdir(there, 0777) < 0 || chmod(there, 01777) < 0 ? -1 : 0;
	}
	return mount(from, there, NULL, MS_BIND | MS_REC, NULL);
}

/* Root of a user namespace (unshare -Ur) does not own / and /var, so that nothing below them could be believed. Such a run gets a root
 * folder of its own, with the real one's entries in it. */
static int own_root(void)
{
	static const char to[] = "/mnt";
	char cwd[PATH_MAX];
	struct stat st;
	const struct dirent *at;

	if (geteuid() != 0 || stat("/", &st) < 0 || st.st_uid == 0)
		return 0;
	if (!getcwd(cwd, sizeof cwd) || unshare(CLONE_NEWNS) < 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("none", to, "tmpfs", 0, "mode=0755") < 0)
		return -1;
	DIR *root = opendir("/");
	if (!root)
		return -1;
	while ((at = readdir(root))) {
		if (bring(at->d_name, to) < 0)
			perror(at->d_name);
	}
	closedir(root);
	if (chroot(to) < 0)
		return -1;
	return chdir(cwd) < 0 ? chdir("/") : 0;
}

int main(void)
{
	if (own_root() < 0)
		return 99;
	/* /var/tmp is sticky and root's: the one kind of shared parent that file_open_folder excuses */
	snprintf(folder, sizeof folder, "/var/tmp/sms-otp-unit.XXXXXX");
	if (!mkdtemp(folder))
		return 99;
	umask(077);
	SRunner *runner = srunner_create(unit_suite());
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return failed ? 1 : 0;
}
