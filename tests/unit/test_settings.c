#include "core/settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/settings_origins.h"
#include "core/settings_remember.h"
#include "core/settings_table.h"
#include "core/sms.h"
#include "unit.h"

enum { TEXT_MAX = 80000 };

/* libconfig 1.5 forgets a string that stands before a syntax error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

static struct settings got;
static struct settings_faults faults;

static const char *in_folder(const char *name)
{
	static char path[200];

	snprintf(path, sizeof path, "%s/%s", unit_folder(), name);
	return path;
}

static void write_bytes(const char *path, const void *bytes, size_t len, mode_t mode)
{
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static int load(const char *text)
{
	write_bytes(in_folder("conf"), text, strlen(text), 0644);
	return settings_load(in_folder("conf"), &got, &faults);
}

static bool is_zero(const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((const char *)bytes)[i])
			return false;
	return true;
}

static bool told(int line, const char *part)
{
	for (size_t i = 0; i < faults.n && i < SETTINGS_FAULTS_MAX; i++)
		if (faults.at[i].line == line && strstr(faults.at[i].text, part))
			return true;
	return false;
}

static const char *all_faults(void)
{
	static char text[4096];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < faults.n && i < SETTINGS_FAULTS_MAX && len < sizeof text; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "\n  %d: %s",
			faults.at[i].line, faults.at[i].text);
	return text;
}

/* A whole file in which key has this value, on line 1. */
static const char *file_with(const char *key, const char *value)
{
	static char text[2000];
	const char *dot = strchr(key, '.');
	char body[1000];

	if (dot)
		snprintf(body, sizeof body, "%.*s = { %s = %s; };", (int)(dot - key), key, dot + 1,
			value);
	else
		snprintf(body, sizeof body, "%s = %s;", key, value);
	snprintf(text, sizeof text, "%s\n%s\n%s\n%s\n", body,
		strcmp(key, "routes") == 0 ? "" : "routes = [ \"outbox\" ];",
		strncmp(key, "numbers.", 8) == 0 ? "" : "numbers = { prefixes = [ \"+49\" ]; };",
		strcmp(key, "unlisted") == 0 ? "services = [ \"sshd\" ];" : "");
	return text;
}

static bool in_block(const struct settings_table_row *row)
{
	return strncmp(row->key.path, "providers.", 10) == 0;
}

static uint32_t stored_u32(const struct settings_table_row *row)
{
	uint32_t value;

	memcpy(&value, (const char *)&got + row->at, sizeof value);
	return value;
}

/* --- the table --- */

START_TEST(one_notice_or_a_list_of_them)
{
	ck_assert_int_eq(load(file_with("notify", "\"new-device\"")), 0);
	ck_assert_uint_eq(got.nnotify, 1);
	ck_assert_str_eq(got.notify[0], "new-device");
	ck_assert_int_eq(load(file_with("notify", "[ \"fatigue\", \"new-device\" ]")), 0);
	ck_assert_uint_eq(got.nnotify, 2);
	ck_assert_str_eq(got.notify[0], "fatigue");
	ck_assert_str_eq(got.notify[1], "new-device");
}
END_TEST

START_TEST(every_key_has_its_default)
{
	ck_assert_int_eq(
		load("routes = [ \"outbox\" ];\nnumbers = { prefixes = [ \"+49\" ]; };\n"), 0);
	ck_assert_uint_eq(faults.n, 0);
	ck_assert_uint_eq(got.code.digits, 6);
	ck_assert_uint_eq(got.code.lifetime_s, 90);
	ck_assert_uint_eq(got.code.tries, 3);
	ck_assert_uint_eq(got.code.resends, 2);
	ck_assert_uint_eq(got.code.cooldown_s, 30);
	ck_assert_uint_eq(got.lockout.failures, 10);
	ck_assert_uint_eq(got.lockout.window_s, 86400);
	ck_assert_uint_eq(got.lockout.lock_s, 1800);
	ck_assert(!got.budget.user.automatic && !got.budget.successes.automatic);
	ck_assert_uint_eq(got.budget.user.rates[0].count, 5);
	ck_assert_uint_eq(got.budget.user.rates[0].window_s, 3600);
	ck_assert_uint_eq(got.budget.user.rates[1].count, 10);
	ck_assert_uint_eq(got.budget.user.rates[1].window_s, 86400);
	ck_assert_uint_eq(got.budget.successes.rates[0].count, 60);
	ck_assert_uint_eq(got.budget.successes.rates[0].window_s, 86400);
	ck_assert_uint_eq(got.budget.successes.rates[1].count, 0);
	ck_assert(got.budget.all.automatic);
	ck_assert_mem_eq(&got.budget.number, &got.budget.user, sizeof got.budget.user);
	ck_assert_uint_eq(got.budget.address.rates[0].count, 10);
	ck_assert_uint_eq(got.budget.address.rates[0].window_s, 3600);
	ck_assert_uint_eq(got.budget.address.rates[1].count, 0);
	ck_assert(got.budget.prefix.automatic);
	ck_assert_uint_eq(got.deadline_s, 10);
	ck_assert_uint_eq(got.hedge_after_s, 3);
	ck_assert_uint_eq(got.keep_warm_s, 0);
	ck_assert_uint_eq(got.nvoice, 0);
	ck_assert_uint_eq(got.nnotify, 0);
	ck_assert_uint_eq(got.routes[0].nonly, 0);
	ck_assert_str_eq(got.message, SMS_DEFAULT);
	ck_assert_uint_eq(got.message_segments, 1);
	ck_assert_str_eq(got.language, "en");
	ck_assert_uint_eq(got.norigins, 0);
	ck_assert(!got.services_given && got.nservices == 0 && got.nwithout_password == 0);
	ck_assert_int_eq(got.unlisted, SETTINGS_REFUSE);
	ck_assert_int_eq(got.unenrolled, SETTINGS_REFUSE);
	ck_assert(!got.premium);
	ck_assert_uint_eq(got.nprefixes, 1);
	ck_assert_str_eq(got.prefixes[0], "+49");
	ck_assert_uint_eq(got.nroutes, 1);
	ck_assert_str_eq(got.routes[0].name, "outbox");
	ck_assert_str_eq(got.routes[0].description, "outbox");
}
END_TEST

START_TEST(the_tables_public_face_is_whole)
{
	size_t n = 0;

	for (; settings_key(n); n++) {
		const struct settings_key *key = settings_key(n);
		ck_assert(key->path[0] && key->type[0] && key->fallback[0] && key->bounds[0]);
		/* members of a rule and of `remember`, and `mode`, are not the table's */
		if (strncmp(key->path, "rules.", 6) != 0 && strncmp(key->path, "unenrolled.", 11) != 0 &&
			strcmp(key->path, "remember.SERVICE") != 0 &&
			strcmp(key->path, "origins.SERVICE") != 0 && strncmp(key->path, "mode", 4) != 0)
			ck_assert_ptr_eq(key, &settings_table_find(key->path)->key);
		for (size_t k = 0; k < n; k++)
			ck_assert_str_ne(key->path, settings_key(k)->path);
	}
	ck_assert_uint_gt(n, 20);
	ck_assert_ptr_null(settings_key(n + 1));
}
END_TEST

/* "6 to 10", "30s to 600s": the words are what the parser does. */
static bool bounds_of(const struct settings_table_row *row, int64_t *min, int64_t *max)
{
	char low[32], high[32];
	struct fault f = FAULT_INIT;

	if (row->kind != SETTINGS_TABLE_INTEGER && row->kind != SETTINGS_TABLE_DURATION)
		return false;
	ck_assert_int_eq(sscanf(row->key.bounds, "%31s to %31s", low, high), 2);
	ck_assert_int_eq(number_duration(low, min, &f), 0);
	ck_assert_int_eq(number_duration(high, max, &f), 0);
	ck_assert_int_eq(*min, row->min);
	ck_assert_int_eq(*max, row->max);
	return true;
}

START_TEST(c2_numbers_at_their_bounds_and_beyond)
{
	int64_t min, max;
	char value[40];
	int tried = 0;

	for (size_t i = 0; settings_table_row(i); i++) {
		const struct settings_table_row *row = settings_table_row(i);
		if (!bounds_of(row, &min, &max))
			continue;
		const int64_t good[] = { min, max };
		const int64_t bad[] = { min - 1, max + 1, -min - 1, INT32_MAX,
			min + (INT64_C(1) << 32), max + (INT64_C(3) << 32), INT64_MAX };
		for (size_t k = 0; k < sizeof good / sizeof good[0]; k++) {
			snprintf(value, sizeof value, "%lld", (long long)good[k]);
			ck_assert_msg(load(file_with(row->key.path, value)) == 0, "%s = %s%s",
				row->key.path, value, all_faults());
			ck_assert_uint_eq(stored_u32(row), (uint32_t)good[k]);
			snprintf(value, sizeof value, "\"%llds\"", (long long)good[k]);
			int want = row->kind == SETTINGS_TABLE_DURATION ? 0 : -1;
			ck_assert_msg(load(file_with(row->key.path, value)) == want, "%s = %s",
				row->key.path, value);
		}
		for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
			snprintf(value, sizeof value, "%lld", (long long)bad[k]);
			ck_assert_msg(load(file_with(row->key.path, value)) == -1, "%s = %s",
				row->key.path, value);
			ck_assert_int_eq(faults.at[0].line, 1);
			ck_assert(is_zero(&got, sizeof got));
			snprintf(value, sizeof value, "\"%llds\"", (long long)bad[k]);
			ck_assert_int_eq(load(file_with(row->key.path, value)), -1);
			snprintf(value, sizeof value, "%lldL", (long long)bad[k]);
			ck_assert_int_eq(load(file_with(row->key.path, value)), -1);
		}
		snprintf(value, sizeof value, "%lld", (long long)max + 1);
		load(file_with(row->key.path, value));
		ck_assert_msg(
			told(1, row->key.path) && told(1, row->key.bounds), "%s", all_faults());
		tried++;
	}
	ck_assert_int_ge(tried, 9);
}
END_TEST

