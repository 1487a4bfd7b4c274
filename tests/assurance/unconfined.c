/* unconfined: for programs under valgrind, which does things of its own in their name and knows no call that sets a filter: sshd's and the
 * sender's filters of system calls are not set. In the sandbox of tests/assurance/valgrind.py only. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <sys/prctl.h>

int prctl(int option, ...)
{
	int (*real)(int, unsigned long, unsigned long, unsigned long, unsigned long) = dlsym(RTLD_NEXT, "prctl");
	unsigned long a[4];
	va_list ap;

	va_start(ap, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(ap, unsigned long);
	va_end(ap);
	if (option == PR_SET_SECCOMP)
		return 0;
	return real ? real(option, a[0], a[1], a[2], a[3]) : -1;
}

/* libseccomp's, for the sender */
int seccomp_rule_add(void *filter, unsigned action, int call, unsigned n, ...);
int seccomp_rule_add(void *filter, unsigned action, int call, unsigned n, ...)
{
	(void)action;
	(void)call;
	(void)n;
	return filter ? 0 : -1;
}

int seccomp_load(const void *filter);
int seccomp_load(const void *filter)
{
	return filter ? 0 : -1;
}
