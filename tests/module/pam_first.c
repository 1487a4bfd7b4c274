/* What stands before us in a stack of the tests: it takes its argument for the password that was
 * typed, and says yes. With `was-ignored` it stands after us instead, and says with a code of its
 * own that the stack came so far; `tells-authtok` tells the password that it finds. `says:NAME=VALUE` puts a variable into the PAM environment, as no
 * module of a sane stack would.
 *
 * In a password change it takes its argument for the old password; `changes` says so when it would
 * change something, `refuses` refuses in the first walk. */
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

static int tell_authtok(pam_handle_t *pamh)
{
	const void *there = NULL;

	if (pam_get_item(pamh, PAM_AUTHTOK, &there) != PAM_SUCCESS)
		return PAM_SYSTEM_ERR;
	return pam_info(pamh, "authtok:%s", there ? (const char *)there : "(none)");
}

EXPORTED int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	if (argc > 0 && strcmp(argv[0], "was-ignored") == 0)
		return PAM_CRED_INSUFFICIENT;
	if (argc > 0 && strcmp(argv[0], "tells-authtok") == 0)
		return tell_authtok(pamh);
	if (argc > 0 && strncmp(argv[0], "says:", 5) == 0)
		return pam_putenv(pamh, argv[0] + 5);
	if (argc > 0 && pam_set_item(pamh, PAM_AUTHTOK, argv[0]) != PAM_SUCCESS)
		return PAM_SYSTEM_ERR;
	return PAM_SUCCESS;
}

EXPORTED int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const char *word = argc > 0 ? argv[0] : "";
	int update = ((unsigned)flags & PAM_UPDATE_AUTHTOK) != 0;

	if (strcmp(word, "changes") == 0)
		return update ? pam_info(pamh, "changed") : PAM_SUCCESS;
	if (strcmp(word, "refuses") == 0)
		return update ? PAM_SUCCESS : PAM_TRY_AGAIN;
	if (*word && !update && pam_set_item(pamh, PAM_OLDAUTHTOK, word) != PAM_SUCCESS)
		return PAM_SYSTEM_ERR;
	return PAM_SUCCESS;
}

EXPORTED int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}
