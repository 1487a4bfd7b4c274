#include "cli/roster.h"

#include <string.h>

#include "base/text.h"

enum { SUFFIX_MIN = 2 };

static int find_whole(
	const struct directory_entry *e, const char *typed, uint32_t *place, struct fault *f)
{
	struct phone phone;

	if (phone_normalise(typed, &phone, f) != 0)
		return -1;
	int at = enrolment_place(e, &phone);
	if (at < 0)
		return fault_set(
			f, FAULT_ABSENT, 0, "%s does not have the number %s", e->name, phone.e164);
	*place = (uint32_t)at;
	return 0;
}

static int find_position(
	const struct directory_entry *e, char digit, uint32_t *place, struct fault *f)
{
	if (digit < '1' || (uint32_t)(digit - '1') > e->nothers)
		return fault_set(f, FAULT_ABSENT, 0, "%s has no number %c", e->name, digit);
	*place = (uint32_t)(digit - '1');
	return 0;
}

static bool ends(const char *number, const char *digits)
{
	size_t have = strlen(number), want = strlen(digits);

	return want < have && strcmp(number + have - want, digits) == 0;
}

static int find_digits(
	const struct directory_entry *e, const char *digits, uint32_t *place, struct fault *f)
{
	struct enrolment_number n;
	unsigned found = 0;

	for (uint32_t i = 0; i <= e->nothers; i++) {
		enrolment_number(e, i, &n);
		if (!ends(n.phone.e164, digits))
			continue;
		*place = i;
		found++;
	}
	if (found > 1)
		return fault_set(f, FAULT_BAD, 0,
			"%s has %u numbers that end in %.20s: type more of it, or its position",
			e->name, found, digits);
	if (found == 0)
		return fault_set(
			f, FAULT_ABSENT, 0, "%s has no number that ends in %.20s", e->name, digits);
	return 0;
}

int roster_find(
	const struct directory_entry *e, const char *typed, uint32_t *place, struct fault *f)
{
	const char *digits = text_starts(typed, "...") ? typed + 3 : typed;

	if (digits[0] == '+' || text_starts(digits, "00"))
		return find_whole(e, digits, place, f);
	if (digits[0] == 0 || digits[strspn(digits, "0123456789")] != 0)
		return fault_set(f, FAULT_BAD, 0,
			"\"%.40s\" is neither a position, nor last digits, nor a number", typed);
	if (strlen(digits) < SUFFIX_MIN)
		return find_position(e, digits[0], place, f);
	return find_digits(e, digits, place, f);
}

int roster_add(struct directory_entry *e, const struct enrolment_number *n, struct fault *f)
{
	if (enrolment_place(e, &n->phone) >= 0)
		return fault_set(
			f, FAULT_BAD, 0, "%s has the number %s already", e->name, n->phone.e164);
	if (e->nothers >= ENROLMENT_OTHERS)
		return fault_set(f, FAULT_BAD, 0, "%s has %d numbers already, which is the most",
			e->name, ENROLMENT_NUMBERS);
	e->others[e->nothers++] = *n;
	return 0;
}

void roster_put(struct directory_entry *e, uint32_t place, const struct enrolment_number *n)
{
	if (place > 0 && place <= e->nothers) {
		e->others[place - 1] = *n;
		return;
	}
	e->phone = n->phone;
	e->verified = n->verified;
	e->since_wall_s = n->since_wall_s;
	memcpy(e->by, n->by, sizeof(e->by));
}

int roster_remove(struct directory_entry *e, uint32_t place, struct fault *f)
{
	struct enrolment_number next;

	if (e->nothers == 0 || place > e->nothers)
		return fault_set(f, FAULT_BAD, 0, "it is the only number of %s", e->name);
	for (uint32_t i = place; i < e->nothers; i++) {
		enrolment_number(e, i + 1, &next);
		roster_put(e, i, &next);
	}
	e->nothers--;
	memset(&e->others[e->nothers], 0, sizeof(e->others[0]));
	return 0;
}

void roster_put_first(struct directory_entry *e, uint32_t place)
{
	struct enrolment_number first, other;

	enrolment_number(e, 0, &first);
	enrolment_number(e, place, &other);
	roster_put(e, place, &first);
	roster_put(e, 0, &other);
}
