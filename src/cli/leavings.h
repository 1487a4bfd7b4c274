/* leavings: what killed writers left in our folders.
 *
 * Owns: knowing such a file by its name, as base's file room makes it: ".NAME.PID-TIME".
 * MUST: remove those whose writer is gone, and only those, so that nobody's number stays in one
 *       (G5); have that on the disk when it returns.
 * Never: touches a file that is read by anybody. */
#ifndef CLI_LEAVINGS_H
#define CLI_LEAVINGS_H

#include <stdint.h>

#include "base/fault.h"

/* The writer's process id; 0: no such file's name. */
int64_t leavings_writer(const char *name) __attribute__((nonnull));

/* Each that is left of a writer who is gone, or that is older than a day, by now: no write takes so
 * long, and a power cut leaves the numbers of processes to others. each() returns 0 to go on, or
 * what the walk ends with. What a whole walk removed is gone from the disk when it returns. */
int leavings_walk(const char *path, int64_t now_s,
	int (*each)(void *ctx, int folder, const char *name), void *ctx, struct fault *f)
	__attribute__((warn_unused_result, nonnull(1, 3, 5)));

/* Remove them, of writers who are gone. In a folder that only root may write to; one that is not
 * there holds nothing. */
int leavings_sweep(const char *path, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
