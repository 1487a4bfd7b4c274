#include "core/slot_write.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

/* The disk is a model: the link wraps pwrite and fdatasync. Every write is seen at once by who reads, as in a page
 * cache; what a power cut leaves is any mixture of the sectors of all that was there since the last sync. Writers are
 * killed at any call, and in the middle of a write; cuts happen at any time, and life goes on with what is left. */

enum { SIZE = 1024, SECTOR = 512, SECTORS = 2 * SIZE / SECTOR, LEFT_MAX = 64, FD = 1000 };

static const struct slot_shape shape = { SLOT_KIND_SITE, 1, SIZE };

static unsigned char cache[2 * SIZE];
static unsigned char left[LEFT_MAX][2 * SIZE];
static int nleft, syncs, writes;
static bool sync_fails;
/* The call at which the writer is killed; 0: at none. In a write: after so many of its bytes. */
static int kill_at, calls;
static size_t kill_in;
static jmp_buf killed;

static void keep(void)
{
	ck_assert_int_lt(nleft, LEFT_MAX);
	memcpy(left[nleft++], cache, sizeof cache);
}

static void settle(void)
{
	nleft = 0;
	keep();
}

ssize_t __wrap_pwrite64(int fd, const void *buf, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *buf, size_t n, off_t at)
{
	ck_assert_int_eq(fd, FD);
	ck_assert(at >= 0 && (size_t)at + n <= sizeof cache);
	bool dies = ++calls == kill_at;
	writes++;
	memcpy(cache + at, buf, dies && kill_in < n ? kill_in : n);
	keep();
	if (dies)
		longjmp(killed, 1);
	return (ssize_t)n;
}

int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
	ck_assert_int_eq(fd, FD);
	if (++calls == kill_at)
		longjmp(killed, 1);
	syncs++;
	if (sync_fails) {
		errno = EIO;
		return -1;
	}
	settle();
	return 0;
}

/* How many synced and lazy changes there are; -1: no slot is good. */
static int counts_in(unsigned char *both, uint32_t *synced, uint32_t *lazy)
{
	struct fault f = FAULT_INIT;
	struct slot_cursor c;
	uint64_t seq;

	if (slot_pick(both, &shape, &seq, &c, &f) < 0)
		return -1;
	*synced = slot_get_u32(&c);
	*lazy = slot_get_u32(&c);
	return 0;
}

static void seal(unsigned char *slot, uint64_t seq, uint32_t synced, uint32_t lazy)
{
	struct fault f = FAULT_INIT;
	struct slot_cursor c;

	slot_begin(slot, &shape, &c);
	slot_put_u32(&c, synced);
	slot_put_u32(&c, lazy);
	ck_assert_int_eq(slot_seal(slot, &shape, seq, &c, &f), 0);
}

static void found(void)
{
	memset(cache, 0, sizeof cache);
	seal(cache, 1, 0, 0);
	settle();
	sync_fails = false;
	kill_at = 0;
}

/* One change, as core/state makes it. 0; -1: it failed. */
static int change(bool lazily)
{
	unsigned char both[2 * SIZE], slot[SIZE];
	struct fault f = FAULT_INIT;
	uint32_t synced, lazy;
	struct slot_cursor c;
	uint64_t seq;

	calls = syncs = writes = 0;
	memcpy(both, cache, sizeof both);
	int at = slot_pick(both, &shape, &seq, &c, &f);
	ck_assert_msg(at >= 0, "%s", f.text);
	synced = slot_get_u32(&c);
	lazy = slot_get_u32(&c);
	struct slot_target to = slot_next(both, &shape, at);
	seal(slot, seq + 1, synced + !lazily, lazy + lazily);
	return lazily ? slot_write_lazily(FD, slot, &shape, &to, &f)
		      : slot_write_synced(FD, slot, &shape, &to, &f);
}

