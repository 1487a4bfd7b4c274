/* kills: kill -9 after every system call of a login, or of an enrolment, and then go on as people do.
 *
 *   kills HOST CONFDIR MESSAGES login|daemon-login|enroll RUNS PART/PARTS
 *
 * What must hold: every wrong answer that was told is counted, and every message that a provider took; the code of the login
 * that was cut short is wrong in the next one, whether it was used or not; the state can be read, or its damage is told and the remedy helps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/places.h"
#include "tests/fault/call.h"
#include "tests/fault/trial.h"

#define CLI_PATH "/usr/sbin/sms-otp"

enum { REFERENCES = 4 }; /* logins without a kill: not every one has all calls */

struct round {
	struct trial_house house;
	long wanted, part, parts, stride;
	long points, runs, killed, let_in, told, broken;
};

/* By the call's number alone: shares of one sweep fit together though their logins differ. */
static bool is_chosen(const struct round *r, long n)
{
	return n % r->stride == 0 && n / r->stride % r->parts == r->part;
}

static void counted(struct round *r)
{
	if (++r->runs % 200 == 0)
		printf("# %ld runs, %ld broken\n", r->runs, r->broken);
}

static void set_stride(struct round *r, const struct tracer_result *first)
{
	for (enum role role = ROLE_HOST; role < ROLES; role++) {
		if (first->calls[role] > 0)
			printf("# %s: %ld calls\n", trial_role(role), first->calls[role]);
		r->points += first->calls[role];
	}
	r->stride = r->wanted > 0 && r->points > r->wanted ? r->points / r->wanted : 1;
}

/* --- a login ---------------------------------------------------------------------------------- */

/* The next login of the same user: first with the code of the one that was cut short. */
static void log_in_again(struct trial *cut)
{
	static struct trial next;
	char old[PAGE_DIGITS + 8];

	memset(&next, 0, sizeof next);
	next.house = cut->house;
	snprintf(old, sizeof old, "digits:%s", cut->seen.code);
	int at = 0;
	if (cut->seen.code[0] != '\0')
		next.answers[at++] = old;
	next.answers[at] = "right";
	trial_login(&next, false);
	cut->broken += next.broken;
	if (!next.seen.ended || next.seen.rc != 0)
		trial_broken(cut, "the next login ends with rc %d", next.seen.rc);
	if (next.seen.wrong_told < at)
		trial_broken(cut, "the code of the login before was not told to be wrong");
	if ((int)next.books.failures < cut->seen.wrong_told + next.seen.wrong_told)
		trial_broken(cut, "%d wrong answers told in both, %u counted",
			cut->seen.wrong_told + next.seen.wrong_told, next.books.failures);
	if ((int)next.books.site_sends < cut->messages + next.messages)
		trial_broken(cut, "%d messages in both, %u charged", cut->messages + next.messages,
			next.books.site_sends);
}

static void cut_login(struct round *r, enum role role, long n)
{
	static struct trial t;

	memset(&t, 0, sizeof t);
	t.house = &r->house;
	t.answers[0] = "wrong";
	t.answers[1] = "right";
	t.fault.call = (struct tracer_plan){ .kind = TRACER_KILL, .role = role, .nth = n };
	trial_login(&t, true);
	counted(r);
	r->killed += t.result.hit;
	r->let_in += t.seen.ended && t.seen.rc == 0;
	if (t.result.daemon_ended && trial_start_daemon() < 0)
		trial_broken(&t, "the daemon does not start again");
	if (t.books.readable)
		log_in_again(&t);
	r->broken += t.broken;
}

static int cut_logins(struct round *r)
{
	static struct trial whole;

	whole.house = &r->house;
	whole.answers[0] = "wrong";
	whole.answers[1] = "right";
	if (r->house.daemon && trial_start_daemon() < 0)
		return -1;
	for (int i = 0; i < REFERENCES; i++) {
		static struct trial t;

		t = whole;
		trial_login(&t, true);
		if (t.broken > 0 || !t.seen.ended || t.seen.rc != 0)
			return -1;
		/* the first of all makes files that later ones find */
		if (i > 0)
			trial_merge(&whole, &t);
	}
	set_stride(r, &whole.result);
	for (enum role role = ROLE_HOST; role < ROLES; role++)
		for (long n = 1; n <= whole.result.calls[role]; n++)
			if (is_chosen(r, n))
				cut_login(r, role, n);
	return 0;
}

/* --- an enrolment ----------------------------------------------------------------------------- */

