/* leavings: what killed writers left in our folders.
 *
 * Owns: knowing such a file by its name, as base's file room makes it: ".NAME.PID-TIME".
 * MUST: remove those whose writer is gone, and only those, so that nobody's number stays in one
 *       (G5).
 * Never: touches a file that is read by anybody. */
#ifndef CLI_LEAVINGS_H
#define CLI_LEAVINGS_H

#include <stdint.h>

#include "base/fault.h"

/* The writer's process id; 0: no such file's name. */
int64_t leavings_writer(const char *name) __attribute__((nonnull));

/* In a folder that only root may write to; one that is not there holds nothing. */
int leavings_sweep(const char *path, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
