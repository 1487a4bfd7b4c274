/* replay: runs one fuzz target over the committed corpus, over what can be made from the shipped descriptions, and over
 * mutations of both: the same ones on every run. Speaks TAP.
 *
 *   fuzz_NAME [MUTATIONS]      the corpus is tests/fuzz/corpus/NAME
 *   fuzz_NAME --seeds DIR      writes what is made from the shipped descriptions into DIR, for libFuzzer
 *   fuzz_NAME --only FILE      one input */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/fuzz.h"
#include "claim.h"
#include "input.h"

enum { MUTATIONS = 20000, SEEDS_MAX = 8192, LEN_MAX = 65536, ONE_SECONDS = 20 };

static struct seed {
	unsigned char *bytes;
	size_t len;
} seeds[SEEDS_MAX];
static size_t nseeds;

/* Those that got as far as the claims: most mutations start from these. */
static size_t good[SEEDS_MAX], ngood;

/* What is being tried, for whoever must look at it after a crash. */
static unsigned char now[LEN_MAX];
static size_t now_len;
static char failed_name[256];

/* A sanitizer ends by a signal as well, so that the input is kept. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "abort_on_error=1";
}

static void keep(int sig)
{
	int fd = open(failed_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, now, now_len) < 0 || write(2, "The input is in ", 16) < 0 ||
		write(2, failed_name, strlen(failed_name)) < 0 || write(2, "\n", 1) < 0)
		_exit(3);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void try(const unsigned char *bytes, size_t len)
{
	memmove(now, bytes, len);
	now_len = len;
	alarm(ONE_SECONDS);
	/* of its own size, so that a sanitizer sees who reads beyond */
	unsigned char *exact = malloc(len > 0 ? len : 1);
	CLAIM(exact != NULL);
	memcpy(exact, bytes, len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	alarm(0);
}

static void add_seed(const void *bytes, size_t len)
{
	if (nseeds == SEEDS_MAX || len > LEN_MAX)
		return;
	seeds[nseeds].bytes = malloc(len > 0 ? len : 1);
	CLAIM(seeds[nseeds].bytes != NULL);
	memcpy(seeds[nseeds].bytes, bytes, len);
	seeds[nseeds++].len = len;
}

