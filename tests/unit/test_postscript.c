/* The notice after a login, with all rooms real but the senders. */
#include "core/postscript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/language.h"
#include "house.h"
#include "person.h"
#include "senders.h"
#include "unit.h"

static struct house h;
static struct verdict_outcome outcome;
static char notes[2000];

#define RUN(...) person_run(&h, &outcome, (const char *const[]){ __VA_ARGS__, NULL })

static void note(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(notes + strlen(notes), sizeof notes - strlen(notes), "%s\n", text);
}

static void begin(void)
{
	house_open(&h);
	facts_parse_address("192.0.2.7", &h.facts.address);
	h.settings.nnotify = 2;
	strcpy(h.settings.notify[0], "new-device");
	strcpy(h.settings.notify[1], "fatigue");
}

/* What follows the login; returns the messages that were sent for it. */
static int after(void)
{
	struct postscript p = { &h.rooms, &h.facts, &outcome, note, NULL };
	int before = house_provider->orders;

	notes[0] = '\0';
	postscript_run(&p);
	ck_assert_int_eq(senders_running(), 0);
	return house_provider->orders - before;
}

static void from(const char *address)
{
	facts_parse_address(address, &h.facts.address);
}

static void get_in(void)
{
	RUN("ok");
	ck_assert_msg(outcome.verdict == VERDICT_ACCEPT, "%d", outcome.reason);
}

static uint32_t sends(void)
{
	struct record r;

	house_record(&h, &r);
	return meter_sum(&r.purse[RECORD_PURSE_STRANGER].sends[0]);
}

START_TEST(one_notice_for_the_second_device)
{
	begin();
	get_in();
	ck_assert_int_eq(outcome.place, VERDICT_PLACE_NEW);
	ck_assert_int_eq(after(), 0);
	get_in();
	ck_assert_int_eq(after(), 0);
	from("192.0.2.8");
	get_in();
	ck_assert_int_eq(after(), 1);
	ck_assert_msg(strstr(senders_text, "New login to web01 by sshd as root from 192.0.2.8, ") ==
			      senders_text,
		"%s", senders_text);
	ck_assert_str_eq(house_provider->number, "+491701234512");
	ck_assert_str_eq(notes, "notice new-device is sent\n");
	get_in();
	ck_assert_int_eq(after(), 0);
	ck_assert_str_eq(notes, "");
	house_close(&h);
}
END_TEST

START_TEST(none_for_who_is_refused_nor_through_other_services_from_there)
{
	begin();
	get_in();
	from("192.0.2.8");
	RUN("bad", "bad", "bad");
	ck_assert_int_eq(outcome.verdict, VERDICT_DENY);
	ck_assert_int_eq(after(), 0);
	get_in();
	ck_assert_int_eq(after(), 1);
	strcpy(h.facts.service, "vsftpd");
	get_in();
	ck_assert_int_eq(after(), 0);
	/* a key is a device of its own */
	strcpy(h.facts.key, "ssh-ed25519 AAAA");
	get_in();
	ck_assert_int_eq(after(), 1);
	house_close(&h);
}
END_TEST

/* su and sudo: a session of a terminal is part of a login that was told of. */
START_TEST(none_without_a_device)
{
	begin();
	get_in();
	strcpy(h.facts.service, "sudo");
	from("");
	h.facts.terminal = (struct facts_terminal){ .device = 34816, .session = 100, .start = 5 };
	get_in();
	ck_assert_int_eq(outcome.place, VERDICT_PLACE_NEW);
	ck_assert_int_eq(after(), 0);
	h.facts.terminal.device = 0;
	get_in();
	ck_assert_int_eq(outcome.place, VERDICT_PLACE_NONE);
	ck_assert_int_eq(after(), 0);
	house_close(&h);
}
END_TEST

START_TEST(who_came_by_terminal_only_has_no_device_yet)
{
	begin();
	from("");
	h.facts.terminal = (struct facts_terminal){ .device = 34816, .session = 100, .start = 5 };
	get_in();
	h.facts.terminal.device = 0;
	from("192.0.2.7");
	get_in();
	ck_assert_int_eq(after(), 0);
	from("192.0.2.8");
	get_in();
	ck_assert_int_eq(after(), 1);
	house_close(&h);
}
END_TEST

