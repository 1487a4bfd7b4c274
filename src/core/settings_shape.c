#include "core/settings_shape.h"

#include <stdarg.h>
#include <stdio.h>

void settings_shape_fault(
	struct settings_faults *faults, struct settings_shape_spot spot, const char *fmt, ...)
{
	va_list ap;
	size_t n = faults->n++;

	if (n >= SETTINGS_FAULTS_MAX)
		return;
	struct settings_fault *fault = &faults->at[n];
	snprintf(fault->file, sizeof fault->file, "%s", spot.file);
	fault->line = spot.line;
	va_start(ap, fmt);
	vsnprintf(fault->text, sizeof fault->text, fmt, ap);
	va_end(ap);
	for (char *at = fault->text; *at != '\0'; at++)
		if (*at < 0x20 || *at > 0x7e)
			*at = '?';
}

bool settings_shape_told(const struct settings_faults *faults, size_t n, int line)
{
	for (size_t i = 0; i < n && i < SETTINGS_FAULTS_MAX; i++)
		if (faults->at[i].line == line)
			return true;
	return false;
}

void settings_shape_sort(struct settings_faults *faults)
{
	size_t n = faults->n < SETTINGS_FAULTS_MAX ? faults->n : SETTINGS_FAULTS_MAX;

	/* cppcheck-suppress knownConditionTrueFalse ; n is what there are, or all kept */
	for (size_t i = 1; i < n; i++) {
		struct settings_fault moved = faults->at[i];
		size_t to = i;
		for (; to > 0 && faults->at[to - 1].line > moved.line; to--)
			faults->at[to] = faults->at[to - 1];
		faults->at[to] = moved;
	}
}
