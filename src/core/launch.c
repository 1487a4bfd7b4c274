#include "core/launch.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/account.h"

/* groups: room for those that the site gave to the sender's user, as a spool's. */
static int plan_sender(const struct launch *l, gid_t groups[ACCOUNT_GROUPS_MAX],
	struct spawn_plan *plan, struct fault *f)
{
	static const char *const once[] = { "sms-otp-send", NULL };
	static const char *const staying[] = { "sms-otp-send", "--stay", NULL };
	struct account sender;

	if (account_find(l->sender_user, &sender, f) < 0)
		return fault_prefix(f, "the sender's system user %s", l->sender_user);
	if (sender.uid == 0)
		return fault_set(
			f, FAULT_BAD, 0, "the sender's system user %s is root", l->sender_user);
	memset(plan, 0, sizeof *plan);
	plan->path = l->sender_path;
	plan->argv = l->stay ? staying : once;
	plan->drop = true;
	plan->uid = sender.uid;
	plan->gid = sender.gid;
	plan->groups = groups;
	plan->tied = l->stay;
	plan->no_new_privs = true;
	return account_groups(&sender, ACCOUNT_GROUPS, groups, &plan->ngroups, f);
}

int launch_sender(const struct launch *l, struct spawn_child *child, int *fd, struct fault *f)
{
	struct spawn_plan plan;
	gid_t groups[ACCOUNT_GROUPS_MAX];
	int pair[2] = { -1, -1 };

	if (plan_sender(l, groups, &plan, f) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "socketpair");
	plan.fds[0] = plan.fds[1] = pair[1];
	plan.fds[2] = -1;
	plan.fds[3] = l->box;
	plan.nfds = l->box >= 0 ? 4 : 3;
	int rc = spawn_child(&plan, child, f);
	close(pair[1]);
	if (rc < 0)
		close(pair[0]);
	else
		*fd = pair[0];
	return rc;
}
