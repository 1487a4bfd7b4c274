/* pam_line: one line of a file in pam.d, as libpam reads it.
 *
 * Owns: the grammar of pam.d(5): type with a leading '-', control as a word or in brackets, module,
 *       arguments with brackets, comments, lines continued by a backslash; Debian's @include.
 * MUST: give what libpam makes of a line also where that is a failure (a line that always fails, a
 *       control of which every part is bad), and say in words why.
 * Never: opens a file, prints. */
#ifndef CLI_PAM_LINE_H
#define CLI_PAM_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAM_LINE_TEXT = 2048, PAM_LINE_ARGUMENTS = 64, PAM_LINE_RETURNS = 32 };

/* Return values of PAM, by its numbers; those of interest by name. */
enum pam_line_return {
	PAM_LINE_SUCCESS = 0,
	PAM_LINE_SERVICE_ERR = 3,
	PAM_LINE_SYSTEM_ERR = 4,
	PAM_LINE_PERM_DENIED = 6,
	PAM_LINE_AUTH_ERR = 7,
	PAM_LINE_AUTHINFO_UNAVAIL = 9,
	PAM_LINE_USER_UNKNOWN = 10,
	PAM_LINE_MAXTRIES = 11,
	PAM_LINE_NEW_AUTHTOK_REQD = 12,
	PAM_LINE_CONV_ERR = 19,
	PAM_LINE_AUTHTOK_ERR = 20,
	PAM_LINE_IGNORE = 25,
	PAM_LINE_MODULE_UNKNOWN = 28,
	PAM_LINE_INCOMPLETE = 31,
};

/* What a line does with a return value; above zero: so many lines are skipped. */
enum pam_line_action {
	PAM_LINE_BAD = 0,
	PAM_LINE_OK = -1,
	PAM_LINE_DONE = -2,
	PAM_LINE_DIE = -3,
	PAM_LINE_RESET = -4,
	PAM_LINE_PASS = -5, /* ignore */
};

enum pam_line_type {
	PAM_LINE_ANY = 0, /* of an @include that stands in a service's own file */
	PAM_LINE_AUTH,
	PAM_LINE_ACCOUNT,
	PAM_LINE_SESSION,
	PAM_LINE_PASSWORD,
};

enum pam_line_kind {
	PAM_LINE_FAILS = 0, /* unreadable: PERM_DENIED whenever it is reached */
	PAM_LINE_MODULE,
	PAM_LINE_INCLUDE,  /* also @include */
	PAM_LINE_SUBSTACK, /* also the mark that stands for it in a stack */
};

struct pam_line {
	enum pam_line_kind kind;
	enum pam_line_type type;
	bool quiet; /* with '-' */
	int number; /* where it begins in its file, from 1 */
	int action[PAM_LINE_RETURNS];
	/* They lead into text: the line must not be copied. "" where there is none. */
	const char *control;
	bool bracketed;
	const char *module; /* or the file that is included */
	size_t argc;
	const char *argv[PAM_LINE_ARGUMENTS];
	const char *wrong; /* what is wrong with it; NULL: nothing */
	char text[PAM_LINE_TEXT];
};

/* The next line at *at, a text that ends with NUL; *number counts lines, from 0. wanted: the type
 * of the include that led here, which unreadable lines are taken for. 1: a line; 0: the end; -1: it
 * cannot be read on, and libpam refuses the whole file. */
int pam_line_next(const char **at, int *number, enum pam_line_type wanted, struct pam_line *out)
	__attribute__((warn_unused_result, nonnull));

/* "auth", "account", "session", "password", "any". */
const char *pam_line_type_name(enum pam_line_type type);
/* "auth_err" */
const char *pam_line_return_name(unsigned value);

/* What follows word in the arguments, where it ends in '=', or "" where it is one; else NULL. */
const char *pam_line_argument(const struct pam_line *line, const char *word)
	__attribute__((nonnull));

#endif
