#include "cli/occasion.h"

#include <string.h>

#include "base/text.h"

static const char *likely_service(const struct settings *s)
{
	for (size_t i = 0; i < s->nservices; i++)
		if (strcmp(s->services[i], "sshd") == 0)
			return "sshd";
	return s->services_given && s->nservices > 0 ? s->services[0] : "sshd";
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

int occasion_facts(
	const struct occasion *o, const struct settings *s, struct facts *out, struct fault *f)
{
	const char *service = o->service != NULL ? o->service : likely_service(s);
	struct talk_login login = { .flags = TALK_LOGIN_AUTHTOK };
	struct facts_address from;

	if (o->two_step)
		login.flags |= TALK_LOGIN_TWO_STEP;
	facts_parse_address(or_empty(o->from), &from);
	if (o->from != NULL && from.family == FACTS_NO_ADDRESS)
		return fault_set(f, FAULT_BAD, 0,
			"\"%.60s\" is not a numeric address, and names are not looked up", o->from);
	if (text_copy(login.user, sizeof(login.user), o->user) != 0 ||
		text_copy(login.service, sizeof(login.service), service) != 0 ||
		text_copy(login.rhost, sizeof(login.rhost), or_empty(o->from)) != 0 ||
		text_copy(login.tty, sizeof(login.tty), or_empty(o->tty)) != 0)
		return fault_set(f, FAULT_BAD, 0, "that name is too long");
	return facts_from_login(&login, 0, out, f);
}