static const struct {
	const char *key, *value;
	bool good;
} rates[] = {
	{ "budget.user", "\"1/1m\"", true },
	{ "budget.user", "\"100/1h 100/31d\"", true },
	{ "budget.user", "\"101/1h\"", false },
	{ "budget.user", "\"5/1h 101/1d\"", false },
	{ "budget.user", "\"0/1h\"", false },
	{ "budget.user", "\"5/59s\"", false },
	{ "budget.user", "\"5/32d\"", false },
	{ "budget.user", "\"10/1d 5/1h\"", false },
	{ "budget.user", "\"5/1h 4/1d\"", false },
	{ "budget.user", "\"5/1h 6/2h 7/1d\"", false },
	{ "budget.user", "\"auto\"", false },
	{ "budget.number", "\"250/1h 250/31d\"", true },
	{ "budget.number", "\"251/1h\"", false },
	{ "budget.number", "\"auto\"", false },
	{ "budget.address", "\"250/1m\"", true },
	{ "budget.address", "\"251/1m\"", false },
	{ "budget.address", "\"0/1m\"", false },
	{ "budget.prefix", "\"auto\"", true },
	{ "budget.prefix", "\"1000000/1h\"", true },
	{ "budget.prefix", "\"1000001/1h\"", false },
	{ "budget.user", "\"\"", false },
	{ "budget.user", "\"off\"", false },
	{ "budget.user", "\"4294967297/1h\"", false },
	{ "budget.successes", "\"1000/1d\"", true },
	{ "budget.successes", "\"1001/1d\"", false },
	{ "budget.successes", "\"auto\"", false },
	{ "budget.all", "\"auto\"", true },
	{ "budget.all", "\"1000000/1h\"", true },
	{ "budget.all", "\"1000001/1h\"", false },
	{ "budget.all", "\"Auto\"", false },
};

START_TEST(b3_rates_are_bounded_and_never_off)
{
	int result = load(file_with(rates[_i].key, rates[_i].value));

	ck_assert_msg(result == (rates[_i].good ? 0 : -1), "%s = %s: %d%s", rates[_i].key,
		rates[_i].value, result, all_faults());
	if (!rates[_i].good)
		ck_assert_msg(told(1, rates[_i].key), "%s", all_faults());
}
END_TEST

START_TEST(c2_every_key_refuses_every_other_type)
{
	static const struct {
		const char *value;
		unsigned kinds; /* that may take it */
	} values[] = {
		{ "60", 1u << SETTINGS_TABLE_INTEGER | 1u << SETTINGS_TABLE_DURATION },
		{ "60.0", 0 },
		{ "6e1", 0 },
		{ "0x6", 0 },
		{ "true", 1u << SETTINGS_TABLE_BOOLEAN },
		{ "1", 1u << SETTINGS_TABLE_INTEGER | 1u << SETTINGS_TABLE_DURATION },
		{ "\"true\"", 0 },
		{ "\"6\"", 1u << SETTINGS_TABLE_DURATION },
		{ "[ ]", 0 },
		{ "( )", 0 },
		{ "[ 1, 2 ]", 0 },
		{ "[ true ]", 0 },
		{ "( ( \"a\" ) )", 0 },
		{ "( { a = \"b\"; } )", 0 },
		{ "{ }", 0 },
		{ "{ than = \"ignore\"; }", 0 },
		{ "\"\"", 0 },
		{ "[ \"\" ]", 0 },
		{ "\"CHANGE-ME\"", 0 },
		{ "[ \"CHANGE-ME\" ]", 0 },
	};

	for (size_t i = 0; settings_table_row(i); i++) {
		const struct settings_table_row *row = settings_table_row(i);
		if (in_block(row))
			continue;
		for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
			if (values[k].kinds & 1u << row->kind)
				continue;
			ck_assert_msg(load(file_with(row->key.path, values[k].value)) == -1,
				"%s = %s is taken", row->key.path, values[k].value);
			ck_assert(is_zero(&got, sizeof got));
			ck_assert_msg(faults.at[0].line <= 1, "%s", all_faults());
		}
	}
}
END_TEST

static const struct {
	const char *key, *value;
	bool good;
} texts[] = {
	{ "services", "[ \"sshd\", \"sudo-i\" ]", true },
	{ "services", "( \"sshd\", \"sudo\" )", true },
	{ "services", "[ \"sshd\", \"sshd\" ]", false },
	{ "services", "[ \"../sshd\" ]", false },
	{ "services", "[ \"ssh d\" ]", false },
	{ "services", "[ \".\" ]", false },
	{ "services", "\"sshd\"", false },
	{ "services", "[ \"1234567890123456789012345678901234567890123456789012345678901234\" ]",
		true },
	{ "services", "[ \"12345678901234567890123456789012345678901234567890123456789012345\" ]",
		false },
	{ "without_password", "[ \"polkit-1\" ]", true },
	{ "without_password", "[ \"a/b\" ]", false },
	{ "numbers.prefixes", "[ \"+1\" ]", true },
	{ "numbers.prefixes", "[ \"+123456789012345\" ]", true },
	{ "numbers.prefixes", "[ \"+1234567890123456\" ]", false },
	{ "numbers.prefixes", "[ \"+\" ]", false },
	{ "numbers.prefixes", "[ \"+0\" ]", false },
	{ "numbers.prefixes", "[ \"49\" ]", false },
	{ "numbers.prefixes", "[ \"0049\" ]", false },
	{ "numbers.prefixes", "[ \"+4 9\" ]", false },
	{ "numbers.prefixes", "[ \"\" ]", false },
	{ "unlisted", "\"ignore\"", true },
	{ "unlisted", "\"refuse\"", true },
	{ "unlisted", "\"deny\"", false },
	{ "unlisted", "\"Ignore\"", false },
	{ "unenrolled", "\"ignore\"", true },
	{ "unenrolled", "\"deny\"", true },
	{ "unenrolled", "\"enroll\"", false },
	{ "unenrolled", "\"refuse\"", false },
	{ "message", "\"{code} is for {host}\"", true },
	{ "message", "\"{code} is \" \"for {host}\"", true },
	{ "message", "\"hello\"", false },
	{ "message", "\"{code} {what}\"", false },
	{ "message", "\"{code}\\n\"", false },
	{ "routes", "[ \"outbox\", \"outbox\" ]", false },
	{ "routes", "[ \"Dexatel\" ]", false },
	{ "routes", "[ \"-x\" ]", false },
	{ "routes", "[ \"nobody\" ]", false },
	{ "notify", "[ \"new-device\", \"fatigue\" ]", true },
	{ "notify", "( \"fatigue\" )", true },
	{ "notify", "\"new-device\"", true },
	{ "notify", "\"new-devices\"", false },
	{ "notify", "\"\"", false },
	{ "notify", "[ ]", false },
	{ "notify", "[ \"fatigue\", \"fatigue\" ]", false },
	{ "notify", "[ \"fatigue\", \"new-device\", \"fatigue\" ]", false },
	{ "notify", "\"new-device\" \"fatigue\"", false },
	{ "notify", "true", false },
	{ "voice", "[ \"outbox\" ]", true },
	{ "voice", "( \"outbox\" )", true },
	{ "voice", "\"outbox\"", false },
	{ "voice", "[ \"outbox\", \"outbox\" ]", false },
	{ "voice", "[ \"Twilio\" ]", false },
	{ "voice", "[ \"nobody\" ]", false },
	{ "voice", "[ \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\" ]", false },
	{ "hedge_after", "\"10s\"", true },
	{ "hedge_after", "1.5", false },
	{ "hedge_after", "\"1m\"", false },
	{ "keep_warm", "0", true },
	{ "keep_warm", "\"60s\"", true },
	{ "keep_warm", "\"10m\"", true },
	{ "keep_warm", "\"601s\"", false },
	{ "keep_warm", "-1", false },
};

START_TEST(c2_texts_are_judged)
{
	int result = load(file_with(texts[_i].key, texts[_i].value));

	ck_assert_msg(result == (texts[_i].good ? 0 : -1), "%s = %s: %d%s", texts[_i].key,
		texts[_i].value, result, all_faults());
	if (!texts[_i].good)
		ck_assert_msg(told(1, texts[_i].key), "%s", all_faults());
}
END_TEST

