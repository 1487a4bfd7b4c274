#include "core/loan.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "wire/likeness.h"
#include "wire/word.h"

enum {
	/* A sender that waits has nothing else to do. One that is not heard of by then is ended,
	 * and a fresh one asked. */
	TAKEN_MS = 500,
	END_MS = 2000,
	FILES = 4,
	PATH_LENGTH = 512,
};

/* A file as it is now: any change of it changes one of these. All zero: it is not there. */
struct sight {
	uint64_t device, inode, size;
	int64_t changed_s, changed_ns;
};

static struct sight look(const char *path)
{
	struct stat st;
	struct sight s = { 0 };

	if (path[0] == '\0' || stat(path, &st) < 0)
		return s;
	s.device = st.st_dev;
	s.inode = st.st_ino;
	s.size = (uint64_t)st.st_size;
	s.changed_s = st.st_ctim.tv_sec;
	s.changed_ns = st.st_ctim.tv_nsec;
	return s;
}

static struct sight look_in(const char *folder, const char *description)
{
	char path[PATH_LENGTH];
	int len = snprintf(path, sizeof path, "%s/%s.conf", folder, description);

	return look(len > 0 && (size_t)len < sizeof path ? path : "");
}

static int name_route(const struct loan_lender *lender, const char *route,
	unsigned char out[DIGEST_SIZE], struct fault *f)
{
	const struct digest_part parts[] = {
		{ "whose sender", strlen("whose sender") },
		{ lender->house, strlen(lender->house) },
		{ route, strlen(route) },
	};

	return digest_mac(lender->key, parts, sizeof parts / sizeof parts[0], out, f);
}

static int mark_route(const struct loan_lender *lender, const struct order *o,
	unsigned char out[DIGEST_SIZE], struct fault *f)
{
	unsigned char likeness[DIGEST_SIZE];
	const struct sight files[FILES] = {
		look_in(lender->site, o->description),
		look_in(lender->shipped, o->description),
		look(o->ca_file),
		look(lender->program),
	};
	const struct digest_part parts[] = {
		{ "as it is now", strlen("as it is now") },
		{ likeness, sizeof likeness },
		{ files, sizeof files },
	};

	if (likeness_take(o, lender->key, likeness, f) < 0)
		return -1;
	return digest_mac(lender->key, parts, sizeof parts / sizeof parts[0], out, f);
}

static void close_all(struct loan *l)
{
	close(l->fd);
	close(l->pidfd);
	close(l->lease);
	l->fd = l->pidfd = l->lease = -1;
}

/* Kill it. True when it can say nothing more. */
static bool silence(const struct loan *l)
{
	struct pollfd p = { .fd = l->pidfd, .events = POLLIN };
	int64_t until_ms = clock_boot_ms() + END_MS;
	int n;

	syscall(SYS_pidfd_send_signal, l->pidfd, SIGKILL, NULL, 0);
	do {
		n = poll(&p, 1, clock_left_ms(until_ms));
	} while (n < 0 && errno == EINTR && clock_left_ms(until_ms) > 0);
	return n > 0;
}

/* The sender acts on the order, or it is not certain that it does not. One that has ended without
 * a word does not, and one that is silent is ended, and looked at once more. */
static bool was_taken(const struct loan *l, int64_t until_ms)
{
	int64_t soon_ms = clock_boot_ms() + TAKEN_MS;
	struct fault f = FAULT_INIT;
	char byte;

	if (!l->used ||
		word_hear(l->fd, WORD_TAKEN, soon_ms < until_ms ? soon_ms : until_ms, &f) == 0)
		return true;
	if (f.class == FAULT_GONE)
		return false;
	return f.class != FAULT_LATE || !silence(l) || recv(l->fd, &byte, 1, MSG_DONTWAIT) > 0;
}

int loan_order(const struct loan_lender *lender, const char *route, const struct order *o,
	int64_t until_ms, struct loan *out)
{
	struct loan_wish wish = { .keep_s = lender->keep_s };
	struct fault f = FAULT_INIT;

	out->lease = -1;
	if (name_route(lender, route, wish.route, &f) < 0 ||
		mark_route(lender, o, wish.mark, &f) < 0 ||
		lender->borrow(lender->ctx, &wish, out) < 0)
		return -1;
	/* a part of an order is refused by a sender (C7) */
	if (order_send(out->fd, o, until_ms, &f) == 0 && was_taken(out, until_ms))
		return 0;
	loan_drop(out);
	return -1;
}

void loan_return(struct loan *l)
{
	static const char back = LOAN_BACK;

	/* who cannot hear it sees the lease end, and ends the sender */
	(void)!send(l->lease, &back, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	close_all(l);
}

void loan_drop(struct loan *l)
{
	syscall(SYS_pidfd_send_signal, l->pidfd, SIGKILL, NULL, 0);
	close_all(l);
}
