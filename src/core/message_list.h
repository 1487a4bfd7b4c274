/* message_list: what else may be typed, as a list in words.
 *
 * Owns: how a language strings things together: "a, b, or c".
 * MUST: leave out nothing that fits; cut at the end of what it was given, never beyond.
 * Never: knows what is listed; does I/O. Pure. */
#ifndef CORE_MESSAGE_LIST_H
#define CORE_MESSAGE_LIST_H

#include <stddef.h>

enum { MESSAGE_LIST_MAX = 6, MESSAGE_LIST_ITEM = 96, MESSAGE_LIST_TEXT = 384 };

struct message_list {
	size_t n;
	char items[MESSAGE_LIST_MAX][MESSAGE_LIST_ITEM];
};

/* One more at the end; none beyond MESSAGE_LIST_MAX. */
void message_list_add(struct message_list *list, const char *item) __attribute__((nonnull));

/* In the language that is spoken; "" for an empty list. */
void message_list_words(const struct message_list *list, char out[MESSAGE_LIST_TEXT])
	__attribute__((nonnull));

#endif