START_TEST(what_is_said_is_what_is_stored)
{
	ck_assert_int_eq(load("services = [ \"sshd\", \"sudo\" ];\nunlisted = \"ignore\";\n"
			      "unenrolled = \"ignore\";\nwithout_password = [ \"polkit-1\" ];\n"
			      "numbers : { premium = true, prefixes = ( \"+49\", \"+43\" ) };\n"
			      "routes = ( \"outbox\" )\nbudget = { all = \"7/1h 9/7d\"; };"
			      "deadline = \"20s\"; // no line end after this comment"),
		0);
	ck_assert(got.services_given);
	ck_assert_uint_eq(got.nservices, 2);
	ck_assert_str_eq(got.services[1], "sudo");
	ck_assert_int_eq(got.unlisted, SETTINGS_IGNORE);
	ck_assert_int_eq(got.unenrolled, SETTINGS_IGNORE);
	ck_assert_uint_eq(got.nwithout_password, 1);
	ck_assert_str_eq(got.without_password[0], "polkit-1");
	ck_assert(got.premium);
	ck_assert_uint_eq(got.nprefixes, 2);
	ck_assert_str_eq(got.prefixes[1], "+43");
	ck_assert(!got.budget.all.automatic);
	ck_assert_uint_eq(got.budget.all.rates[1].count, 9);
	ck_assert_uint_eq(got.budget.all.rates[1].window_s, 7 * 86400);
	ck_assert_uint_eq(got.deadline_s, 20);
}
END_TEST

/* --- faults with their lines --- */

START_TEST(c2_all_faults_at_once_with_their_lines)
{
	ck_assert_int_eq(load("# a comment\n"                          /* 1 */
			      "colour = \"blue\";\n"                   /* 2 */
			      "code = {\n"                             /* 3 */
			      "  digits = 5;\n"                        /* 4 */
			      "  tries = \"3\"; /* over\n"             /* 5 */
			      "  two lines */ lifetime = 29;\n"        /* 6 */
			      "};\n"                                   /* 7 */
			      "numbers = { prefixes = [ \"+49\",\n"    /* 8 */
			      "   \"+43\" \"+41\",\n"                  /* 9 */
			      "   \"44\" ]; };\n"                      /* 10 */
			      "routes = [ \"dexatel\" ];\n"            /* 11 */
			      "providers = {\n"                        /* 12 */
			      "  other = { from = \"CHANGE-ME\"; };\n" /* 13 */
			      "};\n"                                   /* 14 */
			      "unlisted = \"ignore\";\n"               /* 15 */
			      "mode = \"watch\";\n"                    /* 16 */
			      "lockout = 10;\n"                        /* 17 */
			      "deadline = 99999999999;\n"),            /* 18 */
		-1);
	static const struct {
		int line;
		const char *part;
	} want[] = {
		{ 2, "colour: unknown key" },
		{ 4, "code.digits: write 6 to 10, not 5" },
		{ 5, "code.tries: write a number" },
		{ 6, "code.lifetime: write 30s to 600s, not 29" },
		{ 9, "a comma is missing between \"+43\" and \"+41\"" },
		{ 10, "numbers.prefixes: \"44\": a prefix is +" },
		{ 11, "routes: \"dexatel\" has no block" },
		{ 13, "providers.other.from: still says CHANGE-ME" },
		{ 15, "unlisted: needs services" },
		{ 16, "mode: write enforce or observe" },
		{ 17, "lockout: write a group" },
		{ 18, "more than 9 digits" },
	};
	const size_t wanted = sizeof want / sizeof want[0];
	for (size_t i = 0; i < wanted; i++)
		ck_assert_msg(told(want[i].line, want[i].part), "%d %s%s", want[i].line,
			want[i].part, all_faults());
	/* the wrapped number may be a second fault of its line, with libconfig 1.5 */
	ck_assert_msg(
		faults.n == wanted || (faults.n == wanted + 1 && faults.at[wanted].line == 18),
		"%s", all_faults());
	for (size_t i = 1; i < faults.n; i++)
		ck_assert_int_ge(faults.at[i].line, faults.at[i - 1].line);
}
END_TEST

static const struct {
	const char *text;
	int line;
	const char *part;
} hints[] = {
	{ "p = [ +49, \"+43\" ];", 1, "put quotes around each" },
	{ "numbers = { prefixes = [ +49 ]; };\nroutes = [ \"outbox\" ];", 1,
		"put quotes around it: \"+49\"" },
	{ "numbers = { prefixes = [ \"+49\" \"+43\" ]; };\nroutes = [ \"outbox\" ];", 1,
		"a comma is missing between \"+49\" and \"+43\"" },
	{ "numbers = { prefixes = ( \"+49\" # one\n \"+43\" ); };\nroutes = [ \"outbox\" ];", 2,
		"a comma is missing" },
	{ "numbers = { prefixes = [ \"+49\" ]; };\nroutes = [ \"outbox\" ];\nservices = [ \"sshd\" "
	  "\"sudo\" ];",
		3, "a comma is missing" },
	{ "\nnumbers = {\n premium = yes; };", 3, "write true instead of yes" },
	{ "\nnumbers = {\n premium = Off; };", 3, "write false instead of Off" },
	{ "unlisted = ignore;", 1, "a string needs quotes" },
	{ "a = 1;\nservices = [ sshd ];", 2, "a string needs quotes" },
	{ "a = 1;\nservices = [ \"sudo\", sshd ];", 2, "a string needs quotes" },
	{ "code = { lifetime = 90s; };", 1, "\"90s\"" },
	{ "46elks = { a = 1; };", 1, "use = \"46elks\"" },
	{ "providers = {\n a = { x = \"1\"; };\n 46elks = { y = \"1\"; };\n};", 3,
		"use = \"46elks\"" },
	{ "a = 1;\na = 2;", 2, "twice" },
	{ "code = { digits = 6;\n tries = 3;\n digits = 7; };", 3, "twice" },
	{ "a = 1;\nb = \"open;\nc = 2;\n", 2, "not closed" },
	{ "a = 1;\n/* open;\nc = 2;\n", 2, "not closed" },
	{ "a = 1;\ncode = {\n tries = 3;\n", 4, "the { of line 2 is not closed" },
	{ "a = 1;\ncode = {\n tries = 3; ];\n", 3, "does not close the { of line 2" },
	{ "a = 1; };\n", 1, "closes nothing" },
	{ "a = 1;\n\"code\" = { };\n", 2, "without quotes" },
	{ "a = 1;\n\"code\" : { };\n", 2, "without quotes: \"code\"" },
	{ "a = \"\"b\"\";\nc = \"d\";", 1, "a quote (\") is missing or one too many" },
	{ "a = \"b\"\nc d\n", 2, "= is missing after `c`" },
	{ "code.tries = 3;", 1, "no dots" },
	{ "code = { tries 3; };", 1, "= is missing after `tries`" },
	{ "code = { tries = ; };", 1, "a value is missing after `tries`" },
	{ "code = { tries = 3\n; resends = }", 2, "a value is missing after `resends`" },
	{ "a = 'x';", 1, "double quotes" },
	{ "\xef\xbb\xbf"
	  "a = 1;",
		1, "byte order mark" },
	{ "a = 1;\n@include \"/etc/passwd\"\n", 2, "@include is not taken" },
	{ "a = 1; @include \"/etc/passwd\"\n", 1, "@include is not taken" },
	{ "a = { b = { # }\n  @include \"x\"\n", 2, "@include is not taken" },
	{ "a=[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]", 1, "nested" },
	{ "a = ;;; &", 1, "a value is missing after `a`" },
	{ "a = 1;\n& = 2;", 2, "a stray &" },
	{ "a = 1;\n_b = 2;", 2, "a stray _" },
};

START_TEST(c2_the_first_syntax_error_with_a_hint)
{
	ck_assert_int_eq(load(hints[_i].text), -1);
	ck_assert(faults.n == 1 || !strstr(all_faults(), "syntax error"));
	ck_assert_msg(told(hints[_i].line, hints[_i].part), "%s%s", hints[_i].text, all_faults());
	ck_assert(is_zero(&got, sizeof got));
}
END_TEST

START_TEST(c2_a_comma_after_the_last_entry)
{
	/* libconfig 1.7 takes it, 1.5 does not */
	if (load("routes = [ \"outbox\", ];\nnumbers = { prefixes = [ \"+49\" ]; };\n") == 0)
		return;
	ck_assert_uint_eq(faults.n, 1);
	ck_assert_msg(told(1, "no comma after the last entry"), "%s", all_faults());
}
END_TEST

START_TEST(c2_an_at_sign_in_text_is_no_include)
{
	ck_assert_int_eq(load("message = \"{code} @include\"; # @include \"x\"\n/* @include */\n"
			      "// @include\nroutes = [ \"outbox\" ];\nnumbers = { prefixes = [ "
			      "\"+49\" ]; };\n"),
		0);
	ck_assert_str_eq(got.message, "{code} @include");
}
END_TEST

START_TEST(g1_a_key_without_quotes_is_not_repeated)
{
	static const char *const values[] = { "hushhush", "7hushhush", "1234567890123456",
		"0xabcdef12", "\"hushhush\x01\"", "[ 1, hushhush ]", "\"\"hushhush\"",
		"\"\" hushhush \"", "\"a\"; \"hushhush\"", "\"\"7hushhush\"", "\"\"123456\"",
		/* the quote is missing further above, and one too many below */
		"\"hushhush\"; }; b = { from = x\"" };
	char text[200];

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		snprintf(text, sizeof text,
			"routes = [ \"a\" ];\nproviders = { a = { key = %s; }; };", values[i]);
		ck_assert_int_eq(load(text), -1);
		ck_assert_msg(!strstr(all_faults(), "hush") && !strstr(all_faults(), "123456") &&
				      !strstr(all_faults(), "abcdef"),
			"%s%s", values[i], all_faults());
		snprintf(text, sizeof text,
			"routes = [ \"a\" ];\nmessage = \"{code};\nproviders = { a = { key = %s; }; };",
			values[i]);
		ck_assert_int_eq(load(text), -1);
		ck_assert_msg(!strstr(all_faults(), "hush"), "%s%s", values[i], all_faults());
	}
}
END_TEST

