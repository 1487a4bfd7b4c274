#include "base/cgroup.h"

#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

static const char *const roots[] = { "/sys/fs/cgroup/cgroup.procs",
	"/sys/fs/cgroup/unified/cgroup.procs" };

void cgroup_leave(void)
{
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		int fd = open(roots[i], O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
		ssize_t n;

		if (fd < 0)
			continue;
		/* nothing is lost where it is not taken */
		n = write(fd, "0", 1);
		(void)n;
		close(fd);
	}
}
