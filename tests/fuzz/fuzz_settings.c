/* sms-otp.conf as a text of any kind, read by all rooms of the settings; the files that it names lie in memory.
 *
 * Either there are faults, each a line that can be shown, and nothing was taken; or every value is within the bounds of sms-otp.conf(5), which
 * stand here a second time, and nothing lets anybody in that the text does not say in so many words (C2, C4). */
#include <string.h>

#include "base/text.h"
#include "cabinet.h"
#include "claim.h"
#include "core/day.h"
#include "core/gsm7.h"
#include "core/settings.h"
#include "core/settings_mode.h"
#include "core/settings_origins.h"
#include "core/settings_remember.h"
#include "core/sms.h"
#include "property_core.h"

#define CONF    "/etc/sms-otp/sms-otp.conf"
#define SECRET  "topsecret"
#define IN_TEXT "hunter2"

enum { TEXT_MAX = 65535, DAY_S = 86400 };

static struct settings settings;
static struct settings_faults faults;

/* --- faults ----------------------------------------------------------------------------------- */

static size_t times(const char *text, const char *what)
{
	size_t n = 0;
	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

/* A key in clear is a value of its variable and nothing else. */
static bool only_a_value(const char *text)
{
	size_t all = times(text, IN_TEXT);
	return all > 0 && all == times(text, "key = \"" IN_TEXT "\"");
}

static void claim_faults(const char *text)
{
	char first[512];
	int line = 0;
	CLAIM(faults.n > 0);
	for (size_t i = 0; i < faults.n && i < SETTINGS_FAULTS_MAX; i++) {
		const struct settings_fault *f = &faults.at[i];
		CLAIM(!strcmp(f->file, CONF) && text_printable(f->text));
		CLAIM(f->line == 0 || f->line >= line);
		line = f->line;
		CLAIM(!strstr(f->text, SECRET) || strstr(text, SECRET));
		CLAIM(!only_a_value(text) || !strstr(f->text, IN_TEXT));
	}
	/* the end of a file is a line of its own */
	CLAIM((size_t)line <= times(text, "\n") + 2);
	settings_first_fault(&faults, first, sizeof first);
	CLAIM(!strncmp(first, CONF ":", strlen(CONF ":")) && text_printable(first));
	CLAIM(property_core_zero(&settings, sizeof settings));
}

/* --- values ----------------------------------------------------------------------------------- */

static void within(uint32_t value, uint32_t least, uint32_t most)
{
	CLAIM(value >= least && value <= most);
}

static void claim_budget(const struct settings_budget *b, uint32_t most, bool may_be_auto)
{
	CLAIM(may_be_auto || !b->automatic);
	if (b->automatic)
		return;
	/* off is no setting (B3) */
	CLAIM(b->rates[0].count > 0);
	for (int i = 0; i < NUMBER_RATES_MAX && b->rates[i].count > 0; i++) {
		within(b->rates[i].count, 1, most);
		within(b->rates[i].window_s, 60, 31 * DAY_S);
	}
}

static void claim_numbers(const struct settings *s)
{
	within(s->code.digits, 6, 10);
	within(s->code.lifetime_s, 30, 600);
	within(s->code.tries, 3, 5);
	within(s->code.resends, 0, 5);
	within(s->code.cooldown_s, 10, 300);
	within(s->lockout.failures, 3, 20);
	within(s->lockout.window_s, 3600, 7 * DAY_S);
	within(s->lockout.lock_s, 60, DAY_S);
	within(s->deadline_s, 5, 20);
	within(s->hedge_after_s, 1, 10);
	within(s->keep_warm_s, 0, 600);
	within(s->message_segments, 1, 3);
	claim_budget(&s->budget.user, 100, false);
	claim_budget(&s->budget.successes, 1000, false);
	claim_budget(&s->budget.number, 250, false);
	claim_budget(&s->budget.address, 250, false);
	claim_budget(&s->budget.all, 1000000, true);
	claim_budget(&s->budget.prefix, 1000000, true);
}

static void claim_name(const char *name, size_t most)
{
	size_t len = strlen(name);
	CLAIM(len >= 1 && len <= most && *name != '-' && *name != '.');
	CLAIM(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
		len);
}

static void claim_prefix(const char *prefix)
{
	size_t n = strspn(prefix + 1, "0123456789");
	CLAIM(prefix[0] == '+' && n >= 1 && n <= 15 && prefix[1] != '0' && !prefix[1 + n]);
}

static void claim_lists(const struct settings *s)
{
	CLAIM(s->nservices <= SETTINGS_SERVICES_MAX &&
		s->nwithout_password <= SETTINGS_SERVICES_MAX &&
		s->nconfirm <= SETTINGS_SERVICES_MAX);
	for (size_t i = 0; i < s->nservices; i++)
		claim_name(s->services[i], TALK_SERVICE_MAX);
	for (size_t i = 0; i < s->nwithout_password; i++)
		claim_name(s->without_password[i], TALK_SERVICE_MAX);
	for (size_t i = 0; i < s->nconfirm; i++)
		claim_name(s->confirm[i], TALK_SERVICE_MAX);
	/* G3: a list of prefixes is mandatory */
	CLAIM(s->nprefixes >= 1 && s->nprefixes <= SETTINGS_PREFIXES_MAX);
	for (size_t i = 0; i < s->nprefixes; i++)
		claim_prefix(s->prefixes[i]);
	CLAIM(s->nnotify <= SETTINGS_NOTIFY_MAX && s->nremember <= SETTINGS_REMEMBER_MAX &&
		s->norigins <= SETTINGS_ORIGINS_MAX);
	for (size_t i = 0; i < s->nremember; i++) {
		CLAIM(*s->remember[i].service);
		within(s->remember[i].seconds, 60, 30 * DAY_S);
	}
	for (size_t i = 0; i < s->norigins; i++)
		CLAIM(*s->origins[i].host &&
			strspn(s->origins[i].host, "abcdefghijklmnopqrstuvwxyz0123456789.-") ==
				strlen(s->origins[i].host));
	CLAIM(settings_remember_s(s, "no such service") == 0 &&
		!settings_origins_host(s, "no such service"));
	CLAIM(s->nobserved <= SETTINGS_OBSERVED_MAX);
}

static void claim_route(const struct settings_route *r)
{
	struct secret secret;
	struct fault f = FAULT_INIT;
	CLAIM(*r->name && *r->description && r->nonly <= SETTINGS_ONLY_MAX &&
		r->nvariables <= ORDER_VARIABLES_MAX);
	for (size_t i = 0; i < r->nonly; i++)
		claim_prefix(r->only[i]);
	CLAIM(!*r->ca_file || *r->ca_file == '/');
	/* E4: to this machine alone, and none with a password in it */
	CLAIM(!*r->proxy || (!strncmp(r->proxy, "http", 4) && !strchr(r->proxy, '@')));
	for (size_t i = 0; i < r->nvariables; i++) {
		const struct settings_variable *v = &r->variables[i];
		CLAIM(*v->name && *v->value && (!v->is_file || *v->value == '/'));
		CLAIM(!strstr(v->value, "CHANGE-ME"));
		CLAIM(settings_read_secret(v, &secret, &f) == 0 && secret.len > 0);
		secret_wipe(&secret);
	}
}

static void claim_rules(const struct settings *s)
{
	CLAIM(s->nrules <= SETTINGS_RULES_MAX && s->rule_text_len <= SETTINGS_RULE_TEXT_MAX);
	for (size_t i = 0; i < s->nrules; i++) {
		const struct settings_rule *r = &s->rules[i];
		const struct settings_words *lists[] = { &r->users, &r->groups, &r->services,
			&r->terminals };
		CLAIM(r->line > 0 && r->nnetworks <= SETTINGS_RULE_LIST_MAX &&
			r->nuids <= SETTINGS_RULE_LIST_MAX);
		for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
			CLAIM(lists[k]->n <= SETTINGS_RULE_LIST_MAX);
			size_t at = lists[k]->at;
			for (size_t w = 0; w < lists[k]->n; w++) {
				CLAIM(at < s->rule_text_len &&
					memchr(s->rule_text + at, 0, s->rule_text_len - at));
				at += strlen(s->rule_text + at) + 1;
			}
		}
		for (size_t k = 0; k < r->nuids; k++)
			CLAIM(r->uids[k].from <= r->uids[k].to);
		for (size_t k = 0; k < r->nnetworks; k++)
			CLAIM(r->networks[k].address.family != FACTS_NO_ADDRESS);
		CLAIM(r->then == SETTINGS_THEN_REFUSE || r->then == SETTINGS_THEN_REQUIRE ||
			r->then == SETTINGS_THEN_SKIP);
	}
}

