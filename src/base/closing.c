#include "base/closing.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	/* Where the kernel has no close_range and nobody says what is open: how far one can be. */
	BY_HAND_MAX = 1 << 20,
};

/* As the kernel lists a folder. */
struct entry {
	uint64_t inode;
	int64_t next;
	uint16_t length;
	uint8_t type;
	char name[];
};

/* What is open by what /proc says: a host may have its limit at a thousand million, and numbers
 * above the limit as well. False: not the whole list, or it does not even name the one that is
 * known to be open. */
static bool close_listed(unsigned int first, unsigned int last, unsigned int known)
{
	_Alignas(struct entry) char list[1024];
	bool found = false;
	long n = -1;

	long dir = syscall(
		SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	while (dir >= 0 && (n = syscall(SYS_getdents64, dir, list, sizeof list)) > 0) {
		const struct entry *e;

		for (long at = 0; at < n; at += e->length) {
			unsigned int fd = 0;

			e = (const void *)(list + at);
			for (const char *c = e->name; *c >= '0' && *c <= '9'; c++)
				fd = fd * 10 + (unsigned int)(*c - '0');
			found = found || fd == known;
			if (fd >= first && fd <= last && fd != (unsigned int)dir)
				syscall(SYS_close, fd);
		}
	}
	if (dir >= 0)
		syscall(SYS_close, dir);
	return found && n == 0;
}

void closing_from(unsigned int first, unsigned int last, unsigned int known)
{
	if (first > last || syscall(SYS_close_range, first, last, 0) == 0 ||
		close_listed(first, last, known))
		return;
	for (unsigned int fd = first; fd <= last && fd < BY_HAND_MAX; fd++)
		syscall(SYS_close, fd);
}
