#include "cli/sshd_config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "base/text.h"

/* What a person needs before and beside the code's lifetime: a password, a phone to be found. */
enum { BESIDE_S = 30, VALIDITY_MAX_S = 600, LINE_MAX_LEN = 1200 };

/* One line into buf, without the end; NULL after the last. */
static const char *next_line(const char *at, char *buf, size_t cap)
{
	size_t len = strcspn(at, "\n");

	if (*at == 0)
		return NULL;
	snprintf(buf, cap, "%.*s", (int)(len < cap ? len : cap - 1), at);
	if (len > 0 && len < cap && buf[len - 1] == '\r')
		buf[len - 1] = 0;
	return at + len + (at[len] != 0 ? 1 : 0);
}

static void answer(enum sshd_config_answer *to, const char *value)
{
	*to = strcmp(value, "yes") == 0 ? SSHD_CONFIG_YES : SSHD_CONFIG_NO;
}

static void take(struct sshd_config *out, const char *key, const char *value)
{
	struct fault f = FAULT_INIT;

	if (strcasecmp(key, "usepam") == 0)
		answer(&out->use_pam, value);
	/* the old name, up to OpenSSH 8.6 */
	else if (strcasecmp(key, "kbdinteractiveauthentication") == 0 ||
		 strcasecmp(key, "challengeresponseauthentication") == 0)
		answer(&out->keyboard, value);
	else if (strcasecmp(key, "passwordauthentication") == 0)
		answer(&out->password, value);
	else if (strcasecmp(key, "pubkeyauthentication") == 0)
		answer(&out->pubkey, value);
	else if (strcasecmp(key, "hostbasedauthentication") == 0)
		answer(&out->hostbased, value);
	else if (strcasecmp(key, "gssapiauthentication") == 0)
		answer(&out->gssapi, value);
	else if (strcasecmp(key, "logingracetime") == 0) {
		if (number_duration(value, &out->grace_s, &f) != 0)
			out->grace_s = -1;
	} else if (strcasecmp(key, "authenticationmethods") == 0 &&
		   text_copy(out->methods, sizeof(out->methods), value) != 0)
		out->methods[0] = 0;
}

int sshd_config_read(const char *text, struct sshd_config *out, struct fault *f)
{
	char line[LINE_MAX_LEN];

	memset(out, 0, sizeof(*out));
	out->grace_s = -1;
	while ((text = next_line(text, line, sizeof(line))) != NULL) {
		char *value = strchr(line, ' ');

		if (value == NULL)
			continue;
		*value++ = 0;
		take(out, line, value);
	}
	if (out->use_pam != SSHD_CONFIG_UNSAID || out->password != SSHD_CONFIG_UNSAID)
		return 0;
	return fault_set(f, FAULT_BAD, 0, "sshd -T printed no configuration");
}

static struct pam_finding *tell(struct pam_findings *out, const struct sshd_config_stack *s,
	enum inspection_level level, const char *code, const char *text)
{
	struct pam_finding at = pam_findings_at(level, code, "sshd", NULL, 0);

	return pam_findings_add(out, &at, "sshd_config%s: %s", s->whom, text);
}

/* "any", "" or lists, by blanks, of methods, by commas. Whether one of the lists, from start, is
 * such that `has` is named in it, and hasnt is not. */
static bool a_list(const char *methods, const char *has, const char *hasnt)
{
	char copy[SSHD_CONFIG_METHODS], *rest = copy, *list, *method;

	snprintf(copy, sizeof(copy), "%s", methods);
	while ((list = strsep(&rest, " \t")) != NULL) {
		bool with = false, against = false;

		if (*list == 0)
			continue;
		while ((method = strsep(&list, ",")) != NULL) {
			/* "keyboard-interactive:pam" */
			method[strcspn(method, ":")] = 0;
			with |= *has == 0 || strcmp(method, has) == 0;
			against |= strcmp(method, hasnt) == 0;
		}
		if (with && !against)
			return true;
	}
	return false;
}

static bool any(const struct sshd_config *c)
{
	return strcmp(c->methods, "any") == 0 || strcmp(c->methods, "none") == 0;
}

