/* property: what holds of every receipt and every envelope, whatever description and answer they come from.
 *
 * Owns: the claims that more than one target makes; and an own reading of `success`, written from sms-otp-provider(5) and not from
 *       the sender's code, that is compared with what the sender made of an answer (E6). */
#ifndef TESTS_FUZZ_PROPERTY_H
#define TESTS_FUZZ_PROPERTY_H

#include <stdbool.h>

#include "base/fault.h"
#include "sender/envelope.h"
#include "sender/http.h"
#include "sender/program.h"
#include "sender/tree.h"
#include "wire/order.h"

/* One line, printable, and a class (base/fault.h). */
void property_fault(const struct fault *f);

/* G1, E3: it can be sent, arrives as it was, and has neither the number nor a run of 7 digits in code, note or balance. */
void property_receipt(const struct receipt *r, const char *number);

/* E4, E5: no control byte in a header or URL; https, or http to this machine; one place for each credential. */
void property_envelope(const struct envelope *e);

/* The part of a URL between :// and the path. */
void property_authority(const char *url, const char **at, size_t *len);

/* Whether status, headers and body are as `success` says. */
bool property_success(const struct tree_node *success, const struct http_answer *a);
/* The same of a program. */
bool property_exit(const struct tree_node *success, const struct program_end *end);

#endif
