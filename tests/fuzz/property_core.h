/* property_core: what holds of every fault and every text for a person, whichever room of core or cli it comes from. */
#ifndef TESTS_FUZZ_PROPERTY_CORE_H
#define TESTS_FUZZ_PROPERTY_CORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

/* A class, one printable line, and no run of six digits of the input's (G1). */
void property_core_fault(const struct fault *f, const char *input);

/* UTF-8 as RFC 3629 has it, read here a second time, without control characters. */
bool property_core_shown(const char *text);

/* D1: something, printable, at most 512 bytes, and not a password's prompt. */
void property_core_prompt(const char *text);

/* All zero: nothing was taken. */
bool property_core_zero(const void *at, size_t len);

#endif
