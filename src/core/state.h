/* state: the folder of records, its locks, and one change at a time (B1, F1-F5).
 *
 * Owns: localstatedir/lib/sms-otp/state: `key` (32 random bytes), `site`, and one file a user,
 *       named by uid.
 * MUST: lock before reading (F4), site before user, with OFD locks polled for at most 2 s (F3);
 *       judge every file (F1); keep wall time from running backwards (F5): each record goes by its
 *       own height, and the new one is written; refuse a record whose uid or name differs
 *       (DAMAGED, the text names the remedy); make a commit durable before it returns; never have
 *       a lazy one be the only record that a power cut leaves.
 * Never: creates what is missing while a login runs (C5), but a candidate's record; keeps a lock
 *       across anything but the caller's pure step.
 *
 * Every fault's text has the path, what is wrong, and the remedy. */
#ifndef CORE_STATE_H
#define CORE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/fault.h"
#include "core/account.h"
#include "core/record.h"
#include "core/site.h"

enum { STATE_LOCK_MS = 2000 };

/* Where many processes change the site's record they come one by one, and then lock it: wait
 * before, leave after. */
struct state_turn {
	void (*wait)(void *ctx);
	void (*leave)(void *ctx);
	void *ctx;
};

struct state {
	int folder; /* -1: closed */
	unsigned char key[DIGEST_SIZE];
	const struct state_turn *turn; /* set by the caller after state_open; NULL: no order */
};

/* Open the folder and read the key. ABSENT when there is no folder or no key. */
int state_open(const char *path, struct state *s, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
void state_close(struct state *s) __attribute__((nonnull));

/* For the CLI: create key and site in an existing, empty folder, then open. When both are there
 * it only opens; when just one is there, or records without them, that is DAMAGED. */
int state_prepare(const char *path, struct state *s, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* What a change reads and writes. */
enum state_part { STATE_USER = 1, STATE_SITE = 2, STATE_BOTH = 3 };

struct state_change {
	enum state_part part;
	/* with wall_s made monotonic, by the user's record; by the site's without one */
	struct clock_now now;
	int64_t site_ahead_s; /* what the site's record's wall_s is ahead of it, or behind */
	int64_t clock_wall_s; /* what the clock says: for people's eyes only */
	struct record user;
	struct site site;
	/* below: state's own */
	const struct state *of;
	bool has_turn;
	int user_fd, site_fd;
	struct slot_target user_slot, site_slot; /* the ones to be written */
	uint64_t user_seq, site_seq;
};

/* Lock and read. account may be NULL for STATE_SITE only. A user's missing record is DAMAGED
 * here: only an enrolment made it. */
int state_begin(const struct state *s, enum state_part part, const struct account *account,
	struct state_change *ch, struct fault *f)
	__attribute__((warn_unused_result, nonnull(1, 4, 5)));
/* Write and fdatasync (site first), unlock. After -1 nothing may be believed to be written;
 * unlocked all the same. */
int state_commit(struct state_change *ch, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* For STATE_SITE only, and for what may be forgotten: write without waiting for the disk, unlock. A
 * power cut may take it back, as long as no state_commit of the site came after it. */
int state_commit_lazily(struct state_change *ch, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* Unlock, write nothing. Safe after commit. The key of an app is wiped from ch->user, here and by
 * commit. */
void state_abandon(struct state_change *ch) __attribute__((nonnull));

/* For the CLI: create a user's fresh record (O_EXCL); remove it; errnum EEXIST tells that there
 * is one. */
int state_create_user(const struct state *s, const struct account *account, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* The same for somebody who is to enrol at a login: the only record that an engine makes. */
int state_create_candidate(const struct state *s, const struct account *account, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
int state_remove_user(const struct state *s, const struct account *account, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Whether a record of this account lies there, whatever is in it: who has one was enrolled (C3,
 * C5). */
int state_has_user(const struct state *s, const struct account *account, bool *has, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
