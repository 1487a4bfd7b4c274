#include "core/record.h"

#include <string.h>

#include "base/text.h"
#include "core/account.h"

/* B3: a code has 3 to 5 tries. */
enum { TRIES_MAX = 5 };

const struct slot_shape record_shape = { SLOT_KIND_USER, RECORD_VERSION, RECORD_SLOT_SIZE };

static bool purse_sane(const struct record_purse_state *p)
{
	if (!height_wall_sane(p->lock_start_wall_s) || !height_wall_sane(p->lock_until_wall_s) ||
		!height_wall_sane(p->last_send_wall_s))
		return false;
	if (!height_boot_sane(p->lock_until_boot_ms) || !height_boot_sane(p->last_send_boot_ms))
		return false;
	return p->lock_until_wall_s == 0 || p->lock_start_wall_s <= p->lock_until_wall_s;
}

static bool challenge_sane(const struct record_challenge *ch)
{
	static const struct record_challenge free_place;

	if (!height_boot_sane(ch->gone_boot_ms) || ch->tries_left > TRIES_MAX ||
		ch->purse >= RECORD_PURSES)
		return false;
	if (ch->gone_boot_ms > 0)
		return true;
	return ch->tries_left == 0 && ch->purse == 0 &&
	       memcmp(ch->id, free_place.id, sizeof ch->id) == 0 &&
	       memcmp(ch->mac, free_place.mac, sizeof ch->mac) == 0 &&
	       memcmp(ch->boot_id, free_place.boot_id, sizeof ch->boot_id) == 0;
}

/* Both ways: nothing is written that would be refused when it is read, for that would lock the
 * user out for good. */
static bool sane(const struct record *r)
{
	if (r->uid == UINT32_MAX || !account_name_valid(r->name))
		return false;
	if (r->block != RECORD_BLOCK_NONE && r->block != RECORD_BLOCK_ADMIN &&
		r->block != RECORD_BLOCK_FAILURES)
		return false;
	for (int i = 0; i < RECORD_PURSES; i++) {
		if (!purse_sane(&r->purse[i]))
			return false;
	}
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		if (!challenge_sane(&r->challenges[i]))
			return false;
	}
	return true;
}

void record_init(struct record *r, uint32_t uid, const char *name)
{
	memset(r, 0, sizeof *r);
	r->uid = uid;
	/* a name that does not fit stays empty, and encode refuses it */
	if (text_copy(r->name, sizeof r->name, name) < 0)
		r->name[0] = '\0';
}

static void put_purse(struct slot_cursor *c, const struct record_purse_state *p)
{
	slot_put_meter(c, &p->failures);
	slot_put_u32(c, p->consecutive);
	slot_put_u32(c, p->lock_level);
	slot_put_i64(c, p->lock_start_wall_s);
	slot_put_i64(c, p->lock_until_wall_s);
	slot_put_i64(c, p->lock_until_boot_ms);
	slot_put_bytes(c, p->lock_boot_id, sizeof p->lock_boot_id);
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		slot_put_meter(c, &p->sends[i]);
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		slot_put_meter(c, &p->successes[i]);
	slot_put_u32(c, p->sends_since_success);
	slot_put_i64(c, p->last_send_wall_s);
	slot_put_i64(c, p->last_send_boot_ms);
	slot_put_bytes(c, p->last_send_boot_id, sizeof p->last_send_boot_id);
}

static void get_purse(struct slot_cursor *c, struct record_purse_state *p)
{
	slot_get_meter(c, &p->failures);
	p->consecutive = slot_get_u32(c);
	p->lock_level = slot_get_u32(c);
	p->lock_start_wall_s = slot_get_i64(c);
	p->lock_until_wall_s = slot_get_i64(c);
	p->lock_until_boot_ms = slot_get_i64(c);
	slot_get_bytes(c, p->lock_boot_id, sizeof p->lock_boot_id);
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		slot_get_meter(c, &p->sends[i]);
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		slot_get_meter(c, &p->successes[i]);
	p->sends_since_success = slot_get_u32(c);
	p->last_send_wall_s = slot_get_i64(c);
	p->last_send_boot_ms = slot_get_i64(c);
	slot_get_bytes(c, p->last_send_boot_id, sizeof p->last_send_boot_id);
}

static void put_challenge(struct slot_cursor *c, const struct record_challenge *ch)
{
	slot_put_bytes(c, ch->id, sizeof ch->id);
	slot_put_bytes(c, ch->mac, sizeof ch->mac);
	slot_put_bytes(c, ch->boot_id, sizeof ch->boot_id);
	slot_put_i64(c, ch->gone_boot_ms);
	slot_put_u32(c, ch->tries_left);
	slot_put_u32(c, ch->purse);
}

static void get_challenge(struct slot_cursor *c, struct record_challenge *ch)
{
	slot_get_bytes(c, ch->id, sizeof ch->id);
	slot_get_bytes(c, ch->mac, sizeof ch->mac);
	slot_get_bytes(c, ch->boot_id, sizeof ch->boot_id);
	ch->gone_boot_ms = slot_get_i64(c);
	ch->tries_left = slot_get_u32(c);
	ch->purse = slot_get_u32(c);
}

int record_encode(const struct record *r, uint64_t sequence, unsigned char slot[RECORD_SLOT_SIZE],
	struct fault *f)
{
	struct slot_cursor c;

	slot_begin(slot, &record_shape, &c);
	if (!sane(r))
		return fault_set(
			f, FAULT_BAD, 0, "a record has a value that has no place on the disk");
	slot_put_u32(&c, r->uid);
	slot_put_text(&c, r->name, sizeof r->name);
	height_put(&c, &r->high);
	slot_put_u32(&c, r->block);
	for (int i = 0; i < RECORD_PURSES; i++)
		put_purse(&c, &r->purse[i]);
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		put_challenge(&c, &r->challenges[i]);
	return slot_seal(slot, &record_shape, sequence, &c, f);
}

int record_decode(struct slot_cursor *c, struct record *out, struct fault *f)
{
	memset(out, 0, sizeof *out);
	out->uid = slot_get_u32(c);
	slot_get_text(c, out->name, sizeof out->name);
	height_get(c, &out->high);
	out->block = slot_get_u32(c);
	for (int i = 0; i < RECORD_PURSES; i++)
		get_purse(c, &out->purse[i]);
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		get_challenge(c, &out->challenges[i]);
	if (slot_end(c) && sane(out))
		return 0;
	memset(out, 0, sizeof *out);
	return fault_set(f, FAULT_DAMAGED, 0, "the record has a value that is never written");
}
