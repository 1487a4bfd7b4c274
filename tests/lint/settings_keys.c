/* Prints the table of settings, one key a line, with tabs between its columns; man.py holds the man page against it. */
#include <stdio.h>

#include "core/settings.h"

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

int main(void)
{
	const struct settings_key *k;

	for (size_t i = 0; (k = settings_key(i)) != NULL; i++)
		printf("%s\t%s\t%s\t%s\n", k->path, or_empty(k->type), or_empty(k->fallback),
			or_empty(k->bounds));
	return 0;
}
