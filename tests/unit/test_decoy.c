/* D15 in virtual time: whoever it is, and whatever is wrong with him, reads what a login whose answers are all wrong reads. */
#include "core/decoy.h"

#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pause.h"
#include "core/recovery.h"
#include "house.h"
#include "person.h"
#include "senders.h"
#include "unit.h"

enum { WAITS = 32, STEPS = 16 };

static struct house h;
static struct verdict_outcome outcome;
static struct tempo tempo;
static int64_t waits_us[WAITS]; /* how long was waited, each time */
static size_t nwaits;

int64_t __real_clock_boot_us(void);
int64_t __wrap_clock_boot_us(void);
int64_t __wrap_clock_boot_us(void)
{
	return __real_clock_boot_us() + house_shift_ms * 1000;
}

void __wrap_pause_until(int64_t until_us);
void __wrap_pause_until(int64_t until_us)
{
	int64_t left_us = until_us - __wrap_clock_boot_us();

	ck_assert_uint_lt(nwaits, WAITS);
	waits_us[nwaits++] = left_us;
	if (left_us > 0)
		house_shift_ms += left_us / 1000;
}

static void run_decoy(const struct dialogue_people *people, void *ctx)
{
	struct decoy_terms terms = { &h.settings, &h.state, &h.directory, &h.facts, &tempo };

	(void)ctx;
	memset(&outcome, 0, sizeof outcome);
	outcome.reason = TALK_REASON_WRONG;
	tempo_begin(&tempo);
	decoy_run(&terms, people, &outcome);
	tempo_end(&tempo);
}

static void run_login(const struct dialogue_people *people, void *ctx)
{
	(void)ctx;
	tempo_begin(&tempo);
	login_run(&h.rooms, &h.facts, people, &outcome);
	tempo_end(&tempo);
}

/* --- who it is --- */

static void plain(void)
{
	h.rooms.tempo = NULL;
	h.facts.conceal = false;
}

static void nothing_wrong(void)
{
}

static void locked(void)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.purse[0].lock_start_wall_s = ch.now.wall_s;
	ch.user.purse[0].lock_until_wall_s = ch.now.wall_s + 86400;
	ch.user.purse[0].lock_until_boot_ms = ch.now.boot_ms + 86400000;
	memcpy(ch.user.purse[0].lock_boot_id, ch.now.boot_id, sizeof ch.now.boot_id);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

static void locks_at_once(void)
{
	h.settings.lockout.failures = 1;
}

static void blocked(void)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ch.user.block = RECORD_BLOCK_ADMIN;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

static void outage(void)
{
	house_provider->answer = RECEIPT_TEMPORARY;
}

static void number_refused(void)
{
	house_provider->answer = RECEIPT_RECIPIENT;
}

static void prefix_not_allowed(void)
{
	strcpy(h.settings.prefixes[0], "+43");
}

static void maybe(void)
{
	house_provider->answer = RECEIPT_UNKNOWN;
}

static void spent(void)
{
	h.settings.budget.user.rates[0].count = 1;
	person_meet(run_login, NULL, (const char *const[]){ "gone", NULL });
	house_provider->orders = 0;
}

static void spent_at_the_resend(void)
{
	h.settings.budget.user.rates[0].count = 1;
}

static void must_wait(void)
{
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	for (int i = 0; i < 5; i++) {
		house_shift_ms += 300000;
		person_meet(run_login, NULL, (const char *const[]){ "gone", NULL });
	}
	house_provider->orders = 0;
}

static void one_field(void)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_begin(&h.state, STATE_SITE, NULL, &ch, &f), 0);
	for (uint32_t uid = 1; uid <= 3; uid++)
		site_note_one_field(&ch.site, "sshd", uid);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

static void damaged(void)
{
	ck_assert_int_eq(unlinkat(h.state.folder, "0", 0), 0);
}

static void cannot_be_written(void)
{
	house_write_fails_at = 1;
}

static void cannot_be_written_later(void)
{
	house_write_fails_at = 3;
}

static void unenrolled(void)
{
	strcpy(h.facts.user, "daemon");
}

static void unknown(void)
{
	strcpy(h.facts.user, "nobody-here");
}

