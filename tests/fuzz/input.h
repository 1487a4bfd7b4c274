/* input: the parts of an input that is text: lines, a line "%%" between two parts, and the last part as it is.
 *
 * Owns: the splitting; the shipped descriptions, which an input names by "@NAME". */
#ifndef TESTS_FUZZ_INPUT_H
#define TESTS_FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INPUT_PARTS_MAX = 4, INPUT_DESCRIPTIONS_MAX = 256 };

struct input {
	char *bytes; /* all parts, each with a NUL behind */
	size_t n;
	char *part[INPUT_PARTS_MAX];
	size_t len[INPUT_PARTS_MAX];
};

/* False: not n parts, or a NUL in one that is not the last. input_free in any case. */
bool input_split(struct input *in, const uint8_t *bytes, size_t len, size_t n);
void input_free(struct input *in);

/* The text itself, or that of the description that it names; NULL when there is none. */
const char *input_description(const char *part);

/* The shipped descriptions in the order of their names: false after the last. */
bool input_shipped(size_t i, const char **name, const char **text);

/* The checkout: $srcdir, or the folder that has tests/fuzz. */
const char *input_top(void);

#endif
