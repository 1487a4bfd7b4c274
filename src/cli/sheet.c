#include "cli/sheet.h"

#include <string.h>

#include "cli/candidate.h"
#include "core/account.h"

enum { WORD_SHOWN = 40 };

static const char *const columns[SHEET_COLUMNS] = { "user", "number", "language", "verified" };

const char *sheet_language(const struct directory_entry *e)
{
	return e->language != LANGUAGE_NONE ? language_name(e->language) : "";
}

/* What a cell says, for a fault. Columns change places, and headers are forgotten: a number that
 * stands where none should is concealed like any other (G2). */
static void show(const char *cell, char plain[WORD_SHOWN + 1])
{
	struct fault unused = FAULT_INIT;
	struct phone phone;

	if (phone_normalise(cell, &phone, &unused) == 0)
		phone_mask(&phone, plain, WORD_SHOWN + 1);
	else
		text_log(plain, WORD_SHOWN + 1, cell);
}

static int take_language(struct directory_entry *e, const char *word, struct fault *f)
{
	e->language = word[0] != 0 ? language_find(word) : LANGUAGE_NONE;
	if (word[0] == 0 || e->language != LANGUAGE_NONE)
		return 0;
	return fault_set(f, FAULT_BAD, 0, "language: one of " LANGUAGE_LIST ", or nothing");
}

static int find_column(const char *name)
{
	for (int i = 0; i < SHEET_COLUMNS; i++)
		if (strcmp(columns[i], name) == 0)
			return i;
	return -1;
}

int sheet_header(const struct csv_record *r, struct sheet *s, struct fault *f)
{
	char plain[WORD_SHOWN + 1];

	*s = (struct sheet){ { -1, -1, -1, -1 }, r->n };
	for (size_t i = 0; i < r->n; i++) {
		int column = find_column(r->field[i]);

		show(r->field[i], plain);
		if (column < 0)
			return fault_set(f, FAULT_BAD, 0,
				"the first line names the columns, and there is none called "
				"\"%s\"; they are user,number,language,verified",
				plain);
		if (s->at[column] >= 0)
			return fault_set(f, FAULT_BAD, 0, "the column %s stands twice", plain);
		s->at[column] = (int)i;
	}
	for (int i = SHEET_USER; i <= SHEET_NUMBER; i++)
		if (s->at[i] < 0)
			return fault_set(f, FAULT_BAD, 0,
				"the first line names the columns, and %s is not among them; they "
				"are user,number,language,verified",
				columns[i]);
	return 0;
}

/* "" where there is no such column. */
static const char *cell(const struct sheet *s, const struct csv_record *r, enum sheet_column c)
{
	return s->at[c] >= 0 ? r->field[s->at[c]] : "";
}

/* The fault of a number has it whole: only its last two digits stay. */
static void conceal(const struct phone *phone, struct fault *f)
{
	size_t len = strlen(phone->e164);
	char *at = len > 0 ? strstr(f->text, phone->e164) : NULL;
	char mask[8];

	for (; at != NULL; at = strstr(f->text, phone->e164)) {
		phone_mask(phone, mask, sizeof(mask));
		/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): within a text */
		memcpy(at, mask, strlen(mask));
		memmove(at + strlen(mask), at + len, strlen(at + len) + 1);
	}
}

static int take_number(
	const struct settings *settings, const char *typed, struct phone *out, struct fault *f)
{
	if (candidate_number(settings, typed, out, f) == 0)
		return 0;
	conceal(out, f);
	return -1;
}

static int take_verified(struct sheet_user *u, const char *word, struct fault *f)
{
	u->says_verified[0] = word[0] != 0;
	u->entry.verified = strcmp(word, "yes") == 0;
	if (word[0] == 0 || u->entry.verified || strcmp(word, "no") == 0)
		return 0;
	return fault_set(f, FAULT_BAD, 0, "verified: write yes or no, or nothing");
}

int sheet_read(const struct sheet *s, const struct settings *settings, const struct csv_record *r,
	struct sheet_user *out, struct fault *f)
{
	const char *name = cell(s, r, SHEET_USER), *language = cell(s, r, SHEET_LANGUAGE);
	char plain[WORD_SHOWN + 1];

	memset(out, 0, sizeof(*out));
	out->line = r->line;
	if (r->n != s->n)
		return fault_set(
			f, FAULT_BAD, 0, "%zu fields, but the first line has %zu", r->n, s->n);
	show(name, plain);
	if (!account_name_valid(name) ||
		text_copy(out->entry.name, sizeof(out->entry.name), name) != 0)
		return fault_set(f, FAULT_BAD, 0, "\"%s\" cannot be a user's name", plain);
	if (take_number(settings, cell(s, r, SHEET_NUMBER), &out->entry.phone, f) != 0 ||
		take_verified(out, cell(s, r, SHEET_VERIFIED), f) != 0 ||
		take_language(&out->entry, language, f) != 0)
		return fault_prefix(f, "%s", plain);
	out->says_language = s->at[SHEET_LANGUAGE] >= 0;
	return 0;
}

int sheet_join(struct sheet_user *u, const struct sheet_user *further, struct fault *f)
{
	struct directory_entry *e = &u->entry;
	const char *language = sheet_language(&further->entry);
	char plain[WORD_SHOWN + 1];

	show(e->name, plain);
	if (enrolment_place(e, &further->entry.phone) >= 0)
		return fault_set(f, FAULT_BAD, 0,
			"%s has this number already, in line %u or behind it", plain, u->line);
	if (e->nothers >= ENROLMENT_OTHERS)
		return fault_set(f, FAULT_BAD, 0, "%s has %d numbers already, which is the most",
			plain, ENROLMENT_NUMBERS);
	if (language[0] != 0 && strcmp(language, sheet_language(e)) != 0)
		return fault_set(f, FAULT_BAD, 0,
			"%s has another language than in line %u; the first of the lines says it",
			plain, u->line);
	e->others[e->nothers++] = (struct enrolment_number){
		.phone = further->entry.phone,
		.verified = further->entry.verified,
	};
	u->says_verified[e->nothers] = further->says_verified[0];
	return 0;
}

void sheet_print_header(struct text_line *line)
{
	for (int i = 0; i < SHEET_COLUMNS; i++)
		csv_add(line, i == 0, columns[i]);
}

void sheet_print(const struct directory_entry *e, uint32_t place, struct text_line *line)
{
	struct enrolment_number n;

	enrolment_number(e, place, &n);
	csv_add(line, true, e->name);
	csv_add(line, false, n.phone.e164);
	csv_add(line, false, sheet_language(e));
	csv_add(line, false, n.verified ? "yes" : "no");
}
