#include "cli/terminal.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { CHOOSE_MS = 3600000 };

bool terminal_there(void)
{
	return isatty(STDIN_FILENO) == 1;
}

/* One byte: 1, 0 at the end of input, -1. */
static int read_byte(unsigned char *byte, int64_t deadline_ms, struct fault *f)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	for (;;) {
		int left = clock_left_ms(deadline_ms);
		ssize_t n;

		if (left == 0)
			return fault_set(f, FAULT_LATE, 0, "no answer in time");
		if (poll(&p, 1, left) < 0 && errno != EINTR)
			return fault_set(f, FAULT_SYSTEM, errno, "standard input");
		if (p.revents == 0)
			continue;
		n = read(STDIN_FILENO, byte, 1);
		if (n >= 0)
			return (int)n;
		/* EIO: the terminal was hung up */
		if (errno == EIO)
			return 0;
		if (errno != EINTR && errno != EAGAIN)
			return fault_set(f, FAULT_SYSTEM, errno, "standard input");
	}
}

static int read_line(int64_t deadline_ms, struct talk_answer *a, struct fault *f)
{
	unsigned char byte = 0;
	bool over = false;

	for (;;) {
		int n = read_byte(&byte, deadline_ms, f);

		if (n < 0)
			return -1;
		if (n == 0)
			return fault_set(f, FAULT_GONE, 0, "no answer: end of input");
		if (byte == '\n')
			break;
		if (a->text.len < SECRET_MAX)
			a->text.bytes[a->text.len++] = byte;
		else
			over = true;
	}
	if (!over && a->text.len > 0 && a->text.bytes[a->text.len - 1] == '\r')
		a->text.bytes[--a->text.len] = 0;
	if (over)
		secret_wipe(&a->text);
	a->kind = over               ? TALK_ANSWER_OVERSIZE
		  : a->text.len == 0 ? TALK_ANSWER_EMPTY
				     : TALK_ANSWER_TEXT;
	return 0;
}

void terminal_show(const char *prompt)
{
	fflush(stdout);
	fputs(prompt, stderr);
	fflush(stderr);
}

int terminal_read(int64_t deadline_ms, struct talk_answer *answer, struct fault *f)
{
	memset(answer, 0, sizeof(*answer));
	if (read_line(deadline_ms, answer, f) != 0) {
		secret_wipe(&answer->text);
		fputc('\n', stderr);
		return -1;
	}
	return 0;
}

int terminal_ask(
	const char *prompt, int64_t deadline_ms, struct talk_answer *answer, struct fault *f)
{
	terminal_show(prompt);
	return terminal_read(deadline_ms, answer, f);
}

char terminal_choose(const char *prompt, const char *letters)
{
	char choice = 0;

	while (choice == 0) {
		struct fault f = FAULT_INIT;
		struct talk_answer a;
		int c;

		if (terminal_ask(prompt, clock_boot_ms() + CHOOSE_MS, &a, &f) != 0)
			return 0;
		c = a.kind == TALK_ANSWER_TEXT && a.text.len == 1 ? tolower(a.text.bytes[0]) : 0;
		if (c != 0 && strchr(letters, c) != NULL)
			choice = (char)c;
		secret_wipe(&a.text);
	}
	return choice;
}
