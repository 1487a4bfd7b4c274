#include "core/journey.h"

#include <stdbool.h>
#include <string.h>

/* Is name one of those in list? */
static bool is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = list; *p != '\0'; p += strspn(p, ",")) {
		size_t n = strcspn(p, ",");
		if (n == len && memcmp(p, name, len) == 0)
			return true;
		p += n;
	}
	return false;
}

static void add(char list[VERDICT_FAILED], const char *name)
{
	size_t at = strlen(list), len = strlen(name), comma = at > 0 ? 1 : 0;

	if (len == 0 || is_listed(list, name) || at + comma + len + 1 > VERDICT_FAILED)
		return;
	if (comma)
		list[at] = ',';
	memcpy(list + at + comma, name, len + 1);
}

static bool has_ended(const struct delivery_try *t)
{
	return t->state == DELIVERY_TRY_WORKED || t->state == DELIVERY_TRY_FAILED ||
	       t->state == DELIVERY_TRY_BROKEN;
}

void journey_note(const struct delivery *d, struct verdict_outcome *o)
{
	for (size_t i = 0; i < d->ntries; i++)
		if ((int)i != d->taken && has_ended(&d->tries[i]))
			add(o->failed, d->means->routes[d->tries[i].at].name);
	if (d->taken < 0)
		return;
	/* less than one is an acceptance all the same */
	o->sent_ms = d->taken_ms > 0 ? d->taken_ms : 1;
	o->delivered = VERDICT_DELIVERED_NONE;
}
