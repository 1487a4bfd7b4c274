#include "core/observation.h"

#include "base/clock.h"
#include "base/secret.h"
#include "core/forecast.h"
#include "core/policy.h"
#include "core/recognition.h"

static void would(struct verdict_outcome *outcome, enum verdict verdict, enum talk_reason reason)
{
	outcome->verdict = verdict;
	outcome->reason = reason;
}

static void look_ahead(struct step *s, const struct payer *payer)
{
	struct verdict_outcome *outcome = s->outcome;
	struct state_change copy;
	struct forecast cast;
	struct fault f = FAULT_INIT;

	if (state_begin(s->state, STATE_BOTH, s->ledger.account, &copy, &f) < 0) {
		step_broken(s, TALK_REASON_STATE, &f);
		return;
	}
	state_abandon(&copy);
	if (forecast_take(payer, s->facts, &copy, &cast, &f) < 0) {
		step_broken(s, TALK_REASON_SYSTEM, &f);
	} else {
		bool asked = cast.reason == TALK_REASON_NONE || cast.offline;
		would(outcome, asked ? VERDICT_CHALLENGE : VERDICT_DENY, cast.reason);
		if (cast.spent[0] != '\0')
			fault_set(&outcome->fault, FAULT_BAD, 0, "budget.%s is spent", cast.spent);
	}
	secret_wipe_bytes(&copy, sizeof copy);
}

/* What the records say to who has a phone. */
static void look_at_records(
	const struct admission *a, const struct facts *facts, struct verdict_outcome *outcome)
{
	struct step s = {
		.settings = a->settings,
		.state = a->state,
		.facts = facts,
		.outcome = outcome,
		.ledger = { .settings = a->settings,
			.state = a->state,
			.account = &a->account,
			.service = facts->service,
			.trusted = facts->trusted },
	};

	/* as core/login: who types a code along is not let off */
	if (!facts->forward && recognition_begin(&s) == STEP_ENDED)
		return;
	struct payer payer = { .settings = a->settings,
		.state = a->state,
		.e164 = numbers_phone(&a->numbers)->e164,
		.address = &facts->address,
		.purse = ledger_purse(&s.ledger),
		.began_boot_ms = clock_boot_ms() };
	look_ahead(&s, &payer);
}

void observation_look(
	const struct login_house *house, const struct facts *facts, struct verdict_outcome *outcome)
{
	struct admission a = { .settings = house->settings,
		.state = house->state,
		.directory = house->directory,
		.entrance = house->entrance };

	if (admission_decide(&a, facts, outcome) != VERDICT_CHALLENGE)
		return;
	if (a.enrols)
		would(outcome, VERDICT_CHALLENGE, TALK_REASON_NOT_ENROLLED);
	else
		look_at_records(&a, facts, outcome);
}

/* The name that a host may not speak of (E1). What a rule refuses is refused later, with the
 * rules known. */
static bool own_name(const struct facts *facts, const struct admission_entrance *entrance,
	const struct verdict_outcome *outcome)
{
	return facts->trusted || entrance->known || outcome->reason != TALK_REASON_REFUSED;
}

void observation_end(const struct facts *facts, const struct admission_entrance *entrance,
	struct verdict_outcome *outcome)
{
	outcome->would = (struct verdict_would){ true, outcome->verdict, outcome->reason };
	if (outcome->verdict == VERDICT_EXEMPT)
		return;
	struct policy_answer a = policy_for_observed(facts, own_name(facts, entrance, outcome));
	would(outcome, a.verdict, a.reason);
}
