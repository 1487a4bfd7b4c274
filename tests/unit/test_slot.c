#include "unit.h"

#include <string.h>

#include "base/digest.h"
#include "core/slot.h"

enum { SIZE = 1024 };
static const struct slot_shape shape = { SLOT_KIND_USER, 3, SIZE };

static void make(
	unsigned char *slot, const struct slot_shape *sh, uint64_t sequence, uint32_t value)
{
	struct slot_cursor c;
	struct fault f = FAULT_INIT;

	slot_begin(slot, sh, &c);
	slot_put_u32(&c, value);
	ck_assert_int_eq(slot_seal(slot, sh, sequence, &c, &f), 0);
}

START_TEST(fields_come_back)
{
	unsigned char bytes[512];
	struct slot_cursor c = { bytes, sizeof bytes, 0, false };
	struct meter m = { .window_s = 3600, .period = 77, .counts = { 1, 2, UINT32_MAX } }, back;
	char text[8], blob[3];

	slot_put_u32(&c, 0xdeadbeef);
	slot_put_i64(&c, INT64_MIN);
	slot_put_i64(&c, -2);
	slot_put_bytes(&c, "a\0b", 3);
	slot_put_text(&c, "1234567", 8);
	slot_put_text(&c, "", 8);
	slot_put_meter(&c, &m);
	size_t used = c.at;
	ck_assert(!c.bad);
	ck_assert_uint_eq(bytes[0], 0xde);
	ck_assert_uint_eq(bytes[3], 0xef);
	c.at = 0;
	ck_assert_uint_eq(slot_get_u32(&c), 0xdeadbeef);
	ck_assert_int_eq(slot_get_i64(&c), INT64_MIN);
	ck_assert_int_eq(slot_get_i64(&c), -2);
	slot_get_bytes(&c, blob, 3);
	ck_assert_mem_eq(blob, "a\0b", 3);
	slot_get_text(&c, text, 8);
	ck_assert_str_eq(text, "1234567");
	slot_get_text(&c, text, 8);
	ck_assert_str_eq(text, "");
	slot_get_meter(&c, &back);
	ck_assert_mem_eq(&m.counts, &back.counts, sizeof m.counts);
	ck_assert_int_eq(back.period, 77);
	ck_assert(!c.bad);
	ck_assert_uint_eq(c.at, used);
}
END_TEST

START_TEST(c7_past_the_end_is_bad)
{
	unsigned char bytes[10] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	struct slot_cursor c = { bytes, sizeof bytes, 0, false };
	char text[16];

	ck_assert_int_ne(slot_get_i64(&c), 0);
	ck_assert(!c.bad);
	ck_assert_uint_eq(slot_get_u32(&c), 0);
	ck_assert(c.bad);
	/* and stays so, even for what would fit */
	memset(text, 7, sizeof text);
	slot_get_bytes(&c, text, 1);
	ck_assert_int_eq(text[0], 0);
	ck_assert(!slot_end(&c));
	c = (struct slot_cursor){ bytes, sizeof bytes, 4, false };
	slot_put_i64(&c, 0);
	ck_assert(c.bad);
	ck_assert_uint_eq(bytes[4], 1);
	c = (struct slot_cursor){ bytes, sizeof bytes, 0, false };
	slot_get_bytes(&c, text, sizeof text);
	ck_assert(c.bad);
}
END_TEST

