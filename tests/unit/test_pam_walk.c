/* tests/module/test_pam_walk.c compares the walk with libpam; here are the sets, the marks and the bounds. */
#include "cli/pam_walk.h"

#include <stdio.h>
#include <string.h>

#include "cli/pam_stack.h"
#include "unit.h"

static struct pam_stack stack;
static struct pam_walk_step steps[PAM_WALK_STEPS];
static struct pam_walk walk;

/* The auth lines of text, each with all results that may has, and no marks. */
static void read_stack(const char *text, uint32_t may)
{
	struct pam_stack_place place = { { unit_folder() } };
	struct fault f = FAULT_INIT;
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/x", unit_folder());
	file = fopen(path, "w");
	ck_assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
	ck_assert_int_eq(pam_stack_read(&place, "x", PAM_LINE_AUTH, &stack, &f), 0);
	for (size_t i = 0; i < stack.n; i++)
		steps[i] = (struct pam_walk_step){ stack.at[i].line.action, stack.at[i].level, stack.at[i].gate, may, 0 };
}

static uint32_t ends(void)
{
	uint32_t all = 0;

	pam_walk_run(steps, stack.n, &walk);
	for (unsigned v = 0; v < PAM_LINE_RETURNS; v++)
		if (walk.end[v])
			all |= 1u << v;
	return all;
}

enum { S = 1u << PAM_LINE_SUCCESS, E = 1u << PAM_LINE_AUTH_ERR, P = 1u << PAM_LINE_PERM_DENIED, I = 1u << PAM_LINE_IGNORE };

static const struct {
	const char *text;
	uint32_t may, ends;
} cases[] = {
	{ "auth required a.so\n", S, S },
	{ "auth required a.so\n", S | E, S | E },
	/* nobody had a say: never a success */
	{ "auth required a.so\n", I, P },
	{ "auth optional a.so\n", E, P },
	{ "auth sufficient a.so\nauth required b.so\n", S, S },
	{ "auth [success=ignore] a.so\n", S, P },
	/* a success that counts as bad is none */
	{ "auth [success=bad] a.so\n", S, P },
	{ "auth [success=1] a.so\n", S, P },
	{ "auth [ignore=bad] a.so\n", I, P },
	{ "auth [ignore=ok] a.so\n", I, I },
	{ "auth required a.so\n", 0, 0 },
};

START_TEST(sets)
{
	read_stack(cases[_i].text, cases[_i].may);
	ck_assert_msg(ends() == cases[_i].ends, "%s: %x", cases[_i].text, ends());
}
END_TEST

START_TEST(marks)
{
	read_stack("auth sufficient a.so\nauth required b.so\n", S | E);
	steps[0].mark = 1;
	steps[1].mark = 2;
	ends();
	ck_assert_uint_eq(walk.end[PAM_LINE_SUCCESS], 1u << 1 | 1u << 3);
	ck_assert_uint_eq(walk.end[PAM_LINE_AUTH_ERR], 1u << 3);
	ck_assert_uint_eq(walk.at[0], 1u << 0);
	ck_assert_uint_eq(walk.at[1], 1u << 1);
	ck_assert_uint_eq(pam_walk_with(0), 0xff);
	ck_assert_uint_eq(pam_walk_with(1), 0xaa);
	ck_assert_uint_eq(pam_walk_with(3), 0x88);
}
END_TEST

START_TEST(ways_on)
{
	bool bad;

	read_stack("auth required a.so\nauth substack x-not-there\nauth required b.so\n", S);
	/* the mark of a substack, and the line that always fails in its place */
	ck_assert_uint_eq(stack.n, 4);
	ck_assert_uint_eq(pam_walk_next(steps, stack.n, 0, PAM_LINE_OK, &bad), 1);
	ck_assert_uint_eq(pam_walk_next(steps, stack.n, 0, PAM_LINE_DIE, &bad), 4);
	ck_assert_uint_eq(pam_walk_next(steps, stack.n, 0, 1, &bad), 2);
	ck_assert(!bad);
	ck_assert_uint_eq(pam_walk_next(steps, stack.n, 0, 3, &bad), 4);
	ck_assert(!bad);
	ck_assert_uint_eq(pam_walk_next(steps, stack.n, 0, 4, &bad), 4);
	ck_assert(bad);
	stack.at[1].level = steps[1].level = 1;
	stack.at[2].level = steps[2].level = 1;
	ck_assert_uint_eq(pam_walk_next(steps, stack.n, 1, PAM_LINE_DONE, &bad), 3);
	ck_assert_uint_eq(pam_walk_next(steps, stack.n, 1, 2, &bad), 3);
	ck_assert(bad);
}
END_TEST

