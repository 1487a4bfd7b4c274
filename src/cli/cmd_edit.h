/* cmd_edit: `sms-otp edit`: the settings, the way of visudo.
 *
 * Owns: the copy beside the file, the judgement of it, the installing.
 * MUST: install only what settings_load accepts, atomically and durably, with the mode of the file
 *       before; leave the file as it was on every other path; not overwrite a change that somebody
 *       else made meanwhile.
 * Never: offers to install what is faulty. */
#ifndef CLI_CMD_EDIT_H
#define CLI_CMD_EDIT_H

#include "cli/invocation.h"

int cmd_edit(const struct invocation *a) __attribute__((nonnull));

#endif
