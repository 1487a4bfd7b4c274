#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { FIRST_MS = 1000, EACH_MS = 200 };

void progress_begin(struct progress *p, const char *what, size_t all)
{
	*p = (struct progress){
		.what = what,
		.all = all,
		.there = isatty(STDERR_FILENO) == 1,
		.next_ms = clock_boot_ms() + FIRST_MS,
	};
}

void progress_step(struct progress *p, size_t done)
{
	int64_t now_ms;

	if (!p->there)
		return;
	now_ms = clock_boot_ms();
	if (now_ms < p->next_ms)
		return;
	fprintf(stderr, "\r%s: %zu of %zu ", p->what, done, p->all);
	fflush(stderr);
	p->shown = true;
	p->next_ms = now_ms + EACH_MS;
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
