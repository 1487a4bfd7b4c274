#include "core/span.h"

#include <string.h>

#include "core/height.h"

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void span_begin(struct span *s, int64_t length_s, const struct clock_now *now)
{
	length_s = least(length_s, SPAN_MAX_S);
	s->start_wall_s = now->wall_s;
	s->until_wall_s = now->wall_s + length_s;
	s->until_boot_ms = now->boot_ms + length_s * 1000;
	memcpy(s->boot_id, now->boot_id, sizeof s->boot_id);
}

/* What was granted in an earlier boot is at least as old as this boot. */
int64_t span_rest_s(const struct span *s, const struct clock_now *now)
{
	int64_t length_s = least(s->until_wall_s - s->start_wall_s, SPAN_MAX_S), rest_s;

	if (s->until_wall_s == 0)
		return 0;
	if (memcmp(s->boot_id, now->boot_id, sizeof s->boot_id) == 0) {
		if (now->boot_ms >= s->until_boot_ms)
			return 0;
		rest_s = (s->until_boot_ms - now->boot_ms + 999) / 1000;
	} else {
		rest_s = least(s->until_wall_s - now->wall_s, length_s - now->boot_ms / 1000);
	}
	rest_s = least(rest_s, length_s);
	return rest_s > 0 ? rest_s : 0;
}

bool span_sane(const struct span *s)
{
	static const struct span none;

	if (s->until_wall_s == 0)
		return s->start_wall_s == 0 && s->until_boot_ms == 0 &&
		       memcmp(s->boot_id, none.boot_id, sizeof s->boot_id) == 0;
	return height_wall_sane(s->start_wall_s) && height_wall_sane(s->until_wall_s) &&
	       height_boot_sane(s->until_boot_ms) && s->start_wall_s < s->until_wall_s &&
	       s->until_wall_s - s->start_wall_s <= SPAN_MAX_S;
}

void span_put(struct slot_cursor *c, const struct span *s)
{
	slot_put_i64(c, s->start_wall_s);
	slot_put_i64(c, s->until_wall_s);
	slot_put_i64(c, s->until_boot_ms);
	slot_put_bytes(c, s->boot_id, sizeof s->boot_id);
}

void span_get(struct slot_cursor *c, struct span *s)
{
	s->start_wall_s = slot_get_i64(c);
	s->until_wall_s = slot_get_i64(c);
	s->until_boot_ms = slot_get_i64(c);
	slot_get_bytes(c, s->boot_id, sizeof s->boot_id);
}
