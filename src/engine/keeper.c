#include "engine/keeper.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/loan.h"
#include "wire/word.h"

enum {
	ASKS_BURST = 64,
	/* A word is eight bytes, said in one breath. */
	WORD_MS = 20,
};

struct place {
	enum {
		PLACE_FREE = 0,
		PLACE_LENT,
		PLACE_RETURNED, /* READY must come */
		PLACE_IDLE,
		PLACE_ENDING, /* killed, and not yet gone */
	} state;
	struct spawn_child child;
	int fd, lease;
	struct loan_wish wish;
	bool doomed; /* its route looks otherwise now */
	unsigned messages;
	int64_t born_ms, until_ms;
};

struct keeper {
	int asks;
	const struct keeper_means *means;
	int64_t now_ms, linger_ms;
	struct place places[KEEPER_SENDERS];
};

static void close_lease(struct place *p)
{
	if (p->lease >= 0)
		close(p->lease);
	p->lease = -1;
}

/* Its end is waited for by the loop. */
static void end(struct place *p)
{
	if (p->state == PLACE_ENDING)
		return;
	syscall(SYS_pidfd_send_signal, p->child.pidfd, SIGKILL, NULL, 0);
	close(p->fd);
	close_lease(p);
	p->state = PLACE_ENDING;
}

static void forget(struct place *p)
{
	spawn_end(&p->child, 0);
	memset(p, 0, sizeof *p);
}

/* --- what is kept ----------------------------------------------------------------------------- */

static void take_back(struct keeper *k, struct place *p)
{
	char byte = 0;
	bool returned = recv(p->lease, &byte, 1, MSG_DONTWAIT) == 1 && byte == LOAN_BACK;

	p->messages++;
	if (!returned || p->doomed || p->messages >= KEEPER_MESSAGES ||
		k->now_ms - p->born_ms >= KEEPER_AGE_MS) {
		end(p);
		return;
	}
	close_lease(p);
	p->state = PLACE_RETURNED;
	p->until_ms = k->now_ms + KEEPER_READY_MS;
}

static void hear_ready(struct keeper *k, struct place *p)
{
	struct fault f = FAULT_INIT;

	if (word_hear(p->fd, WORD_READY, clock_boot_ms() + WORD_MS, &f) < 0) {
		end(p);
		return;
	}
	p->state = PLACE_IDLE;
	p->until_ms = k->now_ms + (int64_t)p->wish.keep_s * 1000;
	if (p->until_ms > p->born_ms + KEEPER_AGE_MS)
		p->until_ms = p->born_ms + KEEPER_AGE_MS;
}

static int fd_of(const struct place *p)
{
	switch (p->state) {
	case PLACE_LENT:
		return p->lease;
	case PLACE_RETURNED:
	case PLACE_IDLE:
		return p->fd;
	case PLACE_ENDING:
		return p->child.pidfd;
	case PLACE_FREE:
		break;
	}
	return -1;
}

static void look_at(struct keeper *k, struct place *p, bool news)
{
	bool timed = p->state == PLACE_RETURNED || p->state == PLACE_IDLE;

	if (news && p->state == PLACE_LENT)
		take_back(k, p);
	else if (news && p->state == PLACE_RETURNED)
		hear_ready(k, p);
	else if (news && p->state == PLACE_ENDING)
		forget(p);
	else if ((news && p->state == PLACE_IDLE) || (timed && k->now_ms >= p->until_ms))
		end(p); /* who waits has nothing to say */
}

/* --- lending ---------------------------------------------------------------------------------- */

