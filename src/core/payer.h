/* payer: on whom the messages of one login are charged.
 *
 * Owns: the places of its number and address among the site's budgets, by a hash under the site's
 *       key; the change of the site's record that follows a success.
 * MUST: keep purses apart (B6); not believe an address that a host tells that runs as its user
 *       (E1).
 * Never: keeps a lock when it returns. */
#ifndef CORE_PAYER_H
#define CORE_PAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/allowance.h"
#include "core/facts.h"
#include "core/numbers.h"
#include "core/settings.h"
#include "core/state.h"

struct payer {
	const struct settings *settings;
	const struct state *state;
	const char *e164;
	const struct facts_address *address; /* NULL: none */
	enum record_purse purse;             /* of those that have sends */
	int64_t began_boot_ms;               /* when the login began */
	/* which numbers had how many; NULL: e164 all of them */
	const struct numbers *numbers;
};

/* ch: the change in which the terms are used, and whose time they point to. */
int payer_terms(const struct payer *p, const struct state_change *ch, struct allowance_terms *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* After a success that is on the disk: give `sends` back to number and address, and note that the
 * service, if there is one, can prompt twice. Without a sync: a crash may forget it, and so
 * overcharge. *f: why it is not written, if so. */
void payer_succeeded(const struct payer *p, uint32_t sends, const char *service, struct fault *f)
	__attribute__((nonnull(1, 4)));

#endif
