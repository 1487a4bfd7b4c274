/* pam_findings: what was found in pam.d and in sshd's configuration, as data.
 *
 * Owns: the list: how bad, a code for programs, where, why it matters, what to type.
 * MUST: hold one finding once where several services share the line.
 * Never: judges. */
#ifndef CLI_PAM_FINDINGS_H
#define CLI_PAM_FINDINGS_H

#include "cli/inspection.h"
#include "cli/pam_stack.h"
#include "wire/talk.h"

enum { PAM_FINDINGS_MAX = 128, PAM_FINDINGS_TEXT = 480, PAM_FINDINGS_REMEDY = 320 };

struct pam_finding {
	enum inspection_level level;
	const char *code; /* "password-alone" */
	char service[TALK_SERVICE_MAX + 1];
	char file[PAM_STACK_PATH]; /* "": none */
	int line;                  /* 0: the file as a whole */
	unsigned also;             /* so many other services have the same line */
	char text[PAM_FINDINGS_TEXT];
	char remedy[PAM_FINDINGS_REMEDY]; /* "": none */
};

struct pam_findings {
	size_t n;
	unsigned bad; /* what was added that somebody must look at, also where it merged */
	bool cut;     /* there were more */
	struct pam_finding at[PAM_FINDINGS_MAX + 1];
};

/* file NULL: none. The finding with the same code at the same line, which then counts once more, or
 * a new one with the text; never NULL. */
struct pam_finding *pam_findings_add(struct pam_findings *list, const struct pam_finding *what,
	const char *fmt, ...) __attribute__((format(printf, 3, 4), nonnull));
void pam_findings_remedy(struct pam_finding *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), nonnull));

/* A finding's head: the rest is 0. */
struct pam_finding pam_findings_at(enum inspection_level level, const char *code,
	const char *service, const char *file, int line) __attribute__((nonnull(2, 3)));

void pam_findings_print(const struct pam_findings *list, struct inspection *i)
	__attribute__((nonnull));

#endif
