#include "core/numbers.h"

#include <string.h>

#include "core/route.h"

_Static_assert((int)MESSAGE_MENU_MAX == (int)ENROLMENT_OTHERS, "a menu has room for all others");
_Static_assert(CHALLENGE_NUMBER_4 - CHALLENGE_NUMBER_1 == ENROLMENT_NUMBERS - 1,
	"a digit for each number");

bool numbers_allowed(const struct settings *s, const struct phone *phone)
{
	return phone_allowed(phone, s->prefixes, s->nprefixes) &&
	       (s->premium || !phone_premium(phone));
}

static bool served(const struct settings *s, const struct phone *phone)
{
	for (size_t i = 0; i < s->nroutes; i++)
		if (route_serves(&s->routes[i], phone->e164))
			return true;
	return false;
}

/* The first usable one; n->n: there is none. */
static size_t first_usable(const struct numbers *n)
{
	size_t i = 0;

	while (i < n->n && !n->all[i].usable)
		i++;
	return i;
}

bool numbers_begin(struct numbers *n, const struct settings *s, const struct directory_entry *entry)
{
	size_t allowed = ENROLMENT_NUMBERS;

	memset(n, 0, sizeof *n);
	n->n = 1 + (entry->nothers < ENROLMENT_OTHERS ? entry->nothers : ENROLMENT_OTHERS);
	for (size_t i = 0; i < n->n; i++) {
		struct numbers_one *one = &n->all[i];

		one->phone = i == 0 ? &entry->phone : &entry->others[i - 1].phone;
		if (!numbers_allowed(s, one->phone))
			continue;
		one->usable = served(s, one->phone);
		if (allowed == ENROLMENT_NUMBERS)
			allowed = i;
	}
	if (allowed == ENROLMENT_NUMBERS)
		return false;
	n->at = first_usable(n) < n->n ? first_usable(n) : allowed;
	return true;
}

const struct phone *numbers_phone(const struct numbers *n)
{
	return n->all[n->at].phone;
}

void numbers_menu(const struct numbers *n, struct message_menu *out)
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < n->n && out->n < MESSAGE_MENU_MAX; i++)
		if (i != n->at && n->all[i].usable)
			out->all[out->n++] =
				(struct message_choice){ (uint32_t)i + 1, n->all[i].phone };
}

bool numbers_chosen(const struct message_menu *menu, enum challenge_answer typed, size_t *place)
{
	if (typed < CHALLENGE_NUMBER_1 || typed > CHALLENGE_NUMBER_4)
		return false;
	*place = (size_t)(typed - CHALLENGE_NUMBER_1);
	for (size_t i = 0; i < menu->n && i < MESSAGE_MENU_MAX; i++)
		if (menu->all[i].digit == *place + 1)
			return true;
	return false;
}

bool numbers_give_up(struct numbers *n, size_t *place)
{
	n->all[n->at].usable = false;
	*place = first_usable(n);
	return *place < n->n;
}
