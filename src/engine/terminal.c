#include "engine/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

/* proc(5): counted from the state, which is field 3, on */
enum { FIELD_SESSION = 3, FIELD_TTY = 4, FIELD_START = 19, FIELDS = 20 };
enum { STAT_MAX = 1024, PATH_LENGTH = 64 };
/* Documentation/admin-guide/devices.txt: consoles and serial lines */
enum { MAJOR_TTY = 4, MAJOR_CONSOLE = 5 };

static bool number_from(const char *text, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	return errno == 0 && end != text && (*end == ' ' || *end == '\n' || *end == '\0');
}

int terminal_parse(const char *line, struct terminal_stat *out)
{
	int64_t values[FIELDS] = { 0 };
	/* the name before may have blanks and brackets in it */
	const char *at = strrchr(line, ')');

	memset(out, 0, sizeof *out);
	for (int i = 0; i < FIELDS; i++) {
		at = at ? strchr(at, ' ') : NULL;
		if (!at)
			return -1;
		at++;
		if (i > 0 && !number_from(at, &values[i]))
			return -1;
	}
	if (values[FIELD_SESSION] < 0 || values[FIELD_START] < 0)
		return -1;
	out->session = values[FIELD_SESSION];
	out->device = (uint32_t)values[FIELD_TTY]; /* the kernel prints it as an int */
	out->start = (uint64_t)values[FIELD_START];
	return 0;
}

static int read_stat(const char *proc, int64_t pid, struct terminal_stat *out)
{
	char path[PATH_LENGTH], text[STAT_MAX];
	struct text_line line;
	ssize_t n;

	text_begin(&line, path, sizeof path);
	text_add(&line, "%s/%lld/stat", proc, (long long)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	do
		n = read(fd, text, sizeof text - 1);
	while (n < 0 && errno == EINTR);
	close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	return terminal_parse(text, out);
}

/* These are started in a session of somebody who has logged in, also where they lead it (by exec in
 * place of the shell). */
static bool changes_user(const char *service)
{
	static const char *const names[] = { "sudo", "sudo-i", "su", "su-l", "doas", "polkit-1" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], service) == 0)
			return true;
	return false;
}

void terminal_read(const char *proc, pid_t host, const char *service, struct facts_terminal *out)
{
	struct terminal_stat own, leader;
	struct fault f = FAULT_INIT;
	struct clock_now now;

	memset(out, 0, sizeof *out);
	if (host <= 0 || read_stat(proc, host, &own) < 0 || own.device == 0 || own.session <= 0)
		return;
	if (read_stat(proc, own.session, &leader) < 0 || leader.session != own.session ||
		leader.device != own.device)
		return;
	if (clock_read(&now, &f) < 0)
		return;
	unsigned major_number = major((dev_t)own.device);
	out->device = own.device;
	out->session = (uint64_t)own.session;
	out->start = leader.start;
	memcpy(out->boot_id, now.boot_id, sizeof out->boot_id);
	out->console = (major_number == MAJOR_TTY || major_number == MAJOR_CONSOLE) &&
		       own.session == (int64_t)host && !changes_user(service);
}
