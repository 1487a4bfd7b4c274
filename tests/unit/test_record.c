#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/record.h"
#include "fuzz.h"

static void fill_meter(struct meter *m, uint32_t window_s, uint32_t base)
{
	m->window_s = window_s;
	m->period = 1000 + base;
	for (uint32_t i = 0; i < METER_BUCKETS; i++)
		m->counts[i] = base * 100 + i;
}

/* Every field has a value of its own. */
static void fill(struct record *r)
{
	record_init(r, 4294967294u, "alice");
	r->high.wall_s = 1800000000;
	r->high.boot_ms = 123456789;
	memset(r->high.boot_id, 0x11, sizeof r->high.boot_id);
	r->block = RECORD_BLOCK_FAILURES;
	for (uint32_t i = 0; i < RECORD_PURSES; i++) {
		struct record_purse_state *p = &r->purse[i];
		fill_meter(&p->failures, 86400 + i, 1 + i * 10);
		p->consecutive = 7 + i;
		p->lock_level = 3 + i;
		p->lock_start_wall_s = 1800000100 + i;
		p->lock_until_wall_s = 1800001900 + i;
		p->lock_until_boot_ms = 555000 + i;
		memset(p->lock_boot_id, (int)(0x20 + i), sizeof p->lock_boot_id);
		for (uint32_t k = 0; k < NUMBER_RATES_MAX; k++) {
			fill_meter(&p->sends[k], 3600 + k, 2 + i * 10 + k);
			fill_meter(&p->successes[k], 7200 + k, 4 + i * 10 + k);
		}
		p->sends_since_success = 11 + i;
		p->last_send_wall_s = 1800000050 + i;
		p->last_send_boot_ms = 444000 + i;
		memset(p->last_send_boot_id, (int)(0x30 + i), sizeof p->last_send_boot_id);
	}
	for (uint32_t i = 0; i < RECORD_CHALLENGES - 1; i++) {
		struct record_challenge *ch = &r->challenges[i];
		memset(ch->id, (int)(0x40 + i), sizeof ch->id);
		memset(ch->mac, (int)(0x50 + i), sizeof ch->mac);
		memset(ch->boot_id, (int)(0x60 + i), sizeof ch->boot_id);
		ch->gone_boot_ms = 600000 + i;
		ch->tries_left = i;
		ch->purse = i % RECORD_PURSES;
		ch->bound = i; /* none, any, alone */
		ch->sends = i * 3;
		memset(ch->binding, (int)(i ? 0xb0 + i : 0), sizeof ch->binding);
	}
	for (uint32_t i = 0; i < RECORD_OFFLINE_PURSES; i++) {
		struct record_purse_state *p = &r->offline.purse[i];
		fill_meter(&p->failures, 86500 + i, 5 + i);
		p->consecutive = 17 + i;
		p->lock_level = 23 + i;
		p->lock_start_wall_s = 1800000200 + i;
		p->lock_until_wall_s = 1800002900 + i;
		p->lock_until_boot_ms = 665000 + i;
		memset(p->lock_boot_id, (int)(0x70 + i), sizeof p->lock_boot_id);
	}
	for (uint32_t i = 0; i < RECORD_RECOVERY_CODES - 1; i++) {
		r->offline.recovery[i].state = i % 2 ? RECORD_RECOVERY_USED : RECORD_RECOVERY_UNUSED;
		if (i % 2 == 0)
			memset(r->offline.recovery[i].mac, (int)(0x80 + i), DIGEST_SIZE);
	}
	r->offline.app.enrolled = 1;
	memset(r->offline.app.key, 0x90, sizeof r->offline.app.key);
	r->offline.app.last_step = 60000000;
	memset(r->offline.issued.mac, 0xa1, sizeof r->offline.issued.mac);
	r->offline.issued.span = (struct span){ 1800000300, 1800001200, 777000, { 0xa2 } };
	r->bypass.span = (struct span){ 1800000400, 1800014800, 888000, { 0xa3 } };
	memcpy(r->bypass.service, "sshd", 5);
	r->fatigue.unanswered = (struct tally){ 0x0102, { 3, 4 } };
	r->fatigue.pause = (struct span){ 1800000500, 1800004100, 999000, { 0xb4 } };
	r->candidate = 1;
	for (uint32_t i = 0; i < RECORD_PLACES - 1; i++) {
		struct record_place *p = &r->places[i];
		p->kind = RECORD_PLACE_ADDRESS + i % (RECORD_PLACE_KINDS - 1);
		memset(p->mac, (int)(0xa0 + i), sizeof p->mac);
		p->last_wall_s = 1800000300 + i;
		p->last_clock_s = 1800000400 + i;
		strcpy(p->service, i % 2 ? "sudo" : "a-service-with-a-name-of-27");
	}
}

