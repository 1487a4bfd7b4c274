/* rollout_record: what is kept of a change to a file in pam.d, and the lock over all of them.
 *
 * Owns: localstatedir/lib/sms-otp/rollout: one file a service, with the old and the new content,
 *       owner and mode, and until when it is on trial (sms-otp-state(5)).
 * MUST: replace a record as a whole and durably; refuse one that it would not have written itself.
 * Never: touches pam.d, decides. */
#ifndef CLI_ROLLOUT_RECORD_H
#define CLI_ROLLOUT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/fault.h"
#include "wire/talk.h"

enum { ROLLOUT_RECORD_FILE_MAX = 65536 };

/* Where everything lies. */
struct rollout_home {
	const char *state; /* PLACES_ROLLOUT */
	const char *pam;   /* /etc/pam.d */
};

extern const struct rollout_home rollout_record_home;

/* Zero: none. */
enum rollout_standing {
	ROLLOUT_NONE = 0,
	ROLLOUT_OPEN, /* on trial: put back when its time is over */
	ROLLOUT_KEPT, /* confirmed */
	ROLLOUT_BACK, /* the old file is back */
};

/* A file's content: the bytes are the owner's of the struct, and end with a NUL that does not
 * count. NULL: there is no file. */
struct rollout_content {
	char *bytes;
	size_t len;
};

struct rollout_record {
	char service[TALK_SERVICE_MAX + 1];
	enum rollout_standing standing;
	char by[TALK_USER_MAX + 1];
	int64_t began_wall_s, ended_wall_s;        /* ended 0: OPEN */
	int64_t length_s;                          /* of the trial */
	int64_t due_boot_ms;                       /* its end, in the boot of boot_id */
	unsigned char boot_id[CLOCK_BOOT_ID_SIZE]; /* another boot: its time is over */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	struct rollout_content old, new; /* old without bytes: there was no file */
};

/* A name that a file in pam.d may have. */
bool rollout_record_service(const char *service) __attribute__((nonnull));

/* Both ends of "is it due?". */
bool rollout_record_due(const struct rollout_record *r, const struct clock_now *now)
	__attribute__((nonnull));
bool rollout_record_same(const struct rollout_content *a, const struct rollout_content *b)
	__attribute__((nonnull));

/* The folder, made where it is not there, with its lock held. */
struct rollout_desk {
	int folder, lock; /* -1: closed */
};

int rollout_record_enter(const struct rollout_home *home, struct rollout_desk *d, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
void rollout_record_leave(struct rollout_desk *d) __attribute__((nonnull));

/* ABSENT: there is none. The caller frees *out, also after -1. */
int rollout_record_read(const struct rollout_desk *d, const char *service,
	struct rollout_record *out, struct fault *f) __attribute__((warn_unused_result, nonnull));
int rollout_record_write(const struct rollout_desk *d, const struct rollout_record *r,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
void rollout_record_free(struct rollout_record *r) __attribute__((nonnull));

/* Every service that has one, in the folder's order; one that is damaged as NULL with *f set.
 * each() must not keep *r. */
int rollout_record_walk(const struct rollout_desk *d,
	void (*each)(
		void *ctx, const char *service, struct rollout_record *r, const struct fault *f),
	void *ctx, struct fault *f) __attribute__((warn_unused_result, nonnull(1, 2, 4)));

#endif
