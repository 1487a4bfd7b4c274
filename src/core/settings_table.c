#include "core/settings_table.h"

#include <string.h>

#include "base/text.h"
#include "core/language.h"
#include "core/sms.h"

_Static_assert((int)SETTINGS_MESSAGE_MAX == (int)SMS_TEMPLATE_MAX, "one length of a message");

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, RATE_MAX = 1000000 };

#define NAME_BYTES "abcdefghijklmnopqrstuvwxyz0123456789_-"

bool settings_table_name(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= ORDER_NAME_MAX && strspn(text, NAME_BYTES) == len &&
	       text[0] != '_' && text[0] != '-';
}

static int judge_name(const char *text, struct fault *f)
{
	if (settings_table_name(text))
		return 0;
	return fault_set(f, FAULT_BAD, 0,
		"a name is 1 to %d of a-z 0-9 _ -, beginning with a letter or digit",
		ORDER_NAME_MAX);
}

static int judge_use(const char *text, struct fault *f)
{
	if (strcmp(text, "outbox") == 0)
		return fault_set(
			f, FAULT_BAD, 0, "outbox is built in: name it in routes, without a block");
	return judge_name(text, f);
}

/* A file's name in pam.d. */
static int judge_service(const char *text, struct fault *f)
{
	char plain[TALK_SERVICE_MAX + 1];

	text_name(plain, sizeof plain, text, TALK_SERVICE_MAX);
	if (strcmp(plain, text) == 0 && text[0] != '.' && text[0] != '-')
		return 0;
	return fault_set(f, FAULT_BAD, 0,
		"a service is the name of a file in pam.d: 1 to %d of A-Z a-z 0-9 . _ -",
		TALK_SERVICE_MAX);
}

static int judge_notify(const char *text, struct fault *f)
{
	if (strcmp(text, "new-device") == 0 || strcmp(text, "fatigue") == 0)
		return 0;
	return fault_set(f, FAULT_BAD, 0, "write new-device or fatigue");
}

static int judge_prefix(const char *text, struct fault *f)
{
	size_t digits = text[0] == '+' ? strspn(text + 1, "0123456789") : 0;

	if (digits > 0 && digits < PHONE_MAX && text[1] != '0' && text[1 + digits] == '\0')
		return 0;
	return fault_set(f, FAULT_BAD, 0,
		"a prefix is + and a country code, and more digits where you wish: \"+49\"");
}

static int judge_path(const char *text, struct fault *f)
{
	if (text_printable(text))
		return 0;
	return fault_set(f, FAULT_BAD, 0, "write the path of a file in printable ASCII");
}

static int judge_proxy(const char *text, struct fault *f)
{
	bool known = text_starts(text, "http://") || text_starts(text, "https://");

	if (known && text_printable(text) && !strpbrk(text, " @"))
		return 0;
	return fault_set(f, FAULT_BAD, 0,
		"write http://HOST:PORT or https://HOST:PORT, without user and password");
}

static int judge_language(const char *text, struct fault *f)
{
	if (language_find(text) != LANGUAGE_NONE)
		return 0;
	return fault_set(f, FAULT_BAD, 0, "write one of " LANGUAGE_LIST);
}

#define AT(field) offsetof(struct settings, field)
#define OF(field) offsetof(struct settings_route, field)
#define STORED(list, field, n)                                                                     \
	.at = AT(field), .count_at = AT(n), .stride = sizeof((struct settings *)0)->field[0],      \
	.size = sizeof((struct settings *)0)->list

#define NUMBERS(type, what, path, fallback, bounds, where, least, most)                            \
	{                                                                                          \
		.key = { path, type, fallback, bounds }, .kind = (what), .at = (where),            \
		.min = (least), .max = (most)                                                      \
	}
#define INTEGER(...)  NUMBERS("integer", SETTINGS_TABLE_INTEGER, __VA_ARGS__)
#define DURATION(...) NUMBERS("duration", SETTINGS_TABLE_DURATION, __VA_ARGS__)
#define RATES(...)    NUMBERS("rates", SETTINGS_TABLE_RATES, __VA_ARGS__)

