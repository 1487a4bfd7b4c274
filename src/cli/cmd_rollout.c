#include "cli/cmd_rollout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/audit.h"
#include "cli/cmd_try.h"
#include "cli/grant.h"
#include "cli/house.h"
#include "cli/pam_stack.h"
#include "cli/premises.h"
#include "cli/providers.h"
#include "cli/rollout_begin.h"
#include "cli/rollout_proof.h"
#include "cli/rollout_trial.h"
#include "cli/rollout_watch.h"
#include "cli/routing.h"
#include "cli/rulebook.h"
#include "cli/speech.h"
#include "cli/terminal.h"

enum { LENGTH_S = 600, LENGTH_MOST_S = 86400 };

static const struct rollout_home *const home = &rollout_record_home;

/* --- what is kept --- */

static void list_one(
	void *ctx, const char *service, struct rollout_record *r, const struct fault *f)
{
	static const char *const words[] = { [ROLLOUT_NONE] = "?",
		[ROLLOUT_OPEN] = "on trial",
		[ROLLOUT_KEPT] = "kept",
		[ROLLOUT_BACK] = "put back" };
	char from[MOMENT_MAX], to[MOMENT_MAX];
	unsigned *n = ctx;

	++*n;
	if (r == NULL) {
		speech_warn("%s: %s", service, f->text);
		return;
	}
	printf("%-16s %-9s begun %s by %s", service, words[r->standing],
		moment_text(r->began_wall_s, from), r->by);
	if (r->standing == ROLLOUT_OPEN)
		printf(", until %s\n", moment_text(r->began_wall_s + r->length_s, to));
	else
		printf(", ended %s\n", moment_text(r->ended_wall_s, to));
}

static int list(void)
{
	struct rollout_desk desk;
	struct fault f = FAULT_INIT;
	unsigned n = 0;
	int rc;

	if (rollout_record_enter(home, &desk, &f) != 0)
		return speech_fault(&f);
	rc = rollout_record_walk(&desk, list_one, &n, &f);
	rollout_record_leave(&desk);
	if (rc != 0)
		return speech_fault(&f);
	if (n == 0)
		speech_line("No file in pam.d was changed by a rollout. To begin: sms-otp rollout "
			    "SERVICE");
	return SPEECH_YES;
}

/* --- the steps --- */

struct steps {
	struct house *house;
	const struct invocation *a;
	const char *service, *user;
	int64_t length_s;
	struct rollout_file present;
	char *vendor; /* the text where only the vendor's folder has the file */
	struct rollout_plan plan;
};

static void free_steps(struct steps *s)
{
	free(s->present.content.bytes);
	free(s->vendor);
	free(s->plan.new.bytes);
}

static int read_present(struct steps *s)
{
	struct fault f = FAULT_INIT;
	char path[PAM_STACK_PATH];

	if (rollout_file_read(home->pam, s->service, &s->present, &f) != 0)
		return speech_fault(&f);
	s->plan = (struct rollout_plan){
		.service = s->service,
		.settings = &s->house->settings,
		.place = &pam_stack_system,
		.now = s->present.content,
	};
	if (s->present.content.bytes == NULL) {
		s->vendor = pam_stack_text(&pam_stack_system, s->service, path, &f);
		if (s->vendor == NULL)
			return speech_trouble("%s/%s: is not there, and no vendor's file either: "
					      "is that the service's name?",
				home->pam, s->service);
		s->plan.now = (struct rollout_content){ s->vendor, strlen(s->vendor) };
	}
	if (rollout_plan_guarded(&s->plan))
		return speech_no("%s asks for codes already; sms-otp check --service %s judges it",
			s->service, s->service);
	return SPEECH_YES;
}

static int make_plan(struct steps *s)
{
	const char *file = invocation_value(s->a, OPTION_FILE);
	struct fault f = FAULT_INIT;
	int rc = file != NULL ? rollout_plan_load(file, &s->plan, &f)
			      : rollout_plan_edit(home, &s->plan, &f);

	return rc == 0 ? SPEECH_YES : speech_fault(&f);
}

