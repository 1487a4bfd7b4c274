/* rehearsed: what the sender would send by a description, for showing.
 *
 * Owns: the reading and the printing of the sender's `--judge`: lines KEY=VALUE as the sender room
 *       `rehearsal` writes them, the last of them `end=`.
 * MUST: refuse an answer without its end, and any line that is not expected (C7); print nothing
 *       that moves a cursor, whatever the sender said.
 * Never: judges by itself. */
#ifndef CLI_REHEARSED_H
#define CLI_REHEARSED_H

#include <stdio.h>

#include "base/fault.h"

/* text is changed. Faults go to faults, one a line, all else to out; nothing is printed on -1. */
int rehearsed_print(char *text, FILE *out, FILE *faults, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
