#include "engine/listen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/pause.h"
#include "base/places.h"
#include "core/launch.h"
#include "engine/borrow.h"
#include "engine/crowd.h"
#include "engine/decoys.h"
#include "engine/keeper.h"
#include "engine/logbook.h"
#include "engine/peer.h"
#include "engine/turnstile.h"

enum {
	WAITS = 3, /* listener, signals, who asks for a keeper */
	ACCEPT_BURST = 32,
	COMPLAINT_EVERY_MS = 10000,
	SHORTAGE_PAUSE_MS = 50,
	/* a kernel that refuses to wait for so long (10 s) has more against us than a shortage */
	REFUSALS_MAX = 200,
};

struct slot {
	pid_t pid; /* 0: free */
	uid_t uid;
};

struct daemon {
	int listener, signals;
	int asks;     /* where peers ask for senders; -1: nowhere */
	pid_t keeper; /* who answers them; 0: nobody yet, or no more */
	const char *settings;
	sigset_t saved_mask;
	int64_t complained_ms;
	int refusals; /* of poll, in a row */
	struct slot slots[LISTEN_SLOTS];
};

static struct slot *free_slot(struct daemon *d, uid_t uid)
{
	struct slot *place = NULL;
	int others = 0, own = 0;

	for (int i = 0; i < LISTEN_SLOTS; i++) {
		struct slot *s = &d->slots[i];
		if (s->pid == 0) {
			place = place ? place : s;
			continue;
		}
		others += s->uid != 0;
		own += s->uid == uid;
	}
	if (uid != 0 && (others >= LISTEN_SLOTS_OTHERS || own >= LISTEN_SLOTS_UID))
		return NULL;
	return place;
}

static void complain(struct daemon *d, const char *what, uid_t uid)
{
	int64_t now = clock_boot_ms();

	if (d->complained_ms != 0 && now - d->complained_ms < COMPLAINT_EVERY_MS)
		return;
	d->complained_ms = now;
	logbook_write(LOG_WARNING, "connection peer=%u refused: %s", (unsigned int)uid, what);
}

static void leave_the_daemon(const struct daemon *d)
{
	close(d->listener);
	close(d->signals);
	sigprocmask(SIG_SETMASK, &d->saved_mask, NULL);
}

static void serve_in_child(struct daemon *d, int fd, uid_t uid)
{
	leave_the_daemon(d);
	if (d->asks >= 0)
		close(d->asks);
	peer_serve(fd, d->settings, uid);
	_exit(0);
}

static void serve_one(struct daemon *d, int fd)
{
	uid_t uid;

	if (peer_uid(fd, &uid) < 0) {
		complain(d, "the kernel does not say who it is", uid);
		return;
	}
	struct slot *slot = free_slot(d, uid);
	if (!slot) {
		complain(d, "too many logins at once", uid);
		return;
	}
	pid_t pid = fork();
	if (pid == 0) {
		decoys_sit((int)(slot - d->slots));
		crowd_sit((int)(slot - d->slots));
		serve_in_child(d, fd, uid);
	}
	if (pid < 0) {
		complain(d, strerror(errno), uid);
		return;
	}
	slot->pid = pid;
	slot->uid = uid;
}

static int start_sender(void *ctx, struct spawn_child *child, int *fd, struct fault *f)
{
	static const struct launch how = { PLACES_SENDER, PLACES_SENDER_USER, -1, true };

	(void)ctx;
	return launch_sender(&how, child, fd, f);
}

/* Somebody asks, and there is no keeper. One that ended, for whatever reason, is replaced at the
 * next question: there is nothing in it to be lost. */
static void start_keeper(struct daemon *d)
{
	static const struct keeper_means means = { start_sender, NULL };
	pid_t pid = fork();
	char unheard;

	if (pid == 0) {
		leave_the_daemon(d);
		borrow_forget();
		keeper_run(d->asks, &means);
		_exit(0);
	}
	if (pid > 0)
		d->keeper = pid;
	/* who asked goes on by itself */
	else if (recv(d->asks, &unheard, 1, MSG_DONTWAIT) < 0)
		return;
}

/* A few at a time: a flood of connections must not keep us from reaping, nor from SIGTERM. */
static void accept_some(struct daemon *d)
{
	for (int i = 0; i < ACCEPT_BURST; i++) {
		int fd = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
				errno == ENOMEM)
				poll(NULL, 0, SHORTAGE_PAUSE_MS);
			return;
		}
		serve_one(d, fd);
		close(fd);
	}
}

static void reap(struct daemon *d)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		turnstile_left(WIFSIGNALED(status));
		if (pid == d->keeper)
			d->keeper = 0;
		for (int i = 0; i < LISTEN_SLOTS; i++) {
			if (d->slots[i].pid == pid) {
				d->slots[i].pid = 0;
				decoys_left(i);
				crowd_left(i);
			}
		}
	}
}

/* Returns true when it is time to stop. */
static bool take_signals(struct daemon *d)
{
	struct signalfd_siginfo info;
	bool stop = false;

	while (read(d->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo != SIGCHLD)
			stop = true;
	}
	reap(d);
	return stop;
}

static int catch_signals(struct daemon *d, struct fault *f)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, &d->saved_mask) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "sigprocmask");
	d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (d->signals < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "signalfd");
	return 0;
}

/* Until there is something to do. A shortage of memory passes: logins of hosts that may not start
 * an engine of their own depend on us. */
static int wait_for_work(struct daemon *d, struct pollfd fds[WAITS], struct fault *f)
{
	if (poll(fds, WAITS, -1) >= 0) {
		d->refusals = 0;
		return 0;
	}
	int why = errno;
	fds[0].revents = fds[1].revents = fds[2].revents = 0;
	if (why == EINTR)
		return 0;
	if (++d->refusals == 1)
		logbook_write(LOG_WARNING, "cannot wait for connections: %s; goes on trying",
			strerror(why));
	if (d->refusals == REFUSALS_MAX)
		return fault_set(f, FAULT_SYSTEM, why, "poll");
	pause_until(clock_boot_us() + SHORTAGE_PAUSE_MS * INT64_C(1000));
	/* where it does not say what there is, look: neither waits. A keeper can wait */
	fds[0].revents = fds[1].revents = POLLIN;
	return 0;
}

int listen_serve(int fd, const char *settings, struct fault *f)
{
	static struct daemon d;

	memset(&d, 0, sizeof d);
	d.listener = fd;
	d.settings = settings;
	d.asks = borrow_open();
	digest_prepare();
	turnstile_open();
	decoys_open(LISTEN_SLOTS);
	crowd_open(LISTEN_SLOTS);
	if (catch_signals(&d, f) < 0)
		return -1;
	for (;;) {
		struct pollfd fds[WAITS] = { { d.listener, POLLIN, 0 }, { d.signals, POLLIN, 0 },
			{ d.keeper == 0 ? d.asks : -1, POLLIN, 0 } };

		if (wait_for_work(&d, fds, f) < 0)
			return -1;
		if ((fds[1].revents & POLLIN) && take_signals(&d))
			break;
		if (fds[2].revents & POLLIN)
			start_keeper(&d);
		if (fds[0].revents & POLLIN)
			accept_some(&d);
	}
	close(d.signals);
	return 0;
}
