/* Goal: pam_stack and pam_walk come to what the libpam of this machine comes to, on stacks made at random of pam_debug, which returns what
 * its argument says. */
#include "cli/pam_walk.h"

#include <security/pam_appl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/pam_stack.h"
#include "tests/unit/unit.h"

enum { STACKS = 1200, FILES = 5, LINES = 7, TEXT = 8192 };

static struct pam_stack stack;

static int say_nothing(int n, const struct pam_message **m, struct pam_response **r, void *ctx)
{
	(void)m;
	(void)ctx;
	*r = calloc((size_t)n, sizeof(**r));
	return *r ? PAM_SUCCESS : PAM_CONV_ERR;
}

/* A sequence of its own, so that a failure can be had again by its number. */
struct dice {
	uint64_t at;
};

static unsigned throw(struct dice *d, unsigned sides)
{
	d->at ^= d->at << 13;
	d->at ^= d->at >> 7;
	d->at ^= d->at << 17;
	return (unsigned)(d->at >> 33) % sides;
}

static const char *const results[] = { "success", "success", "success", "success", "auth_err", "auth_err", "ignore", "ignore",
	"perm_denied", "new_authtok_reqd", "authinfo_unavail", "user_unknown", "maxtries", "service_err", "module_unknown", "abort",
	"open_err", "cred_err", "authtok_expired" };
static const char *const words[] = { "required", "requisite", "sufficient", "optional", "Required", "nonsense" };
static const char *const acts[] = { "ok", "ok", "done", "bad", "die", "ignore", "ignore", "reset", "reset", "1", "1", "2", "3", "9" };

#define PICK(d, table) ((table)[throw(d, sizeof(table) / sizeof((table)[0]))])

static void add_control(struct dice *d, struct text_line *t)
{
	if (throw(d, 3) == 0) {
		/* nonsense rarely: it ends most of what could be told apart */
		const char *w = PICK(d, words);

		text_add(t, "%s ", strcmp(w, "nonsense") == 0 && throw(d, 4) ? "optional" : w);
		return;
	}
	text_add(t, "[%s", throw(d, 2) ? "" : " ");
	for (unsigned k = 1 + throw(d, 4); k > 0; k--) {
		const char *r = throw(d, 2) ? "success" : PICK(d, results);

		text_add(t, "%s=%s ", r, PICK(d, acts));
	}
	if (throw(d, 3))
		text_add(t, "default=%s", PICK(d, acts));
	text_add(t, "] ");
}

/* Debian's libpam looks for what is included in /etc/pam.d whatever folder it was given: whole paths. */
static void add_include(struct dice *d, struct text_line *t, unsigned file)
{
	/* the last ones include a file that is not there */
	unsigned to = file + 1 + throw(d, FILES - file);

	switch (throw(d, 3)) {
	case 0:
		text_add(t, "auth include %s/f%u\n", unit_folder(), to);
		break;
	case 1:
		text_add(t, "-auth\tsubstack %s/f%u\n", unit_folder(), to);
		break;
	default:
		text_add(t, "@include %s/f%u\n", unit_folder(), to == FILES && throw(d, 4) ? to - 1 : to);
	}
}

static void add_line(struct dice *d, struct text_line *t, unsigned file)
{
	switch (throw(d, 12)) {
	case 0:
		text_add(t, "# a comment \\\n");
		return;
	case 1:
		text_add(t, "account required pam_deny.so\n");
		return;
	case 2:
	case 3:
	case 4:
		if (file + 1 < FILES) {
			add_include(d, t, file);
			return;
		}
		break;
	case 5:
		if (throw(d, 6) == 0) {
			text_add(t, "%s", PICK(d, ((const char *const[]){ "auth\n", "auth required\n", "ouch optional pam_permit.so\n",
							       "auth optional pam_not_there.so\n", "  -Auth   optional \\\n\n# x\n pam_permit.so\n" })));
			return;
		}
		break;
	default:
		break;
	}
	text_add(t, "%sauth%s", throw(d, 5) ? "" : "-", throw(d, 3) ? " " : "\t \t");
	add_control(d, t);
	text_add(t, "%s pam_debug.so auth=%s%s\n", throw(d, 9) ? "" : "\\\n", PICK(d, results), throw(d, 9) ? "" : " # auth=success");
}

