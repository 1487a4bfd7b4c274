/* borrow: how a peer gets a sender from the keeper.
 *
 * Owns: both ends of the way to the keeper, the daemon's random key, the question.
 * MUST: wait for an answer for a moment only: a keeper that is stuck makes messages slower, and
 *       stops none.
 * Never: asks where there is no daemon; tells a secret. */
#ifndef ENGINE_BORROW_H
#define ENGINE_BORROW_H

#include <stdint.h>

#include "core/loan.h"

/* Once in the daemon. The keeper's end; -1: there will be none. Both ends stay open in the
 * daemon, so that questions wait for a keeper. */
int borrow_open(void);
/* In the keeper: it must not hold open what its own end depends on. */
void borrow_forget(void);

/* settings: the file's path, stays. NULL: nobody lends. */
const struct loan_lender *borrow_lender(const char *settings, uint32_t keep_s)
	__attribute__((nonnull));

#endif
