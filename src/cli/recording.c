#include "cli/recording.h"

#include "cli/candidate.h"
#include "cli/speech.h"
#include "cli/verification.h"

int recording_prepare(struct house *h, const struct invocation *a, const struct recording *r,
	struct subject *who, struct phone *phone)
{
	const char *name = a->operands[0];
	struct fault f = FAULT_INIT;

	if (house_open(h, HOUSE_SETTINGS | HOUSE_DIRECTORY) != 0)
		return SPEECH_TROUBLE;
	int rc = r->judge_user(h, name, who);
	if (rc != SPEECH_YES)
		return rc;
	if (candidate_number(&h->settings, a->operands[1], phone, &f) != 0)
		return speech_no("%s", f.text);
	if (house_open(h, r->state) != 0)
		return SPEECH_TROUBLE;
	if (invocation_has(a, OPTION_UNVERIFIED))
		return SPEECH_YES;
	enum verification v = verification_run(h, who->account.name, phone);
	if (v != VERIFICATION_PROVEN)
		return v == VERIFICATION_TROUBLE ? SPEECH_TROUBLE : SPEECH_NO;
	return r->judge_user(h, name, who);
}
