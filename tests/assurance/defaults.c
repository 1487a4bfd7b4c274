/* defaults: what the sanitizers do in programs that start with an empty environment. Linked into every program of the trees that
 * tests/assurance/run makes; reports go where tests/integration/lab.py looks for them. */
#define _GNU_SOURCE
/* weak: the fuzz targets have their own */
#define PUBLIC __attribute__((weak, visibility("default")))

#ifdef THREADS

PUBLIC const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "log_path=/tmp/reports/san:exitcode=99:halt_on_error=1:die_after_fork=0";
}

#else

#include <errno.h>
#include <stdio.h>
#include <string.h>

PUBLIC const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "log_path=/tmp/reports/san:exitcode=99:detect_leaks=1";
}

PUBLIC const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
	return "log_path=/tmp/reports/san:print_stacktrace=1:halt_on_error=1";
}

/* tests/sanitizers.supp has the reasons */
PUBLIC const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:strbuf_append\nleak:libconfig_yylex\n";
}

PUBLIC const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}

/* Looking for leaks is ptrace's, of which there is one: not under a test's strace. */
PUBLIC int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	char line[128];
	int tracer = 0;
	FILE *status = fopen("/proc/self/status", "re");

	while (status && fgets(line, sizeof line, status))
		if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			break;
	if (status)
		fclose(status);
	return tracer != 0;
}

/* <sanitizer/lsan_interface.h>; weak, since configure links without the sanitizers */
extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* Leaks are looked for at an exit, and the daemon's children end by _exit. Not the sender: what looks for leaks needs calls that its
 * sandbox forbids. */
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status)
{
	if (strcmp(program_invocation_short_name, "sms-otpd") == 0 && __lsan_do_recoverable_leak_check &&
		__lsan_do_recoverable_leak_check() != 0)
		status = 98;
	__real__exit(status);
}

#endif
