#include "core/bypass.h"

#include <string.h>

#include "base/secret.h"

bool bypass_covers(const struct record *r, const struct facts *facts, const struct clock_now *now)
{
	const struct record_bypass *b = &r->bypass;

	/* with forward_pass the password is judged after us */
	bool first = facts->first_factor || facts->forward;

	return facts->trusted && first && r->block == RECORD_BLOCK_NONE &&
	       span_rest_s(&b->span, now) > 0 &&
	       (b->service[0] == '\0' || strcmp(b->service, facts->service) == 0);
}

int bypass_look(const struct state *s, const struct account *a, const struct facts *facts,
	bool *covers, struct fault *f)
{
	struct state_change ch;

	*covers = false;
	if (!facts->trusted)
		return 0;
	if (state_begin(s, STATE_USER, a, &ch, f) < 0)
		return -1;
	*covers = bypass_covers(&ch.user, facts, &ch.now);
	state_abandon(&ch);
	secret_wipe_bytes(&ch, sizeof ch);
	return 0;
}
