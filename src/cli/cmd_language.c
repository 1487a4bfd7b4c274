#include "cli/cmd_language.h"

#include <string.h>

#include "cli/audit.h"
#include "cli/house.h"
#include "cli/membership.h"
#include "cli/speech.h"
#include "cli/subject.h"

/* `default`: what the service or the site speaks. */
static int read_language(const char *typed, enum language *l)
{
	*l = language_find(typed);
	if (*l == LANGUAGE_NONE && strcmp(typed, "default") != 0)
		return speech_no("a language is one of " LANGUAGE_LIST
				 ", or default for the service's or the site's");
	return SPEECH_YES;
}

static int set_language(struct house *h, const struct invocation *a)
{
	struct audit_change change = { .action = "set-language", .language = a->operands[1] };
	struct fault f = FAULT_INIT;
	struct subject who;
	enum language l;
	int rc = read_language(a->operands[1], &l);

	if (rc != SPEECH_YES)
		return rc;
	if (house_open(h, HOUSE_DIRECTORY | HOUSE_STATE) != 0)
		return SPEECH_TROUBLE;
	rc = subject_enrolled(h, a->operands[0], &who, &f);
	if (rc != SPEECH_YES)
		return rc;
	if (membership_set_language(h, &who.account, l, &f) != 0)
		return speech_fault(&f);
	change.account = &who.account;
	audit_admin(&h->state, &change);
	if (l == LANGUAGE_NONE)
		speech_line("%s has no language of their own now.", who.account.name);
	else
		speech_line(
			"%s is spoken to in %s from now on.", who.account.name, language_name(l));
	return SPEECH_YES;
}

int cmd_language(const struct invocation *a)
{
	struct house h;
	int rc;

	house_enter(&h, invocation_value(a, OPTION_SETTINGS));
	rc = set_language(&h, a);
	house_leave(&h);
	return rc;
}
