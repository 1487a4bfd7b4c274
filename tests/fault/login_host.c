/* login_host CONFDIR MESSAGES ANSWER...: a host for one login that goes wrong somewhere. It loads the built module by the stack in
 * CONFDIR, answers each prompt, and writes what it saw into the page.
 *
 * An answer is `right` (the code of the last message in the file MESSAGES), `wrong` (one beside it), `digits:DIGITS` (of another
 * login), `resend` or `hang-up`. After the last: hang up. */
#include <errno.h>
#include <fcntl.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "tests/fault/page.h"
#include "tests/fault/patience.h"
#include "tests/module/traces.h"

enum { TAIL = 16384, SILENT = (int)PAM_SILENT };

static struct page *page;
static struct page_host *seen;
static const char *messages;
static char **answers;
static int64_t since_ms;
static bool guessed_wrong; /* the answer before this prompt */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What follows is the module's, or ours again. */
static void module_runs(bool does)
{
	page->window = does;
	prctl(PAGE_MARK, does ? 1 : 0, 0, 0, 0);
}

static void step_ended(void)
{
	int64_t took_ms = now_ms() - since_ms;

	if (took_ms > seen->longest_ms)
		seen->longest_ms = took_ms;
}

/* The digits before the last " is your code" in the file. */
static bool read_code(char code[PAGE_DIGITS + 1])
{
	static const char words[] = " is your code";
	static char text[TAIL];
	int fd = open(messages, O_RDONLY | O_CLOEXEC);
	bool found = false;

	if (fd < 0)
		return false;
	off_t size = lseek(fd, 0, SEEK_END);
	ssize_t n = pread(fd, text, sizeof text, size > TAIL ? size - TAIL : 0);
	close(fd);
	for (ssize_t i = n - (ssize_t)sizeof words; i >= PAGE_DIGITS && !found; i--) {
		found = memcmp(text + i, words, sizeof words - 1) == 0;
		if (found)
			memcpy(code, text + i - PAGE_DIGITS, PAGE_DIGITS);
	}
	explicit_bzero(text, sizeof text);
	return found;
}

static void beside(const char *code, char out[PAGE_DIGITS + 1])
{
	memcpy(out, code, PAGE_DIGITS + 1);
	out[PAGE_DIGITS - 1] =
		(char)(code[PAGE_DIGITS - 1] == '9' ? '0' : code[PAGE_DIGITS - 1] + 1);
}

/* NULL: hang up. */
static const char *next_answer(void)
{
	if (!*answers || strcmp(*answers, "hang-up") == 0)
		return NULL;
	const char *word = *answers++;
	seen->right = false;
	if (strcmp(word, "resend") == 0)
		return "r";
	if (strncmp(word, "digits:", 7) == 0) {
		guessed_wrong = true;
		return word + 7;
	}
	if (!read_code(seen->code))
		return NULL;
	beside(seen->code, seen->guess);
	if (strcmp(word, "wrong") == 0) {
		guessed_wrong = true;
		return seen->guess;
	}
	seen->right = true;
	return seen->code;
}

static int answer(int n, const struct pam_message **msg, struct pam_response **resp, void *data)
{
	(void)n;
	(void)data;
	module_runs(false);
	step_ended();
	if (guessed_wrong && strstr(msg[0]->msg, "rong code"))
		seen->wrong_told++;
	bool prompt =
		msg[0]->msg_style == PAM_PROMPT_ECHO_ON || msg[0]->msg_style == PAM_PROMPT_ECHO_OFF;
	seen->prompts += prompt;
	guessed_wrong = guessed_wrong && !prompt;
	const char *text = prompt ? next_answer() : "";
	*resp = text ? calloc(1, sizeof **resp) : NULL;
	if (*resp && prompt)
		(*resp)->resp = strdup(text);
	since_ms = now_ms();
	module_runs(true);
	return *resp ? PAM_SUCCESS : PAM_CONV_ERR;
}

/* The differences as words in the page. */
static void compare(const struct traces *before, const struct traces *after)
{
	int out[2];

	if (pipe2(out, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	traces_compare(before, after, out[1]);
	ssize_t n = read(out[0], seen->changed, sizeof seen->changed - 1);
	seen->changed[n > 0 ? n : 0] = '\0';
	close(out[0]);
	close(out[1]);
}

static int log_in(const char *confdir)
{
	static struct traces before, after;
	struct pam_conv conv = { answer, NULL };
	pam_handle_t *pamh = NULL;

	if (pam_start_confdir("sshd", "alice", &conv, confdir, &pamh) != PAM_SUCCESS ||
		pam_putenv(pamh, "SSH_AUTH_INFO_0=password") != PAM_SUCCESS)
		return 2;
	/* loads the module */
	pam_setcred(pamh, PAM_ESTABLISH_CRED | SILENT);
	syslog(LOG_DEBUG, "a host of the tests");
	closelog();
	traces_take(&before);
	traces_take(&before);
	since_ms = now_ms();
	seen->begun = true;
	module_runs(true);
	seen->rc = pam_authenticate(pamh, 0);
	module_runs(false);
	step_ended();
	closelog(); /* libpam's, which makes another one when it fails */
	traces_take(&after);
	compare(&before, &after);
	seen->delayed_ms = patience_delayed_ms();
	errno = 0;
	if (waitpid(-1, NULL, WNOHANG | __WALL) >= 0 || errno != ECHILD)
		strcat(seen->changed, "changed=a child is left\n");
	if (guessed_wrong && seen->rc == PAM_AUTH_ERR)
		seen->wrong_told++;
	seen->ended = true;
	pam_end(pamh, seen->rc);
	return 0;
}

int main(int argc, char **argv)
{
	int fd = open(PAGE_PATH, O_RDWR | O_CLOEXEC);
	void *at = MAP_FAILED;

	if (argc < 3 || fd < 0)
		return 2;
	at = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return 2;
	page = at;
	seen = &page->host;
	messages = argv[2];
	answers = argv + 3;
	return log_in(argv[1]);
}
