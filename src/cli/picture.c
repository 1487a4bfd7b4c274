#include "cli/picture.h"

#include <errno.h>
#include <qrencode.h>
#include <stdbool.h>

#include "base/secret.h"

/* The standard asks for four; scanners are content with two, and 24 lines then hold a key's URI. */
enum { MARGIN = 2 };

/* Black on bright white. */
#define COLOURS "\033[30;107m"
#define PLAIN   "\033[0m"

static bool dark(const QRcode *q, int x, int y)
{
	if (x < 0 || y < 0 || x >= q->width || y >= q->width)
		return false;
	return (q->data[y * q->width + x] & 1) != 0;
}

/* Two rows of modules are one line of text. */
static void print_line(const QRcode *q, int y, FILE *out)
{
	static const char *const blocks[] = { " ", "\u2584", "\u2580", "\u2588" };

	fputs(COLOURS, out);
	for (int x = -MARGIN; x < q->width + MARGIN; x++)
		fputs(blocks[(dark(q, x, y) ? 2 : 0) + (dark(q, x, y + 1) ? 1 : 0)], out);
	fputs(PLAIN "\n", out);
}

int picture_print(const char *text, FILE *out, struct fault *f)
{
	QRcode *q = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);

	if (q == NULL)
		return fault_set(f, FAULT_SYSTEM, errno, "no QR code can be made");
	for (int y = -MARGIN; y < q->width + MARGIN; y += 2)
		print_line(q, y, out);
	secret_wipe_bytes(q->data, (size_t)q->width * (size_t)q->width);
	QRcode_free(q);
	return 0;
}