static void write_files(struct dice *d, const char *dir, char *shown)
{
	struct text_line all;

	text_begin(&all, shown, TEXT * FILES);
	for (unsigned file = 0; file < FILES; file++) {
		char path[256], text[TEXT];
		struct text_line t;
		FILE *f;

		text_begin(&t, text, sizeof(text));
		for (unsigned n = 1 + throw(d, LINES); n > 0; n--)
			add_line(d, &t, file);
		snprintf(path, sizeof(path), "%s/f%u", dir, file);
		f = fopen(path, "w");
		ck_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
		text_add(&all, "--- f%u\n%s", file, text);
	}
}

/* By pam_walk: the one result that can be. */
static int ours(const char *dir)
{
	struct pam_stack_place place = { { dir } };
	static struct pam_walk_step steps[PAM_WALK_STEPS];
	struct fault f = FAULT_INIT;
	struct pam_walk walk;
	int end = -1;

	if (pam_stack_read(&place, "f0", PAM_LINE_AUTH, &stack, &f) != 0)
		return f.class == FAULT_ABSENT ? PAM_PERM_DENIED : PAM_ABORT;
	for (size_t i = 0; i < stack.n; i++) {
		const struct pam_line *l = &stack.at[i].line;
		const char *name = pam_line_argument(l, "auth=");
		unsigned value = PAM_PERM_DENIED;

		if (l->kind == PAM_LINE_MODULE && !name)
			value = strcmp(l->module, "pam_permit.so") && strcmp(l->module, "pam_debug.so") ? PAM_MODULE_UNKNOWN
													: PAM_SUCCESS;
		else if (l->kind == PAM_LINE_MODULE)
			for (value = 0; strcmp(pam_line_return_name(value), name) != 0;)
				value++;
		steps[i] = (struct pam_walk_step){ l->action, stack.at[i].level, stack.at[i].gate, 1u << value, 0 };
	}
	pam_walk_run(steps, stack.n, &walk);
	ck_assert(!walk.lost);
	for (int v = 0; v < PAM_LINE_RETURNS; v++)
		if (walk.end[v]) {
			ck_assert_msg(end < 0, "two results");
			end = v;
		}
	return end;
}

static int theirs(const char *dir)
{
	static const struct pam_conv conv = { say_nothing, NULL };
	pam_handle_t *pamh = NULL;
	int rc;

	/* what cannot be read is refused here already */
	rc = pam_start_confdir("f0", "root", &conv, dir, &pamh);
	if (rc != PAM_SUCCESS)
		return rc;
	rc = pam_authenticate(pamh, 0);
	pam_end(pamh, rc);
	return rc;
}

START_TEST(h_the_walk_is_libpams)
{
	static char shown[TEXT * FILES];
	static unsigned counts[PAM_LINE_RETURNS];
	const char *dir = unit_folder();
	unsigned kinds = 0;

	for (unsigned k = 1; k <= STACKS; k++) {
		struct dice d = { 0x9e3779b97f4a7c15u * k };
		int mine, real;

		write_files(&d, dir, shown);
		mine = ours(dir);
		real = theirs(dir);
		ck_assert_msg(mine == real, "stack %u: pam_walk says %d (%s), libpam %d (%s)\n%s", k, mine,
			pam_line_return_name((unsigned)mine), real, pam_line_return_name((unsigned)real), shown);
		counts[real]++;
	}
	for (unsigned v = 0; v < PAM_LINE_RETURNS; v++)
		kinds += counts[v] > 0;
	/* else the dice are loaded, and the test says little */
	ck_assert_msg(counts[PAM_SUCCESS] > STACKS / 20 && kinds >= 12, "%u successes, %u kinds of results", counts[PAM_SUCCESS], kinds);
}
END_TEST

