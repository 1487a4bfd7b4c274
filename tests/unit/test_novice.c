/* Enrolment at a login, with all rooms real but the provider (a function) and the person (a script). */
#include "core/novice.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "core/day.h"
#include "core/enlist.h"
#include "core/former.h"
#include "core/language.h"
#include "house.h"
#include "killer.h"
#include "person.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

/* As people type it, and as it is stored. */
#define TYPED  "+49 (0) 151 / 234-56789"
#define STORED "+4915123456789"

/* The link wraps both. */
static int groups_error;
int __wrap_getgrnam_r(
	const char *name, struct group *gr, char *buf, size_t size, struct group **found);
int __wrap_getgrnam_r(
	const char *name, struct group *gr, char *buf, size_t size, struct group **found)
{
	(void)name, (void)gr, (void)buf, (void)size;
	*found = NULL;
	return groups_error;
}

/* The n-th file that is created from now on: the process ends before or after it. 0: none. */
static int dies_before, dies_after, create_fails;
int __real_file_create_at(int folder, const char *name, const void *bytes, size_t len, struct fault *f);
int __wrap_file_create_at(int folder, const char *name, const void *bytes, size_t len, struct fault *f);
int __wrap_file_create_at(int folder, const char *name, const void *bytes, size_t len, struct fault *f)
{
	if (dies_before > 0 && --dies_before == 0)
		_exit(9);
	if (create_fails > 0 && --create_fails == 0)
		return fault_set(f, FAULT_SYSTEM, ENOSPC, "cannot be written");
	int rc = __real_file_create_at(folder, name, bytes, len, f);
	if (dies_after > 0 && --dies_after == 0)
		_exit(9);
	return rc;
}

static int32_t today(void)
{
	struct clock_now now;
	struct fault f = FAULT_INIT;
	int32_t day;

	ck_assert_int_eq(clock_read(&now, &f), 0);
	ck_assert_int_eq(day_of(now.wall_s, &day, &f), 0);
	return day;
}

static void let(enum settings_otherwise then, const char *group, int32_t days)
{
	h.settings.unenrolled = then;
	h.settings.unenrolled_terms.has_until = true;
	h.settings.unenrolled_terms.until = today() + days;
	h.settings.unenrolled_terms.groups = (struct settings_words){ 0, 1 };
	strcpy(h.settings.rule_text, group);
}

static void begin(void)
{
	struct fault f = FAULT_INIT;

	groups_error = 0;
	dies_before = dies_after = create_fails = 0;
	house_open(&h);
	ck_assert_int_eq(directory_remove(&h.directory, 0, &f), 0);
	ck_assert_int_eq(state_remove_user(&h.state, &h.account, &f), 0);
	let(SETTINGS_ENROLL, "root", 10);
	facts_parse_address("192.0.2.7", &h.facts.address);
}

static void check_end(enum verdict verdict, enum talk_reason reason)
{
	ck_assert_msg(outcome.verdict == verdict && outcome.reason == reason, "%s (%s)",
		verdict_reason_name(outcome.reason), outcome.fault.text);
}

static bool entry(struct directory_entry *e)
{
	struct fault f = FAULT_INIT;

	if (directory_find(&h.directory, &h.account, e, &f) == 0)
		return true;
	ck_assert_msg(f.class == FAULT_ABSENT, "%s", f.text);
	return false;
}

static enum enlist_past past(void)
{
	struct fault f = FAULT_INIT;
	enum enlist_past p;

	ck_assert_msg(enlist_look(&h.state, &h.account, &p, &f) == 0, "%s", f.text);
	return p;
}

static struct record record_now(void)
{
	struct record r;

	house_record(&h, &r);
	return r;
}

static int live(void)
{
	struct record r = record_now();
	int n = 0;

	for (int i = 0; i < RECORD_CHALLENGES; i++)
		n += r.challenges[i].gone_boot_ms != 0;
	return n;
}

static uint32_t enrolled_count(void)
{
	struct site s;

	house_site(&h, &s);
	return s.enrolled;
}

/* C3: nobody was asked anything, nothing was sent, and there is nothing about them on disk. */
static void check_refused(const struct person *p, enum talk_reason reason)
{
	check_end(VERDICT_DENY, reason);
	ck_assert_uint_eq(p->nprompts, 0);
	ck_assert_int_eq(house_provider->orders, 0);
	ck_assert(!outcome.enrolled);
}