START_TEST(e1_none_for_a_host_of_the_users)
{
	begin();
	get_in();
	from("192.0.2.8");
	h.facts.trusted = false;
	get_in();
	ck_assert_int_eq(after(), 0);
	house_close(&h);
}
END_TEST

START_TEST(off_by_default)
{
	begin();
	h.settings.nnotify = 0;
	get_in();
	from("192.0.2.8");
	get_in();
	outcome.pause = true;
	ck_assert_int_eq(after(), 0);
	ck_assert_str_eq(notes, "");
	house_close(&h);
}
END_TEST

START_TEST(a_pause_is_told_of)
{
	begin();
	RUN("gone");
	outcome.pause = true;
	ck_assert_int_eq(after(), 1);
	ck_assert_msg(strstr(senders_text, "3 codes for root on web01 ") == senders_text, "%s",
		senders_text);
	ck_assert_str_eq(notes, "notice fatigue is sent\n");
	ck_assert_uint_eq(sends(), 2);
	house_close(&h);
}
END_TEST

START_TEST(b2_refunded_where_it_is_certain_that_nobody_has_it)
{
	begin();
	get_in();
	from("192.0.2.8");
	get_in();
	struct verdict_outcome before = outcome;
	house_provider->answer = RECEIPT_TEMPORARY;
	ck_assert_int_eq(after(), 0);
	ck_assert_int_eq(senders_route("second")->started, 1);
	ck_assert_msg(strstr(notes, "notice new-device is not sent: no provider took it") != NULL,
		"%s", notes);
	ck_assert_uint_eq(sends(), 0);
	/* whatever becomes of it, the login is as it was */
	ck_assert_mem_eq(&before, &outcome, sizeof before);
	house_close(&h);
}
END_TEST

START_TEST(a_second_route_is_charged_and_silence_ends_by_the_deadline)
{
	begin();
	get_in();
	from("192.0.2.8");
	get_in();
	senders_route("first")->after_ms = SENDERS_NEVER;
	senders_route("second")->after_ms = SENDERS_NEVER;
	int64_t start_ms = clock_boot_ms();
	after();
	ck_assert_int_le(clock_boot_ms() - start_ms, 10100);
	static struct site s;
	house_site(&h, &s);
	ck_assert_uint_eq(meter_sum(&s.sends[0]), 2 + 2);
	ck_assert_msg(strstr(notes, "notice new-device may be sent") != NULL, "%s", notes);
	/* the failures are remembered */
	ck_assert_str_eq(s.routes[0].name, "first");
	house_close(&h);
}
END_TEST

/* Honest use does not spend the budgets: what tells of a success is given back as its code is. */
START_TEST(b5_eight_new_devices_in_an_hour)
{
	static struct site s;
	char address[] = "192.0.2.0";

	begin();
	for (int i = 0; i < 8; i++) {
		address[sizeof address - 2] = (char)('0' + i);
		from(address);
		get_in();
		ck_assert_int_eq(after(), i > 0);
		ck_assert_uint_eq(sends(), 0);
	}
	/* the money caps keep all of it */
	house_site(&h, &s);
	ck_assert_uint_eq(meter_sum(&s.sends[0]), 8 + 7);
	house_close(&h);
}
END_TEST

/* Of notices as well there is a cap: that of successes. */
START_TEST(b5_a_notice_beyond_the_cap_of_successes_counts)
{
	begin();
	get_in();
	from("192.0.2.8");
	h.settings.budget.successes.rates[0].count = 2;
	get_in();
	ck_assert_int_eq(after(), 1);
	ck_assert_uint_eq(sends(), 1);
	house_close(&h);
}
END_TEST

START_TEST(to_the_first_number_that_can_be_used)
{
	begin();
	house_add_number(&h, "+436641234534");
	strcpy(h.settings.prefixes[0], "+43");
	get_in();
	from("192.0.2.8");
	get_in();
	ck_assert_int_eq(after(), 1);
	ck_assert_str_eq(house_provider->number, "+436641234534");
	house_close(&h);
}
END_TEST

START_TEST(b5_left_out_where_a_budget_is_spent)
{
	begin();
	get_in();
	from("192.0.2.8");
	get_in();
	h.settings.budget.all.automatic = false;
	h.settings.budget.all.rates[0] = (struct number_rate){ 1, 3600 };
	ck_assert_int_eq(after(), 0);
	ck_assert_str_eq(notes, "notice new-device is not sent: a send budget is spent\n");
	ck_assert_int_eq(outcome.verdict, VERDICT_ACCEPT);
	house_close(&h);
}
END_TEST

