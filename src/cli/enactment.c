#include "cli/enactment.h"

#include <stdlib.h>
#include <string.h>

#include "cli/audit.h"
#include "cli/erasure.h"
#include "cli/membership.h"
#include "cli/progress.h"

static const char by_file[] = "import";
static const char by_file_verified[] = "import, verified=yes";
static const char by_file_unverified[] = "import, verified=no";

static struct account account_of(const struct revision_item *item)
{
	const struct directory_entry *e = item->have != NULL ? item->have : &item->want->entry;
	struct account a = { .uid = e->uid };

	memcpy(a.name, e->name, sizeof(a.name));
	return a;
}

/* --- the log --- */

struct told {
	const struct house *h;
	struct account account;
};

static void log_change(const struct told *t, const char *action, const struct phone *number,
	const struct phone *old, const char *reason)
{
	struct audit_change line = {
		.action = action,
		.account = &t->account,
		.number = number,
		.old = old,
		.reason = reason,
	};

	audit_admin(&t->h->state, &line);
}

static const char *reason_of(const struct enrolment_number *n)
{
	return n->verified ? by_file_verified : by_file;
}

/* A number of the new entry. */
static void log_number(const struct told *t, const struct directory_entry *before,
	const struct directory_entry *after, uint32_t place)
{
	struct enrolment_number n, was;
	int at;

	enrolment_number(after, place, &n);
	at = enrolment_place(before, &n.phone);
	if (at < 0 && place == 0)
		log_change(t, "set-number", &n.phone, &before->phone, reason_of(&n));
	else if (at < 0)
		log_change(t, "add-number", &n.phone, NULL, reason_of(&n));
	if (at < 0)
		return;
	if (place == 0 && at > 0)
		log_change(t, "default-number", &n.phone, &before->phone, by_file);
	enrolment_number(before, (uint32_t)at, &was);
	if (was.verified != n.verified)
		log_change(t, "set-verified", &n.phone, NULL,
			n.verified ? by_file_verified : by_file_unverified);
}

static void log_changes(const struct told *t, const struct directory_entry *before,
	const struct directory_entry *after)
{
	bool replaced = revision_weigh(before, after) == REVISION_REPLACES;
	struct enrolment_number n;

	for (uint32_t i = 0; i <= after->nothers; i++)
		log_number(t, before, after, i);
	for (uint32_t i = 0; i <= before->nothers; i++) {
		enrolment_number(before, i, &n);
		/* of the first one set-number has told */
		if (enrolment_place(after, &n.phone) < 0 && !(i == 0 && replaced))
			log_change(t, "remove-number", &after->phone, &n.phone, by_file);
	}
	if (strcmp(sheet_language(before), sheet_language(after)) != 0)
		log_change(t, "set-language", NULL, NULL, by_file);
}

static void log_new(const struct told *t, const struct directory_entry *e)
{
	struct enrolment_number n;

	for (uint32_t i = 0; i <= e->nothers; i++) {
		enrolment_number(e, i, &n);
		log_change(t, i == 0 ? "enroll" : "add-number", &n.phone, NULL, reason_of(&n));
	}
}

/* --- one user --- */

/* Since when and by whom: of what is stored anew. */
static int sign(struct directory_entry *e, struct fault *f)
{
	struct enrolment_number n, now;

	for (uint32_t i = 0; i <= e->nothers; i++) {
		enrolment_number(e, i, &n);
		if (n.by[0] != 0)
			continue;
		if (membership_number(&n.phone, n.verified, &now, f) != 0)
			return -1;
		if (i > 0) {
			e->others[i - 1] = now;
			continue;
		}
		e->since_wall_s = now.since_wall_s;
		memcpy(e->by, now.by, sizeof(e->by));
	}
	return 0;
}

static int enter(const struct told *t, const struct revision_item *item, struct fault *f)
{
	struct directory_entry entry;

	revision_entry(item, &entry);
	if (sign(&entry, f) != 0 || membership_enter(t->h, &t->account, &entry, f) != 0)
		return -1;
	log_new(t, &entry);
	return 0;
}

static void notify(const struct told *t, const struct directory_entry *before,
	const struct directory_entry *after)
{
	struct enrolment_number n;
	enum notification which;

	for (uint32_t i = 0; i <= before->nothers; i++) {
		enrolment_number(before, i, &n);
		if (revision_notice(before, after, i, &which))
			notification_send(t->h, before, &n.phone, which);
	}
}

static int change(
	const struct told *t, const struct revision_item *item, bool notices, struct fault *f)
{
	struct directory_entry entry;
	int rc;

	revision_entry(item, &entry);
	enum revision_weight weight = revision_weigh(item->have, &entry);
	if (sign(&entry, f) != 0)
		return -1;
	rc = weight == REVISION_LIGHT ? membership_amend(t->h, &entry, f)
				      : membership_renumber(t->h, &t->account, &entry, f);
	if (rc != 0)
		return -1;
	log_changes(t, item->have, &entry);
	if (notices)
		notify(t, item->have, &entry);
	if (weight == REVISION_REPLACES)
		return membership_settle(t->h, &t->account, f);
	return weight == REVISION_REMOVES ? membership_void(t->h, &t->account, f) : 0;
}

static int erase(const struct told *t, const struct directory_entry *have, struct fault *f)
{
	size_t messages;
	bool found;

	if (membership_erase(t->h, &t->account, &found, f) != 0 ||
		erasure_damaged(t->account.uid, f) != 0)
		return -1;
	if (found)
		log_change(t, "forget", have != NULL ? &have->phone : NULL, NULL, by_file);
	return erasure_messages(have, t->account.name, &messages, f);
}

