/* pam_judge: one service's stacks, judged.
 *
 * Owns: which questions are asked of which stack; what is said of lines that cannot be read, of
 *       module files that are missing, and of stacks that are well.
 * MUST: say something of every stack that has our line in it.
 * Never: prints. */
#ifndef CLI_PAM_JUDGE_H
#define CLI_PAM_JUDGE_H

#include "cli/pam_findings.h"
#include "cli/pam_stack.h"
#include "core/settings.h"

struct pam_judge {
	const struct pam_stack_place *place;
	const struct settings *settings; /* NULL: not usable */
	/* whether a module's file is there; NULL: nobody looks */
	bool (*present)(const char *name);
};

/* What is known of a service afterwards. */
struct pam_judged {
	bool ours;                 /* a line of it is ours, of any type */
	bool auth;                 /* of type auth */
	bool asks;                 /* and no only= leaves this service out */
	bool password;             /* a password is asked for before it */
	bool forward;              /* ours is one with forward_pass */
	bool excluded;             /* it has an argument by which other settings count, or none */
	char file[PAM_STACK_PATH]; /* of our first line */
	int line;
};

/* Says nothing of a service without a line of ours. */
void pam_judge_service(const struct pam_judge *j, const char *service, struct pam_findings *out,
	struct pam_judged *judged) __attribute__((nonnull));

#endif