static void no_first_factor(void)
{
	h.facts.first_factor = false;
}

static char recovery[RECOVERY_SHOWN];

static void recovery_codes(void)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;
	struct secret code;

	ck_assert_int_eq(recovery_make(&code, &f), 0);
	recovery_show(&code, recovery);
	ck_assert_int_eq(state_begin(&h.state, STATE_USER, &h.account, &ch, &f), 0);
	ck_assert_int_eq(recovery_mac(h.state.key, 0, &code, ch.user.offline.recovery[0].mac, &f), 0);
	ch.user.offline.recovery[0].state = RECORD_RECOVERY_UNUSED;
	ck_assert_int_eq(state_commit(&ch, &f), 0);
}

static void locked_with_recovery_codes(void)
{
	recovery_codes();
	locked();
}

static const struct somebody {
	const char *name;
	void (*is)(void);
	bool refused; /* before anything is sent */
} people[] = {
	{ "who has a code", nothing_wrong, false },
	{ "maybe sent", maybe, false },
	{ "locks at once", locks_at_once, false },
	{ "resend not charged", spent_at_the_resend, false },
	{ "not written later", cannot_be_written_later, false },
	{ "recovery codes", recovery_codes, false },
	{ "locked with recovery codes", locked_with_recovery_codes, true },
	{ "locked", locked, true },
	{ "blocked", blocked, true },
	{ "outage", outage, true },
	{ "number refused", number_refused, true },
	{ "prefix not allowed", prefix_not_allowed, true },
	{ "spent", spent, true },
	{ "must wait", must_wait, true },
	{ "one field", one_field, true },
	{ "damaged", damaged, true },
	{ "not written", cannot_be_written, true },
	{ "not enrolled", unenrolled, true },
	{ "unknown", unknown, true },
	{ "no first factor", no_first_factor, true },
};
enum { PEOPLE = sizeof people / sizeof people[0] };

/* --- what they type --- */

#define WRONG_CODE "000001"
/* For a user with the code 000001 this would be another story, once in a million. */
static const struct script {
	const char *name;
	const char *words[STEPS];
	bool as_plain; /* what a line without decoy says too, to a user with nothing but a phone */
} scripts[] = {
	{ "three wrong ones", { WRONG_CODE, WRONG_CODE, WRONG_CODE }, true },
	{ "resends", { "r", "wait:31", "r", WRONG_CODE, "R", "wait:31", "r", "r", WRONG_CODE, WRONG_CODE }, true },
	{ "no answers", { "abc", "", "big", "12345", WRONG_CODE }, true },
	{ "expired, and another", { "wait:95", WRONG_CODE, "r", WRONG_CODE, WRONG_CODE }, true },
	{ "expired until nothing is left", { "wait:95", "r", "wait:200", "r", "wait:300", "r", WRONG_CODE }, true },
	{ "Enter after the end", { "wait:95", "", "", WRONG_CODE, WRONG_CODE, WRONG_CODE }, true },
	{ "Enter, much later", { "wait:400", "", WRONG_CODE, "wait:400", "", WRONG_CODE, WRONG_CODE }, true },
	{ "one letter", { "v", "x", "b", "?" }, false },
	{ "wrong at the edge", { "wait:29", "r", "wait:2", "r", "wait:89", WRONG_CODE, "r", WRONG_CODE, WRONG_CODE }, false },
	{ "what could be another code", { "AAAA-BBBB-CCCC-DDDD", "12345678", "AAAABBBBCCCCDDDD" }, false },
	{ "a code with a hyphen", { "000-001", "000 001", "abcdef" }, false },
	{ "what sshd makes of it", { "???", "??????", "?", "??????", "????????" }, false },
	{ "gone", { WRONG_CODE, "gone" }, true },
	{ "the conversation fails", { "abc", "fail" }, false },
	{ "a control byte", { WRONG_CODE, "control" }, false },
};
enum { SCRIPTS = sizeof scripts / sizeof scripts[0] };

