#include "cli/pam_host.h"

#include <string.h>

/* Each of them answers every question of PAM with the one password that it has. OpenVPN does so
 * only where its own configuration names no answer to ours. */
static const char *const one_field[] = { "dovecot", "proftpd", "vsftpd", "pure-ftpd", "ftp", "imap",
	"pop3", "smtp", "smtpd", "swaylock", "i3lock", "cups" };

void pam_host_look(const struct pam_case *c)
{
	struct pam_finding at = pam_hole_at(c, INSPECTION_FINDING, "one-field-host", c->ours);
	bool known = false;

	for (size_t k = 0; k < sizeof(one_field) / sizeof(one_field[0]); k++)
		known = known || strcmp(c->service, one_field[k]) == 0;
	if (!known || c->stack->type != PAM_LINE_AUTH)
		return;
	for (size_t i = c->ours; i <= c->last; i++)
		if (c->q->kind[i] == PAM_MODULE_OURS &&
			(pam_hole_forwards(c, i) || pam_hole_two_step(c, i)))
			return;
	pam_findings_remedy(
		pam_findings_add(c->out, &at,
			"this program cannot ask a second question: each login costs a message and "
			"is refused"),
		"write: auth requisite pam_sms_otp.so forward_pass before the password's line, or "
		"two_step; see pam_sms_otp(8)");
}
