/* policy: must this login bring a code?
 *
 * Owns: services, unlisted, unenrolled, without_password. A non-root peer names its service
 *       itself: an exemption for it lets nobody in but into that peer's own process (E1).
 * MUST: say VERDICT_CHALLENGE unless the settings say otherwise in so many words; return EXEMPT
 *       at one place for each cause (C3).
 * Never: does I/O. Pure. */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/facts.h"
#include "core/settings.h"
#include "core/verdict.h"

struct policy_answer {
	enum verdict verdict; /* CHALLENGE, DENY or EXEMPT */
	enum talk_reason reason;
};

/* Before the directory is asked: service, first factor. */
struct policy_answer policy_for_login(const struct settings *s, const struct facts *facts)
	__attribute__((nonnull));
/* The directory says for certain that the user is not enrolled. */
struct policy_answer policy_for_unenrolled(const struct settings *s) __attribute__((nonnull));

#endif
