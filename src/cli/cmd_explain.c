#include "cli/cmd_explain.h"

#include <stdio.h>
#include <string.h>

#include "cli/contacts.h"
#include "cli/house.h"
#include "cli/json.h"
#include "cli/moment.h"
#include "cli/occasion.h"
#include "cli/outlook.h"
#include "cli/reason.h"
#include "cli/speech.h"
#include "core/admission.h"
#include "core/day.h"
#include "core/language.h"
#include "core/policy.h"
#include "core/settings_mode.h"

enum { RULE_SHOWN = 1024, ADDRESS_SHOWN = 64 };

/* How far the questions went. */
struct view {
	struct house house;
	struct facts facts;
	const char *from; /* as typed, or NULL */
	struct admission_entrance entrance;
	struct admission admission;
	bool looked_up;  /* the directory has been asked */
	bool looked_out; /* the records have been asked */
	struct outlook outlook;
	enum verdict verdict;
	struct verdict_outcome outcome;
};

/* Who may enrol at this login has none before the first attempt. */
static bool has_record(const struct view *v)
{
	struct fault f = FAULT_INIT;
	bool has = true;

	if (!v->admission.enrols)
		return true;
	return state_has_user(&v->house.state, &v->admission.account, &has, &f) != 0 || has;
}

/* The same questions in the same order as a login's (core/login, engine/peer). */
static int ask(struct view *v)
{
	struct house *h = &v->house;
	struct fault f = FAULT_INIT;

	v->outcome.uid = -1;
	v->verdict = admission_enter(&h->settings, &v->facts, &v->entrance, &v->outcome);
	if (v->verdict != VERDICT_CHALLENGE)
		return 0;
	if (house_open(h, HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return -1;
	v->admission = (struct admission){
		.settings = &h->settings,
		.state = &h->state,
		.directory = &h->directory,
		.entrance = &v->entrance,
	};
	v->looked_up = true;
	v->verdict = admission_decide(&v->admission, &v->facts, &v->outcome);
	if (v->verdict != VERDICT_CHALLENGE || !has_record(v))
		return 0;
	if (outlook_take(h, &v->admission, &v->facts, &v->outlook, &f) != 0) {
		v->verdict = VERDICT_DENY;
		v->outcome.reason = TALK_REASON_STATE;
		v->outcome.fault = f;
		return 0;
	}
	v->looked_out = true;
	v->outcome.place = v->outlook.where.place;
	if (v->outlook.where.spared) {
		v->verdict = VERDICT_EXEMPT;
		v->outcome.reason = TALK_REASON_EXEMPT;
		return 0;
	}
	if (v->outlook.reason != TALK_REASON_NONE && !v->outlook.offline) {
		v->verdict = VERDICT_DENY;
		v->outcome.reason = v->outlook.reason;
	}
	return 0;
}

static const char *verdict_word(const struct view *v)
{
	if (v->verdict == VERDICT_CHALLENGE)
		return "required";
	if (v->verdict == VERDICT_EXEMPT)
		return "skipped";
	return v->outcome.reason == TALK_REASON_REFUSED ? "refused" : "denied";
}

static bool listed(const struct view *v)
{
	return policy_for_service(&v->house.settings, &v->facts).verdict == VERDICT_CHALLENGE;
}

static bool observed(const struct view *v)
{
	return settings_mode_observes(&v->house.settings, v->facts.service);
}

/* One sentence: what decided. */
static const char *because(const struct view *v)
{
	const struct rules_answer *rule = &v->entrance.rule;

	if (!listed(v))
		return "the service is not in `services`: `unlisted` says what becomes of it";
	if (!v->entrance.known)
		return "the account comes before all rules";
	if (rule->why == RULES_LOOKUP)
		return "the user's groups could not be found out, which counts as required";
	if (rule->why == RULES_MATCHED && rule->then == SETTINGS_THEN_SKIP)
		return "this rule is the first that matches; it asks for no code";
	if (rule->why == RULES_MATCHED && rule->then == SETTINGS_THEN_REFUSE)
		return "this rule is the first that matches; it lets nobody in";
	if (v->outcome.by == VERDICT_BY_BYPASS)
		return "an administrator lets the user by for a while (sms-otp bypass)";
	if (v->outlook.where.spared)
		return "a code was right from this place lately, and `remember` spares the next";
	if (v->verdict != VERDICT_CHALLENGE && !v->looked_out)
		return "a code is required, but the user's enrolment decides";
	if (v->verdict != VERDICT_CHALLENGE)
		return "a code is required, but none would be sent now";
	if (v->admission.enrols)
		return "a code is required, and a phone may be recorded at this login first";
	if (rule->why == RULES_MATCHED)
		return "this rule is the first that matches";
	return v->house.settings.nrules > 0 ? "no rule matches" : "there are no rules";
}

static const char *enrolled(const struct view *v)
{
	if (!v->looked_up)
		return "not looked up";
	if (v->admission.enrols)
		return "no";
	if (v->looked_out || v->outcome.by == VERDICT_BY_BYPASS)
		return "yes";
	if (v->outcome.reason == TALK_REASON_NUMBER)
		return v->admission.numbers.n > 1
			       ? "yes, with numbers that the settings do not allow"
			       : "yes, with a number that the settings do not allow";
	if (v->outcome.reason == TALK_REASON_BLOCKED)
		return "no: an enrolment at a login was begun, and is blocked";
	if (v->outcome.reason == TALK_REASON_NOT_ENROLLED || v->verdict == VERDICT_EXEMPT)
		return "no";
	return "cannot be found out";
}

/* What `unenrolled` comes to for a user without a phone on record; NULL: it was not asked. */
static const char *unenrolled(const struct view *v, char *out, size_t cap)
{
	const struct settings *s = &v->house.settings;
	char day[DAY_MAX];

	if (!v->looked_up || strcmp(enrolled(v), "no") != 0)
		return NULL;
	switch (v->admission.unenrolled.why) {
	case UNENROLLED_OVER:
		snprintf(out, cap, "denied: `unenrolled` ended with %s",
			day_text(s->unenrolled_terms.until, day));
		return out;
	case UNENROLLED_OUTSIDE:
		return "denied: not in the groups of `unenrolled`";
	case UNENROLLED_LOOKUP:
		return "denied: the groups could not be found out";
	case UNENROLLED_OCCASION:
		return "denied: nobody can record a phone at such a login";
	case UNENROLLED_SAID:
		break;
	}
	if (v->verdict == VERDICT_DENY && !v->admission.enrols)
		return "denied";
	snprintf(out, cap, "%s%s%s",
		v->admission.enrols ? "may record a phone at the login" : "needs no code",
		v->outcome.until != 0 ? ", until " : "",
		v->outcome.until != 0 ? day_text(v->outcome.until, day) : "");
	return out;
}

/* What lang= says stands in pam.d, and is not looked up. */
static enum language spoken(const struct view *v)
{
	return language_choose(
		v->admission.entry.language, v->facts.language, v->house.settings.language);
}

static const char *standing(const struct view *v, char *out, size_t cap)
{
	if (!v->looked_out)
		return "not looked up";
	if (v->admission.enrols && v->outlook.reason == TALK_REASON_NONE)
		return "an SMS would be sent, to the number that is typed";
	return outlook_standing(&v->outlook, out, cap);
}

static const char *place(const struct view *v, char *out, size_t cap)
{
	return v->looked_out ? whereabouts_text(&v->outlook.where, out, cap) : "not looked up";
}

/* As the engine takes it. */
static const char *from(const struct view *v, char *out, size_t cap)
{
	if (v->facts.address.family == FACTS_NO_ADDRESS)
		return v->from != NULL ? "unknown: what this service says of one is ignored"
				       : "unknown, in no network";
	facts_show_address(&v->facts.address, out, cap);
	return out;
}

static void print_rule(const struct view *v)
{
	const struct settings_rule *rule = v->entrance.rule.rule;
	char text[RULE_SHOWN];

	if (rule == NULL)
		return;
	rules_show(&v->house.settings, rule, text, sizeof(text));
	printf("rule      %s:%d: %s\n", v->house.path, rule->line, text);
	if (rule->reason[0] != 0)
		printf("          (%s)\n", rule->reason);
}

static void print_people(const struct view *v)
{
	char text[512];

	printf("verdict   %s\n", verdict_word(v));
	if (v->verdict != VERDICT_CHALLENGE) {
		printf("reason    %s\n", verdict_reason_name(v->outcome.reason));
		printf("PAM code  %s\n", reason_pam_code(v->outcome.reason));
	}
	if (observed(v))
		printf("mode      observe: so it would be; nothing is enforced%s\n",
			policy_for_observed(&v->facts, true).verdict == VERDICT_EXEMPT
				? ", and nobody asked (PAM_IGNORE)"
				: " but the first factor, and here none is seen");
	print_rule(v);
	printf("because   %s\n", because(v));
	if (v->outcome.fault.class != FAULT_NONE)
		printf("          %s\n", fault_text(&v->outcome.fault, text, sizeof(text)));
	printf("service   %s, %s\n", v->facts.service,
		!listed(v)                         ? "not in `services`"
		: v->house.settings.services_given ? "in `services`"
						   : "as every service");
	printf("from      %s\n", from(v, text, sizeof(text)));
	printf("place     %s\n", place(v, text, sizeof(text)));
	printf("terminal  %s\n", v->facts.tty[0] != 0 ? v->facts.tty : "unknown");
	if (v->outcome.uid >= 0)
		printf("account   %s, uid %lld\n", v->facts.user, (long long)v->outcome.uid);
	else
		printf("account   %s, %s\n", v->facts.user,
			listed(v) ? "none that could be found" : "not looked up");
	printf("enrolled  %s\n", enrolled(v));
	if (unenrolled(v, text, sizeof(text)) != NULL)
		printf("          %s\n", unenrolled(v, text, sizeof(text)));
	if (v->looked_out)
		contacts_offered_print(&v->admission.numbers);
	if (v->looked_out)
		printf("language  %s, %s\n", language_name(spoken(v)),
			v->admission.entry.language != LANGUAGE_NONE
				? "the user's own"
				: "the site's, unless lang= in pam.d says another");
	printf("standing  %s%s\n", standing(v, text, sizeof(text)),
		v->outlook.reason != TALK_REASON_NONE && v->outlook.offline
			? "; a recovery code or an app's would be asked for"
			: "");
}

static void rule_json(const struct view *v, struct json *j)
{
	const struct settings_rule *rule = v->entrance.rule.rule;
	char text[RULE_SHOWN];

	if (rule == NULL) {
		json_string(j, "rule", NULL);
		return;
	}
	rules_show(&v->house.settings, rule, text, sizeof(text));
	json_open_object(j, "rule");
	json_string(j, "file", v->house.path);
	json_integer(j, "line", rule->line);
	json_string(j, "text", text);
	json_string(j, "then", rules_then_word(rule->then));
	json_string(j, "reason", rule->reason[0] != 0 ? rule->reason : NULL);
	json_close_object(j);
}

static void print_json(const struct view *v)
{
	bool challenge = v->verdict == VERDICT_CHALLENGE;
	char text[512];
	struct json j;

	json_begin(&j, stdout);
	json_open_object(&j, NULL);
	json_string(&j, "verdict", verdict_word(v));
	json_string(&j, "reason", challenge ? NULL : verdict_reason_name(v->outcome.reason));
	json_string(&j, "pam_code", challenge ? NULL : reason_pam_code(v->outcome.reason));
	rule_json(v, &j);
	json_string(&j, "because", because(v));
	json_string(&j, "fault",
		v->outcome.fault.class != FAULT_NONE
			? fault_text(&v->outcome.fault, text, sizeof(text))
			: NULL);
	json_string(&j, "user", v->facts.user);
	if (v->outcome.uid >= 0)
		json_integer(&j, "uid", v->outcome.uid);
	else
		json_string(&j, "uid", NULL);
	json_string(&j, "service", v->facts.service);
	json_boolean(&j, "listed", listed(v));
	json_string(&j, "from",
		v->facts.address.family != FACTS_NO_ADDRESS ? from(v, text, sizeof(text)) : NULL);
	json_string(&j, "place",
		v->outlook.where.place != VERDICT_PLACE_NONE
			? verdict_place_name(v->outlook.where.place)
			: NULL);
	json_string(&j, "remembered_until", moment_json(v->outlook.where.until_s, text));
	json_string(&j, "tty", v->facts.tty[0] != 0 ? v->facts.tty : NULL);
	json_string(&j, "enrolled", v->looked_up ? enrolled(v) : NULL);
	if (v->looked_out)
		contacts_offered_json(&v->admission.numbers, &j);
	json_string(&j, "unenrolled", unenrolled(v, text, sizeof(text)));
	json_string(&j, "language", v->looked_out ? language_name(spoken(v)) : NULL);
	json_string(&j, "standing", v->looked_out ? standing(v, text, sizeof(text)) : NULL);
	json_string(&j, "mode", observed(v) ? "observe" : "enforce");
	json_close_object(&j);
	json_end(&j);
}

static int explain(struct view *v, const struct invocation *a)
{
	struct occasion o = {
		.user = a->operands[0],
		.service = invocation_value(a, OPTION_SERVICE),
		.from = invocation_value(a, OPTION_FROM),
		.tty = invocation_value(a, OPTION_TTY),
		.two_step = invocation_has(a, OPTION_TWO_STEP),
	};
	struct fault f = FAULT_INIT;

	if (house_open(&v->house, HOUSE_SETTINGS) != 0)
		return SPEECH_TROUBLE;
	v->from = o.from;
	if (occasion_facts(&o, &v->house.settings, &v->facts, &f) != 0)
		return speech_fault(&f);
	if (ask(v) != 0)
		return SPEECH_TROUBLE;
	if (invocation_has(a, OPTION_JSON))
		print_json(v);
	else
		print_people(v);
	if (v->verdict == VERDICT_CHALLENGE)
		return SPEECH_YES;
	return (int)reason_exit(&v->outcome);
}

int cmd_explain(const struct invocation *a)
{
	struct view v = { .verdict = VERDICT_DENY };
	int rc;

	house_enter(&v.house, invocation_value(a, OPTION_SETTINGS));
	rc = explain(&v, a);
	house_leave(&v.house);
	return rc;
}