/* References become numbers in the order in which they come up, and the digits of a number dots. */
static void level(char *text, char refs[STEPS][5], size_t *nrefs)
{
	char *at = strstr(text, "ref "), *dots = strstr(text, "...");

	if (dots)
		memcpy(dots + 3, "xx", 2);
	if (!at)
		return;
	size_t i = 0;
	while (i < *nrefs && strncmp(refs[i], at + 4, 4) != 0)
		i++;
	if (i == *nrefs)
		memcpy(refs[(*nrefs)++], at + 4, 4);
	memset(at + 4, '0' + (int)i, 4);
}

static void level_all(struct person *p)
{
	char refs[STEPS][5] = { { 0 } };
	size_t n = 0;

	for (size_t i = 0; i < p->nprompts; i++)
		level(p->prompts[i], refs, &n);
}

static void begin(void)
{
	house_open(&h);
	memset(&tempo, 0, sizeof tempo);
	nwaits = 0;
	h.rooms.tempo = &tempo;
	h.facts.conceal = true;
}

static struct person meet(bool decoy, const struct script *s)
{
	nwaits = 0;
	struct person p = person_meet(decoy ? run_decoy : run_login, NULL, s->words);
	ck_assert_msg(outcome.verdict == VERDICT_DENY, "%s: %s", s->name, verdict_reason_name(outcome.reason));
	ck_assert_str_eq(p.told, "");
	return p;
}

static void compare(const struct person *seen, const struct person *want, const char *who, const char *what)
{
	ck_assert_msg(seen->nprompts == want->nprompts, "%s, %s: %zu prompts, not %zu; the last: %s", who, what, seen->nprompts,
		want->nprompts, seen->prompts[seen->nprompts - 1]);
	for (size_t i = 0; i < want->nprompts; i++)
		ck_assert_msg(strcmp(seen->prompts[i], want->prompts[i]) == 0, "%s, %s:\n%s\n%s", who, what, seen->prompts[i],
			want->prompts[i]);
}

/* The decoy's line is the measure; and it says what a login says in a line without decoy. */
START_TEST(d15_a_decoy_reads_as_a_login_does)
{
	const struct script *s = &scripts[_i];

	if (!s->as_plain)
		return;
	begin();
	unknown();
	struct person decoy = meet(true, s);
	level_all(&decoy);
	begin();
	plain();
	struct person real = meet(false, s);
	level_all(&real);
	compare(&decoy, &real, "a decoy", s->name);
	house_close(&h);
}
END_TEST

START_TEST(d15_everybody_reads_the_same)
{
	const struct somebody *who = &people[_i % PEOPLE];
	const struct script *s = &scripts[_i / PEOPLE];

	begin();
	struct person decoy = meet(true, s);
	level_all(&decoy);
	begin();
	who->is();
	struct person p = meet(false, s);
	level_all(&p);
	compare(&p, &decoy, who->name, s->name);
	if (who->refused)
		ck_assert_int_eq(house_provider->orders, 0);
	/* nothing is there to be accepted, and the log says so; with recovery codes there is */
	if (who->refused && who->is != locked_with_recovery_codes && strcmp(s->name, "gone") != 0)
		ck_assert_msg(outcome.by == VERDICT_BY_DECOY, "%s", who->name);
	if (who->is == nothing_wrong && s->as_plain)
		ck_assert_int_eq((int)outcome.by, (int)VERDICT_BY_NONE);
	house_close(&h);
}
END_TEST

/* Both lines show one and the same number of a user, and always the same. */
START_TEST(d15_the_digits_are_the_users_or_always_the_same)
{
	static const struct script s = { "", { "gone" }, false };
	char first[3];

	begin();
	struct person p = meet(true, &s);
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "...12 "));
	locked();
	p = meet(false, &s);
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "...12 "));
	int differ = 0;
	for (int i = 0; i < 6; i++) {
		snprintf(h.facts.user, sizeof h.facts.user, "nobody-%d", i);
		p = meet(true, &s);
		memcpy(first, strstr(p.prompts[0], "...") + 3, 3);
		struct person again = meet(false, &s);
		ck_assert_int_eq(strncmp(strstr(again.prompts[0], "...") + 3, first, 3), 0);
		differ += strncmp(first, "12", 2) != 0;
	}
	ck_assert_int_gt(differ, 2);
	house_close(&h);
}
END_TEST

