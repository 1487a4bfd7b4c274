#include "core/sketch.h"

#include <string.h>

enum { WINDOW_MAX_S = 31 * 86400 }; /* number_rates takes no longer one */

static uint16_t cell_of(const unsigned char *hash)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | hash[i];
	return (uint16_t)(v % SKETCH_CELLS);
}

struct sketch_spot sketch_find(const unsigned char mac[DIGEST_SIZE])
{
	struct sketch_spot spot = { .known = true };

	_Static_assert((int)SKETCH_ROWS * 8 <= (int)DIGEST_SIZE, "eight bytes of a hash for a row");
	for (size_t row = 0; row < SKETCH_ROWS; row++)
		spot.at[row] = cell_of(mac + row * 8);
	return spot;
}

static uint32_t limit_of(const struct number_rate *rate)
{
	return rate->count < TALLY_LIMIT_MAX ? rate->count : TALLY_LIMIT_MAX;
}

/* One of the rates at one moment. */
struct gauge {
	int i;
	const struct number_rate *rate;
	int64_t now_s;
};

/* One cell's tally as it stands then. */
static struct tally seen(
	const struct sketch *s, const struct sketch_spot *spot, int row, const struct gauge *g)
{
	struct tally t = s->rows[row][spot->at[row]].tallies[g->i];

	tally_carry(&t, s->window_s[g->i], g->rate->window_s, g->now_s);
	tally_turn(&t, g->rate->window_s, g->now_s);
	return t;
}

static uint32_t count(const struct sketch *s, const struct sketch_spot *spot, const struct gauge *g)
{
	uint32_t least = UINT32_MAX;

	for (int row = 0; row < SKETCH_ROWS; row++) {
		struct tally t = seen(s, spot, row, g);
		uint32_t sum = tally_sum(&t);
		least = sum < least ? sum : least;
	}
	return least;
}

/* There is room as soon as one of the cells has some. */
static int64_t wait_s(const struct sketch *s, const struct sketch_spot *spot, const struct gauge *g)
{
	int64_t least_s = INT64_MAX;

	for (int row = 0; row < SKETCH_ROWS; row++) {
		struct tally t = seen(s, spot, row, g);
		int64_t rest_s = tally_wait_s(&t, g->rate->window_s, limit_of(g->rate), g->now_s);
		least_s = rest_s < least_s ? rest_s : least_s;
	}
	return least_s;
}

int64_t sketch_wait_s(const struct sketch *s, const struct sketch_spot *spot,
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s)
{
	int64_t longest_s = 0;

	for (int i = 0; spot->known && i < NUMBER_RATES_MAX && rates[i].count > 0; i++) {
		int64_t rest_s = wait_s(s, spot, &(struct gauge){ i, &rates[i], now_s });
		longest_s = rest_s > longest_s ? rest_s : longest_s;
	}
	return longest_s;
}

/* The window is one for all cells: when the settings change it, all of them go along. */
static void set_window(struct sketch *s, const struct gauge *g)
{
	uint32_t from_s = s->window_s[g->i];

	if (from_s == g->rate->window_s)
		return;
	for (int row = 0; row < SKETCH_ROWS; row++)
		for (int at = 0; at < SKETCH_CELLS; at++)
			tally_carry(&s->rows[row][at].tallies[g->i], from_s, g->rate->window_s,
				g->now_s);
	s->window_s[g->i] = g->rate->window_s;
}

bool sketch_add(struct sketch *s, const struct sketch_spot *spot,
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s)
{
	bool warn = false;

	for (int i = 0; spot->known && i < NUMBER_RATES_MAX && rates[i].count > 0; i++) {
		struct gauge g = { i, &rates[i], now_s };
		set_window(s, &g);
		for (int row = 0; row < SKETCH_ROWS; row++) {
			struct tally *t = &s->rows[row][spot->at[row]].tallies[i];
			tally_turn(t, rates[i].window_s, now_s);
			tally_add(t);
		}
		warn = warn || count(s, spot, &g) * 100 >= limit_of(&rates[i]) * 80;
	}
	return warn;
}

void sketch_refund(struct sketch *s, const struct sketch_spot *spot,
	const struct number_rate rates[NUMBER_RATES_MAX], int64_t now_s, int64_t since_s)
{
	for (int i = 0; spot->known && i < NUMBER_RATES_MAX && rates[i].count > 0; i++) {
		set_window(s, &(struct gauge){ i, &rates[i], now_s });
		for (int row = 0; row < SKETCH_ROWS; row++) {
			struct tally *t = &s->rows[row][spot->at[row]].tallies[i];
			tally_turn(t, rates[i].window_s, now_s);
			tally_refund(t, rates[i].window_s, since_s);
		}
	}
}

uint32_t sketch_sum(const struct sketch *s, const struct sketch_spot *spot,
	const struct number_rate *rate, int i, int64_t now_s)
{
	return spot->known ? count(s, spot, &(struct gauge){ i, rate, now_s }) : 0;
}

void sketch_forgive(struct sketch *s, const struct sketch_spot *spot)
{
	for (int i = 0; spot->known && i < NUMBER_RATES_MAX; i++) {
		struct tally *a = &s->rows[0][spot->at[0]].tallies[i];
		struct tally *b = &s->rows[1][spot->at[1]].tallies[i];
		struct tally *least = tally_sum(a) <= tally_sum(b) ? a : b;
		memset(least->counts, 0, sizeof least->counts);
	}
}

static bool unused(const struct sketch *s, int i)
{
	static const struct tally none;

	for (int row = 0; row < SKETCH_ROWS; row++)
		for (int at = 0; at < SKETCH_CELLS; at++)
			if (memcmp(&s->rows[row][at].tallies[i], &none, sizeof none) != 0)
				return false;
	return true;
}

bool sketch_sane(const struct sketch *s)
{
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		if (s->window_s[i] > WINDOW_MAX_S || (s->window_s[i] == 0 && !unused(s, i)))
			return false;
	return true;
}

void sketch_put(struct slot_cursor *c, const struct sketch *s)
{
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		slot_put_u32(c, s->window_s[i]);
	for (int row = 0; row < SKETCH_ROWS; row++)
		for (int at = 0; at < SKETCH_CELLS; at++)
			for (int i = 0; i < NUMBER_RATES_MAX; i++)
				tally_put(c, &s->rows[row][at].tallies[i]);
}

void sketch_get(struct slot_cursor *c, struct sketch *s)
{
	for (int i = 0; i < NUMBER_RATES_MAX; i++)
		s->window_s[i] = slot_get_u32(c);
	for (int row = 0; row < SKETCH_ROWS; row++)
		for (int at = 0; at < SKETCH_CELLS; at++)
			for (int i = 0; i < NUMBER_RATES_MAX; i++)
				tally_get(c, &s->rows[row][at].tallies[i]);
}
