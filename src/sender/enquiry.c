#include "sender/enquiry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "sender/printout.h"
#include "sender/rehearsal.h"
#include "sender/sandbox.h"
#include "sender/synopsis.h"

#define SUFFIX ".conf"

enum { MEMORY_MAX = 128 << 20, CPU_MAX_S = 5 };

int enquiry_limits(struct fault *f)
{
	const struct rlimit memory = { MEMORY_MAX, MEMORY_MAX }, time = { CPU_MAX_S, CPU_MAX_S };
	if (setrlimit(RLIMIT_AS, &memory) < 0 || setrlimit(RLIMIT_CPU, &time) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "memory and time cannot be limited");
	return 0;
}

bool enquiry_wanted(int argc, const char *const *argv)
{
	return (argc == 3 && !strcmp(argv[1], "--describe")) ||
	       (argc >= 3 && !strcmp(argv[1], "--judge"));
}

/* From now on nothing but open descriptors. */
static int confine(struct fault *f)
{
	static const struct landlock_needs nothing;
	uint32_t on;
	if (geteuid() == 0 || getuid() == 0)
		return fault_set(f, FAULT_BAD, 0, "the sender refuses to run as root");
	return sandbox_enter(SANDBOX_OUTBOX, &nothing, &on, f);
}

static int print(int fd, const struct buffer *text)
{
	const char *at = buffer_string(text);
	size_t left = text->len;
	if (text->bad)
		return -1;
	while (left > 0) {
		ssize_t n = write(fd, at, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		at += n;
		left -= (size_t)n;
	}
	return 0;
}

/* The folder whose file has the fault; "" where there is no file. */
static const char *place_of(const struct provider_folders *folders, const struct fault *f)
{
	return f->class == FAULT_ABSENT              ? ""
	       : text_starts(f->text, folders->site) ? folders->site
						     : folders->shipped;
}

/* The descriptions are root's; all of the sender reads them before it is confined (errand). */
static int describe(const struct provider_folders *folders, const char *name, struct buffer *out)
{
	struct fault f = FAULT_INIT, held = FAULT_INIT;
	struct provider p;
	bool outbox = !strcmp(name, "outbox");
	int rc = outbox ? 0 : provider_load(folders, name, &p, &f);
	if (confine(&held) < 0) {
		synopsis_fault(name, "", &held, out);
		return ENQUIRY_TROUBLE;
	}
	if (rc < 0) {
		synopsis_fault(name, place_of(folders, &f), &f, out);
		return ENQUIRY_FAULTS;
	}
	if (outbox) {
		synopsis_outbox(out);
	} else {
		synopsis_write(&p, out);
		provider_close(&p);
	}
	return ENQUIRY_GOOD;
}

/* NAME of PATH/NAME.conf, as far as an order has room for it. */
static void name_of(const char *path, char out[ORDER_NAME_MAX + 1])
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t len = strlen(base), tail = strlen(SUFFIX);
	if (len > tail && !strcmp(base + len - tail, SUFFIX))
		len -= tail;
	if (len > ORDER_NAME_MAX)
		len = ORDER_NAME_MAX;
	memcpy(out, base, len);
	out[len] = '\0';
}

/* The whole of in, as text. */
static int read_text(int in, const char *path, char text[TREE_FILE_MAX + 2], struct fault *f)
{
	size_t len = 0, line = 1;
	for (;;) {
		ssize_t n = read(in, text + len, TREE_FILE_MAX + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_set(f, FAULT_SYSTEM, errno, "%s: cannot be read", path);
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > TREE_FILE_MAX)
			return fault_set(
				f, FAULT_BAD, 0, "%s: larger than %d bytes", path, TREE_FILE_MAX);
	}
	text[len] = '\0';
	if (strlen(text) == len)
		return 0;
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		line++;
	return fault_set(f, FAULT_BAD, 0, "%s:%zu: has a NUL byte", path, line);
}

static int judge_text(const char *text, const char *path, const char *const *words,
	struct buffer *out, struct fault *f)
{
	char name[ORDER_NAME_MAX + 1];
	struct provider p;
	name_of(path, name);
	if (provider_parse(text, path, name, &p, f) < 0)
		return -1;
	int rc = rehearsal_write(&p, words, out, f);
	if (rc < 0)
		fault_prefix(f, "%s", path);
	provider_close(&p);
	return rc;
}

static int judge(const char *path, const char *const *words, int in, struct buffer *out)
{
	char words_of_fault[320];
	struct fault f = FAULT_INIT;
	if (confine(&f) < 0) {
		printout_line(out, "fault", fault_text(&f, words_of_fault, sizeof words_of_fault));
		printout_end(out);
		return ENQUIRY_TROUBLE;
	}
	char *text = calloc(1, TREE_FILE_MAX + 2);
	int rc = text ? read_text(in, path, text, &f)
		      : fault_set(&f, FAULT_MEMORY, 0, "out of memory");
	if (rc == 0)
		rc = judge_text(text, path, words, out, &f);
	free(text);
	if (rc < 0) {
		buffer_wipe(out);
		printout_line(out, "fault", fault_text(&f, words_of_fault, sizeof words_of_fault));
	}
	printout_end(out);
	return rc < 0 ? ENQUIRY_FAULTS : ENQUIRY_GOOD;
}

int enquiry_run(const struct provider_folders *folders, const char *const *argv, int in, int out)
{
	struct buffer text = { 0 };
	int rc = !strcmp(argv[1], "--describe") ? describe(folders, argv[2], &text)
						: judge(argv[2], argv + 3, in, &text);
	if (print(out, &text) < 0)
		rc = ENQUIRY_TROUBLE;
	buffer_wipe(&text);
	return rc;
}
