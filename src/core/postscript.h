/* postscript: the notice after a login that has its verdict.
 *
 * Owns: the way of a notice to the user's phone: charged, sent, refunded, and one line about it.
 * MUST: send nothing that is not charged (B1), and give back what was certainly not taken (B2); be
 *       done by the deadline of a send; leave nothing running.
 * Never: changes a verdict: the caller has delivered it and closed the connection, so that nobody
 *        waits for this; asks; makes a place known. */
#ifndef CORE_POSTSCRIPT_H
#define CORE_POSTSCRIPT_H

#include "core/facts.h"
#include "core/login.h"
#include "core/verdict.h"

struct postscript {
	const struct login_house *house;
	const struct facts *facts;
	const struct verdict_outcome *outcome;
	/* one line for the log, without a number */
	void (*note)(void *ctx, const char *text);
	void *ctx;
};

/* Whatever notices are due. */
void postscript_run(const struct postscript *p) __attribute__((nonnull));

#endif