static void digest_file(const char *name, unsigned char out[DIGEST_SIZE])
{
	static unsigned char bytes[2 * SITE_SLOT_SIZE];
	struct fault f = FAULT_INIT;
	int fd = openat(h.state.folder, name, 0);

	ck_assert_int_ge(fd, 0);
	ssize_t n = read(fd, bytes, sizeof bytes);
	ck_assert_int_gt(n, 0);
	close(fd);
	ck_assert_int_eq(digest_sha256(bytes, (size_t)n, out, &f), 0);
}

START_TEST(d15_a_decoy_sends_charges_and_writes_nothing)
{
	unsigned char site[DIGEST_SIZE], user[DIGEST_SIZE], now[DIGEST_SIZE];

	begin();
	digest_file("site", site);
	digest_file("0", user);
	for (size_t i = 0; i < SCRIPTS; i++) {
		meet(true, &scripts[i]);
		ck_assert_str_eq(verdict_by_name(outcome.by), "decoy");
		ck_assert_uint_eq(outcome.sends + outcome.tries, 0);
		ck_assert_uint_eq(tempo.n, 0);
	}
	struct script words = { "", { "pw" }, false };
	meet(true, &words); /* no mark for a host with one field either */
	ck_assert_int_eq(senders_started(), 0);
	digest_file("site", now);
	ck_assert_mem_eq(site, now, sizeof now);
	digest_file("0", now);
	ck_assert_mem_eq(user, now, sizeof now);
	house_close(&h);
}
END_TEST

static char live_code[7];

static void type_live_code(const struct dialogue_people *p, void *ctx)
{
	struct script s = { "", { live_code, live_code, live_code }, false };
	struct verdict_outcome own = outcome;

	(void)p;
	(void)ctx;
	house_code(live_code);
	meet(true, &s);
	outcome = own;
}

static int answer_elsewhere(void *ctx, int64_t deadline_ms, struct talk_answer *a, struct fault *f)
{
	(void)deadline_ms;
	(void)ctx;
	type_live_code(NULL, NULL);
	memset(a, 0, sizeof *a);
	a->kind = TALK_ANSWER_TEXT;
	ck_assert_int_eq(secret_set(&a->text, live_code, 6), 0);
	(void)f;
	return 0;
}

static int show_nothing(void *ctx, const char *text, struct fault *f)
{
	(void)ctx;
	(void)text;
	(void)f;
	return 0;
}

/* The right code of a login that is under way is wrong in a decoy, and stays right where it belongs. */
START_TEST(d15_a_live_code_is_wrong_in_a_decoy)
{
	struct dialogue_people people_there = { NULL, show_nothing, answer_elsewhere, NULL, NULL, -1, NULL, NULL };
	struct tempo others = { .patience_ms = NULL };
	struct verdict_outcome there;

	begin();
	tempo_begin(&others);
	h.rooms.tempo = &others;
	login_run(&h.rooms, &h.facts, &people_there, &there);
	ck_assert_int_eq((int)there.verdict, (int)VERDICT_ACCEPT);
	house_close(&h);
}
END_TEST

static struct person ok_after(const char *const words[])
{
	struct person p = person_meet(run_login, NULL, words);

	ck_assert_msg(outcome.verdict == VERDICT_ACCEPT && outcome.reason == TALK_REASON_ACCEPTED, "%s",
		verdict_reason_name(outcome.reason));
	ck_assert_int_ne((int)outcome.by, (int)VERDICT_BY_DECOY);
	return p;
}

#define LETS_IN(...) ok_after((const char *const[]){ __VA_ARGS__, NULL })

START_TEST(the_right_code_lets_in_all_the_same)
{
	begin();
	LETS_IN("ok");
	begin();
	LETS_IN(WRONG_CODE, "abc", WRONG_CODE, "ok");
	begin();
	LETS_IN("abcdef", "12345", "ok");
	begin();
	LETS_IN("r", "wait:31", "r", "ok");
	begin();
	LETS_IN("wait:95", "r", "ok");
	/* who knew it is told that it was too late, on the last try as well */
	begin();
	struct person p = LETS_IN(WRONG_CODE, WRONG_CODE, "wait:95", "ok", "", "ok");
	ck_assert_ptr_nonnull(strstr(p.prompts[3], "That code has expired (not counted). Enter for a new one: "));
	begin();
	recovery_codes();
	LETS_IN(WRONG_CODE, recovery);
	/* where nothing is sent the paper helps, though nobody says so */
	begin();
	locked_with_recovery_codes();
	p = LETS_IN(recovery);
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "Code sent to ...12 (ref "));
	ck_assert_ptr_nonnull(strstr(p.prompts[0], "Code, or r to resend: "));
	house_close(&h);
}
END_TEST

