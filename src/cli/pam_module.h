/* pam_module: what is known of the modules of others.
 *
 * Owns: what kind of module a name is, what results it may have, and whether its file is there.
 * MUST: take a module that it does not know for one that may have any result.
 * Never: loads one. */
#ifndef CLI_PAM_MODULE_H
#define CLI_PAM_MODULE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/pam_line.h"

enum pam_module_kind {
	PAM_MODULE_UNKNOWN = 0,
	PAM_MODULE_OURS,
	PAM_MODULE_PASSWORD,  /* looks at a password, and leaves it as PAM_AUTHTOK */
	PAM_MODULE_FACTOR,    /* another proof: a finger, a token */
	PAM_MODULE_CONDITION, /* asks about the user or the circumstances */
	PAM_MODULE_PROGRAM,   /* pam_exec: a condition, and perhaps a proof */
	PAM_MODULE_ROOT,      /* root needs no proof */
	PAM_MODULE_COUNTER,   /* counts refusals */
	PAM_MODULE_BESIDE,    /* sets something up, and has no say */
	PAM_MODULE_PERMIT,
	PAM_MODULE_DENY,
};

enum pam_module_kind pam_module_kind(const struct pam_line *line) __attribute__((nonnull));

/* A bit for each result that it may have; without more bits than make a difference for the line. */
uint32_t pam_module_results(const struct pam_line *line) __attribute__((nonnull));
/* Of these, those that are no success and not "ignore". */
uint32_t pam_module_failures(const struct pam_line *line) __attribute__((nonnull));

/* Every line that can be reached after a refusal, and counts it: pam_faillock authfail, pam_tally2.
 */
bool pam_module_counts(const struct pam_line *line) __attribute__((nonnull));

/* The file is where libpam looks for it. */
bool pam_module_present(const char *name) __attribute__((nonnull));

#endif
