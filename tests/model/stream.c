#include "stream.h"

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES_MAX = 100000 };

static void take(const unsigned char *all, size_t len, size_t *at, void *out, size_t n)
{
	if (n > len - *at)
		errx(2, "the log ends within an entry");
	memcpy(out, all + *at, n);
	*at += n;
}

struct stream stream_read(const char *path)
{
	struct stream s = { calloc(ENTRIES_MAX, sizeof *s.entries), 0 };
	struct stat st;

	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (!s.entries || fd < 0 || fstat(fd, &st) < 0 || st.st_size == 0)
		err(2, "%s", path);
	size_t len = (size_t)st.st_size, at = 0;
	const unsigned char *all = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (all == MAP_FAILED)
		err(2, "%s", path);
	close(fd);
	while (at < len) {
		if (s.n == ENTRIES_MAX)
			errx(2, "%s: too long", path);
		struct stream_entry *e = &s.entries[s.n++];
		take(all, len, &at, &e->h, sizeof e->h);
		if (e->h.name_len >= sizeof e->name || e->h.other_len >= sizeof e->other)
			errx(2, "%s: not a log", path);
		take(all, len, &at, e->name, e->h.name_len);
		take(all, len, &at, e->other, e->h.other_len);
		e->data = all + at;
		if (e->h.data_len > len - at)
			errx(2, "%s: ends within an entry", path);
		at += e->h.data_len;
	}
	return s;
}
