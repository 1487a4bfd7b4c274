#include "sender/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sender/provider.h"
#include "unit.h"

#define VARIABLES                                                                                  \
	"variables = { a = { kind = \"folder\"; }; b = { kind = \"folder\"; }; c = { }; };"
#define GOOD "folder = \"{a}\"; temporary = \"/b\"; content = \"x {text}\";"

static const struct {
	const char *text, *word; /* NULL: fine */
} cases[] = {
	{ GOOD, NULL },
	{ GOOD "sent = \"/s\"; failed = \"{b}\"; number = \"00\";", NULL },
	{ "folder = \"/a\"; temporary = \"/b\";", "wants folder, temporary and content" },
	{ "folder = \"/a\"; content = \"x\";", "wants folder, temporary and content" },
	{ "folder = \"/a/../b\"; temporary = \"/b\"; content = \"x\";", "an absolute path" },
	{ "folder = \"a\"; temporary = \"/b\"; content = \"x\";", "an absolute path" },
	{ "folder = \"/\"; temporary = \"/b\"; content = \"x\";", "an absolute path" },
	{ "folder = \"{c}\"; temporary = \"/b\"; content = \"x\";", "of kind folder" },
	{ "folder = \"{a}/x\"; temporary = \"/b\"; content = \"x\";", "an absolute path" },
	{ "folder = \"{number}\"; temporary = \"/b\"; content = \"x\";", "of kind folder" },
	{ GOOD "sent = \"/s\";", "both of sent and failed" },
	{ GOOD "failed = \"/s\";", "both of sent and failed" },
	{ GOOD "name = \"x\";", "no `name`" },
	{ GOOD "number = 5;", "`number` is a text" },
	{ GOOD "number = \"e164\";", "a number is written" },
	{ "folder = \"/a\"; temporary = \"/b\"; content = \"{d}\";", "no variable `d`" },
	{ "folder = [ \"/a\" ]; temporary = \"/b\"; content = \"x\";", "`folder` is a text" },
};

START_TEST(faults_of_a_group)
{
	char text[512];
	struct provider p;
	struct fault f = FAULT_INIT;
	snprintf(text, sizeof text, VARIABLES "\nspool = {\n%s };", cases[_i].text);
	int rc = provider_parse(text, "/p/x.conf", "x", &p, &f);
	ck_assert_msg((rc == 0) == (cases[_i].word == NULL), "%s: %s", cases[_i].text, f.text);
	if (rc == 0) {
		ck_assert_int_eq(p.kind, PROVIDER_SPOOL);
		provider_close(&p);
		return;
	}
	ck_assert_msg(strstr(f.text, cases[_i].word) != NULL, "%s: %s", cases[_i].text, f.text);
}
END_TEST

/* --- with real folders ------------------------------------------------------------------------- */

static struct provider provider;
static struct values values;
static struct order order;
static struct receipt receipt;
static struct fault fault;
static char out[256], tmp[256], sent[256], failed[256];

static void make(char path[256], const char *name)
{
	static char own[128];
	if (!*own)
		snprintf(own, sizeof own, "%s/%ld", unit_folder(), (long)getpid());
	mkdir(own, 0755);
	snprintf(path, 256, "%s/%s", own, name);
	ck_assert_int_eq(mkdir(path, 0750), 0);
}

static void setup(void)
{
	static const char description[] =
		"variables = { out = { kind = \"folder\"; }; tmp = { kind = \"folder\"; }; sent = "
		"{ kind "
		"= \"folder\"; }; failed = { kind = \"folder\"; }; };"
		"spool = { folder = \"{out}\"; temporary = \"{tmp}\"; sent = \"{sent}\"; failed = "
		"\"{failed}\"; number = \"digits\"; content = \"To: {number}\\n\\n{text}\\n\"; };";
	make(out, "out");
	make(tmp, "tmp");
	make(sent, "sent");
	make(failed, "failed");
	ck_assert_int_eq(provider_parse(description, "x", "x", &provider, &fault), 0);
	ck_assert_int_eq(values_add(&values, "out", VALUES_FOLDER, out), 0);
	ck_assert_int_eq(values_add(&values, "tmp", VALUES_FOLDER, tmp), 0);
	ck_assert_int_eq(values_add(&values, "sent", VALUES_FOLDER, sent), 0);
	ck_assert_int_eq(values_add(&values, "failed", VALUES_FOLDER, failed), 0);
	order.action = ORDER_ACTION_SEND;
	snprintf(order.number, sizeof order.number, "+4917012345678");
	snprintf(order.text, sizeof order.text, "493027 is your code\n@h.example #493027");
}

