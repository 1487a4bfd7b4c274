/* fuzz: bounded fuzzing inside the unit tests, the same on every run.
 *
 * Owns: a small generator (xorshift64*), mutations of a valid input, and the feeding of bytes to a reader of sockets. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct fuzz {
	uint64_t state; /* not 0 */
};

static inline uint32_t fuzz_next(struct fuzz *fz)
{
	fz->state ^= fz->state >> 12;
	fz->state ^= fz->state << 25;
	fz->state ^= fz->state >> 27;
	return (uint32_t)((fz->state * UINT64_C(2685821657736338717)) >> 32);
}

static inline uint32_t fuzz_below(struct fuzz *fz, size_t bound)
{
	return fuzz_next(fz) % (uint32_t)bound;
}

static inline void fuzz_bytes(struct fuzz *fz, unsigned char *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (unsigned char)fuzz_next(fz);
}

static inline size_t fuzz_edit(struct fuzz *fz, unsigned char *at, size_t len, size_t cap)
{
	static const unsigned char values[] = { 0, 1, 2, 0x0a, 0x1f, 0x20, '0', '9', 0x7f, 0x80,
		0xfe, 0xff };
	size_t i = len > 0 ? fuzz_below(fz, len) : 0;
	switch (len > 0 ? fuzz_below(fz, 5) : 3) {
	case 0:
		at[i] ^= (unsigned char)(1u << fuzz_below(fz, 8));
		return len;
	case 1:
		at[i] = values[fuzz_below(fz, sizeof values)];
		return len;
	case 2: /* drop a byte */
		memmove(at + i, at + i + 1, len - i - 1);
		return len - 1;
	case 3: /* one more byte */
		if (len == cap)
			return len;
		memmove(at + i + 1, at + i, len - i);
		at[i] = (unsigned char)fuzz_next(fz);
		return len + 1;
	default: /* cut the end off */
		return len - i / 4;
	}
}

/* One to four edits; the new length. */
static inline size_t fuzz_mutate(struct fuzz *fz, unsigned char *at, size_t len, size_t cap)
{
	for (uint32_t n = 1 + fuzz_below(fz, 4); n > 0; n--)
		len = fuzz_edit(fz, at, len, cap);
	return len;
}

/* A socket from which bytes can be read, then the end. */
static inline int fuzz_feed(const unsigned char *bytes, size_t len)
{
	int fds[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	if (len > 0)
		ck_assert_int_eq(send(fds[0], bytes, len, MSG_NOSIGNAL), (ssize_t)len);
	close(fds[0]);
	return fds[1];
}

/* Everything that comes until the other end is closed. */
static inline size_t fuzz_drain(int fd, unsigned char *out, size_t cap)
{
	size_t got = 0;
	ssize_t n;
	while (got < cap && (n = recv(fd, out + got, cap - got, MSG_DONTWAIT)) > 0)
		got += (size_t)n;
	return got;
}

#endif
