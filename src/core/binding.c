#include "core/binding.h"

#include <string.h>

#include "base/secret.h"
#include "core/challenge.h"
#include "core/place.h"

int binding_make(const unsigned char key[DIGEST_SIZE], uint32_t uid, const struct facts *facts,
	struct binding *out, struct fault *f)
{
	static const char purpose[] = "sms-otp two-step";
	unsigned char address[PLACE_ADDRESS_MAX], mac[DIGEST_SIZE];
	const unsigned char whose[4] = { (unsigned char)(uid >> 24), (unsigned char)(uid >> 16),
		(unsigned char)(uid >> 8), (unsigned char)uid };
	struct digest_part parts[] = {
		{ purpose, sizeof purpose - 1 },
		{ whose, sizeof whose },
		{ facts->service, strlen(facts->service) },
		{ address, place_address(&facts->address, address) },
	};

	memset(out, 0, sizeof *out);
	if (digest_mac(key, parts, sizeof parts / sizeof parts[0], mac, f) < 0)
		return -1;
	memcpy(out->mac, mac, sizeof out->mac);
	out->alone = facts->password_digits;
	return 0;
}

void binding_enter(const struct binding *b, const struct clock_now *now, int64_t lifetime_s,
	struct record_challenge *place)
{
	memcpy(place->binding, b->mac, sizeof place->binding);
	place->bound = b->alone ? RECORD_BOUND_ALONE : RECORD_BOUND_ANY;
	place->sends = 0;
	place->gone_boot_ms = now->boot_ms + lifetime_s * 1000 + BINDING_GRACE_MS;
}

void binding_sent(struct record_challenge *place, int64_t valid_until_ms, uint32_t sends)
{
	place->gone_boot_ms = valid_until_ms + BINDING_GRACE_MS;
	place->sends = sends;
}

int binding_find(const struct record *r, const struct binding *b, const struct clock_now *now)
{
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		const struct record_challenge *p = &r->challenges[i];
		if (p->bound != RECORD_BOUND_NONE &&
			secret_same_bytes(p->binding, b->mac, sizeof p->binding) &&
			challenge_lookup(r, p->id, now) == i)
			return i;
	}
	return -1;
}

int64_t binding_valid_until_ms(const struct record_challenge *place)
{
	return place->gone_boot_ms - BINDING_GRACE_MS;
}

bool binding_stands(struct record *r, const struct binding *b, const struct clock_now *now)
{
	int at = binding_find(r, b, now);

	if (at >= 0 && now->boot_ms < binding_valid_until_ms(&r->challenges[at]))
		return true;
	challenge_forget(r, at);
	return false;
}
