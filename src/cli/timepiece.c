#include "cli/timepiece.h"

#include "cli/moment.h"

/* 2025: before this program was. An app's code holds for half a minute on either side. */
static const int64_t made_s = INT64_C(1735689600);
enum { SLACK_S = 300, APP_SLACK_S = 60 };

#define SET "set it: timedatectl set-ntp true"

void timepiece_inspect(struct inspection *i, int64_t clock_s, int64_t seen_s, bool apps)
{
	char says[MOMENT_MAX], seen[MOMENT_MAX];

	moment_text(clock_s, says);
	if (clock_s < made_s) {
		inspection_add(i, INSPECTION_TROUBLE, "clock",
			"it says %s, which is long over: providers' certificates do not hold, "
			"rules and exemptions do not end, and apps' codes are wrong; " SET,
			says);
		return;
	}
	if (seen_s > clock_s + SLACK_S || (apps && seen_s > clock_s + APP_SLACK_S))
		inspection_add(i, INSPECTION_FINDING, "clock",
			"it says %s, and %s has been seen already: one of them is wrong. Locks and "
			"budgets go by the later; rules, exemptions and apps' codes by the clock; "
			"if that is wrong, " SET,
			says, moment_text(seen_s, seen));
	else
		inspection_add(i, INSPECTION_FINE, "clock", "%s", says);
}
