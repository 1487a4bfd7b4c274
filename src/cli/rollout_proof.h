/* rollout_proof: what tells that a code works: people who can bring one, and logins that did.
 *
 * Owns: the search of the records for a success through a service since a moment; whether a person
 *       has a way in without an SMS.
 * MUST: count a login only where a host of root reported it, and for sshd one that came over the
 *       network, so that a trial on this terminal is none.
 * Never: changes a record. */
#ifndef CLI_ROLLOUT_PROOF_H
#define CLI_ROLLOUT_PROOF_H

#include "cli/house.h"
#include "cli/moment.h"

struct rollout_proof {
	char user[TALK_USER_MAX + 1]; /* "": none */
	int64_t wall_s;               /* by the clock */
	const char *kind;             /* of the place: "address", "key" ... */
};

/* The latest login through service after since_wall_s (by the clock). The house's state and
 * directory are open. Records that cannot be read are passed over. */
void rollout_proof_find(const struct house *h, const char *service, int64_t since_wall_s,
	struct rollout_proof *out) __attribute__((nonnull));

/* Recovery codes or an app: 1, 0, -1. */
int rollout_proof_offline(const struct house *h, const char *user, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
