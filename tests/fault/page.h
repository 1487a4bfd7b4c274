/* page: memory that the tests share with every program of a login while faults are put into it.
 *
 * Owns: the layout; the heap's orders and findings (heap.c), the host's own report (login_host.c).
 * MUST: be one file that all users may map, since the sender is nobody's child in particular.
 * Never: lies outside the sandbox. */
#ifndef TESTS_FAULT_PAGE_H
#define TESTS_FAULT_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_PATH "/dev/shm/sms-otp-faults"

/* Whose call it is. BIRTH: between clone and exec, of the shim or of the engine. */
enum role {
	ROLE_NONE = 0,
	ROLE_HOST,
	ROLE_BIRTH,
	ROLE_DAEMON,
	ROLE_ENGINE,
	ROLE_SENDER,
	ROLE_CLI,
	ROLES
};

enum {
	PAGE_DIGITS = 10, /* of a code: as many as can be, so that no other number looks like one */
	PAGE_FREED_MAX = 8192,
	PAGE_TEXT = 40,
	PAGE_CHANGED = 400,
	/* login_host tells the tracer that what follows is the module's, or its own: a prctl that no
	 * kernel knows */
	PAGE_MARK = 0x5f4d53,
};

/* A row of digits that a block had when it was freed. */
struct page_freed {
	char digits[PAGE_DIGITS + 1];
	char text[PAGE_TEXT];
	char from[40];
	uint32_t role, size;
	uintptr_t caller; /* in the library `from` */
};

/* What login_host saw. */
struct page_host {
	bool begun, ended;
	bool right; /* the last answer was the code */
	int rc;     /* of pam_authenticate */
	int prompts;
	int wrong_told;     /* answers of which it was said that they were wrong */
	int64_t longest_ms; /* from the start, or an answer, to what came next */
	int64_t delayed_ms; /* that the host had no processor */
	char code[PAGE_DIGITS + 1], guess[PAGE_DIGITS + 1];
	char changed[PAGE_CHANGED]; /* what is not as it was before the login */
};

struct page {
	uint32_t heap_role; /* whose allocations fail; ROLE_NONE: nobody's */
	int64_t heap_nth;   /* from 1 */
	bool heap_for_good;
	uint32_t heap_hits;
	uint32_t window; /* the host's calls are the module's */
	int64_t heap_calls[ROLES];
	uint32_t nfreed;
	struct page_freed freed[PAGE_FREED_MAX];
	struct page_host host;
};

#endif