static bool send_both(const struct place *p, int lease, char byte)
{
	union {
		char room[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec part = { &byte, 1 };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int fds[2] = { p->fd, p->child.pidfd };

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fds);
	memcpy(CMSG_DATA(c), fds, sizeof fds);
	return sendmsg(lease, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

static void lend(struct place *p, int lease, char byte)
{
	p->lease = lease;
	p->state = PLACE_LENT;
	if (!send_both(p, lease, byte))
		end(p);
}

/* Since READY it has not said a byte, nor ended. */
static bool is_quiet(const struct place *p)
{
	char byte;

	return recv(p->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
}

static struct place *find(struct keeper *k, const struct loan_wish *wish)
{
	for (size_t i = 0; i < KEEPER_SENDERS; i++) {
		struct place *p = &k->places[i];
		if (p->state != PLACE_FREE && p->state != PLACE_ENDING &&
			memcmp(p->wish.route, wish->route, sizeof wish->route) == 0)
			return p;
	}
	return NULL;
}

/* A free place; where there is none, who would wait for the shortest time makes one. */
static struct place *make_room(struct keeper *k)
{
	struct place *oldest = NULL;

	for (size_t i = 0; i < KEEPER_SENDERS; i++) {
		struct place *p = &k->places[i];
		if (p->state == PLACE_FREE)
			return p;
		if (p->state == PLACE_IDLE && (!oldest || p->until_ms < oldest->until_ms))
			oldest = p;
	}
	if (oldest)
		end(oldest);
	return NULL;
}

static bool start(struct keeper *k, struct place *p, const struct loan_wish *wish)
{
	struct fault f = FAULT_INIT;

	/* the peer then starts one itself, and says what is wrong */
	if (k->means->start(k->means->ctx, &p->child, &p->fd, &f) < 0)
		return false;
	p->wish = *wish;
	p->born_ms = k->now_ms;
	p->lease = -1;
	return true;
}

/* True: the lease is a sender's now. */
static bool grant(struct keeper *k, const struct loan_wish *wish, int lease)
{
	struct place *p = find(k, wish);
	bool same = p && memcmp(p->wish.mark, wish->mark, sizeof wish->mark) == 0;

	if (p && p->state != PLACE_IDLE) {
		p->doomed |= !same;
		return false;
	}
	if (p && same && is_quiet(p)) {
		p->wish.keep_s = wish->keep_s;
		lend(p, lease, KEEPER_LENDS_USED);
		return true;
	}
	if (p)
		end(p);
	p = make_room(k);
	if (!p || !start(k, p, wish))
		return false;
	lend(p, lease, KEEPER_LENDS_NEW);
	return true;
}

/* One packet. The lease is -1 where it had none, or one of another form. False: none is there, or
 * *gone: nobody can send one any more. */
static bool receive(struct keeper *k, struct loan_wish *wish, int *lease, bool *gone)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec part = { wish, sizeof *wish };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room };
	ssize_t n = recvmsg(k->asks, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	*lease = -1;
	*gone = n == 0;
	if (n <= 0)
		return false;
	if (c && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(lease, CMSG_DATA(c), sizeof(int));
	if (n == (ssize_t)sizeof *wish && wish->keep_s <= KEEPER_S_MAX)
		return true;
	if (*lease >= 0)
		close(*lease);
	*lease = -1;
	return true;
}

/* False: nobody is left who could ask. */
static bool hear_asks(struct keeper *k)
{
	struct loan_wish wish;
	bool gone = false;
	int lease;

	for (int i = 0; i < ASKS_BURST && receive(k, &wish, &lease, &gone); i++) {
		k->linger_ms = k->now_ms + KEEPER_LINGER_MS;
		if (lease >= 0 && !grant(k, &wish, lease))
			close(lease);
	}
	return !gone;
}

/* --- the loop --------------------------------------------------------------------------------- */

/* When there is something to do though nothing happens. */
static int64_t wake_ms(const struct keeper *k)
{
	int64_t wake = INT64_MAX;
	bool empty = true;

	for (size_t i = 0; i < KEEPER_SENDERS; i++) {
		const struct place *p = &k->places[i];
		empty &= p->state == PLACE_FREE;
		if ((p->state == PLACE_RETURNED || p->state == PLACE_IDLE) && p->until_ms < wake)
			wake = p->until_ms;
	}
	return empty ? k->linger_ms : wake;
}

/* One turn. False: it is over. */
static bool turn(struct keeper *k)
{
	struct pollfd fds[1 + KEEPER_SENDERS] = { { .fd = k->asks, .events = POLLIN } };
	int64_t wake = wake_ms(k);

	for (size_t i = 0; i < KEEPER_SENDERS; i++)
		fds[1 + i] = (struct pollfd){ .fd = fd_of(&k->places[i]), .events = POLLIN };
	if (poll(fds, 1 + KEEPER_SENDERS, wake == INT64_MAX ? -1 : clock_left_ms(wake)) < 0)
		return true; /* a signal */
	k->now_ms = clock_boot_ms();
	for (size_t i = 0; i < KEEPER_SENDERS; i++)
		look_at(k, &k->places[i], fds[1 + i].revents != 0);
	if (fds[0].revents != 0)
		return hear_asks(k);
	return wake != k->linger_ms || k->now_ms < k->linger_ms;
}

void keeper_run(int asks, const struct keeper_means *means)
{
	static struct keeper k;

	memset(&k, 0, sizeof k);
	k.asks = asks;
	k.means = means;
	k.now_ms = clock_boot_ms();
	k.linger_ms = k.now_ms + KEEPER_LINGER_MS;
	while (turn(&k))
		;
	for (size_t i = 0; i < KEEPER_SENDERS; i++) {
		if (k.places[i].state == PLACE_FREE)
			continue;
		end(&k.places[i]);
		forget(&k.places[i]);
	}
}