START_TEST(a_number_and_its_code_enrol_and_let_in)
{
	struct directory_entry e;

	begin();
	struct person p = RUN(TYPED, "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(p.nprompts, 2);
	ck_assert_str_eq(p.prompts[0], "This login needs a code by SMS, and no phone is recorded for you. "
				       "Your number, like +49 151 23456789: ");
	ck_assert_ptr_nonnull(strstr(p.prompts[1], "Code sent to ...89 (ref "));
	ck_assert_str_eq(house_provider->number, STORED);
	ck_assert(entry(&e));
	ck_assert_str_eq(e.phone.e164, STORED);
	ck_assert_str_eq(e.name, "root");
	ck_assert_str_eq(e.by, "login");
	ck_assert(e.verified && e.since_wall_s > 0);
	ck_assert(outcome.enrolled);
	ck_assert_str_eq(p.notes, "");
	ck_assert_int_eq(outcome.until, today() + 10);
	ck_assert_uint_eq(enrolled_count(), 1);
	struct record r = record_now();
	ck_assert_uint_eq(r.candidate, 0);
	/* B2, B5: what the success gives back */
	ck_assert_uint_eq(meter_sum(&r.purse[0].sends[0]), 0);
	ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 0);
	ck_assert_int_eq(live(), 0);
	/* B6: and the place is a known one from now on */
	ck_assert_int_eq(outcome.place, VERDICT_PLACE_NEW);
	p = RUN("ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "Code sent to ...89"));
	ck_assert_int_eq(outcome.place, VERDICT_PLACE_KNOWN);
	ck_assert(!outcome.enrolled);
	ck_assert_uint_eq(enrolled_count(), 1);
	house_close(&h);
}
END_TEST

static const struct {
	const char *typed, *why;
} numbers[] = {
	{ "", "That was no phone number. " },
	{ "r", "That was no phone number. " },
	{ "big", "That was no phone number. " },
	{ "+49 call me", "That was no phone number. " },
	{ "+49", "That was no phone number. " },
	{ "+49 (0171) 2345678", "That was no phone number. " },
	{ "0151 23456789", "That number does not say its country. " },
	{ "151 23456789", "That number does not say its country. " },
	{ "+43 660 1234567", "Here a number begins with +49 or +1. " },
	{ "0043 660 1234567", "Here a number begins with +49 or +1. " },
	{ "+1 900 555 0199", "That is a premium number, which gets no codes. " },
	{ "+1 212 555 0199", "No provider here serves that number. " },
};

START_TEST(g3_only_a_number_that_may_be_texted_is_taken)
{
	char prompt[200];

	begin();
	h.settings.nprefixes = 2;
	strcpy(h.settings.prefixes[1], "+1");
	for (size_t i = 0; i < h.settings.nroutes; i++) {
		h.settings.routes[i].nonly = 1;
		strcpy(h.settings.routes[i].only[0], "+49");
	}
	snprintf(prompt, sizeof prompt, "%sYour number, like +49 151 23456789: ", numbers[_i].why);
	struct person p = RUN(numbers[_i].typed, "gone");
	ck_assert_uint_eq(p.nprompts, 2);
	ck_assert_str_eq(p.prompts[1], prompt);
	ck_assert_int_eq(house_provider->orders, 0);
	ck_assert_str_eq(outcome.number, "");
	/* and the right one afterwards works, at the same login */
	p = RUN(numbers[_i].typed, TYPED, "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(a6_what_is_no_number_is_borne_three_times)
{
	begin();
	struct person p = RUN("no", "", "0151 23456789", "+43 660 1234567", TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_NO_ANSWER);
	ck_assert_uint_eq(p.nprompts, 4);
	ck_assert_int_eq(house_provider->orders, 0);
	ck_assert_int_eq(past(), ENLIST_CANDIDATE);
	ck_assert_int_eq(live(), 0);
	house_close(&h);
}
END_TEST

/* B3: who guesses at a number that is not theirs gets no further by beginning anew. */
START_TEST(b3_failures_outlast_an_attempt_and_lock)
{
	struct directory_entry e;

	begin();
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	for (int i = 1; i <= 3; i++) {
		house_shift_ms += 240 * 1000;
		RUN(TYPED, "bad", "bad", "bad", "ok");
		check_end(VERDICT_DENY, TALK_REASON_WRONG);
		struct record r = record_now();
		ck_assert_uint_eq(meter_sum(&r.purse[0].failures), 3u * (unsigned)i);
		ck_assert_uint_eq(r.candidate, 1);
	}
	house_shift_ms += 240 * 1000;
	RUN(TYPED, "bad", "ok");
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	int before = house_provider->orders;
	struct person p = RUN(TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_LOCKED);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_int_eq(house_provider->orders, before);
	ck_assert(!entry(&e));
	ck_assert_uint_eq(enrolled_count(), 0);
	house_shift_ms += 1801 * 1000;
	RUN(TYPED, "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

START_TEST(b5_sends_outlast_an_attempt)
{
	begin();
	for (int i = 0; i < 5; i++) {
		house_shift_ms += 300 * 1000;
		RUN(TYPED, "bad", "gone"); /* unanswered ones would end in a pause */
		check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	}
	ck_assert_int_eq(house_provider->orders, 5);
	house_shift_ms += 300 * 1000;
	/* a number typed anew is no new purse */
	RUN("+49 30 1234567", "ok");
	check_end(VERDICT_DENY, TALK_REASON_BUDGET);
	ck_assert_int_eq(house_provider->orders, 5);
	house_close(&h);
}
END_TEST

START_TEST(b3_a_blocked_candidate_is_refused)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin();
	RUN("gone");
	ck_assert_int_eq(past(), ENLIST_CANDIDATE);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_FAILURES;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	struct person p = RUN(TYPED, "ok");
	check_refused(&p, TALK_REASON_BLOCKED);
	/* nor is let off by a soft roll-out */
	let(SETTINGS_IGNORE, "root", 10);
	p = RUN(TYPED, "ok");
	check_refused(&p, TALK_REASON_BLOCKED);
	house_close(&h);
}
END_TEST

START_TEST(once_enrolled_and_forgotten_never_again)
{
	struct fault f = FAULT_INIT;

	begin();
	ck_assert_int_eq(former_mark(&h.state, &h.account, &f), 0);
	struct person p = RUN(TYPED, "ok");
	check_refused(&p, TALK_REASON_NOT_ENROLLED);
	ck_assert_ptr_nonnull(strstr(outcome.fault.text, "sms-otp enroll"));
	ck_assert_int_eq(past(), ENLIST_NONE);
	house_close(&h);
}
END_TEST

START_TEST(c5_damage_stays_damage)
{
	struct fault f = FAULT_INIT;

	begin();
	RUN(TYPED, "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	int before = house_provider->orders;
	ck_assert_int_eq(directory_remove(&h.directory, 0, &f), 0);
	struct person p = RUN(TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_STATE);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_int_eq(house_provider->orders, before);
	house_close(&h);
	/* and so does a record that says nothing */
	begin();
	RUN("gone");
	ck_assert_int_eq(ftruncate(openat(h.state.folder, "0", O_WRONLY), 100), 0);
	p = RUN(TYPED, "ok");
	check_refused(&p, TALK_REASON_STATE);
	house_close(&h);
}
END_TEST

START_TEST(c3_not_after_the_day_nor_outside_the_groups)
{
	begin();
	let(SETTINGS_ENROLL, "root", 0);
	RUN("gone");
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	let(SETTINGS_ENROLL, "root", -1);
	struct person p = RUN(TYPED, "ok");
	check_refused(&p, TALK_REASON_NOT_ENROLLED);
	let(SETTINGS_ENROLL, "staff-of-nowhere", 10);
	p = RUN(TYPED, "ok");
	check_refused(&p, TALK_REASON_NOT_ENROLLED);
	/* C6 */
	let(SETTINGS_ENROLL, "root", 10);
	groups_error = EIO;
	p = RUN(TYPED, "ok");
	check_refused(&p, TALK_REASON_NOT_ENROLLED);
	ck_assert_int_ne(outcome.fault.class, FAULT_NONE);
	house_close(&h);
}
END_TEST

static const char *const occasions[] = { "without a password", "change", "forward", "own peer" };

START_TEST(d4_e1_only_at_a_login_behind_a_first_factor)
{
	begin();
	strcpy(h.settings.without_password[h.settings.nwithout_password++], "sshd");
	h.facts.first_factor = _i != 0;
	h.facts.change = _i == 1;
	h.facts.forward = _i == 2;
	h.facts.trusted = _i != 3;
	struct person p = RUN(TYPED, "ok");
	ck_assert_msg(p.nprompts == 0, "%s", occasions[_i]);
	check_refused(&p, TALK_REASON_NOT_ENROLLED);
	ck_assert_int_eq(past(), ENLIST_NONE);
	house_close(&h);
}
END_TEST

START_TEST(d3_the_password_again_is_no_number)
{
	begin();
	struct person p = RUN("pw", TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_ONE_FIELD);
	ck_assert_uint_eq(p.nprompts, 1);
	ck_assert_ptr_nonnull(strstr(p.noted, "may not be able to prompt twice"));
	p = RUN("control", TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_CONVERSATION);
	ck_assert_int_eq(house_provider->orders, 0);
	house_close(&h);
}
END_TEST

START_TEST(d3_a_marked_service_asks_for_no_number)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	begin();
	ck_assert_int_eq(state_begin(&h.state, STATE_SITE, NULL, &ch, &f), 0);
	for (uint32_t uid = 1; uid <= 3; uid++)
		site_note_one_field(&ch.site, "sshd", uid);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	struct person p = RUN(TYPED, "ok");
	check_refused(&p, TALK_REASON_ONE_FIELD);
	house_close(&h);
}
END_TEST

/* How many places for live codes were taken when the number was asked for. */
START_TEST(who_is_asked_for_a_number_holds_a_place)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;
	struct clock_now now;

	begin();
	RUN("gone");
	ck_assert_int_eq(clock_read(&now, &f), 0);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	for (int i = 0; i < RECORD_CHALLENGES; i++) {
		memset(ch.user.challenges[i].id, 1 + i, sizeof ch.user.challenges[i].id);
		memcpy(ch.user.challenges[i].boot_id, now.boot_id, sizeof now.boot_id);
		ch.user.challenges[i].gone_boot_ms = now.boot_ms + 60000;
		ch.user.challenges[i].tries_left = 3;
	}
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	struct person p = RUN(TYPED, "ok");
	check_refused(&p, TALK_REASON_CROWDED);
	house_close(&h);
}
END_TEST

START_TEST(resends_and_expiry_are_as_ever)
{
	begin();
	struct person p = RUN(TYPED, "wait:31", "r", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_int_eq(house_provider->orders, 2);
	house_close(&h);
	/* the number is asked for once */
	begin();
	p = RUN(TYPED, "wait:91", "ok", "", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(p.nprompts, 4);
	ck_assert_ptr_nonnull(strstr(p.prompts[3], "Code sent to ...89"));
	house_close(&h);
}
END_TEST

START_TEST(a_service_to_confirm_asks_for_the_number_only)
{
	begin();
	strcpy(h.settings.confirm[h.settings.nconfirm++], "sshd");
	struct person p = RUN(TYPED, "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_uint_eq(p.nprompts, 2);
	house_close(&h);
}
END_TEST

START_TEST(no_prompt_of_the_host_hides_the_question)
{
	begin();
	strcpy(h.facts.prompt, "Token: ");
	struct person p = RUN(TYPED, "ok");
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "Your number, like"));
	ck_assert_str_eq(p.prompts[1], "Token: ");
	house_close(&h);
}
END_TEST

START_TEST(a_refused_number_enrols_nobody)
{
	struct directory_entry e;

	begin();
	house_provider->answer = RECEIPT_RECIPIENT;
	RUN(TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_NUMBER);
	house_provider->answer = RECEIPT_ACCOUNT;
	RUN(TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_OUTAGE);
	ck_assert(!entry(&e));
	ck_assert_int_eq(past(), ENLIST_CANDIDATE);
	house_provider->answer = RECEIPT_ACCEPTED;
	RUN(TYPED, "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	house_close(&h);
}
END_TEST

/* Whatever write fails: afterwards it is a candidate or a user, and the next login works. */
START_TEST(a_failing_write_leaves_a_candidate_or_a_user)
{
	struct directory_entry e;
	int accepted = 0;

	for (int k = 1; k < 12; k++) {
		begin();
		house_write_fails_at = k;
		RUN(TYPED, "ok");
		bool in = outcome.verdict == VERDICT_ACCEPT;
		ck_assert_msg(in || outcome.reason == TALK_REASON_STATE, "write %d: %s", k,
			verdict_reason_name(outcome.reason));
		house_write_fails_at = 0;
		bool is = entry(&e);
		ck_assert_msg(is == outcome.enrolled && (is || !in), "write %d", k);
		ck_assert_msg(is || past() == ENLIST_CANDIDATE, "write %d", k);
		house_shift_ms += 700 * 1000;
		accepted += in;
		if (is)
			RUN("ok");
		else
			RUN(TYPED, "ok");
		ck_assert_msg(outcome.verdict == VERDICT_ACCEPT, "after write %d: %s (%s)", k,
			verdict_reason_name(outcome.reason), outcome.fault.text);
		ck_assert_uint_eq(record_now().candidate, 0);
		house_close(&h);
	}
	ck_assert_int_gt(accepted, 2);
}
END_TEST

/* The engine dies before or after one of the two files of an enrolment is made: the candidate's record, the number. */
START_TEST(a_crash_leaves_a_candidate_or_a_user)
{
	struct directory_entry e;
	int status;

	begin();
	pid_t pid = fork();
	if (pid == 0) {
		dies_before = _i < 2 ? _i + 1 : 0;
		dies_after = _i < 2 ? 0 : _i - 1;
		RUN(TYPED, "ok");
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 9);
	bool is = entry(&e);
	ck_assert_int_eq(is, _i == 3);
	ck_assert_int_eq(past(), _i == 0 ? ENLIST_NONE : ENLIST_CANDIDATE);
	house_shift_ms += 700 * 1000;
	if (is)
		RUN("ok");
	else
		RUN(TYPED, "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	/* the mark that a crash left goes with the next success: from then on a lost entry is damage */
	ck_assert_uint_eq(record_now().candidate, 0);
	house_close(&h);
}
END_TEST

static void enrol(void *unused)
{
	(void)unused;
	RUN(TYPED, "ok");
}

/* Every other stop is the return of a system call; what is done lies between them. */
START_TEST(f2_killed_after_any_system_call_it_is_a_candidate_or_a_user)
{
	struct directory_entry e;
	int n = 0, none = 0, candidates = 0, users = 0;

	for (bool killed = true; killed; n += 2) {
		begin();
		killed = killed_at(n, enrol, NULL);
		bool is = entry(&e);
		enum enlist_past p = past();
		ck_assert_msg(is || p == ENLIST_NONE || p == ENLIST_CANDIDATE, "stop %d", n);
		none += !is && p == ENLIST_NONE;
		candidates += !is && p == ENLIST_CANDIDATE;
		users += is;
		house_shift_ms += 700 * 1000;
		if (is)
			RUN("ok");
		else
			RUN(TYPED, "ok");
		ck_assert_msg(outcome.verdict == VERDICT_ACCEPT, "stop %d: %s (%s)", n,
			verdict_reason_name(outcome.reason), outcome.fault.text);
		ck_assert_uint_eq(record_now().candidate, 0);
		house_close(&h);
	}
	ck_assert_int_gt(none, 5);
	ck_assert_int_gt(candidates, 20);
	ck_assert_int_gt(users, 5);
}
END_TEST

START_TEST(a_full_disk_enrols_nobody)
{
	struct directory_entry e;

	for (int k = 1; k <= 2; k++) {
		begin();
		create_fails = k;
		RUN(TYPED, "ok");
		check_end(VERDICT_DENY, TALK_REASON_STATE);
		/* the log has the cause, not what followed from it */
		ck_assert_msg(outcome.fault.errnum == ENOSPC, "%s", outcome.fault.text);
		ck_assert(!entry(&e) && !outcome.enrolled);
		house_close(&h);
	}
}
END_TEST

static void somebody_is_faster(void)
{
	struct directory_entry e;
	struct phone phone = { "+493012345678" };
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(enlist_fill(&h.account, &phone, &e, &f), 0);
	strcpy(e.by, "login");
	ck_assert_int_eq(directory_create(&h.directory, &e, &f), 0);
}

static void an_administrator_is_faster(void)
{
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_remove_user(&h.state, &h.account, &f), 0);
	ck_assert_int_eq(state_create_user(&h.state, &h.account, &f), 0);
	somebody_is_faster();
}

/* An administrator between the two steps of `sms-otp enroll`: the record is there, the number is not yet. */
static void an_administrator_has_begun(void)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.candidate = 0;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

static void forgets(void)
{
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_remove_user(&h.state, &h.account, &f), 0);
}

START_TEST(of_two_at_once_one_wins)
{
	struct directory_entry e;

	begin();
	house_at_compare = somebody_is_faster;
	RUN(TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_VOID);
	ck_assert(!outcome.enrolled);
	ck_assert(entry(&e));
	ck_assert_str_eq(e.phone.e164, "+493012345678");
	house_close(&h);
	begin();
	house_at_compare = an_administrator_is_faster;
	RUN(TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_VOID);
	ck_assert(entry(&e));
	ck_assert_str_eq(e.phone.e164, "+493012345678");
	house_close(&h);
	begin();
	house_at_compare = an_administrator_has_begun;
	RUN(TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_VOID);
	ck_assert(!entry(&e));
	house_close(&h);
	begin();
	house_at_compare = forgets;
	RUN(TYPED, "ok");
	check_end(VERDICT_DENY, TALK_REASON_STATE);
	ck_assert(!entry(&e));
	house_close(&h);
}
END_TEST

START_TEST(g1_no_number_in_any_note)
{
	begin();
	house_provider->answer_of_first_route = RECEIPT_ACCOUNT;
	struct person p = RUN("+43 660 1234567", TYPED, "bad", "ok");
	check_end(VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	ck_assert_ptr_null(strstr(p.notes, "23456"));
	ck_assert_ptr_null(strstr(p.notes, "1234567"));
	ck_assert_ptr_null(strstr(outcome.fault.text, "23456"));
	ck_assert_str_eq(outcome.number + 6, "..89");
	for (size_t i = 1; i < p.nprompts; i++)
		ck_assert_ptr_null(strstr(p.prompts[i], "660"));
	house_close(&h);
}
END_TEST

START_TEST(who_has_no_phone_yet_is_spoken_to_in_the_sites_language)
{
	static char folder[4096];
	const char *top = getenv("top_builddir");
	struct fault f = FAULT_INIT;

	begin();
	if (top)
		snprintf(folder, sizeof folder, "%s/po/locale", top);
	else
		ck_assert_ptr_nonnull(realpath("po/locale", folder));
	language_folder(folder);
	strcpy(h.settings.language, "de");
	let(SETTINGS_IGNORE, "root", 3);
	struct person p = RUN("ok");
	check_end(VERDICT_EXEMPT, TALK_REASON_EXEMPT);
	ck_assert_ptr_nonnull(strstr(p.told, "fragt diese Anmeldung nach einem Code per SMS"));
	let(SETTINGS_ENROLL, "root", 3);
	p = RUN("x");
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "Diese Anmeldung braucht einen Code per SMS"));
	/* the service's comes before the site's */
	h.facts.language = LANGUAGE_EN;
	p = RUN("x");
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "This login needs a code by SMS"));
	ck_assert_int_eq(language_speak(LANGUAGE_EN, &f), 0);
	house_close(&h);
}
END_TEST

START_TEST(c3_a_soft_roll_out_lets_off_and_says_until_when)
{
	char day[DAY_MAX];

	begin();
	let(SETTINGS_IGNORE, "root", 3);
	struct person p = RUN("ok");
	check_end(VERDICT_EXEMPT, TALK_REASON_EXEMPT);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_int_eq(outcome.until, today() + 3);
	ck_assert_ptr_nonnull(strstr(p.told, day_text(today() + 4, day)));
	ck_assert_ptr_nonnull(strstr(p.told, "will ask for a code by SMS"));
	ck_assert_int_eq(past(), ENLIST_NONE);
	ck_assert_str_eq(p.notes, "");
	/* who cannot be told is let off all the same, and the log has it */
	person_deaf = true;
	p = RUN("ok");
	person_deaf = false;
	check_end(VERDICT_EXEMPT, TALK_REASON_EXEMPT);
	ck_assert_str_eq(p.noted, "the reminder could not be shown");
	/* nothing is said of a login where a password is changed */
	h.facts.change = true;
	p = RUN("ok");
	check_end(VERDICT_EXEMPT, TALK_REASON_EXEMPT);
	ck_assert_str_eq(p.told, "");
	h.facts.change = false;
	/* an exemption without an end says nothing, as ever */
	h.settings.unenrolled_terms.has_until = false;
	p = RUN("ok");
	check_end(VERDICT_EXEMPT, TALK_REASON_EXEMPT);
	ck_assert_str_eq(p.told, "");
	ck_assert_int_eq(outcome.until, 0);
	let(SETTINGS_IGNORE, "root", -1);
	p = RUN("ok");
	check_refused(&p, TALK_REASON_NOT_ENROLLED);
	ck_assert_str_eq(p.told, "");
	let(SETTINGS_IGNORE, "staff-of-nowhere", 3);
	p = RUN("ok");
	check_refused(&p, TALK_REASON_NOT_ENROLLED);
	let(SETTINGS_IGNORE, "root", 3);
	groups_error = EIO;
	p = RUN("ok");
	check_refused(&p, TALK_REASON_NOT_ENROLLED);
	house_close(&h);
}
END_TEST

/* Who began to enrol and never finished was never enrolled. */
START_TEST(a_candidate_is_nobody_to_a_soft_roll_out)
{
	begin();
	RUN("gone");
	let(SETTINGS_IGNORE, "root", 3);
	RUN("ok");
	check_end(VERDICT_EXEMPT, TALK_REASON_EXEMPT);
	h.settings.unenrolled = SETTINGS_REFUSE;
	RUN("ok");
	check_end(VERDICT_DENY, TALK_REASON_NOT_ENROLLED);
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("novice");
	TCase *t = tcase_create("novice");
	tcase_set_timeout(t, 180);
	tcase_add_test(t, a_number_and_its_code_enrol_and_let_in);
	tcase_add_loop_test(t, g3_only_a_number_that_may_be_texted_is_taken, 0,
		(int)(sizeof numbers / sizeof numbers[0]));
	tcase_add_test(t, a6_what_is_no_number_is_borne_three_times);
	tcase_add_test(t, b3_failures_outlast_an_attempt_and_lock);
	tcase_add_test(t, b5_sends_outlast_an_attempt);
	tcase_add_test(t, b3_a_blocked_candidate_is_refused);
	tcase_add_test(t, once_enrolled_and_forgotten_never_again);
	tcase_add_test(t, c5_damage_stays_damage);
	tcase_add_test(t, c3_not_after_the_day_nor_outside_the_groups);
	tcase_add_loop_test(t, d4_e1_only_at_a_login_behind_a_first_factor, 0, 4);
	tcase_add_test(t, d3_the_password_again_is_no_number);
	tcase_add_test(t, d3_a_marked_service_asks_for_no_number);
	tcase_add_test(t, who_is_asked_for_a_number_holds_a_place);
	tcase_add_test(t, resends_and_expiry_are_as_ever);
	tcase_add_test(t, a_service_to_confirm_asks_for_the_number_only);
	tcase_add_test(t, no_prompt_of_the_host_hides_the_question);
	tcase_add_test(t, a_refused_number_enrols_nobody);
	tcase_add_test(t, a_failing_write_leaves_a_candidate_or_a_user);
	tcase_add_loop_test(t, a_crash_leaves_a_candidate_or_a_user, 0, 4);
	tcase_add_test(t, f2_killed_after_any_system_call_it_is_a_candidate_or_a_user);
	tcase_add_test(t, a_full_disk_enrols_nobody);
	tcase_add_test(t, of_two_at_once_one_wins);
	tcase_add_test(t, g1_no_number_in_any_note);
	tcase_add_test(t, who_has_no_phone_yet_is_spoken_to_in_the_sites_language);
	tcase_add_test(t, c3_a_soft_roll_out_lets_off_and_says_until_when);
	tcase_add_test(t, a_candidate_is_nobody_to_a_soft_roll_out);
	suite_add_tcase(s, t);
	return s;
}
