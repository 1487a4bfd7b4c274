#include "core/place.h"

#include <stdbool.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "core/network.h"

enum { BYTES_MAX = FACTS_KEY_MAX + 1 };

/* What is hashed of a place, before the user's. */
struct bytes {
	unsigned char at[BYTES_MAX];
	size_t len;
};

static void put(struct bytes *b, const void *bytes, size_t len)
{
	if (len > sizeof b->at - b->len)
		return;
	memcpy(b->at + b->len, bytes, len);
	b->len += len;
}

static void put_number(struct bytes *b, uint64_t v)
{
	unsigned char big[8];

	for (int i = 0; i < 8; i++)
		big[i] = (unsigned char)(v >> (56 - 8 * i));
	put(b, big, sizeof big);
}

static void put_address(struct bytes *b, const struct facts_address *a)
{
	unsigned char house[16];
	size_t len = network_house(a, house);

	put_number(b, (uint64_t)a->family);
	put(b, house, len);
}

size_t place_address(const struct facts_address *a, unsigned char out[PLACE_ADDRESS_MAX])
{
	struct bytes b = { .len = 0 };

	if (a->family == FACTS_NO_ADDRESS)
		return 0;
	put_address(&b, a);
	memcpy(out, b.at, b.len);
	return b.len;
}

static void put_session(struct bytes *b, const struct facts_terminal *t)
{
	put_number(b, t->device);
	put_number(b, t->session);
	put_number(b, t->start);
	put(b, t->boot_id, sizeof t->boot_id);
}

/* A key counts only beside an address: who has none, like su, may have got the variable from a file
 * of its user. */
static enum record_place_kind find(const struct facts *facts, struct bytes *b)
{
	if (!facts->trusted || facts->change)
		return RECORD_PLACE_NONE;
	if (facts->address.family != FACTS_NO_ADDRESS) {
		if (facts->key[0] == '\0') {
			put_address(b, &facts->address);
			return RECORD_PLACE_ADDRESS;
		}
		put(b, facts->key, strlen(facts->key));
		return RECORD_PLACE_KEY;
	}
	/* a remote side that we could not read is no terminal of ours */
	if (facts->terminal.device == 0 ||
		(facts->rhost[0] != '\0' && facts_has_remote(facts->service)))
		return RECORD_PLACE_NONE;
	if (facts->terminal.console) {
		put_number(b, facts->terminal.device);
		return RECORD_PLACE_CONSOLE;
	}
	put_session(b, &facts->terminal);
	return RECORD_PLACE_SESSION;
}

int place_of(const unsigned char key[DIGEST_SIZE], uint32_t uid, const struct facts *facts,
	struct place *out, struct fault *f)
{
	static const char purpose[] = "sms-otp place";
	unsigned char mac[DIGEST_SIZE];
	struct bytes b = { .len = 0 }, whose = { .len = 0 };

	memset(out, 0, sizeof *out);
	enum record_place_kind kind = find(facts, &b);
	if (kind == RECORD_PLACE_NONE)
		return 0;
	put_number(&whose, uid);
	put_number(&whose, (uint64_t)kind);
	struct digest_part parts[] = { { purpose, sizeof purpose - 1 }, { whose.at, whose.len },
		{ b.at, b.len } };
	if (digest_mac(key, parts, sizeof parts / sizeof parts[0], mac, f) < 0)
		return -1;
	memcpy(out->mac, mac, sizeof out->mac);
	out->kind = kind;
	return 0;
}

static bool same_place(const struct record_place *e, const struct place *p)
{
	return e->kind != RECORD_PLACE_NONE && e->kind == (uint32_t)p->kind &&
	       secret_same_bytes(e->mac, p->mac, sizeof e->mac);
}

/* Of a long name the record has the beginning only, and that may be another service's. */
static bool same_service(const struct record_place *e, const char *service)
{
	return strlen(service) < sizeof e->service && strcmp(e->service, service) == 0;
}

/* Since the success: by the record's time, or by the clock where that has gone on further (a
 * machine may have been off with its clock standing still). */
