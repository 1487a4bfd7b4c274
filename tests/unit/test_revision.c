#include "cli/revision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "unit.h"

static const char number_start[] = "+49151123456";

static void set_number(struct phone *p, const char *digits)
{
	snprintf(p->e164, sizeof p->e164, "%s%.2s", number_start, digits);
}

/* "12 34+ 56": their last digits, + is verified. uid 1000 and so on by the first letter. */
static struct directory_entry entry(const char *name, const char *numbers)
{
	struct directory_entry e = { .uid = 1000u + (unsigned char)name[0], .since_wall_s = 7 };
	bool first = true;

	snprintf(e.name, sizeof e.name, "%s", name);
	strcpy(e.by, "carol");
	for (const char *c = numbers; *c != 0; c += *c == ' ' ? 1 : 0) {
		bool verified = c[2] == '+';

		if (first) {
			set_number(&e.phone, c);
			e.verified = verified;
		} else {
			struct enrolment_number *n = &e.others[e.nothers++];

			set_number(&n->phone, c);
			n->verified = verified;
			n->since_wall_s = 8;
			strcpy(n->by, "dave");
		}
		first = false;
		c += verified ? 3 : 2;
	}
	return e;
}

/* The same as a file says it: "12?" says nothing of verified. */
static struct sheet_user wanted(const char *name, const char *numbers)
{
	struct sheet_user u;
	char plain[32];
	size_t n = 0;
	uint32_t place = 0;

	memset(&u, 0, sizeof u);
	for (uint32_t i = 0; i < ENROLMENT_NUMBERS; i++)
		u.says_verified[i] = true;
	for (const char *c = numbers; *c != 0; c++) {
		if (*c == '?')
			u.says_verified[place] = false;
		else
			plain[n++] = *c;
		place += *c == ' ' ? 1 : 0;
	}
	plain[n] = 0;
	u.entry = entry(name, plain);
	u.entry.since_wall_s = 0;
	memset(u.entry.by, 0, sizeof u.entry.by);
	for (uint32_t i = 0; i < u.entry.nothers; i++) {
		u.entry.others[i].since_wall_s = 0;
		memset(u.entry.others[i].by, 0, sizeof u.entry.others[i].by);
	}
	return u;
}

/* "12+c 34-": c: the number keeps who stored it. */
static const char *shown(const struct directory_entry *e)
{
	static char out[128];
	struct enrolment_number n;
	size_t len = 0;

	for (uint32_t i = 0; i <= e->nothers; i++) {
		enrolment_number(e, i, &n);
		ck_assert((n.by[0] == 0) == (n.since_wall_s == 0));
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%s%s%c", i > 0 ? " " : "",
			n.phone.e164 + strlen(number_start), n.verified ? "+" : "-",
			n.by[0] == 0 ? '*' : n.by[0]);
	}
	return out;
}

static const struct {
	const char *have, *want;
	enum revision_kind kind;
	const char *after;
	enum revision_weight weight;
} cases[] = {
	{ "12", "12", REVISION_UNCHANGED, "12-c", REVISION_LIGHT },
	{ "12", "12?", REVISION_UNCHANGED, "12-c", REVISION_LIGHT },
	{ "12+", "12?", REVISION_UNCHANGED, "12+c", REVISION_LIGHT },
	{ "12+", "12", REVISION_CHANGED, "12-c", REVISION_LIGHT },
	{ "12", "12+", REVISION_CHANGED, "12+c", REVISION_LIGHT },
	{ "12", "34", REVISION_CHANGED, "34-*", REVISION_REPLACES },
	{ "12+", "34?", REVISION_CHANGED, "34-*", REVISION_REPLACES },
	{ "12+", "34+", REVISION_CHANGED, "34+*", REVISION_REPLACES },
	{ "12 34", "12 34", REVISION_UNCHANGED, "12-c 34-d", REVISION_LIGHT },
	{ "12 34+", "34? 12?", REVISION_CHANGED, "34+d 12-c", REVISION_LIGHT },
	{ "12 34", "12", REVISION_CHANGED, "12-c", REVISION_REMOVES },
	{ "12 34+", "34?", REVISION_CHANGED, "34+d", REVISION_REMOVES },
	{ "12", "12 34", REVISION_CHANGED, "12-c 34-*", REVISION_LIGHT },
	{ "12", "34 12", REVISION_CHANGED, "34-* 12-c", REVISION_REPLACES },
	{ "12 34", "12 56", REVISION_CHANGED, "12-c 56-*", REVISION_REMOVES },
	{ "12 34 56 78", "12 34 78 56", REVISION_CHANGED, "12-c 34-d 78-d 56-d", REVISION_LIGHT },
	{ "12 34 56 78", "12 34 56 78", REVISION_UNCHANGED, "12-c 34-d 56-d 78-d", REVISION_LIGHT },
};

START_TEST(a_user_changes_by_table)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct directory_entry have = entry("alice", cases[i].have), after;
		struct sheet_user want = wanted("alice", cases[i].want);
		struct roll roll = { .n = 1, .at = &have };
		struct revision_file file = { &want, 1 };
		struct fault f = FAULT_INIT;
		struct revision r;

		ck_assert_int_eq(revision_make(&file, &roll, true, &r, &f), 0);
		ck_assert_uint_eq(r.n, 1);
		ck_assert_msg(
			r.at[0].kind == cases[i].kind, "%s to %s", cases[i].have, cases[i].want);
		revision_entry(&r.at[0], &after);
		ck_assert_msg(strcmp(shown(&after), cases[i].after) == 0, "%s to %s: %s",
			cases[i].have, cases[i].want, shown(&after));
		ck_assert_uint_eq(after.uid, have.uid);
		ck_assert_msg(revision_weigh(&have, &after) == cases[i].weight, "%s to %s",
			cases[i].have, cases[i].want);
		revision_free(&r);
	}
}
END_TEST

