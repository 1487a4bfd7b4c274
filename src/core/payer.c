#include "core/payer.h"

#include <string.h>

#include "core/network.h"
#include "core/prefix.h"

static int find(const struct payer *p, const char *kind, const struct digest_part *who,
	struct sketch_spot *spot, struct fault *f)
{
	static const char purpose[] = "sms-otp budget";
	unsigned char purse = (unsigned char)p->purse, mac[DIGEST_SIZE];
	struct digest_part parts[] = { { purpose, sizeof purpose - 1 }, { kind, strlen(kind) },
		{ &purse, 1 }, *who };

	if (digest_mac(p->state->key, parts, sizeof parts / sizeof parts[0], mac, f) < 0)
		return -1;
	*spot = sketch_find(mac);
	return 0;
}

static int find_address(const struct payer *p, struct sketch_spot *spot, struct fault *f)
{
	const struct facts_address *a = p->address;
	unsigned char who[1 + 16];

	if (!a || a->family == FACTS_NO_ADDRESS || p->purse == RECORD_PURSE_OWN)
		return 0;
	who[0] = (unsigned char)a->family;
	size_t len = network_house(a, who + 1);
	return find(p, "address", &(struct digest_part){ who, 1 + len }, spot, f);
}

int payer_terms(const struct payer *p, const struct state_change *ch, struct allowance_terms *out,
	struct fault *f)
{
	const struct clock_now *now = &ch->now;
	struct digest_part number = { p->e164, strlen(p->e164) };
	int64_t age_ms = now->boot_ms > p->began_boot_ms ? now->boot_ms - p->began_boot_ms : 0;

	memset(out, 0, sizeof *out);
	out->limit = (struct limit_terms){ p->settings, now, p->purse };
	out->prefix = prefix_of(p->settings, p->e164);
	out->site_ahead_s = ch->site_ahead_s;
	out->since_site_s = now->wall_s + ch->site_ahead_s - (age_ms + 999) / 1000;
	if (find(p, "number", &number, &out->number, f) < 0)
		return -1;
	return find_address(p, &out->address, f);
}

static int give_back_number(const struct payer *p, const char *e164, uint32_t sends,
	struct state_change *ch, struct fault *f)
{
	struct payer one = *p;
	struct allowance_terms t;

	one.e164 = e164;
	if (payer_terms(&one, ch, &t, f) < 0)
		return -1;
	allowance_give_back_shared(&t, &ch->site, sends);
	return 0;
}

/* To each number what it had, and to the address all of it. */
static int give_back_all(
	const struct payer *p, uint32_t sends, struct state_change *ch, struct fault *f)
{
	const struct numbers *n = p->numbers;

	if (!n)
		return give_back_number(p, p->e164, sends, ch, f);
	for (size_t i = 0; i < n->n; i++) {
		uint32_t had = n->all[i].sent < sends ? n->all[i].sent : sends;
		if (had > 0 && give_back_number(p, n->all[i].phone->e164, had, ch, f) < 0)
			return -1;
		sends -= had;
	}
	return 0;
}

static int give_back(const struct payer *p, uint32_t sends, const char *service, struct fault *f)
{
	struct state_change ch;

	if (state_begin(p->state, STATE_SITE, NULL, &ch, f) < 0)
		return -1;
	if (give_back_all(p, sends, &ch, f) < 0) {
		state_abandon(&ch);
		return -1;
	}
	bool news = service && site_note_two_prompts(&ch.site, service) != 0;
	if (news || sends > 0)
		return state_commit_lazily(&ch, f);
	state_abandon(&ch);
	return 0;
}

void payer_succeeded(const struct payer *p, uint32_t sends, const char *service, struct fault *f)
{
	struct fault why = FAULT_INIT;

	*f = (struct fault)FAULT_INIT;
	if (give_back(p, sends, service, &why) < 0)
		*f = why;
}
