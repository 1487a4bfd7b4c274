#include "oracle.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/account.h"
#include "core/challenge.h"
#include "core/directory.h"
#include "core/limit.h"
#include "core/recovery.h"
#include "core/settings.h"
#include "core/state.h"

struct image {
	const char *path;
	struct state state;
	struct directory directory;
	char *why;
};

static bool lost(const struct image *i, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static bool lost(const struct image *i, const char *format, ...)
{
	va_list more;

	va_start(more, format);
	vsnprintf(i->why, 512, format, more);
	va_end(more);
	return false;
}

/* Damage is told with its remedy; anything else that is not there is not. */
static bool told(const struct image *i, const char *name, const struct fault *f)
{
	if ((f->class == FAULT_DAMAGED || f->class == FAULT_ABSENT) && f->text[0])
		return true;
	return lost(i, "%s: neither read nor told as damage: %s", name, f->text);
}

static bool account_of(const char *name, struct account *a)
{
	struct fault f = FAULT_INIT;

	return account_find(name, a, &f) == 0;
}

/* --- one user --- */

static bool keeps_counts(const struct image *i, const struct story_user *u, const struct record *r)
{
	unsigned sends = 0, failures = 0;

	for (int p = 0; p < RECORD_PURSES; p++) {
		sends += meter_sum(&r->purse[p].sends[1]);
		failures += meter_sum(&r->purse[p].failures);
	}
	for (int p = 0; p < RECORD_OFFLINE_PURSES; p++)
		failures += meter_sum(&r->offline.purse[p].failures);
	if (sends + u->forgivable < u->handed)
		return lost(i,
			"%s: %u sends on the record, %u were handed over, and at most %u given "
			"back",
			u->name, sends, u->handed, u->forgivable);
	if (failures < u->wrong)
		return lost(i, "%s: %u failures on the record, and %u were told", u->name, failures,
			u->wrong);
	if (u->unlocked && failures > 0)
		return lost(
			i, "%s: unlocked, and %u failures are on the record", u->name, failures);
	return true;
}

static bool keeps_standing(
	const struct image *i, const struct story_user *u, const struct state_change *ch)
{
	static const struct settings none;
	struct limit_terms t = { &none, &ch->now, RECORD_PURSE_STRANGER };
	bool locked = false;

	for (int p = 0; p < RECORD_PURSES; p++) {
		t.purse = (enum record_purse)p;
		locked = locked || limit_standing(&t, &ch->user).answer == LIMIT_LOCKED;
	}
	if (u->locked && !locked)
		return lost(i, "%s: was told to be locked, and is not", u->name);
	if (u->unlocked && locked)
		return lost(i, "%s: was unlocked, and is locked", u->name);
	return true;
}

static bool is_dead(const struct image *i, const struct record *r, const char *text)
{
	unsigned char mac[DIGEST_SIZE];
	struct fault f = FAULT_INIT;
	struct secret code;

	if (secret_set(&code, text, strlen(text)) < 0)
		return false;
	for (int k = 0; k < RECORD_CHALLENGES; k++) {
		const struct record_challenge *c = &r->challenges[k];
		if (c->gone_boot_ms != 0 && c->tries_left > 0 &&
			(challenge_mac(i->state.key, c->id, &code, mac, &f) < 0 ||
				memcmp(mac, c->mac, sizeof mac) == 0))
			return false;
	}
	return true;
}

static bool has_recovery(const struct image *i, const struct record *r, const char *typed)
{
	unsigned char mac[DIGEST_SIZE];
	struct fault f = FAULT_INIT;
	struct secret text, code;

	if (secret_set(&text, typed, strlen(typed)) < 0 || !recovery_read(&text, &code) ||
		recovery_mac(i->state.key, r->uid, &code, mac, &f) < 0)
		return false;
	for (int k = 0; k < RECORD_RECOVERY_CODES; k++)
		if (r->offline.recovery[k].state == RECORD_RECOVERY_UNUSED &&
			memcmp(r->offline.recovery[k].mac, mac, sizeof mac) == 0)
			return true;
	return false;
}

static bool keeps_codes(const struct image *i, const struct story_user *u, const struct record *r)
{
	for (unsigned k = 0; k < u->ndead; k++)
		if (!is_dead(i, r, u->dead[k]))
			return lost(
				i, "%s: a code whose login has its verdict is good again", u->name);
	for (unsigned k = 0; k < u->nrecovery; k++) {
		bool has = has_recovery(i, r, u->recovery[k].code);
		if (has && u->recovery[k].is == STORY_RECOVERY_SPENT)
			return lost(i, "%s: a spent recovery code is good again", u->name);
		if (!has && u->recovery[k].is == STORY_RECOVERY_FRESH)
			return lost(i, "%s: a recovery code that was not used is gone", u->name);
	}
	if (u->app && r->offline.app.enrolled != 1)
		return lost(i, "%s: the app is gone", u->name);
	if (r->offline.app.last_step < u->app_step)
		return lost(i, "%s: a code of the app is good again", u->name);
	return true;
}

static bool keeps_places(const struct image *i, const struct story_user *u, const struct record *r)
{
	unsigned known = 0;

	for (int k = 0; k < RECORD_PLACES; k++)
		known += r->places[k].kind == RECORD_PLACE_ADDRESS;
	if (known < u->nplaces)
		return lost(i, "%s: %u known places, and %u were told a success", u->name, known,
			u->nplaces);
	return true;
}

static bool keeps_gone(const struct image *i, const struct account *a)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;
	bool has = true;

	if (directory_find(&i->directory, a, &e, &f) == 0 || f.class != FAULT_ABSENT)
		return lost(i, "%s: was forgotten, and has an entry", a->name);
	if (i->state.folder >= 0 && (state_has_user(&i->state, a, &has, &f) < 0 || has))
		return lost(i, "%s: was forgotten, and has a record", a->name);
	return true;
}

