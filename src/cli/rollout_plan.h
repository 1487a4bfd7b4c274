/* rollout_plan: what would stand in a service's file, and how it is judged before it does.
 *
 * Owns: the choice among the ways of rollout_edit; the folder in which a file is judged that is not
 *       in place yet; the words for what to do by hand; the showing of the difference.
 * MUST: take only what asks for a password and then for the code, with nothing found against it;
 *       hand on a prepared file only after the same judgement by `check`'s rooms.
 * Never: changes pam.d. */
#ifndef CLI_ROLLOUT_PLAN_H
#define CLI_ROLLOUT_PLAN_H

#include "cli/house.h"
#include "cli/inspection.h"
#include "cli/pam_stack.h"
#include "cli/rollout_record.h"

struct rollout_plan {
	const char *service;
	const struct settings *settings;
	const struct pam_stack_place *place; /* where the other files are: the system's */
	struct rollout_content now; /* as it is used: /etc's, or the vendor's; the caller's */
	struct rollout_content new; /* the caller frees its bytes */
};

/* Whether a line of the present file, or of one that it includes, is ours already. */
bool rollout_plan_guarded(const struct rollout_plan *p) __attribute__((nonnull));

/* Fill p->new. BAD: no way comes out well, and f says what to do by hand. */
int rollout_plan_edit(const struct rollout_home *home, struct rollout_plan *p, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* The same from a prepared file. */
int rollout_plan_load(const char *path, struct rollout_plan *p, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* Add to i what check would say with p->new in place, sshd's configuration included. */
int rollout_plan_inspect(const struct rollout_home *home, const struct rollout_plan *p,
	struct inspection *i, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* On stdout, with - and + before the lines that go and come. */
void rollout_plan_show(const char *name, const struct rollout_content *from,
	const struct rollout_content *to) __attribute__((nonnull));

#endif