START_TEST(a_lock_set_under_way_refuses_the_right_code)
{
	begin();
	locks_at_once();
	person_meet(run_login, NULL, (const char *const[]){ WRONG_CODE, "ok", "ok", NULL });
	ck_assert_int_eq((int)outcome.verdict, (int)VERDICT_DENY);
	ck_assert_int_eq((int)outcome.reason, (int)TALK_REASON_LOCKED);
	ck_assert_str_eq(verdict_by_name(outcome.by), "decoy");
	house_close(&h);
}
END_TEST

START_TEST(who_is_let_off_is_let_off)
{
	begin();
	h.settings.unenrolled = SETTINGS_IGNORE;
	unenrolled();
	person_meet(run_login, NULL, (const char *const[]){ "gone", NULL });
	ck_assert_int_eq((int)outcome.verdict, (int)VERDICT_EXEMPT);
	house_close(&h);
}
END_TEST

START_TEST(enter_first_for_everybody)
{
	static const struct script s = { "", { "abc", "", "r", WRONG_CODE, WRONG_CODE, WRONG_CODE }, false };
	static void (*const who[])(void) = { nothing_wrong, unknown, locked, outage, recovery_codes };

	begin();
	h.settings.nconfirm = 1;
	strcpy(h.settings.confirm[0], "sshd");
	struct person decoy = meet(true, &s);
	level_all(&decoy);
	ck_assert_str_eq(decoy.prompts[0], "Press Enter to get a code by SMS: ");
	ck_assert_uint_eq(decoy.nprompts, 6);
	for (size_t i = 0; i < sizeof who / sizeof who[0]; i++) {
		begin();
		h.settings.nconfirm = 1;
		strcpy(h.settings.confirm[0], "sshd");
		who[i]();
		struct person p = meet(false, &s);
		level_all(&p);
		compare(&p, &decoy, "somebody", "Enter first");
	}
	house_close(&h);
}
END_TEST

/* What a call would say is not said; it is made all the same. */
START_TEST(a_call_is_a_resend_to_the_eye)
{
	static const struct script s = { "", { "v", "wait:31", "v", WRONG_CODE, "wait:31", "r", WRONG_CODE, WRONG_CODE }, false };
	static void (*const who[])(void) = { nothing_wrong, unknown, locked, outage, recovery_codes };
	struct person decoy;

	for (size_t i = 0; i <= sizeof who / sizeof who[0]; i++) {
		begin();
		h.settings.nvoice = 1;
		strcpy(h.settings.voice[0].name, "caller");
		if (i > 0)
			who[i - 1]();
		struct person p = meet(i == 0, &s);
		level_all(&p);
		if (i == 0)
			decoy = p;
		else
			compare(&p, &decoy, "somebody", "calls");
		if (i == 1)
			ck_assert_int_eq(senders_route("caller")->calls, 1);
	}
	ck_assert_str_eq(decoy.prompts[2], "Code sent to ...xx (ref 0000). Code, or r to resend: ");
	house_close(&h);
}
END_TEST

/* --- further numbers --- */

static void two_numbers(void)
{
	house_add_number(&h, "+436641234534");
	strcpy(h.settings.prefixes[h.settings.nprefixes++], "+43");
}

static void first_is_refused(void)
{
	two_numbers();
	senders_refuse[0] = "+491701234512";
}

static void first_is_not_allowed(void)
{
	two_numbers();
	h.settings.nprefixes = 1;
	strcpy(h.settings.prefixes[0], "+43");
}

