/* path: the way to a file, component by component (F1).
 *
 * Owns: the taking apart of absolute paths.
 * MUST: follow no symbolic link; refuse ".."; judge every folder on the way: owned by root or
 *       owner, not writable by group or others unless sticky.
 * Never: opens the last component. Only base/file asks it. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <limits.h>
#include <sys/types.h>

#include "base/fault.h"

/* Open the folder that holds the last component of path, which is left in last ("." for the root
 * folder). *fd, good for the *at calls only and not yet judged itself where it is the only one,
 * is the caller's. */
int path_walk(const char *path, uid_t owner, int *fd, char last[NAME_MAX + 1], struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
