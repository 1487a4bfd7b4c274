/* sms-otp-send: reads one order from descriptor 0, carries it out, writes one receipt on
 * descriptor 1, and ends. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/places.h"
#include "sender/errand.h"
#include "sender/outbox.h"
#include "sender/sandbox.h"

enum { EXIT_TROUBLE = 2, FIRST_FRAME_MS = 5000, RECEIPT_MS = 2000, RESERVE_MS = 150 };

static const char help[] =
	"usage: sms-otp-send [--help | --version]\n"
	"\n"
	"Sends one message of pam_sms_otp. sms-otpd starts it and speaks to it on descriptors 0\n"
	"and 1; it is not for use by hand. To send a message: sms-otp send-test NUMBER.\n"
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

static void refuse(struct receipt *r, const struct fault *f)
{
	char text[320];
	r->outcome = RECEIPT_REQUEST;
	snprintf(r->note, sizeof r->note, "%s", fault_text(f, text, sizeof text));
}

/* Not one of ours is open beyond these: the engine hands over 0 to 2, and the outbox as 3. */
static void close_others(unsigned first)
{
	syscall(SYS_close_range, first, ~0U, 0);
}

static void run(const struct order *o, int64_t start_ms, struct receipt *r)
{
	static const struct provider_folders folders = {
		.site = PLACES_PROVIDERS_SITE, .shipped = PLACES_PROVIDERS_SHIPPED, .owner = 0
	};
	bool outbox = !strcmp(o->description, "outbox");
	struct fault f = FAULT_INIT;
	struct clock_now now = { 0 };
	uint32_t on = 0;
	close_others(outbox ? OUTBOX_FD + 1 : OUTBOX_FD);
	if (geteuid() == 0 || getuid() == 0) {
		fault_set(&f, FAULT_BAD, 0, "the sender refuses to run as root");
		refuse(r, &f);
		return;
	}
	if (clock_read(&now, &f) < 0 ||
		sandbox_enter(outbox ? SANDBOX_OUTBOX : SANDBOX_HTTP, o->ca_file, &on, &f) < 0)
		refuse(r, &f);
	else if (outbox)
		outbox_deliver(OUTBOX_FD, o, now.wall_s, r);
	else
		errand_run(&folders, o, end_of_work(o, start_ms), r);
	r->sandbox = on;
}

int main(int argc, char **argv)
{
	static struct order order;
	struct receipt receipt = { 0 };
	struct fault f = FAULT_INIT;
	if (argc > 1)
		return usage(argv[1]);
	clearenv();
	signal(SIGPIPE, SIG_IGN);
	if (sandbox_limits(&f) < 0)
		return 1;
	if (order_receive(0, &order, clock_boot_ms() + FIRST_FRAME_MS, &f) == 0)
		run(&order, clock_boot_ms(), &receipt);
	else
		refuse(&receipt, &f);
	order_wipe(&order);
	int rc = order_send_receipt(1, &receipt, clock_boot_ms() + RECEIPT_MS, &f);
	/* not exit: a resolver's thread may still be about */
	_exit(rc < 0 ? 1 : 0);
}