START_TEST(c7_text_is_terminated_and_padded)
{
	struct {
		const char *name;
		char field[8];
		int bad;
	} cases[] = {
		{ "full", { 'a', 'b', 'c', 'd', 'e', 'f', 'g', 0 }, 0 },
		{ "no NUL", { 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' }, 1 },
		{ "something behind the NUL", { 'a', 0, 0, 0, 0, 0, 0, 'x' }, 1 },
		{ "empty", { 0 }, 0 },
	};
	char text[8];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct slot_cursor c = { (unsigned char *)cases[i].field, 8, 0, false };
		slot_get_text(&c, text, 8);
		ck_assert_msg(c.bad == cases[i].bad, "%s", cases[i].name);
		ck_assert_msg(!c.bad || text[0] == 0, "%s", cases[i].name);
	}
	struct slot_cursor c = { (unsigned char *)cases[0].field, 8, 0, false };
	slot_put_text(&c, "12345678", 8);
	ck_assert(c.bad);
}
END_TEST

START_TEST(c7_meters_are_sane)
{
	static const struct {
		const char *name;
		struct meter m;
		bool bad;
	} cases[] = {
		{ "never used", { 0 }, false },
		{ "31 days", { .window_s = 31 * 86400, .period = 5 }, false },
		{ "32 days", { .window_s = 32 * 86400, .period = 5 }, true },
		{ "negative period", { .window_s = 60, .period = -1 }, true },
		{ "far period", { .window_s = 60, .period = INT64_MAX }, true },
		{ "counts without a window", { .counts = { 0, 1 } }, true },
		{ "a period without a window", { .period = 1 }, true },
	};
	unsigned char bytes[128] = { 0 };
	struct meter back;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct slot_cursor c = { bytes, sizeof bytes, 0, false };
		slot_put_meter(&c, &cases[i].m);
		ck_assert_msg(c.bad == cases[i].bad, "put %s", cases[i].name);
		c = (struct slot_cursor){ bytes, sizeof bytes, 0, false };
		slot_put_u32(&c, cases[i].m.window_s);
		slot_put_i64(&c, cases[i].m.period);
		for (int k = 0; k < METER_BUCKETS; k++)
			slot_put_u32(&c, cases[i].m.counts[k]);
		c.at = 0;
		slot_get_meter(&c, &back);
		ck_assert_msg(c.bad == cases[i].bad, "get %s", cases[i].name);
	}
}
END_TEST

START_TEST(c7_the_rest_must_be_zero)
{
	unsigned char bytes[16] = { 0 };
	struct slot_cursor c = { bytes, sizeof bytes, 8, false };

	ck_assert(slot_end(&c));
	bytes[7] = 1;
	ck_assert(slot_end(&c));
	bytes[15] = 1;
	ck_assert(!slot_end(&c));
	bytes[15] = 0;
	c.bad = true;
	ck_assert(!slot_end(&c));
}
END_TEST

