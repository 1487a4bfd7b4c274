/* shelf: one image as files, so that the real core opens it.
 *
 * Owns: a folder of its own under TMPDIR or /tmp, and what lies there.
 * MUST: write only what differs from the image before: ten thousand of them are to take seconds. */
#ifndef TESTS_SHELF_H
#define TESTS_SHELF_H

#include "disk.h"

struct shelf {
	char path[200];
	struct disk_image on; /* as it lies there */
};

void shelf_open(struct shelf *s);
void shelf_put(struct shelf *s, const struct disk_image *image);
/* Somebody wrote there: the next image is written from the ground up. */
void shelf_spoiled(struct shelf *s);
void shelf_close(struct shelf *s);
/* The folder `real` holds exactly this. */
bool shelf_is(const char *real, const struct disk_image *image);

#endif
