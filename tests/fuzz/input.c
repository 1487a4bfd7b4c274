#include "input.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"

enum { TEXT_MAX = 65536 };

unsigned long fuzz_taken;

static struct {
	char *name, *text;
} shipped[INPUT_DESCRIPTIONS_MAX];
static size_t nshipped;

const char *input_top(void)
{
	const char *top = getenv("srcdir");
	if (top)
		return top;
	return access("tests/fuzz/corpus", F_OK) == 0 ? "." : "../..";
}

static char *read_whole(const char *path)
{
	char *text = calloc(1, TEXT_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	CLAIM(text != NULL && fd >= 0);
	CLAIM(read(fd, text, TEXT_MAX) >= 0);
	close(fd);
	return text;
}

static int is_description(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return len > 5 && !strcmp(entry->d_name + len - 5, ".conf");
}

/* Once. They stay until the end. */
static void load(void)
{
	char folder[512], path[1024];
	struct dirent **entries = NULL;
	if (nshipped > 0)
		return;
	snprintf(folder, sizeof folder, "%s/providers", input_top());
	int n = scandir(folder, &entries, is_description, alphasort);
	CLAIM(n > 0 && n <= INPUT_DESCRIPTIONS_MAX);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		shipped[nshipped].text = read_whole(path);
		entries[i]->d_name[strlen(entries[i]->d_name) - 5] = '\0';
		shipped[nshipped].name = strdup(entries[i]->d_name);
		CLAIM(shipped[nshipped].name != NULL);
		nshipped++;
		free(entries[i]);
	}
	free(entries);
}

bool input_shipped(size_t i, const char **name, const char **text)
{
	load();
	if (i >= nshipped)
		return false;
	*name = shipped[i].name;
	*text = shipped[i].text;
	return true;
}

const char *input_description(const char *part)
{
	const char *name, *text;
	if (*part != '@')
		return part;
	size_t len = strcspn(part + 1, "\n");
	for (size_t i = 0; input_shipped(i, &name, &text); i++)
		if (strlen(name) == len && !memcmp(name, part + 1, len))
			return text;
	return NULL;
}

bool input_split(struct input *in, const uint8_t *bytes, size_t len, size_t n)
{
	memset(in, 0, sizeof *in);
	in->bytes = malloc(len + 1);
	CLAIM(in->bytes != NULL);
	memcpy(in->bytes, bytes, len);
	in->bytes[len] = '\0';
	for (char *at = in->bytes;; in->n++) {
		in->part[in->n] = at;
		in->len[in->n] = (size_t)(in->bytes + len - at);
		if (in->n + 1 == n)
			break;
		char *end = strncmp(at, "%%\n", 3) ? strstr(at, "\n%%\n") : at;
		if (!end)
			return false;
		in->len[in->n] = (size_t)(end - at);
		at = end + (*end == '\n' ? 4 : 3);
		*end = '\0';
	}
	in->n++;
	return true;
}

void input_free(struct input *in)
{
	free(in->bytes);
	memset(in, 0, sizeof *in);
}
