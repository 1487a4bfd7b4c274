#include "core/slot.h"

#include <endian.h>
#include <string.h>

#include "base/digest.h"

static const unsigned char magic[7] = { 'S', 'M', 'S', 'O', 'T', 'P', 0 };

enum {
	AT_LAZY = SLOT_MARK_AT,
	AT_VERSION = 9,
	VERSION_SIZE = 3,
	AT_SEQUENCE = 12,
	METER_WINDOW_MAX_S = 31 * 86400, /* number_rates takes no longer window */
};
/* Beyond the year 30000 in the shortest buckets: a later one is nonsense, and stays far from
 * overflow. */
static const int64_t meter_period_max = INT64_C(1) << 40;

static unsigned char *field(struct slot_cursor *c, size_t len)
{
	if (c->bad || len > c->size - c->at) {
		c->bad = true;
		return NULL;
	}
	c->at += len;
	return c->bytes + (c->at - len);
}

static void put_big_endian(unsigned char *at, uint64_t v, size_t len)
{
	for (size_t i = len; i-- > 0; v >>= 8)
		at[i] = (unsigned char)(v & 0xff);
}

static uint64_t get_big_endian(const unsigned char *at, size_t len)
{
	uint64_t v = 0;

	for (size_t i = 0; i < len; i++)
		v = v << 8 | at[i];
	return v;
}

/* The site's sketches are thousands of these. */
void slot_put_u32(struct slot_cursor *c, uint32_t v)
{
	unsigned char *at = field(c, sizeof v);

	v = htobe32(v);
	if (at)
		memcpy(at, &v, sizeof v);
}

void slot_put_i64(struct slot_cursor *c, int64_t v)
{
	unsigned char *at = field(c, 8);

	if (at)
		put_big_endian(at, (uint64_t)v, 8);
}

void slot_put_bytes(struct slot_cursor *c, const void *bytes, size_t len)
{
	unsigned char *at = field(c, len);

	if (at)
		memcpy(at, bytes, len);
}

uint32_t slot_get_u32(struct slot_cursor *c)
{
	const unsigned char *at = field(c, 4);
	uint32_t v = 0;

	if (at)
		memcpy(&v, at, sizeof v);
	return be32toh(v);
}

int64_t slot_get_i64(struct slot_cursor *c)
{
	const unsigned char *at = field(c, 8);

	return at ? (int64_t)get_big_endian(at, 8) : 0;
}

void slot_get_bytes(struct slot_cursor *c, void *out, size_t len)
{
	const unsigned char *at = field(c, len);

	memset(out, 0, len);
	if (at)
		memcpy(out, at, len);
}

static bool is_zero(const unsigned char *bytes, size_t len)
{
	unsigned char any = 0;

	for (size_t i = 0; i < len; i++)
		any |= bytes[i];
	return any == 0;
}

void slot_put_text(struct slot_cursor *c, const char *s, size_t cap)
{
	size_t len = strnlen(s, cap);
	unsigned char *at = field(c, cap);

	if (!at || len == cap) {
		c->bad = true;
		return;
	}
	memset(at, 0, cap);
	memcpy(at, s, len);
}

void slot_get_text(struct slot_cursor *c, char *out, size_t cap)
{
	const unsigned char *at = field(c, cap);

	memset(out, 0, cap);
	if (!at)
		return;
	size_t len = strnlen((const char *)at, cap);
	if (len == cap || !is_zero(at + len, cap - len)) {
		c->bad = true;
		return;
	}
	memcpy(out, at, len);
}

static bool meter_sane(const struct meter *m)
{
	if (m->window_s > METER_WINDOW_MAX_S || m->period < 0 || m->period > meter_period_max)
		return false;
	/* never used: nothing in it */
	return m->window_s > 0 || (m->period == 0 && meter_sum(m) == 0);
}

void slot_put_meter(struct slot_cursor *c, const struct meter *m)
{
	if (!meter_sane(m))
		c->bad = true;
	slot_put_u32(c, m->window_s);
	slot_put_i64(c, m->period);
	for (int i = 0; i < METER_BUCKETS; i++)
		slot_put_u32(c, m->counts[i]);
}

void slot_get_meter(struct slot_cursor *c, struct meter *m)
{
	m->window_s = slot_get_u32(c);
	m->period = slot_get_i64(c);
	for (int i = 0; i < METER_BUCKETS; i++)
		m->counts[i] = slot_get_u32(c);
	if (meter_sane(m))
		return;
	memset(m, 0, sizeof *m);
	c->bad = true;
}

bool slot_end(const struct slot_cursor *c)
{
	return !c->bad && is_zero(c->bytes + c->at, c->size - c->at);
}

static void cursor_on(unsigned char *slot, const struct slot_shape *shape, struct slot_cursor *c)
{
	c->bytes = slot;
	c->size = shape->size - SLOT_SEAL;
	c->at = SLOT_HEAD;
	c->bad = false;
}

