#include "core/fatigue.h"

#include <string.h>

int64_t fatigue_rest_s(const struct record *r, const struct clock_now *now)
{
	return span_rest_s(&r->fatigue.pause, now);
}

uint32_t fatigue_count(const struct record *r, const struct clock_now *now)
{
	struct tally t = r->fatigue.unanswered;

	tally_turn(&t, FATIGUE_WINDOW_S, now->wall_s);
	return tally_sum(&t);
}

void fatigue_clear(struct record *r)
{
	memset(&r->fatigue, 0, sizeof r->fatigue);
}

/* What a pause was for is done with when it is over: counting begins anew. */
static void settle(struct record *r, const struct clock_now *now)
{
	if (r->fatigue.pause.until_wall_s != 0 && fatigue_rest_s(r, now) == 0)
		fatigue_clear(r);
	tally_turn(&r->fatigue.unanswered, FATIGUE_WINDOW_S, now->wall_s);
}

bool fatigue_pauses(struct record *r, const struct clock_now *now, bool *begun)
{
	*begun = false;
	settle(r, now);
	if (fatigue_rest_s(r, now) > 0)
		return true;
	if (tally_sum(&r->fatigue.unanswered) < FATIGUE_CODES)
		return false;
	span_begin(&r->fatigue.pause, FATIGUE_PAUSE_S, now);
	*begun = true;
	return true;
}

void fatigue_charge(struct record *r, const struct clock_now *now)
{
	settle(r, now);
	tally_add(&r->fatigue.unanswered);
}

void fatigue_answered(struct record *r, uint32_t n, const struct clock_now *now, int64_t since_s)
{
	settle(r, now);
	for (uint32_t i = 0; i < n; i++)
		tally_refund(&r->fatigue.unanswered, FATIGUE_WINDOW_S, since_s);
	if (tally_sum(&r->fatigue.unanswered) < FATIGUE_CODES)
		memset(&r->fatigue.pause, 0, sizeof r->fatigue.pause);
}
