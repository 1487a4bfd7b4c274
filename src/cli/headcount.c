#include "cli/headcount.h"

#include "base/text.h"
#include "cli/portrait.h"

struct walk {
	const struct settings *settings;
	const struct state *state;
	struct headcount *count;
};

static bool is_locked(const struct portrait *p)
{
	for (size_t i = 0; i < sizeof(p->purse) / sizeof(p->purse[0]); i++)
		if (p->purse[i].standing.answer == LIMIT_LOCKED)
			return true;
	return false;
}

static int each(void *ctx, uint32_t uid, const struct directory_entry *e, const struct fault *f)
{
	const struct walk *w = ctx;
	struct account a = { .uid = uid };
	struct fault no_record = FAULT_INIT;
	struct state_change ch;
	struct portrait p;

	(void)f;
	if (e == NULL) {
		w->count->damaged++;
		return 0;
	}
	w->count->enrolled++;
	if (text_copy(a.name, sizeof(a.name), e->name) != 0 ||
		state_begin(w->state, STATE_USER, &a, &ch, &no_record) != 0) {
		w->count->damaged++;
		return 0;
	}
	portrait_take(w->settings, &ch.now, &ch.user, &p);
	state_abandon(&ch);
	w->count->locked += is_locked(&p);
	w->count->blocked += p.block != RECORD_BLOCK_NONE;
	w->count->paused += p.paused_until_s != 0;
	w->count->bypassed += p.bypass_until_s != 0;
	return 0;
}

int headcount_take(const struct settings *s, const struct state *state,
	const struct directory *directory, struct headcount *out, struct fault *f)
{
	struct walk w = { s, state, out };

	*out = (struct headcount){ 0 };
	return directory_walk(directory, each, &w, f);
}
