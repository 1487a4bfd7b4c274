/* keepsake: the verdict of a password change's first walk, kept for its second.
 *
 * Owns: the one thing that is left on the PAM handle: a mark of the verdict, one a line of pam.d.
 * MUST: give back the verdict that was left by the same line on the same handle; give a refusal
 *       where none was left, or where it could not be; take it for a refusal, for as long as the
 *       handle lives, where lines without arguments do not agree: they cannot be told apart (C1).
 * Never: allocates, keeps a pointer or a secret; makes a verdict. */
#ifndef MODULE_KEEPSAKE_H
#define MODULE_KEEPSAKE_H

#include <security/pam_modules.h>

#include "wire/talk.h"

/* line: the arguments as the host gave them; libpam has one array for each line, as long as the
 * handle lives, and NULL where there are none. */
void keepsake_leave(pam_handle_t *pamh, const void *line, struct talk_verdict *verdict)
	__attribute__((nonnull(1, 3)));
void keepsake_find(const pam_handle_t *pamh, const void *line, struct talk_verdict *verdict)
	__attribute__((nonnull(1, 3)));

#endif