/* C4: said explicitly, each of them. */
static void claim_said(const struct settings *s, const char *text)
{
	CLAIM(s->unlisted == SETTINGS_REFUSE ||
		(strstr(text, "unlisted") && strstr(text, "\"ignore\"") && s->services_given));
	CLAIM(s->unlisted == SETTINGS_REFUSE || s->unlisted == SETTINGS_IGNORE);
	if (s->unenrolled == SETTINGS_IGNORE)
		CLAIM(strstr(text, "unenrolled") && strstr(text, "\"ignore\""));
	else if (s->unenrolled == SETTINGS_ENROLL)
		CLAIM(strstr(text, "\"enroll\"") && s->unenrolled_terms.has_until &&
			s->unenrolled_terms.groups.n > 0);
	else
		CLAIM(s->unenrolled == SETTINGS_REFUSE);
	CLAIM(!*s->unenrolled_terms.command || s->unenrolled == SETTINGS_ENROLL);
	for (size_t i = 0; i < s->nrules; i++)
		CLAIM(s->rules[i].then != SETTINGS_THEN_SKIP || strstr(text, "\"skip\""));
	CLAIM(s->nremember == 0 || strstr(text, "remember"));
	CLAIM(s->nwithout_password == 0 || strstr(text, "without_password"));
	CLAIM((s->mode == SETTINGS_ENFORCE && s->nobserved == 0) || strstr(text, "\"observe\""));
	CLAIM(s->mode == SETTINGS_ENFORCE || s->mode == SETTINGS_OBSERVE);
	CLAIM(s->mode == SETTINGS_OBSERVE || !settings_mode_observes(s, "no such service"));
	CLAIM(!s->premium || strstr(text, "premium"));
}

