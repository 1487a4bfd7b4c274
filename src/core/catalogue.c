#include "core/catalogue.h"

#include <stdbool.h>
#include <string.h>

#include "core/gsm7.h"

/* The file is a head of seven numbers, of which we need five; two tables of (length, offset); the
 * texts, each with a NUL behind its length. A plural's original is "one\0many", its translation the
 * forms in a row. The original of the first entry is "": its translation is about the file. */
static const uint32_t magic = 0x950412de;

enum { HEAD_BYTES = 28, ENTRY_BYTES = 8 };

struct piece {
	const char *text;
	uint32_t len;
};

/* msgfmt writes the lowest byte first, whatever the machine. */
static uint32_t number_at(const char *bytes, size_t at)
{
	uint32_t n = 0;

	for (int i = 3; i >= 0; i--)
		n = n << 8 | (unsigned char)bytes[at + (size_t)i];
	return n;
}

static struct piece piece_at(const struct catalogue *c, uint32_t table, uint32_t i)
{
	size_t at = table + (size_t)i * ENTRY_BYTES;

	return (struct piece){ c->bytes + number_at(c->bytes, at + 4), number_at(c->bytes, at) };
}

static bool table_fits(uint32_t at, uint32_t n, size_t len)
{
	return at <= len && n <= (len - at) / ENTRY_BYTES;
}

static bool piece_fits(const char *bytes, size_t entry, size_t len)
{
	size_t size = number_at(bytes, entry), at = number_at(bytes, entry + 4);

	return at < len && size < len - at && bytes[at + size] == '\0';
}

/* Every form of it can be shown. */
static bool shown(struct piece p)
{
	for (const char *at = p.text; at < p.text + p.len;) {
		uint32_t c;
		if (*at == '\0') {
			at++;
			continue;
		}
		if (gsm7_take(&at, &c) < 0 || c < 0x20 || (c >= 0x7f && c <= 0x9f))
			return false;
	}
	return true;
}

int catalogue_open(const char *bytes, size_t len, struct catalogue *out, struct fault *f)
{
	struct catalogue c = { .bytes = bytes };

	memset(out, 0, sizeof *out);
	if (len < HEAD_BYTES || number_at(bytes, 0) != magic || number_at(bytes, 4) >> 16 != 0)
		return fault_set(f, FAULT_DAMAGED, 0, "not a catalogue made by msgfmt");
	c.n = number_at(bytes, 8);
	c.originals = number_at(bytes, 12);
	c.translations = number_at(bytes, 16);
	if (!table_fits(c.originals, c.n, len) || !table_fits(c.translations, c.n, len))
		return fault_set(f, FAULT_DAMAGED, 0, "a catalogue that is cut short");
	for (uint32_t i = 0; i < c.n; i++) {
		size_t entry = (size_t)i * ENTRY_BYTES;
		if (!piece_fits(bytes, c.originals + entry, len) ||
			!piece_fits(bytes, c.translations + entry, len))
			return fault_set(f, FAULT_DAMAGED, 0, "a catalogue that is cut short");
		if (piece_at(&c, c.originals, i).len > 0 && !shown(piece_at(&c, c.translations, i)))
			return fault_set(f, FAULT_DAMAGED, 0,
				"a catalogue with a text that cannot be shown");
	}
	*out = c;
	return 0;
}

/* The next conversion at or behind at, and its length; "%%" is none. NULL at the end. */
static const char *conversion(const char *at, size_t *len)
{
	while ((at = strchr(at, '%')) != NULL) {
		*len = 1 + strspn(at + 1, "0123456789$#-+ '.*hlLqjzt");
		if (at[*len] != '\0')
			++*len;
		if (at[*len - 1] != '%' || *len == 1)
			return at;
		at += *len;
	}
	*len = 0;
	return NULL;
}

static bool same_conversions(const char *a, const char *b)
{
	size_t alen, blen;

	for (;;) {
		a = conversion(a, &alen);
		b = conversion(b, &blen);
		if (!a || !b)
			return !a && !b;
		if (alen != blen || memcmp(a, b, alen) != 0)
			return false;
		a += alen;
		b += blen;
	}
}

static const char *form_of(struct piece p, uint32_t form)
{
	const char *at = p.text;

	for (; form > 0; form--) {
		at += strlen(at) + 1;
		if (at > p.text + p.len)
			return NULL;
	}
	return at;
}

const char *catalogue_find(const struct catalogue *c, const char *original, uint32_t form)
{
	for (uint32_t i = 0; i < c->n && original[0] != '\0'; i++) {
		if (strcmp(piece_at(c, c->originals, i).text, original) != 0)
			continue;
		const char *found = form_of(piece_at(c, c->translations, i), form);
		return found && found[0] != '\0' && same_conversions(found, original) ? found
										      : NULL;
	}
	return NULL;
}
