/* cmd_devices: `sms-otp devices`: where a user has been verified, and to forget it.
 *
 * Owns: the list for people and for programs; the forgetting of one entry or all.
 * MUST: print no address, key or terminal: the record has none; print each entry's tag, so that the
 *       same place is seen to be the same.
 * Never: adds an entry. */
#ifndef CLI_CMD_DEVICES_H
#define CLI_CMD_DEVICES_H

#include "cli/invocation.h"

int cmd_devices(const struct invocation *a) __attribute__((nonnull));

#endif
