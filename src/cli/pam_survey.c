#include "cli/pam_survey.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/pam_judge.h"
#include "cli/pam_module.h"
#include "cli/sshd_ask.h"
#include "core/settings_mode.h"

enum { NAMES_MAX = 512 };

/* Large: not on the stack of the process. */
static struct {
	size_t n;
	char at[NAMES_MAX][TALK_SERVICE_MAX + 1];
} names;
static struct pam_findings found;

/* What package managers and editors leave behind: no host asks for them. */
static const char *const leftovers[] = { "~", ".bak", ".old", ".orig", ".rpmnew", ".rpmsave",
	".rpmorig", ".pacnew", ".pacsave", ".ucf-dist", ".ucf-old", ".dpkg-dist", ".dpkg-old",
	".dpkg-new" };

/* Only ever included. */
static const char *const parts[] = { "common-", "system-", "password-auth", "fingerprint-auth",
	"smartcard-auth", "switchable-auth", "postlogin", "config-util", "base-" };

static bool listed(const struct settings *s, const char *service)
{
	for (size_t k = 0; s != NULL && k < s->nservices; k++)
		if (strcmp(s->services[k], service) == 0)
			return true;
	return false;
}

static bool is_leftover(const char *name)
{
	size_t len = strlen(name);

	for (size_t k = 0; k < sizeof(leftovers) / sizeof(leftovers[0]); k++) {
		size_t end = strlen(leftovers[k]);

		if (len > end && strcmp(name + len - end, leftovers[k]) == 0)
			return true;
	}
	return name[0] == '.';
}

static bool is_part(const struct settings *s, const char *name)
{
	if (listed(s, name))
		return false;
	for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
		if (text_starts(name, parts[k]))
			return true;
	return false;
}

