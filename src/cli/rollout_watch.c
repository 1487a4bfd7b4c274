#include "cli/rollout_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/file.h"
#include "base/spawn.h"
#include "cli/audit.h"
#include "cli/rollout_back.h"
#include "cli/speech.h"

#define WATCH  "watch"
#define UNIT   "sms-otp-rollout.service"
#define WANTED "/etc/systemd/system/multi-user.target.wants/" UNIT

enum {
	PAUSE_MS = 2000,     /* between two looks: a suspended machine is late by that */
	COMPLAIN_MS = 60000, /* between two lines of the log about the same trouble */
	START_MS = 5000,
	SYSTEMCTL_MS = 15000,
	CLAIM_MS = 1000, /* who only asks whether there is one holds the lock for a moment */
};

static const struct inode_want want = { .owner = 0, .forbid = 0077, .size = -1, .flags = O_RDWR };

/* The watcher's own lock; the desk is entered. LATE: there is a watcher. */
static int claim(const struct rollout_desk *d, int64_t wait_ms, int *fd, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (file_open_at(d->folder, WATCH, &want, fd, f) != 0) {
		if (f->class != FAULT_ABSENT ||
			file_create_at(d->folder, WATCH, "", 0, &why) != 0 ||
			file_open_at(d->folder, WATCH, &want, fd, f) != 0)
			return -1;
	}
	if (file_lock(*fd, FILE_LOCK_WRITE, clock_boot_ms() + wait_ms, f) == 0)
		return 0;
	close(*fd);
	*fd = -1;
	return -1;
}

/* --- the watcher --- */

struct round {
	const struct rollout_home *home;
	const struct rollout_desk *desk;
	struct clock_now now;
	unsigned open;
	bool complain;
};

static void complain(const char *service, const struct fault *f)
{
	char text[384];
	struct state closed = { .folder = -1 };
	struct audit_change line = {
		.action = "rollout-stuck", .service = service, .reason = text
	};

	fault_text(f, text, sizeof(text));
	audit_admin(&closed, &line);
	speech_warn("%s: %s", service, text);
}

static void look(void *ctx, const char *service, struct rollout_record *r, const struct fault *why)
{
	struct round *round = ctx;
	struct rollout_back_wish wish = { .why = "timeout", .force = true };
	struct fault f = FAULT_INIT;

	if (r == NULL) {
		if (round->complain)
			complain(service, why);
		return;
	}
	if (r->standing != ROLLOUT_OPEN)
		return;
	if (!rollout_record_due(r, &round->now)) {
		round->open++;
		return;
	}
	if (memcmp(r->boot_id, round->now.boot_id, sizeof(r->boot_id)) != 0)
		wish.why = "reboot";
	if (rollout_back_put(round->home, round->desk, r, &wish, &f) != ROLLOUT_BACK_NOT) {
		speech_line("%s/%s is as it was before.", round->home->pam, service);
		return;
	}
	round->open++;
	if (round->complain)
		complain(service, &f);
}

/* One look at all: 1 where something is still on trial, 0 where nothing is, -1. *watch is let go
 * while the desk is ours. */
static int look_at_all(struct round *round, int *watch, struct fault *f)
{
	struct rollout_desk desk;
	int rc = 1;

	round->open = 0;
	if (rollout_record_enter(round->home, &desk, f) != 0)
		return -1;
	round->desk = &desk;
	if (clock_read(&round->now, f) != 0 || rollout_record_walk(&desk, look, round, f) != 0)
		rc = -1;
	if (rc == 1 && round->open == 0) {
		close(*watch);
		*watch = -1;
		rc = 0;
	}
	rollout_record_leave(&desk);
	round->desk = NULL;
	return rc;
}

static int watch_on(const struct rollout_home *home, int watch)
{
	struct round round = { .home = home, .complain = true };
	int64_t complained_ms = clock_boot_ms();

	for (;;) {
		struct fault f = FAULT_INIT;
		int rc = look_at_all(&round, &watch, &f);

		if (rc == 0)
			return SPEECH_YES;
		if (rc < 0 && round.complain)
			complain("-", &f);
		round.complain = clock_boot_ms() - complained_ms >= COMPLAIN_MS;
		if (round.complain)
			complained_ms = clock_boot_ms();
		poll(NULL, 0, PAUSE_MS);
	}
}

