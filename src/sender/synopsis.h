/* synopsis: what a description says, for people and for the administrator's tool.
 *
 * Owns: the names of the facts, and their order. The CLI's room `description` reads them.
 * MUST: name kind, calls and every variable; leave a fact out that is not said.
 * Never: has a value of a variable but a fallback; does I/O. Pure.
 *
 * name=, file=, kind= (http, command, spool, mail or outbox), vendor=, doc=, confidence=,
 * uncertain=, weak=, notes=, calls= (of send voice poll check); for each variable variable= (its
 * name), variable.required= and variable.secret= (yes or no), variable.kind=, variable.fallback=,
 * variable.must=, variable.doc=; for each set of one_of one_of= (names); end=.
 * Of a description with a fault: name=, file=, fault=, end=. file= is missing where there is
 * none. */
#ifndef SENDER_SYNOPSIS_H
#define SENDER_SYNOPSIS_H

#include "sender/buffer.h"
#include "sender/provider.h"

void synopsis_write(const struct provider *p, struct buffer *out) __attribute__((nonnull));
/* Of the one that is no file. */
void synopsis_outbox(struct buffer *out) __attribute__((nonnull));
/* file: "" where there is none. */
void synopsis_fault(const char *name, const char *file, const struct fault *f, struct buffer *out)
	__attribute__((nonnull));

#endif
