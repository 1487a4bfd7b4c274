#include "cli/rollout_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static struct rollout_home home;
static char state[300];

static void setup(void)
{
	snprintf(state, sizeof(state), "%s/rollout", unit_folder());
	home = (struct rollout_home){ state, "/nowhere" };
}

static struct rollout_record sample(void)
{
	return (struct rollout_record){ .service = "sshd",
		.standing = ROLLOUT_OPEN,
		.by = "alice",
		.began_wall_s = 1764000000,
		.length_s = 600,
		.due_boot_ms = 123456789,
		.boot_id = { 1, 2, 0xab, 0xff },
		.mode = 0640,
		.uid = 3,
		.gid = 4,
		.old = { (char *)(uintptr_t) "old\n\nnew 1\n", 11 },
		.new = { (char *)(uintptr_t) "new", 3 } };
}

static void same(const struct rollout_record *a, const struct rollout_record *b)
{
	ck_assert_str_eq(a->service, b->service);
	ck_assert_str_eq(a->by, b->by);
	ck_assert_int_eq(a->standing, b->standing);
	ck_assert(a->began_wall_s == b->began_wall_s && a->ended_wall_s == b->ended_wall_s && a->length_s == b->length_s);
	ck_assert(a->due_boot_ms == b->due_boot_ms && memcmp(a->boot_id, b->boot_id, sizeof(a->boot_id)) == 0);
	ck_assert(a->mode == b->mode && a->uid == b->uid && a->gid == b->gid);
	ck_assert(rollout_record_same(&a->old, &b->old) && rollout_record_same(&a->new, &b->new));
}

START_TEST(there_and_back)
{
	struct rollout_record r = sample(), back;
	struct rollout_desk d;
	struct fault f = FAULT_INIT;
	struct stat st;

	if (geteuid() != 0)
		return;
	ck_assert_msg(rollout_record_enter(&home, &d, &f) == 0, "%s", f.text);
	ck_assert(stat(state, &st) == 0 && (st.st_mode & 07777) == 0700);
	ck_assert_int_eq(rollout_record_read(&d, "sshd", &back, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	ck_assert_msg(rollout_record_write(&d, &r, &f) == 0, "%s", f.text);
	ck_assert_msg(rollout_record_read(&d, "sshd", &back, &f) == 0, "%s", f.text);
	same(&r, &back);
	rollout_record_free(&back);
	/* no file before, an empty one after */
	r.old = (struct rollout_content){ 0 };
	r.new = (struct rollout_content){ (char *)(uintptr_t) "", 0 };
	r.standing = ROLLOUT_KEPT;
	r.ended_wall_s = 1764000100;
	ck_assert_msg(rollout_record_write(&d, &r, &f) == 0, "%s", f.text);
	ck_assert_msg(rollout_record_read(&d, "sshd", &back, &f) == 0, "%s", f.text);
	same(&r, &back);
	ck_assert_ptr_null(back.old.bytes);
	ck_assert_ptr_nonnull(back.new.bytes);
	rollout_record_free(&back);
	rollout_record_leave(&d);
}
END_TEST

static unsigned seen, damaged;

static void count(void *ctx, const char *service, struct rollout_record *r, const struct fault *f)
{
	(void)ctx;
	(void)f;
	ck_assert_str_eq(service, "sshd");
	seen++;
	damaged += r == NULL;
}

/* Whatever is cut off or changed in the head: no record. */
START_TEST(damage)
{
	struct rollout_record r = sample(), back;
	struct rollout_desk d;
	struct fault f = FAULT_INIT;
	char path[400], text[2048];
	size_t len, head;
	FILE *file;

	if (geteuid() != 0)
		return;
	ck_assert(rollout_record_enter(&home, &d, &f) == 0 && rollout_record_write(&d, &r, &f) == 0);
	snprintf(path, sizeof(path), "%s/sshd.rollout", state);
	file = fopen(path, "r");
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = 0;
	head = (size_t)(strstr(text, "\n\n") - text);
	for (size_t i = 0; i < len; i++) {
		ck_assert(truncate(path, (off_t)i) == 0);
		ck_assert_msg(rollout_record_read(&d, "sshd", &back, &f) == -1, "cut at %zu", i);
		rollout_record_free(&back);
		file = fopen(path, "w");
		fwrite(text, 1, len, file);
		fclose(file);
	}
	for (size_t i = 0; i <= head; i++) {
		file = fopen(path, "w");
		fwrite(text, 1, i, file);
		fputc('!', file);
		fwrite(text + i + 1, 1, len - i - 1, file);
		fclose(file);
		/* a person's name is anything */
		if (rollout_record_read(&d, "sshd", &back, &f) == 0)
			ck_assert_msg(strcmp(back.by, "alice") != 0, "changed at %zu", i);
		rollout_record_free(&back);
	}
	ck_assert(rollout_record_walk(&d, count, NULL, &f) == 0);
	ck_assert_uint_eq(seen, 1);
	ck_assert_uint_eq(damaged, 1);
	rollout_record_leave(&d);
}
END_TEST

START_TEST(one_at_a_time)
{
	struct rollout_desk a, b;
	struct fault f = FAULT_INIT;
	pid_t child;

	if (geteuid() != 0)
		return;
	ck_assert(rollout_record_enter(&home, &a, &f) == 0);
	child = fork();
	if (child == 0) {
		usleep(300000); /* long enough for the other to have to wait */
		_exit(0);
	}
	/* the child holds the same lock by inheritance, and lets go by its end */
	rollout_record_leave(&a);
	ck_assert_msg(rollout_record_enter(&home, &b, &f) == 0, "%s", f.text);
	rollout_record_leave(&b);
}
END_TEST

START_TEST(names)
{
	static const char *const good[] = { "sshd", "sudo-i", "a.b_c", "X" };
	static const char *const bad[] = { "", ".", "..", ".x", "a/b", "../x", "a b", "a\n", "\xc3\xa4",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(rollout_record_service(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!rollout_record_service(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(when_due)
{
	struct rollout_record r = sample();
	struct clock_now now = { .boot_ms = r.due_boot_ms - 1 };

	memcpy(now.boot_id, r.boot_id, sizeof(now.boot_id));
	ck_assert(!rollout_record_due(&r, &now));
	now.boot_ms++;
	ck_assert(rollout_record_due(&r, &now));
	now.boot_ms = 0;
	ck_assert(!rollout_record_due(&r, &now));
	now.boot_id[15] ^= 1;
	ck_assert(rollout_record_due(&r, &now));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("rollout_record");
	TCase *c = tcase_create("record");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, there_and_back);
	tcase_add_test(c, damage);
	tcase_add_test(c, one_at_a_time);
	tcase_add_test(c, names);
	tcase_add_test(c, when_due);
	suite_add_tcase(s, c);
	return s;
}
