/* settings_value: one value of sms-otp.conf, judged by its row and put into the struct.
 *
 * Owns: the meaning of libconfig's types for the table's kinds; the words for a wrong type or
 *       value.
 * MUST: write a value only within its row's bounds; say key, line and what to write instead for
 *       every other one; refuse CHANGE-ME; take numbers in 64 bits.
 * Never: knows a key's name, opens a file. */
#ifndef CORE_SETTINGS_VALUE_H
#define CORE_SETTINGS_VALUE_H

#include <libconfig.h>
#include <stddef.h>

#include "core/settings_shape.h"
#include "core/settings_table.h"

struct settings_value_reader {
	const char *file;
	struct settings_faults *faults;
	size_t scanned; /* so many faults are settings_scan's: a joined string is not told twice */
};

/* Where a setting stands. */
struct settings_shape_spot settings_value_spot(
	const struct settings_value_reader *r, const config_setting_t *s) __attribute__((nonnull));

/* The row's fallback into the struct (struct settings or struct settings_route) that it belongs
 * to. */
void settings_value_default(const struct settings_table_row *row, void *into)
	__attribute__((nonnull));

/* The setting's value likewise, or faults. path: the key in the faults. */
void settings_value_read(const struct settings_value_reader *r,
	const struct settings_table_row *row, const config_setting_t *s, const char *path,
	void *into) __attribute__((nonnull));

/* A string that is not empty, has no CHANGE-ME, no control characters and at most max bytes; or
 * NULL and a fault. */
const char *settings_value_text(const struct settings_value_reader *r, const config_setting_t *s,
	const char *path, size_t max) __attribute__((nonnull));

#endif
