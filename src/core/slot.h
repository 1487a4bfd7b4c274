/* slot: two sealed copies of a record in one preallocated file (F2).
 *
 * Owns: the seal (magic, kind, version, sequence, SHA-256), the choice between two slots, and
 *       the packing of fields.
 * MUST: take the valid slot with the higher sequence; refuse a slot whose seal, kind, version or
 *       size differs; report two invalid slots as DAMAGED; have only a slot written that is not the
 *       last one known to be on the disk.
 * Never: does I/O. Pure.
 *
 * A slot may be written without a sync, for what may be forgotten. It says so itself (a lazy slot),
 * and the next writer, synced or not, writes over it again: until then the other slot is the only
 * one that a power cut surely leaves.
 *
 * Any other newest slot is known to be on the disk where the other one has no head, as in a new
 * file, or is marked as outlived, as who has synced a slot does to the old one. Where it is neither
 * the writer may have been killed before the sync. The mark takes the place of the lazy byte, and
 * the seal is as if it were not there: an outlived slot still holds when the newer one breaks.
 *
 * File layout: slot 0 at offset 0, slot 1 at offset slot_size; each: 8 bytes magic "SMSOTP\0" +
 * kind, u8 lazy or outlived, u24 version, u64 sequence, payload, zeros, and the SHA-256 of all
 * before it in the last 32 bytes. Integers big endian. */
#ifndef CORE_SLOT_H
#define CORE_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/meter.h"

enum { SLOT_HEAD = 20, SLOT_SEAL = 32, SLOT_MARK_AT = 8, SLOT_OUTLIVED = 0x80 };

enum slot_kind { SLOT_KIND_USER = 'U', SLOT_KIND_SITE = 'S' };

/* A cursor over a slot's payload, for both directions; going past the end marks it bad. */
struct slot_cursor {
	unsigned char *bytes;
	size_t size, at;
	bool bad;
};

void slot_put_u32(struct slot_cursor *c, uint32_t v) __attribute__((nonnull));
void slot_put_i64(struct slot_cursor *c, int64_t v) __attribute__((nonnull));
void slot_put_bytes(struct slot_cursor *c, const void *bytes, size_t len) __attribute__((nonnull));
uint32_t slot_get_u32(struct slot_cursor *c) __attribute__((nonnull));
int64_t slot_get_i64(struct slot_cursor *c) __attribute__((nonnull));
void slot_get_bytes(struct slot_cursor *c, void *out, size_t len) __attribute__((nonnull));
/* Text in a field of cap bytes, the rest zero. Getting one without NUL or with something behind
 * it marks the cursor bad. */
void slot_put_text(struct slot_cursor *c, const char *s, size_t cap) __attribute__((nonnull));
void slot_get_text(struct slot_cursor *c, char *out, size_t cap) __attribute__((nonnull));
/* Getting a meter that no meter_* call makes marks the cursor bad; so does putting one. */
void slot_put_meter(struct slot_cursor *c, const struct meter *m) __attribute__((nonnull));
void slot_get_meter(struct slot_cursor *c, struct meter *m) __attribute__((nonnull));
/* Nothing bad happened, and all that was not taken is zero (C7). */
bool slot_end(const struct slot_cursor *c) __attribute__((warn_unused_result, nonnull));

struct slot_shape {
	enum slot_kind kind;
	uint32_t version;
	size_t size; /* of one slot, a multiple of 512 */
};

/* Start a slot: zero it, leave the cursor behind the head. */
void slot_begin(unsigned char *slot, const struct slot_shape *shape, struct slot_cursor *c)
	__attribute__((nonnull));
/* Write the head and the seal. BAD if the cursor ran over. */
int slot_seal(unsigned char *slot, const struct slot_shape *shape, uint64_t sequence,
	const struct slot_cursor *c, struct fault *f) __attribute__((warn_unused_result, nonnull));

/* Make a sealed slot a lazy one. */
int slot_make_lazy(unsigned char *slot, const struct slot_shape *shape, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
bool slot_is_lazy(const unsigned char *slot) __attribute__((nonnull));

/* Where the next change is written to. */
struct slot_target {
	int at;
	bool unsure; /* the other one may not be on the disk yet: sync it first */
};
/* When slot_pick has said `current`. */
struct slot_target slot_next(const unsigned char *both, const struct slot_shape *shape, int current)
	__attribute__((nonnull));

/* Which of the two slots in `both` (2 * size bytes) holds: 0 or 1 with its sequence, cursor on
 * its payload. -1 DAMAGED. Two valid slots of the same sequence are DAMAGED as well: no writer
 * makes them. */
int slot_pick(unsigned char *both, const struct slot_shape *shape, uint64_t *sequence,
	struct slot_cursor *c, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
