/* damage: is a file of ours as it must be, and if not, what is left of it?
 *
 * Owns: the judgement of one record, enrolment or site record as a login would judge it, and of
 *       what may be kept of it.
 * MUST: call nothing sound that a login would refuse; say UNKNOWN, with a fault, where it could
 *       not be found out; let what others than root may have written be BROKEN whatever is in it.
 * Never: changes anything. */
#ifndef CLI_DAMAGE_H
#define CLI_DAMAGE_H

#include <stdint.h>
#include <sys/stat.h>

#include "core/caution.h"
#include "core/directory.h"
#include "core/state.h"

enum damage_extent {
	DAMAGE_UNKNOWN = 0, /* fault */
	DAMAGE_SOUND,
	DAMAGE_HALF,    /* one copy is broken, the other one holds: nothing to do */
	DAMAGE_MISSING, /* fault says so */
	/* fault: owner, mode or links are wrong, but only root can have written what is in it, and
	 * that is whole */
	DAMAGE_ASKEW,
	DAMAGE_BROKEN, /* fault */
};

struct damage {
	enum damage_extent extent;
	struct fault fault;
	struct stat seen;             /* but where it is MISSING or UNKNOWN */
	enum caution_block block;     /* of a BROKEN record */
	uint32_t blocked;             /* of a whole one: enum record_block */
	bool failed;                  /* likewise: wrong codes since the last right one */
	char name[TALK_USER_MAX + 1]; /* likewise: whose it is */
	bool candidate;               /* likewise: of an enrolment that was never finished */
	bool anothers;                /* a BROKEN enrolment: whole, and of another name (D12) */
};

/* account->name "": nobody in the system has this uid, and any name will do. */
void damage_of_record(const struct state *s, const struct account *account, struct damage *out)
	__attribute__((nonnull));
void damage_of_site(const struct state *s, struct damage *out) __attribute__((nonnull));
/* *entry: of a whole one. */
void damage_of_enrolment(const struct directory *d, const struct account *account,
	struct directory_entry *entry, struct damage *out) __attribute__((nonnull));

#endif