static int command(
	const struct tracer_plan *plan, struct tracer_result *out, const char *const words[])
{
	static const struct tracer_plan whole;
	char *argv[8] = { (char *)(uintptr_t)CLI_PATH };

	for (int i = 0; i < 6 && words[i]; i++)
		argv[i + 1] = (char *)(uintptr_t)words[i];
	tracer_run(argv, ROLE_CLI, plan ? plan : &whole, out);
	return WIFEXITED(out->status) ? WEXITSTATUS(out->status) : -1;
}

static const char *const enroll[] = { "enroll", BOOKS_USER, "+4915112345612", "--unverified",
	NULL };
static const char *const forget[] = { "forget", BOOKS_USER, "--yes", NULL };
static const char *const show[] = { "show", BOOKS_USER, NULL };

static bool logs_in(struct trial *t)
{
	trial_login(t, false);
	return t->seen.ended && t->seen.rc == 0;
}

/* What the command said to do. */
static void obey(void)
{
	static struct tracer_result result;
	char said[2000];
	FILE *f = fopen(TRACER_SAID, "re");
	size_t n = f ? fread(said, 1, sizeof said - 1, f) : 0;

	if (f)
		fclose(f);
	said[n] = '\0';
	if (strstr(said, "remove site there"))
		unlink(PLACES_STATE "/site");
	else
		command(NULL, &result, forget);
}

/* As an administrator would: look, enrol again, and where that is refused, do as one is told. */
static void enroll_again(struct round *r, struct trial *t)
{
	static struct tracer_result result;

	if (command(NULL, &result, show) == 0) {
		if (!logs_in(t))
			trial_broken(
				t, "show is content, and the login ends with rc %d", t->seen.rc);
		return;
	}
	if (command(NULL, &result, enroll) != 0) {
		r->told++;
		obey();
		int rc = command(NULL, &result, enroll);
		if (rc != 0)
			trial_broken(t, "the remedy does not help: status %d", rc);
	}
	if (!logs_in(t))
		trial_broken(t, "enrolled again, and the login ends with rc %d", t->seen.rc);
}

static void cut_enrolment(struct round *r, long n)
{
	static struct trial t;

	memset(&t, 0, sizeof t);
	t.house = &r->house;
	t.answers[0] = "right";
	const struct tracer_plan plan = { .kind = TRACER_KILL, .role = ROLE_CLI, .nth = n };
	if (books_restore() < 0)
		exit(1);
	command(&plan, &t.result, enroll);
	counted(r);
	r->killed += WIFSIGNALED(t.result.status);
	enroll_again(r, &t);
	if (t.broken > 0)
		printf("BROKEN: the above after enroll was killed at call %ld\n", n);
	r->let_in += t.seen.rc == 0;
	r->broken += t.broken;
}

static int cut_enrolments(struct round *r)
{
	static struct tracer_result whole;

	if (books_restore() < 0 || command(NULL, &whole, enroll) != 0)
		return -1;
	set_stride(r, &whole);
	for (long n = 1; n <= whole.calls[ROLE_CLI]; n++)
		if (is_chosen(r, n))
			cut_enrolment(r, n);
	return 0;
}

int main(int argc, char **argv)
{
	struct round r = { .parts = 1 };
	int64_t start_ms = clock_boot_ms();
	char *slash = NULL;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 7) {
		fprintf(stderr, "usage: kills HOST CONFDIR MESSAGES login|daemon-login|enroll RUNS "
				"PART/PARTS\n");
		return 2;
	}
	r.house = (struct trial_house){
		.host = argv[1],
		.confdir = argv[2],
		.messages = argv[3],
		.daemon = strcmp(argv[4], "daemon-login") == 0,
		.step_ms = 22000,
	};
	r.wanted = strtol(argv[5], NULL, 10);
	r.part = strtol(argv[6], &slash, 10);
	if (*slash)
		r.parts = strtol(slash + 1, NULL, 10);
	if (trial_open() < 0 || books_keep() < 0 ||
		(strcmp(argv[4], "enroll") == 0 ? cut_enrolments(&r) : cut_logins(&r)) < 0) {
		printf("it does not work without a kill either\n");
		return 1;
	}
	tracer_end_daemon();
	printf("%s: %ld points, %ld runs, %ld killed, %ld let in, %ld times the damage was told, "
	       "%ld broken, %lld s\n",
		argv[4], r.points, r.runs, r.killed, r.let_in, r.told, r.broken,
		(long long)(clock_boot_ms() - start_ms) / 1000);
	return r.broken == 0 ? 0 : 1;
}
