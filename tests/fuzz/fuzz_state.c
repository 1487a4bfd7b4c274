/* Both copies of a record on the disk, a user's or the site's, taken as the engine takes them (core/slot, record, site), and what was taken
 * put to use (core/limit, challenge, span, pace).
 *
 *   kind    U a user's with something in every field, u a new one, S the site's, s a new one
 *   flags   SEAL0 SEAL1 NONE0 NONE1 LAZY0 LAZY1 OUTLIVED0 OUTLIVED1, from the lowest bit on
 *   sequence of slot 0, of slot 1
 *   edits   offset (16 bits), how (bit 7: slot 1; bit 6: one byte again and again; the rest: how many bytes), bytes */
#include <string.h>

#include "base/digest.h"
#include "claim.h"
#include "core/challenge.h"
#include "core/limit.h"
#include "core/record.h"
#include "core/site.h"
#include "input.h"
#include "property_core.h"

enum {
	HEAD = 4,
	SLOT1 = 0x80,
	AGAIN = 0x40,
	MANY = 0x3f,
	FAILURES = 10,
	GUESSES = 25,
	AT_VERSION = 9,
	AT_SEQUENCE = 12
};
enum { SEAL = 1, NONE = 4, LAZY = 16, OUTLIVED = 64 };

static const int64_t year_9000_s = INT64_C(221845392000), day_s = 86400;

static struct {
	const struct slot_shape *shape;
	unsigned char both[2 * SITE_SLOT_SIZE], as_it_was[2 * SITE_SLOT_SIZE],
		again[SITE_SLOT_SIZE];
} file;
static struct record record;
static struct site site;

/* --- the input -------------------------------------------------------------------------------- */

static void fill_meter(struct meter *m, uint32_t window_s)
{
	m->window_s = window_s;
	m->period = 1800000000 / ((window_s + 14) / 15);
	m->counts[0] = 2;
	m->counts[15] = 1;
}

static void fill_record(struct record *r)
{
	static const struct span span = { 1800000000, 1800003600, 9000000, { 7 } };
	r->high = (struct height){ 1800000000, 5000000, { 7 } };
	for (int i = 0; i < RECORD_PURSES; i++) {
		struct record_purse_state *p = &r->purse[i];
		fill_meter(&p->failures, 86400);
		fill_meter(&p->sends[0], 3600);
		fill_meter(&p->successes[0], 86400);
		p->consecutive = 3;
		p->lock_level = 1;
		p->sends_since_success = 2;
		p->last_send_wall_s = 1799999000;
	}
	fill_meter(&r->offline.purse[0].failures, 86400);
	r->challenges[1] = (struct record_challenge){ .id = { 1 },
		.mac = { 2 },
		.boot_id = { 7 },
		.gone_boot_ms = 6000000,
		.tries_left = 3 };
	r->challenges[2] = (struct record_challenge){ .id = { 4 },
		.boot_id = { 7 },
		.gone_boot_ms = 6000000,
		.tries_left = 1,
		.bound = RECORD_BOUND_ALONE,
		.sends = 1,
		.binding = { 5 } };
	r->offline.recovery[0] = (struct record_recovery){ { 6 }, RECORD_RECOVERY_UNUSED };
	r->offline.recovery[1].state = RECORD_RECOVERY_USED;
	r->offline.app = (struct record_app){ 1, { 8 }, 60000000 };
	r->offline.issued = (struct record_issued){ { 9 }, span };
	r->places[0] = (struct record_place){ RECORD_PLACE_ADDRESS, { 10 }, 1799990000, 1799990000,
		"sshd" };
	r->bypass = (struct record_bypass){ span, "sudo" };
	r->fatigue.pause = span;
}

static void fill_site(struct site *s)
{
	s->high = (struct height){ 1800000000, 5000000, { 7 } };
	s->enrolled = 12;
	fill_meter(&s->sends[0], 3600);
	s->services[0] = (struct site_service){ .name = "vsftpd", .streak = 2, .first_uid = 1000 };
	s->services[1] = (struct site_service){ .name = "sshd", .proven = 1 };
	s->routes[0] = (struct site_route){
		.name = "twilio", .failures = 1, .boot_id = { 7 }, .until_boot_ms = 5600000
	};
	s->pace.us[0] = 400000;
	memcpy(s->prefixes[0].prefix, "+49", 4);
	fill_meter(&s->prefixes[0].sends[0], 3600);
	s->numbers.window_s[0] = 3600;
	s->numbers.rows[0][5].tallies[0] = (struct tally){ 7500000, { 1 } };
}