/* The corners of the grammar, one line each, by what the real libpam makes of them. */
START_TEST(h_the_grammar_is_libpams)
{
	static const char *const texts[] = {
		"auth required pam_debug.so auth=success # auth=auth_err\n",
		"auth [success=ok default=bad] pam_debug.so [auth=success]\n",
		"auth [success=ok default=bad] pam_debug.so [x\\]y] auth=success\n",
		"auth [success=ok#default=bad] pam_debug.so auth=success\n",
		"auth [success=okdefault=bad] pam_debug.so auth=success\n",
		"auth [ success = ok default = bad ] pam_debug.so auth=success\n",
		"auth [default=ignore success=ok] pam_debug.so auth=success\n",
		"auth [default=ok default=bad] pam_debug.so auth=success\n",
		"auth [success=0] pam_debug.so auth=success\n",
		"auth [success=-1] pam_debug.so auth=success\n",
		"auth [SUCCESS=ok] pam_debug.so auth=success\n",
		"auth [success=ok,default=bad] pam_debug.so auth=success\n",
		"auth success=ok pam_debug.so auth=success\n",
		"auth [] pam_debug.so auth=success\n",
		"auth [success=ok pam_debug.so auth=success\n",
		"auth required \\\npam_debug.so \\\nauth=success",
		"auth required pam_debug.so auth=success\\\n",
		"auth required pam_debug.so \\ # auth=success\nauth required pam_debug.so auth=auth_err\n",
		"auth required \\ \n pam_debug.so auth=success\n",
		"\t auth required pam_debug.so auth=success\r\n",
		"AUTH REQUIRED pam_debug.so auth=success\n",
		"auth [success=ok]pam_debug.so auth=success\n",
		"[auth] required pam_debug.so auth=success\n",
		"auth required [pam_debug.so] auth=success\n",
		"auth required pam_debug.so auth=auth_err auth=success\n",
		"session required\nauth required pam_debug.so auth=success\n",
		"session include nothing\nauth required pam_debug.so auth=success\n",
		"@include nothing\nauth required pam_debug.so auth=success\n",
		"auth include nothing\nauth sufficient pam_debug.so auth=success\n",
		/* a file that includes itself is left out: libpam 1.5 goes on until it crashes */
		"auth substack %s/f0\nauth sufficient pam_debug.so auth=success\n",
		"auth sufficient pam_debug.so auth=success\nauth substack %s/f0\n",
		"- required pam_debug.so auth=success\n",
		"",
		"account required pam_permit.so\n",
	};
	char path[256];

	snprintf(path, sizeof(path), "%s/f0", unit_folder());
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		FILE *f = fopen(path, "w");
		int mine, real;

		/* %s: the folder */
		const char *mark = strstr(texts[i], "%s");
		int before = mark ? (int)(mark - texts[i]) : (int)strlen(texts[i]);

		ck_assert(f != NULL && fprintf(f, "%.*s%s%s", before, texts[i], mark ? unit_folder() : "", mark ? mark + 2 : "") >= 0);
		ck_assert_int_eq(fclose(f), 0);
		mine = ours(unit_folder());
		real = theirs(unit_folder());
		ck_assert_msg(mine == real, "pam_walk says %d, libpam %d:\n%s", mine, real, texts[i]);
	}
}
END_TEST

/* libpam 1.5 forgets what it has read when it then refuses the service. Here only: in the tests of the module its frames are below ours. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default"), used));
const char *__lsan_default_suppressions(void)
{
	return "leak:libpam.so\n";
}

Suite *unit_suite(void)
{
	Suite *s = suite_create("pam_walk and libpam");
	TCase *t = tcase_create("random stacks");

	/* pam_debug is loaded a dozen thousand times: a few seconds */
	tcase_set_timeout(t, 120);
	tcase_add_test(t, h_the_walk_is_libpams);
	tcase_add_test(t, h_the_grammar_is_libpams);
	suite_add_tcase(s, t);
	return s;
}