START_TEST(c5_nothing_is_sent_that_cannot_be_charged)
{
	begin();
	get_in();
	from("192.0.2.8");
	get_in();
	house_write_fails_at = 1;
	ck_assert_int_eq(after(), 0);
	ck_assert_msg(strstr(notes, "notice new-device is not sent: ") == notes, "%s", notes);
	house_close(&h);
}
END_TEST

START_TEST(g3_not_to_a_number_that_the_settings_do_not_allow)
{
	begin();
	get_in();
	from("192.0.2.8");
	get_in();
	strcpy(h.settings.prefixes[0], "+33");
	ck_assert_int_eq(after(), 0);
	ck_assert_str_eq(notes,
		"notice new-device is not sent: the settings do not allow the user's number\n");
	ck_assert_uint_eq(sends(), 0);
	house_close(&h);
}
END_TEST

/* What was chosen for the prompts holds for what comes after the verdict. */
START_TEST(in_the_users_language_else_the_services_else_the_sites)
{
	static const struct {
		enum language own, service;
		const char *site, *want;
	} cases[] = {
		{ LANGUAGE_DE, LANGUAGE_FR, "es", "Neuer Login an web01 per sshd als root von 192.0.2.8, " },
		{ LANGUAGE_NONE, LANGUAGE_FR, "es", "Nouvel acc\xc3\xa8s \xc3\xa0 web01 par sshd comme root depuis " },
		{ LANGUAGE_NONE, LANGUAGE_NONE, "es", "Nuevo acceso a web01 por sshd como root desde " },
		{ LANGUAGE_EN, LANGUAGE_FR, "es", "New login to web01 by sshd as root from " },
	};
	static char folder[4096];
	const char *top = getenv("top_builddir");
	struct directory_entry e;
	struct fault f = FAULT_INIT;

	if (top)
		snprintf(folder, sizeof folder, "%s/po/locale", top);
	else
		ck_assert_ptr_nonnull(realpath("po/locale", folder));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin();
		language_folder(folder);
		ck_assert_int_eq(directory_find(&h.directory, &h.account, &e, &f), 0);
		e.language = cases[i].own;
		ck_assert_int_eq(directory_store(&h.directory, &e, &f), 0);
		h.facts.language = cases[i].service;
		strcpy(h.settings.language, cases[i].site);
		get_in();
		ck_assert_int_eq(after(), 0);
		from("192.0.2.8");
		get_in();
		ck_assert_int_eq(after(), 1);
		ck_assert_msg(strstr(senders_text, cases[i].want) == senders_text, "%s", senders_text);
		/* the log's words stay English */
		ck_assert_str_eq(notes, "notice new-device is sent\n");
		house_close(&h);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("postscript");
	TCase *t = tcase_create("postscript");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, one_notice_for_the_second_device);
	tcase_add_test(t, none_for_who_is_refused_nor_through_other_services_from_there);
	tcase_add_test(t, in_the_users_language_else_the_services_else_the_sites);
	tcase_add_test(t, none_without_a_device);
	tcase_add_test(t, who_came_by_terminal_only_has_no_device_yet);
	tcase_add_test(t, e1_none_for_a_host_of_the_users);
	tcase_add_test(t, off_by_default);
	tcase_add_test(t, a_pause_is_told_of);
	tcase_add_test(t, b2_refunded_where_it_is_certain_that_nobody_has_it);
	tcase_add_test(t, a_second_route_is_charged_and_silence_ends_by_the_deadline);
	tcase_add_test(t, b5_eight_new_devices_in_an_hour);
	tcase_add_test(t, b5_a_notice_beyond_the_cap_of_successes_counts);
	tcase_add_test(t, to_the_first_number_that_can_be_used);
	tcase_add_test(t, b5_left_out_where_a_budget_is_spent);
	tcase_add_test(t, c5_nothing_is_sent_that_cannot_be_charged);
	tcase_add_test(t, g3_not_to_a_number_that_the_settings_do_not_allow);
	suite_add_tcase(s, t);
	return s;
}