static bool keeps_user(const struct image *i, const struct story_user *u)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;
	struct state_change ch;
	struct account a;

	if (!account_of(u->name, &a))
		return lost(i, "%s: not a user of this machine", u->name);
	if (u->gone)
		return keeps_gone(i, &a);
	bool entry = directory_find(&i->directory, &a, &e, &f) == 0;
	if (!entry && (u->enrolled || !told(i, u->name, &f)))
		return lost(i, "%s: the entry is lost: %s", u->name, f.text);
	if (entry && u->enrolled && u->number[0] && strcmp(e.phone.e164, u->number) != 0)
		return lost(i, "%s: the number is another one", u->name);
	if (i->state.folder < 0)
		return !u->enrolled || lost(i, "%s: the state is lost", u->name);
	f = (struct fault)FAULT_INIT;
	if (state_begin(&i->state, STATE_USER, &a, &ch, &f) < 0)
		return !u->enrolled ? told(i, u->name, &f)
				    : lost(i, "%s: the record is lost: %s", u->name, f.text);
	state_abandon(&ch);
	return keeps_counts(i, u, &ch.user) && keeps_standing(i, u, &ch) &&
	       keeps_codes(i, u, &ch.user) && keeps_places(i, u, &ch.user);
}

/* --- all of it --- */

static bool keeps_site(const struct image *i, const struct story *s)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	if (state_begin(&i->state, STATE_SITE, NULL, &ch, &f) < 0)
		return lost(i, "the site's record is lost: %s", f.text);
	state_abandon(&ch);
	if (meter_sum(&ch.site.sends[1]) < s->handed)
		return lost(i, "the site: %u sends on the record, and %u were handed over",
			meter_sum(&ch.site.sends[1]), s->handed);
	return true;
}

/* G5: who was forgotten has left no number, not in what a killed writer left behind either. */
static bool keeps_silent(const struct image *i, const char *folder, const struct story_user *u)
{
	char path[400], text[5000];
	const struct dirent *at;
	bool silent = true;

	snprintf(path, sizeof path, "%s/%s", i->path, folder);
	DIR *dir = opendir(path);
	while (dir && silent && (at = readdir(dir))) {
		int fd = openat(dirfd(dir), at->d_name, O_RDONLY | O_CLOEXEC);
		ssize_t n = read(fd, text, sizeof text - 1);
		for (unsigned k = 0; n > 0 && k < u->nnumbers; k++)
			if (memmem(text, (size_t)n, u->numbers[k], strlen(u->numbers[k])))
				silent = lost(i, "%s: was forgotten, and %s/%s has a number",
					u->name, folder, at->d_name);
		close(fd);
	}
	if (dir)
		closedir(dir);
	return silent;
}

static bool image_open(struct image *i, const struct story *s)
{
	struct fault f = FAULT_INIT;
	char path[400];
	bool need = false;

	for (int k = 0; k < s->nusers; k++)
		need = need || s->users[k].enrolled;
	snprintf(path, sizeof path, "%s/users", i->path);
	if (directory_open(path, &i->directory, &f) < 0)
		return lost(i, "the folder of enrolments is lost: %s", f.text);
	snprintf(path, sizeof path, "%s/state", i->path);
	if (state_open(path, &i->state, &f) == 0)
		return true;
	return need ? lost(i, "the state is lost: %s", f.text) : told(i, "state", &f);
}

bool oracle_judge(const char *path, const struct story *s, char why[512])
{
	struct image i = { .path = path, .why = why };

	i.state.folder = i.directory.folder = -1;
	bool good = image_open(&i, s) && (i.state.folder < 0 || keeps_site(&i, s));
	for (int k = 0; good && k < s->nusers; k++) {
		good = keeps_user(&i, &s->users[k]);
		if (good && s->users[k].gone)
			good = keeps_silent(&i, "users", &s->users[k]);
	}
	directory_close(&i.directory);
	state_close(&i.state);
	return good;
}

static bool goes_on(const struct image *i, const char *name)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;
	struct account a;
	uint32_t before = 0;

	for (int round = 0; round < 3; round++) {
		if (!account_of(name, &a) || state_begin(&i->state, STATE_BOTH, &a, &ch, &f) < 0)
			return lost(i, "%s: no change can be made: %s", name, f.text);
		if (round > 0 && ch.user.purse[0].consecutive != before + 1)
			return lost(i, "%s: a change did not stay", name);
		before = ch.user.purse[0].consecutive++;
		if (state_commit(&ch, &f) < 0)
			return lost(i, "%s: a change was not made: %s", name, f.text);
	}
	return true;
}

bool oracle_go_on(const char *path, const struct story *s, char why[512])
{
	struct image i = { .path = path, .why = why };

	i.state.folder = i.directory.folder = -1;
	bool good = image_open(&i, s);
	for (int k = 0; good && i.state.folder >= 0 && k < s->nusers; k++)
		if (s->users[k].enrolled)
			good = goes_on(&i, s->users[k].name);
	directory_close(&i.directory);
	state_close(&i.state);
	return good;
}