static int encode(uint64_t sequence, unsigned char *slot, struct fault *f)
{
	return file.shape == &record_shape ? record_encode(&record, sequence, slot, f)
					   : site_encode(&site, sequence, slot, f);
}

static void seal(unsigned char *slot)
{
	struct fault f = FAULT_INIT;
	size_t body = file.shape->size - SLOT_SEAL;
	CLAIM(digest_sha256(slot, body, slot + body, &f) == 0);
}

static void edit(const unsigned char *at, size_t len)
{
	while (len > 3) {
		size_t offset = ((size_t)at[0] << 8 | at[1]) % file.shape->size, n = at[2] & MANY,
		       room = file.shape->size - offset;
		unsigned char *to = file.both + (at[2] & SLOT1 ? file.shape->size : 0) + offset;
		bool again = at[2] & AGAIN;
		size_t given = again ? 1 : n < len - 3 ? n : len - 3;
		for (size_t i = 0; i < n && i < room && (again || i < given); i++)
			to[i] = at[3 + (again ? 0 : i)];
		at += 3 + given;
		len -= 3 + given;
	}
}

static void read_input(const unsigned char *bytes, size_t len)
{
	struct fault f = FAULT_INIT;
	bool filled = bytes[0] == 'U' || bytes[0] == 'S';
	file.shape = bytes[0] == 'U' || bytes[0] == 'u' ? &record_shape : &site_shape;
	record_init(&record, 1000, "alice");
	site_init(&site);
	if (filled) {
		fill_record(&record);
		fill_site(&site);
	}
	for (size_t i = 0; i < 2; i++)
		CLAIM(encode(bytes[2 + i] + UINT64_C(1), file.both + i * file.shape->size, &f) ==
			0);
	edit(bytes + HEAD, len - HEAD);
	for (size_t i = 0; i < 2; i++) {
		unsigned char *slot = file.both + i * file.shape->size;
		unsigned flags = (unsigned)bytes[1] >> i;
		if (flags & NONE)
			memset(slot, 0, file.shape->size);
		if (flags & LAZY)
			slot[SLOT_MARK_AT] = 1;
		if (flags & SEAL)
			seal(slot);
		if (flags & OUTLIVED)
			slot[SLOT_MARK_AT] = SLOT_OUTLIVED;
	}
	memcpy(file.as_it_was, file.both, 2 * file.shape->size);
}

/* --- which of the two, by the word of slot.h -------------------------------------------------- */

enum sight { BROKEN = 0, FOREIGN, GOOD };

static enum sight look(size_t i, uint64_t *sequence)
{
	static unsigned char slot[SITE_SLOT_SIZE];
	unsigned char hash[DIGEST_SIZE];
	struct fault f = FAULT_INIT;
	size_t size = file.shape->size;
	memcpy(slot, file.as_it_was + i * size, size);
	if (slot[SLOT_MARK_AT] == SLOT_OUTLIVED)
		slot[SLOT_MARK_AT] = 0;
	*sequence = 0;
	for (int k = 0; k < 8; k++)
		*sequence = *sequence << 8 | slot[AT_SEQUENCE + k];
	CLAIM(digest_sha256(slot, size - SLOT_SEAL, hash, &f) == 0);
	if (memcmp(slot, "SMSOTP", 7) != 0 ||
		memcmp(hash, slot + size - SLOT_SEAL, sizeof hash) != 0 || *sequence == 0)
		return BROKEN;
	uint32_t version = (uint32_t)slot[AT_VERSION] << 16 | (uint32_t)slot[AT_VERSION + 1] << 8 |
			   slot[AT_VERSION + 2];
	bool ours = slot[7] == (unsigned char)file.shape->kind && slot[SLOT_MARK_AT] <= 1 &&
		    version == file.shape->version;
	return ours ? GOOD : FOREIGN;
}

/* The newest whole one; none where that is not ours, or where both say that they are it. */
static int meant(uint64_t *sequence)
{
	uint64_t seq[2];
	enum sight sight[2] = { look(0, &seq[0]), look(1, &seq[1]) };
	int newest = seq[1] > seq[0], whole = sight[newest] != BROKEN ? newest : 1 - newest;
	if (sight[0] == GOOD && sight[1] == GOOD && seq[0] == seq[1])
		return -1;
	if (sight[whole] != GOOD)
		return -1;
	*sequence = seq[whole];
	return whole;
}

