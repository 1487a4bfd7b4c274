/* populate: the files of many enrolled users, as `sms-otp import` leaves them, without its syncs.
 *
 *	populate FOLDER FROM TO		u<FROM> to u<TO - 1> into FOLDER/users and FOLDER/state */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/enrolment.h"
#include "core/record.h"

enum { FIRST_UID = 200000 };

static int put(int folder, const char *name, const void *bytes, size_t len)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len) {
		perror(name);
		return -1;
	}
	return close(fd);
}

static int user(int users, int state, unsigned int n, struct fault *f)
{
	static unsigned char both[2 * RECORD_SLOT_SIZE];
	static char text[ENROLMENT_MAX + 1];
	static struct record r;
	struct directory_entry e = {
		.uid = FIRST_UID + n, .verified = true, .since_wall_s = 1700000000, .by = "root"
	};
	char name[32];
	size_t len;

	snprintf(e.name, sizeof e.name, "u%u", n);
	snprintf(e.phone.e164, sizeof e.phone.e164, "+49151%08u", n);
	if (enrolment_print(&e, text, &len, f) < 0)
		return -1;
	snprintf(name, sizeof name, "%u.conf", e.uid);
	if (put(users, name, text, len) < 0)
		return -1;
	record_init(&r, e.uid, e.name);
	if (record_encode(&r, 1, both, f) < 0)
		return -1;
	snprintf(name, sizeof name, "%u", e.uid);
	return put(state, name, both, sizeof both);
}

int main(int argc, char **argv)
{
	struct fault f = FAULT_INIT;
	char said[400];

	if (argc != 4 || chdir(argv[1]) < 0)
		return 2;
	int users = open("users", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    state = open("state", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (unsigned int n = (unsigned int)atol(argv[2]); n < (unsigned int)atol(argv[3]); n++) {
		if (user(users, state, n, &f) < 0) {
			fprintf(stderr, "u%u: %s\n", n, fault_text(&f, said, sizeof said));
			return 1;
		}
	}
	return 0;
}
