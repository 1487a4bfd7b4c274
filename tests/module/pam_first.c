/* What stands before us in a stack of the tests: it takes its argument for the password that was
 * typed, and says yes. With `was-ignored` it stands after us instead, and says with a code of its
 * own that the stack came so far. */
#include <security/pam_modules.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	if (argc > 0 && strcmp(argv[0], "was-ignored") == 0)
		return PAM_CRED_INSUFFICIENT;
	if (argc > 0 && pam_set_item(pamh, PAM_AUTHTOK, argv[0]) != PAM_SUCCESS)
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