/* That the password was right would be seen by the digits of a number that only a login sends to. */
START_TEST(d15_one_number_is_shown_whichever_is_used)
{
	static const struct {
		void (*is)(void);
		const char *shown;
	} whose[] = { { two_numbers, "...12 " }, { first_is_refused, "...12 " }, { first_is_not_allowed, "...34 " } };
	static const struct script s = { "further numbers",
		{ "wait:31", "2", WRONG_CODE, "wait:31", "1", WRONG_CODE, "wait:121", "2", WRONG_CODE }, false };

	for (int decoy = 0; decoy < 2; decoy++) {
		begin();
		whose[_i].is();
		struct person p = meet(decoy == 1, &s);
		ck_assert_uint_gt(p.nprompts, 3);
		for (size_t i = 0; i < p.nprompts; i++) {
			const char *dots = strstr(p.prompts[i], "...");
			ck_assert_msg(!dots || strncmp(dots, whose[_i].shown, 6) == 0, "%s", p.prompts[i]);
		}
		house_close(&h);
	}
}
END_TEST

/* Nobody is offered a digit here, and so it is none (A6). */
START_TEST(a6_no_digit_chooses_a_number)
{
	static const struct script s = { "", { "wait:31", "2", "gone" }, false };

	begin();
	two_numbers();
	meet(false, &s);
	ck_assert_int_eq(house_provider->orders, 1);
	ck_assert_str_eq(house_provider->number, "+491701234512");
	house_close(&h);
}
END_TEST

/* Real times are noted as they are; whoever only seems to log in waits for one of them. */
START_TEST(d15_delays_come_from_logins)
{
	struct fault f = FAULT_INIT;
	struct site site;

	for (int i = 0; i < 4; i++) {
		begin();
		senders_route("first")->after_ms = senders_route("second")->after_ms = 700 + 10 * i;
		house_write_ms = 20;
		meet(false, &scripts[1]);
		/* first, r, r, and two guesses with a prompt after them, and the end */
		ck_assert_uint_eq(tempo.n, 6);
		ck_assert_uint_eq(nwaits, 6);
		for (size_t k = 0; k < nwaits; k++)
			ck_assert(waits_us[k] > TEMPO_SLACK_US - 1000 && waits_us[k] <= TEMPO_SLACK_US);
		ck_assert_int_eq(tempo.notes[0].kind, PACE_FIRST);
		ck_assert(tempo.notes[0].us >= 700000 && tempo.notes[0].us < 1100000);
		ck_assert_int_eq(tempo.notes[1].kind, PACE_AGAIN);
		ck_assert_int_eq(tempo.notes[2].kind, PACE_GUESS);
		ck_assert(tempo.notes[2].us >= 20000 && tempo.notes[2].us < 300000);
		ck_assert_int_eq(tempo.notes[5].kind, PACE_END);
	}
	struct tempo noted = tempo;
	for (int i = 0; i < 12; i++) {
		noted.notes[0].us = 700000 + i * 10000;
		noted.notes[2].us = 20000 + i * 100;
		ck_assert_int_eq(tempo_keep(&noted, &h.state, &f), 0);
	}
	house_site(&h, &site);
	ck_assert_uint_eq(site.pace.us[0], 810000);
	unknown();
	meet(true, &scripts[1]);
	ck_assert_uint_eq(nwaits, 6);
	ck_assert_msg(waits_us[0] > 600000 && waits_us[0] < 850000, "%lld", (long long)waits_us[0]);
	ck_assert_msg(waits_us[1] > 600000, "%lld", (long long)waits_us[1]);
	ck_assert_msg(waits_us[2] > 0 && waits_us[2] < 120000, "%lld", (long long)waits_us[2]);
	ck_assert_uint_eq(tempo.n, 0);
	house_close(&h);
}
END_TEST

/* Who is refused has used some of the time already. */
START_TEST(d15_who_is_refused_waits_for_the_rest)
{
	begin();
	unknown();
	meet(false, &scripts[0]);
	/* the first prompt, two more, the end; with nothing known yet */
	ck_assert_uint_eq(nwaits, 4);
	ck_assert_msg(waits_us[0] > 200000 && waits_us[0] <= 1520000, "%lld", (long long)waits_us[0]);
	begin();
	outage();
	senders_route("first")->after_ms = 2000;
	meet(false, &scripts[0]);
	ck_assert_int_le(waits_us[0], 0);
	ck_assert_uint_eq(tempo.n, 0);
	house_close(&h);
}
END_TEST

