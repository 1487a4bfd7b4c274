/* rehearsal: what would be sent by a description, written down and not sent.
 *
 * Owns: the form of a request for people. The CLI's room `rehearsed` reads it.
 * MUST: show what request (and the other kinds' rooms) made, with nothing left out that the
 *       description brought about; show what is only made at the time of sending as a note.
 * Never: sends, signs, opens a file; has a real secret in it (sample). Pure.
 *
 *	Of HTTP for each call: call= (token, send, voice, poll, check), method=, url=, header= each,
 *	note= each, body= each line.
 *	Of a command: call=, program=, argument= each, stdin= each line. Of a spool: call=, file=,
 *	content= each line. Of a mail: call=, server=, tls=, user=, password=, from=, to=, message=
 *	each line. */
#ifndef SENDER_REHEARSAL_H
#define SENDER_REHEARSAL_H

#include "base/fault.h"
#include "sender/buffer.h"
#include "sender/provider.h"

/* words: as for sample_order. On -1 nothing is to be shown of *out; the fault has no place. */
int rehearsal_write(const struct provider *p, const char *const *words, struct buffer *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