/* But one, the mark of an outlived slot, which is not under the seal and changes no record. */
START_TEST(f2_every_flipped_bit_is_refused)
{
	enum { MARK_BIT = 8 * SLOT_MARK_AT + 7 };
	unsigned char both[2 * SIZE] = { 0 };
	struct slot_cursor c;
	struct fault f = FAULT_INIT;
	uint64_t seq;

	make(both, &shape, 9, 42);
	ck_assert_int_eq(slot_pick(both, &shape, &seq, &c, &f), 0);
	ck_assert_uint_eq(seq, 9);
	ck_assert_uint_eq(slot_get_u32(&c), 42);
	ck_assert(slot_end(&c));
	for (size_t bit = 0; bit < 8 * SIZE; bit++) {
		if (bit == MARK_BIT)
			continue;
		both[bit / 8] ^= (unsigned char)(1u << bit % 8);
		f = (struct fault)FAULT_INIT;
		ck_assert_msg(slot_pick(both, &shape, &seq, &c, &f) == -1, "bit %zu", bit);
		ck_assert_int_eq(f.class, FAULT_DAMAGED);
		both[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	ck_assert_int_eq(slot_pick(both, &shape, &seq, &c, &f), 0);
	both[SLOT_MARK_AT] = SLOT_OUTLIVED;
	ck_assert_int_eq(slot_pick(both, &shape, &seq, &c, &f), 0);
	ck_assert_uint_eq(seq, 9);
	ck_assert_uint_eq(slot_get_u32(&c), 42);
}
END_TEST

START_TEST(f2_the_newer_whole_slot_is_taken)
{
	static const struct {
		const char *name;
		uint64_t seq[2];
		bool broken[2];
		int want;
	} cases[] = {
		{ "first newer", { 8, 7 }, { false, false }, 0 },
		{ "second newer", { 8, 9 }, { false, false }, 1 },
		{ "newer broken", { 8, 9 }, { false, true }, 0 },
		{ "newer broken, the other way", { 10, 9 }, { true, false }, 1 },
		{ "older broken", { 8, 9 }, { true, false }, 1 },
		{ "both broken", { 8, 9 }, { true, true }, -1 },
		{ "two of one sequence", { 9, 9 }, { false, false }, -1 },
		{ "two of one sequence, first broken", { 9, 9 }, { true, false }, 1 },
		{ "two of one sequence, second broken", { 9, 9 }, { false, true }, 0 },
		{ "the highest there is", { UINT64_MAX, UINT64_MAX - 1 }, { false, false }, 0 },
		{ "as unsigned numbers", { 1, UINT64_C(1) << 63 }, { false, false }, 1 },
	};
	unsigned char both[2 * SIZE];
	struct slot_cursor c;
	uint64_t seq;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fault f = FAULT_INIT;
		for (size_t k = 0; k < 2; k++) {
			make(both + k * SIZE, &shape, cases[i].seq[k], (uint32_t)k + 100);
			both[k * SIZE + 700] ^= cases[i].broken[k];
		}
		int got = slot_pick(both, &shape, &seq, &c, &f);
		ck_assert_msg(got == cases[i].want, "%s: %d", cases[i].name, got);
		if (got < 0) {
			ck_assert_int_eq(f.class, FAULT_DAMAGED);
			continue;
		}
		ck_assert_uint_eq(seq, cases[i].seq[got]);
		ck_assert_uint_eq(slot_get_u32(&c), 100 + (uint32_t)got);
	}
}
END_TEST

START_TEST(f2_zeros_and_rubbish_are_refused)
{
	unsigned char both[2 * SIZE];
	struct slot_cursor c;
	uint64_t seq;

	for (int fill = 0; fill < 256; fill += 51) {
		struct fault f = FAULT_INIT;
		memset(both, fill, sizeof both);
		ck_assert_int_eq(slot_pick(both, &shape, &seq, &c, &f), -1);
		ck_assert_int_eq(f.class, FAULT_DAMAGED);
	}
}
END_TEST

/* A newer slot of another version was written by another sms-otp: the older one forgets what that counted. */
START_TEST(f2_another_kind_or_version_is_refused)
{
	static const struct slot_shape others[] = { { SLOT_KIND_USER, 4, SIZE },
		{ SLOT_KIND_SITE, 3, SIZE } };
	unsigned char both[2 * SIZE];
	struct slot_cursor c;
	struct fault f = FAULT_INIT;
	uint64_t seq;

	for (size_t i = 0; i < 2; i++) {
		make(both, &shape, 8, 1);
		make(both + SIZE, &others[i], 9, 2);
		ck_assert_int_eq(slot_pick(both, &shape, &seq, &c, &f), -1);
		ck_assert_str_eq(f.text, "a record of another kind or version");
		make(both, &shape, 10, 1);
		ck_assert_int_eq(slot_pick(both, &shape, &seq, &c, &f), 0);
	}
}
END_TEST

/* --- lazy slots --- */

enum { ORDER_MAX = 6, SECTORS = 2 * SIZE / 512 };

/* A file of two slots, and all that has been written to it since the last sync. */
struct disk {
	unsigned char cache[2 * SIZE]; /* what who reads it sees */
	/* what a power cut may leave of each sector: any of these */
	unsigned char left[ORDER_MAX + 2][2 * SIZE];
	int nleft;
};

static int value_of(unsigned char *both, uint32_t *synced, uint32_t *lazy)
{
	struct slot_cursor c;
	struct fault f = FAULT_INIT;
	uint64_t seq;

	if (slot_pick(both, &shape, &seq, &c, &f) < 0)
		return -1;
	*synced = slot_get_u32(&c);
	*lazy = slot_get_u32(&c);
	return 0;
}

/* One change, as core/state makes it: read, count, write. */
static void change(struct disk *d, bool lazily)
{
	unsigned char both[2 * SIZE], slot[SIZE];
	uint32_t synced, lazy;
	struct slot_cursor c;
	struct fault f = FAULT_INIT;
	uint64_t seq;

	memcpy(both, d->cache, sizeof both);
	int current = slot_pick(both, &shape, &seq, &c, &f);
	ck_assert_msg(current >= 0, "%s", f.text);
	synced = slot_get_u32(&c);
	lazy = slot_get_u32(&c);
	int at = slot_next(both, &shape, current).at;
	slot_begin(slot, &shape, &c);
	slot_put_u32(&c, synced + !lazily);
	slot_put_u32(&c, lazy + lazily);
	ck_assert_int_eq(slot_seal(slot, &shape, seq + 1, &c, &f), 0);
	if (lazily)
		ck_assert_int_eq(slot_make_lazy(slot, &shape, &f), 0);
	memcpy(d->cache + at * SIZE, slot, SIZE);
	memcpy(d->left[d->nleft++], d->cache, sizeof d->cache);
}

static void sync_disk(struct disk *d)
{
	memcpy(d->left[0], d->cache, sizeof d->cache);
	d->nleft = 1;
}

/* The power goes: every mixture of what may be left of each sector still has all synced changes. */
static void cut(const struct disk *d, uint32_t want, const char *order)
{
	unsigned char both[2 * SIZE];
	uint32_t synced, lazy;
	long mixtures = 1;

	for (int i = 0; i < SECTORS; i++)
		mixtures *= d->nleft;
	for (long m = 0; m < mixtures; m++) {
		long rest = m;
		for (int i = 0; i < SECTORS; i++, rest /= d->nleft)
			memcpy(both + i * 512, d->left[rest % d->nleft] + i * 512, 512);
		ck_assert_msg(value_of(both, &synced, &lazy) == 0, "%s: both are lost", order);
		ck_assert_msg(synced >= want, "%s: %u of %u", order, synced, want);
	}
}

START_TEST(f2_no_order_of_lazy_and_synced_writes_loses_a_synced_one)
{
	static struct disk d;
	char order[ORDER_MAX + 1] = "";

	for (unsigned bits = 0; bits < 1u << ORDER_MAX; bits++) {
		uint32_t done = 0;
		memset(&d, 0, sizeof d);
		make(d.cache, &shape, 1, 0);
		sync_disk(&d);
		for (int i = 0; i < ORDER_MAX; i++) {
			bool lazily = (bits >> i & 1u) != 0;
			order[i] = lazily ? 'l' : 's';
			order[i + 1] = '\0';
			change(&d, lazily);
			cut(&d, done, order); /* before the sync of a synced one */
			if (!lazily) {
				sync_disk(&d);
				cut(&d, ++done, order);
			}
		}
	}
}
END_TEST

/* And goes on after it: what the cut left is the disk that the next changes begin with. */
START_TEST(f2_a_cut_in_between_and_on)
{
	static struct disk d, torn;

	for (unsigned bits = 0; bits < 1u << 4; bits++) {
		uint32_t done = 0;
		memset(&d, 0, sizeof d);
		make(d.cache, &shape, 1, 0);
		sync_disk(&d);
		for (int i = 0; i < 4; i++) {
			bool lazily = (bits >> i & 1u) != 0;
			change(&d, lazily);
			done += !lazily;
			if (!lazily)
				sync_disk(&d);
		}
		for (int sector = 0; sector < SECTORS; sector++) {
			uint32_t again = done;
			/* all but one sector of the last write arrived */
			memset(&torn, 0, sizeof torn);
			memcpy(torn.cache, d.cache, sizeof torn.cache);
			memcpy(torn.cache + sector * 512, d.left[0] + sector * 512, 512);
			sync_disk(&torn);
			cut(&torn, done, "torn");
			for (int i = 0; i < 4; i++) {
				bool lazily = (bits >> (3 - i) & 1u) != 0;
				change(&torn, lazily);
				cut(&torn, again, "torn, and on");
				if (!lazily) {
					sync_disk(&torn);
					cut(&torn, ++again, "torn, and on");
				}
			}
		}
	}
}
END_TEST

START_TEST(f2_a_lazy_slot_says_so_under_its_seal)
{
	unsigned char both[2 * SIZE] = { 0 };
	struct slot_cursor c;
	struct fault f = FAULT_INIT;
	uint64_t seq;

	make(both, &shape, 5, 1);
	ck_assert(!slot_is_lazy(both));
	ck_assert_int_eq(slot_next(both, &shape, 0).at, 1);
	make(both + SIZE, &shape, 6, 2);
	ck_assert_int_eq(slot_make_lazy(both + SIZE, &shape, &f), 0);
	ck_assert_int_eq(slot_pick(both, &shape, &seq, &c, &f), 1);
	ck_assert_uint_eq(seq, 6);
	ck_assert_int_eq(slot_next(both, &shape, 1).at, 1);
	/* the flag cannot be taken off, nor be another */
	both[SIZE + 8] = 0;
	ck_assert_int_eq(slot_pick(both, &shape, &seq, &c, &f), 0);
	both[SIZE + 8] = 2;
	ck_assert_int_eq(digest_sha256(both + SIZE, SIZE - SLOT_SEAL, both + 2 * SIZE - SLOT_SEAL, &f), 0);
	ck_assert_int_eq(slot_pick(both, &shape, &seq, &c, &f), -1);
}
END_TEST

/* A well-made seal over the sequence number zero: no writer starts there, so it is not taken for the oldest. */
START_TEST(f2_sequence_zero_is_refused)
{
	unsigned char both[2 * SIZE] = { 0 };
	struct slot_cursor c;
	struct fault f = FAULT_INIT;
	uint64_t seq;

	slot_begin(both, &shape, &c);
	ck_assert_int_eq(slot_seal(both, &shape, 0, &c, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	make(both, &shape, 1, 1);
	memset(both + 12, 0, 8);
	ck_assert_int_eq(digest_sha256(both, SIZE - SLOT_SEAL, both + SIZE - SLOT_SEAL, &f), 0);
	ck_assert_int_eq(slot_pick(both, &shape, &seq, &c, &f), -1);
}
END_TEST

START_TEST(an_overfull_slot_is_not_sealed)
{
	unsigned char slot[SIZE], much[SIZE] = { 0 };
	struct slot_cursor c;
	struct fault f = FAULT_INIT;

	slot_begin(slot, &shape, &c);
	slot_put_bytes(&c, much, SIZE - SLOT_HEAD - SLOT_SEAL);
	ck_assert(!c.bad);
	ck_assert_int_eq(slot_seal(slot, &shape, 1, &c, &f), 0);
	slot_put_u32(&c, 1);
	ck_assert_int_eq(slot_seal(slot, &shape, 1, &c, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("slot");
	TCase *t = tcase_create("slot");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, fields_come_back);
	tcase_add_test(t, c7_past_the_end_is_bad);
	tcase_add_test(t, c7_text_is_terminated_and_padded);
	tcase_add_test(t, c7_meters_are_sane);
	tcase_add_test(t, c7_the_rest_must_be_zero);
	tcase_add_test(t, f2_every_flipped_bit_is_refused);
	tcase_add_test(t, f2_the_newer_whole_slot_is_taken);
	tcase_add_test(t, f2_zeros_and_rubbish_are_refused);
	tcase_add_test(t, f2_another_kind_or_version_is_refused);
	tcase_add_test(t, f2_sequence_zero_is_refused);
	tcase_add_test(t, f2_no_order_of_lazy_and_synced_writes_loses_a_synced_one);
	tcase_add_test(t, f2_a_cut_in_between_and_on);
	tcase_add_test(t, f2_a_lazy_slot_says_so_under_its_seal);
	tcase_add_test(t, an_overfull_slot_is_not_sealed);
	suite_add_tcase(s, t);
	return s;
}
