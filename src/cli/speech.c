#include "cli/speech.h"

#include <stdarg.h>
#include <stdio.h>

static void say(const char *lead, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void say(const char *lead, const char *fmt, va_list ap)
{
	/* what was printed before must stand before this on a shared terminal */
	fflush(stdout);
	fputs(lead, stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int speech_no(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("sms-otp: ", fmt, ap);
	va_end(ap);
	return SPEECH_NO;
}

int speech_trouble(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("sms-otp: ", fmt, ap);
	va_end(ap);
	return SPEECH_TROUBLE;
}

int speech_fault(const struct fault *f)
{
	char text[384];

	return speech_trouble("%s", fault_text(f, text, sizeof(text)));
}

void speech_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("sms-otp: warning: ", fmt, ap);
	va_end(ap);
}

void speech_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
}