/* A resend that is not charged is none, and takes as long as one. */
START_TEST(d15_a_send_withheld_takes_as_long_as_a_send)
{
	static const struct script s = { "", { "wait:31", "r", "gone" }, false };

	begin();
	spent_at_the_resend();
	meet(false, &s);
	ck_assert_uint_eq(nwaits, 2);
	ck_assert_int_le(waits_us[0], TEMPO_SLACK_US);
	ck_assert_msg(waits_us[1] > 200000, "%lld", (long long)waits_us[1]);
	ck_assert_uint_eq(tempo.n, 1);
	house_close(&h);
}
END_TEST

static int64_t no_room(void)
{
	return 0;
}

static int64_t impatient(void)
{
	return 5000;
}

static int64_t waited_ms;

static int never_answer(void *ctx, int64_t deadline_ms, struct talk_answer *a, struct fault *f)
{
	(void)ctx;
	(void)a;
	waited_ms = deadline_ms - clock_boot_ms();
	return fault_set(f, FAULT_LATE, 0, "nobody there");
}

/* Who must wait for the next SMS is told of none: the decoy goes on from there. */
START_TEST(d15_a_wait_is_a_refusal_behind_the_mask)
{
	static const struct script gone = { "gone", { "gone" }, false }, script = { "wrong", { "123456", "123456", "123456" }, false };

	begin();
	h.settings.budget.user.rates[0].count = h.settings.budget.user.rates[1].count = 100;
	meet(false, &gone);
	meet(false, &gone);
	int before = senders_started();
	struct person p = meet(false, &script);
	ck_assert_int_eq(senders_started(), before);
	level_all(&p);
	unknown();
	struct person decoy = meet(true, &script);
	level_all(&decoy);
	compare(&p, &decoy, "who must wait", script.name);
	house_close(&h);
}
END_TEST

START_TEST(a_crowd_of_decoys_is_bounded)
{
	struct dialogue_people mute = { NULL, show_nothing, never_answer, NULL, NULL, -1, NULL, NULL };

	begin();
	tempo.patience_ms = no_room;
	struct person p = meet(true, &scripts[0]);
	ck_assert_uint_eq(p.nprompts, 0);
	ck_assert_uint_eq(nwaits, 1);
	begin();
	tempo.patience_ms = impatient;
	run_decoy(&mute, NULL);
	ck_assert(waited_ms > 4000 && waited_ms <= 5000);
	tempo.patience_ms = NULL;
	run_decoy(&mute, NULL);
	ck_assert_int_gt(waited_ms, TALK_ANSWER_MS - 1000);
	/* a login is none */
	begin();
	tempo.patience_ms = no_room;
	LETS_IN("ok");
	house_close(&h);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("decoy");
	TCase *t = tcase_create("decoy");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, d15_a_decoy_reads_as_a_login_does, 0, SCRIPTS);
	tcase_add_loop_test(t, d15_everybody_reads_the_same, 0, SCRIPTS * PEOPLE);
	tcase_add_test(t, d15_the_digits_are_the_users_or_always_the_same);
	tcase_add_test(t, d15_a_decoy_sends_charges_and_writes_nothing);
	tcase_add_test(t, d15_a_live_code_is_wrong_in_a_decoy);
	tcase_add_test(t, the_right_code_lets_in_all_the_same);
	tcase_add_test(t, a_lock_set_under_way_refuses_the_right_code);
	tcase_add_test(t, who_is_let_off_is_let_off);
	tcase_add_test(t, enter_first_for_everybody);
	tcase_add_test(t, a_call_is_a_resend_to_the_eye);
	tcase_add_loop_test(t, d15_one_number_is_shown_whichever_is_used, 0, 3);
	tcase_add_test(t, a6_no_digit_chooses_a_number);
	tcase_add_test(t, d15_delays_come_from_logins);
	tcase_add_test(t, d15_who_is_refused_waits_for_the_rest);
	tcase_add_test(t, d15_a_send_withheld_takes_as_long_as_a_send);
	tcase_add_test(t, d15_a_wait_is_a_refusal_behind_the_mask);
	tcase_add_test(t, a_crowd_of_decoys_is_bounded);
	suite_add_tcase(s, t);
	return s;
}
