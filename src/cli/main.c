/* sms-otp: the administrator's tool. Reads the command line and runs one command. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/invocation.h"
#include "cli/cmd_app.h"
#include "cli/cmd_bypass.h"
#include "cli/cmd_check.h"
#include "cli/cmd_devices.h"
#include "cli/cmd_edit.h"
#include "cli/cmd_enroll.h"
#include "cli/cmd_explain.h"
#include "cli/cmd_export.h"
#include "cli/cmd_forget.h"
#include "cli/cmd_import.h"
#include "cli/cmd_issue.h"
#include "cli/cmd_language.h"
#include "cli/cmd_list.h"
#include "cli/cmd_log.h"
#include "cli/cmd_numbers.h"
#include "cli/cmd_outbox.h"
#include "cli/cmd_provider_check.h"
#include "cli/cmd_providers.h"
#include "cli/cmd_prune.h"
#include "cli/cmd_recovery.h"
#include "cli/cmd_repair.h"
#include "cli/cmd_rollout.h"
#include "cli/cmd_send_test.h"
#include "cli/cmd_set_number.h"
#include "cli/cmd_show.h"
#include "cli/cmd_standing.h"
#include "cli/cmd_stats.h"
#include "cli/cmd_try.h"
#include "cli/speech.h"

static int run(const struct invocation *a)
{
	switch (a->command->id) {
	case COMMAND_ENROLL:
		return cmd_enroll(a);
	case COMMAND_SET_NUMBER:
		return cmd_set_number(a);
	case COMMAND_ADD_NUMBER:
		return cmd_numbers_add(a);
	case COMMAND_REMOVE_NUMBER:
		return cmd_numbers_remove(a);
	case COMMAND_DEFAULT_NUMBER:
		return cmd_numbers_default(a);
	case COMMAND_SET_LANGUAGE:
		return cmd_language(a);
	case COMMAND_LIST:
		return cmd_list(a);
	case COMMAND_SHOW:
		return cmd_show(a);
	case COMMAND_UNLOCK:
		return cmd_standing_unlock(a);
	case COMMAND_BLOCK:
		return cmd_standing_block(a);
	case COMMAND_UNBLOCK:
		return cmd_standing_unblock(a);
	case COMMAND_FORGET:
		return cmd_forget(a);
	case COMMAND_RECOVERY_CODES:
		return cmd_recovery(a);
	case COMMAND_APP:
		return cmd_app(a);
	case COMMAND_ISSUE_CODE:
		return cmd_issue(a);
	case COMMAND_BYPASS:
		return cmd_bypass(a);
	case COMMAND_DEVICES:
		return cmd_devices(a);
	case COMMAND_SEND_TEST:
		return cmd_send_test(a);
	case COMMAND_PROVIDERS:
		return cmd_providers(a);
	case COMMAND_PROVIDER_CHECK:
		return cmd_provider_check(a);
	case COMMAND_EDIT:
		return cmd_edit(a);
	case COMMAND_CHECK:
		return cmd_check(a);
	case COMMAND_TRY:
		return cmd_try(a);
	case COMMAND_EXPLAIN:
		return cmd_explain(a);
	case COMMAND_ROLLOUT:
		return cmd_rollout(a);
	case COMMAND_OUTBOX:
		return cmd_outbox(a);
	case COMMAND_LOG:
		return cmd_log(a);
	case COMMAND_STATS:
		return cmd_stats(a);
	case COMMAND_EXPORT:
		return cmd_export(a);
	case COMMAND_IMPORT:
		return cmd_import(a);
	case COMMAND_REPAIR:
		return cmd_repair(a);
	case COMMAND_PRUNE:
		return cmd_prune(a);
	case COMMAND_NONE:
		break;
	}
	return speech_trouble("this command is not built in");
}

/* A full disk or a closed pipe must not look like a short list. */
static int finish(int rc)
{
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		return speech_trouble("standard output: %s", strerror(errno));
	return rc;
}

int main(int argc, char **argv)
{
	struct rlimit none = { 0, 0 };
	struct invocation a;
	struct fault f = FAULT_INIT;

	/* whoever calls us through sudo chose these */
	umask(077);
	setrlimit(RLIMIT_CORE, &none); /* codes and keys pass through */
	unsetenv("TZ");                /* the engine has the machine's zone */
	signal(SIGPIPE, SIG_DFL);
	if (invocation_read(argc, argv, &a, &f) != 0)
		return speech_trouble("%s", f.text);
	if (invocation_has(&a, OPTION_VERSION)) {
		printf("sms-otp %s\n", SMSOTP_VERSION);
		return finish(SPEECH_YES);
	}
	if (invocation_has(&a, OPTION_HELP)) {
		if (a.command != NULL)
			command_help(a.command);
		else
			command_help_all();
		return finish(SPEECH_YES);
	}
	if (a.command == NULL)
		return speech_trouble("no command; sms-otp --help lists all");
	if (geteuid() != 0)
		return speech_trouble("run as root (sudo sms-otp %s ...)", a.command->name);
	return finish(run(&a));
}
