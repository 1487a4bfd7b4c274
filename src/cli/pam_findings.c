#include "cli/pam_findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct pam_finding pam_findings_at(enum inspection_level level, const char *code,
	const char *service, const char *file, int line)
{
	struct pam_finding f = { .level = level, .code = code, .line = line };

	text_log(f.service, sizeof(f.service), service);
	if (file != NULL)
		text_log(f.file, sizeof(f.file), file);
	return f;
}

static struct pam_finding *same(struct pam_findings *list, const struct pam_finding *what)
{
	for (size_t k = 0; k < list->n && what->line > 0; k++)
		if (strcmp(list->at[k].code, what->code) == 0 &&
			strcmp(list->at[k].file, what->file) == 0 && list->at[k].line == what->line)
			return &list->at[k];
	return NULL;
}

/* A line is first of all that service's whose file it stands in. */
static void join(struct pam_finding *f, const char *service)
{
	const char *name = strrchr(f->file, '/');

	if (strcmp(f->service, service) == 0)
		return;
	f->also++;
	if (name != NULL && strcmp(name + 1, service) == 0)
		snprintf(f->service, sizeof(f->service), "%s", service);
}

struct pam_finding *pam_findings_add(
	struct pam_findings *list, const struct pam_finding *what, const char *fmt, ...)
{
	struct pam_finding *f = same(list, what);
	va_list ap;

	if (what->level == INSPECTION_TROUBLE || what->level == INSPECTION_FINDING)
		list->bad++;
	if (f != NULL) {
		join(f, what->service);
		return f;
	}
	/* the last place is written over by all that do not fit */
	f = &list->at[list->n];
	if (list->n < PAM_FINDINGS_MAX)
		list->n++;
	else
		list->cut = true;
	*f = *what;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	return f;
}

void pam_findings_remedy(struct pam_finding *f, const char *fmt, ...)
{
	va_list ap;

	/* of a finding that merged, the first service's */
	if (f->remedy[0] != 0)
		return;
	va_start(ap, fmt);
	vsnprintf(f->remedy, sizeof(f->remedy), fmt, ap);
	va_end(ap);
}

void pam_findings_print(const struct pam_findings *list, struct inspection *i)
{
	for (size_t k = 0; k < list->n; k++) {
		const struct pam_finding *f = &list->at[k];
		struct inspection_place place = {
			.code = f->code,
			.service = f->service,
			.file = f->file[0] != 0 ? f->file : NULL,
			.line = f->line,
			.also = f->also,
		};

		inspection_add_place(
			i, f->level, &place, f->text, f->remedy[0] != 0 ? f->remedy : NULL);
	}
	if (list->cut)
		inspection_add(i, INSPECTION_FINDING, "pam",
			"there is more, which is not shown; mend this first");
}
