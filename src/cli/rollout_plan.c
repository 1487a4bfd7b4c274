#include "cli/rollout_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/pam_judge.h"
#include "cli/pam_module.h"
#include "cli/pam_survey.h"
#include "cli/rollout_edit.h"

enum { CONTEXT = 3, PATH_ROOM = 512 };

/* Large: not on the stack of the process. */
static struct pam_findings found;

/* A folder with nothing but the new file in it, which counts before the system's. */
struct bench {
	char path[PATH_ROOM];
	int folder;
};

static int bench_open(const struct rollout_home *home, struct bench *b, struct fault *f)
{
	static const struct inode_want want = { .owner = 0, .forbid = 0077, .size = -1 };

	b->folder = -1;
	snprintf(b->path, sizeof(b->path), "%s/judged.XXXXXX", home->state);
	if ((mkdir(home->state, 0700) != 0 && errno != EEXIST) || mkdtemp(b->path) == NULL)
		return fault_set(f, FAULT_SYSTEM, errno, "%s", b->path);
	if (file_open_folder(b->path, &want, &b->folder, f) == 0)
		return 0;
	rmdir(b->path);
	return -1;
}

static void bench_close(struct bench *b, const char *service)
{
	unlinkat(b->folder, service, 0);
	close(b->folder);
	rmdir(b->path);
}

static void judge(const struct pam_stack_place *place, const struct rollout_plan *p,
	struct pam_judged *judged)
{
	struct pam_judge j = {
		.place = place,
		.settings = p->settings,
		/* files of another machine need modules of another machine */
		.present = p->place == &pam_stack_system ? pam_module_present : NULL,
	};

	memset(&found, 0, sizeof(found));
	pam_judge_service(&j, p->service, &found, judged);
}

bool rollout_plan_guarded(const struct rollout_plan *p)
{
	struct pam_judged judged;

	judge(p->place, p, &judged);
	return judged.auth;
}

/* 1: this one; 0: there are no more. */
static int choose(struct bench *b, struct rollout_plan *p, char *text, struct fault *f)
{
	struct pam_stack_place place;
	struct rollout_edit way = { 0 };
	struct pam_judged judged;
	int rc;

	pam_stack_over(b->path, p->place, &place);
	while ((rc = rollout_edit_next(&way, p->now.bytes, text, ROLLOUT_RECORD_FILE_MAX, f)) ==
		1) {
		if (file_replace_at(b->folder, p->service, text, strlen(text), f) != 0)
			return -1;
		judge(&place, p, &judged);
		if (found.bad == 0 && !found.cut && judged.auth && judged.password &&
			!judged.excluded)
			return 1;
	}
	return rc;
}

int rollout_plan_edit(const struct rollout_home *home, struct rollout_plan *p, struct fault *f)
{
	char *text = malloc(ROLLOUT_RECORD_FILE_MAX);
	struct bench b;
	int rc;

	if (text == NULL)
		return fault_set(f, FAULT_MEMORY, ENOMEM, "%s", p->service);
	if (bench_open(home, &b, f) != 0) {
		free(text);
		return -1;
	}
	rc = choose(&b, p, text, f);
	bench_close(&b, p->service);
	if (rc == 1) {
		p->new = (struct rollout_content){ text, strlen(text) };
		return 0;
	}
	free(text);
	if (rc < 0)
		return -1;
	return fault_set(f, FAULT_BAD, 0,
		"no place in this file comes out well for our line. Write a copy by hand, after "
		"the examples in pam_sms_otp(8), judge it with `sms-otp check --pam-dir DIR`, and "
		"hand it over with --file");
}

int rollout_plan_load(const char *path, struct rollout_plan *p, struct fault *f)
{
	struct pam_stack_place nowhere = { { NULL } };
	char *whole = realpath(path, NULL), *text;
	char name[PAM_STACK_PATH];

	if (whole == NULL)
		return fault_set(f, FAULT_ABSENT, errno, "%.200s", path);
	text = pam_stack_text(&nowhere, whole, name, f);
	free(whole);
	if (text == NULL)
		return -1;
	p->new = (struct rollout_content){ text, strlen(text) };
	if (p->new.len < ROLLOUT_RECORD_FILE_MAX)
		return 0;
	free(text);
	p->new.bytes = NULL;
	return fault_set(f, FAULT_BAD, 0, "%.200s is too large", path);
}

int rollout_plan_inspect(const struct rollout_home *home, const struct rollout_plan *p,
	struct inspection *i, struct fault *f)
{
	struct pam_survey survey = { .service = p->service, .settings = p->settings };
	struct bench b;
	int rc;

	if (bench_open(home, &b, f) != 0)
		return -1;
	survey.over = b.path;
	rc = file_replace_at(b.folder, p->service, p->new.bytes, p->new.len, f);
	if (rc == 0)
		pam_survey_inspect(i, &survey);
	bench_close(&b, p->service);
	return rc;
}

/* --- the difference --- */

/* The end of the line at `at`. */
static const char *line_end(const char *at, const char *end)
{
	const char *stop = memchr(at, '\n', (size_t)(end - at));

	return stop != NULL ? stop + 1 : end;
}

static void print_lines(char sign, const char *at, const char *end)
{
	while (at < end) {
		const char *stop = line_end(at, end);

		printf("%c%.*s%s", sign, (int)(stop - at), at, stop[-1] == '\n' ? "" : "\n");
		at = stop;
	}
}

/* The begin of the line that is n lines before `at`. */
static const char *lines_before(const char *begin, const char *at, int n)
{
	while (at > begin && n-- > 0)
		for (at--; at > begin && at[-1] != '\n';)
			at--;
	return at;
}

static const char *lines_behind(const char *at, const char *end, int n)
{
	while (at < end && n-- > 0)
		at = line_end(at, end);
	return at;
}

/* Everything between the first and the last line that differ. */
void rollout_plan_show(
	const char *name, const struct rollout_content *from, const struct rollout_content *to)
{
	const char *a = from->bytes != NULL ? from->bytes : "", *b = to->bytes;
	const char *a_end = a + (from->bytes != NULL ? from->len : 0);
	const char *b_end = b != NULL ? b + to->len : (b = "");
	const char *a_begin = a;

	while (a < a_end && b < b_end) {
		const char *sa = line_end(a, a_end), *sb = line_end(b, b_end);

		if (sa - a != sb - b || memcmp(a, b, (size_t)(sa - a)) != 0)
			break;
		a = sa;
		b = sb;
	}
	const char *rest = a_end;
	while (a_end > a && b_end > b) {
		const char *la = lines_before(a, a_end, 1), *lb = lines_before(b, b_end, 1);

		if (a_end - la != b_end - lb || memcmp(la, lb, (size_t)(a_end - la)) != 0)
			break;
		a_end = la;
		b_end = lb;
	}
	printf("--- %s\n", name);
	print_lines(' ', lines_before(a_begin, a, CONTEXT), a);
	print_lines('-', a, a_end);
	print_lines('+', b, b_end);
	print_lines(' ', a_end, lines_behind(a_end, rest, CONTEXT));
}
