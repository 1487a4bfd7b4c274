#include "module/keepsake.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What is left is no pointer, but looks like one: nothing has to be freed, and nothing can dangle.
 * Far from zero, which is what libpam gives where nothing was left. */
enum { MARK = 0x4b2d3500, MARK_MASK = ~0xff };

enum { NAME_MAX_BYTES = 48 };

_Static_assert(TALK_REASON_COUNT <= 0xff, "a reason fits beside the mark");

static void name_of(const void *line, char out[NAME_MAX_BYTES])
{
	snprintf(out, NAME_MAX_BYTES, "pam_sms_otp.so:%p", line);
}

/* The reason that stands for the whole verdict: who is let in or exempt has a reason of his own. */
static enum talk_reason reason_of(const struct talk_verdict *verdict)
{
	bool good = verdict->reason == TALK_REASON_ACCEPTED;
	bool exempt = verdict->reason == TALK_REASON_EXEMPT;

	if (good != (verdict->kind == TALK_VERDICT_ACCEPT) ||
		exempt != (verdict->kind == TALK_VERDICT_EXEMPT))
		return TALK_REASON_NONE;
	return verdict->reason;
}

/* A refusal, and false, where nothing was left. */
static bool recall(const pam_handle_t *pamh, const char *name, struct talk_verdict *verdict)
{
	const void *data = NULL;

	verdict->kind = TALK_VERDICT_DENY;
	verdict->reason = TALK_REASON_NONE;
	if (pam_get_data(pamh, name, &data) != PAM_SUCCESS)
		return false;
	uintptr_t mark = (uintptr_t)data;
	if ((mark & (uintptr_t)MARK_MASK) != (uintptr_t)MARK)
		return true;
	verdict->reason = (enum talk_reason)(mark & 0xff);
	if (verdict->reason == TALK_REASON_ACCEPTED)
		verdict->kind = TALK_VERDICT_ACCEPT;
	else if (verdict->reason == TALK_REASON_EXEMPT)
		verdict->kind = TALK_VERDICT_EXEMPT;
	return true;
}

/* Lines without arguments have no array, and so one mark for all of them: none may have another's
 * for its own. */
static void agree(const pam_handle_t *pamh, const char *name, struct talk_verdict *verdict)
{
	struct talk_verdict before;

	if (!recall(pamh, name, &before) || before.kind == verdict->kind)
		return;
	if (verdict->kind != TALK_VERDICT_DENY)
		verdict->reason =
			before.kind == TALK_VERDICT_DENY ? before.reason : TALK_REASON_SYSTEM;
	verdict->kind = TALK_VERDICT_DENY;
}

void keepsake_leave(pam_handle_t *pamh, const void *line, struct talk_verdict *verdict)
{
	char name[NAME_MAX_BYTES];

	name_of(line, name);
	if (!line)
		agree(pamh, name, verdict);
	uintptr_t mark = (uintptr_t)MARK | (uintptr_t)reason_of(verdict);
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): a mark, no address */
	if (pam_set_data(pamh, name, (void *)mark, NULL) == PAM_SUCCESS)
		return;
	verdict->kind = TALK_VERDICT_DENY;
	verdict->reason = TALK_REASON_SYSTEM;
}

void keepsake_find(const pam_handle_t *pamh, const void *line, struct talk_verdict *verdict)
{
	char name[NAME_MAX_BYTES];

	name_of(line, name);
	(void)recall(pamh, name, verdict);
}
