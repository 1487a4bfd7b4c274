/* fault: why a mechanism failed, in a form that can be acted on and read.
 *
 * Owns: the one struct that every mechanism fills when it returns -1.
 * MUST: after fault_set the class is never FAULT_NONE and the text never empty, NUL-terminated,
 *       one line, printable.
 * Never: prints, logs, allocates, or holds a number, a code or a credential: callers do not put
 *       one in. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

enum fault_class {
	FAULT_NONE = 0,
	FAULT_ABSENT,  /* looked for properly, and not there */
	FAULT_DAMAGED, /* there, but not as it must be (owner, mode, size, checksum, name) */
	FAULT_BAD,     /* malformed input: settings, arguments, answers */
	FAULT_SYSTEM,  /* a system call or library failed; errnum tells, where there is one */
	FAULT_MEMORY,  /* out of memory */
	FAULT_LATE,    /* the deadline passed */
	FAULT_GONE,    /* the other side closed the connection */
	FAULT_PEER,    /* the other side broke the treaty */
};

struct fault {
	enum fault_class class;
	int errnum;     /* errno's value, or 0 */
	char text[256]; /* one line for a person; without errno's words, see fault_text */
};

/* A fault that says nothing yet. Every struct fault starts so. */
#define FAULT_INIT                                                                                 \
	{                                                                                          \
		FAULT_NONE, 0,                                                                     \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}

/* Fill *f and return -1, always, so that `return fault_set(...)` reads well. errnum 0: no errno
 * involved. */
int fault_set(struct fault *f, enum fault_class class, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 4, 5), nonnull(1, 4)));

/* "Always" for who sees the header alone: compilers and analysers then follow no way on which
 * something failed and its caller goes on. */
static inline int fault_always(int rc)
{
	(void)rc;
	return -1;
}
#define fault_set(...) fault_always(fault_set(__VA_ARGS__))

/* Put "CONTEXT: " before the text that *f already has (cut to fit), and return -1. */
int fault_prefix(struct fault *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), nonnull(1, 2)));

/* The text, with ": " and errno's words where errnum is set. out is always terminated. Returns
 * out. */
const char *fault_text(const struct fault *f, char *out, unsigned long cap)
	__attribute__((nonnull(1, 2)));

#endif
