#include "core/record.h"

#include <string.h>

#include "base/secret.h"
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

static bool bound_sane(const struct record_challenge *ch)
{
	static const unsigned char none[sizeof ch->binding];

	if (ch->bound == RECORD_BOUND_ANY || ch->bound == RECORD_BOUND_ALONE)
		return ch->gone_boot_ms > 0;
	return ch->bound == RECORD_BOUND_NONE && ch->sends == 0 &&
	       memcmp(ch->binding, none, sizeof none) == 0;
}

static bool challenge_sane(const struct record_challenge *ch)
{
	static const struct record_challenge free_place;

	if (!height_boot_sane(ch->gone_boot_ms) || ch->tries_left > TRIES_MAX ||
		ch->purse >= RECORD_PURSES || !bound_sane(ch))
		return false;
	if (ch->gone_boot_ms > 0)
		return true;
	return ch->tries_left == 0 && ch->purse == 0 &&
	       memcmp(ch->id, free_place.id, sizeof ch->id) == 0 &&
	       memcmp(ch->mac, free_place.mac, sizeof ch->mac) == 0 &&
	       memcmp(ch->boot_id, free_place.boot_id, sizeof ch->boot_id) == 0;
}

static bool recovery_sane(const struct record_recovery *c)
{
	static const unsigned char none[sizeof c->mac];

	if (c->state == RECORD_RECOVERY_UNUSED)
		return true;
	return (c->state == RECORD_RECOVERY_NONE || c->state == RECORD_RECOVERY_USED) &&
	       memcmp(c->mac, none, sizeof c->mac) == 0;
}

static bool app_sane(const struct record_app *a)
{
	static const unsigned char none[sizeof a->key];
	bool no_key = secret_same_bytes(a->key, none, sizeof a->key);

	if (a->enrolled == 0)
		return no_key && a->last_step == 0;
	return a->enrolled == 1 && !no_key && height_wall_sane(a->last_step);
}

static bool issued_sane(const struct record_issued *i)
{
	static const unsigned char none[sizeof i->mac];

	return span_sane(&i->span) &&
	       (i->span.until_wall_s != 0 || memcmp(i->mac, none, sizeof i->mac) == 0);
}

static bool bypass_sane(const struct record_bypass *b)
{
	if (!span_sane(&b->span))
		return false;
	return b->service[0] == '\0' || (b->span.until_wall_s != 0 && text_printable(b->service));
}

static bool offline_sane(const struct record_offline *o)
{
	for (int i = 0; i < RECORD_OFFLINE_PURSES; i++) {
		if (!purse_sane(&o->purse[i]))
			return false;
	}
	for (int i = 0; i < RECORD_RECOVERY_CODES; i++) {
		if (!recovery_sane(&o->recovery[i]))
			return false;
	}
	return app_sane(&o->app) && issued_sane(&o->issued);
}

static bool place_sane(const struct record_place *p)
{
	static const unsigned char none[sizeof p->mac];

	if (p->kind >= RECORD_PLACE_KINDS || !height_wall_sane(p->last_wall_s) ||
		!height_wall_sane(p->last_clock_s))
		return false;
	if (p->kind != RECORD_PLACE_NONE)
		return p->last_wall_s > 0 && p->service[0] != '\0' && text_printable(p->service);
	return p->last_wall_s == 0 && p->last_clock_s == 0 && p->service[0] == '\0' &&
	       memcmp(p->mac, none, sizeof none) == 0;
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
	for (int i = 0; i < RECORD_PLACES; i++) {
		if (!place_sane(&r->places[i]))
			return false;
	}
	return offline_sane(&r->offline) && bypass_sane(&r->bypass) &&
	       span_sane(&r->fatigue.pause) && r->candidate <= 1;
}

void record_init(struct record *r, uint32_t uid, const char *name)
{
	memset(r, 0, sizeof *r);
	r->uid = uid;
	/* a name that does not fit stays empty, and encode refuses it */
	if (text_copy(r->name, sizeof r->name, name) < 0)
		r->name[0] = '\0';
}

/* What a purse says of guesses. */
static void put_guesses(struct slot_cursor *c, const struct record_purse_state *p)
{
	slot_put_meter(c, &p->failures);
	slot_put_u32(c, p->consecutive);
	slot_put_u32(c, p->lock_level);
	slot_put_i64(c, p->lock_start_wall_s);
	slot_put_i64(c, p->lock_until_wall_s);
	slot_put_i64(c, p->lock_until_boot_ms);
	slot_put_bytes(c, p->lock_boot_id, sizeof p->lock_boot_id);
}

static void put_purse(struct slot_cursor *c, const struct record_purse_state *p)
{
	put_guesses(c, p);
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		slot_put_meter(c, &p->sends[i]);
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		slot_put_meter(c, &p->successes[i]);
	slot_put_u32(c, p->sends_since_success);
	slot_put_i64(c, p->last_send_wall_s);
	slot_put_i64(c, p->last_send_boot_ms);
	slot_put_bytes(c, p->last_send_boot_id, sizeof p->last_send_boot_id);
}

