#include "cli/rollout_trial.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/moment.h"
#include "cli/rollout_back.h"
#include "cli/rollout_file.h"
#include "cli/rollout_plan.h"
#include "cli/rollout_proof.h"
#include "cli/rollout_watch.h"
#include "cli/speech.h"
#include "cli/terminal.h"

enum { LOOK_MS = 1000, REMIND_MS = 60000, WATCHER_MS = 5000, WORD_MAX = 8 };

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* --- the ends --- */

int rollout_trial_confirm(const struct rollout_home *home, const char *service)
{
	enum rollout_back_end end = ROLLOUT_BACK_NOT;
	struct rollout_desk desk;
	struct rollout_record r;
	struct fault f = FAULT_INIT;

	if (rollout_record_enter(home, &desk, &f) != 0)
		return speech_fault(&f);
	if (rollout_record_read(&desk, service, &r, &f) == 0)
		end = rollout_back_keep(home, &desk, &r, &f);
	rollout_record_free(&r);
	rollout_record_leave(&desk);
	if (end == ROLLOUT_BACK_CHANGED)
		return speech_no("%s/%s was changed by somebody else meanwhile: it is put back "
				 "when its time is over",
			home->pam, service);
	if (end == ROLLOUT_BACK_LATE)
		return speech_no("the time is over, or it was put back: sms-otp rollout %s begins "
				 "again",
			service);
	if (end == ROLLOUT_BACK_NOT)
		return speech_fault(&f);
	speech_line("%s/%s stays as it is. The way back: sms-otp rollout %s --revert", home->pam,
		service, service);
	return SPEECH_YES;
}

static void show_change(const struct rollout_home *home, const struct rollout_record *r)
{
	struct rollout_file now;
	struct fault f = FAULT_INIT;

	if (rollout_file_read(home->pam, r->service, &now, &f) != 0)
		return;
	rollout_plan_show(r->service, &r->new, &now.content);
	free(now.content.bytes);
}

static int tell_back(const struct rollout_home *home, const struct rollout_record *r,
	enum rollout_back_end end, const struct fault *f)
{
	if (end == ROLLOUT_BACK_NOT)
		return speech_fault(f);
	if (end == ROLLOUT_BACK_CHANGED) {
		show_change(home, r);
		return speech_no(
			"%s/%s was changed since, as shown: nothing was done. --force "
			"puts the old one in its place all the same, and keeps this one in "
			"%s/%s.changed",
			home->pam, r->service, home->state, r->service);
	}
	speech_line("%s/%s is as it was before%s.", home->pam, r->service,
		end == ROLLOUT_BACK_ALREADY ? " already" : "");
	return SPEECH_YES;
}

int rollout_trial_revert(const struct rollout_home *home, const char *service, bool force)
{
	struct rollout_back_wish wish = { .why = "revert", .force = force };
	enum rollout_back_end end = ROLLOUT_BACK_NOT;
	struct rollout_desk desk;
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	int rc;

	if (rollout_record_enter(home, &desk, &f) != 0)
		return speech_fault(&f);
	if (rollout_record_read(&desk, service, &r, &f) == 0) {
		/* what was made of it after the old file was back is none of ours */
		if (r.standing == ROLLOUT_BACK && !force)
			end = ROLLOUT_BACK_ALREADY;
		else
			end = rollout_back_put(home, &desk, &r, &wish, &f);
	} else if (f.class == FAULT_ABSENT) {
		fault_set(&f, FAULT_ABSENT, 0, "nothing is kept of %s: no rollout has changed it",
			service);
	}
	rc = tell_back(home, &r, end, &f);
	rollout_record_free(&r);
	rollout_record_leave(&desk);
	return rc;
}

/* --- the waiting --- */

struct wait {
	const struct rollout_home *home;
	const struct house *house;
	const struct rollout_record *record;
	const char *user;
	struct rollout_proof proof;
	int64_t remind_ms, watcher_ms;
};

static enum rollout_standing standing(const struct wait *w)
{
	struct rollout_desk desk;
	struct rollout_record r;
	struct fault f = FAULT_INIT;
	enum rollout_standing now = ROLLOUT_OPEN;

	if (rollout_record_enter(w->home, &desk, &f) != 0)
		return now;
	if (rollout_record_read(&desk, w->record->service, &r, &f) == 0)
		now = r.standing;
	rollout_record_free(&r);
	rollout_record_leave(&desk);
	return now;
}