int rollout_watch_run(const struct rollout_home *home)
{
	struct rollout_desk desk;
	struct fault f = FAULT_INIT;
	int watch = -1, rc;

	if (access(home->state, F_OK) != 0 && errno == ENOENT)
		return SPEECH_YES;
	/* the session that it was started from may end with all that is in its group; from
	 * systemd's unit there is no way out, and no need */
	cgroup_leave();
	if (rollout_record_enter(home, &desk, &f) != 0)
		return speech_fault(&f);
	rc = claim(&desk, CLAIM_MS, &watch, &f);
	rollout_record_leave(&desk);
	if (rc == 0)
		return watch_on(home, watch);
	if (f.class != FAULT_LATE)
		return speech_fault(&f);
	speech_line("A watcher is running already.");
	return SPEECH_YES;
}

/* --- its start --- */

bool rollout_watch_alive(const struct rollout_home *home)
{
	struct rollout_desk desk;
	struct fault f = FAULT_INIT;
	int watch = -1;
	bool alive;

	if (rollout_record_enter(home, &desk, &f) != 0)
		return false;
	alive = claim(&desk, 0, &watch, &f) != 0 && f.class == FAULT_LATE;
	if (watch >= 0)
		close(watch);
	rollout_record_leave(&desk);
	return alive;
}

static bool wait_alive(const struct rollout_home *home)
{
	int64_t until_ms = clock_boot_ms() + START_MS;

	while (clock_boot_ms() < until_ms) {
		if (rollout_watch_alive(home))
			return true;
		poll(NULL, 0, 50);
	}
	return false;
}

static bool systemd_runs(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

static bool start_by_systemd(void)
{
	const char *argv[] = { "systemctl", "start", "--no-block", UNIT, NULL };
	struct spawn_plan plan = {
		.path = "/usr/bin/systemctl", .argv = argv, .fds = { -1, -1, -1 }, .nfds = 3
	};
	struct fault f = FAULT_INIT;
	struct spawn_child child;

	return systemd_runs() && spawn_child(&plan, &child, &f) == 0 &&
	       spawn_end(&child, clock_boot_ms() + SYSTEMCTL_MS) == 0;
}

static int start_orphan(struct fault *f)
{
	static const char *const argv[] = { "sms-otp", "rollout", "--resume", NULL };
	char self[512];
	struct spawn_plan plan = { .path = self, .argv = argv, .fds = { -1, -1, -1 }, .nfds = 3 };
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return fault_set(f, FAULT_SYSTEM, errno, "/proc/self/exe");
	self[n] = 0;
	return spawn_orphan(&plan, f);
}

int rollout_watch_start(const struct rollout_home *home, struct fault *f)
{
	if (rollout_watch_alive(home))
		return 0;
	if (start_by_systemd() && wait_alive(home))
		return 0;
	if (start_orphan(f) != 0)
		return -1;
	if (wait_alive(home))
		return 0;
	return fault_set(f, FAULT_LATE, 0,
		"the process that would put the file back did not begin; see the system's log");
}

const char *rollout_watch_after_reboot(void)
{
	if (access(WANTED, F_OK) == 0)
		return NULL;
	return systemd_runs() ? "systemctl enable " UNIT
			      : "let the system run `sms-otp rollout --resume` when it starts "
				"(a line in rc.local, or @reboot in root's crontab)";
}

/* --- what check says --- */

struct report {
	struct inspection *i;
	struct clock_now now;
	unsigned open;
};

static void tell(void *ctx, const char *service, struct rollout_record *r, const struct fault *why)
{
	struct report *report = ctx;

	if (r == NULL)
		inspection_add_fault(report->i, INSPECTION_FINDING, "rollout", why);
	else if (r->standing == ROLLOUT_OPEN && rollout_record_due(r, &report->now))
		inspection_add(report->i, INSPECTION_TROUBLE, "rollout",
			"%s was to be put back and is not: sms-otp rollout --resume", service);
	else if (r->standing == ROLLOUT_OPEN) {
		inspection_add(report->i, INSPECTION_NOTE, "rollout",
			"%s is on trial: sms-otp rollout %s --confirm keeps it, --revert ends it",
			service, service);
		report->open++;
	}
}

void rollout_watch_inspect(struct inspection *i, const struct rollout_home *home)
{
	struct report report = { .i = i };
	struct rollout_desk desk;
	struct fault f = FAULT_INIT;

	if (access(home->state, F_OK) != 0)
		return;
	if (rollout_record_enter(home, &desk, &f) != 0 || clock_read(&report.now, &f) != 0 ||
		rollout_record_walk(&desk, tell, &report, &f) != 0)
		inspection_add_fault(i, INSPECTION_FINDING, "rollout", &f);
	rollout_record_leave(&desk);
	if (report.open > 0 && !rollout_watch_alive(home))
		inspection_add(i, INSPECTION_TROUBLE, "rollout",
			"nobody watches over what is on trial: sms-otp rollout --resume");
}
