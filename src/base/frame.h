/* frame: one message of a treaty on a stream socket, capped and versioned (E3).
 *
 * Owns: the 8-byte header (treaty, version, type, zero, length as 32-bit big endian) and the
 *       packing of fields.
 * MUST: refuse a foreign treaty or version, a non-zero reserved byte, and a body over the cap
 *       before reading it; use MSG_NOSIGNAL; finish or fail by the deadline, EINTR and short
 *       transfers included; read no byte beyond its frame; on any failure to read leave the frame
 *       wiped.
 * Never: allocates. Links libc only: the shim uses it.
 *
 * A frame may hold secrets: frame_wipe when done. Putting beyond the cap, or getting beyond the
 * end, marks the frame bad; frame_send and frame_end then fail, so that callers check once. A
 * wiped frame is bad until frame_begin. */
#ifndef BASE_FRAME_H
#define BASE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/secret.h"

enum { FRAME_HEADER = 8, FRAME_BODY_MAX = 16384 };

/* Which conversation this is; one constant for each treaty. */
struct frame_treaty {
	uint8_t treaty;
	uint8_t version;
	uint32_t body_max; /* <= FRAME_BODY_MAX */
};

struct frame {
	uint8_t type;
	bool bad;
	size_t len; /* bytes in body */
	size_t at;  /* next byte to get */
	unsigned char body[FRAME_BODY_MAX];
};

void frame_begin(struct frame *fr, uint8_t type) __attribute__((nonnull));
void frame_put_u8(struct frame *fr, uint8_t v) __attribute__((nonnull));
void frame_put_u32(struct frame *fr, uint32_t v) __attribute__((nonnull));
void frame_put_i64(struct frame *fr, int64_t v) __attribute__((nonnull));
void frame_put_bytes(struct frame *fr, const void *bytes, size_t len) __attribute__((nonnull(1)));
/* 16-bit length and the bytes without NUL. */
void frame_put_text(struct frame *fr, const char *s) __attribute__((nonnull));
void frame_put_secret(struct frame *fr, const struct secret *s) __attribute__((nonnull));

uint8_t frame_get_u8(struct frame *fr) __attribute__((nonnull));
uint32_t frame_get_u32(struct frame *fr) __attribute__((nonnull));
int64_t frame_get_i64(struct frame *fr) __attribute__((nonnull));
void frame_get_bytes(struct frame *fr, void *out, size_t len) __attribute__((nonnull));
/* Text of at most cap - 1 bytes, without NUL inside; longer marks the frame bad. out is always
 * terminated. */
void frame_get_text(struct frame *fr, char *out, size_t cap) __attribute__((nonnull));
void frame_get_secret(struct frame *fr, struct secret *out) __attribute__((nonnull));
/* Nothing bad happened and every byte was taken (C7). */
bool frame_end(const struct frame *fr) __attribute__((warn_unused_result, nonnull));

void frame_wipe(struct frame *fr) __attribute__((nonnull));

int frame_send(int fd, const struct frame_treaty *t, const struct frame *fr, int64_t deadline_ms,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* GONE: closed before the first byte of a frame. PEER: anything that is not a whole frame of this
 * treaty. LATE. */
int frame_receive(int fd, const struct frame_treaty *t, struct frame *fr, int64_t deadline_ms,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
