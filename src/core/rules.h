/* rules: who is asked for a code, by the site's own list.
 *
 * Owns: when a rule matches, and which one decides: the first.
 * MUST: say REQUIRE where no rule matches; look at a rule's groups last, and ask for them only
 *       there; when they cannot be found out, say REQUIRE at that rule (C6); take a skip that a
 *       non-root peer meets for REQUIRE (E1); have an unknown address in no network, and an unknown
 *       terminal in no list.
 * Never: does I/O, reads a clock; the caller's function looks groups up. */
#ifndef CORE_RULES_H
#define CORE_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/account.h"
#include "core/facts.h"
#include "core/pattern.h"
#include "core/settings.h"

struct rules_case {
	const struct settings *settings;
	const struct facts *facts;
	const struct account *account; /* the system's, whatever the host said */
	int32_t today;                 /* core/day.h */
	/* the account's groups; -1: could not find out. Called at most once. *out lives as long as
	 * the case. */
	int (*groups)(
		void *ctx, const struct account *a, struct pattern_words *out, struct fault *f);
	void *ctx;
};

enum rules_why {
	RULES_NONE = 0,  /* no rule matches */
	RULES_MATCHED,   /* this one does */
	RULES_UNTRUSTED, /* this skip does, but a peer that is not root says so itself */
	RULES_LOOKUP,    /* whether this one does could not be found out */
};

struct rules_answer {
	enum settings_then then;
	enum rules_why why;
	const struct settings_rule *rule; /* NULL: none */
	bool asked;                       /* for groups */
	struct fault fault;               /* LOOKUP */
};

void rules_decide(const struct rules_case *c, struct rules_answer *out) __attribute__((nonnull));

/* A rule's list, for pattern_list. */
struct pattern_words rules_words(const struct settings *s, const struct settings_words *w)
	__attribute__((nonnull));

/* An exemption whose last day is over. */
bool rules_over(const struct settings_rule *rule, int32_t today) __attribute__((nonnull));

/* The rule as it could stand in the settings: { users = [ "backup" ]; then = "refuse"; }. Cut
 * where it is too long. */
void rules_show(const struct settings *s, const struct settings_rule *rule, char *out, size_t cap)
	__attribute__((nonnull));

/* "require", "skip", "refuse". */
const char *rules_then_word(enum settings_then then);

#endif
