/* command: what `sms-otp` can be told: its commands, its options, and the help on them.
 *
 * Owns: the table of commands and the table of options; the help texts (the man page says the same
 *       at length).
 * MUST: list in the help of all every command and option that is taken.
 * Never: runs a command. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum command_id {
	COMMAND_NONE = 0,
	COMMAND_ENROLL,
	COMMAND_SET_NUMBER,
	COMMAND_ADD_NUMBER,
	COMMAND_REMOVE_NUMBER,
	COMMAND_DEFAULT_NUMBER,
	COMMAND_SET_LANGUAGE,
	COMMAND_LIST,
	COMMAND_EXPORT,
	COMMAND_IMPORT,
	COMMAND_SHOW,
	COMMAND_UNLOCK,
	COMMAND_BLOCK,
	COMMAND_UNBLOCK,
	COMMAND_FORGET,
	COMMAND_RECOVERY_CODES,
	COMMAND_APP,
	COMMAND_ISSUE_CODE,
	COMMAND_BYPASS,
	COMMAND_DEVICES,
	COMMAND_SEND_TEST,
	COMMAND_PROVIDERS,
	COMMAND_PROVIDER_CHECK,
	COMMAND_EDIT,
	COMMAND_CHECK,
	COMMAND_TRY,
	COMMAND_EXPLAIN,
	COMMAND_ROLLOUT,
	COMMAND_OUTBOX,
	COMMAND_LOG,
	COMMAND_STATS,
	COMMAND_REPAIR,
	COMMAND_PRUNE,
};

/* A file, the variables of a description, a number and a text. */
enum { COMMAND_OPERANDS_MAX = 19 };

/* Places in the table of options. */
enum command_option {
	OPTION_SETTINGS,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_JSON,
	OPTION_UNVERIFIED,
	OPTION_YES,
	OPTION_ROUTE,
	OPTION_OFFLINE,
	OPTION_TWO_PROMPTS,
	OPTION_TWO_STEP,
	OPTION_SERVICE,
	OPTION_FROM,
	OPTION_TTY,
	OPTION_FOLLOW,
	OPTION_LAST,
	OPTION_HOW_MANY,
	OPTION_REMOVE,
	OPTION_FOR,
	OPTION_REASON,
	OPTION_END,
	OPTION_FORGET,
	OPTION_PAM_DIR,
	OPTION_LANGUAGE,
	OPTION_SINCE,
	OPTION_FILE,
	OPTION_PROMETHEUS,
	OPTION_ONLINE,
	OPTION_SYNC,
	OPTION_DRY_RUN,
	OPTION_NOTIFY,
	OPTION_LOCKED,
	OPTION_BLOCKED,
	OPTION_NO_RECOVERY,
	OPTION_ON_BYPASS,
	OPTION_GROUP,
	OPTION_PREFIX,
	OPTION_CONFIRM,
	OPTION_REVERT,
	OPTION_RESUME,
	OPTION_FORCE,
	OPTION_SITE,
	OPTION_OLDER,
	OPTION_COUNT,
};

struct command {
	enum command_id id;
	const char *name;
	const char *operands; /* as the usage shows them */
	int min, max;         /* operands */
	/* more words than max belong to the last operand: numbers are written with blanks */
	bool joins;
	uint64_t options; /* a bit for each it takes, besides those that all take */
	const char *summary;
	const char *text; /* paragraphs for --help */
};

struct command_option_shape {
	const char *name;  /* without the dashes */
	char letter;       /* 0: none */
	const char *value; /* what its value is called; NULL: takes none */
	const char *summary;
};

enum { COMMAND_OPTIONS_OF_ALL = 1u << OPTION_SETTINGS | 1u << OPTION_HELP | 1u << OPTION_VERSION };

/* The i-th command, NULL after the last. */
const struct command *command_at(size_t i);
const struct command *command_find(const char *name) __attribute__((nonnull));
/* The name that was probably meant, or NULL. */
const char *command_nearest(const char *name) __attribute__((nonnull));

const struct command_option_shape *command_option(enum command_option option);

/* Print on stdout: everything, or one command. */
void command_help_all(void);
void command_help(const struct command *c) __attribute__((nonnull));

#endif
