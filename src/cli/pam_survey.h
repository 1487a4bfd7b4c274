/* pam_survey: what `check` says of pam.d and of sshd.
 *
 * Owns: which services there are; the comparison of pam.d with the setting `services`; the order of
 *       what is told.
 * MUST: look at every service of which a line is ours, also by an include.
 * Never: changes a file. */
#ifndef CLI_PAM_SURVEY_H
#define CLI_PAM_SURVEY_H

#include <stdbool.h>

#include "cli/inspection.h"
#include "core/settings.h"

struct pam_survey {
	const char *folder;              /* --pam-dir: of files only, sshd is not asked; or NULL */
	const char *over;                /* files of it count before the system's; or NULL */
	const char *service;             /* --service: only this one; or NULL */
	const struct settings *settings; /* NULL: not usable */
	bool *console;                   /* out: one at the machine itself asks; or NULL */
};

void pam_survey_inspect(struct inspection *i, const struct pam_survey *s) __attribute__((nonnull));

#endif
