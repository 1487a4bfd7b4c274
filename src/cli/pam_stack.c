#include "cli/pam_stack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

const struct pam_stack_place pam_stack_system = { { "/etc/pam.d", "/usr/lib/pam.d",
	"/usr/etc/pam.d" } };

void pam_stack_over(
	const char *folder, const struct pam_stack_place *these, struct pam_stack_place *out)
{
	*out = (struct pam_stack_place){ { folder } };
	for (size_t i = 1; i < PAM_STACK_FOLDERS; i++)
		out->folders[i] = these->folders[i - 1];
}

/* Where we are in the reading. */
struct visit {
	const struct pam_stack_place *place;
	struct pam_stack *out;
	struct fault *f;
	enum pam_line_type wanted;
	unsigned depth, level;
};

static char *slurp(const char *path, struct fault *f)
{
	char *text = NULL;
	size_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		fault_set(f, errno == ENOENT ? FAULT_ABSENT : FAULT_SYSTEM, errno, "%s", path);
		return NULL;
	}
	text = malloc(PAM_STACK_FILE_MAX + 1);
	if (text == NULL)
		fault_set(f, FAULT_MEMORY, 0, "out of memory");
	else if (file_read_all(fd, text, PAM_STACK_FILE_MAX, &len, f) == 0)
		text[len] = 0;
	else {
		fault_prefix(f, "%s", path);
		free(text);
		text = NULL;
	}
	close(fd);
	return text;
}

char *pam_stack_text(const struct pam_stack_place *place, const char *name,
	char path[PAM_STACK_PATH], struct fault *f)
{
	if (name[0] == '/') {
		snprintf(path, PAM_STACK_PATH, "%s", name);
		return slurp(name, f);
	}
	fault_set(f, FAULT_ABSENT, 0, "there is no file %.64s", name);
	for (size_t i = 0; i < PAM_STACK_FOLDERS && place->folders[i] != NULL; i++) {
		char *text;
		int n = snprintf(path, PAM_STACK_PATH, "%s/%s", place->folders[i], name);

		if (n >= PAM_STACK_PATH)
			continue;
		text = slurp(path, f);
		if (text != NULL)
			return text;
	}
	return NULL;
}

static int read_file(const struct visit *v, const char *name);

static struct pam_stack_line *add(const struct visit *v, const char *file)
{
	struct pam_stack_line *l;

	/* one more than fit is where the next line is read to */
	if (v->out->n + 1 >= PAM_STACK_LINES)
		return NULL;
	l = &v->out->at[v->out->n++];
	l->level = v->level;
	l->gate = false;
	l->file = file;
	return l;
}

/* The line is in its place already; what it includes comes after it, or in its place. */
/* NOLINTNEXTLINE(misc-no-recursion): to PAM_STACK_DEPTH */
static int follow(const struct visit *v, struct pam_stack_line *l)
{
	struct pam_line *line = &l->line;
	struct visit in = *v;
	struct fault why = FAULT_INIT;
	bool substack = line->kind == PAM_LINE_SUBSTACK;
	char name[PAM_STACK_PATH];
	struct pam_stack_line *failed;
	int number = line->number;
	const char *file = l->file;

	if (text_copy(name, sizeof(name), line->module) != 0)
		return fault_set(v->f, FAULT_BAD, 0, "%s:%d: too long a name", l->file, number);
	in.wanted = line->type;
	in.level = v->level + (substack ? 1 : 0);
	in.depth = v->depth + 1;
	in.f = &why;
	if (substack)
		l->gate = true;
	else
		v->out->n--;
	if (in.depth < PAM_STACK_DEPTH && name[0] != 0 && read_file(&in, name) == 0)
		return 0;
	/* without a type there is no stack to put a failure into */
	if (in.wanted == PAM_LINE_ANY)
		return fault_set(v->f, FAULT_BAD, 0, "%s:%d: %s: %.150s", file, number, name,
			in.depth < PAM_STACK_DEPTH ? why.text : "too many files in one another");
	failed = add(v, file);
	if (failed == NULL)
		return fault_set(v->f, FAULT_BAD, 0, "%s: too many lines", file);
	memset(&failed->line, 0, sizeof(failed->line));
	failed->line.type = in.wanted;
	failed->line.number = number;
	failed->line.control = failed->line.module = "";
	failed->line.wrong = "what it includes cannot be read (it always fails)";
	return 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): to PAM_STACK_DEPTH */
static int take(const struct visit *v, const char *file, struct pam_line *line)
{
	struct pam_stack *out = v->out;
	struct pam_stack_line *l;

	if (line->type != PAM_LINE_ANY && line->type != out->type)
		return 0;
	l = add(v, file);
	if (l == NULL)
		return fault_set(
			v->f, FAULT_BAD, 0, "%s: more than %d lines", file, PAM_STACK_LINES - 1);
	return line->kind == PAM_LINE_INCLUDE || line->kind == PAM_LINE_SUBSTACK ? follow(v, l) : 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): to PAM_STACK_DEPTH */
static int read_file(const struct visit *v, const char *name)
{
	struct pam_stack *out = v->out;
	char *text, *file;
	const char *at;
	int number = 0, rc = 1;

	if (out->nfiles == PAM_STACK_FILES)
		return fault_set(v->f, FAULT_BAD, 0, "too many files");
	file = out->files[out->nfiles];
	text = pam_stack_text(v->place, name, file, v->f);
	if (text == NULL)
		return -1;
	out->nfiles++;
	at = text;
	while (rc == 1) {
		/* read in place: the line leads into itself */
		struct pam_line *line = &out->at[out->n].line;

		rc = pam_line_next(&at, &number, v->wanted, line);
		if (rc == 1 && take(v, file, line) != 0)
			rc = -2;
	}
	free(text);
	if (rc == -1)
		return fault_set(v->f, FAULT_BAD, 0,
			"%s:%d: a line without an end, or too long: libpam refuses the whole file",
			file, number);
	return rc == 0 ? 0 : -1;
}

int pam_stack_read(const struct pam_stack_place *place, const char *service,
	enum pam_line_type type, struct pam_stack *out, struct fault *f)
{
	struct visit v = { .place = place, .out = out, .f = f };

	out->type = type;
	out->n = out->nfiles = 0;
	out->other = false;
	if (read_file(&v, service) != 0 && f->class != FAULT_ABSENT)
		return -1;
	if (out->n > 0)
		return 0;
	out->other = true;
	if (read_file(&v, "other") != 0)
		return -1;
	return out->n > 0 ? 0
			  : fault_set(f, FAULT_ABSENT, 0, "neither %.64s nor other has %s lines",
				    service, pam_line_type_name(type));
}