/* The same by somebody who is killed at call n. True: that came to pass. */
static bool change_killed(bool lazily, int n, size_t in)
{
	kill_at = n;
	kill_in = in;
	bool dead = setjmp(killed) != 0;
	if (!dead)
		ck_assert_int_eq(change(lazily), 0);
	kill_at = 0;
	return dead;
}

/* The power goes: each mixture of what may be left has all changes that were synced. */
static void cut(uint32_t want, const char *when)
{
	unsigned char both[2 * SIZE];
	uint32_t synced, lazy;
	long mixtures = 1;

	for (int i = 0; i < SECTORS; i++)
		mixtures *= nleft;
	for (long m = 0; m < mixtures; m++) {
		long rest = m;
		for (int i = 0; i < SECTORS; i++, rest /= nleft)
			memcpy(both + i * SECTOR, left[rest % nleft] + i * SECTOR, SECTOR);
		ck_assert_msg(counts_in(both, &synced, &lazy) == 0, "%s: both are lost", when);
		ck_assert_msg(synced >= want, "%s: %u of %u", when, synced, want);
	}
}

/* What the cut left is the disk of the next boot. */
static void cut_and_on(uint32_t *done)
{
	unsigned char both[2 * SIZE];
	uint32_t synced, lazy;

	for (int i = 0; i < SECTORS; i++)
		memcpy(both + i * SECTOR, left[random() % nleft] + i * SECTOR, SECTOR);
	ck_assert_int_eq(counts_in(both, &synced, &lazy), 0);
	ck_assert_uint_ge(synced, *done);
	memcpy(cache, both, sizeof cache);
	settle();
	*done = synced;
}

/* Each of three changes, lazy or synced, is killed at any of its calls, or not at all; and then the power goes at any
 * call of the next one. */
START_TEST(f2_a_killed_writer_and_a_power_cut)
{
	enum { KILLS = 6, ORDERS = 2 * KILLS };
	static const size_t in[] = { 0, SECTOR, SIZE };

	for (int order = 0; order < ORDERS * ORDERS * ORDERS; order++) {
		uint32_t done = 0, synced, lazy;
		char when[48];
		found();
		int rest = order;
		for (int i = 0; i < 3; i++, rest /= ORDERS) {
			bool lazily = rest % 2 != 0;
			bool dead = change_killed(lazily, rest % ORDERS / 2, in[(rest / 2 + i) % 3]);
			done += !lazily && !dead;
			snprintf(when, sizeof when, "order %d, change %d", order, i);
			if (nleft < 6)
				cut(done, when);
			ck_assert_int_eq(counts_in(cache, &synced, &lazy), 0);
			ck_assert_uint_ge(synced, done);
		}
		/* all of what was left is there for the reader, and the next goes on from it */
		ck_assert_int_eq(change(false), 0);
		ck_assert_int_eq(counts_in(cache, &synced, &lazy), 0);
		ck_assert_uint_ge(synced, done + 1);
		cut(done + 1, when);
	}
}
END_TEST

START_TEST(f2_kills_and_cuts_in_any_order)
{
	uint32_t done = 0;

	srandom((unsigned)_i + 1);
	found();
	for (int i = 0; i < 20000; i++) {
		bool lazily = random() % 3 == 0;
		int kill = random() % 2 ? 0 : (int)(random() % 6);
		bool dead = change_killed(lazily, kill, (size_t)(random() % 5) * SECTOR / 2);
		done += !lazily && !dead;
		if (random() % 4 == 0 || nleft > LEFT_MAX / 2)
			cut_and_on(&done);
	}
	ck_assert_uint_gt(done, 5000);
}
END_TEST

