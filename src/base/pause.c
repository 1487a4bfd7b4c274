#include "base/pause.h"

#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/clock.h"

/* Waking up takes this long, more or less; the rest is spent looking at the clock. */
enum { WAKE_UP_US = 200 };

void pause_until(int64_t until_us)
{
	int64_t sleep_us = until_us - WAKE_UP_US;
	struct timespec at = { (time_t)(sleep_us / 1000000), (long)(sleep_us % 1000000 * 1000) };

	if (sleep_us > clock_boot_us()) {
		/* the kernel may be 50 us late otherwise, and more for a process of low rank */
		prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
		while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &at, NULL) == EINTR)
			;
	}
	while (clock_boot_us() < until_us)
		;
}
