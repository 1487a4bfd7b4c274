#include "cli/sieve.h"

#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "cli/portrait.h"
#include "core/group.h"

/* These are answered by the record. */
static const enum command_option of_record[] = { OPTION_LOCKED, OPTION_BLOCKED, OPTION_NO_RECOVERY,
	OPTION_ON_BYPASS };

static bool needs_record(const struct invocation *a)
{
	for (size_t i = 0; i < sizeof(of_record) / sizeof(of_record[0]); i++)
		if (invocation_has(a, of_record[i]))
			return true;
	return false;
}

bool sieve_is_open(const struct invocation *a)
{
	return !needs_record(a) && !invocation_has(a, OPTION_UNVERIFIED) &&
	       !invocation_has(a, OPTION_GROUP) && !invocation_has(a, OPTION_PREFIX);
}

static int judge_prefix(const char *prefix, struct fault *f)
{
	if (prefix[0] == '+' && prefix[1] != 0 && strlen(prefix) <= PHONE_MAX &&
		prefix[1 + strspn(prefix + 1, "0123456789")] == 0)
		return 0;
	return fault_set(f, FAULT_BAD, 0, "--prefix: write how numbers begin, like +49");
}

int sieve_parts(const struct invocation *a, unsigned *parts, struct fault *f)
{
	const char *prefix = invocation_value(a, OPTION_PREFIX);
	const char *group = invocation_value(a, OPTION_GROUP);
	bool exists = true;

	*parts = needs_record(a) ? HOUSE_STATE : 0;
	/* how long a lock lasts at most is theirs to say */
	if (invocation_has(a, OPTION_LOCKED))
		*parts |= HOUSE_SETTINGS;
	if (prefix != NULL && judge_prefix(prefix, f) != 0)
		return -1;
	if (group != NULL && group_exists(group, &exists, f) != 0)
		return -1;
	return exists ? 0 : fault_set(f, FAULT_BAD, 0, "the system has no group %.40s", group);
}

static bool by_numbers(const struct sieve *s, const struct directory_entry *e)
{
	const char *prefix = invocation_value(s->a, OPTION_PREFIX);
	bool unverified = !invocation_has(s->a, OPTION_UNVERIFIED), begins = prefix == NULL;
	struct enrolment_number n;

	for (uint32_t i = 0; i <= e->nothers; i++) {
		enrolment_number(e, i, &n);
		unverified |= !n.verified;
		begins |= prefix != NULL && text_starts(n.phone.e164, prefix);
	}
	return unverified && begins;
}

static bool is_locked(const struct portrait *p)
{
	for (size_t i = 0; i < sizeof(p->purse) / sizeof(p->purse[0]); i++)
		if (p->purse[i].standing.answer == LIMIT_LOCKED)
			return true;
	return false;
}

static int by_record(const struct sieve *s, const struct account *a, bool *takes, struct fault *f)
{
	struct state_change ch;
	struct portrait p;

	if (!needs_record(s->a))
		return 0;
	if (state_begin(&s->house->state, STATE_USER, a, &ch, f) != 0)
		return -1;
	state_abandon(&ch);
	portrait_take(&s->house->settings, &ch.now, &ch.user, &p);
	secret_wipe_bytes(&ch, sizeof(ch));
	*takes = (!invocation_has(s->a, OPTION_LOCKED) || is_locked(&p)) &&
		 (!invocation_has(s->a, OPTION_BLOCKED) || p.block != RECORD_BLOCK_NONE) &&
		 (!invocation_has(s->a, OPTION_NO_RECOVERY) || p.recovery_left == 0) &&
		 (!invocation_has(s->a, OPTION_ON_BYPASS) || p.bypass_until_s != 0);
	return 0;
}

static int by_group(const struct sieve *s, const struct account *a, bool *takes, struct fault *f)
{
	const char *group = invocation_value(s->a, OPTION_GROUP);
	struct account known;
	struct group_names names;

	if (group == NULL)
		return 0;
	*takes = false;
	/* who is no user of the system any more is in no group */
	if (account_find(a->name, &known, f) != 0)
		return f->class == FAULT_ABSENT ? 0 : -1;
	if (group_names_of(&known, &names, f) != 0)
		return -1;
	const char *at = names.words.first;
	for (size_t i = 0; i < names.words.n && !*takes; i++, at = pattern_next(at))
		*takes = strcmp(at, group) == 0;
	group_free(&names);
	return 0;
}

int sieve_takes(
	const struct sieve *s, const struct directory_entry *e, bool *takes, struct fault *f)
{
	struct account a = { .uid = e->uid };

	memcpy(a.name, e->name, sizeof(a.name));
	*takes = by_numbers(s, e);
	if (*takes && by_record(s, &a, takes, f) != 0)
		return -1;
	return *takes ? by_group(s, &a, takes, f) : 0;
}
