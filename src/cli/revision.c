#include "cli/revision.h"

#include <stdlib.h>
#include <string.h>

static void put(struct directory_entry *e, uint32_t place, const struct enrolment_number *n)
{
	if (place > 0) {
		e->others[place - 1] = *n;
		return;
	}
	e->phone = n->phone;
	e->verified = n->verified;
	e->since_wall_s = n->since_wall_s;
	memcpy(e->by, n->by, sizeof(e->by));
}

/* One number of the file, with what is known of it. */
static struct enrolment_number number_of(const struct revision_item *item, uint32_t place)
{
	struct enrolment_number n, known;
	int at;

	enrolment_number(&item->want->entry, place, &n);
	n.since_wall_s = 0;
	memset(n.by, 0, sizeof(n.by));
	at = item->have != NULL ? enrolment_place(item->have, &n.phone) : -1;
	if (at < 0)
		return n;
	enrolment_number(item->have, (uint32_t)at, &known);
	if (item->want->says_verified[place])
		known.verified = n.verified;
	return known;
}

void revision_entry(const struct revision_item *item, struct directory_entry *out)
{
	/* what the file does not say is the entry's; who is new has nothing of it */
	*out = item->have == NULL || item->want->says_language ? item->want->entry : *item->have;
	memcpy(out->name, item->want->entry.name, sizeof(out->name));
	out->uid = item->want->entry.uid;
	out->nothers = item->want->entry.nothers;
	memset(out->others, 0, sizeof(out->others));
	for (uint32_t i = 0; i <= out->nothers; i++) {
		struct enrolment_number n = number_of(item, i);

		put(out, i, &n);
	}
}

static bool same_number(const struct enrolment_number *a, const struct enrolment_number *b)
{
	return strcmp(a->phone.e164, b->phone.e164) == 0 && a->verified == b->verified;
}

static bool same(const struct directory_entry *a, const struct directory_entry *b)
{
	struct enrolment_number x, y;

	if (a->nothers != b->nothers || strcmp(sheet_language(a), sheet_language(b)) != 0)
		return false;
	for (uint32_t i = 0; i <= a->nothers; i++) {
		enrolment_number(a, i, &x);
		enrolment_number(b, i, &y);
		if (!same_number(&x, &y))
			return false;
	}
	return true;
}

static void add(struct revision *r, const struct revision_item *item)
{
	r->at[r->n++] = *item;
	r->count[item->kind]++;
}

static void add_wanted(
	struct revision *r, const struct sheet_user *want, const struct directory_entry *have)
{
	struct revision_item item = { REVISION_NEW, want, have };
	struct directory_entry after;

	if (have != NULL) {
		revision_entry(&item, &after);
		item.kind = same(have, &after) ? REVISION_UNCHANGED : REVISION_CHANGED;
	}
	add(r, &item);
}

int revision_make(const struct revision_file *file, const struct roll *roll, bool sync,
	struct revision *out, struct fault *f)
{
	bool *kept = calloc(roll->n + 1, sizeof(*kept));

	*out = (struct revision){ .n = 0 };
	out->at = calloc(file->n + roll->n + 1, sizeof(out->at[0]));
	if (kept == NULL || out->at == NULL) {
		free(kept);
		return fault_set(f, FAULT_MEMORY, 0, "out of memory for %zu users", file->n);
	}
	for (size_t i = 0; i < file->n; i++) {
		const struct sheet_user *u = &file->at[i];
		const struct directory_entry *have = roll_find(roll, u->entry.name, u->entry.uid);

		if (have != NULL)
			kept[have - roll->at] = true;
		add_wanted(out, u, have);
	}
	for (size_t i = 0; sync && i < roll->n; i++) {
		struct revision_item item = { REVISION_GONE, NULL, &roll->at[i] };

		if (!kept[i])
			add(out, &item);
	}
	free(kept);
	return 0;
}

void revision_free(struct revision *r)
{
	free(r->at);
	*r = (struct revision){ .n = 0 };
}

enum revision_weight revision_weigh(
	const struct directory_entry *before, const struct directory_entry *after)
{
	struct enrolment_number n;

	if (enrolment_place(before, &after->phone) < 0)
		return REVISION_REPLACES;
	for (uint32_t i = 0; i <= before->nothers; i++) {
		enrolment_number(before, i, &n);
		if (enrolment_place(after, &n.phone) < 0)
			return REVISION_REMOVES;
	}
	return REVISION_LIGHT;
}

static bool has_new(const struct directory_entry *before, const struct directory_entry *after)
{
	struct enrolment_number n;

	for (uint32_t i = 0; i <= after->nothers; i++) {
		enrolment_number(after, i, &n);
		if (enrolment_place(before, &n.phone) < 0)
			return true;
	}
	return false;
}

bool revision_notice(const struct directory_entry *before, const struct directory_entry *after,
	uint32_t place, enum notification *which)
{
	bool replaced = revision_weigh(before, after) == REVISION_REPLACES;
	struct enrolment_number n;

	enrolment_number(before, place, &n);
	int now = enrolment_place(after, &n.phone);
	if (now < 0)
		*which = place == 0 && replaced ? NOTIFICATION_REPLACED : NOTIFICATION_REMOVED;
	else if (place == 0 && now > 0)
		*which = NOTIFICATION_NOT_FIRST;
	else if (replaced)
		*which = NOTIFICATION_OTHER_REPLACED;
	else if (has_new(before, after))
		*which = NOTIFICATION_ADDED;
	else
		return false;
	return true;
}
