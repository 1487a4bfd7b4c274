/* place: where a login comes from, and when a success from there was last seen.
 *
 * Owns: what counts as one place: the public key that sshd accepted, or else the address (/32,
 *       /64, or /128 where a /64 is everybody's), or else the session of a terminal, or the
 *       console itself; the record's list of places.
 * MUST: take a place from a trusted host only (E1), and never from a name (D13); keep keyed hashes
 *       only; call a place remembered only for the service that succeeded, for less than
 *       remember_s by the record's time and by the clock; call it known for 30 days, whatever
 *       the service (B6).
 * Never: does I/O, reads a clock, decides. Pure but for the digest. */
#ifndef CORE_PLACE_H
#define CORE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/fault.h"
#include "core/facts.h"
#include "core/record.h"

enum { PLACE_KNOWN_S = 30 * 86400, PLACE_SESSIONS = 8 };

/* All zero: there is none. */
struct place {
	enum record_place_kind kind;
	unsigned char mac[RECORD_PLACE_MAC];
};

enum { PLACE_ADDRESS_MAX = 24 };

/* The bytes that stand for an address: none for none, else the family and as much of it as is one
 * place. Their number. */
size_t place_address(const struct facts_address *a, unsigned char out[PLACE_ADDRESS_MAX])
	__attribute__((nonnull));

/* No place is no fault: a password change has none, nor has a host that runs as its user. */
int place_of(const unsigned char key[DIGEST_SIZE], uint32_t uid, const struct facts *facts,
	struct place *out, struct fault *f) __attribute__((warn_unused_result, nonnull));

enum place_standing {
	PLACE_UNKNOWN = 0,
	PLACE_KNOWN = 1,
	PLACE_REMEMBERED = 0x52656d, /* nobody is asked again */
};

/* What is to be known beside the place. */
struct place_moment {
	const char *service;
	uint32_t remember_s; /* 0: never */
	int64_t wall_s;      /* the record's time (F5) */
	int64_t clock_s;     /* what the clock says */
};

enum place_standing place_look(const struct record *r, const struct place *p,
	const struct place_moment *m) __attribute__((warn_unused_result, nonnull));

/* Seconds that an entry is remembered for from now on; 0: it is not. */
int64_t place_left_s(const struct record_place *e, const struct place_moment *m)
	__attribute__((warn_unused_result, nonnull));

/* Seconds that this place is remembered for from now on; 0: it is not. */
int64_t place_remembered_s(const struct record *r, const struct place *p,
	const struct place_moment *m) __attribute__((warn_unused_result, nonnull));

/* The place tells one device from another (an address or a key; a terminal's session is part of a
 * login that had its own), and the record has such a one, so that this is not the first of all. */
bool place_among_devices(const struct record *r, const struct place *p)
	__attribute__((warn_unused_result, nonnull));

/* A success. The oldest entry gives way; sessions, of which there are many, only to each other once
 * they have half of the list. */
void place_note(struct record *r, const struct place *p, const struct place_moment *m)
	__attribute__((nonnull));

void place_forget_all(struct record *r) __attribute__((nonnull));

/* "address", "key", "session", "console"; "" for none. Never NULL. */
const char *place_kind_name(uint32_t kind);

#endif
