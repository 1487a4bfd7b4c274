#include "cli/census.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/places.h"
#include "cli/attic.h"
#include "cli/grant.h"
#include "cli/rank.h"
#include "cli/routing.h"
#include "cli/timepiece.h"
#include "cli/unfinished.h"
#include "core/enlist.h"

struct census {
	struct inspection *i;
	const struct house *h;
	bool judged, console, has_state;
	uint32_t enrolled, unverified, blocked, with_codes, with_app;
	uint32_t administrators, prepared; /* enrolled; and with codes or an app */
};

/* Does passwd still know this user by this name? */
static bool inspect_account(struct census *c, const struct directory_entry *e)
{
	struct fault f = FAULT_INIT;
	struct account a;

	if (account_find_uid(e->uid, &a, &f) != 0) {
		if (f.class == FAULT_ABSENT)
			inspection_add(c->i, INSPECTION_FINDING, "users",
				"%s (uid %u) is enrolled, but not in the system: sms-otp forget %s",
				e->name, (unsigned)e->uid, e->name);
		else
			inspection_add_fault(c->i, INSPECTION_TROUBLE, "users", &f);
		return false;
	}
	if (strcmp(a.name, e->name) == 0)
		return true;
	inspection_add(c->i, INSPECTION_TROUBLE, "users",
		"uid %u was enrolled as %s and is %s now; no code lets %s in: sms-otp forget %s, "
		"then "
		"sms-otp enroll %s NUMBER",
		(unsigned)e->uid, e->name, a.name, a.name, a.name, a.name);
	return false;
}

static void inspect_number(struct census *c, const struct directory_entry *e)
{
	const struct settings *s = &c->h->settings;
	struct enrolment_number n;

	for (uint32_t i = 0; i <= e->nothers; i++) {
		char which[24] = "the number";

		enrolment_number(e, i, &n);
		if (i > 0)
			snprintf(which, sizeof(which), "number %u", (unsigned)i + 1);
		if (!phone_allowed(&n.phone, s->prefixes, s->nprefixes))
			inspection_add(c->i, INSPECTION_FINDING, "users",
				"%s: %s begins with none of numbers.prefixes, no code will be "
				"sent%s",
				e->name, which, e->nothers > 0 ? " to it" : "");
		else if (!s->premium && phone_premium(&n.phone))
			inspection_add(c->i, INSPECTION_FINDING, "users",
				"%s: %s is a premium one, no code will be sent%s", e->name, which,
				e->nothers > 0 ? " to it" : "");
	}
}

/* Who mends the logins of the others must not hang on a provider (C4). */
static void inspect_offline(struct census *c, const struct account *a, unsigned left, bool app)
{
	const bool administrator = rank_administrator(a);

	c->administrators += administrator ? 1 : 0;
	c->prepared += administrator && (left > 0 || app) ? 1 : 0;
	if (left == 0 && administrator)
		inspection_add(c->i, INSPECTION_FINDING, "users",
			"%s is an administrator without recovery codes%s: sms-otp recovery-codes "
			"%s",
			a->name, app ? "" : ", locked out while no provider answers", a->name);
	c->with_codes += left > 0 ? 1 : 0;
	c->with_app += app ? 1 : 0;
}

/* Nobody should find out from the log only. */
static void inspect_bypass(struct census *c, const struct account *a, const struct state_change *ch)
{
	const struct record_bypass *b = &ch->user.bypass;
	int64_t until_s = grant_until(&b->span, ch);
	char when[MOMENT_MAX];

	if (until_s != 0)
		inspection_add(c->i, INSPECTION_FINDING, "users",
			"%s is asked for no code%s%s until %s: sms-otp bypass %s --end ends that",
			a->name, b->service[0] != 0 ? " by " : "", b->service,
			moment_text(until_s, when), a->name);
}

static void inspect_record(struct census *c, const struct directory_entry *e)
{
	unsigned left;
	bool app;
	struct account a = { .uid = e->uid };
	struct fault f = FAULT_INIT;
	struct state_change ch;
	uint32_t block;

	snprintf(a.name, sizeof(a.name), "%s", e->name);
	if (state_begin(&c->h->state, STATE_USER, &a, &ch, &f) != 0) {
		fault_prefix(&f, "%s", e->name);
		inspection_add_fault(c->i, INSPECTION_TROUBLE, "users", &f);
		return;
	}
	block = ch.user.block;
	left = record_recovery_left(&ch.user.offline);
	app = ch.user.offline.app.enrolled != 0;
	state_abandon(&ch);
	inspect_offline(c, &a, left, app);
	inspect_bypass(c, &a, &ch);
	if (block != RECORD_BLOCK_NONE)
		c->blocked++;
}

