/* sms-otp-send: reads one order from descriptor 0, carries it out, writes one receipt on
 * descriptor 1, and ends, or stays for more of them; or answers an enquiry about a description. */
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/places.h"
#include "sender/enquiry.h"
#include "sender/errand.h"
#include "sender/heap.h"
#include "sender/outbox.h"
#include "sender/reply.h"
#include "sender/sandbox.h"
#include "sender/shift.h"

enum { EXIT_TROUBLE = 2, RESERVE_MS = 150 };

static const char help[] =
	"usage: sms-otp-send [--stay | --help | --version]\n"
	"       sms-otp-send --describe NAME\n"
	"       sms-otp-send --judge PATHNAME [VARIABLE=VALUE ...] <FILE\n"
	"\n"
	"Sends one message of pam_sms_otp. sms-otpd starts it and speaks to it on descriptors 0\n"
	"and 1; it is not for use by hand. To send a message: sms-otp send-test NUMBER.\n"
	"With --stay it waits for more messages to the same provider, and keeps its connection.\n"
	"\n"
	"--describe and --judge answer questions of sms-otp about a description; nothing is sent.\n"
	"\n"
	"See sms-otp-send(8) and sms-otp-provider(5).\n";

static void say(int fd, const char *text)
{
	/* nothing can be done about a closed terminal */
	if (write(fd, text, strlen(text)) < 0)
		return;
}

static int usage(const char *word)
{
	if (!strcmp(word, "--version")) {
		say(STDOUT_FILENO, "sms-otp-send " SMSOTP_VERSION "\n");
		return 0;
	}
	bool asked = !strcmp(word, "--help");
	say(asked ? STDOUT_FILENO : STDERR_FILENO, help);
	return asked ? 0 : EXIT_TROUBLE;
}

/* The receipt must leave before the engine's own limit: keep back a tenth, at most RESERVE_MS. */
static int64_t end_of_work(const struct order *o, int64_t start_ms)
{
	int64_t reserve = o->time_ms / 10 < RESERVE_MS ? o->time_ms / 10 : RESERVE_MS;
	return start_ms + o->time_ms - reserve;
}

static const struct provider_folders folders = {
	.site = PLACES_PROVIDERS_SITE, .shipped = PLACES_PROVIDERS_SHIPPED, .owner = 0
};

/* Not one of ours is open beyond these: the engine hands over 0 to 2, and the outbox as 3. */
static void close_others(unsigned first)
{
	syscall(SYS_close_range, first, ~0U, 0);
}

static void run_outbox(const struct order *o, struct receipt *r)
{
	static const struct landlock_needs nothing;
	struct fault f = FAULT_INIT;
	struct clock_now now = { 0 };
	uint32_t on = 0;
	if (clock_read(&now, &f) < 0 || sandbox_enter(SANDBOX_OUTBOX, &nothing, &on, &f) < 0)
		reply_refuse(r, &f);
	else
		outbox_deliver(OUTBOX_FD, o, now.wall_s, r);
	r->sandbox = on;
}

/* With something kept the descriptors of a former order's connection are among the others. */
static void run(
	const struct order *o, int64_t start_ms, struct errand_kept *kept, struct receipt *r)
{
	bool outbox = !strcmp(o->description, "outbox");
	struct fault f = FAULT_INIT;
	if (!kept || !kept->ready)
		close_others(outbox ? OUTBOX_FD + 1 : OUTBOX_FD);
	if (geteuid() == 0 || getuid() == 0) {
		fault_set(&f, FAULT_BAD, 0, "the sender refuses to run as root");
		reply_refuse(r, &f);
	} else if (outbox) {
		run_outbox(o, r);
	} else {
		errand_run(&folders, o, end_of_work(o, start_ms), kept, r);
	}
}

static int enquire(const char *const *words)
{
	struct fault f = FAULT_INIT;
	close_others(STDERR_FILENO + 1);
	if (enquiry_limits(&f) < 0)
		return EXIT_TROUBLE;
	return enquiry_run(&folders, words, STDIN_FILENO, STDOUT_FILENO);
}

int main(int argc, char **argv)
{
	struct fault f = FAULT_INIT;
	const char *const *words = (const char *const *)argv;
	bool stay = argc == 2 && !strcmp(argv[1], "--stay");
	bool asked = argc > 1 && !stay;
	if (asked && !enquiry_wanted(argc, words))
		return usage(argv[1]);
	heap_for_openssl();
	clearenv();
	signal(SIGPIPE, SIG_IGN);
	if (sandbox_limits(&f) < 0)
		return asked ? EXIT_TROUBLE : 1;
	if (asked)
		return enquire(words);
	const struct shift shift = { STDIN_FILENO, STDOUT_FILENO, stay, run };
	int rc = shift_run(&shift);
	/* not exit: a resolver's thread may still be about */
	_exit(rc < 0 ? 1 : 0);
}