static int64_t age_s(const struct record_place *e, const struct place_moment *m)
{
	int64_t age = m->wall_s - e->last_wall_s, by_clock = m->clock_s - e->last_clock_s;

	return by_clock > age ? by_clock : age;
}

int64_t place_left_s(const struct record_place *e, const struct place_moment *m)
{
	int64_t age = age_s(e, m);

	if (e->kind == RECORD_PLACE_NONE || m->remember_s == 0 || m->wall_s < e->last_wall_s ||
		!same_service(e, m->service) || age >= (int64_t)m->remember_s)
		return 0;
	return (int64_t)m->remember_s - age;
}

enum place_standing place_look(
	const struct record *r, const struct place *p, const struct place_moment *m)
{
	enum place_standing standing = PLACE_UNKNOWN;

	for (int i = 0; i < RECORD_PLACES; i++) {
		const struct record_place *e = &r->places[i];
		if (!same_place(e, p))
			continue;
		if (place_left_s(e, m) > 0)
			return PLACE_REMEMBERED;
		if (m->wall_s >= e->last_wall_s && age_s(e, m) < PLACE_KNOWN_S)
			standing = PLACE_KNOWN;
	}
	return standing;
}

int64_t place_remembered_s(
	const struct record *r, const struct place *p, const struct place_moment *m)
{
	int64_t most = 0;

	for (int i = 0; i < RECORD_PLACES; i++) {
		const struct record_place *e = &r->places[i];
		int64_t left = same_place(e, p) ? place_left_s(e, m) : 0;
		most = left > most ? left : most;
	}
	return most;
}

static bool is_device(uint32_t kind)
{
	return kind == RECORD_PLACE_ADDRESS || kind == RECORD_PLACE_KEY;
}

bool place_among_devices(const struct record *r, const struct place *p)
{
	bool any = false;

	for (int i = 0; i < RECORD_PLACES; i++)
		any = any || is_device(r->places[i].kind);
	return any && is_device((uint32_t)p->kind);
}

/* The older one, free ones first; a may be NULL. */
static struct record_place *older(struct record_place *a, struct record_place *b)
{
	return !a || b->last_wall_s < a->last_wall_s ? b : a;
}

static struct record_place *entry_for(
	struct record *r, const struct place *p, const struct place_moment *m)
{
	struct record_place *oldest = NULL, *oldest_session = NULL;
	int sessions = 0;

	for (int i = 0; i < RECORD_PLACES; i++) {
		struct record_place *e = &r->places[i];
		if (same_place(e, p) && strncmp(e->service, m->service, sizeof e->service - 1) == 0)
			return e;
		oldest = older(oldest, e);
		if (e->kind != RECORD_PLACE_SESSION)
			continue;
		sessions++;
		oldest_session = older(oldest_session, e);
	}
	bool full = p->kind == RECORD_PLACE_SESSION && sessions >= PLACE_SESSIONS;
	return full ? oldest_session : oldest;
}

void place_note(struct record *r, const struct place *p, const struct place_moment *m)
{
	if (p->kind == RECORD_PLACE_NONE || m->wall_s <= 0 || !text_printable(m->service))
		return;
	struct record_place *e = entry_for(r, p, m);
	memset(e, 0, sizeof *e);
	e->kind = (uint32_t)p->kind;
	memcpy(e->mac, p->mac, sizeof e->mac);
	e->last_wall_s = m->wall_s;
	e->last_clock_s = m->clock_s > 0 ? m->clock_s : 0;
	size_t len = strnlen(m->service, sizeof e->service - 1);
	memcpy(e->service, m->service, len);
}

void place_forget_all(struct record *r)
{
	memset(r->places, 0, sizeof r->places);
}

const char *place_kind_name(uint32_t kind)
{
	switch (kind) {
	case RECORD_PLACE_ADDRESS:
		return "address";
	case RECORD_PLACE_KEY:
		return "key";
	case RECORD_PLACE_SESSION:
		return "session";
	case RECORD_PLACE_CONSOLE:
		return "console";
	default:
		return "";
	}
}