static int inspect_entry(
	void *ctx, uint32_t uid, const struct directory_entry *e, const struct fault *f)
{
	struct census *c = ctx;

	(void)uid;
	c->enrolled++;
	if (e == NULL) {
		inspection_add_fault(c->i, INSPECTION_TROUBLE, "users", f);
		return 0;
	}
	c->unverified += e->verified ? 0 : 1;
	if (!inspect_account(c, e))
		return 0;
	if (c->judged)
		inspect_number(c, e);
	if (c->has_state)
		inspect_record(c, e);
	return 0;
}

/* Somebody began to enrol at a login, and has not finished: no damage. */
static void inspect_candidate(struct census *c, const struct account *a, enum enlist_past past)
{
	if (past == ENLIST_BLOCKED)
		inspection_add(c->i, INSPECTION_FINDING, "users",
			"%s began to enrol at a login, and is blocked after wrong codes: sms-otp "
			"enroll %s NUMBER, or sms-otp forget %s",
			a->name, a->name, a->name);
	else
		inspection_add(c->i, INSPECTION_NOTE, "users",
			"%s began to enrol at a login, and has not finished", a->name);
}

/* A record that no enrolment stands for: an interrupted enroll or forget. Harmless, but somebody's
 * data (G5). */
static void inspect_orphan(struct census *c, const char *name)
{
	struct account a = { .uid = 0 };
	struct directory_entry e;
	struct fault f = FAULT_INIT, unknown = FAULT_INIT;
	enum enlist_past past;
	int64_t uid;

	if (number_parse(name, 0, UINT32_MAX, &uid, &f) != 0)
		return;
	if (account_find_uid((uid_t)uid, &a, &unknown) != 0)
		a.name[0] = 0;
	a.uid = (uid_t)uid;
	if (directory_find(&c->h->directory, &a, &e, &f) == 0 || f.class != FAULT_ABSENT)
		return;
	if (a.name[0] != 0 && enlist_look(&c->h->state, &a, &past, &f) == 0 &&
		(past == ENLIST_CANDIDATE || past == ENLIST_BLOCKED))
		inspect_candidate(c, &a, past);
	else if (a.name[0] != 0)
		inspection_add(c->i, INSPECTION_FINDING, "users",
			"%s (uid %s) has a record without an enrolment: sms-otp forget %s", a.name,
			name, a.name);
	else
		inspection_add(c->i, INSPECTION_FINDING, "users",
			"uid %s, whom the system does not know, has a record without an enrolment: "
			"rm %s/%s",
			name, PLACES_STATE, name);
}

static void inspect_orphans(struct census *c)
{
	int fd = openat(c->h->state.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *d;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((d = readdir(dir)) != NULL)
		inspect_orphan(c, d->d_name);
	closedir(dir);
}

static void inspect_detours(struct census *c, const struct site *site)
{
	struct fault f = FAULT_INIT;
	struct clock_now now;

	if (clock_read(&now, &f) != 0)
		inspection_add_fault(c->i, INSPECTION_TROUBLE, "site", &f);
	else
		routing_inspect_detours(c->i, &c->h->settings, site, &now);
}

static void inspect_site(struct census *c)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;
	bool marked = false;

	if (state_begin(&c->h->state, STATE_SITE, NULL, &ch, &f) != 0) {
		inspection_add_fault(c->i, INSPECTION_TROUBLE, "site", &f);
		return;
	}
	state_abandon(&ch);
	timepiece_inspect(c->i, ch.clock_wall_s, ch.site.high.wall_s, c->with_app > 0);
	inspect_detours(c, &ch.site);
	for (int k = 0; k < SITE_SERVICES; k++) {
		const struct site_service *s = &ch.site.services[k];

		if (s->name[0] == 0 || s->one_field == 0)
			continue;
		marked = true;
		inspection_add(c->i, INSPECTION_FINDING, "site",
			"%s seems unable to ask twice, so no code is sent through it (for sshd: "
			"set "
			"PasswordAuthentication no and KbdInteractiveAuthentication yes); when "
			"that is "
			"mended: sms-otp check --two-prompts %s",
			s->name, s->name);
	}
	if (ch.site.enrolled != c->enrolled)
		inspection_add(c->i, INSPECTION_FINDING, "site",
			"the record counts %u enrolled users, there are %u: the next enroll or "
			"forget "
			"sets it right",
			(unsigned)ch.site.enrolled, (unsigned)c->enrolled);
	else if (!marked)
		inspection_add(c->i, INSPECTION_FINE, "site", "%s/site", PLACES_STATE);
}

