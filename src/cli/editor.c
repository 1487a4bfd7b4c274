#include "cli/editor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

enum { WORDS_MAX = 16, COMMAND_MAX = 512, NOT_STARTED = 127 };

/* Only returns when there is no such program. */
static void start(const char *command, const char *path)
{
	char words[COMMAND_MAX], file[4096];
	char *argv[WORDS_MAX + 2];
	char *rest = words, *word;
	int n = 0;

	if (text_copy(words, sizeof(words), command) != 0 ||
		text_copy(file, sizeof(file), path) != 0)
		return;
	while (n < WORDS_MAX && (word = strsep(&rest, " \t")) != NULL)
		if (word[0] != 0)
			argv[n++] = word;
	if (n == 0)
		return;
	argv[n++] = file;
	argv[n] = NULL;
	execvp(argv[0], argv);
}

static void start_first(const char *path)
{
	const char *choices[] = { getenv("VISUAL"), getenv("EDITOR"), "editor", "vi" };

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		if (choices[i] != NULL)
			start(choices[i], path);
	_exit(NOT_STARTED);
}

static int judge_end(int status, struct fault *f)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED)
		return fault_set(
			f, FAULT_ABSENT, 0, "no editor could be started; set VISUAL or EDITOR");
	if (WIFEXITED(status))
		return fault_set(
			f, FAULT_BAD, 0, "the editor ended with status %d", WEXITSTATUS(status));
	return fault_set(f, FAULT_BAD, 0, "the editor was ended by signal %d", WTERMSIG(status));
}

int editor_run(const char *path, struct fault *f)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, interrupt, quit;
	int status = -1, rc;
	pid_t pid = fork();

	if (pid < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "fork");
	if (pid == 0)
		start_first(path);
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	do
		rc = waitpid(pid, &status, 0);
	while (rc < 0 && errno == EINTR);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	if (rc < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "waiting for the editor");
	return judge_end(status, f);
}
