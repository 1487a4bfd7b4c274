/* prompt: the conversation with the person, one message a call (D1).
 *
 * Owns: the calls of the host's conversation function, and what may come back from it (D10).
 * MUST: put exactly one message into a call; take a missing function, a failure, PAM_CONV_AGAIN, a
 *       missing array and a missing reply for TALK_ANSWER_FAILED, control bytes for
 *       TALK_ANSWER_CONTROL; compare with
 *       PAM_AUTHTOK, PAM_OLDAUTHTOK and PAM_USER in constant time (D3); wipe and free every reply.
 * Never: asks twice for one call, sends PAM_TEXT_INFO, keeps a reply. */
#ifndef MODULE_PROMPT_H
#define MODULE_PROMPT_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "wire/talk.h"

/* The host has given us a function to ask with. */
bool prompt_possible(const pam_handle_t *pamh) __attribute__((warn_unused_result, nonnull));

/* *answer: the caller wipes it after use. */
void prompt_ask(const pam_handle_t *pamh, const char *text, bool echo, struct talk_answer *answer)
	__attribute__((nonnull));

/* The same for lines with decoy (D15), where nobody may notice what becomes of an answer: one that
 * has control bytes, or is the password or the user's name, is a TEXT of as many question marks. */
void prompt_ask_blurred(const pam_handle_t *pamh, const char *text, bool echo,
	struct talk_answer *answer) __attribute__((nonnull));

/* What is not for showing, whatever it is: without echo, compared with nothing. The caller wipes
 * *typed, which holds something for TALK_ANSWER_TEXT only. */
enum talk_answer_kind prompt_secret(const pam_handle_t *pamh, const char *text,
	struct secret *typed) __attribute__((warn_unused_result, nonnull));
/* The same judgement of what is there already: its kind, and for TEXT a copy. */
enum talk_answer_kind prompt_take(const char *there, struct secret *typed)
	__attribute__((warn_unused_result, nonnull));

/* An error text. Whether it is seen is the host's affair. */
void prompt_tell(const pam_handle_t *pamh, const char *text) __attribute__((nonnull));

#endif
