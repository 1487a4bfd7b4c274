/* bars: a quantity as a line of blocks.
 *
 * Owns: the blocks, of an eighth each, and the plain sign in their place.
 * MUST: show something of what is more than nothing, and never more than the width.
 * Never: prints. Pure. */
#ifndef CLI_BARS_H
#define CLI_BARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BARS_WIDTH_MAX = 60, BARS_MAX = BARS_WIDTH_MAX * 3 + 1 };

/* most is as long as width. blocks: the terminal can show U+2588 and its like. Returns out. */
const char *bars_draw(uint64_t value, uint64_t most, unsigned width, bool blocks,
	char out[BARS_MAX]) __attribute__((nonnull));

/* By what LC_ALL, LC_CTYPE and LANG say, in this order; NULL or "": not set. */
bool bars_can_blocks(const char *all, const char *ctype, const char *lang);

#endif
