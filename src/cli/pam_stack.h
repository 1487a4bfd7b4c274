/* pam_stack: all lines of one service and type, with what they include, as libpam puts them
 * together.
 *
 * Owns: the following of include, substack and @include; where files are looked for; the fallback
 *       to `other`.
 * MUST: keep to libpam's depth; put a line that always fails where libpam does.
 * Never: judges what it reads, writes. */
#ifndef CLI_PAM_STACK_H
#define CLI_PAM_STACK_H

#include "base/fault.h"
#include "cli/pam_line.h"
#include "cli/pam_walk.h"

enum {
	PAM_STACK_LINES = PAM_WALK_STEPS,
	PAM_STACK_FILES = 64,
	PAM_STACK_PATH = 256,
	PAM_STACK_DEPTH = 16,
	PAM_STACK_FOLDERS = 4,
	PAM_STACK_FILE_MAX = 128 * 1024,
};

/* The folders, the first one that has a file wins. */
struct pam_stack_place {
	const char *folders[PAM_STACK_FOLDERS]; /* NULL: no more */
};

struct pam_stack_line {
	struct pam_line line;
	unsigned level; /* of substacks */
	bool gate;      /* the mark of a substack */
	const char *file;
};

struct pam_stack {
	enum pam_line_type type;
	size_t n;
	bool other; /* the service has no such lines: these are those of `other` */
	size_t nfiles;
	char files[PAM_STACK_FILES][PAM_STACK_PATH];
	struct pam_stack_line at[PAM_STACK_LINES];
};

/* The system's own: /etc/pam.d, then the vendor's. */
extern const struct pam_stack_place pam_stack_system;
/* These with one more folder before them. */
void pam_stack_over(const char *folder, const struct pam_stack_place *these,
	struct pam_stack_place *out) __attribute__((nonnull));

/* -1: libpam refuses the service as a whole, and f says why. ABSENT: neither it nor `other`
 * has such lines. The stack is large: static. */
int pam_stack_read(const struct pam_stack_place *place, const char *service,
	enum pam_line_type type, struct pam_stack *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The text of a file, to be freed, and its path, which is cut at PAM_STACK_PATH. NULL: f says why.
 */
char *pam_stack_text(const struct pam_stack_place *place, const char *name,
	char path[PAM_STACK_PATH], struct fault *f) __attribute__((nonnull));

#endif