void slot_begin(unsigned char *slot, const struct slot_shape *shape, struct slot_cursor *c)
{
	memset(slot, 0, shape->size);
	cursor_on(slot, shape, c);
}

int slot_seal(unsigned char *slot, const struct slot_shape *shape, uint64_t sequence,
	const struct slot_cursor *c, struct fault *f)
{
	if (c->bad)
		return fault_set(
			f, FAULT_BAD, 0, "a record has a value that has no place on the disk");
	if (sequence == 0)
		return fault_set(f, FAULT_BAD, 0, "a record's sequence number has come to its end");
	memcpy(slot, magic, sizeof magic);
	slot[sizeof magic] = (unsigned char)shape->kind;
	put_big_endian(slot + AT_VERSION, shape->version, VERSION_SIZE);
	put_big_endian(slot + AT_SEQUENCE, sequence, 8);
	return digest_sha256(slot, shape->size - SLOT_SEAL, slot + shape->size - SLOT_SEAL, f);
}

int slot_make_lazy(unsigned char *slot, const struct slot_shape *shape, struct fault *f)
{
	slot[AT_LAZY] = 1;
	return digest_sha256(slot, shape->size - SLOT_SEAL, slot + shape->size - SLOT_SEAL, f);
}

bool slot_is_lazy(const unsigned char *slot)
{
	return slot[AT_LAZY] != 0;
}

struct slot_target slot_next(const unsigned char *both, const struct slot_shape *shape, int current)
{
	const unsigned char *other = both + (size_t)(1 - current) * shape->size;

	if (slot_is_lazy(both + (size_t)current * shape->size))
		return (struct slot_target){ current, false };
	bool known = is_zero(other, SLOT_HEAD) || other[SLOT_MARK_AT] == SLOT_OUTLIVED;
	return (struct slot_target){ 1 - current, !known };
}

enum slot_sight { SLOT_BROKEN = 0, SLOT_FOREIGN, SLOT_GOOD };

/* Whose slot is it, judging by its head, and is it whole? A foreign one is named only if its
 * seal holds. */
static int look_at(unsigned char *slot, const struct slot_shape *shape, enum slot_sight *sight,
	struct fault *f)
{
	unsigned char seal[DIGEST_SIZE];
	const unsigned char *sealed = slot + shape->size - SLOT_SEAL;

	*sight = SLOT_BROKEN;
	if (memcmp(slot, magic, sizeof magic) != 0)
		return 0;
	if (slot[SLOT_MARK_AT] == SLOT_OUTLIVED)
		slot[SLOT_MARK_AT] = 0; /* as it was sealed */
	if (digest_sha256(slot, shape->size - SLOT_SEAL, seal, f) < 0)
		return -1;
	if (memcmp(seal, sealed, sizeof seal) != 0 || get_big_endian(slot + AT_SEQUENCE, 8) == 0)
		return 0;
	bool ours = slot[sizeof magic] == (unsigned char)shape->kind && slot[AT_LAZY] <= 1 &&
		    get_big_endian(slot + AT_VERSION, VERSION_SIZE) == shape->version;
	*sight = ours ? SLOT_GOOD : SLOT_FOREIGN;
	return 0;
}

int slot_pick(unsigned char *both, const struct slot_shape *shape, uint64_t *sequence,
	struct slot_cursor *c, struct fault *f)
{
	const uint64_t seq[2] = { get_big_endian(both + AT_SEQUENCE, 8),
		get_big_endian(both + shape->size + AT_SEQUENCE, 8) };
	int at = seq[1] > seq[0] ? 1 : 0;
	enum slot_sight sight, other = SLOT_BROKEN;

	*sequence = 0;
	if (look_at(both + (size_t)at * shape->size, shape, &sight, f) < 0)
		return -1;
	/* one hash is enough nearly always: behind a newest slot that is whole the other does
	 * not matter */
	if (sight == SLOT_BROKEN || seq[0] == seq[1]) {
		if (look_at(both + (size_t)(1 - at) * shape->size, shape, &other, f) < 0)
			return -1;
	}
	if (sight == SLOT_GOOD && other == SLOT_GOOD)
		return fault_set(f, FAULT_DAMAGED, 0, "both copies claim to be the newest");
	if (sight == SLOT_BROKEN) {
		sight = other;
		at = 1 - at;
	}
	/* a whole slot of another version is newer than ours: taking ours would forget what it
	 * counted */
	if (sight == SLOT_FOREIGN)
		return fault_set(f, FAULT_DAMAGED, 0, "a record of another kind or version");
	if (sight != SLOT_GOOD)
		return fault_set(f, FAULT_DAMAGED, 0, "both copies of the record are broken");
	*sequence = seq[at];
	cursor_on(both + (size_t)at * shape->size, shape, c);
	return at;
}
