/* Observed logins, with all rooms real: nothing is sent, charged or written, and what is said of them is what then happens to a login
 * that is not observed. */
#include "core/observation.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/challenge.h"
#include "core/limit.h"
#include "core/span.h"
#include "house.h"
#include "person.h"
#include "senders.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

/* --- every byte of a folder --- */

enum { BYTES_MAX = 1 << 20 };

struct bytes {
	size_t len;
	char at[BYTES_MAX];
};

static void add_file(struct bytes *b, int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	b->len += (size_t)snprintf(b->at + b->len, BYTES_MAX - b->len, "%s:", name);
	while ((n = read(fd, b->at + b->len, BYTES_MAX - b->len)) > 0)
		b->len += (size_t)n;
	ck_assert_uint_lt(b->len, BYTES_MAX);
	close(fd);
}

static int seen(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void take(int folder, struct bytes *b)
{
	char path[64];
	struct dirent **all;

	snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
	int n = scandir(path, &all, seen, alphasort);
	ck_assert_int_ge(n, 0);
	for (int i = 0; i < n; i++) {
		add_file(b, folder, all[i]->d_name);
		free(all[i]);
	}
	free(all);
}

static void take_house(struct bytes *b)
{
	b->len = 0;
	take(h.state.folder, b);
	take(h.directory.folder, b);
}

/* As the engine does; nothing may be left behind. */
static void observe(void)
{
	static struct bytes before, after;
	struct admission_entrance entrance;
	struct login_house rooms = h.rooms;
	int orders = house_provider->orders;

	take_house(&before);
	memset(&outcome, 0, sizeof outcome);
	outcome.uid = -1;
	rooms.entrance = &entrance;
	rooms.dispatch = NULL; /* who sends falls over it */
	if (admission_enter(&h.settings, &h.facts, &entrance, &outcome) == VERDICT_CHALLENGE)
		observation_look(&rooms, &h.facts, &outcome);
	observation_end(&h.facts, &entrance, &outcome);
	take_house(&after);
	ck_assert_uint_gt(before.len, 1000);
	ck_assert(before.len == after.len && memcmp(before.at, after.at, before.len) == 0);
	ck_assert_int_eq(house_provider->orders, orders);
	ck_assert(outcome.would.observed);
	ck_assert_int_ne(outcome.verdict, VERDICT_ACCEPT);
	ck_assert_int_ne(outcome.verdict, VERDICT_CHALLENGE);
	ck_assert_uint_eq(outcome.sends + outcome.tries, 0);
}

/* --- the world --- */

static void change_user(void (*how)(struct state_change *ch))
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_BOTH, &h.account, &ch, &f), 0);
	how(&ch);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

static void lock_it(struct state_change *ch)
{
	struct limit_terms t = { &h.settings, &ch->now, RECORD_PURSE_STRANGER };
	struct limit_guess guess;

	for (int i = 0; i < 10; i++)
		limit_charge_guess(&t, &ch->user, &guess);
}

static void lock_offline(struct state_change *ch)
{
	struct limit_terms t = { &h.settings, &ch->now, RECORD_PURSE_OFFLINE };
	struct limit_guess guess;

	for (int i = 0; i < 10; i++)
		limit_charge_guess(&t, &ch->user, &guess);
}

static void block_it(struct state_change *ch)
{
	ch->user.block = RECORD_BLOCK_ADMIN;
}

static void bypass_it(struct state_change *ch)
{
	span_begin(&ch->user.bypass.span, 3600, &ch->now);
}

static void give_recovery(struct state_change *ch)
{
	ch->user.offline.recovery[0].state = RECORD_RECOVERY_UNUSED;
}

static void mark_service(struct state_change *ch)
{
	for (uint32_t uid = 0; uid < 3; uid++)
		site_note_one_field(&ch->site, "sshd", uid);
}

static void crowd(struct state_change *ch)
{
	while (challenge_place(&ch->user, &ch->now, RECORD_PURSE_STRANGER) >= 0)
		for (int i = 0; i < RECORD_CHALLENGES; i++)
			if (ch->user.challenges[i].gone_boot_ms == 0) {
				struct record_challenge *c = &ch->user.challenges[i];
				memset(c->id, 1 + i, sizeof c->id);
				memcpy(c->boot_id, ch->now.boot_id, sizeof c->boot_id);
				c->gone_boot_ms = ch->now.boot_ms + 600000;
				c->tries_left = 3;
				c->purse = RECORD_PURSE_STRANGER;
				break;
			}
}

