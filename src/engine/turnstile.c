#include "engine/turnstile.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* Who receives from a socket of datagrams is woken one at a time, in the order of waiting. */
static int out = -1, in = -1;
static bool ours;

static bool is_there(void)
{
	char token;

	return recv(out, &token, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

static void put(void)
{
	(void)!send(in, "t", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void turnstile_open(void)
{
	const struct timeval patience = { TURNSTILE_MS / 1000, TURNSTILE_MS % 1000 * 1000 };
	int pair[2];

	out = in = -1;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0)
		return;
	if (setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0) {
		close(pair[0]);
		close(pair[1]);
		return;
	}
	out = pair[0];
	in = pair[1];
	put();
}

/* It may be one too many: who leaves and sees another there keeps nothing and puts nothing. */
void turnstile_left(bool killed)
{
	if (killed && out >= 0 && !is_there())
		put();
}

static void wait_for_turn(void *ctx)
{
	char token;
	ssize_t n;

	(void)ctx;
	do {
		n = recv(out, &token, 1, 0);
	} while (n < 0 && errno == EINTR);
	ours = n == 1;
}

static void leave(void *ctx)
{
	(void)ctx;
	if (ours && !is_there())
		put();
	ours = false;
}

const struct state_turn *turnstile_turn(void)
{
	static const struct state_turn turn = { wait_for_turn, leave, NULL };

	return out >= 0 ? &turn : NULL;
}
