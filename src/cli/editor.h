/* editor: running the administrator's own editor on a file.
 *
 * Owns: which editor: $VISUAL, $EDITOR, editor, vi, the first that can be started; a value of
 *       several words is one command line.
 * MUST: run it on the terminal, in the foreground, with SIGINT and SIGQUIT going to it alone.
 * Never: uses a shell. */
#ifndef CLI_EDITOR_H
#define CLI_EDITOR_H

#include "base/fault.h"

/* -1: none could be started, or it ended with a failure. */
int editor_run(const char *path, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