static void inspect_person(struct inspection *i, const struct steps *s)
{
	struct fault f = FAULT_INIT;
	int has = rollout_proof_offline(s->house, s->user, &f);

	if (has < 0)
		inspection_add_fault(i, INSPECTION_TROUBLE, "person", &f);
	else if (has == 0)
		inspection_add(i,
			invocation_has(s->a, OPTION_FORCE) ? INSPECTION_FINDING
							   : INSPECTION_TROUBLE,
			"person",
			"%s has neither recovery codes nor an app, and is locked out when no SMS "
			"comes: sms-otp recovery-codes %s (--force goes on without)",
			s->user, s->user);
	else
		inspection_add(i, INSPECTION_FINE, "person",
			"%s is enrolled, with a way in when no SMS comes", s->user);
}

static int inspect(struct steps *s)
{
	const struct settings *settings = &s->house->settings;
	struct fault f = FAULT_INIT;
	struct inspection i;
	int rc;

	speech_line("1. Is everything right? (With the new file for %s.)", s->service);
	inspection_begin(&i, false);
	routing_inspect_cover(&i, settings);
	rulebook_inspect(&i, settings, s->house->path);
	premises_inspect(&i, providers_use_outbox(settings));
	providers_inspect(&i, s->house, false);
	inspect_person(&i, s);
	if (rollout_plan_inspect(home, &s->plan, &i, &f) != 0)
		inspection_add_fault(&i, INSPECTION_TROUBLE, "pam", &f);
	rc = inspection_end(&i);
	if (rc == (int)INSPECTION_TROUBLE)
		return speech_trouble("mend what is called trouble, then begin again; nothing was "
				      "changed");
	return SPEECH_YES;
}

/* A whole login on this terminal, as `sms-otp try` does it. */
static int try(const struct steps *s)
{
	struct invocation a = { .command = command_find("try") };

	a.operands[0] = s->user;
	a.values[OPTION_SERVICE] = s->service;
	a.values[OPTION_SETTINGS] = invocation_value(s->a, OPTION_SETTINGS);
	a.given = 1u << OPTION_SERVICE;
	if (a.values[OPTION_SETTINGS] != NULL)
		a.given |= 1u << OPTION_SETTINGS;
	speech_line("\n2. Does a code reach %s?", s->user);
	if (cmd_try(&a) == SPEECH_YES)
		return SPEECH_YES;
	return speech_no("a login of %s would be refused: nothing was changed", s->user);
}

static bool said_yes(const char *prompt)
{
	struct fault f = FAULT_INIT;
	struct talk_answer a;
	bool yes;

	if (terminal_ask(prompt, clock_boot_ms() + 3600000, &a, &f) != 0)
		return false;
	yes = a.kind == TALK_ANSWER_TEXT && a.text.len == 3 && memcmp(a.text.bytes, "yes", 3) == 0;
	secret_wipe(&a.text);
	return yes;
}

static int show(const struct steps *s)
{
	const char *after = rollout_watch_after_reboot();
	char span[MOMENT_MAX], path[PAM_STACK_PATH];

	speech_line("\n3. What changes:");
	snprintf(path, sizeof(path), "%s/%s", home->pam, s->service);
	rollout_plan_show(path, &s->plan.now, &s->plan.new);
	fflush(stdout);
	speech_line("Keep this root shell open. Without a login with a code and your yes the old "
		    "file is back after %s, whatever becomes of this terminal.",
		moment_span(s->length_s, span));
	if (after != NULL)
		speech_warn("a reboot meanwhile would leave the new file in place: %s", after);
	if (said_yes("Type yes to put the new file in place: "))
		return SPEECH_YES;
	return speech_no("nothing was changed");
}

static int install(const struct steps *s)
{
	char by[TALK_USER_MAX + 1];
	struct rollout_begin b = {
		.plan = &s->plan, .present = &s->present, .length_s = s->length_s, .by = by
	};
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	int rc;

	audit_by(by, sizeof(by));
	if (rollout_begin_trial(home, &b, &r, &f) != 0) {
		rollout_record_free(&r);
		return speech_fault(&f);
	}
	speech_line("\n4. %s/%s is on trial.", home->pam, s->service);
	rc = rollout_trial_run(home, s->house, &r, s->user);
	rollout_record_free(&r);
	return rc;
}