static int decode(unsigned char *slot, struct record *out, struct fault *f)
{
	unsigned char both[2 * RECORD_SLOT_SIZE] = { 0 };
	struct slot_cursor c;
	uint64_t seq;

	memcpy(both, slot, RECORD_SLOT_SIZE);
	ck_assert_int_eq(slot_pick(both, &record_shape, &seq, &c, f), 0);
	return record_decode(&c, out, f);
}

START_TEST(what_was_encoded_comes_back)
{
	unsigned char slot[RECORD_SLOT_SIZE], again[RECORD_SLOT_SIZE];
	struct fault f = FAULT_INIT;
	struct record r, back;

	fill(&r);
	if (_i == 1)
		record_init(&r, 0, "root");
	if (_i == 2) {
		memset(r.name, 'x', TALK_USER_MAX);
		r.name[TALK_USER_MAX] = '\0';
	}
	ck_assert_int_eq(record_encode(&r, 5, slot, &f), 0);
	ck_assert_int_eq(decode(slot, &back, &f), 0);
	ck_assert_int_eq(record_encode(&back, 5, again, &f), 0);
	ck_assert_mem_eq(slot, again, sizeof slot);
	ck_assert_uint_eq(back.uid, r.uid);
	ck_assert_str_eq(back.name, r.name);
	ck_assert_int_eq(back.high.wall_s, r.high.wall_s);
	ck_assert_uint_eq(back.block, r.block);
	ck_assert_mem_eq(back.purse[2].last_send_boot_id, r.purse[2].last_send_boot_id, 16);
	ck_assert_mem_eq(back.challenges[2].mac, r.challenges[2].mac, DIGEST_SIZE);
	ck_assert_uint_eq(back.challenges[2].tries_left, r.challenges[2].tries_left);
	ck_assert_mem_eq(&back.offline, &r.offline, sizeof r.offline);
	ck_assert_mem_eq(&back.bypass, &r.bypass, sizeof r.bypass);
	ck_assert_mem_eq(&back.fatigue, &r.fatigue, sizeof r.fatigue);
	ck_assert_uint_eq(back.candidate, r.candidate);
	ck_assert_mem_eq(back.places, r.places, sizeof r.places);
	ck_assert_uint_eq(record_recovery_left(&back.offline), _i == 1 ? 0 : 5);
}
END_TEST

