/* settings_shape: the settings as they lie in memory, and the list of what is wrong with a file.
 *
 * Owns: the structs that core/settings.h hands out; the faults' order.
 * MUST: count every fault, also those beyond the array; keep each fault one printable line.
 * Never: reads a file, knows a key or a bound. Everybody else includes core/settings.h. */
#ifndef CORE_SETTINGS_SHAPE_H
#define CORE_SETTINGS_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/number.h"
#include "base/secret.h"
#include "core/network.h"
#include "core/pattern.h"
#include "core/phone.h"
#include "wire/order.h"
#include "wire/talk.h"

enum {
	SETTINGS_SERVICES_MAX = 64,
	SETTINGS_PREFIXES_MAX = 64,
	SETTINGS_ROUTES_MAX = 8,
	SETTINGS_ONLY_MAX = 32,
	SETTINGS_ONLY_LENGTH = 8, /* + and 1 to 7 digits */
	SETTINGS_MESSAGE_MAX = 320,
	SETTINGS_PATH_MAX = 255,
	SETTINGS_FAULTS_MAX = 32,
	SETTINGS_RULES_MAX = 64,
	SETTINGS_RULE_LIST_MAX = 32,    /* entries of one list */
	SETTINGS_RULE_TEXT_MAX = 16384, /* bytes of all patterns together */
	SETTINGS_REASON_MAX = 120,
	SETTINGS_REMEMBER_MAX = 16,
	SETTINGS_REMEMBER_NAME = 28,
	SETTINGS_NOTIFY_MAX = 2,
	SETTINGS_NOTIFY_WORD = 12,
	SETTINGS_ORIGINS_MAX = 16,
	SETTINGS_ORIGIN_MAX = 100, /* bytes of a host */
	SETTINGS_OBSERVED_MAX = 16,
};

/* What a site does with a login that its settings do not require a code for. The zero is the
 * refusal. */
enum settings_otherwise {
	SETTINGS_REFUSE = 0,
	SETTINGS_IGNORE = 0x49474e,
	SETTINGS_ENROLL = 0x454e52, /* `unenrolled` only, with a day and groups */
};

/* `mode`. The zero is what keeps strangers out. */
enum settings_mode { SETTINGS_ENFORCE = 0, SETTINGS_OBSERVE = 0x4f6273 };

struct settings_budget {
	/* "auto": scaled with the number of enrolled users (B5); rates are then unused */
	bool automatic;
	struct number_rate rates[NUMBER_RATES_MAX];
};

struct settings_variable {
	char name[ORDER_NAME_MAX + 1]; /* as the description asks for it, without _file */
	bool is_file;                  /* value is the absolute path of a 0600 file */
	char value[SECRET_MAX + 1];
};

/* One entry of `routes` or `voice`, with its provider block. */
struct settings_route {
	char name[ORDER_NAME_MAX + 1];        /* the block's name, the site's own */
	char description[ORDER_NAME_MAX + 1]; /* `use`, or else the name */
	char ca_file[ORDER_PATH_MAX + 1];
	char proxy[ORDER_PATH_MAX + 1];
	bool loopback_http;
	/* 0: it serves all numbers; or else those that begin with one of these */
	size_t nonly;
	char only[SETTINGS_ONLY_MAX][SETTINGS_ONLY_LENGTH + 1];
	size_t nvariables;
	struct settings_variable variables[ORDER_VARIABLES_MAX];
};

/* What a rule wants. The zero is the refusal. */
enum settings_then {
	SETTINGS_THEN_REFUSE = 0,
	SETTINGS_THEN_REQUIRE = 0x526571,
	SETTINGS_THEN_SKIP = 0x536b69,
};

/* n strings in a row, each with its NUL, from settings.rule_text + at on. */
struct settings_words {
	size_t at, n;
};

struct settings_uids {
	uint32_t from, to; /* both included */
};

/* One entry of `rules`. A list that was not given has n 0 and matches everything. */
struct settings_rule {
	int line; /* in the file */
	struct settings_words users, groups, services, terminals;
	size_t nnetworks;
	struct network networks[SETTINGS_RULE_LIST_MAX];
	size_t nuids;
	struct settings_uids uids[SETTINGS_RULE_LIST_MAX];
	bool has_until;
	int32_t until; /* core/day.h; the rule counts through that day */
	char reason[SETTINGS_REASON_MAX + 1];
	enum settings_then then;
};

/* One member of `remember`. */
struct settings_remember {
	char service[SETTINGS_REMEMBER_NAME];
	uint32_t seconds;
};

