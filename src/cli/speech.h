/* speech: what the tool says to the person at the terminal, and its exit status.
 *
 * Owns: the form of messages on stderr ("sms-otp: ..."), the meaning of the exit status.
 * MUST: write progress, warnings and refusals to stderr only, so that stdout holds facts alone.
 * Never: is given a code or a whole number (G1, G2); prints to stdout. */
#ifndef CLI_SPEECH_H
#define CLI_SPEECH_H

#include "base/fault.h"

/* Exit statuses, as systemctl and faillock have them. */
enum speech_exit { SPEECH_YES = 0, SPEECH_NO = 1, SPEECH_TROUBLE = 2 };

/* "sms-otp: TEXT" and SPEECH_NO or SPEECH_TROUBLE, so that `return speech_no(...)` reads well. */
int speech_no(const char *fmt, ...) __attribute__((format(printf, 1, 2), nonnull(1)));
int speech_trouble(const char *fmt, ...) __attribute__((format(printf, 1, 2), nonnull(1)));
int speech_fault(const struct fault *f) __attribute__((nonnull));

/* "sms-otp: warning: TEXT" */
void speech_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2), nonnull(1)));

/* One plain line: what is being done now, or what was done. */
void speech_line(const char *fmt, ...) __attribute__((format(printf, 1, 2), nonnull(1)));

#endif