/* The table of sms-otp-state(5): these offsets are on people's disks. */
START_TEST(the_layout_is_the_documented_one)
{
	static const struct {
		const char *name;
		size_t at, len;
		unsigned char bytes[16];
	} cases[] = {
		{ "magic and kind", 0, 8, { 'S', 'M', 'S', 'O', 'T', 'P', 0, 'U' } },
		{ "version", 8, 4, { 0, 0, 0, 1 } },
		{ "sequence", 12, 8, { 0, 0, 0, 0, 0, 0, 1, 2 } },
		{ "uid", 20, 4, { 0xff, 0xff, 0xff, 0xfe } },
		{ "name", 24, 6, { 'a', 'l', 'i', 'c', 'e', 0 } },
		{ "end of name and wall time", 278, 10, { 0, 0, 0, 0, 0, 0, 0x6b, 0x49, 0xd2, 0 } },
		{ "boot id", 296, 2, { 0x11, 0x11 } },
		{ "block", 312, 4, { 0, 0, 0, 2 } },
		{ "stranger: failures window", 316, 4, { 0, 1, 0x51, 0x80 } },
		{ "stranger: consecutive, level", 392, 8, { 0, 0, 0, 7, 0, 0, 0, 3 } },
		{ "stranger: lock boot id", 424, 1, { 0x20 } },
		{ "stranger: sends window", 440, 4, { 0, 0, 0x0e, 0x10 } },
		{ "stranger: successes window", 592, 4, { 0, 0, 0x1c, 0x20 } },
		{ "stranger: sends since success", 744, 4, { 0, 0, 0, 11 } },
		{ "stranger: last send boot id", 764, 1, { 0x30 } },
		{ "known: failures window", 780, 4, { 0, 1, 0x51, 0x81 } },
		{ "own: failures window", 1244, 4, { 0, 1, 0x51, 0x82 } },
		{ "challenge 0: id", 1708, 16,
			{ 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40,
				0x40, 0x40, 0x40, 0x40 } },
		{ "challenge 1: mac", 1788 + 16, 2, { 0x51, 0x51 } },
		{ "challenge 2: boot id, end, tries, purse", 1868 + 48 + 15, 9,
			{ 0x62, 0, 0, 0, 0, 0, 0x09, 0x27, 0xc2 } },
		{ "challenge 2: tries, purse", 1868 + 72, 8, { 0, 0, 0, 2, 0, 0, 0, 2 } },
		{ "offline: wrong codes", 2028, 4, { 0, 1, 0x51, 0xe4 } },
		{ "offline: in a row, lock level", 2104, 8, { 0, 0, 0, 17, 0, 0, 0, 23 } },
		{ "offline, own: lock boot id", 2152 + 108, 1, { 0x71 } },
		{ "recovery code 0", 2276, 1, { 0x80 } },
		{ "recovery code 0: unused", 2276 + 32, 4, { 0, 0, 0, 1 } },
		{ "recovery code 1: used", 2312, 12, { 0 } },
		{ "recovery code 1: used", 2312 + 32, 4, { 0, 0, 0, 2 } },
		{ "recovery code 9: none", 2276 + 9 * 36 + 32, 4, { 0, 0, 0, 0 } },
		{ "app", 2636, 5, { 0, 0, 0, 1, 0x90 } },
		{ "app: last step", 2660, 8, { 0, 0, 0, 0, 0x03, 0x93, 0x87, 0x00 } },
		{ "place 0: kind, hash", 2668, 6, { 0, 0, 0, 1, 0xa0, 0xa0 } },
		{ "place 1: times", 2732 + 20, 16,
			{ 0, 0, 0, 0, 0x6b, 0x49, 0xd3, 0x2d, 0, 0, 0, 0, 0x6b, 0x49, 0xd3, 0x91 } },
		{ "place 1: service", 2732 + 36, 5, { 's', 'u', 'd', 'o', 0 } },
		{ "issued code", 3692, 1, { 0xa1 } },
		{ "issued code: start", 3724, 8, { 0, 0, 0, 0, 0x6b, 0x49, 0xd3, 0x2c } },
		{ "issued code: boot id", 3748, 1, { 0xa2 } },
		{ "bypass: start", 3764, 8, { 0, 0, 0, 0, 0x6b, 0x49, 0xd3, 0x90 } },
		{ "bypass: end since boot, boot id", 3780, 9, { 0, 0, 0, 0, 0, 0x0d, 0x8c, 0xc0, 0xa3 } },
		{ "bypass: service", 3804, 5, { 's', 's', 'h', 'd', 0 } },
		{ "not answered", 3869, 7, { 0, 0, 1, 2, 3, 4, 0 } },
		{ "pause: start", 3889, 8, { 0, 0, 0, 0, 0x6b, 0x49, 0xd3, 0xf4 } },
		{ "pause: boot id", 3913, 2, { 0xb4, 0 } },
		{ "candidate", 3929, 4, { 0, 0, 0, 1 } },
		{ "code 0: bound to nothing", 3933, 9, { 0 } },
		{ "code 2: bound, sends", 3933 + 48, 10, { 0, 0, 0, 2, 0, 0, 0, 6, 0xb2, 0xb2 } },
		{ "behind all", 4029, 8, { 0 } },
	};
	unsigned char slot[RECORD_SLOT_SIZE];
	struct fault f = FAULT_INIT;
	struct record r;

	fill(&r);
	ck_assert_int_eq(record_encode(&r, 0x102, slot, &f), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_msg(memcmp(slot + cases[i].at, cases[i].bytes, cases[i].len) == 0, "%s",
			cases[i].name);
}
END_TEST

enum change {
	UID,
	NAME_EMPTY,
	NAME_SLASH,
	WALL,
	BOOT,
	BLOCK,
	LOCK_START,
	LOCK_ORDER,
	LOCK_BOOT,
	SEND_WALL,
	SEND_BOOT,
	METER,
	TRIES,
	PURSE,
	GONE,
	FREE_ID,
	FREE_MAC,
	FREE_BOOT,
	FREE_TRIES,
	FREE_PURSE,
	OFFLINE_LOCK,
	RECOVERY_STATE,
	RECOVERY_USED,
	RECOVERY_NONE,
	APP_STATE,
	APP_KEY,
	APP_NONE,
	APP_STEP,
	APP_STEP_ALONE,
	PLACE_KIND,
	PLACE_TIME,
	PLACE_CLOCK,
	PLACE_SERVICE,
	PLACE_SERVICE_BYTE,
	PLACE_NONE,
	PLACE_NONE_CLOCK,
	PLACE_NONE_TIME,
	ISSUED_NONE,
	ISSUED_LONG,
	BYPASS_NONE,
	BYPASS_ORDER,
	BYPASS_SERVICE,
	CANDIDATE,
	BOUND_KIND,
	BOUND_NOT,
	BOUND_FREE,
	BOUND_SENDS,
	BOUND_BINDING,
	CHANGES
};

static void spoil(struct record *r, int change)
{
	struct record_purse_state *p = &r->purse[1];
	struct record_challenge *ch = &r->challenges[1],
				*empty = &r->challenges[RECORD_CHALLENGES - 1];

	switch ((enum change)change) {
	case UID:
		r->uid = UINT32_MAX;
		break;
	case NAME_EMPTY:
		memset(r->name, 0, sizeof r->name);
		break;
	case NAME_SLASH:
		r->name[2] = '/';
		break;
	case WALL:
		r->high.wall_s = -1;
		break;
	case BOOT:
		r->high.boot_ms = INT64_MAX;
		break;
	case BLOCK:
		r->block = 3;
		break;
	case LOCK_START:
		p->lock_start_wall_s = -1;
		break;
	case LOCK_ORDER:
		p->lock_start_wall_s = p->lock_until_wall_s + 1;
		break;
	case LOCK_BOOT:
		p->lock_until_boot_ms = -1;
		break;
	case SEND_WALL:
		p->last_send_wall_s = INT64_MAX;
		break;
	case SEND_BOOT:
		p->last_send_boot_ms = INT64_MIN;
		break;
	case METER:
		p->successes[1].window_s = UINT32_MAX;
		break;
	case TRIES:
		ch->tries_left = 6;
		break;
	case PURSE:
		ch->purse = RECORD_PURSES;
		break;
	case GONE:
		ch->gone_boot_ms = -1;
		break;
	case FREE_ID:
		empty->id[15] = 1;
		break;
	case FREE_MAC:
		empty->mac[0] = 1;
		break;
	case FREE_BOOT:
		empty->boot_id[3] = 1;
		break;
	case FREE_TRIES:
		empty->tries_left = 1;
		break;
	case FREE_PURSE:
		empty->purse = RECORD_PURSE_OWN;
		break;
	case OFFLINE_LOCK:
		r->offline.purse[1].lock_start_wall_s = -1;
		break;
	case RECOVERY_STATE:
		r->offline.recovery[0].state = 3;
		break;
	case RECOVERY_USED:
		r->offline.recovery[1].mac[31] = 1;
		break;
	case RECOVERY_NONE:
		r->offline.recovery[9].mac[0] = 1;
		break;
	case APP_STATE:
		r->offline.app.enrolled = 2;
		break;
	case APP_KEY:
		memset(r->offline.app.key, 0, sizeof r->offline.app.key);
		break;
	case APP_NONE:
		r->offline.app.enrolled = 0;
		break;
	case APP_STEP:
		r->offline.app.last_step = -1;
		break;
	case APP_STEP_ALONE:
		/* a step of an app that is gone */
		r->offline.app.enrolled = 0;
		memset(r->offline.app.key, 0, sizeof r->offline.app.key);
		break;
	case ISSUED_NONE:
		memset(&r->offline.issued.span, 0, sizeof r->offline.issued.span);
		break;
	case ISSUED_LONG:
		r->offline.issued.span.until_wall_s += 8 * 86400;
		break;
	case BYPASS_NONE:
		memset(&r->bypass.span, 0, sizeof r->bypass.span);
		break;
	case BOUND_KIND:
		ch->bound = 3;
		break;
	case BOUND_NOT:
		ch->bound = RECORD_BOUND_NONE;
		break;
	case BOUND_FREE:
		empty->bound = RECORD_BOUND_ANY;
		break;
	case BOUND_SENDS:
		r->challenges[0].sends = 1;
		break;
	case BOUND_BINDING:
		r->challenges[0].binding[7] = 1;
		break;
	case BYPASS_ORDER:
		r->bypass.span.start_wall_s = r->bypass.span.until_wall_s;
		break;
	case BYPASS_SERVICE:
		r->bypass.service[1] = '\n';
		break;
	case PLACE_KIND:
		r->places[0].kind = RECORD_PLACE_KINDS;
		break;
	case PLACE_TIME:
		r->places[1].last_wall_s = 0;
		break;
	case PLACE_CLOCK:
		r->places[1].last_clock_s = -1;
		break;
	case PLACE_SERVICE:
		memset(r->places[1].service, 0, sizeof r->places[1].service);
		break;
	case PLACE_SERVICE_BYTE:
		r->places[1].service[1] = '\n';
		break;
	case PLACE_NONE:
		r->places[RECORD_PLACES - 1].mac[3] = 1;
		break;
	case PLACE_NONE_CLOCK:
		r->places[RECORD_PLACES - 1].last_clock_s = 1;
		break;
	case PLACE_NONE_TIME:
		r->places[RECORD_PLACES - 1].last_wall_s = 1;
		break;
	case CANDIDATE:
		r->candidate = 2;
		break;
	case CHANGES:
		break;
	}
}

/* What the code never writes is neither written nor read. */
START_TEST(c7_insane_values_are_refused)
{
	unsigned char slot[RECORD_SLOT_SIZE];
	struct fault f = FAULT_INIT;
	struct record r;

	fill(&r);
	ck_assert_int_eq(record_encode(&r, 1, slot, &f), 0);
	spoil(&r, _i);
	ck_assert_int_eq(record_encode(&r, 1, slot, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
}
END_TEST

/* As far as a value goes it is stored: who is refused at its edge is shut out. */
START_TEST(c7_values_at_their_edges_are_stored)
{
	unsigned char slot[RECORD_SLOT_SIZE];
	struct fault f = FAULT_INIT;
	struct record r, back;

	fill(&r);
	r.uid = UINT32_MAX - 1;
	r.candidate = 1;
	r.challenges[1].tries_left = 5;
	r.challenges[1].purse = RECORD_PURSES - 1;
	r.challenges[1].gone_boot_ms = 1;
	r.places[0].kind = RECORD_PLACE_KINDS - 1;
	r.places[0].last_wall_s = 1;
	/* a lock of no length, as an administrator's clock may make one */
	r.purse[0].lock_start_wall_s = r.purse[0].lock_until_wall_s;
	/* and the start of one that is over */
	r.purse[1].lock_until_wall_s = 0;
	/* an app that has given no code yet; recovery codes of which one is the first */
	r.offline.app.last_step = 0;
	ck_assert_msg(record_encode(&r, 1, slot, &f) == 0, "%s", f.text);
	ck_assert_msg(decode(slot, &back, &f) == 0, "%s", f.text);
	ck_assert_uint_eq(back.challenges[1].tries_left, 5);
	ck_assert_int_eq(back.challenges[1].gone_boot_ms, 1);
	ck_assert_int_eq(back.places[0].last_wall_s, 1);
	ck_assert_int_eq(back.purse[0].lock_start_wall_s, r.purse[0].lock_until_wall_s);
	ck_assert_int_eq(back.offline.app.last_step, 0);
}
END_TEST

/* The same read from bytes: each of these fields, set from outside. */
START_TEST(c7_insane_bytes_are_refused)
{
	static const struct {
		const char *name;
		size_t at;
		unsigned char byte;
	} cases[] = {
		{ "uid", 20, 0xff },
		{ "name without NUL", 279, 'x' },
		{ "behind the name", 100, 'x' },
		{ "wall time", 280, 0x80 },
		{ "boot time", 288, 0x7f },
		{ "block", 315, 3 },
		{ "meter window", 316, 0xff },
		{ "meter period", 320, 0x80 },
		{ "lock start", 400, 0x80 },
		{ "lock until", 408, 0x80 },
		{ "lock until, boot", 416, 0x80 },
		{ "last send", 748, 0x80 },
		{ "last send, boot", 756, 0x80 },
		{ "tries", 1708 + 75, 6 },
		{ "purse", 1708 + 79, 3 },
		{ "end of the challenge", 1708 + 64, 0x80 },
		{ "id in a free place", 1948, 1 },
		{ "offline lock start", 2028 + 84, 0x80 },
		{ "recovery state", 2276 + 35, 3 },
		{ "hash of a used recovery code", 2312, 1 },
		{ "app", 2639, 2 },
		{ "app's last step", 2660, 0x80 },
		{ "kind of a place", 2671, 5 },
		{ "time of a free place", 3628 + 20, 1 },
		{ "service of a free place", 3628 + 36, 'x' },
		{ "issued code: start", 3724, 0x80 },
		{ "bypass: end", 3772, 0x80 },
		{ "behind the bypass's service", 3868, 'x' },
		{ "pause: end", 3897, 0x80 },
		{ "candidate", 3932, 2 },
		{ "bound", 3933 + 24 + 3, 3 },
		{ "bound in a free place", 3933 + 72 + 3, 1 },
		{ "behind all", 4029, 1 },
		{ "the last byte before the seal", RECORD_SLOT_SIZE - SLOT_SEAL - 1, 1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unsigned char slot[RECORD_SLOT_SIZE];
		struct fault f = FAULT_INIT;
		struct record r, out;
		fill(&r);
		r.uid = 0xfeffffff;
		if (cases[i].at == 20)
			r.uid = 0x00ffffff;
		ck_assert_int_eq(record_encode(&r, 1, slot, &f), 0);
		slot[cases[i].at] = cases[i].byte;
		ck_assert_int_eq(digest_sha256(slot, sizeof slot - SLOT_SEAL,
					 slot + sizeof slot - SLOT_SEAL, &f),
			0);
		ck_assert_msg(decode(slot, &out, &f) == -1, "%s", cases[i].name);
		ck_assert_int_eq(f.class, FAULT_DAMAGED);
		ck_assert_str_eq(out.name, "");
	}
}
END_TEST

/* A cursor on a shorter payload than a record needs. */
START_TEST(c7_truncation_is_refused)
{
	unsigned char slot[RECORD_SLOT_SIZE];
	struct fault f = FAULT_INIT;
	struct record r, out;

	fill(&r);
	ck_assert_int_eq(record_encode(&r, 1, slot, &f), 0);
	for (size_t size = SLOT_HEAD; size < 4029; size++) {
		struct slot_cursor c = { slot, size, SLOT_HEAD, false };
		ck_assert_msg(record_decode(&c, &out, &f) == -1, "%zu", size);
	}
	struct slot_cursor c = { slot, 4029, SLOT_HEAD, false };
	ck_assert_int_eq(record_decode(&c, &out, &f), 0);
}
END_TEST

START_TEST(f2_every_flipped_bit_is_refused)
{
	unsigned char both[2 * RECORD_SLOT_SIZE] = { 0 };
	struct fault f = FAULT_INIT;
	struct slot_cursor c;
	struct record r;
	uint64_t seq;

	fill(&r);
	ck_assert_int_eq(record_encode(&r, 1, both, &f), 0);
	for (size_t bit = 0; bit < 8 * RECORD_SLOT_SIZE; bit++) {
		if (bit == 8 * SLOT_MARK_AT + 7)
			continue; /* outside the seal, and no part of the record */
		both[bit / 8] ^= (unsigned char)(1u << bit % 8);
		ck_assert_msg(slot_pick(both, &record_shape, &seq, &c, &f) == -1, "bit %zu", bit);
		both[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
}
END_TEST

/* Rubbish under a good seal: whatever decode takes, encode gives back byte for byte. */
START_TEST(c7_fuzzed_payloads)
{
	struct fuzz fz = { 20260101 };
	unsigned char slot[RECORD_SLOT_SIZE], again[RECORD_SLOT_SIZE];
	struct fault f = FAULT_INIT;
	struct record r, out;
	int taken = 0;

	fill(&r);
	for (int i = 0; i < 20000; i++) {
		ck_assert_int_eq(record_encode(&r, 1, slot, &f), 0);
		for (uint32_t n = 1 + fuzz_below(&fz, 3); n > 0; n--)
			slot[SLOT_HEAD + fuzz_below(&fz, 2100)] =
				(unsigned char)(fuzz_next(&fz) >> 8);
		struct slot_cursor c = { slot, sizeof slot - SLOT_SEAL, SLOT_HEAD, false };
		if (record_decode(&c, &out, &f) < 0)
			continue;
		taken++;
		ck_assert_int_eq(record_encode(&out, 1, again, &f), 0);
		ck_assert_mem_eq(slot, again, sizeof slot - SLOT_SEAL);
	}
	ck_assert_int_gt(taken, 100);
}
END_TEST

START_TEST(a_name_too_long_is_not_cut)
{
	char name[TALK_USER_MAX + 2];
	unsigned char slot[RECORD_SLOT_SIZE];
	struct fault f = FAULT_INIT;
	struct record r;

	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	record_init(&r, 1, name);
	ck_assert_int_eq(record_encode(&r, 1, slot, &f), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("record");
	TCase *t = tcase_create("record");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, what_was_encoded_comes_back, 0, 3);
	tcase_add_test(t, the_layout_is_the_documented_one);
	tcase_add_loop_test(t, c7_insane_values_are_refused, 0, CHANGES);
	tcase_add_test(t, c7_values_at_their_edges_are_stored);
	tcase_add_test(t, c7_insane_bytes_are_refused);
	tcase_add_test(t, c7_truncation_is_refused);
	tcase_add_test(t, f2_every_flipped_bit_is_refused);
	tcase_add_test(t, c7_fuzzed_payloads);
	tcase_add_test(t, a_name_too_long_is_not_cut);
	suite_add_tcase(s, t);
	return s;
}
