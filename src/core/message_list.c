#include "core/message_list.h"

#include <string.h>

#include "base/text.h"
#include "core/language.h"

void message_list_add(struct message_list *list, const char *item)
{
	struct text_line line;

	if (list->n >= MESSAGE_LIST_MAX)
		return;
	text_begin(&line, list->items[list->n++], MESSAGE_LIST_ITEM);
	text_add(&line, "%s", item);
}

void message_list_words(const struct message_list *list, char out[MESSAGE_LIST_TEXT])
{
	char before[MESSAGE_LIST_TEXT];
	struct text_line line;

	out[0] = '\0';
	for (size_t i = 0; i < list->n && i < MESSAGE_LIST_MAX; i++) {
		memcpy(before, out, sizeof before);
		text_begin(&line, out, MESSAGE_LIST_TEXT);
		if (i == 0)
			text_add(&line, "%s", list->items[i]);
		else if (i + 1 < list->n)
			/* Translators: a list that goes on: "r to resend, v for a call" */
			text_add(&line, language_text("%s, %s"), before, list->items[i]);
		else
			/* Translators: the end of a list of two and more: "a, b, or c" */
			text_add(&line, language_text("%s, or %s"), before, list->items[i]);
	}
}
