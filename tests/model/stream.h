/* stream: the log that the recorder writes and the model plays.
 *
 * Owns: the form of an entry, and reading all of them into memory.
 * MUST: refuse a log that ends within an entry. */
#ifndef TESTS_STREAM_H
#define TESTS_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stream_kind {
	STREAM_NONE = 0,
	STREAM_WRITE,  /* ino, at, data */
	STREAM_SIZE,   /* ino; at: its length now */
	STREAM_SYNC,   /* ino: of a file or a folder */
	STREAM_MAKE,   /* dir, name, ino */
	STREAM_FOLDER, /* the same, of a folder */
	STREAM_MOVE,   /* dir, name (old), other (new), ino */
	STREAM_LINK,   /* the same, and the old one stays */
	STREAM_UNLINK, /* dir, name */
	STREAM_SAID,   /* data: bytes of a frame */
	STREAM_MARK,   /* data: words of the test that makes the log */
};

/* In front of name, other and data; in the host's byte order. */
struct stream_head {
	uint32_t kind, pid;
	uint64_t dir, ino;
	int64_t at;
	uint32_t name_len, other_len, data_len, zero;
};

struct stream_entry {
	struct stream_head h;
	char name[256], other[256];
	const unsigned char *data;
};

struct stream {
	struct stream_entry *entries;
	size_t n;
};

/* Ends the program where it cannot. */
struct stream stream_read(const char *path);

#endif
