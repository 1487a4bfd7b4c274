/* A house for the tests of what walks through all rooms: settings, state and directory in unit_folder(), root as the user
 * (the one account that every system has), a clock that can be moved, and providers that are played
 * (senders.h). The link wraps clock_boot_ms and clock_read. */
#ifndef TESTS_HOUSE_H
#define TESTS_HOUSE_H

#include <stdatomic.h>

#include "core/login.h"

struct house {
	struct settings settings;
	struct state state;
	struct directory directory;
	struct dispatch dispatch;
	struct login_house rooms;
	struct account account;
	struct facts facts;
};

/* What the stand-in provider does, and what it saw; in shared memory, so that forked children count too. */
struct house_provider {
	_Atomic int orders;
	enum receipt_outcome answer;
	enum receipt_outcome answer_of_first_route; /* RECEIPT_NONE: as answer */
	char text[ORDER_TEXT_MAX + 1];		     /* of the last order */
	char number[ORDER_NUMBER_MAX + 1];
};
extern struct house_provider *house_provider;

/* The n-th write of state from now on fails with EIO, and all after it; 0: none does. So many fail, and then none; 0: all. */
extern int house_write_fails_at;
extern int house_write_fails_for;
/* So long takes each write of state. */
extern int64_t house_write_ms;
/* Called when an order reaches the provider, and when a guess is about to be compared; NULL: nothing. */
extern void (*house_at_order)(void);
extern void (*house_at_compare)(void);

/* Moves both clocks for everything that is linked here. */
extern int64_t house_shift_ms;
/* What the wall clock is wrong by, beyond that. */
extern int64_t house_ahead_s;

/* The machine goes off, stays so for so long, and starts anew: another boot, whose clocks begin at zero. */
void house_reboot(int64_t off_s);

/* A fresh house (a second call begins anew), root enrolled with +491701234512. */
void house_open(struct house *h);
void house_close(struct house *h);

/* Enrol one more of the system's users, with the same number. */
void house_enroll(struct house *h, const char *name);

/* Give root one more number, behind those it has. */
void house_add_number(struct house *h, const char *e164);

/* The record as it is on disk now. */
void house_record(const struct house *h, struct record *out);
void house_site(const struct house *h, struct site *out);

/* The first six digits of the last text. */
void house_code(char out[7]);

#endif