/* Before there is a record to hold it against. */
static void inspect_clock(struct inspection *i)
{
	struct fault f = FAULT_INIT;
	struct clock_now now;

	if (clock_read(&now, &f) != 0)
		inspection_add_fault(i, INSPECTION_TROUBLE, "clock", &f);
	else
		timepiece_inspect(i, now.wall_s, 0, false);
}

static void sum_up(struct census *c)
{
	if (c->enrolled == 0)
		inspection_add(c->i, INSPECTION_FINDING, "users",
			"nobody is enrolled: sms-otp enroll USER NUMBER, an administrator first");
	else
		inspection_add(c->i, INSPECTION_FINE, "users",
			"%u enrolled, %u of them not verified, %u blocked, %u with recovery codes, "
			"%u with an app",
			(unsigned)c->enrolled, (unsigned)c->unverified, (unsigned)c->blocked,
			(unsigned)c->with_codes, (unsigned)c->with_app);
}

/* Who mends the machine must be able to log in to it. */
static void inspect_administrators(struct census *c)
{
	if (!c->has_state || c->enrolled == 0)
		return;
	if (c->administrators == 0)
		inspection_add(c->i, INSPECTION_FINDING, "users",
			"no administrator is enrolled (root, or one of the groups sudo, wheel and "
			"admin): where codes are asked for, who mends this machine is refused; "
			"sms-otp enroll NAME NUMBER, then sms-otp recovery-codes NAME");
	if (c->console && c->prepared == 0)
		inspection_add(c->i, INSPECTION_FINDING, "users",
			"logins at the machine itself ask for codes, and no administrator has "
			"recovery codes or an app: while no provider answers nobody mends it; "
			"sms-otp recovery-codes NAME");
}

static int count(void *ctx, int folder, const char *name)
{
	unsigned *n = ctx;

	(void)folder;
	(void)name;
	++*n;
	return 0;
}

/* What was begun, and what was put aside. */
static void inspect_leftovers(struct inspection *i)
{
	struct unfinished u = { 0 };
	struct fault f = FAULT_INIT;
	unsigned n = 0;

	if (unfinished_read(&u, &f) != 0)
		inspection_add_fault(i, INSPECTION_TROUBLE, "users", &f);
	else if (u.there)
		inspection_add(i, INSPECTION_FINDING, "users",
			"an import was cut short, with %zu user%s to end with: sms-otp import "
			"FILE once more",
			u.n, u.n == 1 ? "" : "s");
	unfinished_free(&u);
	f = (struct fault)FAULT_INIT;
	if (attic_walk(PLACES_DAMAGED, count, &n, &f) != 0)
		inspection_add_fault(i, INSPECTION_FINDING, "folders", &f);
	else if (n > 0)
		inspection_add(i, INSPECTION_NOTE, "folders",
			"%u damaged file%s put aside in %s; sms-otp prune removes what is older "
			"than 30 days",
			n, n == 1 ? "" : "s", PLACES_DAMAGED);
}

void census_inspect(struct inspection *i, struct house *h, const struct census_seen *seen)
{
	struct census c = { .i = i, .h = h, .judged = seen->judged, .console = seen->console };
	struct fault f = FAULT_INIT, no_state = FAULT_INIT;

	/* a folder that is not there has been named by premises */
	if (directory_open(PLACES_USERS, &h->directory, &f) != 0)
		return;
	c.has_state = state_open(PLACES_STATE, &h->state, &no_state) == 0;
	if (directory_walk(&h->directory, inspect_entry, &c, &f) != 0)
		inspection_add_fault(i, INSPECTION_TROUBLE, "users", &f);
	/* before the first enrolment there is none */
	if (!c.has_state && (no_state.class != FAULT_ABSENT || c.enrolled > 0))
		inspection_add_fault(i, INSPECTION_TROUBLE, "site", &no_state);
	if (c.has_state) {
		inspect_orphans(&c);
		inspect_site(&c);
	}
	if (!c.has_state)
		inspect_clock(i);
	sum_up(&c);
	inspect_administrators(&c);
	inspect_leftovers(i);
}