/* 0, or -1 where the folders could not be opened. */
static int deliver(enum order_action action)
{
	struct spool_place at;
	order.action = action;
	memset(&receipt, 0, sizeof receipt);
	fault = (struct fault)FAULT_INIT;
	if (spool_open(&provider.spool, &order, &values, &at, &fault) < 0)
		return -1;
	spool_deliver(&provider.spool, &at, &order, &values, &receipt);
	spool_close(&at);
	return 0;
}

static void read_message(const char *folder, char *text, size_t cap, struct stat *st)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, receipt.message_id);
	int fd = open(path, O_RDONLY);
	ck_assert_msg(fd >= 0, "%s", path);
	ssize_t n = read(fd, text, cap - 1);
	text[n < 0 ? 0 : n] = '\0';
	ck_assert_int_eq(fstat(fd, st), 0);
	close(fd);
}

static bool is_empty(const char *folder)
{
	return rmdir(folder) == 0 && mkdir(folder, 0750) == 0;
}

START_TEST(a_message_is_a_whole_file)
{
	char text[256], first[ORDER_ID_MAX + 1];
	struct stat st;
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), 0);
	ck_assert_msg(receipt.outcome == RECEIPT_ACCEPTED, "%s", receipt.note);
	read_message(out, text, sizeof text, &st);
	ck_assert_str_eq(text, "To: 4917012345678\n\n493027 is your code\n@h.example #493027\n");
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	ck_assert_uint_eq(strlen(receipt.message_id), 23);
	ck_assert(!strncmp(receipt.message_id, "smsotp-", 7));
	ck_assert(is_empty(tmp));
	snprintf(first, sizeof first, "%s", receipt.message_id);
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), 0);
	ck_assert_str_ne(first, receipt.message_id);
}
END_TEST

START_TEST(the_daemons_group_gets_it)
{
	char text[256];
	struct stat st;
	/* in a user namespace there may be no second group */
	if (chown(tmp, (uid_t)-1, 12345) < 0)
		return;
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), 0);
	read_message(out, text, sizeof text, &st);
	ck_assert_uint_eq(st.st_gid, 12345);
}
END_TEST

static void move(const char *to)
{
	char from[512], path[512];
	snprintf(from, sizeof from, "%s/%s", out, order.message_id);
	snprintf(path, sizeof path, "%s/%s", to, order.message_id);
	ck_assert_int_eq(rename(from, path), 0);
}

START_TEST(it_is_seen_again)
{
	for (int k = 0; k < 2; k++) {
		ck_assert_int_eq(deliver(ORDER_ACTION_SEND), 0);
		memcpy(order.message_id, receipt.message_id, sizeof order.message_id);
		ck_assert_int_eq(deliver(ORDER_ACTION_POLL), 0);
		ck_assert_int_eq(receipt.outcome, RECEIPT_PENDING);
		move(k ? failed : sent);
		ck_assert_int_eq(deliver(ORDER_ACTION_POLL), 0);
		ck_assert_int_eq(receipt.outcome, k ? RECEIPT_RECIPIENT : RECEIPT_ACCEPTED);
	}
}
END_TEST

START_TEST(e5_only_a_name_of_ours_is_looked_for)
{
	static const char *const names[] = { "", "..", "../sent", "smsotp-",
		"smsotp-0123456789abcdeg", "smsotp-0123456789abcde/", "smsotp-0123456789abcdef0" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(order.message_id, sizeof order.message_id, "%s", names[i]);
		ck_assert_int_eq(deliver(ORDER_ACTION_POLL), 0);
		ck_assert_int_eq(receipt.outcome, RECEIPT_REQUEST);
	}
}
END_TEST

START_TEST(without_the_folders_nothing_can_be_asked)
{
	values.at[2].text = NULL;
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), 0);
	ck_assert_int_eq(receipt.outcome, RECEIPT_ACCEPTED);
	ck_assert_int_eq(deliver(ORDER_ACTION_POLL), 0);
	ck_assert_int_eq(receipt.outcome, RECEIPT_PENDING);
	ck_assert_ptr_nonnull(strstr(receipt.note, "no poll call"));
	ck_assert_int_eq(deliver(ORDER_ACTION_VOICE), 0);
	ck_assert_int_eq(receipt.outcome, RECEIPT_REQUEST);
}
END_TEST

