#include "cli/subject.h"

#include <string.h>

#include "base/text.h"
#include "cli/speech.h"

struct search {
	const char *name;
	struct directory_entry *entry;
};

static int match(
	void *ctx, uint32_t uid, const struct directory_entry *entry, const struct fault *f)
{
	struct search *s = ctx;

	(void)uid;
	(void)f;
	if (entry == NULL || strcmp(entry->name, s->name) != 0)
		return 0;
	*s->entry = *entry;
	return 1;
}

int subject_find_former(
	const struct house *h, const char *name, struct subject *out, struct fault *f)
{
	struct search s = { name, &out->entry };
	struct fault why = FAULT_INIT;
	int found = directory_walk(&h->directory, match, &s, &why);

	if (found < 0) {
		*f = why;
		return -1;
	}
	if (found == 0)
		return fault_set(f, FAULT_ABSENT, 0,
			"the system has no user %s, and nobody of that name is enrolled", name);
	out->standing = SUBJECT_ENROLLED;
	out->account.uid = out->entry.uid;
	return text_copy(out->account.name, sizeof(out->account.name), name);
}

int subject_find(const struct house *h, const char *name, struct subject *out, struct fault *f)
{
	memset(out, 0, sizeof(*out));
	if (!account_name_valid(name))
		return fault_set(f, FAULT_BAD, 0, "\"%.40s\" cannot be a user's name", name);
	if (account_find(name, &out->account, f) != 0) {
		if (f->class != FAULT_ABSENT)
			return -1;
		return subject_find_former(h, name, out, f);
	}
	out->in_system = true;
	if (directory_find(&h->directory, &out->account, &out->entry, &out->fault) == 0)
		out->standing = SUBJECT_ENROLLED;
	else if (out->fault.class == FAULT_ABSENT)
		out->standing = SUBJECT_NOT_ENROLLED;
	else
		out->standing = SUBJECT_DAMAGED;
	return 0;
}

int subject_enrolled(const struct house *h, const char *name, struct subject *out, struct fault *f)
{
	if (subject_find(h, name, out, f) != 0)
		return f->class == FAULT_ABSENT ? speech_no("%s", f->text) : speech_fault(f);
	if (out->standing == SUBJECT_NOT_ENROLLED)
		return speech_no("%s is not enrolled; sms-otp enroll %s NUMBER", name, name);
	if (out->standing == SUBJECT_DAMAGED)
		return speech_fault(&out->fault);
	return SPEECH_YES;
}