static void add_name(const char *name)
{
	for (size_t k = 0; k < names.n; k++)
		if (strcmp(names.at[k], name) == 0)
			return;
	if (names.n < NAMES_MAX && text_copy(names.at[names.n], sizeof(names.at[0]), name) == 0)
		names.n++;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void collect(const struct pam_survey *s, const struct pam_stack_place *place)
{
	names.n = 0;
	for (size_t k = 0; k < PAM_STACK_FOLDERS && place->folders[k] != NULL; k++) {
		DIR *d = opendir(place->folders[k]);
		const struct dirent *e;

		while (d != NULL && (e = readdir(d)) != NULL)
			if (!is_leftover(e->d_name) && !is_part(s->settings, e->d_name))
				add_name(e->d_name);
		if (d != NULL)
			closedir(d);
	}
	qsort(names.at, names.n, sizeof(names.at[0]), by_name);
}

/* libpam refuses the service as a whole, whatever our line says. */
static void look_readable(const struct pam_stack_place *place, const char *service)
{
	static struct pam_stack stack;
	struct fault f = FAULT_INIT, ignored = FAULT_INIT;
	char path[PAM_STACK_PATH], *text;
	struct pam_finding at;

	if (pam_stack_read(place, service, PAM_LINE_AUTH, &stack, &f) == 0 ||
		f.class == FAULT_ABSENT)
		return;
	text = pam_stack_text(place, service, path, &ignored);
	if (text != NULL && strstr(text, "pam_sms_otp") != NULL) {
		at = pam_findings_at(INSPECTION_TROUBLE, "service-unreadable", service, path, 0);
		pam_findings_remedy(
			pam_findings_add(&found, &at, "libpam refuses everybody here: %s", f.text),
			"mend it: pam.conf(5)");
	}
	free(text);
}

/* The settings refuse a service that they do not list. */
static void compare(
	const struct pam_survey *s, const char *service, const struct pam_judged *judged)
{
	bool passes = s->settings->unlisted == SETTINGS_IGNORE ||
		      settings_mode_observes(s->settings, service);
	struct pam_finding at = pam_findings_at(passes ? INSPECTION_FINDING : INSPECTION_TROUBLE,
		"service-unlisted", service, judged->file, judged->line);

	if (!s->settings->services_given || listed(s->settings, service) || judged->excluded)
		return;
	/* each is told of by itself: what to write differs */
	at.line = 0;
	pam_findings_remedy(pam_findings_add(&found, &at,
				    "line %d is ours, but `services` in the settings does not "
				    "name the service: %s",
				    judged->line,
				    passes ? "nobody is asked for a code" : "everybody is refused"),
		"add \"%s\" to services, or take the line out", service);
}

/* The settings list a service that never asks. */
static void compare_back(const char *service, bool there)
{
	struct pam_finding at =
		pam_findings_at(INSPECTION_FINDING, "service-unguarded", service, NULL, 0);

	pam_findings_remedy(
		pam_findings_add(&found, &at,
			"`services` in the settings names it, but %s: nobody is asked for a code",
			there ? "no line in its file is ours" : "it has no file in pam.d"),
		"add our line as in the example for it, or take it out of services");
}

/* Where somebody mends what shuts everybody else out. */
static bool is_console(const char *service)
{
	static const char *const those[] = { "login", "gdm-password", "lightdm", "sddm", "xdm" };

	for (size_t k = 0; k < sizeof(those) / sizeof(those[0]); k++)
		if (strcmp(service, those[k]) == 0)
			return true;
	return false;
}

static bool wanted(const struct pam_survey *s, const char *service)
{
	return s->service == NULL || strcmp(s->service, service) == 0;
}

/* The listed services that ended without a line of ours. */
static void look_unguarded(const struct pam_survey *s, const struct pam_judge *j)
{
	for (size_t k = 0; s->settings != NULL && k < s->settings->nservices; k++) {
		const char *service = s->settings->services[k];
		struct fault f = FAULT_INIT;
		struct pam_judged judged;
		struct pam_findings *spare;
		char path[PAM_STACK_PATH], *text;

		if (!wanted(s, service))
			continue;
		spare = calloc(1, sizeof(*spare));
		if (spare == NULL)
			return;
		pam_judge_service(j, service, spare, &judged);
		free(spare);
		if (judged.ours)
			continue;
		text = pam_stack_text(j->place, service, path, &f);
		compare_back(service, text != NULL);
		free(text);
	}
}

static unsigned look_services(
	const struct pam_survey *s, const struct pam_judge *j, struct pam_judged *sshd)
{
	unsigned n = 0;

	for (size_t k = 0; k < names.n; k++) {
		struct pam_judged judged;

		if (!wanted(s, names.at[k]))
			continue;
		look_readable(j->place, names.at[k]);
		pam_judge_service(j, names.at[k], &found, &judged);
		n += judged.ours;
		if (judged.ours && s->settings != NULL)
			compare(s, names.at[k], &judged);
		if (judged.asks && s->console != NULL && is_console(names.at[k]))
			*s->console = true;
		if (judged.auth && strcmp(names.at[k], "sshd") == 0)
			*sshd = judged;
	}
	return n;
}

static bool is_folder(const char *path)
{
	DIR *d = opendir(path);

	if (d != NULL)
		closedir(d);
	return d != NULL;
}

void pam_survey_inspect(struct inspection *i, const struct pam_survey *s)
{
	struct pam_stack_place own = { { s->folder } };
	struct pam_judge j = {
		.place = s->folder != NULL || s->over != NULL ? &own : &pam_stack_system,
		.settings = s->settings,
		/* files of another machine need modules of another machine */
		.present = s->folder != NULL ? NULL : pam_module_present,
	};
	struct pam_judged sshd = { 0 };

	if (s->over != NULL)
		pam_stack_over(s->over, &pam_stack_system, &own);
	memset(&found, 0, sizeof(found));
	if (s->folder != NULL && !is_folder(s->folder)) {
		inspection_add(i, INSPECTION_TROUBLE, "pam", "%s: %s", s->folder, strerror(errno));
		return;
	}
	collect(s, j.place);
	if (look_services(s, &j, &sshd) == 0)
		inspection_add(i, INSPECTION_NOTE, "pam",
			"no service%s%s in pam.d asks for codes; the examples show how: "
			"pam_sms_otp(8)",
			s->service != NULL ? " " : "", s->service != NULL ? s->service : "");
	look_unguarded(s, &j);
	if (sshd.auth && s->folder == NULL)
		sshd_ask_inspect(s->settings, &sshd, &found);
	pam_findings_print(&found, i);
}
