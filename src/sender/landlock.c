#include "sender/landlock.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's ABI, written down here because the oldest headers that we build with know only its
 * first versions. The numbers are the same on all architectures. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

enum { ASK_VERSION = 1, RULE_PATH_BENEATH = 1 };

enum {
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_REG = 1 << 8,
	FS_REFER = 1 << 13, /* since version 2: link and rename between folders */
};

struct ruleset {
	uint64_t fs;     /* what is forbidden unless a rule allows it */
	uint64_t net;    /* since version 4: 1 bind, 2 connect, of TCP */
	uint64_t scoped; /* since version 6: 1 abstract sockets, 2 signals */
};

struct path_beneath {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

static struct ruleset wanted(long version)
{
	struct ruleset r = { .fs = (1u << 13) - 1 };
	if (version >= 2)
		r.fs |= FS_REFER;
	if (version >= 3)
		r.fs |= 1u << 14; /* truncate */
	if (version >= 5)
		r.fs |= 1u << 15; /* ioctl on devices */
	if (version >= 4)
		r.net = 1; /* bind */
	if (version >= 6)
		r.scoped = 3;
	return r;
}

/* A path that is not there is no rule. */
static bool allow(int rules, const char *path)
{
	struct stat st;
	bool done = true;
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return true;
	if (fstat(fd, &st) == 0) {
		struct path_beneath rule = { .allowed = FS_READ_FILE, .parent = fd };
		if (S_ISDIR(st.st_mode))
			rule.allowed |= FS_READ_DIR;
		done = syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0) == 0;
	}
	close(fd);
	return done;
}

static bool allow_writing(int rules, int folder)
{
	struct path_beneath rule = {
		.allowed = FS_WRITE_FILE | FS_REMOVE_FILE | FS_MAKE_REG | FS_REFER,
		.parent = folder,
	};
	if (folder < 0)
		return true;
	return syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0) == 0;
}

static bool allow_resolver(int rules)
{
	/* what name resolution, its plug-ins and the certificates live in; the state of this
	 * house is in none of them */
	static const char *const folders[] = { "/etc", "/usr", "/lib", "/lib32", "/lib64", "/run",
		"/var/run", "/var/lib/sss", "/var/db", "/var/lib/ca-certificates", "/proc",
		"/sys/devices/system/cpu", "/dev/null", "/dev/urandom", "/dev/random" };
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (!allow(rules, folders[i]))
			return false;
	return true;
}

static bool allow_all(int rules, const struct landlock_needs *needs)
{
	if (needs->resolver && !allow_resolver(rules))
		return false;
	if (needs->ca_file && *needs->ca_file && !allow(rules, needs->ca_file))
		return false;
	for (size_t i = 0; i < needs->nwritable; i++)
		if (!allow_writing(rules, needs->writable[i]))
			return false;
	return true;
}

bool landlock_enter(const struct landlock_needs *needs)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	/* the first version forbids every rename between folders */
	if (version < (needs->nwritable > 0 ? 2 : 1))
		return false;
	struct ruleset rules = wanted(version);
	/* the size of the ABI's struct in that version */
	size_t size = version >= 6   ? sizeof rules
		      : version >= 4 ? offsetof(struct ruleset, scoped)
				     : offsetof(struct ruleset, net);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0)
		return false;
	bool on = allow_all(fd, needs) && syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close(fd);
	return on;
}
