#include "cli/budgets.h"

#include "core/allowance.h"
#include "core/prefix.h"

/* meters NULL: nothing was counted yet. */
static void add(struct budgets *b, const char *prefix, const struct meter *meters,
	const struct number_rate *rates, int64_t now_s)
{
	for (int i = 0; i < NUMBER_RATES_MAX && rates[i].count > 0; i++) {
		struct budgets_line line = { prefix, rates[i].window_s, rates[i].count, 0 };

		if (b->n == sizeof(b->lines) / sizeof(b->lines[0]))
			return;
		if (meters != NULL) {
			struct meter m = meters[i];

			meter_turn(&m, rates[i].window_s, now_s);
			line.used = meter_sum(&m);
		}
		b->lines[b->n++] = line;
	}
}

int budgets_read(
	const struct settings *s, const struct state *state, struct budgets *out, struct fault *f)
{
	struct number_rate all[NUMBER_RATES_MAX], prefix[NUMBER_RATES_MAX];
	struct state_change ch;

	out->n = 0;
	if (state_begin(state, STATE_SITE, NULL, &ch, f) != 0)
		return -1;
	state_abandon(&ch);
	allowance_site_rates(s, ch.site.enrolled, all, prefix);
	add(out, "", ch.site.sends, all, ch.now.wall_s);
	/* a single prefix has no budget of its own (core/prefix.h) */
	for (size_t i = 0; s->nprefixes > 1 && i < s->nprefixes; i++) {
		const struct site_prefix *p = prefix_look(&ch.site, s->prefixes[i]);

		add(out, s->prefixes[i], p != NULL ? p->sends : NULL, prefix, ch.now.wall_s);
	}
	return 0;
}

uint32_t budgets_left(const struct budgets_line *line)
{
	return line->used < line->limit ? line->limit - line->used : 0;
}