static void add_file(const char *path)
{
	static unsigned char bytes[LEN_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	CLAIM(fd >= 0);
	ssize_t n = read(fd, bytes, sizeof bytes);
	CLAIM(n >= 0);
	add_seed(bytes, (size_t)n);
	close(fd);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void add_corpus(const char *name)
{
	char folder[512], path[1024];
	struct dirent **entries = NULL;
	snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", input_top(), name);
	int n = scandir(folder, &entries, visible, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		add_file(path);
		free(entries[i]);
	}
	free(entries);
}

static void add_made(void)
{
	static char out[LEN_MAX];
	const char *name, *text;
	for (size_t i = 0; fuzz_seed && input_shipped(i, &name, &text); i++) {
		size_t len;
		for (unsigned k = 0; (len = fuzz_seed(name, text, k, out, sizeof out)) > 0; k++)
			add_seed(out, len);
	}
}

/* Bytes rarely make a new token of text. */
static size_t put_token(struct fuzz *fz, unsigned char *at, size_t len, size_t cap)
{
	static const char *const tokens[] = { "{", "}", "[*]", "\"", "\\u0000", "\\n", "%%\n", "\n",
		"\r\n", "..", "/", "@", "#", "?", "{text}", "{number}", "{key}", "*value", "*xml",
		"*when", "0", "1e2", "-1", "null", "true", "[]", "{}", "messages", "id", "status",
		"\xc3\xbc", "\xed\xa0\x80", "+4917012345678", "=", ",", ";", ")", "(" };
	const char *token = tokens[fuzz_below(fz, sizeof tokens / sizeof *tokens)];
	size_t n = strlen(token), i = fuzz_below(fz, len + 1);
	if (len + n > cap)
		return len;
	memmove(at + i + n, at + i, len - i);
	memcpy(at + i, token, n);
	return len + n;
}

/* The beginning of one and the end of another. */
static size_t cross(struct fuzz *fz, unsigned char *at, size_t len, size_t cap)
{
	const struct seed *other = &seeds[fuzz_below(fz, nseeds)];
	size_t i = fuzz_below(fz, len + 1), k = fuzz_below(fz, other->len + 1);
	size_t n = other->len - k < cap - i ? other->len - k : cap - i;
	memcpy(at + i, other->bytes + k, n);
	return i + n;
}

#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

static bool is_word(unsigned char c)
{
	return c && strchr(WORD, c);
}

/* The word at or before a random place: where it begins, and its length, which may be 0. */
static size_t find_word(struct fuzz *fz, const struct seed *s, size_t *len)
{
	size_t i = fuzz_below(fz, s->len + 1);
	while (i > 0 && !is_word(s->bytes[i - 1]))
		i--;
	size_t end = i;
	while (i > 0 && is_word(s->bytes[i - 1]))
		i--;
	*len = end - i;
	return i;
}

/* A part of a word in other letters: what counts lengths, or parses, goes on. */
static void respell(struct fuzz *fz, unsigned char *at, size_t len)
{
	size_t n, i = find_word(fz, &(struct seed){ at, len }, &n);
	for (size_t k = n > 0 ? fuzz_below(fz, n) : 0; k < n; k++)
		at[i + k] = (unsigned char)WORD[fuzz_below(fz, sizeof WORD - 1)];
}

/* A word of another input in place of one. */
static size_t swap_word(struct fuzz *fz, unsigned char *at, size_t len, size_t cap)
{
	const struct seed *other = &seeds[fuzz_below(fz, nseeds)];
	size_t n, m, i = find_word(fz, &(struct seed){ at, len }, &n);
	size_t from = find_word(fz, other, &m);
	if (len - n + m > cap)
		return len;
	memmove(at + i + m, at + i + n, len - i - n);
	memcpy(at + i, other->bytes + from, m);
	return len - n + m;
}

static void mutate(struct fuzz *fz)
{
	static unsigned char bytes[LEN_MAX];
	const struct seed *s = ngood > 0 && fuzz_below(fz, 4) > 0
				       ? &seeds[good[fuzz_below(fz, ngood)]]
				       : &seeds[fuzz_below(fz, nseeds)];
	size_t len = s->len;
	uint32_t how = fuzz_below(fz, 8);
	memcpy(bytes, s->bytes, len);
	if (how == 0)
		len = cross(fz, bytes, len, sizeof bytes);
	if (how == 1)
		len = put_token(fz, bytes, len, sizeof bytes);
	if (how == 2)
		len = fuzz_mutate(fz, bytes, len, sizeof bytes);
	if (how == 3)
		len = fuzz_edit(fz, bytes, len, sizeof bytes);
	for (uint32_t n = 1 + fuzz_below(fz, 2); how >= 4 && n > 0; n--) {
		if (how < 6)
			respell(fz, bytes, len);
		else
			len = swap_word(fz, bytes, len, sizeof bytes);
	}
	try(bytes, len);
}

static int write_seeds(const char *folder)
{
	char path[1024];
	for (size_t i = 0; i < nseeds; i++) {
		snprintf(path, sizeof path, "%s/made-%zu", folder, i);
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		CLAIM(fd >= 0 && write(fd, seeds[i].bytes, seeds[i].len) == (ssize_t)seeds[i].len);
		close(fd);
	}
	return 0;
}

static int run(const char *name, int mutations)
{
	struct fuzz fz = { 20261123 };
	add_corpus(name);
	size_t committed = nseeds;
	add_made();
	printf("1..3\n%s 1 - %s: the corpus is there\n", committed > 2 ? "ok" : "not ok", name);
	for (size_t i = 0; i < nseeds; i++) {
		unsigned long before = fuzz_taken;
		try(seeds[i].bytes, seeds[i].len);
		if (fuzz_taken > before)
			good[ngood++] = i;
	}
	printf("ok 2 - %s: %zu inputs of the corpus, %zu made from the shipped descriptions\n",
		name, committed, nseeds - committed);
	fflush(stdout);
	for (int i = 0; nseeds > 0 && i < mutations; i++)
		mutate(&fz);
	/* a fiftieth must mean something */
	bool enough = fuzz_taken * 50 >= (unsigned long)mutations;
	printf("%s 3 - %s: %d mutations of them; with the corpus %lu were taken\n",
		enough ? "ok" : "not ok", name, mutations, fuzz_taken);
	return 0;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	static const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM };
	if (!strncmp(name, "fuzz_", 5))
		name += 5;
	snprintf(failed_name, sizeof failed_name, "fuzz_%s.failed", name);
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
		signal(deadly[i], keep);
	if (argc == 3 && !strcmp(argv[1], "--seeds")) {
		add_made();
		return write_seeds(argv[2]);
	}
	if (argc == 3 && !strcmp(argv[1], "--only")) {
		add_file(argv[2]);
		try(seeds[0].bytes, seeds[0].len);
		printf("%s\n", fuzz_taken ? "taken" : "refused before the claims");
		return 0;
	}
	int rc = run(name, argc > 1 ? atoi(argv[1]) : MUTATIONS);
	for (size_t i = 0; i < nseeds; i++)
		free(seeds[i].bytes);
	return rc;
}