/* Who knows that the other slot is on the disk syncs once, or not at all. */
START_TEST(f2_a_change_costs_one_sync_and_a_lazy_one_none)
{
	found();
	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq(change(false), 0);
		ck_assert_int_eq(syncs, 1);
		if (i % 2 == 0)
			continue;
		for (int k = 0; k < 3; k++) {
			ck_assert_int_eq(change(true), 0);
			ck_assert_int_eq(syncs, 0);
			ck_assert_int_eq(writes, 1);
		}
	}
	/* behind somebody who was killed before the sync there is one more, once */
	ck_assert(change_killed(false, 2, 0));
	ck_assert_int_eq(change(true), 0);
	ck_assert_int_eq(syncs, 1);
	ck_assert_int_eq(change(true), 0);
	ck_assert_int_eq(syncs, 0);
	ck_assert(change_killed(false, 2, 0));
	ck_assert_int_eq(change(false), 0);
	ck_assert_int_eq(syncs, 2);
	ck_assert_int_eq(change(false), 0);
	ck_assert_int_eq(syncs, 1);
}
END_TEST

/* Each slot answers for the record when the other one breaks; and the next change is good again. */
START_TEST(f2_an_outlived_slot_holds)
{
	uint32_t synced = 0, lazy = 0;

	found();
	for (int i = 1; i < 8; i++) {
		ck_assert_int_eq(change(false), 0);
		for (int at = 0; i > 1 && at < 2; at++) {
			unsigned char both[2 * SIZE];
			memcpy(both, cache, sizeof both);
			both[at * SIZE + 100 + i] ^= 1;
			ck_assert_int_eq(counts_in(both, &synced, &lazy), 0);
			ck_assert_int_eq(synced, at == i % 2 ? i - 1 : i);
		}
	}
	cache[SIZE + 100] ^= 1;
	settle();
	ck_assert_int_eq(change(false), 0);
	ck_assert_int_eq(counts_in(cache, &synced, &lazy), 0);
	ck_assert_int_eq(synced, 7);
	cut(7, "after a broken slot");
}
END_TEST

/* A file that an earlier version wrote has two heads without a mark. */
START_TEST(f2_two_whole_slots_are_synced_once)
{
	found();
	seal(cache + SIZE, 2, 1, 0);
	settle();
	ck_assert_int_eq(change(false), 0);
	ck_assert_int_eq(syncs, 2);
	ck_assert_int_eq(change(false), 0);
	ck_assert_int_eq(syncs, 1);
}
END_TEST

/* Nobody takes what could not be synced for the newest record: the kernel tells of it once only. */
START_TEST(f2_c5_what_could_not_be_synced_goes)
{
	uint32_t synced = 0, lazy = 0;

	for (int before = 0; before < 3; before++) {
		found();
		for (int i = 0; i < before; i++)
			ck_assert_int_eq(change(false), 0);
		if (_i)
			ck_assert_int_eq(change(true), 0);
		sync_fails = true;
		ck_assert_int_eq(change(false), -1);
		sync_fails = false;
		ck_assert_int_eq(counts_in(cache, &synced, &lazy), 0);
		ck_assert_int_eq(synced, before);
		cut((uint32_t)before, "after a failed sync");
		ck_assert_int_eq(change(false), 0);
		ck_assert_int_eq(syncs, 1);
		cut((uint32_t)before + 1, "after the next");
	}
}
END_TEST

/* Where what is there cannot be synced nothing is written over the other. */
START_TEST(f2_c5_an_unsure_slot_that_cannot_be_synced_refuses)
{
	found();
	ck_assert(change_killed(false, 2, 0));
	sync_fails = true;
	ck_assert_int_eq(change(_i != 0), -1);
	ck_assert_int_eq(writes, 0);
	sync_fails = false;
	ck_assert_int_eq(change(_i != 0), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("slot_write");
	TCase *t = tcase_create("slot_write");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, f2_a_killed_writer_and_a_power_cut);
	tcase_add_loop_test(t, f2_kills_and_cuts_in_any_order, 0, 3);
	tcase_add_test(t, f2_a_change_costs_one_sync_and_a_lazy_one_none);
	tcase_add_test(t, f2_an_outlived_slot_holds);
	tcase_add_test(t, f2_two_whole_slots_are_synced_once);
	tcase_add_loop_test(t, f2_c5_what_could_not_be_synced_goes, 0, 2);
	tcase_add_loop_test(t, f2_c5_an_unsure_slot_that_cannot_be_synced_refuses, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
