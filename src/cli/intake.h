/* intake: a file of users, read and judged whole before anything is believed.
 *
 * Owns: the reading of the file or of standard input; who is in it; everything that is wrong with
 *       it, with the lines.
 * MUST: judge every line, also behind a bad one; find each user in the system; refuse a user whose
 *       lines do not stand together, and one whose entry is damaged; refuse a file that others than
 *       its owner may write, since its numbers and its "verified" are believed.
 * Never: changes anything; prints. */
#ifndef CLI_INTAKE_H
#define CLI_INTAKE_H

#include "cli/house.h"
#include "cli/revision.h"

enum { INTAKE_FILE_MAX = 64 * 1024 * 1024 };

struct intake_fault {
	unsigned line; /* 0: of the file as a whole */
	char text[256];
};

struct intake {
	struct sheet_user *users;
	size_t n, room;
	struct intake_fault *bad;
	size_t nbad, bad_room;
	bool readable_by_others;
	char *text;
	size_t len;
};

/* path "-": standard input. -1: it could not be read. To be freed in any case. */
int intake_read(const char *path, struct intake *in, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* Fill users and bad. -1: it could not be found out who is who. The house has its settings and
 * its directory open. */
int intake_judge(const struct house *h, struct intake *in, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
void intake_free(struct intake *in) __attribute__((nonnull));

#endif
