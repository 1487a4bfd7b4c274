/* The frame of every unit test: a test file defines unit_suite, main.c runs it and speaks TAP on stdout. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>

Suite *unit_suite(void);

/* For tests that need a folder: a fresh one, removed with what is in it after the run. Absolute path, owned by the caller's uid,
 * mode 0700, under a path whose components file_open_folder accepts when run as root. */
const char *unit_folder(void);

#endif
