#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A fault is one printable line whatever went into it: paths and keys may hold anything. */
static void make_printable(char *s)
{
	for (; *s; s++) {
		if (*s < 0x20 || *s > 0x7e)
			*s = '?';
	}
}

#undef fault_set
int fault_set(struct fault *f, enum fault_class class, int errnum, const char *fmt, ...)
{
	va_list ap;

	f->class = class == FAULT_NONE ? FAULT_SYSTEM : class;
	f->errnum = errnum;
	va_start(ap, fmt);
	int n = vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
	if (n <= 0)
		snprintf(f->text, sizeof f->text, "unknown fault");
	make_printable(f->text);
	return -1;
}

int fault_prefix(struct fault *f, const char *fmt, ...)
{
	char old[sizeof f->text];
	va_list ap;

	memcpy(old, f->text, sizeof old);
	va_start(ap, fmt);
	int n = vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof f->text) {
		int room = (int)sizeof f->text - n;
		snprintf(f->text + n, (size_t)room, ": %.*s", room > 3 ? room - 3 : 0, old);
	}
	make_printable(f->text);
	return -1;
}

const char *fault_text(const struct fault *f, char *out, unsigned long cap)
{
	char words[80];

	if (f->errnum == 0) {
		snprintf(out, cap, "%s", f->text);
		return out;
	}
	/* the GNU variant, which may answer with a string of its own; strerror is not for
	 * threads */
	snprintf(out, cap, "%s: %s", f->text, strerror_r(f->errnum, words, sizeof words));
	return out;
}
