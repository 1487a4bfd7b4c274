#include "engine/linux_audit.h"

#ifdef SMSOTP_LIBAUDIT

#include <errno.h>
#include <libaudit.h>
#include <string.h>
#include <unistd.h>

/* The kernel was built, or booted, without it. */
static bool is_missing(int error)
{
	return error == EINVAL || error == EPROTONOSUPPORT || error == EAFNOSUPPORT ||
	       error == ECONNREFUSED;
}

/* libaudit resolves a host's name where it is given no address. */
static const char *or_unknown(const char *text)
{
	return text[0] == '\0' || strcmp(text, "-") == 0 ? "?" : text;
}

int linux_audit_write(const struct linux_audit_login *login, struct fault *f)
{
	const char *address = or_unknown(login->address);
	int fd = audit_open();

	if (fd < 0)
		return is_missing(errno) ? 0 : fault_set(f, FAULT_SYSTEM, errno, "audit_open");
	errno = 0;
	int rc = audit_log_acct_message(fd, AUDIT_USER_AUTH, NULL, "sms-otp", login->user,
		(unsigned int)-1, address, address, or_unknown(login->tty), login->accepted);
	int error = errno;
	close(fd);
	if (rc > 0 || is_missing(error))
		return 0;
	return fault_set(f, FAULT_SYSTEM, error, "the kernel did not take an audit record");
}

#else

int linux_audit_write(const struct linux_audit_login *login, struct fault *f)
{
	(void)login;
	(void)f;
	return 0;
}

#endif
