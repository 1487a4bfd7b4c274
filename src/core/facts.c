#include "core/facts.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "core/account.h"

void facts_parse_address(const char *text, struct facts_address *out)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	char plain[INET6_ADDRSTRLEN + 1];

	memset(out, 0, sizeof *out);
	size_t len = strcspn(text, "%"); /* fe80::1%eth0: the zone is this host's affair */
	if (len == 0 || len >= sizeof plain)
		return;
	memcpy(plain, text, len);
	plain[len] = '\0';
	if (text[len] == '\0' && inet_pton(AF_INET, plain, out->bytes) == 1) {
		out->family = FACTS_IPV4;
		return;
	}
	if (inet_pton(AF_INET6, plain, out->bytes) != 1) {
		memset(out, 0, sizeof *out);
		return;
	}
	out->family = FACTS_IPV6;
	if (memcmp(out->bytes, mapped, sizeof mapped) != 0)
		return;
	memmove(out->bytes, out->bytes + 12, 4);
	memset(out->bytes + 4, 0, 12);
	out->family = FACTS_IPV4;
}

void facts_show_address(const struct facts_address *a, char *out, size_t cap)
{
	int family = a->family == FACTS_IPV4 ? AF_INET : AF_INET6;

	if (a->family != FACTS_NO_ADDRESS && inet_ntop(family, a->bytes, out, (socklen_t)cap))
		return;
	if (text_copy(out, cap, "-") < 0 && cap > 0)
		out[0] = '\0';
}

/* SSH_AUTH_INFO_0 has one line a method that has succeeded: "publickey ssh-ed25519 AAAA...",
 * "password". */
static bool auth_info_has_factor(const char *info)
{
	static const char *const methods[] = { "publickey", "password", "gssapi-with-mic",
		"hostbased" };

	while (*info) {
		size_t line = strcspn(info, "\n");
		size_t word = strcspn(info, " \n");
		for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
			if (word == strlen(methods[i]) && memcmp(info, methods[i], word) == 0)
				return true;
		}
		info += line;
		if (*info == '\n')
			info++;
	}
	return false;
}

/* The key of the first publickey line that has one. */
static void take_key(const char *info, char out[FACTS_KEY_MAX + 1])
{
	static const char method[] = "publickey ";

	for (; *info; info += *info == '\n') {
		size_t line = strcspn(info, "\n");
		size_t len = line - (line < sizeof method ? line : sizeof method - 1);
		if (len > 0 && len <= FACTS_KEY_MAX && text_starts(info, method)) {
			memcpy(out, info + line - len, len);
			out[len] = '\0';
			return;
		}
		info += line;
	}
}

/* Who changes a password has brought the old one to this very change, or is root, whom nobody asks:
 * what a login proved does not count, the seat may be another's now (D4). */
static bool change_in_evidence(const struct talk_login *login, bool trusted)
{
	if (login->flags & TALK_LOGIN_OLDAUTHTOK)
		return true;
	return trusted && (login->flags & TALK_LOGIN_ROOT_CALLER) != 0;
}

static bool first_factor_in_evidence(const struct talk_login *login, bool trusted)
{
	if (login->flags & TALK_LOGIN_CHANGE)
		return change_in_evidence(login, trusted);
	/* its code is in it as well, and nobody has looked at either */
	if (login->flags & TALK_LOGIN_FORWARD)
		return false;
	if (login->flags & TALK_LOGIN_AUTHTOK)
		return true;
	/* the PAM environment of a root host only: an ordinary one may have put in what it likes
	 * (D4) */
	return trusted && auth_info_has_factor(login->auth_info);
}

/* UTF-8 is welcome: the site chose its prompt. */
static bool has_control_byte(const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	}
	return false;
}

/* A pam.d file's name. */
static bool service_valid(const char *service)
{
	if (!text_printable(service) || service[0] == '.' || service[0] == '-')
		return false;
	return strpbrk(service, "/ \"\\") == NULL;
}

/* sudo sets PAM_RHOST to what its caller's host says, which is no remote side at all (D13). */
bool facts_has_remote(const char *service)
{
	return strcmp(service, "sudo") != 0 && strcmp(service, "sudo-i") != 0;
}

/* Which ways of asking there are. */
static int take_manner(const struct talk_login *login, struct facts *out, struct fault *f)
{
	out->change = (login->flags & TALK_LOGIN_CHANGE) != 0;
	out->forward = (login->flags & TALK_LOGIN_FORWARD) != 0;
	out->two_step = (login->flags & TALK_LOGIN_TWO_STEP) != 0;
	out->password_digits = out->two_step && (login->flags & TALK_LOGIN_DIGITS) != 0;
	if (out->change && (out->forward || out->two_step))
		return fault_set(f, FAULT_BAD, 0, "%s is no way to change a password",
			out->two_step ? "two_step" : "forward_pass");
	/* what such a host says of user, service and address is not the kernel's word */
	if (out->two_step && !out->trusted)
		return fault_set(f, FAULT_BAD, 0, "two_step is for hosts that run as root");
	out->decoy = (login->flags & TALK_LOGIN_DECOY) != 0;
	out->conceal = out->trusted && (login->flags & TALK_LOGIN_CONCEAL) != 0;
	if ((out->decoy || out->conceal) && (out->forward || out->two_step || out->change))
		return fault_set(f, FAULT_BAD, 0, "decoy is for plain logins");
	return 0;
}

int facts_from_login(const struct talk_login *login, uid_t peer, struct facts *out, struct fault *f)
{
	memset(out, 0, sizeof *out);
	if (!account_name_valid(login->user) ||
		text_copy(out->user, sizeof out->user, login->user) < 0)
		return fault_set(f, FAULT_BAD, 0, "not a user name");
	if (!service_valid(login->service) ||
		text_copy(out->service, sizeof out->service, login->service) < 0)
		return fault_set(f, FAULT_BAD, 0, "not a PAM service name");
	out->peer = peer;
	out->trusted = peer == 0;
	out->first_factor = first_factor_in_evidence(login, out->trusted);
	if (take_manner(login, out, f) < 0)
		return -1;
	out->password_taken =
		!out->forward &&
		(login->flags & (out->change ? TALK_LOGIN_OLDAUTHTOK : TALK_LOGIN_AUTHTOK)) != 0;
	out->debug = (login->flags & TALK_LOGIN_DEBUG) != 0;
	text_log(out->tty, sizeof out->tty, login->tty);
	text_log(out->ruser, sizeof out->ruser, login->ruser);
	text_log(out->rhost, sizeof out->rhost, login->rhost);
	if (has_control_byte(login->prompt) ||
		text_copy(out->prompt, sizeof out->prompt, login->prompt) < 0)
		return fault_set(f, FAULT_BAD, 0, "prompt= is not printable text");
	out->language = language_find(login->language);
	if (login->language[0] != '\0' && out->language == LANGUAGE_NONE)
		return fault_set(f, FAULT_BAD, 0, "lang= is no language of ours");
	if (out->trusted)
		take_key(login->auth_info, out->key);
	if (facts_has_remote(out->service))
		facts_parse_address(login->rhost, &out->address);
	return 0;
}
