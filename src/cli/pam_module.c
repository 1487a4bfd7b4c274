#include "cli/pam_module.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_LEN = 512 };

#define BIT(value) (1u << (value))
#define SUCCESS    BIT(PAM_LINE_SUCCESS)
#define IGNORE     BIT(PAM_LINE_IGNORE)
#define ANYTHING   (UINT32_MAX & ~BIT(PAM_LINE_INCOMPLETE))
#define REFUSAL                                                                                    \
	(BIT(PAM_LINE_AUTH_ERR) | BIT(PAM_LINE_PERM_DENIED) | BIT(PAM_LINE_SERVICE_ERR) |          \
		BIT(PAM_LINE_USER_UNKNOWN))
/* What pam_sms_otp.so can say (D9), and libpam in its place where it cannot be loaded. */
#define OURS                                                                                       \
	(SUCCESS | IGNORE | BIT(PAM_LINE_AUTH_ERR) | BIT(PAM_LINE_MAXTRIES) |                      \
		BIT(PAM_LINE_AUTHINFO_UNAVAIL) | BIT(PAM_LINE_SERVICE_ERR) |                       \
		BIT(PAM_LINE_SYSTEM_ERR) | BIT(PAM_LINE_CONV_ERR) | BIT(PAM_LINE_PERM_DENIED) |    \
		BIT(PAM_LINE_MODULE_UNKNOWN))

static const struct {
	const char *name;
	enum pam_module_kind kind;
} known[] = {
	{ "pam_sms_otp", PAM_MODULE_OURS },
	{ "pam_unix", PAM_MODULE_PASSWORD },
	{ "pam_unix2", PAM_MODULE_PASSWORD },
	{ "pam_pwdb", PAM_MODULE_PASSWORD },
	{ "pam_sss", PAM_MODULE_PASSWORD },
	{ "pam_ldap", PAM_MODULE_PASSWORD },
	{ "pam_ldapd", PAM_MODULE_PASSWORD },
	{ "pam_krb5", PAM_MODULE_PASSWORD },
	{ "pam_winbind", PAM_MODULE_PASSWORD },
	{ "pam_radius_auth", PAM_MODULE_PASSWORD },
	{ "pam_userdb", PAM_MODULE_PASSWORD },
	{ "pam_mysql", PAM_MODULE_PASSWORD },
	{ "pam_pgsql", PAM_MODULE_PASSWORD },
	{ "pam_systemd_home", PAM_MODULE_PASSWORD },
	{ "pam_lsass", PAM_MODULE_PASSWORD },
	{ "pam_vas3", PAM_MODULE_PASSWORD },
	{ "pam_centrifydc", PAM_MODULE_PASSWORD },
	{ "pam_himmelblau", PAM_MODULE_PASSWORD },
	{ "pam_kanidm", PAM_MODULE_PASSWORD },
	{ "pam_fprintd", PAM_MODULE_FACTOR },
	{ "pam_u2f", PAM_MODULE_FACTOR },
	{ "pam_google_authenticator", PAM_MODULE_FACTOR },
	{ "pam_oath", PAM_MODULE_FACTOR },
	{ "pam_yubico", PAM_MODULE_FACTOR },
	{ "pam_pkcs11", PAM_MODULE_FACTOR },
	{ "pam_p11", PAM_MODULE_FACTOR },
	{ "pam_sss_gss", PAM_MODULE_FACTOR },
	{ "pam_ssh_agent_auth", PAM_MODULE_FACTOR },
	{ "pam_duo", PAM_MODULE_FACTOR },
	{ "pam_usb", PAM_MODULE_FACTOR },
	{ "pam_howdy", PAM_MODULE_FACTOR },
	{ "pam_timestamp", PAM_MODULE_FACTOR },
	{ "pam_rhosts", PAM_MODULE_FACTOR },
	{ "pam_succeed_if", PAM_MODULE_CONDITION },
	{ "pam_access", PAM_MODULE_CONDITION },
	{ "pam_listfile", PAM_MODULE_CONDITION },
	{ "pam_localuser", PAM_MODULE_CONDITION },
	{ "pam_usertype", PAM_MODULE_CONDITION },
	{ "pam_wheel", PAM_MODULE_CONDITION },
	{ "pam_time", PAM_MODULE_CONDITION },
	{ "pam_shells", PAM_MODULE_CONDITION },
	{ "pam_securetty", PAM_MODULE_CONDITION },
	{ "pam_nologin", PAM_MODULE_CONDITION },
	{ "pam_sepermit", PAM_MODULE_CONDITION },
	{ "pam_pwquality", PAM_MODULE_CONDITION },
	{ "pam_cracklib", PAM_MODULE_CONDITION },
	{ "pam_passwdqc", PAM_MODULE_CONDITION },
	{ "pam_pwhistory", PAM_MODULE_CONDITION },
	{ "pam_exec", PAM_MODULE_PROGRAM },
	{ "pam_script", PAM_MODULE_PROGRAM },
	{ "pam_python", PAM_MODULE_PROGRAM },
	{ "pam_rootok", PAM_MODULE_ROOT },
	{ "pam_faillock", PAM_MODULE_COUNTER },
	{ "pam_tally", PAM_MODULE_COUNTER },
	{ "pam_tally2", PAM_MODULE_COUNTER },
	{ "pam_abl", PAM_MODULE_COUNTER },
	{ "pam_env", PAM_MODULE_BESIDE },
	{ "pam_faildelay", PAM_MODULE_BESIDE },
	{ "pam_group", PAM_MODULE_BESIDE },
	{ "pam_cap", PAM_MODULE_BESIDE },
	{ "pam_echo", PAM_MODULE_BESIDE },
	{ "pam_warn", PAM_MODULE_BESIDE },
	{ "pam_issue", PAM_MODULE_BESIDE },
	{ "pam_keyinit", PAM_MODULE_BESIDE },
	{ "pam_gnome_keyring", PAM_MODULE_BESIDE },
	{ "pam_kwallet", PAM_MODULE_BESIDE },
	{ "pam_kwallet5", PAM_MODULE_BESIDE },
	{ "pam_ecryptfs", PAM_MODULE_BESIDE },
	{ "pam_mount", PAM_MODULE_BESIDE },
	{ "pam_reauthorize", PAM_MODULE_BESIDE },
	{ "pam_cockpit_cert", PAM_MODULE_FACTOR },
	{ "pam_permit", PAM_MODULE_PERMIT },
	{ "pam_deny", PAM_MODULE_DENY },
};

