#include "engine/logbook.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "engine/journal.h"

#define PROGRAM "sms-otpd"

void logbook_open(void)
{
	openlog(PROGRAM, LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
}

void logbook_write(int priority, const char *fmt, ...)
{
	struct fault f = FAULT_INIT;
	char text[LOGBOOK_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	struct journal_entry e = { LOG_PRI(priority), LOG_FAC(LOG_AUTHPRIV), PROGRAM, text };
	if (journal_send(JOURNAL_SOCKET, &e, &f) < 0)
		syslog(priority, "%s", text);
}