static const struct {
	const char *key, *part;
} strangers[] = {
	{ "unenrolled = { then = \"deny\"; than = \"enroll\"; };", "unenrolled.than: unknown" },
	{ "services = [ \"sshd\" ]; unlisted = { then = \"ignore\"; };", "unlisted = { ... } is not built" },
	{ "digits = 6;", "did you mean code.digits" },
	{ "code = { message = \"x\"; };", "did you mean message" },
	{ "number = { };", "number: unknown key" },
	{ "Code = { };", "Code: unknown key" },
	{ "code = { Digits = 6; };", "code.Digits: unknown key" },
};

START_TEST(c2_unknown_keys)
{
	char text[300];

	snprintf(text, sizeof text,
		"%s\nroutes = [ \"outbox\" ];\nnumbers = { prefixes = [ \"+49\" ]; };\n",
		strangers[_i].key);
	ck_assert_int_eq(load(text), -1);
	ck_assert_uint_eq(faults.n, 1);
	ck_assert_msg(told(1, strangers[_i].part), "%s", all_faults());
}
END_TEST

START_TEST(c2_what_must_be_there)
{
	ck_assert_int_eq(load(""), -1);
	ck_assert_uint_eq(faults.n, 2);
	ck_assert(told(0, "numbers.prefixes is missing"));
	ck_assert(told(0, "routes is missing"));
	ck_assert_int_eq(load("routes = [ \"outbox\" ];\nnumbers = { premium = true; };\n"), -1);
	ck_assert(told(0, "numbers.prefixes is missing"));
}
END_TEST

START_TEST(c2_more_faults_than_places)
{
	char text[4000] = "", line[40];

	for (int i = 0; i < 50; i++) {
		snprintf(line, sizeof line, "wrong%d = 1;\n", i);
		strcat(text, line);
	}
	ck_assert_int_eq(load(text), -1);
	ck_assert_uint_eq(faults.n, 52);
	settings_first_fault(&faults, text, sizeof text);
	ck_assert_ptr_nonnull(strstr(text, "(and 51 more)"));
}
END_TEST

START_TEST(the_first_fault_as_one_line)
{
	char line[400], want[400];

	load("\nwrong = 1;\nroutes = [ \"outbox\" ];\nnumbers = { prefixes = [ \"+49\" ]; };\n");
	settings_first_fault(&faults, line, sizeof line);
	snprintf(want, sizeof want, "%s:2: wrong: unknown key", in_folder("conf"));
	ck_assert_str_eq(line, want);
	load("routes = [ \"outbox\" ];\n");
	settings_first_fault(&faults, line, sizeof line);
	snprintf(want, sizeof want, "%s: numbers.prefixes is missing: 1 to 64 prefixes",
		in_folder("conf"));
	ck_assert_str_eq(line, want);
	faults.n = 0;
	settings_first_fault(&faults, line, sizeof line);
	ck_assert_str_eq(line, "");
}
END_TEST

/* --- the file --- */

static const char fine[] = "routes = [ \"outbox\" ];\nnumbers = { prefixes = [ \"+49\" ]; };\n";

static int load_written(const void *bytes, size_t len, mode_t mode)
{
	write_bytes(in_folder("conf"), bytes, len, mode);
	return settings_load(in_folder("conf"), &got, &faults);
}

static void refused(const char *name)
{
	ck_assert_msg(faults.n == 1 && faults.at[0].line == 0, "%s%s", name, all_faults());
	ck_assert_str_eq(faults.at[0].file, in_folder("conf"));
	ck_assert_msg(strstr(faults.at[0].text, unit_folder()) != faults.at[0].text, "%s%s", name,
		all_faults());
	ck_assert(is_zero(&got, sizeof got));
}

START_TEST(c2_the_file_is_judged)
{
	char conf[200], other[200];

	snprintf(conf, sizeof conf, "%s", in_folder("conf"));
	snprintf(other, sizeof other, "%s", in_folder("other"));
	ck_assert_int_eq(load_written(fine, strlen(fine), 0644), 0);
	ck_assert_int_eq(load_written(fine, strlen(fine), 0400), 0);
	ck_assert_int_eq(load_written(fine, strlen(fine), 0664), -1);
	refused("group may write");
	ck_assert_int_eq(load_written(fine, strlen(fine), 0646), -1);
	refused("others may write");
	write_bytes(conf, fine, strlen(fine), 0644);
	ck_assert_int_eq(chown(conf, 1, 0), 0);
	ck_assert_int_eq(settings_load(conf, &got, &faults), -1);
	refused("another owner");
	unlink(conf);
	ck_assert_int_eq(settings_load(conf, &got, &faults), -1);
	refused("missing");
	write_bytes(other, fine, strlen(fine), 0644);
	ck_assert_int_eq(symlink(other, conf), 0);
	ck_assert_int_eq(settings_load(conf, &got, &faults), -1);
	ck_assert_uint_eq(faults.n, 1);
	unlink(conf);
	ck_assert_int_eq(link(other, conf), 0);
	ck_assert_int_eq(settings_load(conf, &got, &faults), -1);
	unlink(conf);
	ck_assert_int_eq(mkdir(conf, 0755), 0);
	ck_assert_int_eq(settings_load(conf, &got, &faults), -1);
	rmdir(conf);
	ck_assert_int_eq(settings_load("sms-otp.conf", &got, &faults), -1);
	ck_assert_uint_eq(faults.n, 1);
}
END_TEST

START_TEST(c2_the_files_bytes_are_judged)
{
	static char big[TEXT_MAX];

	memset(big, ' ', sizeof big);
	memcpy(big, fine, strlen(fine));
	big[65535] = '\n';
	ck_assert_int_eq(load_written(big, 65536, 0644), 0);
	ck_assert_int_eq(load_written(big, 65537, 0644), -1);
	refused("too long");
	char nul[sizeof fine + 20];
	int len = snprintf(nul, sizeof nul, "%s%c%s", fine, 1, "unknown = 1;");
	nul[strlen(fine)] = '\0';
	ck_assert_int_eq(load_written(nul, (size_t)len, 0644), -1);
	ck_assert_msg(told(3, "NUL"), "%s", all_faults());
}
END_TEST

/* --- providers --- */

static void write_secret(const char *name, const char *text, mode_t mode)
{
	write_bytes(in_folder(name), text, strlen(text), mode);
}

/* %s: the test's folder. */
static int load_block(const char *block)
{
	char text[6000], filled[7000], folder[200];
	size_t n = 0;

	snprintf(text, sizeof text,
		"routes = [ \"a\" ]; numbers = { prefixes = [ \"+49\" ]; };\nproviders = { a = { "
		"%s };\n};",
		block);
	snprintf(folder, sizeof folder, "%s", unit_folder());
	for (const char *at = text; *at && n + 1 < sizeof filled;) {
		if (at[0] == '%' && at[1] == 's') {
			n += (size_t)snprintf(filled + n, sizeof filled - n, "%s", folder);
			at += 2;
		} else {
			filled[n++] = *at++;
		}
	}
	filled[n] = '\0';
	return load(filled);
}

static const struct settings_variable *variable(const char *name)
{
	for (size_t i = 0; i < got.routes[0].nvariables; i++)
		if (strcmp(got.routes[0].variables[i].name, name) == 0)
			return &got.routes[0].variables[i];
	return NULL;
}

START_TEST(providers_fill_the_routes)
{
	char text[2000], path[200];
	struct secret secret;
	struct fault f = FAULT_INIT;

	write_secret("a.key", "s3cret\n", 0600);
	write_secret("ca.pem", "certificate", 0644);
	snprintf(path, sizeof path, "%s", in_folder("a.key"));
	snprintf(text, sizeof text,
		"routes = [ \"b-2\", \"outbox\", \"a\" ];\nnumbers = { prefixes = [ \"+49\" ]; };\n"
		"providers = { unused = { from = \"x\"; };\n"
		"a = { from = \"ACME\"; key_file = \"%s\"; };\n"
		"b-2 = { use = \"46elks\"; ca_file = \"%s/ca.pem\"; proxy = "
		"\"http://127.0.0.1:3128\";\n"
		"loopback_http = true; user = \"f\xc3\xbcr\"; }; };\n",
		path, unit_folder());
	ck_assert_msg(load(text) == 0, "%s", all_faults());
	ck_assert_uint_eq(got.nroutes, 3);
	ck_assert_str_eq(got.routes[0].name, "b-2");
	ck_assert_str_eq(got.routes[0].description, "46elks");
	ck_assert_str_eq(got.routes[0].ca_file, in_folder("ca.pem"));
	ck_assert_str_eq(got.routes[0].proxy, "http://127.0.0.1:3128");
	ck_assert(got.routes[0].loopback_http);
	ck_assert_uint_eq(got.routes[0].nvariables, 1);
	ck_assert_str_eq(got.routes[1].description, "outbox");
	ck_assert_uint_eq(got.routes[1].nvariables, 0);
	ck_assert_str_eq(got.routes[2].description, "a");
	ck_assert(!got.routes[2].loopback_http && !got.routes[2].ca_file[0] &&
		  !got.routes[2].proxy[0]);
	ck_assert_uint_eq(got.routes[2].nvariables, 2);
	const struct settings_variable *key = &got.routes[2].variables[1];
	ck_assert_str_eq(key->name, "key");
	ck_assert(key->is_file);
	ck_assert_str_eq(key->value, path);
	ck_assert_int_eq(settings_read_secret(key, &secret, &f), 0);
	ck_assert_str_eq((const char *)secret.bytes, "s3cret");
	ck_assert_int_eq(settings_read_secret(&got.routes[2].variables[0], &secret, &f), 0);
	ck_assert_str_eq((const char *)secret.bytes, "ACME");
	/* it is judged afresh each time */
	ck_assert_int_eq(chmod(path, 0640), 0);
	ck_assert_int_eq(settings_read_secret(key, &secret, &f), -1);
	ck_assert_uint_eq(secret.len, 0);
	ck_assert_ptr_nonnull(strstr(f.text, path));
}
END_TEST

