#include "cli/contacts.h"

#include <stdio.h>

#include "base/text.h"
#include "cli/moment.h"

enum { MASK_MAX = 16 };

void contacts_print(const struct directory_entry *e)
{
	char when[MOMENT_MAX], by[TALK_USER_MAX + 1];

	for (uint32_t i = 0; i < e->nothers; i++) {
		const struct enrolment_number *n = &e->others[i];

		text_log(by, sizeof(by), n->by);
		printf("  number %-8u%s, %s, stored %s by %s\n", (unsigned)i + 2, n->phone.e164,
			n->verified ? "verified" : "not verified",
			moment_text(n->since_wall_s, when), by);
	}
}

void contacts_json(const struct directory_entry *e, struct json *j)
{
	char when[MOMENT_MAX];

	json_open_array(j, "others");
	for (uint32_t i = 0; i < e->nothers; i++) {
		const struct enrolment_number *n = &e->others[i];

		json_open_object(j, NULL);
		json_integer(j, "position", (int64_t)i + 2);
		json_string(j, "number", n->phone.e164);
		json_boolean(j, "verified", n->verified);
		json_string(j, "since", moment_json(n->since_wall_s, when));
		json_string(j, "by", n->by);
		json_close_object(j);
	}
	json_close_array(j);
}

void contacts_offered_print(const struct numbers *n)
{
	struct message_menu menu;
	char mask[MASK_MAX];

	if (n->n == 0)
		return;
	numbers_menu(n, &menu);
	phone_mask(numbers_phone(n), mask, sizeof(mask));
	printf("number    %s", mask);
	for (size_t i = 0; i < menu.n; i++) {
		phone_mask(menu.all[i].phone, mask, sizeof(mask));
		printf(", or %u for %s", (unsigned)menu.all[i].digit, mask);
	}
	putchar('\n');
}

void contacts_offered_json(const struct numbers *n, struct json *j)
{
	struct message_menu menu;
	char mask[MASK_MAX];

	numbers_menu(n, &menu);
	if (n->n > 0)
		phone_mask(numbers_phone(n), mask, sizeof(mask));
	json_string(j, "number", n->n > 0 ? mask : NULL);
	json_open_array(j, "menu");
	for (size_t i = 0; i < menu.n; i++) {
		json_open_object(j, NULL);
		json_integer(j, "digit", menu.all[i].digit);
		phone_mask(menu.all[i].phone, mask, sizeof(mask));
		json_string(j, "number", mask);
		json_close_object(j);
	}
	json_close_array(j);
}
