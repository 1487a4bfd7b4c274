#include "cli/cmd_provider_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/places.h"
#include "cli/consult.h"
#include "cli/description.h"
#include "cli/rehearsed.h"
#include "cli/speech.h"

enum { SHOWN_MAX = 100 };

/* A name that fits into every fault; its end says more than its beginning. */
static void show_name(const char *path, char out[SHOWN_MAX + 4])
{
	size_t len = strlen(path);

	snprintf(out, SHOWN_MAX + 4, "%s%s", len > SHOWN_MAX ? "..." : "",
		len > SHOWN_MAX ? path + len - SHOWN_MAX : path);
	description_clean(out);
}

/* Whoever wrote the file may have put a device or a pipe there: it is looked at before it is opened
 * for reading. */
static int open_file(const char *path, const char *shown, int *fd, struct fault *f)
{
	char link[64];
	struct stat st;
	int place = open(path, O_PATH | O_CLOEXEC);

	*fd = -1;
	if (place < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "%s", shown);
	if (fstat(place, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(place);
		return fault_set(f, FAULT_BAD, 0, "%s: is not a regular file", shown);
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", place);
	*fd = open(link, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0)
		fault_set(f, FAULT_SYSTEM, errno, "%s", shown);
	close(place);
	return *fd < 0 ? -1 : 0;
}

static int ask(const struct invocation *a, const char *shown, int fd, struct fault *f)
{
	static const struct consult sender = { PLACES_SENDER, PLACES_SENDER_USER };
	const char *argv[INVOCATION_OPERANDS + 3] = { "sms-otp-send", "--judge", shown };
	const struct consult_question q = { argv, fd, clock_boot_ms() + CONSULT_MS };
	struct consult_answer answer;
	size_t n = 3;
	int rc;

	for (size_t i = 1; i < INVOCATION_OPERANDS && a->operands[i] != NULL; i++)
		argv[n++] = a->operands[i];
	argv[n] = NULL;
	if (consult_run(&sender, &q, &answer, f) != 0)
		return -1;
	rc = answer.status;
	if (rehearsed_print(answer.text, stdout, stderr, f) != 0)
		rc = -1;
	consult_free(&answer);
	return rc;
}

int cmd_provider_check(const struct invocation *a)
{
	char shown[SHOWN_MAX + 4];
	struct fault f = FAULT_INIT;
	int fd = -1, rc = -1;

	show_name(a->operands[0], shown);
	if (open_file(a->operands[0], shown, &fd, &f) == 0) {
		rc = ask(a, shown, fd, &f);
		close(fd);
	}
	if (rc < 0)
		return speech_fault(&f);
	return rc == 0 ? SPEECH_YES : SPEECH_NO;
}