/* --- what was taken --------------------------------------------------------------------------- */

static void claim_purse(const struct record_purse_state *p)
{
	CLAIM(p->lock_start_wall_s >= 0 && p->lock_until_wall_s >= 0 && p->last_send_wall_s >= 0);
	CLAIM(p->lock_until_wall_s == 0 || p->lock_start_wall_s <= p->lock_until_wall_s);
	CLAIM(p->failures.window_s <= 31 * day_s && p->failures.period >= 0);
}

static void claim_record(const struct record *r)
{
	CLAIM(r->uid != UINT32_MAX && *r->name && !strchr(r->name, '/') && r->candidate <= 1 &&
		r->block <= RECORD_BLOCK_FAILURES);
	for (int i = 0; i < RECORD_PURSES; i++)
		claim_purse(&r->purse[i]);
	for (int i = 0; i < RECORD_OFFLINE_PURSES; i++)
		claim_purse(&r->offline.purse[i]);
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		const struct record_challenge *c = &r->challenges[i];
		CLAIM(c->tries_left <= 5 && c->purse < RECORD_PURSES && c->gone_boot_ms >= 0 &&
			c->bound <= RECORD_BOUND_ALONE);
		CLAIM(c->gone_boot_ms > 0 || property_core_zero(c, sizeof *c));
	}
	CLAIM(record_recovery_left(&r->offline) <= RECORD_RECOVERY_CODES);
	CLAIM(r->offline.app.enrolled <= 1);
	CLAIM(r->offline.app.enrolled ||
		property_core_zero(&r->offline.app, sizeof r->offline.app));
}

/* B3: whatever stands in it, no more than so many guesses are granted at one moment, and a lock ends within a day. What comes of it can be
 * written, else nobody would get in any more. */
static void guess(const struct clock_now *now, enum record_purse purse)
{
	static struct settings settings;
	struct record r = record;
	struct limit_guess guess;
	struct fault f = FAULT_INIT;
	settings.lockout.failures = FAILURES;
	settings.lockout.window_s = (uint32_t)day_s;
	settings.lockout.lock_s = 1800;
	struct limit_terms terms = { &settings, now, purse };
	int granted = 0;
	for (int i = 0; i < GUESSES; i++) {
		struct limit_result before = limit_standing(&terms, &r),
				    is = limit_charge_guess(&terms, &r, &guess);
		CLAIM(before.answer == is.answer && is.answer != LIMIT_REFUSED);
		CLAIM((is.answer == LIMIT_BLOCKED) == (r.block != RECORD_BLOCK_NONE) ||
			is.answer == LIMIT_GRANTED);
		if (is.answer == LIMIT_LOCKED)
			CLAIM(is.until_wall_s > now->wall_s &&
				is.until_wall_s - now->wall_s <= LIMIT_LOCK_MAX_S);
		granted += is.answer == LIMIT_GRANTED;
	}
	CLAIM(granted <= FAILURES && limit_standing(&terms, &r).answer != LIMIT_GRANTED);
	for (int i = 0; i < RECORD_PURSES; i++)
		CLAIM(i == (int)purse || !memcmp(&r.purse[i], &record.purse[i], sizeof r.purse[i]));
	if (now->wall_s < year_9000_s)
		CLAIM(record_encode(&r, 7, file.again, &f) == 0);
	limit_unlock(&r);
	CLAIM(limit_standing(&terms, &r).answer == (r.block ? LIMIT_BLOCKED : LIMIT_GRANTED));
}

static void use_record(void)
{
	struct clock_now now = { record.high.boot_ms, record.high.wall_s, { 7 } };
	claim_record(&record);
	for (int i = RECORD_PURSE_STRANGER; i <= RECORD_PURSE_OFFLINE_OWN; i++)
		guess(&now, (enum record_purse)i);
	/* F5 */
	CLAIM(span_rest_s(&record.bypass.span, &now) >= 0 &&
		span_rest_s(&record.bypass.span, &now) <= SPAN_MAX_S);
	CLAIM(span_rest_s(&record.offline.issued.span, &now) <= SPAN_MAX_S);
	struct record r = record;
	int free_place = challenge_place(&r, &now, RECORD_PURSE_STRANGER);
	CLAIM(free_place >= -1 && free_place < RECORD_CHALLENGES);
	if (free_place >= 0)
		CLAIM(property_core_zero(
			&r.challenges[free_place], sizeof r.challenges[free_place]));
}

