#include "engine/herald.h"

#include <sys/wait.h>

#include "base/clock.h"
#include "base/spawn.h"

enum { ADDRESS_SHOWN = 64 };

int herald_tell(const char *command, const struct facts *facts, const struct verdict_outcome *o,
	int64_t limit_ms, struct fault *f)
{
	char from[ADDRESS_SHOWN];
	const char *const argv[] = { command, facts->user, facts->service, from, o->number, NULL };
	struct spawn_plan plan = {
		.path = command, .argv = argv, .fds = { -1, -1, -1 }, .nfds = 3, .tied = true
	};
	struct spawn_child child;

	facts_show_address(&facts->address, from, sizeof from);
	if (spawn_child(&plan, &child, f) < 0)
		return fault_prefix(f, "%s", command);
	int status = spawn_end(&child, clock_boot_ms() + limit_ms);
	if (status < 0)
		return fault_set(f, FAULT_LATE, 0, "%s: was ended after %d s", command,
			(int)(limit_ms / 1000));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status))
		return fault_set(
			f, FAULT_BAD, 0, "%s: ended with %d", command, WEXITSTATUS(status));
	return fault_set(f, FAULT_BAD, 0, "%s: died of signal %d", command, WTERMSIG(status));
}