START_TEST(a_block_serves_routes_and_voice)
{
	ck_assert_msg(load("routes = [ \"a\", \"b\" ]; voice = [ \"c\", \"outbox\", \"a\" ];\n"
			   "numbers = { prefixes = [ \"+49\" ]; };\n"
			   "providers = { a = { use = \"twilio\"; from = \"x\"; };\n"
			   "b = { only = [ \"+49\", \"+1\" ]; };\n"
			   "c = { only = ( \"+1234567\" ); caller = \"y\"; }; };\n") == 0,
		"%s", all_faults());
	ck_assert_uint_eq(got.nroutes, 2);
	ck_assert_uint_eq(got.nvoice, 3);
	ck_assert_str_eq(got.routes[0].description, "twilio");
	ck_assert_str_eq(got.voice[2].name, "a");
	ck_assert_mem_eq(&got.voice[2], &got.routes[0], sizeof got.voice[2]);
	ck_assert_uint_eq(got.routes[0].nonly, 0);
	ck_assert_uint_eq(got.routes[1].nonly, 2);
	ck_assert_str_eq(got.routes[1].only[0], "+49");
	ck_assert_str_eq(got.routes[1].only[1], "+1");
	ck_assert_str_eq(got.voice[0].name, "c");
	ck_assert_str_eq(got.voice[0].description, "c");
	ck_assert_uint_eq(got.voice[0].nonly, 1);
	ck_assert_str_eq(got.voice[0].only[0], "+1234567");
	ck_assert_str_eq(got.voice[0].variables[0].value, "y");
	ck_assert_str_eq(got.voice[1].name, "outbox");
	ck_assert_str_eq(got.voice[1].description, "outbox");
}
END_TEST

/* part NULL: taken. */
static const struct {
	const char *block, *part;
} blocks[] = {
	{ "from = \"x\";", NULL },
	{ "", NULL },
	{ "from = \"\";", "providers.a.from: is empty" },
	{ "from = 12;", "providers.a.from: write a string" },
	{ "from = true;", "providers.a.from: write a string" },
	{ "from = { };", "providers.a.from: write a string" },
	{ "from = \"CHANGE-ME\";", "providers.a.from: still says CHANGE-ME" },
	{ "from = \"my CHANGE-ME here\";", "providers.a.from: still says CHANGE-ME" },
	{ "from = \"a\\nb\";", "providers.a.from: line ends" },
	{ "From = \"x\";", "providers.a.From: cannot be the name" },
	{ "text = \"x\";", "providers.a.text: cannot be the name" },
	{ "a-b = \"x\";", "providers.a.a-b: cannot be the name" },
	{ "aaaaaaaaaabbbbbbbbbbccccccccccdd = \"x\";", NULL },
	{ "aaaaaaaaaabbbbbbbbbbccccccccccddd = \"x\";", "cannot be the name" },
	{ "use = \"twilio\";", NULL },
	{ "use = \"../x\";", "providers.a.use: a name is" },
	{ "use = \"outbox\";", "providers.a.use: outbox is built in" },
	{ "use = 5;", "providers.a.use: write a string" },
	{ "only = [ \"+1\" ];", NULL },
	{ "only = ( \"+49\", \"+1234567\" );", NULL },
	{ "only = [ \"+12345678\" ];", "providers.a.only: longer than 8 bytes" },
	{ "only = [ \"+\" ];", "providers.a.only: \"+\": a prefix is" },
	{ "only = [ \"+0\" ];", "providers.a.only: \"+0\": a prefix is" },
	{ "only = [ \"49\" ];", "providers.a.only: \"49\": a prefix is" },
	{ "only = [ \"+4 9\" ];", "providers.a.only: \"+4 9\": a prefix is" },
	{ "only = [ \"+49\", \"+49\" ];", "providers.a.only: \"+49\" is there twice" },
	{ "only = [ +49 ];", "providers.a.only: put quotes around it: \"+49\"" },
	{ "only = [ \"\" ];", "providers.a.only: is empty" },
	{ "only = [ ];", "providers.a.only: write 1 to 32 prefixes, not 0" },
	{ "only = \"+49\";", "providers.a.only: write a list" },
	{ "only = { };", "providers.a.only: write a list" },
	{ "only = true;", "providers.a.only: write a list" },
	{ "only = [ \"+1\",\"+2\",\"+3\",\"+4\",\"+5\",\"+6\",\"+7\",\"+8\",\"+9\",\"+10\",\"+11\","
	  "\"+12\",\"+13\",\"+14\",\"+15\",\"+16\",\"+17\",\"+18\",\"+19\",\"+20\",\"+21\",\"+22\","
	  "\"+23\",\"+24\",\"+25\",\"+26\",\"+27\",\"+28\",\"+29\",\"+30\",\"+31\",\"+32\" ];",
		NULL },
	{ "only = [ \"+1\",\"+2\",\"+3\",\"+4\",\"+5\",\"+6\",\"+7\",\"+8\",\"+9\",\"+10\",\"+11\","
	  "\"+12\",\"+13\",\"+14\",\"+15\",\"+16\",\"+17\",\"+18\",\"+19\",\"+20\",\"+21\",\"+22\","
	  "\"+23\",\"+24\",\"+25\",\"+26\",\"+27\",\"+28\",\"+29\",\"+30\",\"+31\",\"+32\",\"+33\" "
	  "];",
		"providers.a.only: write 1 to 32 prefixes, not 33" },
	{ "loopback_http = \"yes\";", "providers.a.loopback_http: write true or false" },
	{ "loopback_http = 1;", "providers.a.loopback_http: write true or false" },
	{ "proxy = \"https://proxy.example:8080\";", NULL },
	{ "proxy = \"proxy.example:8080\";", "providers.a.proxy: write http" },
	{ "proxy = \"http://me:secret@proxy.example\";", "without user and password" },
	{ "proxy = \"http://a b\";", "providers.a.proxy" },
	{ "ca_file = \"%s/good\";", NULL },
	{ "ca_file = \"%s/missing\";", "providers.a.ca_file: /" },
	{ "ca_file = \"%s/open\";", NULL },
	{ "ca_file = \"%s/writable\";", "providers.a.ca_file: /" },
	{ "ca_file = \"%s/link\";", "providers.a.ca_file: /" },
	{ "key_file = \"%s/good\";", NULL },
	{ "key_file = \"%s/readonly\";", NULL },
	{ "key_file = \"%s/longest\";", NULL },
	{ "key_file = \"%s/toolong\";", "providers.a.key_file: /" },
	{ "key_file = \"%s/missing\";", "providers.a.key_file: /" },
	{ "key_file = \"%s/open\";", "providers.a.key_file: /" },
	{ "key_file = \"%s/writable\";", "providers.a.key_file: /" },
	{ "key_file = \"%s/foreign\";", "providers.a.key_file: /" },
	{ "key_file = \"%s/link\";", "providers.a.key_file: /" },
	{ "key_file = \"%s/empty\";", "is empty" },
	{ "key_file = \"%s/newline\";", "is empty" },
	{ "key_file = \"%s/twolines\";", "more than one line" },
	{ "key_file = \"%s/crlf\";", NULL },
	{ "key_file = \"%s/unchanged\";", "still says CHANGE-ME" },
	{ "key_file = \"no-such-name-beside-the-settings\";", SMSOTP_SYSCONFDIR "/sms-otp" },
	{ "key_file = \"../x\";", "providers.a.key_file: " },
	{ "key = \"x\"; key_file = \"%s/good\";", "given twice" },
	{ "key_file = \"%s/good\"; key = \"x\";", "given twice" },
	{ "v1=\"x\";v2=\"x\";v3=\"x\";v4=\"x\";v5=\"x\";v6=\"x\";v7=\"x\";v8=\"x\";v9=\"x\";v10="
	  "\"x\";v11=\"x\";"
	  "v12=\"x\";v13=\"x\";v14=\"x\";v15=\"x\";v16=\"x\";",
		NULL },
	{ "v1=\"x\";v2=\"x\";v3=\"x\";v4=\"x\";v5=\"x\";v6=\"x\";v7=\"x\";v8=\"x\";v9=\"x\";v10="
	  "\"x\";v11=\"x\";"
	  "v12=\"x\";v13=\"x\";v14=\"x\";v15=\"x\";v16=\"x\";v17=\"x\";",
		"more than 16" },
};

