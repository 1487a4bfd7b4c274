#include "engine/minutes.h"

#include <syslog.h>

#include "engine/audit.h"
#include "engine/linux_audit.h"
#include "engine/logbook.h"

static int priority_of(const struct verdict_outcome *o)
{
	/* so begins every login with two_step */
	if (o->reason == TALK_REASON_NO_STEP || o->would.reason == TALK_REASON_NO_STEP)
		return LOG_DEBUG;
	bool denied = o->would.observed && o->would.verdict == VERDICT_DENY;
	return denied || o->verdict == VERDICT_DENY ? LOG_NOTICE : LOG_INFO;
}

void minutes_write(const struct verdict_outcome *o, const struct facts *facts, int64_t took_ms)
{
	char line[AUDIT_MAX];

	audit_line(o, facts, took_ms, line, sizeof line);
	logbook_write(priority_of(o), "%s", line);
	if (!o->enrolled)
		return;
	audit_enrolled(o, facts, line, sizeof line);
	logbook_write(LOG_NOTICE, "%s", line);
}

int minutes_record(const struct verdict_outcome *o, const struct facts *facts, struct fault *f)
{
	char from[64];
	struct linux_audit_login login = { facts->user, from, facts->tty,
		o->verdict == VERDICT_ACCEPT };

	if (o->verdict == VERDICT_EXEMPT || o->reason == TALK_REASON_NO_STEP ||
		facts->user[0] == '\0')
		return 0;
	facts_show_address(&facts->address, from, sizeof from);
	return linux_audit_write(&login, f);
}