static int walk(struct steps *s)
{
	int (*const todo[])(struct steps *) = { read_present, make_plan, inspect };
	int rc = SPEECH_YES;

	for (size_t i = 0; i < sizeof(todo) / sizeof(todo[0]) && rc == SPEECH_YES; i++)
		rc = todo[i](s);
	if (rc == SPEECH_YES)
		rc = try(s);
	if (rc == SPEECH_YES)
		rc = show(s);
	return rc == SPEECH_YES ? install(s) : rc;
}

static int begin(struct house *h, const struct invocation *a)
{
	struct steps s = { .house = h, .a = a, .service = a->operands[0], .length_s = LENGTH_S };
	char by[TALK_USER_MAX + 1];
	struct fault f = FAULT_INIT;
	int rc;

	if (!terminal_there())
		return speech_trouble("this is for a person at a terminal");
	if (grant_length(a, LENGTH_MOST_S, &s.length_s, &f) != 0)
		return speech_fault(&f);
	if (house_open(h, HOUSE_SETTINGS | HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	audit_by(by, sizeof(by));
	s.user = a->operands[1] != NULL ? a->operands[1] : by;
	rc = walk(&s);
	free_steps(&s);
	return rc;
}

/* --- confirm --- */

static int began(const char *service, int64_t *wall_s)
{
	struct rollout_desk desk;
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	int rc;

	if (rollout_record_enter(home, &desk, &f) != 0)
		return speech_fault(&f);
	rc = rollout_record_read(&desk, service, &r, &f);
	*wall_s = r.began_wall_s;
	rollout_record_free(&r);
	rollout_record_leave(&desk);
	if (rc == 0)
		return SPEECH_YES;
	return f.class == FAULT_ABSENT ? speech_no("%s is not on trial", service)
				       : speech_fault(&f);
}

static int confirm(struct house *h, const struct invocation *a)
{
	const char *service = a->operands[0];
	struct rollout_proof proof;
	int64_t since_s = 0;
	int rc = began(service, &since_s);

	if (rc != SPEECH_YES || invocation_has(a, OPTION_FORCE))
		return rc != SPEECH_YES ? rc : rollout_trial_confirm(home, service);
	if (house_open(h, HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	rollout_proof_find(h, service, since_s, &proof);
	if (proof.user[0] == 0)
		return speech_no("no login through %s has brought a code since the new file is in "
				 "place: log in once, or keep it unproven with --force",
			service);
	return rollout_trial_confirm(home, service);
}

static int judge_words(const struct invocation *a)
{
	int verbs = invocation_has(a, OPTION_CONFIRM) + invocation_has(a, OPTION_REVERT) +
		    invocation_has(a, OPTION_RESUME);
	bool plain = !invocation_has(a, OPTION_FILE) && !invocation_has(a, OPTION_FOR) &&
		     a->operands[1] == NULL;

	if (verbs > 1 || (verbs == 1 && !plain))
		return speech_trouble("--confirm, --revert and --resume each stand alone");
	if (invocation_has(a, OPTION_RESUME) != (a->operands[0] == NULL) && verbs == 1)
		return speech_trouble(
			"--confirm and --revert need a SERVICE, --resume is for all of them");
	if (a->operands[0] == NULL && (!plain || invocation_has(a, OPTION_FORCE)))
		return speech_trouble("of which SERVICE?");
	if (a->operands[0] != NULL && !rollout_record_service(a->operands[0]))
		return speech_trouble("that cannot be a service's name");
	return SPEECH_YES;
}

int cmd_rollout(const struct invocation *a)
{
	struct house h;
	int rc = judge_words(a);

	if (rc != SPEECH_YES)
		return rc;
	if (invocation_has(a, OPTION_RESUME))
		return rollout_watch_run(home);
	if (a->operands[0] == NULL)
		return list();
	if (invocation_has(a, OPTION_REVERT))
		return rollout_trial_revert(home, a->operands[0], invocation_has(a, OPTION_FORCE));
	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = invocation_has(a, OPTION_CONFIRM) ? confirm(&h, a) : begin(&h, a);
	house_leave(&h);
	return rc;
}
