#include "cli/audit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "base/number.h"
#include "base/text.h"
#include "core/number_tag.h"

enum { TAG_MAX = 16 };

/* The uid that logged in before any su or sudo, by the kernel; set by pam_loginuid. -1: unknown. */
static int login_uid(uid_t *uid)
{
	char text[16];
	int64_t value;
	struct fault f = FAULT_INIT;
	int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -1;
	text[n] = 0;
	/* 4294967295: nobody logged in, a daemon's child */
	if (number_parse(text, 0, UINT32_MAX - 1, &value, &f) != 0)
		return -1;
	*uid = (uid_t)value;
	return 0;
}

void audit_by(char *out, size_t cap)
{
	struct fault f = FAULT_INIT;
	struct account a;
	uid_t uid = 0;
	const char *name = getenv("SUDO_USER");

	if (login_uid(&uid) == 0 && uid != 0 && account_find_uid(uid, &a, &f) == 0)
		name = a.name;
	if (name == NULL || !account_name_valid(name) || text_copy(out, cap, name) != 0)
		snprintf(out, cap, "root");
}

static void add_number(
	struct text_line *line, const struct state *s, const char *key, const struct phone *p)
{
	char tag[TAG_MAX] = "-";

	if (p == NULL)
		return;
	if (s->folder >= 0)
		number_tag(s, p->e164, tag, sizeof(tag));
	text_add(line, " %s=%s", key, tag);
}

static void add_name(struct text_line *line, const char *key, const char *name)
{
	char clean[TALK_USER_MAX + 1];

	text_log(clean, sizeof(clean), name);
	for (char *c = clean; *c != 0; c++)
		if (*c == ' ' || *c == '=')
			*c = '?';
	text_add(line, " %s=%s", key, clean);
}

/* The last of the line, in quotes: text_log leaves none in it. */
static void add_reason(struct text_line *line, const char *reason)
{
	char clean[256];

	if (reason == NULL)
		return;
	text_log(clean, sizeof(clean), reason);
	text_add(line, " reason=\"%s\"", clean);
}

void audit_admin(const struct state *state, const struct audit_change *change)
{
	char buf[1024], by[TALK_USER_MAX + 1];
	struct text_line line;

	text_begin(&line, buf, sizeof(buf));
	text_add(&line, "admin action=%s", change->action);
	if (change->account != NULL) {
		add_name(&line, "user", change->account->name);
		text_add(&line, " uid=%u", (unsigned)change->account->uid);
	}
	if (change->service != NULL)
		add_name(&line, "service", change->service);
	if (change->for_s > 0)
		text_add(&line, " for_s=%lld", (long long)change->for_s);
	if (change->language != NULL)
		add_name(&line, "language", change->language);
	add_number(&line, state, "number", change->number);
	add_number(&line, state, "old", change->old);
	audit_by(by, sizeof(by));
	add_name(&line, "by", by);
	add_reason(&line, change->reason);
	openlog("sms-otp", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_AUTHPRIV | LOG_NOTICE, "%s", buf);
	closelog();
}
