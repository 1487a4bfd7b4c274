#include "cli/cmd_try.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/house.h"
#include "cli/occasion.h"
#include "cli/reason.h"
#include "cli/speech.h"
#include "cli/terminal.h"
#include "core/login.h"

static int show(void *ctx, const char *text, struct fault *f)
{
	(void)ctx;
	(void)f;
	terminal_show(text);
	return 0;
}

static int read_answer(void *ctx, int64_t deadline_ms, struct talk_answer *answer, struct fault *f)
{
	(void)ctx;
	return terminal_read(deadline_ms, answer, f);
}

static int tell(void *ctx, const char *text, int64_t deadline_ms, struct fault *f)
{
	(void)ctx;
	(void)deadline_ms;
	(void)f;
	speech_line("%s", text);
	return 0;
}

static void note(void *ctx, const char *text)
{
	(void)ctx;
	speech_line("(for the log: %s)", text);
}

static int gather(
	const struct house *h, const struct invocation *a, struct facts *facts, struct fault *f)
{
	struct occasion o = {
		.user = a->operands[0],
		.service = invocation_value(a, OPTION_SERVICE),
		.tty = ttyname(STDIN_FILENO),
	};

	return occasion_facts(&o, &h->settings, facts, f);
}

static void print_outcome(const struct facts *facts, const struct verdict_outcome *o)
{
	const char *word = o->verdict == VERDICT_ACCEPT   ? "let in"
			   : o->verdict == VERDICT_EXEMPT ? "no code asked for"
							  : "refused";
	char text[384];

	printf("verdict   %s\n", word);
	printf("reason    %s\n", verdict_reason_name(o->reason));
	printf("PAM code  %s\n", reason_pam_code(o->reason));
	printf("service   %s\n", facts->service);
	if (o->by != VERDICT_BY_NONE)
		printf("by        %s\n", verdict_by_name(o->by));
	if (o->route[0] != 0)
		printf("route     %s\n", o->route);
	if (o->tag[0] != 0)
		printf("ref       %s\n", o->tag);
	printf("sends     %u\ntries     %u\n", (unsigned)o->sends, (unsigned)o->tries);
	if (o->fault.class != FAULT_NONE)
		printf("because   %s\n", fault_text(&o->fault, text, sizeof(text)));
}

static int try(struct house *h, const struct invocation *a)
{
	struct login_house rooms = {
		.settings = &h->settings,
		.state = &h->state,
		.directory = &h->directory,
		.dispatch = &h->dispatch,
		.host = h->host,
	};
	struct dialogue_people people = {
		.show = show,
		.read = read_answer,
		.tell = tell,
		.note = note,
		.answer_fd = STDIN_FILENO,
	};
	struct verdict_outcome outcome = { .verdict = VERDICT_DENY };
	struct fault f = FAULT_INIT;
	struct facts facts;

	if (house_open(h, HOUSE_SETTINGS | HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	/* a trial enrols nobody: sms-otp enroll does */
	if (h->settings.unenrolled == SETTINGS_ENROLL)
		h->settings.unenrolled = SETTINGS_REFUSE;
	if (gather(h, a, &facts, &f) != 0)
		return speech_fault(&f);
	speech_line("A login of %s through %s, after the password:", facts.user, facts.service);
	login_run(&rooms, &facts, &people, &outcome);
	print_outcome(&facts, &outcome);
	return (int)reason_exit(&outcome);
}

int cmd_try(const struct invocation *a)
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = try(&h, a);
	house_leave(&h);
	return rc;
}
