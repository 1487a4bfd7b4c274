/* metrics: everything that Prometheus is told.
 *
 * Owns: the names of the metrics (sms-otp(8) lists them) and their labels.
 * MUST: name no user and no number: metrics are read by whom the host's monitoring lets.
 * Never: looks anything up. */
#ifndef CLI_METRICS_H
#define CLI_METRICS_H

#include <stdio.h>

#include "cli/balance.h"
#include "cli/budgets.h"
#include "cli/headcount.h"
#include "cli/statistics.h"

struct metrics {
	const struct statistics *statistics;
	int64_t window_s; /* that they are of */
	const struct headcount *people;
	const struct budgets *budgets;
	const struct balance *balances; /* n of them; 0: nobody was asked */
	size_t nbalances;
};

void metrics_write(const struct metrics *m, FILE *out) __attribute__((nonnull));

#endif
