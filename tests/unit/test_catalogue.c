#include "core/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* A catalogue as msgfmt writes it: a head, the two tables, the texts. */
struct entry {
	const char *original, *translation;
	size_t olen, tlen; /* with NULs inside */
};

static char bytes[4096];

static void put(size_t at, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		bytes[at + (size_t)i] = (char)(n >> (8 * i) & 0xff);
}

static size_t make(const struct entry *all, uint32_t n)
{
	size_t end = 28 + 16 * (size_t)n;

	memset(bytes, 0, sizeof bytes);
	put(0, 0x950412de);
	put(8, n);
	put(12, 28);
	put(16, 28 + 8 * n);
	for (uint32_t i = 0; i < n; i++) {
		put(28 + 8 * i, (uint32_t)all[i].olen);
		put(32 + 8 * i, (uint32_t)end);
		memcpy(bytes + end, all[i].original, all[i].olen);
		end += all[i].olen + 1;
		put(28 + 8 * n + 8 * i, (uint32_t)all[i].tlen);
		put(32 + 8 * n + 8 * i, (uint32_t)end);
		memcpy(bytes + end, all[i].translation, all[i].tlen);
		end += all[i].tlen + 1;
	}
	return end;
}

#define E(o, t)                                                                                    \
	{                                                                                          \
		o, t, sizeof(o) - 1, sizeof(t) - 1                                                 \
	}

static const struct entry good[] = {
	E("", "Content-Type: text/plain; charset=UTF-8\n"),
	E("Code: ", "C\xc3\xb3" "digo: "),
	E("%u left\0%u are left", "%u \xc3\xbc" "brig\0%u sind \xc3\xbc" "brig"),
	E("%u of %s", "%s von %u"),
	E("100 %% of %u", "%u von 100 %%"),
	E("not yet", ""),
	E("plain", "plain %s"),
	E("%u", "%u%"),
	E("one", "eins"),
	E("two", "zwei"),
};
enum { GOOD = sizeof good / sizeof good[0] };

START_TEST(what_is_in_it_is_found)
{
	struct fault f = FAULT_INIT;
	struct catalogue c;

	ck_assert_int_eq(catalogue_open(bytes, make(good, GOOD), &c, &f), 0);
	ck_assert_str_eq(catalogue_find(&c, "Code: ", 0), "C\xc3\xb3" "digo: ");
	ck_assert_str_eq(catalogue_find(&c, "%u left", 0), "%u \xc3\xbc" "brig");
	ck_assert_str_eq(catalogue_find(&c, "%u left", 1), "%u sind \xc3\xbc" "brig");
	ck_assert_ptr_null(catalogue_find(&c, "%u left", 2));
	ck_assert_ptr_null(catalogue_find(&c, "Code", 0));
	ck_assert_ptr_null(catalogue_find(&c, "Code: ", 1));
	ck_assert_ptr_null(catalogue_find(&c, "one", 1)); /* not its neighbour */
	ck_assert_ptr_null(catalogue_find(&c, "not yet", 0));
	ck_assert_ptr_null(catalogue_find(&c, "", 0)); /* what the file says of itself */
	ck_assert_str_eq(catalogue_find(&c, "100 %% of %u", 0), "%u von 100 %%");
}
END_TEST

START_TEST(other_conversions_are_no_translation)
{
	static const char *const bad[] = { "%u of %s", "plain", "%u" };
	struct fault f = FAULT_INIT;
	struct catalogue c;

	ck_assert_int_eq(catalogue_open(bytes, make(good, GOOD), &c, &f), 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(catalogue_find(&c, bad[i], 0) == NULL, "%s", bad[i]);
}
END_TEST

static const struct {
	const char *name;
	struct entry entry;
} unshown[] = {
	{ "a newline", E("x", "a\nb") },
	{ "an escape", E("x", "a\x1b[2J") },
	{ "no UTF-8", E("x", "a\xff") },
	{ "half a character", E("x", "a\xc3") },
	{ "C1", E("x", "a\xc2\x9b") },
	{ "in the second form", E("x\0y", "a\0b\n") },
};

START_TEST(d1_what_cannot_be_shown_is_refused)
{
	struct fault f = FAULT_INIT;
	struct catalogue c;

	ck_assert_msg(catalogue_open(bytes, make(&unshown[_i].entry, 1), &c, &f) == -1, "%s",
		unshown[_i].name);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_uint_eq(c.n, 0);
}
END_TEST

/* Every cut, on the heap, so that a sanitizer sees a byte too many. */
START_TEST(c7_a_cut_catalogue_is_refused)
{
	size_t len = make(good, GOOD);

	for (size_t cut = 0; cut < len; cut++) {
		struct fault f = FAULT_INIT;
		struct catalogue c;
		char *copy = malloc(cut + 1);
		memcpy(copy, bytes, cut);
		ck_assert_msg(catalogue_open(copy, cut, &c, &f) == -1, "%zu of %zu", cut, len);
		free(copy);
	}
}
END_TEST

/* Every byte with other values: refused, or all that is found is within. */
START_TEST(c7_a_changed_byte_leads_nowhere)
{
	static const char values[] = { 0, 1, 0x7f, (char)0x80, (char)0xff };
	size_t len = make(good, GOOD);
	char *copy = malloc(len);

	for (size_t at = 0; at < len; at++)
		for (size_t v = 0; v < sizeof values; v++) {
			struct fault f = FAULT_INIT;
			struct catalogue c;
			memcpy(copy, bytes, len);
			copy[at] = values[v];
			if (catalogue_open(copy, len, &c, &f) < 0)
				continue;
			for (uint32_t i = 0; i < GOOD; i++)
				for (uint32_t form = 0; form < 3; form++) {
					const char *t = catalogue_find(&c, good[i].original, form);
					ck_assert(!t || strlen(t) < len);
				}
		}
	free(copy);
}
END_TEST

START_TEST(c7_not_a_catalogue)
{
	struct fault f = FAULT_INIT;
	struct catalogue c;
	size_t len = make(good, GOOD);

	put(0, 0xde120495); /* the other byte order */
	ck_assert_int_eq(catalogue_open(bytes, len, &c, &f), -1);
	make(good, GOOD);
	put(4, 1u << 16); /* a later format */
	ck_assert_int_eq(catalogue_open(bytes, len, &c, &f), -1);
	make(good, GOOD);
	put(8, UINT32_MAX);
	ck_assert_int_eq(catalogue_open(bytes, len, &c, &f), -1);
	make(good, GOOD);
	put(32, UINT32_MAX);
	ck_assert_int_eq(catalogue_open(bytes, len, &c, &f), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("catalogue");
	TCase *tc = tcase_create("catalogue");

	tcase_add_test(tc, what_is_in_it_is_found);
	tcase_add_test(tc, other_conversions_are_no_translation);
	tcase_add_loop_test(tc, d1_what_cannot_be_shown_is_refused, 0,
		(int)(sizeof unshown / sizeof unshown[0]));
	tcase_add_test(tc, c7_a_cut_catalogue_is_refused);
	tcase_add_test(tc, c7_a_changed_byte_leads_nowhere);
	tcase_add_test(tc, c7_not_a_catalogue);
	suite_add_tcase(suite, tc);
	return suite;
}
