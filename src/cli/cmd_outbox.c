#include "cli/cmd_outbox.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "cli/mailbox.h"
#include "cli/speech.h"

enum { LOOK_AGAIN_MS = 200, LAST_MAX = 1000000 };

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

/* An open file of messages and how far it is printed. */
struct reader {
	int fd; /* -1: there is none yet */
	int64_t at;
};

static void close_reader(struct reader *r)
{
	if (r->fd >= 0)
		close(r->fd);
	*r = (struct reader){ .fd = -1 };
}

static int print_rest(struct reader *r)
{
	char bytes[4096];
	ssize_t n;

	while (r->fd >= 0 && (n = pread(r->fd, bytes, sizeof(bytes), (off_t)r->at)) > 0) {
		fwrite(bytes, 1, (size_t)n, stdout);
		r->at += n;
	}
	return fflush(stdout);
}

/* Open what is there now; it is another file after `forget`, and a shorter one after somebody
 * emptied it. */
static int look_again(struct reader *r, struct fault *f)
{
	struct stat now, open_one;
	int fd;

	if (mailbox_open(&fd, f) != 0)
		return -1;
	if (fd < 0) {
		close_reader(r);
		return 0;
	}
	bool known = r->fd >= 0 && fstat(fd, &now) == 0 && fstat(r->fd, &open_one) == 0;
	bool same = known && now.st_ino == open_one.st_ino && now.st_dev == open_one.st_dev;
	if (same && now.st_size >= r->at) {
		close(fd);
		return 0;
	}
	/* after `forget` what is left has been printed before */
	if (known)
		r->at = same ? 0 : now.st_size;
	if (r->fd >= 0)
		close(r->fd);
	r->fd = fd;
	return 0;
}

static int follow(struct reader *r)
{
	static const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MS * 1000000L };
	struct sigaction end = { .sa_handler = stop };
	struct fault f = FAULT_INIT;

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	if (r->fd < 0)
		speech_line("No message yet; waiting. Ctrl-C ends.");
	while (!stopped) {
		if (look_again(r, &f) != 0)
			return speech_fault(&f);
		if (print_rest(r) != 0)
			return SPEECH_TROUBLE;
		nanosleep(&pause, NULL);
	}
	return SPEECH_YES;
}

static int read_last(const struct invocation *a, int64_t *last, struct fault *f)
{
	const char *typed = invocation_value(a, OPTION_LAST);

	if (typed == NULL)
		return 0;
	if (number_parse(typed, 0, LAST_MAX, last, f) == 0)
		return 0;
	return fault_set(f, FAULT_BAD, 0, "--last wants a number from 0 to %d", LAST_MAX);
}

int cmd_outbox(const struct invocation *a)
{
	struct reader r = { .fd = -1 };
	struct fault f = FAULT_INIT;
	int64_t last = -1;
	int rc = SPEECH_YES;

	if (read_last(a, &last, &f) != 0 || mailbox_open(&r.fd, &f) != 0)
		return speech_fault(&f);
	if (r.fd >= 0 && last >= 0 && mailbox_last(r.fd, (uint32_t)last, &r.at, &f) != 0) {
		close_reader(&r);
		return speech_fault(&f);
	}
	if (print_rest(&r) != 0)
		rc = SPEECH_TROUBLE;
	else if (invocation_has(a, OPTION_FOLLOW))
		rc = follow(&r);
	else if (r.fd < 0)
		speech_line("The outbox is empty.");
	close_reader(&r);
	return rc;
}
