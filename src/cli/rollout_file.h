/* rollout_file: one file of pam.d, read and replaced.
 *
 * Owns: the exchange of such a file.
 * MUST: put the new one in place at once and durably, with owner, mode and the extended attributes
 *       (SELinux's label) of the one that was there; refuse a symbolic link, which others manage.
 * Never: knows what is in it. */
#ifndef CLI_ROLLOUT_FILE_H
#define CLI_ROLLOUT_FILE_H

#include "cli/rollout_record.h"

struct rollout_file {
	struct rollout_content content; /* the caller frees its bytes */
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/* A file that is not there is one without bytes, with the mode and owner of a new one. */
int rollout_file_read(const char *folder, const char *name, struct rollout_file *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Without bytes: the file goes. */
int rollout_file_put(const char *folder, const char *name, const struct rollout_file *what,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
