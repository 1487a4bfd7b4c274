/* shadow: rules that can never decide anything.
 *
 * Owns: the reasons why one cannot, as far as they can be told for certain.
 * MUST: never call a rule dead that some login could be decided by; that one is alive it does not
 *       promise.
 * Never: asks the system. Pure. */
#ifndef CLI_SHADOW_H
#define CLI_SHADOW_H

#include <stdint.h>

#include "core/settings.h"

enum shadow_kind {
	SHADOW_NONE = 0,
	SHADOW_EARLIER,  /* `by` matches whatever this one does */
	SHADOW_OVER,     /* its last day is over */
	SHADOW_NEGATED,  /* `list` has nothing but negated patterns */
	SHADOW_SERVICES, /* no service of `services` is one of its own */
	SHADOW_REMOTE,   /* it asks for an address, of services that have none (D13) */
};

struct shadow {
	enum shadow_kind kind;
	const struct settings_rule *by;
	const char *list;
};

/* The rule at this place. today: core/day.h. */
struct shadow shadow_of(const struct settings *s, size_t place, int32_t today)
	__attribute__((nonnull));

#endif