/* The rest of `unenrolled`, where it is a group. */
struct settings_unenrolled {
	bool has_until;
	int32_t until;                       /* core/day.h; through that day */
	struct settings_words groups;        /* n 0: everybody's */
	char command[SETTINGS_PATH_MAX + 1]; /* run after an enrolment at login; "": none */
};

/* One member of `origins`. */
struct settings_origin {
	char service[TALK_SERVICE_MAX + 1];
	char host[SETTINGS_ORIGIN_MAX + 1];
};

struct settings {
	struct {
		uint32_t digits, lifetime_s, tries, resends, cooldown_s;
	} code;
	struct {
		uint32_t failures, window_s, lock_s;
	} lockout;
	struct {
		struct settings_budget user, all;
		struct settings_budget successes;
		struct settings_budget number, address, prefix;
	} budget;
	/* entry to first prompt, and answer to verdict (D11): 5..20, default 10 */
	uint32_t deadline_s;
	/* so long without an answer, and the next route is tried as well: 1..10, default 3 */
	uint32_t hedge_after_s;
	/* a sender waits so long for the next message of its route: 0 (not at all) .. 600 */
	uint32_t keep_warm_s;
	char message[SETTINGS_MESSAGE_MAX + 1];
	uint32_t message_segments; /* 1..3, default 1 (G4) */
	bool services_given;
	size_t nservices;
	char services[SETTINGS_SERVICES_MAX][TALK_SERVICE_MAX + 1];
	enum settings_otherwise unlisted;
	enum settings_otherwise unenrolled;
	struct settings_unenrolled unenrolled_terms;
	size_t nwithout_password;
	/* services that have no first factor (D4) */
	char without_password[SETTINGS_SERVICES_MAX][TALK_SERVICE_MAX + 1];
	size_t nconfirm;
	/* services that ask for Enter before they send */
	char confirm[SETTINGS_SERVICES_MAX][TALK_SERVICE_MAX + 1];
	size_t nprefixes;
	char prefixes[SETTINGS_PREFIXES_MAX][PHONE_MAX + 1];
	bool premium;
	size_t nroutes;
	struct settings_route routes[SETTINGS_ROUTES_MAX];
	/* routes that may call, in order; 0: no calls */
	size_t nvoice;
	struct settings_route voice[SETTINGS_ROUTES_MAX];
	size_t nnotify;
	/* what a notice is sent of (core/notice.h) */
	char notify[SETTINGS_NOTIFY_MAX][SETTINGS_NOTIFY_WORD];
	size_t nremember;
	struct settings_remember remember[SETTINGS_REMEMBER_MAX];
	size_t norigins;
	struct settings_origin origins[SETTINGS_ORIGINS_MAX];
	char language[ORDER_NAME_MAX + 1]; /* for who has none of their own; core/language.h */
	enum settings_mode mode; /* of all services; see core/settings_mode.h */
	size_t nobserved;
	char observed[SETTINGS_OBSERVED_MAX][TALK_SERVICE_MAX + 1];
	size_t nrules;
	struct settings_rule rules[SETTINGS_RULES_MAX];
	size_t rule_text_len;
	char rule_text[SETTINGS_RULE_TEXT_MAX];
};

struct settings_fault {
	char file[SETTINGS_PATH_MAX + 1];
	int line;       /* 0: the file as a whole */
	char text[256]; /* what is wrong and what to write instead */
};

struct settings_faults {
	size_t n; /* faults found, also those beyond the array */
	struct settings_fault at[SETTINGS_FAULTS_MAX];
};

/* Where a fault is: the file's name and the line (0: the file as a whole). */
struct settings_shape_spot {
	const char *file;
	int line;
};

void settings_shape_fault(struct settings_faults *faults, struct settings_shape_spot spot,
	const char *fmt, ...) __attribute__((format(printf, 3, 4), nonnull));

/* One of the first n faults is at this line. */
bool settings_shape_told(const struct settings_faults *faults, size_t n, int line)
	__attribute__((nonnull));

/* Put the faults in the order of their lines; those of one line stay as they came. */
void settings_shape_sort(struct settings_faults *faults) __attribute__((nonnull));

/* The table's public face, for the tests and the man page: key as a path ("code.digits"), type,
 * default and bounds as people write them. */
struct settings_key {
	const char *path;
	/* "integer", "duration", "rates", "string", "strings", "boolean", "word" */
	const char *type;
	const char *fallback;
	const char *bounds;
};

#endif
