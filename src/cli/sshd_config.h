/* sshd_config: what sshd -T says of itself, and what it means for the code.
 *
 * Owns: the reading of sshd's effective configuration, as `sshd -T` prints it; the judgement of the
 *       options that decide whether the code is asked for (H).
 * MUST: take an option that is not printed for unknown, and judge nothing by it.
 * Never: runs sshd. */
#ifndef CLI_SSHD_CONFIG_H
#define CLI_SSHD_CONFIG_H

#include "cli/pam_findings.h"
#include "core/settings.h"

enum { SSHD_CONFIG_METHODS = 1024 };

enum sshd_config_answer { SSHD_CONFIG_UNSAID = 0, SSHD_CONFIG_NO, SSHD_CONFIG_YES };

struct sshd_config {
	enum sshd_config_answer use_pam, keyboard, password, pubkey, hostbased, gssapi;
	int64_t grace_s;                   /* -1: unsaid; 0: no end */
	char methods[SSHD_CONFIG_METHODS]; /* AuthenticationMethods; "": unsaid */
};

/* What the stack of sshd is like. */
struct sshd_config_stack {
	const struct settings *settings; /* NULL: not usable */
	bool password;                   /* asked for before our line */
	bool forward;                    /* our line has forward_pass */
	const char *whom; /* "" for everybody, else " (Match user bob)" and the like */
};

/* text: NUL-terminated. -1: that is no output of sshd -T. */
int sshd_config_read(const char *text, struct sshd_config *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

void sshd_config_judge(const struct sshd_config *c, const struct sshd_config_stack *s,
	struct pam_findings *out) __attribute__((nonnull));

#endif
