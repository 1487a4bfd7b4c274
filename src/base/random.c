#include "base/random.h"

#include <limits.h>
#include <openssl/rand.h>
#include <stdbool.h>

#include "base/secret.h"

int random_bytes(void *out, size_t len, struct fault *f)
{
	if (len > INT_MAX || RAND_bytes(out, (int)len) != 1)
		return fault_set(f, FAULT_SYSTEM, 0, "the random number generator failed");
	return 0;
}

int random_below(uint64_t bound, uint64_t *out, struct fault *f)
{
	*out = 0;
	if (bound == 0 || bound > (UINT64_C(1) << 63))
		return fault_set(f, FAULT_BAD, 0, "random number bound out of range");
	/* Values at or above the last whole multiple of bound would favour the small ones: draw
	 * again. Each draw is taken with a chance over one half, so 128 refusals in a row mean a
	 * broken generator, not bad luck. */
	uint64_t usable = UINT64_MAX - (UINT64_MAX % bound + 1) % bound;
	for (int draw = 0; draw < 128; draw++) {
		uint64_t v;

		if (random_bytes(&v, sizeof v, f) < 0)
			return -1;
		bool take = v <= usable;
		if (take)
			*out = v % bound;
		secret_wipe_bytes(&v, sizeof v);
		if (take)
			return 0;
	}
	return fault_set(f, FAULT_SYSTEM, 0, "the random number generator is stuck");
}
