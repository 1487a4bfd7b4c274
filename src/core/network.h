/* network: parts of the address space, written as CIDR.
 *
 * Owns: the meaning of "10.0.0.0/8", "2001:db8::/32", and of an address by itself: that one.
 * MUST: take IPv4-mapped forms for IPv4 ("::ffff:10.0.0.0/104" is "10.0.0.0/8"); refuse bits set
 *       behind the prefix, zones and names; have an unknown address in no network.
 * Never: resolves. Pure. */
#ifndef CORE_NETWORK_H
#define CORE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "core/facts.h"

struct network {
	struct facts_address address; /* never NO_ADDRESS once parsed; zeros behind the prefix */
	unsigned bits;
};

int network_parse(const char *text, struct network *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

bool network_has(const struct network *n, const struct facts_address *a) __attribute__((nonnull));

/* Every address of the inner one is in the outer one. */
bool network_contains(const struct network *outer, const struct network *inner)
	__attribute__((nonnull));

/* Whose address it is, as far as that can be told: all of an IPv4 address, the first 64 bits of an
 * IPv6 one, which a provider gives to a house whose machines change the rest at will; or all of it
 * where these say nothing. The length, at most 16. */
size_t network_house(const struct facts_address *a, unsigned char out[16]) __attribute__((nonnull));

/* "10.0.0.0/8". cap >= 50. */
void network_show(const struct network *n, char *out, size_t cap) __attribute__((nonnull));

#endif
