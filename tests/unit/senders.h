/* Senders that are played: the link wraps dispatch_start, dispatch_finish, dispatch_drop and poll (and, by house.c, the clocks),
 * so that a provider's answer takes its time without anybody waiting. */
#ifndef TESTS_SENDERS_H
#define TESTS_SENDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/order.h"

enum { SENDERS_NEVER = -1, SENDERS_POLLS = 8, SENDERS_PERSON_FD = 900 };

struct senders_route {
	char name[ORDER_NAME_MAX + 1];
	enum receipt_outcome answer; /* RECEIPT_NONE: as house_provider says */
	int64_t after_ms;	     /* SENDERS_NEVER: no answer */
	int64_t poll_after_ms;	     /* as after_ms, for the questions; 0: as after_ms */
	int64_t start_ms;	     /* so long takes its start, on our own side */
	bool reports;		     /* what becomes of a message can be asked */
	enum receipt_outcome polls[SENDERS_POLLS]; /* the answers to that, PENDING after the last */
	uint32_t poll_status;			   /* their HTTP status */
	/* what happened */
	int started, dropped, calls, polled;
	int64_t started_ms; /* the last start */
};

/* The route of that name; made at the first call. */
struct senders_route *senders_route(const char *name);
void senders_reset(void);
/* How many run at the moment. */
int senders_running(void);
/* All sends and calls that were started. */
int senders_started(void);
/* The text of the last order. */
extern char senders_text[ORDER_TEXT_MAX + 1];

/* Every order since senders_reset. */
enum { SENDERS_ORDERS = 16 };
extern struct senders_order {
	char number[ORDER_NUMBER_MAX + 1];
	char text[ORDER_TEXT_MAX + 1];
	bool call;
} senders_orders[SENDERS_ORDERS];
/* Every provider refuses these: a number, and a second one. */
extern const char *senders_refuse[2];

/* The person's descriptor, SENDERS_PERSON_FD, is readable from then on; 0: at once. */
extern int64_t senders_person_ms;

#endif