static int act(struct enactment *e, const struct revision_item *item, struct fault *f)
{
	struct told t = { e->house, account_of(item) };

	switch (item->kind) {
	case REVISION_NEW:
		return enter(&t, item, f);
	case REVISION_CHANGED:
		return change(&t, item, e->notify, f);
	case REVISION_GONE:
		return erase(&t, item->have, f);
	case REVISION_UNCHANGED:
	case REVISION_KINDS:
		break;
	}
	return 0;
}

/* --- before --- */

static int meanwhile(const struct account *a, struct fault *f)
{
	char plain[64];

	text_log(plain, sizeof(plain), a->name);
	return fault_set(f, FAULT_BAD, 0,
		"%s was changed by another command meanwhile: run the import again", plain);
}

/* Still as the revision has it, and writable as far as one can see. */
static int look(const struct enactment *e, const struct revision_item *item, struct fault *f)
{
	struct account a = account_of(item);
	struct directory_entry now;
	struct state_change ch;
	int rc = directory_find(&e->house->directory, &a, &now, f);

	if (item->kind == REVISION_GONE || item->kind == REVISION_UNCHANGED)
		return 0;
	if (rc != 0 && f->class != FAULT_ABSENT)
		return -1;
	if (item->kind == REVISION_NEW)
		return rc != 0 ? 0 : meanwhile(&a, f);
	if (rc != 0 || !roll_same(&now, item->have))
		return meanwhile(&a, f);
	if (state_begin(&e->house->state, STATE_USER, &a, &ch, f) != 0)
		return -1;
	state_abandon(&ch);
	return 0;
}

bool enactment_is_left(const struct revision *r, const struct unfinished_user *user)
{
	for (size_t i = 0; i < r->n; i++) {
		struct account a = account_of(&r->at[i]);

		if (a.uid == user->account.uid && strcmp(a.name, user->account.name) == 0)
			return r->at[i].kind == REVISION_UNCHANGED &&
			       user->step != UNFINISHED_ERASE;
	}
	return true;
}

static enum unfinished_step step_of(const struct revision_item *item)
{
	struct directory_entry entry;

	if (item->kind == REVISION_GONE)
		return UNFINISHED_ERASE;
	if (item->kind != REVISION_CHANGED)
		return UNFINISHED_NONE;
	revision_entry(item, &entry);
	switch (revision_weigh(item->have, &entry)) {
	case REVISION_REPLACES:
		return UNFINISHED_SETTLE;
	case REVISION_REMOVES:
		return UNFINISHED_VOID;
	case REVISION_LIGHT:
		break;
	}
	return UNFINISHED_NONE;
}

/* What was begun before stays in it until all is done. */
static int begin(struct enactment *e, struct fault *f)
{
	for (size_t i = 0; i < e->revision->n; i++)
		if (look(e, &e->revision->at[i], f) != 0)
			return -1;
	for (size_t i = 0; i < e->revision->n; i++) {
		const struct revision_item *item = &e->revision->at[i];
		struct unfinished_user user = { step_of(item), account_of(item) };

		if (user.step != UNFINISHED_NONE && unfinished_add(e->unfinished, &user, f) != 0)
			return -1;
	}
	return unfinished_write(e->unfinished, f);
}

/* --- after --- */

/* Enrolled by another command since, or not: what is left to do is for those who are as the import
 * left them. */
static int finish(struct enactment *e, const struct unfinished_user *user, struct fault *f)
{
	struct told t = { e->house, user->account };
	struct fault why = FAULT_INIT;
	struct directory_entry now;
	int rc = directory_find(&e->house->directory, &t.account, &now, &why);

	if (user->step == UNFINISHED_ERASE)
		return rc == 0 ? 0 : erase(&t, NULL, f);
	if (rc != 0)
		return 0;
	return user->step == UNFINISHED_SETTLE ? membership_settle(t.h, &t.account, f)
					       : membership_void(t.h, &t.account, f);
}

static int recount(const struct enactment *e, struct fault *f)
{
	uint32_t *uids = calloc(e->unfinished->n + 1, sizeof(*uids));
	size_t n = 0;
	int rc;

	if (uids == NULL)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	for (size_t i = 0; i < e->unfinished->n; i++)
		if (e->unfinished->at[i].step == UNFINISHED_ERASE)
			uids[n++] = e->unfinished->at[i].account.uid;
	rc = membership_recount_all(e->house, uids, n, f);
	free(uids);
	return rc;
}

static int run_all(struct enactment *e, struct progress *p, struct fault *f)
{
	for (size_t i = 0; i < e->revision->n; i++) {
		if (e->revision->at[i].kind == REVISION_UNCHANGED)
			continue;
		if (act(e, &e->revision->at[i], f) != 0)
			return -1;
		progress_step(p, ++e->done);
	}
	return 0;
}

int enactment_run(struct enactment *e, struct fault *f)
{
	size_t left = e->unfinished->n;
	struct progress p;
	int rc = 0;

	e->done = 0;
	if (begin(e, f) != 0)
		return -1;
	for (size_t i = 0; i < left && rc == 0; i++)
		if (enactment_is_left(e->revision, &e->unfinished->at[i]))
			rc = finish(e, &e->unfinished->at[i], f);
	progress_begin(&p, "import", e->revision->n - e->revision->count[REVISION_UNCHANGED]);
	if (rc == 0)
		rc = run_all(e, &p, f);
	progress_end(&p);
	if (rc != 0 || recount(e, f) != 0 || erasure_sweep(f) != 0)
		return -1;
	return unfinished_remove(f);
}
