/* arguments: what pam.d says after our name.
 *
 * Owns: the words that may stand there, and the hints for those that are known elsewhere.
 * MUST: take a line with one bad argument for bad as a whole; name all bad ones at once, with the
 *       setting that does it where there is one; never repeat the value of a bad argument (it may
 *       be a key, G1).
 * Never: reads a file, logs. */
#ifndef MODULE_ARGUMENTS_H
#define MODULE_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

enum { ARGUMENTS_COMPLAINT = 1024, ARGUMENTS_IDLE = 128 };

/* The pointers lead into argv. */
struct arguments {
	const char *conf;   /* absolute path, or NULL */
	const char *prompt; /* or NULL */
	/* one of TALK_LANGUAGES, or NULL */
	const char *language;
	const char *only;   /* comma-separated services, or NULL */
	bool debug;
	bool no_echo;
	bool forward_pass;
	bool two_step;
	bool decoy;                          /* decoy: nobody gets through this line */
	bool conceal;                        /* decoy=refused */
	char idle[ARGUMENTS_IDLE];           /* those without effect, "" for none */
	char complaint[ARGUMENTS_COMPLAINT]; /* what is wrong; "" when 0 was returned */
};

/* -1: at least one is bad. */
int arguments_read(int argc, const char *const *argv, struct arguments *out)
	__attribute__((warn_unused_result, nonnull(3)));

/* only= is absent, or names the service. */
bool arguments_concern(const struct arguments *args, const char *service)
	__attribute__((warn_unused_result, nonnull));

#endif
