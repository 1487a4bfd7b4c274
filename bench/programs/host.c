/* host: hosts of PAM for the bench; each line of standard input is a login, each line of standard
 * output what came of it.
 *
 *	host fresh SERVICE	each login in a process of its own, as sshd does it
 *	host lived SERVICE	all in this one
 *	host look SERVICE	one login; what is mapped, resident and open, before, at the
 *				prompt, after, and when PAM has ended
 *	host mark SERVICE	one login between two calls that a trace finds: write(-1, "begin")
 *				and write(-1, "end")
 *	host crowd SERVICE	reads all logins, starts them at one moment, says when all stand at
 *				the prompt, and waits until descriptor 3 ends
 *
 * A login is: USER ADDRESS ANSWER, ANSWER a code after '=', or after '@' the name of a file under
 * /dev/shm/mail that has it when the prompt comes. Of a login is said: PAM's code, and in ns of
 * CLOCK_MONOTONIC: pam_start, pam_authenticate, the first prompt (0: none), pam_end's end; and how
 * long the person took. What a person does (to read the code) is not the login's. */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 256, CROWD_MAX = 2000, TEXT = 1 << 16 };

struct login {
	char user[64], address[64], answer[64];
	int rc;
	int64_t start, authenticate, prompt, end, person;
	/* of a crowd: at the prompt, and what it waits for there */
	volatile int standing, ended;
	int gate;
	/* of a look */
	void (*at_prompt)(void);
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static char *code_of(const char *answer)
{
	char path[128], code[32] = "";

	if (answer[0] != '@')
		return strdup(answer + 1);
	snprintf(path, sizeof path, "/dev/shm/mail/%s", answer + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, code, sizeof code - 1);
	if (fd >= 0)
		close(fd);
	code[n > 0 ? n : 0] = 0;
	return strdup(code);
}

static int converse(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	struct login *l = data;
	int64_t begun = now();

	*resp = calloc((size_t)n, sizeof **resp);
	for (int i = 0; i < n; i++) {
		if (msg[i]->msg_style != PAM_PROMPT_ECHO_ON &&
			msg[i]->msg_style != PAM_PROMPT_ECHO_OFF)
			continue;
		if (l->prompt == 0)
			l->prompt = begun;
		if (l->at_prompt)
			l->at_prompt();
		if (l->gate > 0 && !l->standing) {
			char c;
			l->standing = 1;
			if (read(l->gate, &c, 1) < 0)
				return PAM_CONV_ERR;
		}
		(*resp)[i].resp = code_of(l->answer);
	}
	l->person += now() - begun;
	return PAM_SUCCESS;
}

static void look(const char *when);

static void log_in(const char *service, struct login *l)
{
	struct pam_conv conv = { converse, l };
	pam_handle_t *pamh = NULL;

	l->start = now();
	l->rc = pam_start(service, l->user, &conv, &pamh);
	if (l->rc == PAM_SUCCESS) {
		pam_set_item(pamh, PAM_RHOST, l->address);
		pam_set_item(pamh, PAM_TTY, "ssh");
		l->authenticate = now();
		l->rc = pam_authenticate(pamh, 0);
		if (l->at_prompt)
			look("after");
		pam_end(pamh, l->rc);
	}
	l->end = now();
}

static void say(const struct login *l)
{
	char line[LINE];
	int n = snprintf(line, sizeof line, "%d %lld %lld %lld %lld %lld\n", l->rc,
		(long long)l->start, (long long)l->authenticate, (long long)l->prompt,
		(long long)l->end, (long long)l->person);

	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		_exit(3);
}

static bool next(struct login *l)
{
	char line[LINE];

	memset(l, 0, sizeof *l);
	return fgets(line, sizeof line, stdin) &&
	       sscanf(line, "%63s %63s %63s", l->user, l->address, l->answer) == 3;
}

static void one_by_one(const char *service, bool fresh)
{
	struct login l;

	while (next(&l)) {
		pid_t pid = fresh ? fork() : 0;
		if (pid > 0) {
			waitpid(pid, NULL, 0);
			continue;
		}
		log_in(service, &l);
		say(&l);
		if (fresh)
			_exit(0);
	}
}

/* --- what is in the process ------------------------------------------------------------------ */

static char text[TEXT];

static const char *whole(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && len < sizeof text - 1 &&
		(n = read(fd, text + len, sizeof text - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = 0;
	if (fd >= 0)
		close(fd);
	return text;
}

static long kib(const char *smaps, const char *field)
{
	const char *at = strstr(smaps, field);

	return at ? strtol(at + strlen(field), NULL, 10) : -1;
}

static int descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Nothing is allocated here: it would show. */
static void look(const char *when)
{
	static char line[TEXT];
	static char last[512], path[512];
	int fds = descriptors();
	const char *rollup = whole("/proc/self/smaps_rollup");
	int n = snprintf(line, sizeof line, "%s rss=%ld pss=%ld private_dirty=%ld descriptors=%d",
		when, kib(rollup, "Rss:"), kib(rollup, "Pss:"), kib(rollup, "Private_Dirty:"), fds);

	for (const char *at = whole("/proc/self/maps"); at && *at;
		at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		if (sscanf(at, "%*s %*s %*s %*s %*s %511[^\n]", path) != 1 ||
			!strstr(path, ".so") || !strcmp(path, last))
			continue;
		snprintf(last, sizeof last, "%s", path);
		n += snprintf(line + n, sizeof line - (size_t)n, " %s", path);
	}
	line[n++] = '\n';
	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		_exit(3);
}

static void look_at_prompt(void)
{
	look("prompt");
}

static void one(const char *service, bool looked)
{
	struct login l;

	if (!next(&l))
		return;
	if (looked) {
		/* what a host's own conversation touches is no module's */
		free(code_of(l.answer));
		l.at_prompt = look_at_prompt;
		look("before");
	} else if (write(-1, "begin", 5) == 5) {
		return;
	}
	log_in(service, &l);
	if (looked)
		look("end");
	else if (write(-1, "end", 3) == 3)
		return;
	say(&l);
}

/* --- many at once ---------------------------------------------------------------------------- */

static void attend(const char *service, struct login *l, int start, int gate)
{
	char c;

	/* that the other side has closed is the signal for all at one moment */
	if (read(start, &c, 1) < 0)
		_exit(3);
	l->gate = gate;
	log_in(service, l);
	l->ended = 1;
	_exit(0);
}

static void crowd(const char *service)
{
	struct login *all = mmap(NULL, CROWD_MAX * sizeof *all, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int n = 0, there, start[2], gate[2];
	char line[LINE];

	while (n < CROWD_MAX && next(&all[n]))
		n++;
	if (all == MAP_FAILED || pipe(start) < 0 || pipe(gate) < 0)
		_exit(3);
	for (int i = 0; i < n; i++) {
		if (fork() == 0) {
			close(start[1]);
			close(gate[1]);
			attend(service, &all[i], start[0], gate[0]);
		}
	}
	poll(NULL, 0, 300); /* for all to have come to the start */
	int64_t begun = now();
	close(start[1]);
	do {
		poll(NULL, 0, 2);
		there = 0;
		for (int i = 0; i < n; i++)
			there += all[i].standing || all[i].ended;
	} while (there < n);
	printf("standing %lld\n", (long long)begun);
	fflush(stdout);
	/* standard input has ended: who watches says by descriptor 3 that it has seen enough */
	if (read(3, line, sizeof line) < 0)
		_exit(3);
	close(gate[1]);
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < n; i++)
		say(&all[i]);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "fresh") || !strcmp(argv[1], "lived"))
		one_by_one(argv[2], argv[1][0] == 'f');
	else if (!strcmp(argv[1], "look") || !strcmp(argv[1], "mark"))
		one(argv[2], argv[1][0] == 'l');
	else if (!strcmp(argv[1], "crowd"))
		crowd(argv[2]);
	else
		return 2;
	return 0;
}