static void say_how(const struct wait *w)
{
	const char *service = w->record->service;

	if (strcmp(service, "sshd") == 0)
		speech_line("In a second window, without leaving this one: ssh %s@%s", w->user,
			w->house->host);
	else if (strcmp(service, "sudo") == 0)
		speech_line("In a second window, as %s: sudo -k; sudo true", w->user);
	else if (strcmp(service, "su") == 0)
		speech_line("In a second window, as somebody else than root: su - %s", w->user);
	else
		speech_line("In a second window, or on a second console: a login through %s, as %s",
			service, w->user);
	speech_line("A key may not be asked for a code: see that you are. Ctrl-C puts the old file "
		    "back at once.");
}

static void look_for_proof(struct wait *w)
{
	char when[MOMENT_MAX];

	if (w->proof.user[0] != 0)
		return;
	rollout_proof_find(w->house, w->record->service, w->record->began_wall_s, &w->proof);
	if (w->proof.user[0] == 0)
		return;
	speech_line("%s has logged in with a code at %s.", w->proof.user,
		moment_text(w->proof.wall_s, when));
	terminal_show("Have you a shell there, and is all as it should be? Type yes to keep the "
		      "new file, no to go back: ");
}

static void remind(struct wait *w)
{
	struct fault f = FAULT_INIT;
	int64_t now_ms = clock_boot_ms();

	if (now_ms >= w->watcher_ms) {
		w->watcher_ms = now_ms + WATCHER_MS;
		if (rollout_watch_start(w->home, &f) != 0)
			speech_warn("%s", f.text);
	}
	if (now_ms < w->remind_ms || w->proof.user[0] != 0)
		return;
	w->remind_ms = now_ms + REMIND_MS;
	speech_line("Waiting for a login; the old file comes back in %d s.",
		clock_left_ms(w->record->due_boot_ms) / 1000);
}

static bool is_word(const struct talk_answer *a, const char *word)
{
	return a->kind == TALK_ANSWER_TEXT && a->text.len == strlen(word) &&
	       strncasecmp((const char *)a->text.bytes, word, a->text.len) == 0;
}

/* -1: go on waiting. */
static int hear(struct wait *w)
{
	struct talk_answer a;
	struct fault f = FAULT_INIT;
	int rc = -1;

	if (terminal_read(w->record->due_boot_ms, &a, &f) != 0) {
		if (f.class == FAULT_LATE)
			return -1;
		speech_line("Nobody is here any more; the time goes on. sms-otp rollout %s "
			    "--confirm keeps the new file.",
			w->record->service);
		return SPEECH_NO;
	}
	if (is_word(&a, "no"))
		rc = rollout_trial_revert(w->home, w->record->service, true) == SPEECH_YES
			     ? SPEECH_NO
			     : SPEECH_TROUBLE;
	else if (w->proof.user[0] != 0 && is_word(&a, "yes"))
		rc = rollout_trial_confirm(w->home, w->record->service);
	else if (w->proof.user[0] != 0)
		terminal_show("yes, or no: ");
	else
		speech_line("No login with a code has been seen yet.");
	secret_wipe(&a.text);
	return rc;
}

static int wait_on(struct wait *w)
{
	for (;;) {
		struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
		enum rollout_standing now = standing(w);
		int rc = -1;

		if (now == ROLLOUT_KEPT) {
			speech_line("It was confirmed elsewhere: the new file stays.");
			return SPEECH_YES;
		}
		if (now != ROLLOUT_OPEN)
			return speech_no("it was not confirmed in time, or was put back elsewhere: "
					 "%s/%s is as it was before",
				w->home->pam, w->record->service);
		remind(w);
		look_for_proof(w);
		if (poll(&p, 1, LOOK_MS) > 0 && !interrupted)
			rc = hear(w);
		if (interrupted)
			rc = rollout_trial_revert(w->home, w->record->service, true) == SPEECH_YES
				     ? SPEECH_NO
				     : SPEECH_TROUBLE;
		if (rc >= 0)
			return rc;
	}
}

int rollout_trial_run(const struct rollout_home *home, const struct house *h,
	const struct rollout_record *r, const char *user)
{
	struct sigaction act = { .sa_handler = interrupt };
	struct wait w = { .home = home, .house = h, .record = r, .user = user };

	interrupted = 0;
	sigaction(SIGINT, &act, NULL);
	say_how(&w);
	return wait_on(&w);
}
