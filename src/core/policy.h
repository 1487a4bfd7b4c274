/* policy: must this login bring a code?
 *
 * Owns: services, unlisted, without_password, and what `unenrolled` and the deciding rule come to.
 *       A non-root peer names its service itself: an exemption for it lets nobody in but into that
 *       peer's own process (E1).
 * MUST: say VERDICT_CHALLENGE unless the settings say otherwise in so many words; return EXEMPT
 *       at one place for all causes (C3).
 * Never: does I/O. Pure. */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include <stdbool.h>

#include "core/facts.h"
#include "core/rules.h"
#include "core/settings.h"
#include "core/unenrolled.h"
#include "core/verdict.h"

struct policy_answer {
	enum verdict verdict; /* CHALLENGE, DENY or EXEMPT */
	enum talk_reason reason;
};

/* In this order. First of all: is the service listed? */
struct policy_answer policy_for_service(const struct settings *s, const struct facts *facts)
	__attribute__((nonnull));
/* The account is known, and the rules have been asked. */
struct policy_answer policy_for_rule(const struct rules_answer *rule) __attribute__((nonnull));
/* An administrator has said that the user is not asked for a while (core/bypass.h), or has not. */
struct policy_answer policy_for_bypass(bool covered);
/* They have been verified from the same place before, so lately that the settings spare them. */
struct policy_answer policy_for_place(bool remembered);
/* Who must bring a code needs a first factor (D4). */
struct policy_answer policy_for_evidence(const struct settings *s, const struct facts *facts)
	__attribute__((nonnull));
/* The directory says for certain that the user is not enrolled. CHALLENGE: they may enrol now. */
struct policy_answer policy_for_unenrolled(const struct unenrolled_answer *u)
	__attribute__((nonnull));

/* The service is observed only: who would be asked or refused goes on, if they have shown a first
 * factor or it is asked for behind us; own_name: the host may speak of this user (E1). */
struct policy_answer policy_for_observed(const struct facts *facts, bool own_name)
	__attribute__((nonnull));

#endif
