/* enquiry: the two modes for people: what does a description say, and what would be sent by it.
 *
 * Owns: the command line of `--describe NAME` and `--judge PATHNAME [VARIABLE=VALUE ...]`.
 * MUST: run as no root, with little memory and time; be confined to its open descriptors before it
 *       reads what a stranger may have written, and before it prints (E7); tell a fault with
 *       FILE:LINE.
 * Never: makes a request, takes a secret.
 *
 * Both print what the rooms synopsis and rehearsal have, or fault= and end=. */
#ifndef SENDER_ENQUIRY_H
#define SENDER_ENQUIRY_H

#include <stdbool.h>

#include "sender/provider.h"

/* Exit statuses. */
enum { ENQUIRY_GOOD = 0, ENQUIRY_FAULTS = 1, ENQUIRY_TROUBLE = 2 };

/* Bounds to the process's memory and time, before enquiry_run: a few bytes of a regular expression
 * can want all that there is. */
int enquiry_limits(struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Whether these are the arguments of one; argv is NULL-terminated. */
bool enquiry_wanted(int argc, const char *const *argv) __attribute__((nonnull));

/* Reads a description for --judge from in, and prints to out. The exit status. The process stays
 * confined. */
int enquiry_run(const struct provider_folders *folders, const char *const *argv, int in, int out)
	__attribute__((nonnull));

#endif