static void get_guesses(struct slot_cursor *c, struct record_purse_state *p)
{
	slot_get_meter(c, &p->failures);
	p->consecutive = slot_get_u32(c);
	p->lock_level = slot_get_u32(c);
	p->lock_start_wall_s = slot_get_i64(c);
	p->lock_until_wall_s = slot_get_i64(c);
	p->lock_until_boot_ms = slot_get_i64(c);
	slot_get_bytes(c, p->lock_boot_id, sizeof p->lock_boot_id);
}

static void get_purse(struct slot_cursor *c, struct record_purse_state *p)
{
	get_guesses(c, p);
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

static void put_offline(struct slot_cursor *c, const struct record_offline *o)
{
	for (int i = 0; i < RECORD_OFFLINE_PURSES; i++)
		put_guesses(c, &o->purse[i]);
	for (int i = 0; i < RECORD_RECOVERY_CODES; i++) {
		slot_put_bytes(c, o->recovery[i].mac, sizeof o->recovery[i].mac);
		slot_put_u32(c, o->recovery[i].state);
	}
	slot_put_u32(c, o->app.enrolled);
	slot_put_bytes(c, o->app.key, sizeof o->app.key);
	slot_put_i64(c, o->app.last_step);
}

static void get_offline(struct slot_cursor *c, struct record_offline *o)
{
	for (int i = 0; i < RECORD_OFFLINE_PURSES; i++)
		get_guesses(c, &o->purse[i]);
	for (int i = 0; i < RECORD_RECOVERY_CODES; i++) {
		slot_get_bytes(c, o->recovery[i].mac, sizeof o->recovery[i].mac);
		o->recovery[i].state = slot_get_u32(c);
	}
	o->app.enrolled = slot_get_u32(c);
	slot_get_bytes(c, o->app.key, sizeof o->app.key);
	o->app.last_step = slot_get_i64(c);
}

static void put_place(struct slot_cursor *c, const struct record_place *p)
{
	slot_put_u32(c, p->kind);
	slot_put_bytes(c, p->mac, sizeof p->mac);
	slot_put_i64(c, p->last_wall_s);
	slot_put_i64(c, p->last_clock_s);
	slot_put_text(c, p->service, sizeof p->service);
}

static void get_place(struct slot_cursor *c, struct record_place *p)
{
	p->kind = slot_get_u32(c);
	slot_get_bytes(c, p->mac, sizeof p->mac);
	p->last_wall_s = slot_get_i64(c);
	p->last_clock_s = slot_get_i64(c);
	slot_get_text(c, p->service, sizeof p->service);
}

/* What an administrator has granted for a while. */
static void put_granted(struct slot_cursor *c, const struct record *r)
{
	slot_put_bytes(c, r->offline.issued.mac, sizeof r->offline.issued.mac);
	span_put(c, &r->offline.issued.span);
	span_put(c, &r->bypass.span);
	slot_put_text(c, r->bypass.service, sizeof r->bypass.service);
}

static void get_granted(struct slot_cursor *c, struct record *r)
{
	slot_get_bytes(c, r->offline.issued.mac, sizeof r->offline.issued.mac);
	span_get(c, &r->offline.issued.span);
	span_get(c, &r->bypass.span);
	slot_get_text(c, r->bypass.service, sizeof r->bypass.service);
}

static void put_bound(struct slot_cursor *c, const struct record_challenge *ch)
{
	slot_put_u32(c, ch->bound);
	slot_put_u32(c, ch->sends);
	slot_put_bytes(c, ch->binding, sizeof ch->binding);
}

static void get_bound(struct slot_cursor *c, struct record_challenge *ch)
{
	ch->bound = slot_get_u32(c);
	ch->sends = slot_get_u32(c);
	slot_get_bytes(c, ch->binding, sizeof ch->binding);
}

unsigned record_recovery_left(const struct record_offline *o)
{
	unsigned left = 0;

	for (int i = 0; i < RECORD_RECOVERY_CODES; i++)
		left += o->recovery[i].state == RECORD_RECOVERY_UNUSED;
	return left;
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
	put_offline(&c, &r->offline);
	for (int i = 0; i < RECORD_PLACES; i++)
		put_place(&c, &r->places[i]);
	put_granted(&c, r);
	tally_put(&c, &r->fatigue.unanswered);
	span_put(&c, &r->fatigue.pause);
	slot_put_u32(&c, r->candidate);
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		put_bound(&c, &r->challenges[i]);
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
	get_offline(c, &out->offline);
	for (int i = 0; i < RECORD_PLACES; i++)
		get_place(c, &out->places[i]);
	get_granted(c, out);
	tally_get(c, &out->fatigue.unanswered);
	span_get(c, &out->fatigue.pause);
	out->candidate = slot_get_u32(c);
	for (int i = 0; i < RECORD_CHALLENGES; i++)
		get_bound(c, &out->challenges[i]);
	if (slot_end(c) && sane(out))
		return 0;
	memset(out, 0, sizeof *out);
	return fault_set(f, FAULT_DAMAGED, 0, "the record has a value that is never written");
}
