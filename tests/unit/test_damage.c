#include "cli/triage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/challenge.h"
#include "unit.h"

/* root is the one account that every system has */
static const uint32_t UID = 0;

static struct house house;
static char users[512], records[512];

static void begin(void)
{
	struct fault f = FAULT_INIT;
	struct directory_entry e = { .uid = 0, .name = "root", .since_wall_s = 1700000000 };
	struct account root = { .name = "root" };

	char here[400];

	snprintf(here, sizeof(here), "%s/%d", unit_folder(), (int)getpid());
	ck_assert_int_eq(mkdir(here, 0700), 0);
	snprintf(users, sizeof(users), "%s/users", here);
	snprintf(records, sizeof(records), "%s/state", here);
	ck_assert_int_eq(mkdir(users, 0700), 0);
	ck_assert_int_eq(mkdir(records, 0700), 0);
	ck_assert_int_eq(directory_open(users, &house.directory, &f), 0);
	ck_assert_msg(state_prepare(records, &house.state, &f) == 0, "%s", f.text);
	snprintf(e.phone.e164, sizeof(e.phone.e164), "+491701234512");
	snprintf(e.by, sizeof(e.by), "root");
	ck_assert_msg(directory_store(&house.directory, &e, &f) == 0, "%s", f.text);
	ck_assert_int_eq(state_create_user(&house.state, &root, &f), 0);
}

/* A shell word for word: what a disk, a backup or a hand does to a file. */
static void spoil(const char *command)
{
	char line[2048];

	snprintf(
		line, sizeof(line), "U='%s' R='%s'; cd \"$R\" && { %s; }", users, records, command);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "%s", command);
}

/* Two changes, so that both slots were written. */
static void change_twice(void)
{
	struct account root = { .name = "root" };
	struct fault f = FAULT_INIT;
	struct state_change ch;

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(state_begin(&house.state, STATE_BOTH, &root, &ch, &f), 0);
		ck_assert_int_eq(state_commit(&ch, &f), 0);
	}
}

static const struct {
	const char *how;
	enum damage_extent record, enrolment;
	enum triage_kind kind;
} cases[] = {
	{ "true", DAMAGE_SOUND, DAMAGE_SOUND, TRIAGE_SOUND },
	{ "printf x | dd of=0 bs=1 seek=300 conv=notrunc 2>/dev/null", DAMAGE_HALF, DAMAGE_SOUND,
		TRIAGE_HALF },
	{ "printf x | dd of=0 bs=1 seek=4396 conv=notrunc 2>/dev/null", DAMAGE_HALF, DAMAGE_SOUND,
		TRIAGE_HALF },
	{ "for s in 300 4396; do printf x | dd of=0 bs=1 seek=$s conv=notrunc 2>/dev/null; done",
		DAMAGE_BROKEN, DAMAGE_SOUND, TRIAGE_DAMAGED },
	{ "truncate -s 8191 0", DAMAGE_BROKEN, DAMAGE_SOUND, TRIAGE_DAMAGED },
	{ "truncate -s 0 0", DAMAGE_BROKEN, DAMAGE_SOUND, TRIAGE_DAMAGED },
	{ "rm 0", DAMAGE_MISSING, DAMAGE_SOUND, TRIAGE_DAMAGED },
	{ "rm 0; mkdir 0", DAMAGE_BROKEN, DAMAGE_SOUND, TRIAGE_DAMAGED },
	{ "rm 0; mkfifo 0", DAMAGE_BROKEN, DAMAGE_SOUND, TRIAGE_DAMAGED },
	{ "mv 0 x; ln -s x 0", DAMAGE_BROKEN, DAMAGE_SOUND, TRIAGE_DAMAGED },
	{ "chmod 0640 0", DAMAGE_ASKEW, DAMAGE_SOUND, TRIAGE_DAMAGED },
	{ "ln 0 x", DAMAGE_ASKEW, DAMAGE_SOUND, TRIAGE_DAMAGED },
	/* others may have written it */
	{ "chmod 0660 0", DAMAGE_BROKEN, DAMAGE_SOUND, TRIAGE_DAMAGED },
	{ "chown 12345 0", DAMAGE_BROKEN, DAMAGE_SOUND, TRIAGE_DAMAGED },
	{ "chmod 0644 $U/0.conf", DAMAGE_SOUND, DAMAGE_ASKEW, TRIAGE_DAMAGED },
	{ "chmod 0666 $U/0.conf", DAMAGE_SOUND, DAMAGE_BROKEN, TRIAGE_DAMAGED },
	{ "chown 12345 $U/0.conf", DAMAGE_SOUND, DAMAGE_BROKEN, TRIAGE_DAMAGED },
	{ "echo 'x = ;' >$U/0.conf", DAMAGE_SOUND, DAMAGE_BROKEN, TRIAGE_DAMAGED },
	{ "sed -i s/root/ruth/ $U/0.conf", DAMAGE_SOUND, DAMAGE_BROKEN, TRIAGE_ANOTHERS },
	{ "rm $U/0.conf", DAMAGE_SOUND, DAMAGE_MISSING, TRIAGE_LOST },
	{ "rm $U/0.conf; truncate -s 0 0", DAMAGE_BROKEN, DAMAGE_MISSING, TRIAGE_DAMAGED },
	{ "rm $U/0.conf 0", DAMAGE_MISSING, DAMAGE_MISSING, TRIAGE_SOUND },
};

