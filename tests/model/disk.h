/* disk: files, folders, and what of them is not known to be on the disk yet.
 *
 * Owns: the model: each file has what was synced last and the writes since then; each folder its synced names and the changes of
 *       names since then. A cut leaves of these changes any subset, and of a write any of its sectors of 512 bytes.
 * MUST: take nothing for synced that was not: a file's sync says nothing of its name, nor a folder's of what is in its files.
 * Never: knows what the files are for. */
#ifndef TESTS_DISK_H
#define TESTS_DISK_H

#include "stream.h"

enum {
	DISK_SECTOR = 512,
	DISK_FILE_MAX = 262144,
	DISK_PENDING = 60,  /* changes under way at once */
	DISK_NAMES = 64,    /* in one folder */
	DISK_SECTORS = DISK_FILE_MAX / DISK_SECTOR,
};

struct disk;

/* The folder with inode root_ino; entries of other roots end the program. */
struct disk *disk_new(uint64_t root_ino);
/* The model after this entry. */
void disk_play(struct disk *d, const struct stream_entry *e);

/* Changes under way: writes, sizes and names. */
int disk_pending(const struct disk *d);
/* The sectors of the change `at` that differ from what was there before; n, 0 if it is no write. */
int disk_differing(const struct disk *d, int at, unsigned short sectors[DISK_SECTORS]);

/* What a cut leaves. */
struct disk_cut {
	uint64_t keep;  /* which of the changes under way, the oldest is bit 0 */
	int torn;       /* one of them, or -1: */
	uint64_t lost[DISK_SECTORS / 64]; /* these of its sectors are not there */
	uint32_t mix;   /* not 0: a seed; each sector of each write is there or not, as it falls */
};

/* One file of an image. */
struct disk_image_file {
	char path[600]; /* below the root */
	bool folder;
	size_t len;
	unsigned char *bytes; /* DISK_FILE_MAX; the disk's own */
};
enum { DISK_IMAGE_FILES = 64 };
struct disk_image {
	int n;
	struct disk_image_file files[DISK_IMAGE_FILES];
};
void disk_cut(struct disk *d, const struct disk_cut *c, struct disk_image *out);

#endif