static const char *const folders[] = { SMSOTP_PAMDIR, "/lib/security", "/lib64/security",
	"/usr/lib/security", "/usr/lib64/security" };

enum pam_module_kind pam_module_kind(const struct pam_line *line)
{
	const char *base = strrchr(line->module, '/');
	size_t len;

	base = base != NULL ? base + 1 : line->module;
	len = strlen(base);
	if (len > 3 && strcmp(base + len - 3, ".so") == 0)
		len -= 3;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == len && strncmp(known[i].name, base, len) == 0)
			return known[i].kind;
	return PAM_MODULE_UNKNOWN;
}

bool pam_module_counts(const struct pam_line *line)
{
	if (pam_module_kind(line) != PAM_MODULE_COUNTER)
		return false;
	return strstr(line->module, "faillock") == NULL ||
	       pam_line_argument(line, "authfail") != NULL;
}

static uint32_t counter_results(const struct pam_line *line)
{
	if (pam_line_argument(line, "authfail") != NULL)
		return IGNORE | BIT(PAM_LINE_AUTH_ERR) | BIT(PAM_LINE_SYSTEM_ERR);
	return SUCCESS | IGNORE | REFUSAL;
}

static uint32_t results_of(const struct pam_line *line)
{
	switch (pam_module_kind(line)) {
	case PAM_MODULE_OURS:
		return OURS;
	case PAM_MODULE_PERMIT:
		return SUCCESS;
	case PAM_MODULE_DENY:
		return line->type == PAM_LINE_PASSWORD ? BIT(PAM_LINE_AUTHTOK_ERR)
						       : BIT(PAM_LINE_AUTH_ERR);
	case PAM_MODULE_BESIDE:
		return SUCCESS | IGNORE;
	case PAM_MODULE_CONDITION:
	case PAM_MODULE_PROGRAM:
	case PAM_MODULE_ROOT:
		return SUCCESS | IGNORE | REFUSAL | BIT(PAM_LINE_SYSTEM_ERR) |
		       BIT(PAM_LINE_AUTHTOK_ERR);
	case PAM_MODULE_COUNTER:
		return counter_results(line);
	case PAM_MODULE_PASSWORD:
	case PAM_MODULE_FACTOR:
	case PAM_MODULE_UNKNOWN:
		break;
	}
	return ANYTHING;
}

/* Of results that the line treats alike one is enough; success and ignore are told apart by what
 * comes after. */
static uint32_t thin(const struct pam_line *line, uint32_t all)
{
	uint32_t kept = all & (SUCCESS | IGNORE);

	for (unsigned v = 0; v < PAM_LINE_RETURNS; v++) {
		bool seen = (all & BIT(v)) == 0 || (kept & BIT(v)) != 0;

		for (unsigned k = 0; k < v && !seen; k++)
			seen = (kept & ~(SUCCESS | IGNORE) & BIT(k)) != 0 &&
			       line->action[k] == line->action[v];
		if (!seen)
			kept |= BIT(v);
	}
	return kept;
}

uint32_t pam_module_results(const struct pam_line *line)
{
	if (line->kind != PAM_LINE_MODULE)
		return BIT(PAM_LINE_PERM_DENIED);
	return thin(line, results_of(line));
}

uint32_t pam_module_failures(const struct pam_line *line)
{
	uint32_t all = line->kind == PAM_LINE_MODULE ? results_of(line) : BIT(PAM_LINE_PERM_DENIED);

	/* a new password is due: the old one was right */
	return thin(line, all & ~(SUCCESS | IGNORE | BIT(PAM_LINE_NEW_AUTHTOK_REQD)));
}

static bool in_any_library(const char *name)
{
	char pattern[PATH_LEN];
	glob_t found;
	bool there;

	snprintf(pattern, sizeof(pattern), "/usr/lib/*-linux-gnu*/security/%s", name);
	there = glob(pattern, GLOB_NOSORT, NULL, &found) == 0;
	globfree(&found);
	return there;
}

bool pam_module_present(const char *name)
{
	char path[PATH_LEN];

	/* $ISA is put in by libpam, and differs */
	if (strchr(name, '$') != NULL)
		return true;
	if (name[0] == '/')
		return access(name, F_OK) == 0;
	if (strpbrk(name, "*?[\\") != NULL)
		return false;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folders[i], name);
		if (access(path, F_OK) == 0)
			return true;
	}
	return in_any_library(name);
}