START_TEST(f6_who_is_told_what)
{
	enum { NOBODY = -1 };
	static const struct {
		const char *before, *after;
		int told[ENROLMENT_NUMBERS];
	} told[] = {
		{ "12", "12+", { NOBODY } },
		{ "12", "34", { NOTIFICATION_REPLACED } },
		{ "12", "12 34", { NOTIFICATION_ADDED } },
		{ "12 34", "12", { NOBODY, NOTIFICATION_REMOVED } },
		{ "12 34", "34", { NOTIFICATION_REMOVED, NOBODY } },
		{ "12 34", "34 12", { NOTIFICATION_NOT_FIRST, NOBODY } },
		{ "12 34", "56 34", { NOTIFICATION_REPLACED, NOTIFICATION_OTHER_REPLACED } },
		{ "12 34", "56 12 34", { NOTIFICATION_NOT_FIRST, NOTIFICATION_OTHER_REPLACED } },
		{ "12 34", "12 56", { NOTIFICATION_ADDED, NOTIFICATION_REMOVED } },
		{ "12 34", "56", { NOTIFICATION_REPLACED, NOTIFICATION_REMOVED } },
	};

	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
		struct directory_entry before = entry("alice", told[i].before);
		struct directory_entry after = entry("alice", told[i].after);

		for (uint32_t k = 0; k <= before.nothers; k++) {
			enum notification which = NOTIFICATION_REPLACED;
			bool says = revision_notice(&before, &after, k, &which);

			ck_assert_msg((says ? (int)which : NOBODY) == told[i].told[k],
				"%s to %s, place %u: %d", told[i].before, told[i].after, k,
				says ? (int)which : NOBODY);
		}
	}
}
END_TEST

/* "alice:new " for each. */
static const char *plan(const struct revision_file *file, const struct roll *roll, bool sync)
{
	static const char *const words[] = { "same", "new", "changed", "gone" };
	static char out[256];
	struct fault f = FAULT_INIT;
	struct revision r;
	size_t len = 0;

	ck_assert_int_eq(revision_make(file, roll, sync, &r, &f), 0);
	out[0] = 0;
	for (size_t i = 0; i < r.n; i++)
		len += (size_t)snprintf(out + len, sizeof out - len, "%s:%s ",
			r.at[i].have != NULL ? r.at[i].have->name : r.at[i].want->entry.name,
			words[r.at[i].kind]);
	ck_assert_uint_eq(r.n, r.count[0] + r.count[1] + r.count[2] + r.count[3]);
	revision_free(&r);
	return out;
}

START_TEST(new_changed_same_and_gone)
{
	struct directory_entry have[] = { entry("alice", "12"), entry("bob", "34"),
		entry("carol", "56") };
	struct sheet_user want[] = { wanted("dave", "78"), wanted("bob", "34"),
		wanted("alice", "13") };
	struct roll roll = { .n = 3, .at = have }, none = { .n = 0 };
	struct revision_file file = { want, 3 }, empty = { want, 0 };

	ck_assert_str_eq(plan(&file, &roll, false), "dave:new bob:same alice:changed ");
	ck_assert_str_eq(plan(&file, &roll, true), "dave:new bob:same alice:changed carol:gone ");
	ck_assert_str_eq(plan(&empty, &roll, false), "");
	ck_assert_str_eq(plan(&empty, &roll, true), "alice:gone bob:gone carol:gone ");
	ck_assert_str_eq(plan(&file, &none, true), "dave:new bob:new alice:new ");
	/* the name lives on under another uid: the old enrolment is not theirs */
	have[1].uid = 5;
	ck_assert_str_eq(
		plan(&file, &roll, true), "dave:new bob:new alice:changed bob:gone carol:gone ");
}
END_TEST

static void pick(struct fuzz *fz, char out[32])
{
	static const char *const all[] = { "12", "34", "56", "78" };
	uint32_t n = 1 + fuzz_below(fz, 4), from = fuzz_below(fz, 4);
	size_t len = 0;

	for (uint32_t i = 0; i < n; i++)
		len += (size_t)snprintf(out + len, 32 - len, "%s%s%s", i > 0 ? " " : "",
			all[(from + i) % 4], fuzz_below(fz, 2) == 0 ? "+" : "");
}

/* Whatever was and is wanted: what comes of it is what was wanted, and then nothing is to be done. */
START_TEST(a_second_run_changes_nothing)
{
	struct fuzz fz = { 17 };

	for (int i = 0; i < 5000; i++) {
		char a[32], b[32];

		pick(&fz, a);
		pick(&fz, b);
		struct directory_entry have = entry("alice", a), after;
		struct sheet_user want = wanted("alice", b);
		struct revision_item item = { REVISION_CHANGED, &want, &have };
		struct roll roll = { .n = 1, .at = &after };
		struct revision_file file = { &want, 1 };

		revision_entry(&item, &after);
		ck_assert_msg(
			strcmp(plan(&file, &roll, true), "alice:same ") == 0, "%s to %s", a, b);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("revision");
	TCase *t = tcase_create("all");

	tcase_add_test(t, a_user_changes_by_table);
	tcase_add_test(t, f6_who_is_told_what);
	tcase_add_test(t, new_changed_same_and_gone);
	tcase_add_test(t, a_second_run_changes_nothing);
	suite_add_tcase(s, t);
	return s;
}
