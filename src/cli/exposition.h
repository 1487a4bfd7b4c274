/* exposition: Prometheus' text format (version 0.0.4).
 *
 * Owns: the lines and their escapes.
 * MUST: write valid text whatever bytes a label's value holds (what is not printable ASCII becomes
 *       "?"); keep a family's samples behind its head.
 * Never: allocates. */
#ifndef CLI_EXPOSITION_H
#define CLI_EXPOSITION_H

#include <stdint.h>
#include <stdio.h>

struct exposition_label {
	const char *name;
	const char *value;
};

enum { EXPOSITION_LABELS = 3 };

struct exposition {
	FILE *out;
	const char *family;
};

/* The head of a family of gauges. help: one line. */
void exposition_gauge(struct exposition *x, const char *name, const char *help)
	__attribute__((nonnull));

/* labels: up to EXPOSITION_LABELS, ended by a NULL name if fewer; NULL: none. */
void exposition_integer(struct exposition *x, const struct exposition_label *labels, int64_t value)
	__attribute__((nonnull(1)));
/* In thousandths, written with three digits behind the point. */
void exposition_milli(struct exposition *x, const struct exposition_label *labels, int64_t value)
	__attribute__((nonnull(1)));
/* value: digits, with at most one point and a minus sign, as it is. */
void exposition_text(struct exposition *x, const struct exposition_label *labels, const char *value)
	__attribute__((nonnull(1, 3)));

#endif
