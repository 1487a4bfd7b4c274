#include "sender/shift.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "sender/reply.h"
#include "wire/likeness.h"
#include "wire/word.h"

enum { ORDER_MS = 5000, WORD_MS = 2000 };

/* The route that this sender is for. */
struct claim {
	unsigned char key[DIGEST_SIZE];
	unsigned char route[DIGEST_SIZE];
};

static bool stake(struct claim *c, const struct order *o)
{
	struct fault f = FAULT_INIT;
	return random_bytes(c->key, sizeof c->key, &f) == 0 &&
	       likeness_take(o, c->key, c->route, &f) == 0;
}

static bool is_ours(const struct claim *c, const struct order *o)
{
	struct fault f = FAULT_INIT;
	unsigned char route[DIGEST_SIZE];
	return likeness_take(o, c->key, route, &f) == 0 &&
	       memcmp(route, c->route, sizeof route) == 0;
}

/* One order, its receipt. True: another may come. */
static bool serve(const struct shift *s, struct order *o, struct errand_kept *kept, int *rc)
{
	struct receipt r = { 0 };
	struct fault f = FAULT_INIT;
	s->work(o, clock_boot_ms(), kept, &r);
	order_wipe(o);
	*rc = order_send_receipt(s->out, &r, clock_boot_ms() + WORD_MS, &f);
	secret_wipe_bytes(&r, sizeof r);
	return *rc == 0 && kept && kept->ready;
}

static void wait_for_order(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;
	do {
		n = poll(&p, 1, -1);
	} while (n < 0 && errno == EINTR);
}

/* READY, wait, and what comes: true when it is an order of ours, which is then TAKEN. */
static bool next_order(const struct shift *s, const struct claim *c, struct order *o)
{
	struct fault f = FAULT_INIT;
	if (word_say(s->out, WORD_READY, clock_boot_ms() + WORD_MS, &f) < 0)
		return false;
	wait_for_order(s->in);
	return order_receive(s->in, o, clock_boot_ms() + ORDER_MS, &f) == 0 && is_ours(c, o) &&
	       word_say(s->out, WORD_TAKEN, clock_boot_ms() + WORD_MS, &f) == 0;
}

int shift_run(const struct shift *s)
{
	/* static: large, and the description's name is read from the order as long as it is kept */
	static struct order order;
	static struct errand_kept kept;
	struct claim claim;
	struct fault f = FAULT_INIT;
	int rc;
	if (order_receive(s->in, &order, clock_boot_ms() + ORDER_MS, &f) < 0) {
		struct receipt r = { 0 };
		reply_refuse(&r, &f);
		return order_send_receipt(s->out, &r, clock_boot_ms() + WORD_MS, &f);
	}
	bool stay = s->stay && stake(&claim, &order);
	while (serve(s, &order, stay ? &kept : NULL, &rc) && next_order(s, &claim, &order))
		;
	order_wipe(&order);
	return rc;
}
