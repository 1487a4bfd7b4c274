#include "cli/nearest.h"

#include <string.h>

enum { WORD_MAX = 31 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned nearest_distance(const char *a, const char *b)
{
	unsigned d[WORD_MAX + 1][WORD_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return 2 * WORD_MAX;
	for (unsigned i = 0; i <= la; i++)
		d[i][0] = i;
	for (unsigned k = 0; k <= lb; k++)
		d[0][k] = k;
	for (size_t i = 1; i <= la; i++) {
		for (size_t k = 1; k <= lb; k++) {
			unsigned change = a[i - 1] == b[k - 1] ? 0 : 1;

			d[i][k] = least(
				d[i - 1][k - 1] + change, least(d[i - 1][k] + 1, d[i][k - 1] + 1));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
		}
	}
	return d[la][lb];
}

const char *nearest_word(const char *typed, const char *const *words, size_t n)
{
	const char *best = NULL;
	size_t letters = strlen(typed);
	unsigned within = letters >= 9 ? 3 : 2;

	for (size_t i = 0; i < n; i++) {
		unsigned distance = nearest_distance(typed, words[i]);

		/* "x" is no "try": something must be left of the word */
		if (distance <= within && distance < letters) {
			within = distance == 0 ? 0 : distance - 1;
			best = words[i];
		}
	}
	return best;
}