static void claim_values(const struct settings *s, const char *text)
{
	struct fault f = FAULT_INIT;
	claim_numbers(s);
	claim_lists(s);
	claim_rules(s);
	claim_said(s, text);
	CLAIM(s->nroutes >= 1 && s->nroutes <= SETTINGS_ROUTES_MAX &&
		s->nvoice <= SETTINGS_ROUTES_MAX);
	for (size_t i = 0; i < s->nroutes; i++)
		claim_route(&s->routes[i]);
	for (size_t i = 0; i < s->nvoice; i++)
		claim_route(&s->voice[i]);
	CLAIM(sms_check_template(s->message, &f) == 0 && strstr(s->message, "{code}") &&
		property_core_shown(s->message));
	CLAIM(language_find(s->language) != LANGUAGE_NONE);
	CLAIM(!memmem(s, sizeof *s, SECRET, strlen(SECRET)) || strstr(text, SECRET));
	CLAIM(!strstr(text, "@include") || strchr(text, '"') || strchr(text, '#') ||
		strchr(text, '/'));
}

static void read_text(const unsigned char *bytes, size_t len, const char *text)
{
	static const char key[] = SECRET "\n", two[] = SECRET "\nand a second line\n",
			  change[] = "CHANGE-ME\n";
	cabinet_clear();
	cabinet_put(CONF, bytes, len);
	cabinet_put("/etc/sms-otp/x.key", key, sizeof key - 1);
	cabinet_put("/etc/sms-otp/two.key", two, sizeof two - 1);
	cabinet_put("/etc/sms-otp/change.key", change, sizeof change - 1);
	cabinet_put("/etc/sms-otp/empty.key", "", 0);
	cabinet_put("/etc/sms-otp/ca.pem", "x", 1);
	cabinet_put("/usr/bin/true", "x", 1);
	memset(&settings, 0xa5, sizeof settings);
	memset(&faults, 0xa5, sizeof faults);
	if (settings_load(CONF, &settings, &faults) < 0) {
		claim_faults(text);
		return;
	}
	fuzz_taken++;
	CLAIM(faults.n == 0);
	claim_values(&settings, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > TEXT_MAX)
		return 0;
	char *text = calloc(1, len + 1);
	CLAIM(text != NULL);
	/* a NUL ends what we look for in it, and not what is read */
	for (size_t i = 0; i < len; i++)
		text[i] = bytes[i] ? (char)bytes[i] : ' ';
	read_text(bytes, len, text);
	if (memchr(bytes, 0, len))
		CLAIM(faults.n > 0);
	cabinet_clear();
	free(text);
	return 0;
}
