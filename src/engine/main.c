/* sms-otpd: the engine, as a daemon or for one login. */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/places.h"
#include "core/settings.h"
#include "engine/listen.h"
#include "engine/logbook.h"
#include "engine/peer.h"
#include "engine/socket.h"

enum { EXIT_TROUBLE = 2 };

static const char help[] =
	"usage: sms-otpd [--settings FILE]\n"
	"       sms-otpd --one-shot [--settings FILE]\n"
	"\n"
	"The engine of pam_sms_otp. Without --one-shot it stays in the foreground and serves\n"
	"logins on " PLACES_SOCKET ", one child each. With --one-shot it serves\n"
	"the login on descriptor 0 and ends; the PAM module starts it so.\n"
	"\n"
	"  --settings FILE  read FILE in place of " PLACES_SETTINGS "\n"
	"  --help           print this\n"
	"  --version        print the version\n"
	"\n"
	"See sms-otpd(8).\n";

static void say(int fd, const char *text)
{
	/* nothing can be done about a closed terminal */
	if (write(fd, text, strlen(text)) < 0)
		return;
}

static int trouble(const char *text)
{
	say(STDERR_FILENO, "sms-otpd: ");
	say(STDERR_FILENO, text);
	say(STDERR_FILENO, "\n");
	return EXIT_TROUBLE;
}

struct options {
	const char *settings;
	bool one_shot;
	bool done; /* --help or --version was answered */
};

static int read_options(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--one-shot") == 0) {
			o->one_shot = true;
		} else if (strcmp(argv[i], "--settings") == 0 && i + 1 < argc) {
			o->settings = argv[++i];
		} else if (strcmp(argv[i], "--help") == 0) {
			say(STDOUT_FILENO, help);
			o->done = true;
		} else if (strcmp(argv[i], "--version") == 0) {
			say(STDOUT_FILENO, "sms-otpd " SMSOTP_VERSION "\n");
			o->done = true;
		} else {
			return trouble("unknown argument; see sms-otpd --help");
		}
	}
	return o->settings[0] == '/' ? 0 : trouble("--settings needs an absolute path");
}

/* Codes and keys pass through this process: no core file, no debugger of another process. */
static void keep_to_itself(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	umask(077);
	/* where a container forbids raising limits, a caller's `ulimit -f 0` must be a failed
	 * write that is logged, not a death without a word (D7) */
	signal(SIGXFSZ, SIG_IGN);
}

static int serve_one(const struct options *o)
{
	uid_t uid;

	/* the caller of su or sudo may own it */
	cgroup_leave();
	if (peer_uid(STDIN_FILENO, &uid) < 0)
		return trouble(
			"descriptor 0 is not a Unix socket; --one-shot is for the PAM module");
	peer_serve(STDIN_FILENO, o->settings, uid);
	return 0;
}

/* Once, for who looks there; the settings are read afresh for each login, and its line says so. */
static void announce_mode(const struct options *o)
{
	/* given back at once: each child would copy the page tables of what stays */
	struct settings *s = calloc(1, sizeof *s);
	struct settings_faults *faults = calloc(1, sizeof *faults);

	if (s && faults && settings_load_once(o->settings, s, faults) == 0) {
		if (s->mode == SETTINGS_OBSERVE || s->nobserved > 0)
			syslog(LOG_WARNING,
				"mode is \"observe\"%s: logins are decided and logged, and "
				"nobody is asked for a code",
				s->mode == SETTINGS_OBSERVE ? "" : " for some services");
		settings_forget(s);
	}
	free(faults);
	free(s);
}

static int serve_all(const struct options *o)
{
	struct fault f = FAULT_INIT;
	char text[400];
	bool made;
	int fd;

	announce_mode(o);
	int rc = socket_open(&fd, &made, &f);
	if (rc == 0) {
		rc = listen_serve(fd, o->settings, &f);
		if (made)
			socket_remove();
	}
	if (rc == 0)
		return 0;
	fault_text(&f, text, sizeof text);
	logbook_write(LOG_ERR, "stopped: %s", text);
	return trouble(text);
}

int main(int argc, char **argv)
{
	struct options o = { .settings = PLACES_SETTINGS };
	int rc = read_options(argc, argv, &o);

	if (rc != 0 || o.done)
		return rc;
	if (geteuid() != 0)
		return trouble("must be started as root");
	keep_to_itself();
	logbook_open();
	return o.one_shot ? serve_one(&o) : serve_all(&o);
}