static void write_secrets(void)
{
	char longest[SECRET_MAX + 2], target[200];

	memset(longest, 'k', sizeof longest);
	write_secret("good", "key\n", 0600);
	write_secret("readonly", "key", 0400);
	longest[SECRET_MAX] = '\0';
	write_secret("longest", longest, 0600);
	longest[SECRET_MAX] = 'k';
	longest[SECRET_MAX + 1] = '\0';
	write_secret("toolong", longest, 0600);
	write_secret("open", "key\n", 0644);
	write_secret("writable", "key\n", 0666);
	write_secret("foreign", "key\n", 0600);
	ck_assert_int_eq(chown(in_folder("foreign"), 1, 0), 0);
	write_secret("empty", "", 0600);
	write_secret("newline", "\n", 0600);
	write_secret("twolines", "key\nmore\n", 0600);
	write_secret("crlf", "key\r\n", 0600);
	write_secret("unchanged", "CHANGE-ME\n", 0600);
	snprintf(target, sizeof target, "%s", in_folder("good"));
	unlink(in_folder("link"));
	ck_assert_int_eq(symlink(target, in_folder("link")), 0);
}

START_TEST(c2_provider_blocks_are_judged)
{
	write_secrets();
	int result = load_block(blocks[_i].block);
	ck_assert_msg(result == (blocks[_i].part ? -1 : 0), "%s%s", blocks[_i].block, all_faults());
	if (blocks[_i].part)
		ck_assert_msg(faults.n == 1 && told(2, blocks[_i].part), "%s%s", blocks[_i].block,
			all_faults());
}
END_TEST

START_TEST(c2_a_secrets_line_end_is_dropped)
{
	struct secret secret;
	struct fault f = FAULT_INIT;

	write_secrets();
	ck_assert_int_eq(
		load_block("a_file = \"%s/good\"; b_file = \"%s/crlf\"; c_file = \"%s/readonly\";"),
		0);
	for (const char *name = "abc"; *name; name++) {
		char one[2] = { *name, '\0' };
		ck_assert_ptr_nonnull(variable(one));
		ck_assert_int_eq(settings_read_secret(variable(one), &secret, &f), 0);
		ck_assert_str_eq((const char *)secret.bytes, "key");
	}
}
END_TEST

static const struct {
	const char *text, *part;
} frames[] = {
	{ "routes = [ \"a\" ];\nproviders = { };", "routes: \"a\" has no block" },
	{ "routes = [ \"a\" ];\n", "routes: \"a\" has no block" },
	{ "routes = [ \"outbox\" ]; voice = [ \"a\" ];", "voice: \"a\" has no block" },
	{ "routes = [ \"b\" ]; voice = [ \"outbox\", \"a\" ]; providers = { b = { }; };",
		"voice: \"a\" has no block" },
	{ "routes = [ \"a\" ]; voice = [ \"b\" ]; providers = { b = { }; };",
		"routes: \"a\" has no block" },
	{ "routes = [ \"a\" ]; providers = 5;", "providers: write a group" },
	{ "routes = [ \"a\" ]; providers = { a = 5; };", "providers.a: write a group" },
	{ "routes = [ \"a\" ]; providers = ( { a = 5; } );", "providers: write a group" },
	{ "routes = [ \"outbox\" ]; providers = { outbox = { }; };", "outbox is built in" },
	{ "routes = [ \"outbox\" ]; providers = { B = { }; };", "providers.B: a name is" },
	{ "routes = [ \"outbox\" ]; providers = { b = { from = \"CHANGE-ME\"; }; };",
		"providers.b.from: still says CHANGE-ME" },
};

START_TEST(c2_routes_and_blocks_fit_together)
{
	char text[600];

	snprintf(
		text, sizeof text, "%s\nnumbers = { prefixes = [ \"+49\" ]; };\n", frames[_i].text);
	ck_assert_int_eq(load(text), -1);
	ck_assert_msg(told(1, frames[_i].part), "%s", all_faults());
}
END_TEST

/* --- whatever is in the file --- */

static const char full[] =
	"# everything\nroutes = [ \"outbox\", \"b\" ];\nproviders = { b = { from = \"x\"; use = "
	"\"y\"; only = [ \"+49\", \"+1\" ]; }; };\nvoice = [ \"b\", \"outbox\" ]; hedge_after = "
	"3;\n"
	"numbers = { prefixes = [ \"+49\", \"+43\" ]; premium = false; };\n"
	"code = { digits = 6; lifetime = 90; tries = 3; resends = 2; cooldown = \"30s\"; };\n"
	"lockout = { failures = 10; window = \"24h\"; lock = \"30m\"; };\n"
	"budget = { user = \"5/1h 10/1d\"; successes = \"60/1d\"; all = \"auto\"; };\n"
	"message = \"{code} is your code\"; message_segments = 1; deadline = 10;\n"
	"services = [ \"sshd\", \"sudo\" ]; unlisted = \"refuse\";\n"
	"unenrolled = { then = \"enroll\"; until = \"2027-01-31\"; groups = [ \"staff\" ]; };\n"
	"without_password = [ \"polkit-1\" ]; /* the end */\n";

static void route_in_bounds(const struct settings_route *r)
{
	ck_assert(r->name[0] && r->description[0]);
	ck_assert(r->nonly <= SETTINGS_ONLY_MAX && r->nvariables <= ORDER_VARIABLES_MAX);
	for (size_t i = 0; i < r->nonly; i++)
		ck_assert(r->only[i][0] == '+' && r->only[i][1] >= '1' &&
			  strlen(r->only[i]) <= SETTINGS_ONLY_LENGTH);
}

static void all_in_bounds(const char *text)
{
	for (size_t i = 0; settings_table_row(i); i++) {
		const struct settings_table_row *row = settings_table_row(i);
		if (row->kind != SETTINGS_TABLE_INTEGER && row->kind != SETTINGS_TABLE_DURATION)
			continue;
		uint32_t value = stored_u32(row);
		ck_assert_msg(value >= row->min && value <= row->max, "%s %u in %s", row->key.path,
			value, text);
	}
	ck_assert(got.nprefixes >= 1 && got.nprefixes <= SETTINGS_PREFIXES_MAX);
	ck_assert(got.nroutes >= 1 && got.nroutes <= SETTINGS_ROUTES_MAX);
	ck_assert(got.nservices <= SETTINGS_SERVICES_MAX);
	ck_assert(got.budget.user.rates[0].count >= 1 && got.budget.user.rates[0].count <= 100);
	ck_assert(got.budget.successes.rates[0].count >= 1);
	ck_assert(got.budget.all.automatic || got.budget.all.rates[0].count >= 1);
	ck_assert(got.unlisted == SETTINGS_REFUSE || got.unlisted == SETTINGS_IGNORE);
	ck_assert(got.unenrolled == SETTINGS_REFUSE || got.unenrolled == SETTINGS_IGNORE ||
		  (got.unenrolled == SETTINGS_ENROLL && got.unenrolled_terms.has_until &&
			  got.unenrolled_terms.groups.n > 0));
	ck_assert(got.code.digits >= 6 && strstr(got.message, "{code}"));
	for (size_t i = 0; i < got.nroutes; i++)
		route_in_bounds(&got.routes[i]);
	ck_assert(got.nvoice <= SETTINGS_ROUTES_MAX);
	for (size_t i = 0; i < got.nvoice; i++)
		route_in_bounds(&got.voice[i]);
}

static void mutate(char *text, size_t *len)
{
	static const char *const bits[] = { "\"", "{", "}", "[", "]", "(", ")", ";", ",", "=", "\n",
		"/*", "#", "//", "\\", "99999999999", "-1", "0x", "true", "+49", "@", "4294967302",
		".", "\xff", "6", "9" };

	for (long n = 1 + random() % 4; n > 0; n--) {
		size_t at = (size_t)random() % *len;
		const char *bit = bits[(size_t)random() % (sizeof bits / sizeof bits[0])];
		size_t bit_len = strlen(bit), gone = (size_t)random() % 3;
		switch (random() % 3) {
		case 0:
			text[at] = (char)(random() % 256);
			break;
		case 1:
			memmove(text + at + bit_len, text + at, *len - at + 1);
			memcpy(text + at, bit, bit_len);
			*len += bit_len;
			break;
		default:
			if (at + gone > *len)
				gone = *len - at;
			memmove(text + at, text + at + gone, *len - at - gone + 1);
			*len -= gone;
			break;
		}
	}
}

START_TEST(c2_no_mutation_crashes_or_leaves_the_bounds)
{
	char text[sizeof full + 200];
	int taken = 0;

	srandom((unsigned)_i + 1);
	ck_assert_msg(load(full) == 0, "%s", all_faults());
	for (int round = 0; round < 1500; round++) {
		size_t len = sizeof full - 1;
		memcpy(text, full, sizeof full);
		mutate(text, &len);
		int result = load_written(text, len, 0644);
		ck_assert_int_eq(result == 0, faults.n == 0);
		if (result == 0) {
			all_in_bounds(text);
			taken++;
		} else {
			ck_assert(is_zero(&got, sizeof got));
			ck_assert(faults.at[0].text[0] != '\0');
		}
	}
	ck_assert_int_gt(taken, 20);
}
END_TEST

#define CASES(table) (int)(sizeof table / sizeof table[0])

/* --- rules --- */