static void use_site(void)
{
	struct fault f = FAULT_INIT;
	struct site s = site;
	for (int i = 0; i < SITE_SERVICES; i++)
		CLAIM(site.services[i].one_field <= 1 && site.services[i].proven <= 1);
	for (int i = 0; i < SITE_PREFIXES; i++)
		CLAIM(!site.prefixes[i].prefix[0] || site.prefixes[i].prefix[0] == '+');
	for (int kind = 0; kind < PACE_KINDS; kind++) {
		int64_t us = pace_draw(&site.pace, (enum pace_kind)kind, 0x123456789abcdef0);
		CLAIM(us >= 0 && us <= 2 * (int64_t)PACE_MAX_US);
	}
	/* D3: one user alone never marks a service, and a proven one stays as it is */
	bool marked = site_is_one_field(&s, "other") == 1;
	for (int i = 0; i < 5; i++)
		site_note_one_field(&s, "other", 0);
	CLAIM(site_encode(&s, 7, file.again, &f) == 0);
	site_note_two_prompts(&s, "other");
	CLAIM(marked || !site_is_one_field(&s, "other") || site.services[0].name[0]);
	CLAIM(site_encode(&s, 7, file.again, &f) == 0);
}

static void claim_same(int at, uint64_t sequence)
{
	struct fault f = FAULT_INIT;
	const unsigned char *slot = file.as_it_was + (size_t)at * file.shape->size;
	CLAIM(encode(sequence, file.again, &f) == 0);
	if (slot[SLOT_MARK_AT] == 1)
		CLAIM(slot_make_lazy(file.again, file.shape, &f) == 0);
	if (slot[SLOT_MARK_AT] == SLOT_OUTLIVED)
		file.again[SLOT_MARK_AT] = SLOT_OUTLIVED;
	CLAIM(!memcmp(file.again, slot, file.shape->size));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct slot_cursor c;
	struct fault f = FAULT_INIT;
	uint64_t sequence = 0, want = 0;
	if (len < HEAD || !strchr("UuSs", bytes[0]) || !bytes[0])
		return 0;
	read_input(bytes, len);
	int at = slot_pick(file.both, file.shape, &sequence, &c, &f);
	CLAIM(at == meant(&want) &&
		(at < 0 ? sequence == 0 && f.class == FAULT_DAMAGED : sequence == want));
	if (at < 0)
		return 0;
	bool user = file.shape == &record_shape;
	memset(&record, 0xa5, sizeof record);
	memset(&site, 0xa5, sizeof site);
	if ((user ? record_decode(&c, &record, &f) : site_decode(&c, &site, &f)) < 0) {
		CLAIM(f.class == FAULT_DAMAGED && f.text[0]);
		CLAIM(user ? property_core_zero(&record, sizeof record)
			   : property_core_zero(&site, sizeof site));
		return 0;
	}
	fuzz_taken++;
	claim_same(at, sequence);
	if (user)
		use_record();
	else
		use_site();
	struct slot_target to = slot_next(file.both, file.shape, at);
	/* F2: never over the only one that is on the disk */
	CLAIM(to.at == 0 || to.at == 1);
	CLAIM(to.at != at || slot_is_lazy(file.both + (size_t)at * file.shape->size));
	return 0;
}

/* --- one byte of a slot set to another value: bytes that mean something rarely change by chance ------ */

enum { STEP = 61, VALUE = 6 };

static bool worth_a_seed(size_t at)
{
	return file.both[at] != 0 || at % STEP == 0 || file.shape == &record_shape;
}

size_t fuzz_seed(const char *name, const char *text, unsigned i, char *out, size_t cap)
{
	static const unsigned char kinds[] = { 'U', 'S' };
	const char *first;
	CLAIM(input_shipped(0, &first, &text));
	for (size_t k = 0; name == first && k < sizeof kinds && cap > 8; k++) {
		const unsigned char whole[HEAD] = { kinds[k], SEAL | SEAL << 1, 1, 0 };
		read_input(whole, HEAD);
		for (size_t at = SLOT_MARK_AT; at < file.shape->size - SLOT_SEAL; at++) {
			if (!worth_a_seed(at) || i-- > 0)
				continue;
			const unsigned char edits[] = { (unsigned char)(at >> 8), (unsigned char)at,
				1, VALUE };
			memcpy(out, whole, HEAD);
			memcpy(out + HEAD, edits, sizeof edits);
			return HEAD + sizeof edits;
		}
	}
	return 0;
}
