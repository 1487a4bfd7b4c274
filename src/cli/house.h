/* house: the rooms of core that a command walks through, opened and closed.
 *
 * Owns: which settings are used; the open state, directory and dispatch; this machine's short name.
 * MUST: say on stderr what is wrong when something cannot be opened, every fault of the settings
 *       included.
 * Never: creates a folder, mends an owner or a mode. */
#ifndef CLI_HOUSE_H
#define CLI_HOUSE_H

#include <stdint.h>

#include "core/directory.h"
#include "core/dispatch.h"
#include "core/settings.h"
#include "core/state.h"

enum { HOUSE_HOST_MAX = 64, HOUSE_SEND_MS = 20000 };

struct house {
	char path[SETTINGS_PATH_MAX +
		  1]; /* of the settings, absolute; "" when the name given is too long */
	char host[HOUSE_HOST_MAX + 1];
	struct settings settings;
	struct settings_faults faults;
	struct state state;
	struct directory directory;
	struct dispatch dispatch;
};

/* settings: as typed, NULL for the installed ones. Opens nothing. */
void house_enter(struct house *h, const char *settings) __attribute__((nonnull(1)));
void house_leave(struct house *h) __attribute__((nonnull));

enum house_part {
	HOUSE_SETTINGS = 1,
	HOUSE_DIRECTORY = 2,
	HOUSE_STATE = 4,
	HOUSE_NEW_STATE =
		8, /* as STATE, and made when its folder is empty: for the first enrolment */
};

/* Open all of parts (bits). -1: it has been said why. May be called again for further parts. */
int house_open(struct house *h, unsigned parts) __attribute__((warn_unused_result, nonnull));

/* Print the settings' faults on stderr, one a line: FILE:LINE: TEXT. */
void house_tell_faults(const struct settings_faults *faults) __attribute__((nonnull));

#endif
