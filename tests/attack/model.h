/* model: scripted hosts. Each answers PAM as one program in the field does, and shows a person what
 * that one would show; the person is whoever reads our output and writes our input.
 *
 * Owns: the frame of all of them: arguments, the handle, what is said on standard output.
 * MUST: say `see=TEXT` for what a person sees, `ask=STYLE:TEXT` before a line of input is read,
 *       `rc=N` after each pam_authenticate, `calls=N` and `most=N` (messages in one call) at the
 *       end, and `fault=TEXT` where the real program would break.
 * Never: helps the module: what the program forgets, loses or mixes up is forgotten here. */
#ifndef TESTS_ATTACK_MODEL_H
#define TESTS_ATTACK_MODEL_H

#include <security/pam_appl.h>
#include <stdbool.h>

struct host;

struct model {
	const char *name;
	const char *service;
	int (*conv)(int n, const struct pam_message **msg, struct pam_response **resp, void *data);
	void (*run)(struct host *h);
};

struct host {
	const struct model *model;
	const char *confdir;
	const char *service;
	const char *user; /* NULL: the host asks for it, or lets PAM do so */
	const char *rhost;
	const char *word; /* of the command line, for this host only */
	int rounds;
	pam_handle_t *pamh;
	int calls, most;
	char *held;    /* text that waits to be shown */
	char *field;   /* the one field that somebody has filled in */
	bool no_more;  /* reading has failed: this host asks nobody again */
	bool maxtries; /* sshd's memory of it */
};

extern const struct model models_ssh[];
extern const struct model models_terminal[];
extern const struct model models_desktop[];
extern const struct model models_field[];

/* A line of a person's, malloc'ed; NULL where nobody is there any more. */
char *host_ask(const char *style, const char *text);
char *host_line(void);
void host_see(const char *text);
void host_fault(const char *text);
const char *host_style(int style);
/* The handle, with what this host sets on it. */
void host_start(struct host *h, const char *user);
int host_authenticate(struct host *h, int flags);
/* Calls on which no person is asked: an array of n, as most hosts make it. */
struct pam_response *host_replies(int n);
void host_drop(struct pam_response *replies, int n);

#endif
