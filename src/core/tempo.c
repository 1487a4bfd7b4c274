#include "core/tempo.h"

#include <string.h>

#include "base/clock.h"
#include "base/pause.h"
#include "base/random.h"

void tempo_begin(struct tempo *t)
{
	t->known = false;
	t->last = TEMPO_LAST_FREE;
	t->n = 0;
	tempo_step(t);
}

void tempo_step(struct tempo *t)
{
	t->since_us = clock_boot_us();
}

void tempo_note(struct tempo *t, enum pace_kind kind)
{
	int64_t now_us = clock_boot_us();

	if (t->n < TEMPO_NOTES)
		t->notes[t->n++] = (struct tempo_note){ kind, now_us - t->since_us };
	pause_until(now_us + TEMPO_SLACK_US);
}

/* Without the record a plausible time has to do. */
static void look(struct tempo *t, const struct state *s)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	t->known = true;
	memset(&t->pace, 0, sizeof t->pace);
	if (state_begin(s, STATE_SITE, NULL, &ch, &f) < 0)
		return;
	t->pace = ch.site.pace;
	state_abandon(&ch);
}

static void wait_for(struct tempo *t, enum pace_kind kind, int64_t limit_ms)
{
	struct fault f = FAULT_INIT;
	uint64_t chance = 0;

	if (random_bytes(&chance, sizeof chance, &f) < 0)
		chance = (uint64_t)t->since_us;
	int64_t us = pace_draw(&t->pace, kind, chance);
	if (us > limit_ms * 1000)
		us = limit_ms * 1000;
	pause_until(t->since_us + us + TEMPO_SLACK_US);
}

void tempo_wait(struct tempo *t, enum pace_kind kind, const struct state *s, int64_t limit_ms)
{
	if (!t->known)
		look(t, s);
	wait_for(t, kind, limit_ms);
}

void tempo_last_note(struct tempo *t)
{
	t->last = TEMPO_LAST_NOTE;
}

void tempo_last_wait(struct tempo *t, const struct state *s, int64_t limit_ms)
{
	if (!t->known)
		look(t, s);
	t->last = TEMPO_LAST_WAIT;
	t->last_limit_ms = limit_ms;
}

void tempo_end(struct tempo *t)
{
	if (t->last == TEMPO_LAST_NOTE)
		tempo_note(t, PACE_END);
	else if (t->last == TEMPO_LAST_WAIT)
		wait_for(t, PACE_END, t->last_limit_ms);
	t->last = TEMPO_LAST_FREE;
}

int tempo_keep(const struct tempo *t, const struct state *s, struct fault *f)
{
	struct state_change ch;

	if (t->n == 0)
		return 0;
	if (state_begin(s, STATE_SITE, NULL, &ch, f) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++)
		pace_add(&ch.site.pace, t->notes[i].kind, t->notes[i].us);
	return state_commit(&ch, f);
}
