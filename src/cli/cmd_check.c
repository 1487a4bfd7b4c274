#include "cli/cmd_check.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/audit.h"
#include "cli/census.h"
#include "cli/grace.h"
#include "cli/house.h"
#include "cli/inspection.h"
#include "cli/observed.h"
#include "cli/pam_survey.h"
#include "cli/premises.h"
#include "cli/providers.h"
#include "cli/rollout_watch.h"
#include "cli/routing.h"
#include "cli/rulebook.h"
#include "cli/speech.h"
#include "core/language.h"
#include "core/sms.h"

static bool inspect_settings(struct inspection *i, struct house *h)
{
	if (h->path[0] == 0) {
		inspection_add(i, INSPECTION_TROUBLE, "settings", "the file's name is too long");
		return false;
	}
	if (settings_load(h->path, &h->settings, &h->faults) == 0) {
		inspection_add(i, INSPECTION_FINE, "settings", "%s", h->path);
		return true;
	}
	for (size_t k = 0; k < h->faults.n && k < SETTINGS_FAULTS_MAX; k++)
		inspection_add_line(
			i, h->faults.at[k].file, h->faults.at[k].line, h->faults.at[k].text);
	if (h->faults.n > SETTINGS_FAULTS_MAX)
		inspection_add(i, INSPECTION_TROUBLE, "settings", "... and %zu more faults",
			h->faults.n - SETTINGS_FAULTS_MAX);
	return false;
}

/* Where a site has its own text, what differs is the line of a service's host only. */
static int judge_message(
	struct inspection *i, const struct settings *s, const struct settings_origin *o)
{
	const char *text = sms_template(s->message);
	char how[SETTINGS_ORIGIN_MAX + TALK_SERVICE_MAX + 80] = "";
	int worst = o != NULL ? sms_worst_bound_segments(text, s->code.digits, o->host)
			      : sms_worst_segments(text, s->code.digits);

	if (worst > 0 && (uint32_t)worst <= s->message_segments)
		return 0;
	if (text != s->message)
		snprintf(how, sizeof(how), " in %s", language_name(language_spoken()));
	if (o != NULL)
		snprintf(how + strlen(how), sizeof(how) - strlen(how), " with the line of %s",
			o->service);
	inspection_add(i, INSPECTION_TROUBLE, "message",
		"the message%s can need %d segments, each of which is paid, and "
		"message_segments allows %u: shorten it, use GSM-7 characters only, or "
		"raise message_segments (logins go on, with the whole message)",
		how, worst, (unsigned)s->message_segments);
	return -1;
}

/* The languages that somebody can be spoken to in. */
static int judge_languages(struct inspection *i, const struct settings *s)
{
	struct fault f = FAULT_INIT;
	int rc = 0;

	for (int l = LANGUAGE_EN; l < LANGUAGE_COUNT; l++) {
		if (language_speak((enum language)l, &f) != 0) {
			/* small images of Debian leave all catalogues out */
			inspection_add(i,
				(int)language_find(s->language) == l ? INSPECTION_FINDING
								     : INSPECTION_NOTE,
				"languages", "no %s, English is spoken in its place: %s",
				language_name((enum language)l), f.text);
			continue;
		}
		rc |= judge_message(i, s, NULL);
		for (size_t k = 0; k < s->norigins; k++)
			rc |= judge_message(i, s, &s->origins[k]);
		if (sms_template(s->message) == s->message && strcmp(s->message, SMS_DEFAULT) != 0)
			break; /* the same for all */
	}
	if (language_speak(LANGUAGE_EN, &f) != 0)
		return -1;
	return rc;
}

static void inspect_message(struct inspection *i, const struct settings *s)
{
	if (judge_languages(i, s) == 0)
		inspection_add(i, INSPECTION_FINE, "message", "fits %u segment%s",
			(unsigned)s->message_segments, s->message_segments == 1 ? "" : "s");
}

/* *console: see pam_survey. */
static void inspect_pam(
	struct inspection *i, const struct settings *s, const struct invocation *a, bool *console)
{
	struct pam_survey survey = {
		.folder = invocation_value(a, OPTION_PAM_DIR),
		.service = invocation_value(a, OPTION_SERVICE),
		.settings = s,
		.console = console,
	};

	pam_survey_inspect(i, &survey);
}

static int check(struct house *h, const struct invocation *a)
{
	struct census_seen seen = { false, false };
	struct inspection i;
	bool usable;

	inspection_begin(&i, invocation_has(a, OPTION_JSON));
	usable = inspect_settings(&i, h);
	if (usable) {
		observed_inspect(&i, &h->settings);
		inspect_message(&i, &h->settings);
		routing_inspect_cover(&i, &h->settings);
		rulebook_inspect(&i, &h->settings, h->path);
	}
	inspect_pam(&i, usable ? &h->settings : NULL, a, &seen.console);
	rollout_watch_inspect(&i, &rollout_record_home);
	premises_inspect(&i, usable && providers_use_outbox(&h->settings));
	if (usable)
		providers_inspect(&i, h, invocation_has(a, OPTION_OFFLINE));
	seen.judged = usable;
	census_inspect(&i, h, &seen);
	if (usable)
		grace_inspect(&i, h);
	return inspection_end(&i);
}

/* D3: the service was marked as unable to prompt twice; the administrator knows better now. */
static int clear_mark(struct house *h, const char *service)
{
	struct audit_change line = { .action = "two-prompts", .service = service };
	struct fault f = FAULT_INIT;
	struct state_change ch;
	int marked;

	if (strlen(service) > TALK_SERVICE_MAX || !text_printable(service))
		return speech_trouble("that cannot be a service's name");
	if (house_open(h, HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	if (state_begin(&h->state, STATE_SITE, NULL, &ch, &f) != 0)
		return speech_fault(&f);
	marked = site_is_one_field(&ch.site, service);
	site_clear_one_field(&ch.site, service);
	if (state_commit(&ch, &f) != 0)
		return speech_fault(&f);
	if (!marked)
		return speech_no("%s was not marked", service);
	audit_admin(&h->state, &line);
	speech_line("Codes are sent through %s again.", service);
	return SPEECH_YES;
}

int cmd_check(const struct invocation *a)
{
	const char *service = invocation_value(a, OPTION_TWO_PROMPTS);
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = service != NULL ? clear_mark(&h, service) : check(&h, a);
	house_leave(&h);
	return rc;
}
