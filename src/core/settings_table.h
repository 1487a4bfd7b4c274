/* settings_table: every key of sms-otp.conf, once: type, default, bounds, and where its value lies.
 *
 * Owns: the table that drives the parser, the defaults, the tests and the manual's check.
 * MUST: hold bounds within what the struct's fields can carry; judge a text by no rule but its
 *       row's.
 * Never: reads libconfig. Pure. */
#ifndef CORE_SETTINGS_TABLE_H
#define CORE_SETTINGS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/settings_shape.h"

enum { SETTINGS_TABLE_ROWS_MAX = 64 };

enum settings_table_kind {
	SETTINGS_TABLE_INTEGER = 1, /* uint32_t */
	SETTINGS_TABLE_DURATION,    /* uint32_t, seconds */
	SETTINGS_TABLE_RATES,       /* struct settings_budget; min and max bound the counts */
	SETTINGS_TABLE_STRING,      /* char[max + 1] */
	/* array of things that begin with a char[]; min and max bound their number */
	SETTINGS_TABLE_STRINGS,
	SETTINGS_TABLE_BOOLEAN, /* bool */
	/* enum settings_otherwise: the fallback's word is SETTINGS_REFUSE, "ignore" the other */
	SETTINGS_TABLE_WORD,
};

struct settings_table_row {
	struct settings_key key;
	enum settings_table_kind kind;
	bool mandatory;
	bool automatic; /* RATES: "auto" is taken */
	bool single;    /* STRINGS: one without brackets is taken */
	/* offset in struct settings; in struct settings_route where the path begins with
	 * "providers." */
	size_t at;
	int64_t min, max;
	/* STRINGS: where their number lies, from one to the next, bytes of one */
	size_t count_at, stride, size;
	/* STRING and each of STRINGS: 0, or -1 with what is wrong */
	int (*judge)(const char *text, struct fault *f);
};

/* NULL after the last. */
const struct settings_table_row *settings_table_row(size_t i);

/* Row of this path, or NULL. */
const struct settings_table_row *settings_table_find(const char *path) __attribute__((nonnull));

/* path is a group of the table: "code", "numbers". */
bool settings_table_group(const char *path) __attribute__((nonnull));

/* What to say about a key that is not in the table. */
void settings_table_unknown(const char *path, char *out, size_t cap) __attribute__((nonnull));

/* A route's or description's name: [a-z0-9_-], the first a letter or digit, at most
 * ORDER_NAME_MAX. */
bool settings_table_name(const char *text) __attribute__((nonnull));

#endif
