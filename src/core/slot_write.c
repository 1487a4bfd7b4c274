#include "core/slot_write.h"

#include "base/file.h"

static int64_t offset_of(const struct slot_shape *shape, int at)
{
	return (int64_t)at * (int64_t)shape->size;
}

/* Where this fails the next writer syncs once more. */
static void outlive(int fd, const struct slot_shape *shape, int at)
{
	static const unsigned char mark = SLOT_OUTLIVED;
	struct fault f = FAULT_INIT;

	(void)!file_write_unsynced(fd, &mark, 1, offset_of(shape, at) + SLOT_MARK_AT, &f);
}

/* Where this fails the next writer finds one change more than was granted. */
static void clear(int fd, const struct slot_shape *shape, int at)
{
	static const unsigned char none[SLOT_HEAD];
	struct fault f = FAULT_INIT;

	(void)!file_write_unsynced(fd, none, sizeof none, offset_of(shape, at), &f);
}

int slot_write_synced(int fd, const unsigned char *slot, const struct slot_shape *shape,
	const struct slot_target *to, struct fault *f)
{
	if (to->unsure && file_sync(fd, f) < 0)
		return -1;
	if (file_write_synced(fd, slot, shape->size, offset_of(shape, to->at), f) < 0) {
		clear(fd, shape, to->at);
		return -1;
	}
	outlive(fd, shape, 1 - to->at);
	return 0;
}

int slot_write_lazily(int fd, unsigned char *slot, const struct slot_shape *shape,
	const struct slot_target *to, struct fault *f)
{
	if (to->unsure && file_sync(fd, f) < 0)
		return -1;
	if (slot_make_lazy(slot, shape, f) < 0)
		return -1;
	return file_write_unsynced(fd, slot, shape->size, offset_of(shape, to->at), f);
}