/* Too much is said to be too much, and soon. */
START_TEST(lost)
{
	char text[16000] = "";
	size_t len = 0;

	for (int i = 0; i < 200; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "auth [success=ok auth_err=bad maxtries=bad ignore=%d default=ok] a.so\n", 1 + i % 2);
	read_stack(text, UINT32_MAX >> 1);
	for (size_t i = 0; i < stack.n; i++)
		steps[i].mark = (uint8_t)(1u << i % 3);
	for (size_t i = 0; i < stack.n; i++)
		steps[i].level = (unsigned)(i / 13);
	ends();
	ck_assert(walk.lost);
}
END_TEST

static unsigned throw(uint64_t *at, unsigned sides)
{
	*at ^= *at << 13;
	*at ^= *at >> 7;
	*at ^= *at << 17;
	return (unsigned)(*at >> 33) % sides;
}

/* A set of results comes to what its members come to, one by one: the last step's is fixed, and so on. */
static void add_up(size_t i, struct pam_walk *sum)
{
	uint32_t may = i < stack.n ? steps[i].may : 0;
	struct pam_walk one;

	if (i == stack.n) {
		pam_walk_run(steps, stack.n, &one);
		for (unsigned v = 0; v < PAM_LINE_RETURNS; v++)
			sum->end[v] |= one.end[v];
		for (size_t k = 0; k < stack.n; k++)
			sum->at[k] |= one.at[k];
		return;
	}
	if (may == 0)
		add_up(i + 1, sum);
	for (unsigned v = 0; v < PAM_LINE_RETURNS; v++)
		if (may >> v & 1) {
			steps[i].may = 1u << v;
			add_up(i + 1, sum);
		}
	steps[i].may = may;
}

START_TEST(a_set_is_the_sum_of_its_members)
{
	static const char *const acts[] = { "ok", "ok", "done", "bad", "die", "ignore", "reset", "1", "2", "3" };
	static const unsigned values[] = { PAM_LINE_SUCCESS, PAM_LINE_IGNORE, PAM_LINE_AUTH_ERR };
	static struct pam_walk sum;
	uint64_t at = 0x9e3779b97f4a7c15u;

	for (int k = 0; k < 300; k++) {
		char text[2000];
		size_t len = 0;

		for (int i = 0; i < 6; i++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "auth [success=%s ignore=%s default=%s] a.so\n",
				acts[throw(&at, 10)], acts[throw(&at, 10)], acts[throw(&at, 10)]);
		read_stack(text, 0);
		for (size_t i = 0, level = 0; i < stack.n; i++) {
			/* up by one through a gate, as substacks do; down at will */
			if (i > 0 && steps[i - 1].gate)
				level++;
			else if (level > 0 && throw(&at, 3) == 0)
				level--;
			steps[i].level = (unsigned)level;
			steps[i].gate = i + 1 < stack.n && throw(&at, 4) == 0;
			steps[i].mark = (uint8_t)throw(&at, 8);
			for (unsigned n = 0; n < 3; n++)
				steps[i].may |= throw(&at, 4) ? 1u << values[n] : 0;
		}
		memset(&sum, 0, sizeof(sum));
		add_up(0, &sum);
		ends();
		ck_assert(!walk.lost);
		ck_assert_msg(memcmp(walk.end, sum.end, sizeof(sum.end)) == 0, "%d, ends:\n%s", k, text);
		ck_assert_msg(memcmp(walk.at, sum.at, sizeof(sum.at)) == 0, "%d, lines:\n%s", k, text);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pam_walk");
	TCase *t = tcase_create("pam_walk");

	tcase_add_loop_test(t, sets, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, marks);
	tcase_add_test(t, ways_on);
	tcase_add_test(t, a_set_is_the_sum_of_its_members);
	tcase_add_test(t, lost);
	suite_add_tcase(s, t);
	return s;
}