static const char *rules_file(const char *rules)
{
	static char text[20000];

	snprintf(text, sizeof text,
		"rules = %s;\nroutes = [ \"outbox\" ];\nnumbers = { prefixes = [ \"+49\" ]; };\n",
		rules);
	return text;
}

static const struct {
	const char *rules, *told; /* NULL: good */
} rules[] = {
	{ "( )", NULL },
	{ "( { then = \"skip\"; } )", NULL },
	{ "( { users = [ \"a*\", \"!b\" ]; then = \"refuse\"; }, { then = \"require\"; } )", NULL },
	{ "( { groups = ( \"domain users\" ); then = \"require\"; } )", NULL },
	{ "( { networks = [ \"10.0.0.0/8\", \"::1\" ]; then = \"skip\"; } )", NULL },
	{ "( { uids = [ \"0\", \"1000-1999\", \"4294967294\" ]; then = \"skip\"; } )", NULL },
	{ "( { until = \"2027-01-31\"; reason = \"the move\"; then = \"skip\"; } )", NULL },
	{ "[ ]", "a list of at most 64 rules" },
	{ "{ then = \"skip\"; }", "a list of at most 64 rules" },
	{ "\"skip\"", "a list of at most 64 rules" },
	{ "( \"skip\" )", "write each rule as a group" },
	{ "( ( ) )", "write each rule as a group" },
	{ "( { } )", "a rule says then" },
	{ "( { users = [ \"a\" ]; } )", "a rule says then" },
	{ "( { then = \"allow\"; } )", "require, skip or refuse" },
	{ "( { then = \"Skip\"; } )", "require, skip or refuse" },
	{ "( { then = true; } )", "rules.then: write a string" },
	{ "( { user = [ \"a\" ]; then = \"skip\"; } )", "rules.user: unknown" },
	{ "( { users = \"a\"; then = \"skip\"; } )", "rules.users: write a list of 1 to 32" },
	{ "( { users = [ ]; then = \"skip\"; } )", "rules.users: write a list of 1 to 32" },
	{ "( { users = [ 5 ]; then = \"skip\"; } )", "rules.users: write a string" },
	{ "( { users = [ \"\" ]; then = \"skip\"; } )", "is empty" },
	{ "( { users = [ \"!\" ]; then = \"skip\"; } )", "followed by a pattern" },
	{ "( { users = [ \"!!a\" ]; then = \"skip\"; } )", "followed by a pattern" },
	{ "( { users = [ \"a,b\" ]; then = \"skip\"; } )", "one pattern in each pair" },
	{ "( { users = [ \"a\" \"b\" ]; then = \"skip\"; } )", "a comma is missing" },
	{ "( { users = [ \"CHANGE-ME\" ]; then = \"skip\"; } )", "CHANGE-ME" },
	{ "( { networks = [ \"10.0.0.1/8\" ]; then = \"skip\"; } )", "write 10.0.0.0/8" },
	{ "( { networks = [ \"localhost\" ]; then = \"skip\"; } )", "write an address" },
	{ "( { networks = [ \"!10.0.0.0/8\" ]; then = \"skip\"; } )", "write an address" },
	{ "( { uids = [ \"9-1\" ]; then = \"skip\"; } )", "the smaller first" },
	{ "( { uids = [ \"1-\" ]; then = \"skip\"; } )", "write a uid" },
	{ "( { uids = [ \"-1\" ]; then = \"skip\"; } )", "write a uid" },
	{ "( { uids = [ \"4294967295\" ]; then = \"skip\"; } )", "write a uid" },
	{ "( { uids = [ 1000 ]; then = \"skip\"; } )", "rules.uids: write a string" },
	{ "( { until = \"2027-02-30\"; then = \"skip\"; } )", "a day of the calendar" },
	{ "( { until = 20270131; then = \"skip\"; } )", "rules.until: write a string" },
	{ "( { until = \"2027-01-31\"; then = \"refuse\"; } )", "only for then" },
	{ "( { until = \"2027-01-31\"; then = \"require\"; } )", "only for then" },
	{ "( { reason = \"a\\nb\"; then = \"skip\"; } )", "control characters" },
	{ "( { reason = [ \"a\" ]; then = \"skip\"; } )", "rules.reason: write a string" },
	{ "( { then = \"skip\"; then = \"skip\"; } )", "twice in its group" },
};

START_TEST(c2_rules_are_judged)
{
	int result = load(rules_file(rules[_i].rules));

	ck_assert_msg(result == (rules[_i].told ? -1 : 0), "%s: %d%s", rules[_i].rules, result,
		all_faults());
	if (rules[_i].told) {
		ck_assert_msg(told(1, rules[_i].told), "%s: %s", rules[_i].rules, all_faults());
		ck_assert(is_zero(&got, sizeof got));
	}
}
END_TEST

START_TEST(what_a_rule_says_is_what_is_stored)
{
	const struct settings_rule *r = got.rules;

	ck_assert_msg(
		load(rules_file("(\n{ users = [ \"a*\", \"!b\" ];\ngroups = [ \"c\" ]; services = "
				"[ \"d\" ];\nterminals = [ \"e\", \"f\" ]; networks = [ "
				"\"::ffff:10.0.0.0/104\" ]; uids = [ \"0\", \"5-6\" ]; "
				"until = \"2027-01-31\";\nreason = \"why\"; then = \"skip\"; },\n"
				"{ then = \"refuse\"; },\n{ then = \"require\"; } )")) == 0,
		"%s", all_faults());
	ck_assert_uint_eq(got.nrules, 3);
	ck_assert_int_eq(r->line, 2);
	ck_assert_uint_eq(r->users.n, 2);
	ck_assert_str_eq(got.rule_text + r->users.at, "a*");
	ck_assert_str_eq(got.rule_text + r->users.at + 3, "!b");
	ck_assert_str_eq(got.rule_text + r->groups.at, "c");
	ck_assert_str_eq(got.rule_text + r->services.at, "d");
	ck_assert_uint_eq(r->terminals.n, 2);
	ck_assert_str_eq(got.rule_text + r->terminals.at + 2, "f");
	ck_assert_uint_eq(r->nnetworks, 1);
	ck_assert_int_eq(r->networks[0].address.family, FACTS_IPV4);
	ck_assert_uint_eq(r->networks[0].bits, 8);
	ck_assert_uint_eq(r->nuids, 2);
	ck_assert_uint_eq(r->uids[1].from, 5);
	ck_assert_uint_eq(r->uids[1].to, 6);
	ck_assert(r->has_until);
	ck_assert_int_eq(r->until, 20849);
	ck_assert_str_eq(r->reason, "why");
	ck_assert_int_eq(r->then, SETTINGS_THEN_SKIP);
	ck_assert_int_eq(r[1].then, SETTINGS_THEN_REFUSE);
	ck_assert_int_eq(r[1].line, 6);
	ck_assert_uint_eq(r[1].users.n, 0);
	ck_assert(!r[1].has_until);
	ck_assert_int_eq(r[2].then, SETTINGS_THEN_REQUIRE);
}
END_TEST

/* n times one text, as a list in brackets of a kind. */
static const char *many(const char *open, const char *one, int n, const char *close)
{
	static char text[19000];
	size_t len = (size_t)snprintf(text, sizeof text, "%s", open);

	for (int i = 0; i < n && len < sizeof text; i++)
		len += (size_t)snprintf(
			text + len, sizeof text - len, "%s%s", i > 0 ? ", " : "", one);
	snprintf(text + len, sizeof text - len, "%s", close);
	return text;
}

static const char *remember_file(const char *value)
{
	static char text[4000];

	snprintf(text, sizeof text, "routes = [ \"outbox\" ];\nnumbers = { prefixes = [ \"+49\" ]; };\nremember = %s;\n",
		value);
	return text;
}

static const struct {
	const char *value, *told; /* NULL: taken */
} remembered[] = {
	{ "{ }", NULL },
	{ "{ sshd = \"8h\"; }", NULL },
	{ "{ sshd = 60; sudo-i = \"30d\"; }", NULL },
	{ "{ sshd = 59; }", "remember.sshd: write 1m to 30d, not 59" },
	{ "{ sshd = \"31d\"; }", "remember.sshd: write 1m to 30d" },
	{ "{ sshd = true; }", "remember.sshd: write a duration" },
	{ "{ sshd = { }; }", "remember.sshd: write a duration" },
	{ "{ sshd = 60; sshd = 60; }", "twice" },
	{ "{ a-service-with-a-name-of-27 = 60; }", NULL },
	{ "{ a-service-with-a-name-of-28c = 60; }", "at most 27 bytes" },
	{ "\"8h\"", "remember: write a group" },
	{ "[ \"sshd\" ]", "remember: write a group" },
};

START_TEST(c2_remember_is_judged)
{
	int rc = load(remember_file(remembered[_i].value));

	if (!remembered[_i].told)
		ck_assert_msg(rc == 0, "%s", all_faults());
	else
		ck_assert_msg(rc == -1 && strstr(all_faults(), remembered[_i].told), "%s", all_faults());
}
END_TEST

