/* pause: doing nothing until a moment, to the microsecond.
 *
 * Owns: the only sleep there is.
 * MUST: return at the moment or a few microseconds after it, never before.
 * Never: decides how long: who calls bounds it. */
#ifndef BASE_PAUSE_H
#define BASE_PAUSE_H

#include <stdint.h>

/* until_us: as clock_boot_us. */
void pause_until(int64_t until_us);

#endif
