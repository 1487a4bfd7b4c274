#include "cli/preview.h"

#include <stdio.h>

#include "base/text.h"
#include "cli/enactment.h"
#include "cli/json.h"

enum { LIST_MAX = 160, NAME_SHOWN = 64, MASK = 8 };

static const char *const words[REVISION_KINDS] = {
	[REVISION_UNCHANGED] = "unchanged",
	[REVISION_NEW] = "new",
	[REVISION_CHANGED] = "changed",
	[REVISION_GONE] = "gone",
};

/* "...12 verified, ...34 another, not verified": another is one that `before` does not have. */
static const char *list_numbers(
	const struct directory_entry *e, const struct directory_entry *before, char out[LIST_MAX])
{
	struct enrolment_number n;
	struct text_line line;
	char mask[MASK];

	text_begin(&line, out, LIST_MAX);
	for (uint32_t i = 0; i <= e->nothers; i++) {
		enrolment_number(e, i, &n);
		phone_mask(&n.phone, mask, sizeof(mask));
		text_add(&line, "%s%s%s%s", i > 0 ? ", " : "", mask,
			before != NULL && enrolment_place(before, &n.phone) < 0 ? " (another)" : "",
			n.verified ? " verified" : "");
	}
	if (sheet_language(e)[0] != 0)
		text_add(&line, ", %s", sheet_language(e));
	return out;
}

static void print_item(const struct revision_item *item)
{
	char name[NAME_SHOWN + 1], before[LIST_MAX] = "", after[LIST_MAX] = "";
	struct directory_entry entry;

	if (item->kind == REVISION_UNCHANGED)
		return;
	text_log(name, sizeof(name), (item->have != NULL ? item->have : &item->want->entry)->name);
	if (item->have != NULL)
		list_numbers(item->have, NULL, before);
	if (item->kind != REVISION_GONE) {
		revision_entry(item, &entry);
		list_numbers(&entry, item->have, after);
	}
	printf("%-9s %-16s  %s%s%s\n", words[item->kind], name, before,
		item->kind == REVISION_CHANGED ? " -> " : "", after);
}

void preview_print(const struct revision *r, const struct unfinished *left)
{
	char name[NAME_SHOWN + 1];

	for (size_t i = 0; i < r->n; i++)
		print_item(&r->at[i]);
	for (size_t i = 0; i < left->n; i++) {
		if (!enactment_is_left(r, &left->at[i]))
			continue;
		text_log(name, sizeof(name), left->at[i].account.name);
		printf("%-9s %-16s  left by an import that was cut short\n", "finish", name);
	}
}

const char *preview_sum(const struct revision *r, char out[PREVIEW_SUM_MAX])
{
	snprintf(out, PREVIEW_SUM_MAX, "%zu new, %zu changed, %zu gone, %zu unchanged",
		r->count[REVISION_NEW], r->count[REVISION_CHANGED], r->count[REVISION_GONE],
		r->count[REVISION_UNCHANGED]);
	return out;
}

static void json_names(struct json *j, const struct revision *r, enum revision_kind kind)
{
	static const char *const keys[REVISION_KINDS] = {
		[REVISION_NEW] = "new",
		[REVISION_CHANGED] = "changed_users",
		[REVISION_GONE] = "gone",
	};

	json_open_array(j, keys[kind]);
	for (size_t i = 0; r != NULL && i < r->n; i++) {
		const struct revision_item *item = &r->at[i];

		if (item->kind == kind)
			json_string(j, NULL,
				(item->have != NULL ? item->have : &item->want->entry)->name);
	}
	json_close_array(j);
}

void preview_json(const struct preview_report *p)
{
	struct json j;

	json_begin(&j, stdout);
	json_open_object(&j, NULL);
	json_boolean(&j, "changed", p->changed);
	json_boolean(&j, "done", p->done);
	for (int kind = REVISION_NEW; kind < REVISION_KINDS; kind++)
		json_names(&j, p->revision, (enum revision_kind)kind);
	json_integer(&j, "unchanged",
		p->revision != NULL ? (int64_t)p->revision->count[REVISION_UNCHANGED] : 0);
	json_open_array(&j, "bad");
	for (size_t i = 0; i < p->intake->nbad; i++) {
		json_open_object(&j, NULL);
		json_integer(&j, "line", p->intake->bad[i].line);
		json_string(&j, "text", p->intake->bad[i].text);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_close_object(&j);
	json_end(&j);
}
