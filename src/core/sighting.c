#include "core/sighting.h"

#include "core/detour.h"

int sighting_note(const struct state *s, const struct sighting *all, size_t n, struct fault *f)
{
	struct state_change ch;
	bool changed = false;

	if (state_begin(s, STATE_SITE, NULL, &ch, f) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool news = all[i].works ? detour_works(&ch.site, all[i].route)
					 : detour_failed(&ch.site, all[i].route, &ch.now);
		changed = changed || news;
	}
	if (changed)
		return state_commit(&ch, f);
	state_abandon(&ch);
	return 0;
}
