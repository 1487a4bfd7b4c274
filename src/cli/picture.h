/* picture: a QR code in a terminal.
 *
 * Owns: the only calls of libqrencode; the drawing in half blocks (UTF-8).
 * MUST: set both colours, so that it can be scanned whatever the terminal's are; leave a margin.
 * Never: looks whether there is a terminal; keeps what it drew. */
#ifndef CLI_PICTURE_H
#define CLI_PICTURE_H

#include <stdio.h>

#include "base/fault.h"

int picture_print(const char *text, FILE *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
