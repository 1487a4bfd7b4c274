#include "core/site.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

const struct slot_shape site_shape = { SLOT_KIND_SITE, SITE_VERSION, SITE_SLOT_SIZE };

static bool service_sane(const struct site_service *s)
{
	if (!s->name[0])
		return s->streak == 0 && s->first_uid == 0 && s->others == 0 && s->one_field == 0 &&
		       s->proven == 0;
	return text_printable(s->name) && s->others <= 1 && s->one_field <= 1 && s->proven <= 1;
}

static bool zero(const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

static bool route_sane(const struct site_route *r)
{
	if (!r->name[0])
		return r->failures == 0 && r->trial == 0 && r->until_boot_ms == 0 &&
		       zero(r->boot_id, sizeof r->boot_id);
	return text_printable(r->name) && r->failures >= 1 && r->trial <= 1 &&
	       r->until_boot_ms >= 0;
}

static bool prefix_sane(const struct site_prefix *p)
{
	if (!p->prefix[0])
		return p->sends[0].window_s == 0 && p->sends[1].window_s == 0;
	return p->prefix[0] == '+' && text_printable(p->prefix);
}

/* Both ways: nothing is written that would be refused when it is read, for that would lock
 * everybody out. */
static bool sane(const struct site *s)
{
	for (int i = 0; i < SITE_SERVICES; i++) {
		if (!service_sane(&s->services[i]))
			return false;
	}
	for (int i = 0; i < SITE_ROUTES; i++) {
		if (!route_sane(&s->routes[i]))
			return false;
	}
	for (int i = 0; i < SITE_PREFIXES; i++) {
		if (!prefix_sane(&s->prefixes[i]))
			return false;
	}
	return pace_sane(&s->pace) && sketch_sane(&s->numbers) && sketch_sane(&s->addresses);
}

static void put_route(struct slot_cursor *c, const struct site_route *r)
{
	slot_put_text(c, r->name, sizeof r->name);
	slot_put_u32(c, r->failures);
	slot_put_u32(c, r->trial);
	slot_put_bytes(c, r->boot_id, sizeof r->boot_id);
	slot_put_i64(c, r->until_boot_ms);
}

static void get_route(struct slot_cursor *c, struct site_route *r)
{
	slot_get_text(c, r->name, sizeof r->name);
	r->failures = slot_get_u32(c);
	r->trial = slot_get_u32(c);
	slot_get_bytes(c, r->boot_id, sizeof r->boot_id);
	r->until_boot_ms = slot_get_i64(c);
}

static void put_budgets(struct slot_cursor *c, const struct site *s)
{
	for (int i = 0; i < SITE_PREFIXES; i++) {
		slot_put_text(c, s->prefixes[i].prefix, sizeof s->prefixes[i].prefix);
		for (int k = 0; k < NUMBER_RATES_MAX; k++)
			slot_put_meter(c, &s->prefixes[i].sends[k]);
	}
	sketch_put(c, &s->numbers);
	sketch_put(c, &s->addresses);
}

static void get_budgets(struct slot_cursor *c, struct site *s)
{
	for (int i = 0; i < SITE_PREFIXES; i++) {
		slot_get_text(c, s->prefixes[i].prefix, sizeof s->prefixes[i].prefix);
		for (int k = 0; k < NUMBER_RATES_MAX; k++)
			slot_get_meter(c, &s->prefixes[i].sends[k]);
	}
	sketch_get(c, &s->numbers);
	sketch_get(c, &s->addresses);
}

void site_init(struct site *s)
{
	memset(s, 0, sizeof *s);
}

int site_encode(const struct site *s, uint64_t sequence, unsigned char slot[SITE_SLOT_SIZE],
	struct fault *f)
{
	struct slot_cursor c;

	slot_begin(slot, &site_shape, &c);
	if (!sane(s))
		return fault_set(
			f, FAULT_BAD, 0, "a record has a value that has no place on the disk");
	height_put(&c, &s->high);
	slot_put_u32(&c, s->enrolled);
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		slot_put_meter(&c, &s->sends[i]);
	for (int i = 0; i < SITE_SERVICES; i++) {
		const struct site_service *one = &s->services[i];
		slot_put_text(&c, one->name, sizeof one->name);
		slot_put_u32(&c, one->streak);
		slot_put_u32(&c, one->first_uid);
		slot_put_u32(&c, one->others);
		slot_put_u32(&c, one->one_field);
		slot_put_u32(&c, one->proven);
	}
	for (int i = 0; i < SITE_ROUTES; i++)
		put_route(&c, &s->routes[i]);
	for (int i = 0; i < PACE_PLACES; i++)
		slot_put_u32(&c, s->pace.us[i]);
	put_budgets(&c, s);
	return slot_seal(slot, &site_shape, sequence, &c, f);
}

int site_decode(struct slot_cursor *c, struct site *out, struct fault *f)
{
	memset(out, 0, sizeof *out);
	height_get(c, &out->high);
	out->enrolled = slot_get_u32(c);
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		slot_get_meter(c, &out->sends[i]);
	for (int i = 0; i < SITE_SERVICES; i++) {
		struct site_service *one = &out->services[i];
		slot_get_text(c, one->name, sizeof one->name);
		one->streak = slot_get_u32(c);
		one->first_uid = slot_get_u32(c);
		one->others = slot_get_u32(c);
		one->one_field = slot_get_u32(c);
		one->proven = slot_get_u32(c);
	}
	for (int i = 0; i < SITE_ROUTES; i++)
		get_route(c, &out->routes[i]);
	for (int i = 0; i < PACE_PLACES; i++)
		out->pace.us[i] = slot_get_u32(c);
	get_budgets(c, out);
	if (slot_end(c) && sane(out))
		return 0;
	memset(out, 0, sizeof *out);
	return fault_set(f, FAULT_DAMAGED, 0, "the record has a value that is never written");
}

static int find(const struct site *s, const char *service)
{
	for (int i = 0; service[0] && i < SITE_SERVICES; i++) {
		if (strcmp(s->services[i].name, service) == 0)
			return i;
	}
	return -1;
}

/* A place for another service: a free one, or that of the shortest streak. A mark or a proof is
 * never given up; -1: all have one. */
static int place_for_new(const struct site *s)
{
	int best = -1;

	for (int i = 0; i < SITE_SERVICES; i++) {
		const struct site_service *one = &s->services[i];
		if (!one->name[0])
			return i;
		if (one->one_field || one->proven)
			continue;
		if (best < 0 || one->streak < s->services[best].streak)
			best = i;
	}
	return best;
}

static bool can_be_named(const char *service)
{
	return text_printable(service) && strlen(service) <= TALK_SERVICE_MAX;
}

/* The place of service, made if need be; NULL: there is none to have. */
static struct site_service *place_of(struct site *s, const char *service, uint32_t uid)
{
	int at = find(s, service);

	if (at >= 0)
		return &s->services[at];
	at = place_for_new(s);
	if (at < 0 || !can_be_named(service))
		return NULL;
	struct site_service *one = &s->services[at];
	memset(one, 0, sizeof *one);
	memcpy(one->name, service, strlen(service));
	one->first_uid = uid;
	return one;
}

int site_note_one_field(struct site *s, const char *service, uint32_t uid)
{
	struct site_service *one = place_of(s, service, uid);

	if (!one || one->proven || one->one_field)
		return 0;
	if (one->streak == 0)
		one->first_uid = uid;
	if (one->streak < UINT32_MAX)
		one->streak++;
	if (uid != one->first_uid)
		one->others = 1;
	if (!one->others || one->streak < SITE_ONE_FIELD_STREAK)
		return 0;
	one->one_field = 1;
	return 1;
}

int site_wants_two_prompts(const struct site *s, const char *service)
{
	int at = find(s, service);

	if (at >= 0)
		return !s->services[at].proven;
	return can_be_named(service) && place_for_new(s) >= 0;
}

/* A mark stays: only the administrator takes it away (D3). */
int site_note_two_prompts(struct site *s, const char *service)
{
	struct site_service *one = place_of(s, service, 0);

	if (!one || one->proven)
		return 0;
	one->proven = 1;
	one->streak = 0;
	one->first_uid = 0;
	one->others = 0;
	return 1;
}

int site_is_one_field(const struct site *s, const char *service)
{
	int at = find(s, service);

	return at >= 0 && s->services[at].one_field == 1;
}

void site_clear_one_field(struct site *s, const char *service)
{
	int at = find(s, service);

	if (at < 0)
		return;
	struct site_service *one = &s->services[at];
	one->one_field = 0;
	one->streak = 0;
	one->first_uid = 0;
	one->others = 0;
	if (!one->proven)
		memset(one, 0, sizeof *one);
}
