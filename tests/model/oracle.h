/* oracle: does an image keep what people were told?
 *
 * Owns: reading an image by the real core (state, directory), and holding it against the story.
 * MUST: go by what was told, never by what the code meant to write. */
#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#include "story.h"

/* The image is the folder `path` with users/ and state/. False: *why says what was lost. */
bool oracle_judge(const char *path, const struct story *s, char why[512]);

/* And life goes on: a change of everybody's record is made there, and stays. It changes the image. */
bool oracle_go_on(const char *path, const struct story *s, char why[512]);

#endif