static void judge_bypass(
	const struct sshd_config *c, const struct sshd_config_stack *s, struct pam_findings *out)
{
	const char *wanted = s->password
				     ? "AuthenticationMethods keyboard-interactive:pam"
				     : "AuthenticationMethods publickey,keyboard-interactive:pam";
	char text[256];

	if (any(c) && (c->pubkey == SSHD_CONFIG_YES || c->hostbased == SSHD_CONFIG_YES ||
			      c->gssapi == SSHD_CONFIG_YES)) {
		snprintf(text, sizeof(text),
			"who logs in by%s%s%s gets in without a code, as PAM is not asked then",
			c->pubkey == SSHD_CONFIG_YES ? " public key" : "",
			c->hostbased == SSHD_CONFIG_YES ? " hostbased" : "",
			c->gssapi == SSHD_CONFIG_YES ? " gssapi" : "");
		pam_findings_remedy(tell(out, s, INSPECTION_FINDING, "sshd-key-alone", text),
			"write: %s", wanted);
	} else if (!any(c) &&
		   (a_list(c->methods, "publickey", "keyboard-interactive") ||
			   a_list(c->methods, "hostbased", "keyboard-interactive") ||
			   a_list(c->methods, "gssapi-with-mic", "keyboard-interactive"))) {
		pam_findings_remedy(
			tell(out, s, INSPECTION_FINDING, "sshd-key-alone",
				"one list of AuthenticationMethods is without "
				"keyboard-interactive: who goes by it gets in without a "
				"code"),
			"write: %s", wanted);
	}
}

/* Where the stack asks for no password, something else must have come before. */
static void judge_first(
	const struct sshd_config *c, const struct sshd_config_stack *s, struct pam_findings *out)
{
	if (s->password || s->forward || c->methods[0] == 0)
		return;
	if (!any(c) && !a_list(c->methods, "keyboard-interactive", "publickey"))
		return;
	pam_findings_remedy(
		tell(out, s, INSPECTION_TROUBLE, "sshd-no-first-factor",
			"keyboard-interactive may come without a key before it, and pam.d/sshd "
			"asks for no password: the module sends nothing then, and refuses"),
		"write: AuthenticationMethods publickey,keyboard-interactive:pam");
}

static void judge_grace(
	const struct sshd_config *c, const struct sshd_config_stack *s, struct pam_findings *out)
{
	const struct settings *set = s->settings;
	int64_t least, all;
	char text[256];

	/* with forward_pass nobody waits for a message */
	if (set == NULL || s->forward || c->grace_s <= 0)
		return;
	least = (int64_t)set->code.lifetime_s + BESIDE_S;
	all = (int64_t)set->code.lifetime_s * (1 + (int64_t)set->code.resends);
	if (all > VALIDITY_MAX_S)
		all = VALIDITY_MAX_S;
	if (c->grace_s >= least)
		return;
	snprintf(text, sizeof(text),
		"LoginGraceTime %lld s ends the connection while a code of %u s is valid; with %u "
		"resends it is %lld s",
		(long long)c->grace_s, (unsigned)set->code.lifetime_s, (unsigned)set->code.resends,
		(long long)all);
	pam_findings_remedy(tell(out, s, INSPECTION_FINDING, "sshd-grace-short", text),
		"write: LoginGraceTime %lld", (long long)all + BESIDE_S);
}

void sshd_config_judge(
	const struct sshd_config *c, const struct sshd_config_stack *s, struct pam_findings *out)
{
	if (c->use_pam == SSHD_CONFIG_NO) {
		pam_findings_remedy(
			tell(out, s, INSPECTION_TROUBLE, "sshd-usepam-no",
				"UsePAM no: pam.d/sshd is not asked, and everybody gets "
				"in without a code"),
			"write: UsePAM yes");
		return;
	}
	if (c->keyboard == SSHD_CONFIG_NO && !s->forward)
		pam_findings_remedy(tell(out, s, INSPECTION_TROUBLE, "sshd-keyboard-no",
					    "KbdInteractiveAuthentication no: no other method can "
					    "ask for a code"),
			"write: KbdInteractiveAuthentication yes");
	/* a list without it does not offer it */
	if (c->password == SSHD_CONFIG_YES && !s->forward &&
		(any(c) || a_list(c->methods, "password", "")))
		pam_findings_remedy(
			tell(out, s, INSPECTION_FINDING, "sshd-password-yes",
				"PasswordAuthentication yes: that method cannot prompt twice, and "
				"ends in a refusal for who is asked for a code"),
			"write: PasswordAuthentication no");
	judge_bypass(c, s, out);
	judge_first(c, s, out);
	judge_grace(c, s, out);
}
