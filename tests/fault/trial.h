/* trial: one login, or one command, in which something goes wrong, and what must hold all the same.
 *
 * Owns: the page; the list of promises and the words for a broken one.
 * MUST: begin each with the same books; print a broken promise with what it takes to have it again. */
#ifndef TESTS_FAULT_TRIAL_H
#define TESTS_FAULT_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/fault/books.h"
#include "tests/fault/page.h"
#include "tests/fault/tracer.h"

/* How logins are made. */
struct trial_house {
	const char *host;     /* the program */
	const char *confdir;  /* with a stack that goes on behind IGNORE, to success */
	const char *messages; /* what the provider took */
	bool daemon;
	int64_t step_ms; /* from the start, or an answer, to what comes next: the shim's own limit */
	/* the same where neither the host's nor the daemon's calls fail: the settings' deadline; 0: no other */
	int64_t served_ms;
};

/* What is made to fail. */
struct trial_fault {
	struct tracer_plan call;
	long nr;             /* what call that is in a login without a fault */
	enum role heap_role; /* and which allocation, from 1 */
	int64_t heap_nth;
	bool heap_for_good;
};

struct trial {
	const struct trial_house *house;
	const char *answers[5]; /* ends with NULL */
	struct trial_fault fault;
	int live; /* challenges before it, of logins that were killed */
	/* what came of it */
	struct tracer_result result;
	struct page_host seen;
	struct books books;
	int64_t heap_calls[ROLES];
	bool heap_hit;
	int messages;
	int broken; /* promises */
};

/* Make the page. 0, or -1. */
int trial_open(void);
/* The daemon of this house. 0, or -1. */
int trial_start_daemon(void);
const char *trial_role(enum role role);
/* In words. */
void trial_describe(const struct trial_fault *f, char *out, size_t cap);
int trial_answers(const struct trial *t);
/* What was seen in t is now known of into: its outcome, and for each program the calls and allocations of who had more. */
void trial_merge(struct trial *into, const struct trial *t);
/* A login after which every promise is checked. fresh: with the books as they were kept. */
void trial_login(struct trial *t, bool fresh);
/* A promise that was broken in this one. */
void trial_broken(struct trial *t, const char *what, ...) __attribute__((format(printf, 2, 3)));

#endif