#define WINDOWS " in 1m to 31d, one or two rates"

static const struct settings_table_row rows[] = {
	INTEGER("code.digits", "6", "6 to 10", AT(code.digits), 6, 10),
	DURATION("code.lifetime", "90s", "30s to 600s", AT(code.lifetime_s), 30, 600),
	INTEGER("code.tries", "3", "3 to 5", AT(code.tries), 3, 5),
	INTEGER("code.resends", "2", "0 to 5", AT(code.resends), 0, 5),
	DURATION("code.cooldown", "30s", "10s to 300s", AT(code.cooldown_s), 10, 300),
	INTEGER("lockout.failures", "10", "3 to 20", AT(lockout.failures), 3, 20),
	DURATION("lockout.window", "24h", "1h to 7d", AT(lockout.window_s), HOUR, INT64_C(7) * DAY),
	DURATION("lockout.lock", "30m", "1m to 24h", AT(lockout.lock_s), MINUTE, DAY),
	RATES("budget.user", "5/1h 10/1d", "1 to 100" WINDOWS, AT(budget.user), 1, 100),
	RATES("budget.successes", "60/1d", "1 to 1000" WINDOWS, AT(budget.successes), 1, 1000),
	{ .key = { "budget.all", "rates", "auto", "auto, or 1 to 1000000" WINDOWS },
		.kind = SETTINGS_TABLE_RATES,
		.automatic = true,
		.at = AT(budget.all),
		.min = 1,
		.max = RATE_MAX },
	RATES("budget.number", "5/1h 10/1d", "1 to 250" WINDOWS, AT(budget.number), 1, 250),
	RATES("budget.address", "10/1h", "1 to 250" WINDOWS, AT(budget.address), 1, 250),
	{ .key = { "budget.prefix", "rates", "auto", "auto, or 1 to 1000000" WINDOWS },
		.kind = SETTINGS_TABLE_RATES,
		.automatic = true,
		.at = AT(budget.prefix),
		.min = 1,
		.max = RATE_MAX },
	DURATION("deadline", "10s", "5s to 20s", AT(deadline_s), 5, 20),
	DURATION("hedge_after", "3s", "1s to 10s", AT(hedge_after_s), 1, 10),
	DURATION("keep_warm", "0s", "0s to 600s", AT(keep_warm_s), 0, 600),
	{ .key = { "message", "string", SMS_DEFAULT, "1 to 320 bytes" },
		.kind = SETTINGS_TABLE_STRING,
		.at = AT(message),
		.max = SETTINGS_MESSAGE_MAX,
		.judge = sms_check_template },
	{ .key = { "language", "string", "en", LANGUAGE_LIST },
		.kind = SETTINGS_TABLE_STRING,
		.at = AT(language),
		.max = ORDER_NAME_MAX,
		.judge = judge_language },
	INTEGER("message_segments", "1", "1 to 3", AT(message_segments), 1, 3),
	{ .key = { "services", "strings", "every service", "1 to 64 names" },
		.kind = SETTINGS_TABLE_STRINGS,
		STORED(services[0], services, nservices),
		.min = 1,
		.max = SETTINGS_SERVICES_MAX,
		.judge = judge_service },
	{ .key = { "unlisted", "word", "refuse", "refuse or ignore" },
		.kind = SETTINGS_TABLE_WORD,
		.at = AT(unlisted) },
	{ .key = { "unenrolled", "word", "deny", "deny or ignore" },
		.kind = SETTINGS_TABLE_WORD,
		.at = AT(unenrolled) },
	{ .key = { "without_password", "strings", "no service", "1 to 64 names" },
		.kind = SETTINGS_TABLE_STRINGS,
		STORED(without_password[0], without_password, nwithout_password),
		.min = 1,
		.max = SETTINGS_SERVICES_MAX,
		.judge = judge_service },
	{ .key = { "confirm", "strings", "no service", "1 to 64 names" },
		.kind = SETTINGS_TABLE_STRINGS,
		STORED(confirm[0], confirm, nconfirm),
		.min = 1,
		.max = SETTINGS_SERVICES_MAX,
		.judge = judge_service },
	{ .key = { "notify", "strings", "no notices", "new-device, fatigue" },
		.kind = SETTINGS_TABLE_STRINGS,
		.single = true,
		STORED(notify[0], notify, nnotify),
		.min = 1,
		.max = SETTINGS_NOTIFY_MAX,
		.judge = judge_notify },
	{ .key = { "numbers.prefixes", "strings", "must be given", "1 to 64 prefixes" },
		.kind = SETTINGS_TABLE_STRINGS,
		.mandatory = true,
		STORED(prefixes[0], prefixes, nprefixes),
		.min = 1,
		.max = SETTINGS_PREFIXES_MAX,
		.judge = judge_prefix },
	{ .key = { "numbers.premium", "boolean", "false", "true or false" },
		.kind = SETTINGS_TABLE_BOOLEAN,
		.at = AT(premium) },
	{ .key = { "routes", "strings", "must be given", "1 to 8 names" },
		.kind = SETTINGS_TABLE_STRINGS,
		.mandatory = true,
		STORED(routes[0].name, routes, nroutes),
		.min = 1,
		.max = SETTINGS_ROUTES_MAX,
		.judge = judge_name },
	{ .key = { "voice", "strings", "no calls", "1 to 8 names" },
		.kind = SETTINGS_TABLE_STRINGS,
		STORED(voice[0].name, voice, nvoice),
		.min = 1,
		.max = SETTINGS_ROUTES_MAX,
		.judge = judge_name },
	{ .key = { "providers.NAME.use", "string", "NAME", "1 to 32 bytes" },
		.kind = SETTINGS_TABLE_STRING,
		.at = OF(description),
		.max = ORDER_NAME_MAX,
		.judge = judge_use },
	{ .key = { "providers.NAME.only", "strings", "all numbers", "1 to 32 prefixes" },
		.kind = SETTINGS_TABLE_STRINGS,
		.at = OF(only),
		.count_at = OF(nonly),
		.stride = SETTINGS_ONLY_LENGTH + 1,
		.size = SETTINGS_ONLY_LENGTH + 1,
		.min = 1,
		.max = SETTINGS_ONLY_MAX,
		.judge = judge_prefix },
	{ .key = { "providers.NAME.ca_file", "string", "the system's certificates",
		  "1 to 255 bytes" },
		.kind = SETTINGS_TABLE_STRING,
		.at = OF(ca_file),
		.max = ORDER_PATH_MAX,
		.judge = judge_path },
	{ .key = { "providers.NAME.proxy", "string", "none", "1 to 255 bytes" },
		.kind = SETTINGS_TABLE_STRING,
		.at = OF(proxy),
		.max = ORDER_PATH_MAX,
		.judge = judge_proxy },
	{ .key = { "providers.NAME.loopback_http", "boolean", "false", "true or false" },
		.kind = SETTINGS_TABLE_BOOLEAN,
		.at = OF(loopback_http) },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

_Static_assert((int)ROWS <= (int)SETTINGS_TABLE_ROWS_MAX, "who keeps a bit for each row");

const struct settings_table_row *settings_table_row(size_t i)
{
	return i < ROWS ? &rows[i] : NULL;
}

const struct settings_table_row *settings_table_find(const char *path)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].key.path, path) == 0)
			return &rows[i];
	return NULL;
}

bool settings_table_group(const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < ROWS; i++)
		if (strncmp(rows[i].key.path, path, len) == 0 && rows[i].key.path[len] == '.')
			return true;
	return false;
}

static const char *last_part(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

void settings_table_unknown(const char *path, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	text_add(&line, "unknown key");
	for (size_t i = 0; i < ROWS; i++) {
		const char *known = rows[i].key.path;
		if (strcmp(last_part(known), last_part(path)) == 0) {
			text_add(&line, "; did you mean %s?", known);
			return;
		}
	}
}