static void nothing(void)
{
}

static void somebody_else(void)
{
	strcpy(h.facts.user, "daemon");
}

static void nobody(void)
{
	strcpy(h.facts.user, "nobody-here");
}

static void unlisted(void)
{
	h.settings.services_given = true;
	h.settings.nservices = 1;
	strcpy(h.settings.services[0], "sudo");
}

static void unlisted_ignored(void)
{
	unlisted();
	h.settings.unlisted = SETTINGS_IGNORE;
}

static void rule(enum settings_then then)
{
	h.settings.nrules = 1;
	h.settings.rules[0].line = 7;
	h.settings.rules[0].then = then;
}

static void rule_refuses(void)
{
	rule(SETTINGS_THEN_REFUSE);
}

static void rule_skips(void)
{
	rule(SETTINGS_THEN_SKIP);
}

static void unenrolled_ignored(void)
{
	somebody_else();
	h.settings.unenrolled = SETTINGS_IGNORE;
}

static void enrols(void)
{
	somebody_else();
	h.settings.unenrolled = SETTINGS_ENROLL;
}

static void lost(void)
{
	ck_assert_int_eq(unlinkat(h.directory.folder, "0.conf", 0), 0);
}

static void damaged(void)
{
	int fd = openat(h.state.folder, "0", O_WRONLY | O_TRUNC | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void prefix(void)
{
	strcpy(h.settings.prefixes[0], "+43");
}

static void no_route(void)
{
	for (size_t i = 0; i < h.settings.nroutes; i++) {
		h.settings.routes[i].nonly = 1;
		strcpy(h.settings.routes[i].only[0], "+43");
	}
}

static void locked(void)
{
	change_user(lock_it);
}

static void locked_with_codes(void)
{
	change_user(lock_it);
	change_user(give_recovery);
}

static void locked_altogether(void)
{
	locked_with_codes();
	change_user(lock_offline);
}

static void blocked(void)
{
	change_user(block_it);
}

static void bypassed(void)
{
	change_user(bypass_it);
}

static void one_field(void)
{
	change_user(mark_service);
}

static void crowded(void)
{
	change_user(crowd);
}

static void spent(void)
{
	h.settings.budget.user.rates[0] = (struct number_rate){ 1, 3600 };
	h.settings.budget.user.rates[1] = (struct number_rate){ 1, 86400 };
	RUN("gone");
}

static void waits(void)
{
	RUN("gone");
	RUN("gone");
	RUN("gone");
}

static void paused(void)
{
	for (int i = 0; i < 3; i++) {
		RUN("gone");
		house_shift_ms += 300 * 1000;
	}
}

static void remembered(void)
{
	h.settings.nremember = 1;
	strcpy(h.settings.remember[0].service, "sshd");
	h.settings.remember[0].seconds = 3600;
	RUN("ok");
	ck_assert_int_eq(outcome.verdict, VERDICT_ACCEPT);
}

static void forward(void)
{
	h.facts.forward = true;
	h.facts.first_factor = false;
}

static void forward_with_codes(void)
{
	forward();
	change_user(give_recovery);
}

static void forward_locked(void)
{
	forward_with_codes();
	change_user(lock_offline);
}

static void forward_beside_a_lock(void)
{
	forward_with_codes();
	change_user(lock_it);
}

static void first_step(void)
{
	h.facts.two_step = true;
}

static void first_step_again(void)
{
	first_step();
	RUN("gone");
	ck_assert_int_eq(outcome.reason, TALK_REASON_SENT);
}

static void second_step(void)
{
	first_step();
	forward();
}

static void second_step_after_first(void)
{
	first_step_again();
	forward();
}

static void bare(void)
{
	h.facts.first_factor = false;
}

static void bare_unlisted(void)
{
	bare();
	unlisted();
}

static void bare_skipped(void)
{
	bare();
	rule_skips();
}

static void code_alone(void)
{
	bare();
	h.settings.nwithout_password = 1;
	strcpy(h.settings.without_password[0], "sshd");
}

static void change(void)
{
	h.facts.change = true;
}

static void other_user_of_a_peer(void)
{
	h.facts.trusted = false;
	h.facts.peer = 1;
}

static void own_user_of_a_peer(void)
{
	house_enroll(&h, "daemon");
	somebody_else();
	other_user_of_a_peer();
}

static void refused_peer(void)
{
	own_user_of_a_peer();
	rule_refuses();
}

#define ASKED  VERDICT_CHALLENGE
#define SPARED VERDICT_EXEMPT
#define DENIED VERDICT_DENY

static const struct {
	const char *name;
	void (*make)(void);
	enum verdict would;
	enum talk_reason why;
	enum talk_reason still; /* NONE: it goes on; else they are refused for this */
} cases[] = {
	{ "enrolled", nothing, ASKED, TALK_REASON_NONE, 0 },
	{ "a password change", change, ASKED, TALK_REASON_NONE, 0 },
	{ "not enrolled", somebody_else, DENIED, TALK_REASON_NOT_ENROLLED, 0 },
	{ "unenrolled = ignore", unenrolled_ignored, SPARED, TALK_REASON_EXEMPT, 0 },
	{ "unknown user", nobody, DENIED, TALK_REASON_UNKNOWN_USER, 0 },
	{ "unlisted", unlisted, DENIED, TALK_REASON_UNLISTED, 0 },
	{ "unlisted = ignore", unlisted_ignored, SPARED, TALK_REASON_EXEMPT, 0 },
	{ "a rule refuses", rule_refuses, DENIED, TALK_REASON_REFUSED, 0 },
	{ "a rule skips", rule_skips, SPARED, TALK_REASON_EXEMPT, 0 },
	{ "c5 a lost enrolment", lost, DENIED, TALK_REASON_STATE, 0 },
	{ "c5 a damaged record", damaged, DENIED, TALK_REASON_STATE, 0 },
	{ "a prefix that is not allowed", prefix, DENIED, TALK_REASON_NUMBER, 0 },
	{ "a number that no route serves", no_route, DENIED, TALK_REASON_NUMBER, 0 },
	{ "locked", locked, DENIED, TALK_REASON_LOCKED, 0 },
	{ "locked, with recovery codes", locked_with_codes, ASKED, TALK_REASON_LOCKED, 0 },
	{ "locked on both sides", locked_altogether, DENIED, TALK_REASON_LOCKED, 0 },
	{ "blocked", blocked, DENIED, TALK_REASON_BLOCKED, 0 },
	{ "a bypass", bypassed, SPARED, TALK_REASON_EXEMPT, 0 },
	{ "one field", one_field, DENIED, TALK_REASON_ONE_FIELD, 0 },
	{ "crowded", crowded, DENIED, TALK_REASON_CROWDED, 0 },
	{ "a spent budget", spent, DENIED, TALK_REASON_BUDGET, 0 },
	{ "a wait", waits, ASKED, TALK_REASON_NONE, 0 },
	{ "a pause", paused, DENIED, TALK_REASON_BUDGET, 0 },
	{ "remembered", remembered, SPARED, TALK_REASON_EXEMPT, 0 },
	{ "forward_pass without codes", forward, DENIED, TALK_REASON_NO_OFFLINE, 0 },
	{ "forward_pass", forward_with_codes, ASKED, TALK_REASON_NONE, 0 },
	{ "forward_pass, locked", forward_locked, DENIED, TALK_REASON_LOCKED, 0 },
	{ "b7 forward_pass, the SMS side locked", forward_beside_a_lock, ASKED, TALK_REASON_NONE, 0 },
	{ "two_step, first", first_step, ASKED, TALK_REASON_NONE, 0 },
	{ "two_step, first again", first_step_again, DENIED, TALK_REASON_SENT, 0 },
	{ "two_step, second", second_step, DENIED, TALK_REASON_NO_STEP, 0 },
	{ "two_step, second after the first", second_step_after_first, ASKED, TALK_REASON_NONE, 0 },
	{ "d4 no first factor", bare, DENIED, TALK_REASON_NO_FIRST_FACTOR, TALK_REASON_NO_FIRST_FACTOR },
	{ "d4 unlisted, no first factor", bare_unlisted, DENIED, TALK_REASON_UNLISTED, TALK_REASON_NO_FIRST_FACTOR },
	{ "d4 a rule skips, no first factor", bare_skipped, SPARED, TALK_REASON_EXEMPT, 0 },
	{ "d4 a code and nothing else", code_alone, ASKED, TALK_REASON_NONE, TALK_REASON_NO_FIRST_FACTOR },
	{ "e1 another's name", other_user_of_a_peer, DENIED, TALK_REASON_REFUSED, TALK_REASON_REFUSED },
	{ "e1 the own name", own_user_of_a_peer, ASKED, TALK_REASON_NONE, 0 },
	{ "e1 the own name, refused by a rule", refused_peer, DENIED, TALK_REASON_REFUSED, 0 },
};

static void open_world(int i)
{
	house_open(&h);
	facts_parse_address("192.0.2.7", &h.facts.address);
	cases[i].make();
}

START_TEST(c3_nothing_is_enforced_sent_or_written)
{
	open_world(_i);
	observe();
	ck_assert_msg(outcome.would.verdict == cases[_i].would && outcome.would.reason == cases[_i].why,
		"%s: would %s for %s (%s)", cases[_i].name, verdict_name(outcome.would.verdict),
		verdict_reason_name(outcome.would.reason), outcome.fault.text);
	bool goes_on = cases[_i].still == TALK_REASON_NONE;
	ck_assert_msg(outcome.verdict == (goes_on ? VERDICT_EXEMPT : VERDICT_DENY) &&
			      outcome.reason == (goes_on ? TALK_REASON_EXEMPT : cases[_i].still),
		"%s: %s", cases[_i].name, verdict_reason_name(outcome.reason));
	/* once more is no other */
	observe();
	ck_assert(outcome.would.verdict == cases[_i].would && outcome.would.reason == cases[_i].why);
	house_close(&h);
}
END_TEST

/* The same world without it: the promise is kept. */
START_TEST(what_is_said_is_what_would_be)
{
	open_world(_i);
	int orders = house_provider->orders;
	struct person p = RUN("gone");
	bool asked = p.nprompts > 0 || house_provider->orders > orders;
	ck_assert_msg(asked == (cases[_i].would == VERDICT_CHALLENGE), "%s", cases[_i].name);
	if (!asked)
		ck_assert_msg(outcome.verdict == cases[_i].would && outcome.reason == cases[_i].why, "%s: %s (%s)",
			cases[_i].name, verdict_reason_name(outcome.reason), outcome.fault.text);
	house_close(&h);
}
END_TEST

START_TEST(who_may_enrol_would_be_asked)
{
	house_open(&h);
	enrols();
	/* a last day and groups are given, or the settings refuse it */
	h.settings.unenrolled_terms.groups = (struct settings_words){ 0, 1 };
	strcpy(h.settings.rule_text, "*");
	h.settings.rule_text_len = 2;
	observe();
	ck_assert_int_eq(outcome.would.verdict, VERDICT_CHALLENGE);
	ck_assert_int_eq(outcome.would.reason, TALK_REASON_NOT_ENROLLED);
	ck_assert_int_eq(outcome.verdict, VERDICT_EXEMPT);
	house_close(&h);
}
END_TEST

START_TEST(the_line_says_whose_budget_is_spent)
{
	house_open(&h);
	spent();
	observe();
	ck_assert_str_eq(outcome.fault.text, "budget.user is spent");
	ck_assert_ptr_nonnull(strstr(outcome.number, "..12"));
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	const int n = sizeof cases / sizeof cases[0];
	Suite *s = suite_create("observation");
	TCase *t = tcase_create("observation");
	tcase_add_loop_test(t, c3_nothing_is_enforced_sent_or_written, 0, n);
	tcase_add_loop_test(t, what_is_said_is_what_would_be, 0, n);
	tcase_add_test(t, who_may_enrol_would_be_asked);
	tcase_add_test(t, the_line_says_whose_budget_is_spent);
	suite_add_tcase(s, t);
	return s;
}
