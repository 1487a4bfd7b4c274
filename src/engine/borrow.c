#include "engine/borrow.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/places.h"
#include "base/random.h"
#include "engine/keeper.h"

/* A keeper has an answer in less than a millisecond, or two where it starts a sender. */
enum { ANSWER_MS = 100 };

static int asks = -1; /* the peers' end */
static struct loan_lender lender;

int borrow_open(void)
{
	struct fault f = FAULT_INIT;
	int pair[2];

	if (random_bytes(lender.key, sizeof lender.key, &f) < 0 ||
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	asks = pair[0];
	return pair[1];
}

void borrow_forget(void)
{
	close(asks);
	asks = -1;
}

static bool ask(const struct loan_wish *wish, int lease)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct loan_wish copy = *wish;
	struct iovec part = { &copy, sizeof copy };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof lease);
	memcpy(CMSG_DATA(c), &lease, sizeof lease);
	return sendmsg(asks, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)sizeof copy;
}

/* The byte; 0: nothing was lent, and nothing is open. */
static char receive(int lease, int fds[2])
{
	union {
		char room[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room };
	const struct cmsghdr *c;

	if (recvmsg(lease, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1)
		return 0;
	c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(2 * sizeof(int)))
		return 0;
	memcpy(fds, CMSG_DATA(c), 2 * sizeof(int));
	return byte;
}

static char answer(int lease, int fds[2])
{
	struct pollfd p = { .fd = lease, .events = POLLIN };
	int64_t until_ms = clock_boot_ms() + ANSWER_MS;
	int n;

	do {
		n = poll(&p, 1, clock_left_ms(until_ms));
	} while (n < 0 && errno == EINTR && clock_left_ms(until_ms) > 0);
	return n > 0 ? receive(lease, fds) : 0;
}

static int borrow(void *ctx, const struct loan_wish *wish, struct loan *out)
{
	int pair[2], fds[2];
	char byte = 0;

	(void)ctx;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	bool asked = ask(wish, pair[1]);
	close(pair[1]);
	if (asked)
		byte = answer(pair[0], fds);
	if (byte == 0) {
		close(pair[0]);
		return -1;
	}
	*out = (struct loan){ pair[0], fds[0], fds[1], byte != KEEPER_LENDS_NEW };
	return 0;
}

const struct loan_lender *borrow_lender(const char *settings, uint32_t keep_s)
{
	if (asks < 0 || keep_s == 0)
		return NULL;
	lender.borrow = borrow;
	lender.house = settings;
	lender.site = PLACES_PROVIDERS_SITE;
	lender.shipped = PLACES_PROVIDERS_SHIPPED;
	lender.program = PLACES_SENDER;
	lender.keep_s = keep_s;
	return &lender;
}
