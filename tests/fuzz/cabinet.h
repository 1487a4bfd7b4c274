/* cabinet: files that lie in memory, for rooms that open what they read.
 *
 * Owns: file_open and open in their place; while something is in it, no other file can be opened.
 * MUST: give the bytes that were put there, as a regular file; say ABSENT for every other path. */
#ifndef TESTS_FUZZ_CABINET_H
#define TESTS_FUZZ_CABINET_H

#include <stdbool.h>
#include <stddef.h>

enum { CABINET_FILES = 16 };

/* bytes stay as they are until the next cabinet_clear, which leaves it empty. */
void cabinet_put(const char *path, const void *bytes, size_t len);
void cabinet_clear(void);

/* The catalogues of this build, as files of FOLDER: put there once more. */
#define CABINET_CATALOGUES "/locale"
void cabinet_put_catalogues(void);

#endif