START_TEST(c5_f1_what_a_login_refuses_is_found)
{
	struct fault f = FAULT_INIT;
	struct triage_user u;
	struct state_change ch;

	if (geteuid() != 0)
		return;
	begin();
	change_twice();
	spoil(cases[_i].how);
	ck_assert_msg(triage_look(&house, UID, &u, &f) == 0, "%s", f.text);
	ck_assert_msg(u.record.extent == cases[_i].record, "%s: record %d %s", cases[_i].how,
		u.record.extent, u.record.fault.text);
	ck_assert_msg(u.enrolment.extent == cases[_i].enrolment, "%s: enrolment %d %s",
		cases[_i].how, u.enrolment.extent, u.enrolment.fault.text);
	ck_assert_msg(
		triage_judge(&u) == cases[_i].kind, "%s: %d", cases[_i].how, triage_judge(&u));
	/* "not blocked" is believed of nothing that is broken, or that others may have written */
	if (u.record.extent == DAMAGE_BROKEN)
		ck_assert_msg(u.record.block == CAUTION_UNKNOWN, "%s", cases[_i].how);
	/* as a login sees it */
	bool reads = state_begin(&house.state, STATE_USER, &u.account, &ch, &f) == 0;
	if (reads)
		state_abandon(&ch);
	ck_assert_msg(reads == (u.record.extent == DAMAGE_SOUND || u.record.extent == DAMAGE_HALF),
		"%s: a login differs", cases[_i].how);
}
END_TEST

START_TEST(a_record_that_was_never_changed_is_whole)
{
	struct fault f = FAULT_INIT;
	struct triage_user u;
	struct damage site;

	if (geteuid() != 0)
		return;
	begin();
	ck_assert_int_eq(triage_look(&house, UID, &u, &f), 0);
	ck_assert_int_eq(triage_judge(&u), TRIAGE_SOUND);
	damage_of_site(&house.state, &site);
	ck_assert_int_eq(site.extent, DAMAGE_SOUND);
}
END_TEST

START_TEST(the_sites_record_likewise)
{
	static const struct {
		const char *how;
		enum damage_extent wanted;
	} sites[] = {
		{ "printf x | dd of=site bs=1 seek=300 conv=notrunc 2>/dev/null", DAMAGE_HALF },
		{ "for s in 300 65836; do printf x | dd of=site bs=1 seek=$s conv=notrunc "
		  "2>/dev/null; done",
			DAMAGE_BROKEN },
		{ "chmod 0644 site", DAMAGE_ASKEW },
		{ "chmod 0600 site; chown 12345 site", DAMAGE_BROKEN },
		{ "rm site", DAMAGE_MISSING },
	};
	struct damage site;

	if (geteuid() != 0)
		return;
	begin();
	change_twice();
	for (size_t i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
		char command[512];

		snprintf(command, sizeof(command), "cp -p site keep; %s", sites[i].how);
		spoil(command);
		damage_of_site(&house.state, &site);
		ck_assert_msg(site.extent == sites[i].wanted, "%s: %d %s", sites[i].how,
			site.extent, site.fault.text);
		spoil("cp -p keep site; chown 0 site; chmod 0600 site");
	}
}
END_TEST

START_TEST(a_record_that_somebody_writes_is_waited_for_and_not_called_broken)
{
	struct account root = { .name = "root" };
	struct fault f = FAULT_INIT;
	struct triage_user u;
	struct state_change ch;

	if (geteuid() != 0)
		return;
	begin();
	ck_assert_int_eq(state_begin(&house.state, STATE_USER, &root, &ch, &f), 0);
	ck_assert_int_eq(triage_look(&house, UID, &u, &f), 0);
	ck_assert_int_eq(triage_judge(&u), TRIAGE_UNKNOWN);
	state_abandon(&ch);
}
END_TEST

START_TEST(uids_come_once_and_in_order)
{
	struct fault f = FAULT_INIT;
	uint32_t *uids;
	size_t n;

	if (geteuid() != 0)
		return;
	begin();
	spoil("touch 70 7 007 x 7.conf .9.1-2 4294967295; mkdir -p former; touch $U/12.conf $U/8");
	ck_assert_int_eq(triage_uids(&house, &uids, &n, &f), 0);
	ck_assert_uint_eq(n, 4);
	ck_assert_uint_eq(uids[0], 0);
	ck_assert_uint_eq(uids[1], 7);
	ck_assert_uint_eq(uids[2], 12);
	ck_assert_uint_eq(uids[3], 70);
	free(uids);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("damage");
	TCase *t = tcase_create("damage");

	tcase_add_loop_test(
		t, c5_f1_what_a_login_refuses_is_found, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(t, a_record_that_was_never_changed_is_whole);
	tcase_add_test(t, the_sites_record_likewise);
	tcase_add_test(t, a_record_that_somebody_writes_is_waited_for_and_not_called_broken);
	tcase_add_test(t, uids_come_once_and_in_order);
	suite_add_tcase(s, t);
	return s;
}