START_TEST(f1_a_folder_of_strangers_is_refused)
{
	char way[300];
	/* root may have one that all write to */
	ck_assert_int_eq(chmod(out, 01777), 0);
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), 0);
	if (chown(out, 12345, (gid_t)-1) == 0) {
		ck_assert_int_eq(deliver(ORDER_ACTION_SEND), -1);
		ck_assert_int_eq(fault.class, FAULT_DAMAGED);
		ck_assert_int_eq(chmod(out, 0770), 0);
		ck_assert_int_eq(deliver(ORDER_ACTION_SEND), 0);
	}
	snprintf(way, sizeof way, "%s/way", unit_folder());
	ck_assert_int_eq(symlink(out, way), 0);
	values.at[0].text = way;
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), -1);
	values.at[0].text = "/no/such/folder";
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), -1);
	ck_assert_int_eq(fault.errnum, ENOENT);
	ck_assert_int_eq(deliver(ORDER_ACTION_CHECK), -1);
	values.at[0].text = NULL;
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "`folder`"));
	values.at[0].text = tmp;
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "the same"));
	values.at[0].text = "/proc";
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), -1);
	ck_assert_ptr_nonnull(strstr(fault.text, "one file system"));
}
END_TEST

START_TEST(b2_what_failed_leaves_nothing)
{
	const struct rlimit few = { 4, RLIM_INFINITY }, all = { RLIM_INFINITY, RLIM_INFINITY };
	signal(SIGXFSZ, SIG_IGN);
	/* as if the disk were full after four bytes; check itself writes as well */
	int limited = setrlimit(RLIMIT_FSIZE, &few), rc = deliver(ORDER_ACTION_SEND);
	setrlimit(RLIMIT_FSIZE, &all);
	ck_assert_int_eq(limited, 0);
	ck_assert_int_eq(rc, 0);
	ck_assert_int_eq(receipt.outcome, RECEIPT_TEMPORARY);
	ck_assert_str_eq(receipt.message_id, "");
	ck_assert(is_empty(tmp));
	ck_assert(is_empty(out));
}
END_TEST

START_TEST(b2_a_folder_that_went_away_leaves_nothing)
{
	struct spool_place at;
	ck_assert_int_eq(spool_open(&provider.spool, &order, &values, &at, &fault), 0);
	ck_assert_int_eq(rmdir(out), 0);
	spool_deliver(&provider.spool, &at, &order, &values, &receipt);
	spool_close(&at);
	ck_assert_int_eq(receipt.outcome, RECEIPT_TEMPORARY);
	ck_assert(is_empty(tmp));
}
END_TEST

START_TEST(check_looks_and_writes_nothing)
{
	ck_assert_int_eq(deliver(ORDER_ACTION_CHECK), 0);
	ck_assert_msg(receipt.outcome == RECEIPT_ACCEPTED, "%s", receipt.note);
	ck_assert(is_empty(out));
	ck_assert(is_empty(tmp));
	ck_assert_int_eq(rmdir(sent), 0);
	ck_assert_int_eq(deliver(ORDER_ACTION_CHECK), -1);
	/* that is no reason not to send */
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), 0);
	ck_assert_int_eq(receipt.outcome, RECEIPT_ACCEPTED);
}
END_TEST

START_TEST(what_is_no_message_is_refused)
{
	order.number[0] = '\0';
	ck_assert_int_eq(deliver(ORDER_ACTION_SEND), 0);
	ck_assert_int_eq(receipt.outcome, RECEIPT_REQUEST);
	ck_assert(is_empty(out));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("spool");
	TCase *group = tcase_create("group"), *t = tcase_create("folders");
	tcase_add_loop_test(group, faults_of_a_group, 0, sizeof cases / sizeof *cases);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_message_is_a_whole_file);
	tcase_add_test(t, the_daemons_group_gets_it);
	tcase_add_test(t, it_is_seen_again);
	tcase_add_test(t, e5_only_a_name_of_ours_is_looked_for);
	tcase_add_test(t, without_the_folders_nothing_can_be_asked);
	tcase_add_test(t, f1_a_folder_of_strangers_is_refused);
	tcase_add_test(t, b2_what_failed_leaves_nothing);
	tcase_add_test(t, b2_a_folder_that_went_away_leaves_nothing);
	tcase_add_test(t, check_looks_and_writes_nothing);
	tcase_add_test(t, what_is_no_message_is_refused);
	suite_add_tcase(s, group);
	suite_add_tcase(s, t);
	return s;
}