START_TEST(what_remember_says_is_what_is_stored)
{
	char text[1000] = "{ ";

	ck_assert_int_eq(load(remember_file("{ sshd = \"8h\"; sudo = 60; }")), 0);
	ck_assert_uint_eq(settings_remember_s(&got, "sshd"), 8 * 3600);
	ck_assert_uint_eq(settings_remember_s(&got, "sudo"), 60);
	ck_assert_uint_eq(settings_remember_s(&got, "su"), 0);
	ck_assert_uint_eq(settings_remember_s(&got, ""), 0);
	for (int i = 0; i < 17; i++) {
		size_t len = strlen(text);
		ck_assert_int_eq(i < 16 || load(remember_file(strcat(text, "}"))) == 0, 1);
		text[len] = '\0';
		snprintf(text + len, sizeof text - len, "s%d = 60; ", i);
	}
	ck_assert_int_eq(load(remember_file(strcat(text, "}"))), -1);
}
END_TEST

static const char *file_of(const char *lines)
{
	static char text[8000];

	snprintf(text, sizeof text, "routes = [ \"outbox\" ];\nnumbers = { prefixes = [ \"+49\" ]; };\n%s\n", lines);
	return text;
}

static const struct {
	const char *lines, *told; /* NULL: taken */
} spoken[] = {
	{ "language = \"de\";", NULL },
	{ "language = \"pt\";", NULL },
	{ "language = \"xx\";", "language: write one of en, de, fr, es or pt" },
	{ "language = \"de_DE.UTF-8\";", "language: write" },
	{ "language = \"\";", "language: " },
	{ "language = 1;", "language: " },
	{ "origins = { };", NULL },
	{ "origins = { cockpit = \"host.example.org\"; sshd = \"localhost\"; };", NULL },
	{ "origins = { cockpit = \"xn--bcher-kva.example\"; };", NULL },
	{ "origins = { cockpit = \"https://host.example.org\"; };", "origins.cockpit: write the page's host" },
	{ "origins = { cockpit = \"host.example.org:9090\"; };", "origins.cockpit: write" },
	{ "origins = { cockpit = \"@host\"; };", "origins.cockpit: write" },
	{ "origins = { cockpit = \"host #123456\"; };", "origins.cockpit: write" },
	{ "origins = { cockpit = \"Host.example.org\"; };", "origins.cockpit: write" },
	{ "origins = { cockpit = \"host..org\"; };", "origins.cockpit: write" },
	{ "origins = { cockpit = \"host.\"; };", "origins.cockpit: write" },
	{ "origins = { cockpit = \".host\"; };", "origins.cockpit: write" },
	{ "origins = { cockpit = \"-host\"; };", "origins.cockpit: write" },
	{ "origins = { cockpit = \"host-\"; };", "origins.cockpit: write" },
	{ "origins = { cockpit = \"\"; };", "origins.cockpit: " },
	{ "origins = { cockpit = 1; };", "origins.cockpit: " },
	{ "origins = { cockpit = [ \"a\" ]; };", "origins.cockpit: " },
	{ "origins = \"host\";", "origins: write a group" },
	{ "origins = [ \"host\" ];", "origins: write a group" },
};

START_TEST(c2_languages_and_origins_are_judged)
{
	int rc = load(file_of(spoken[_i].lines));

	if (!spoken[_i].told)
		ck_assert_msg(rc == 0, "%s", all_faults());
	else
		ck_assert_msg(rc == -1 && strstr(all_faults(), spoken[_i].told), "%s", all_faults());
}
END_TEST

START_TEST(what_origins_say_is_what_is_stored)
{
	char text[4000] = "origins = { ", host[SETTINGS_ORIGIN_MAX + 2];

	ck_assert_int_eq(load(file_of("language = \"fr\"; origins = { cockpit = \"a.b\"; sshd = \"c\"; };")), 0);
	ck_assert_str_eq(got.language, "fr");
	ck_assert_str_eq(settings_origins_host(&got, "cockpit"), "a.b");
	ck_assert_str_eq(settings_origins_host(&got, "sshd"), "c");
	ck_assert_ptr_null(settings_origins_host(&got, "su"));
	ck_assert_ptr_null(settings_origins_host(&got, ""));
	for (int i = 0; i < 17; i++) {
		size_t len = strlen(text);
		ck_assert_int_eq(load(file_of(strcat(text, "};"))), 0);
		text[len] = '\0';
		snprintf(text + len, sizeof text - len, "s%d = \"h\"; ", i);
	}
	ck_assert_int_eq(load(file_of(strcat(text, "};"))), -1);
	memset(host, 'h', sizeof host);
	for (size_t i = 50; i < sizeof host; i += 50)
		host[i] = '.';
	host[SETTINGS_ORIGIN_MAX] = '\0';
	host[SETTINGS_ORIGIN_MAX - 1] = 'h';
	snprintf(text, sizeof text, "origins = { a = \"%s\"; };", host);
	ck_assert_msg(load(file_of(text)) == 0, "%s", all_faults());
	snprintf(text, sizeof text, "origins = { a = \"%sh\"; };", host);
	ck_assert_int_eq(load(file_of(text)), -1);
}
END_TEST

START_TEST(c2_rules_have_bounds)
{
	char long_name[258], two[9000], pair[18500];

	memset(long_name, 'a', sizeof long_name);
	long_name[0] = long_name[256] = '"';
	long_name[257] = '\0';

	ck_assert_int_eq(load(rules_file(many("( ", "{ then = \"skip\"; }", 64, " )"))), 0);
	ck_assert_uint_eq(got.nrules, 64);
	ck_assert_int_eq(load(rules_file(many("( ", "{ then = \"skip\"; }", 65, " )"))), -1);
	ck_assert_int_eq(
		load(rules_file(many("( { users = [ ", "\"a\"", 32, " ]; then = \"skip\"; } )"))),
		0);
	ck_assert_int_eq(
		load(rules_file(many("( { users = [ ", "\"a\"", 33, " ]; then = \"skip\"; } )"))),
		-1);
	ck_assert_int_eq(load(rules_file(many(
				 "( { networks = [ ", "\"::1\"", 32, " ]; then = \"skip\"; } )"))),
		0);
	ck_assert_int_eq(load(rules_file(many(
				 "( { networks = [ ", "\"::1\"", 33, " ]; then = \"skip\"; } )"))),
		-1);
	ck_assert_int_eq(
		load(rules_file(many("( { uids = [ ", "\"7\"", 33, " ]; then = \"skip\"; } )"))),
		-1);
	/* the patterns of all rules together */
	snprintf(two, sizeof two, "{ users = %s",
		many("[ ", long_name, 32, " ]; then = \"skip\"; }"));
	ck_assert_int_eq(load(rules_file(many("( ", two, 2, " )"))), 0);
	ck_assert_uint_eq(got.rule_text_len, sizeof got.rule_text);
	snprintf(pair, sizeof pair, "%s",
		many("( ", two, 2, ", { users = [ \"more\" ]; then = \"skip\"; } )"));
	ck_assert_int_eq(load(rules_file(pair)), -1);
	ck_assert_msg(told(1, "more than 16384 bytes"), "%s", all_faults());
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("settings");
	TCase *tc = tcase_create("settings");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, every_key_has_its_default);
	tcase_add_test(tc, one_notice_or_a_list_of_them);
	tcase_add_test(tc, the_tables_public_face_is_whole);
	tcase_add_test(tc, c2_numbers_at_their_bounds_and_beyond);
	tcase_add_loop_test(tc, b3_rates_are_bounded_and_never_off, 0, CASES(rates));
	tcase_add_test(tc, c2_every_key_refuses_every_other_type);
	tcase_add_loop_test(tc, c2_texts_are_judged, 0, CASES(texts));
	tcase_add_test(tc, what_is_said_is_what_is_stored);
	tcase_add_test(tc, c2_all_faults_at_once_with_their_lines);
	tcase_add_loop_test(tc, c2_the_first_syntax_error_with_a_hint, 0, CASES(hints));
	tcase_add_test(tc, c2_a_comma_after_the_last_entry);
	tcase_add_test(tc, c2_an_at_sign_in_text_is_no_include);
	tcase_add_test(tc, g1_a_key_without_quotes_is_not_repeated);
	tcase_add_loop_test(tc, c2_unknown_keys, 0, CASES(strangers));
	tcase_add_test(tc, c2_what_must_be_there);
	tcase_add_test(tc, c2_more_faults_than_places);
	tcase_add_test(tc, the_first_fault_as_one_line);
	tcase_add_test(tc, c2_the_file_is_judged);
	tcase_add_test(tc, c2_the_files_bytes_are_judged);
	tcase_add_test(tc, providers_fill_the_routes);
	tcase_add_test(tc, a_block_serves_routes_and_voice);
	tcase_add_loop_test(tc, c2_provider_blocks_are_judged, 0, CASES(blocks));
	tcase_add_test(tc, c2_a_secrets_line_end_is_dropped);
	tcase_add_loop_test(tc, c2_routes_and_blocks_fit_together, 0, CASES(frames));
	tcase_add_loop_test(tc, c2_rules_are_judged, 0, CASES(rules));
	tcase_add_test(tc, what_a_rule_says_is_what_is_stored);
	tcase_add_test(tc, c2_rules_have_bounds);
	tcase_add_loop_test(tc, c2_languages_and_origins_are_judged, 0, CASES(spoken));
	tcase_add_test(tc, what_origins_say_is_what_is_stored);
	tcase_add_loop_test(tc, c2_remember_is_judged, 0, CASES(remembered));
	tcase_add_test(tc, what_remember_says_is_what_is_stored);
	tcase_add_loop_test(tc, c2_no_mutation_crashes_or_leaves_the_bounds, 0, 4);
	suite_add_tcase(suite, tc);
	return suite;
}
