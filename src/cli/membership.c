#include "cli/membership.h"

#include <string.h>

#include "cli/audit.h"
#include "cli/roster.h"
#include "core/allowance.h"
#include "core/challenge.h"
#include "core/enlist.h"
#include "core/fatigue.h"
#include "core/former.h"
#include "core/limit.h"
#include "core/place.h"

/* A uid that no user has: stands for somebody who was forgotten. */
static const uint32_t NOBODY_KNOWN = UINT32_MAX;

int membership_count(const struct house *h, uint32_t *n, struct fault *f)
{
	return enlist_count(&h->directory, n, f);
}

static void disown(struct site *site, const uint32_t *uids, size_t n)
{
	for (size_t i = 0; i < SITE_SERVICES; i++)
		for (size_t k = 0; k < n; k++)
			if (site->services[i].name[0] != 0 &&
				site->services[i].first_uid == uids[k])
				site->services[i].first_uid = NOBODY_KNOWN;
}

/* The site's part: the count that scales its budgets, taken from the folder so that it heals; and,
 * where somebody is forgotten, their uids. */
int membership_recount_all(const struct house *h, const uint32_t *uids, size_t n, struct fault *f)
{
	struct state_change ch;
	uint32_t enrolled;

	if (membership_count(h, &enrolled, f) != 0)
		return -1;
	if (state_begin(&h->state, STATE_SITE, NULL, &ch, f) != 0)
		return -1;
	ch.site.enrolled = enrolled;
	disown(&ch.site, uids, n);
	return state_commit(&ch, f);
}

int membership_number(
	const struct phone *phone, bool verified, struct enrolment_number *out, struct fault *f)
{
	struct clock_now now;

	*out = (struct enrolment_number){ .phone = *phone, .verified = verified };
	if (clock_read(&now, f) != 0)
		return -1;
	out->since_wall_s = now.wall_s;
	audit_by(out->by, sizeof(out->by));
	return 0;
}

static int remove_record(
	const struct house *h, const struct account *account, bool *found, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (state_remove_user(&h->state, account, &why) == 0) {
		*found = true;
		return 0;
	}
	if (why.class == FAULT_ABSENT)
		return 0;
	*f = why;
	return -1;
}

int membership_enter(const struct house *h, const struct account *account,
	const struct directory_entry *entry, struct fault *f)
{
	bool left_over = false;

	if (remove_record(h, account, &left_over, f) != 0)
		return -1;
	if (state_create_user(&h->state, account, f) != 0)
		return -1;
	return directory_store(&h->directory, entry, f);
}

int membership_store(const struct house *h, const struct account *account,
	const struct phone *phone, bool verified, struct fault *f)
{
	struct directory_entry e;

	if (enlist_fill(account, phone, &e, f) != 0)
		return -1;
	e.verified = verified;
	audit_by(e.by, sizeof(e.by));
	return membership_enter(h, account, &e, f);
}

/* Their codes went to the old phone, and so did those that made places known. */
int membership_void(const struct house *h, const struct account *account, struct fault *f)
{
	struct state_change ch;

	if (state_begin(&h->state, STATE_USER, account, &ch, f) != 0)
		return -1;
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		challenge_forget(&ch.user, i);
	place_forget_all(&ch.user);
	return state_commit(&ch, f);
}

int membership_renumber(const struct house *h, const struct account *account,
	const struct directory_entry *entry, struct fault *f)
{
	/* a record that cannot be written is found before the number is changed; the lock is not
	 * held over the folder's sync */
	if (membership_void(h, account, f) != 0)
		return -1;
	return directory_store(&h->directory, entry, f);
}

int membership_amend(const struct house *h, const struct directory_entry *entry, struct fault *f)
{
	return directory_store(&h->directory, entry, f);
}

int membership_set_language(
	const struct house *h, const struct account *account, enum language l, struct fault *f)
{
	struct directory_entry e;

	if (directory_find(&h->directory, account, &e, f) != 0)
		return -1;
	e.language = l;
	return directory_store(&h->directory, &e, f);
}

int membership_settle(const struct house *h, const struct account *account, struct fault *f)
{
	struct state_change ch;

	/* again: a login may have begun with the old number meanwhile */
	if (membership_void(h, account, f) != 0 ||
		state_begin(&h->state, STATE_USER, account, &ch, f) != 0)
		return -1;
	if (ch.user.block != RECORD_BLOCK_FAILURES) {
		state_abandon(&ch);
		return 0;
	}
	limit_unlock(&ch.user);
	allowance_unlock(&ch.user);
	fatigue_clear(&ch.user);
	return state_commit(&ch, f);
}

static int remove_entry(
	const struct house *h, const struct account *account, bool *found, struct fault *f)
{
	struct fault why = FAULT_INIT;

	if (directory_remove(&h->directory, account->uid, &why) == 0) {
		*found = true;
		return 0;
	}
	if (why.class == FAULT_ABSENT)
		return 0;
	*f = why;
	return -1;
}

/* Whoever was enrolled does not come back by a login. A candidate was not, and may begin anew;
 * what cannot be read may have been. */
static int mark_former(const struct house *h, const struct account *account, struct fault *f)
{
	enum enlist_past past = ENLIST_DAMAGED;
	struct directory_entry unused;
	struct fault why = FAULT_INIT;

	if (directory_find(&h->directory, account, &unused, &why) != 0 &&
		why.class == FAULT_ABSENT && enlist_look(&h->state, account, &past, &why) == 0 &&
		past != ENLIST_DAMAGED)
		return 0;
	return former_mark(&h->state, account, f);
}

int membership_erase(
	const struct house *h, const struct account *account, bool *found, struct fault *f)
{
	*found = false;
	if (mark_former(h, account, f) != 0 || remove_entry(h, account, found, f) != 0 ||
		remove_record(h, account, found, f) != 0)
		return -1;
	/* a login may have finished an enrolment meanwhile: without a record none can any more */
	return remove_entry(h, account, found, f);
}

int membership_recount(const struct house *h, const struct account *forgotten, struct fault *f)
{
	const uint32_t uid = forgotten != NULL ? forgotten->uid : NOBODY_KNOWN;

	return membership_recount_all(h, &uid, forgotten != NULL ? 1 : 0, f);
}
