#include "cli/cmd_prune.h"

#include <stdio.h>

#include "base/number.h"
#include "cli/audit.h"
#include "cli/residue.h"
#include "cli/speech.h"

/* Younger than a day may be what somebody is at work on. */
enum { DAY_S = 86400, OLDER_S = 30 * DAY_S, OLDER_MAX_S = 3660 * DAY_S };

static int read_older(const struct invocation *a, int64_t *older_s)
{
	const char *typed = invocation_value(a, OPTION_OLDER);
	struct fault f = FAULT_INIT;

	*older_s = OLDER_S;
	if (typed == NULL)
		return SPEECH_YES;
	if (number_duration(typed, older_s, &f) != 0)
		return speech_trouble("--older: %s", f.text);
	if (*older_s < DAY_S || *older_s > OLDER_MAX_S)
		return speech_trouble("--older: from 1d to 3660d");
	return SPEECH_YES;
}

static int prune(struct house *h, const struct invocation *a)
{
	struct audit_change line = { .action = "prune" };
	struct residue r = { .h = h, .dry = invocation_has(a, OPTION_DRY_RUN) };
	struct fault f = FAULT_INIT;
	struct clock_now now;
	int rc = read_older(a, &r.older_s);

	if (rc != SPEECH_YES)
		return rc;
	if (clock_read(&now, &f) != 0)
		return speech_fault(&f);
	r.now_s = now.wall_s;
	if (house_open(h, HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	residue_records(&r);
	residue_leavings(&r);
	residue_damaged(&r);
	residue_socket(&r);
	if (r.gone == 0 && r.failed == 0)
		puts("Nothing is to be removed.");
	if (r.gone > 0 && !r.dry)
		audit_admin(&h->state, &line);
	if (r.failed > 0)
		return SPEECH_TROUBLE;
	return r.dry && r.gone > 0 ? SPEECH_NO : SPEECH_YES;
}

int cmd_prune(const struct invocation *a)
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = prune(&h, a);
	house_leave(&h);
	return rc;
}
