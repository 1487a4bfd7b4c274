#include "core/height.h"

#include <string.h>

static const int64_t wall_max_s = INT64_C(253402300799);
static const int64_t boot_max_ms = INT64_C(1) << 53;

bool height_wall_sane(int64_t wall_s)
{
	return wall_s >= 0 && wall_s <= wall_max_s;
}

bool height_boot_sane(int64_t boot_ms)
{
	return boot_ms >= 0 && boot_ms <= boot_max_ms;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void height_rise(struct height *h, const struct clock_now *now)
{
	if (memcmp(h->boot_id, now->boot_id, sizeof h->boot_id) != 0) {
		/* how long the machine was off only the clock can say; it may say "less than
		 * nothing", but this boot is younger than what was seen in an earlier one */
		memcpy(h->boot_id, now->boot_id, sizeof h->boot_id);
		h->boot_ms = now->boot_ms;
		h->wall_s += least(now->boot_ms / 1000, wall_max_s - h->wall_s);
		if (now->wall_s > h->wall_s)
			h->wall_s = now->wall_s;
	} else if (now->boot_ms > h->boot_ms) {
		/* whole seconds only; the rest stays to be counted next time */
		int64_t gone_s = least((now->boot_ms - h->boot_ms) / 1000, wall_max_s - h->wall_s);
		h->wall_s += gone_s;
		h->boot_ms += gone_s * 1000;
	}
}

void height_put(struct slot_cursor *c, const struct height *h)
{
	if (!height_wall_sane(h->wall_s) || !height_boot_sane(h->boot_ms))
		c->bad = true;
	slot_put_i64(c, h->wall_s);
	slot_put_i64(c, h->boot_ms);
	slot_put_bytes(c, h->boot_id, sizeof h->boot_id);
}

void height_get(struct slot_cursor *c, struct height *h)
{
	h->wall_s = slot_get_i64(c);
	h->boot_ms = slot_get_i64(c);
	slot_get_bytes(c, h->boot_id, sizeof h->boot_id);
	if (height_wall_sane(h->wall_s) && height_boot_sane(h->boot_ms))
		return;
	memset(h, 0, sizeof *h);
	c->bad = true;
}
