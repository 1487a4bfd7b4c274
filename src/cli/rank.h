/* rank: who is an administrator of this machine.
 *
 * Owns: the names of the groups that make one.
 * MUST: take nobody for one who cannot be found out about.
 * Never: denies anybody anything: this is for warnings. */
#ifndef CLI_RANK_H
#define CLI_RANK_H

#include <stdbool.h>

#include "core/account.h"

bool rank_administrator(const struct account *a) __attribute__((nonnull));

#endif
