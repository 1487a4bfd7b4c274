#include "core/network.h"

#include <stdint.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

enum { SHOWN_MAX = 50, MAPPED_BITS = 96, IPV4_BITS = 32, IPV6_BITS = 128, ADDRESS_MAX = 46 };
enum { HOUSE_64 = 8 };

/* The first `bits` bits are the same. */
static bool same_prefix(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((unsigned)(a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

static void clear_behind(struct facts_address *a, unsigned bits)
{
	for (unsigned i = bits; i < IPV6_BITS; i++)
		a->bytes[i / 8] &= (unsigned char)~(0x80u >> i % 8);
}

static int not_a_network(struct fault *f)
{
	return fault_set(f, FAULT_BAD, 0,
		"write an address, or the beginning of a network and its bits: \"10.0.0.0/8\", "
		"\"2001:db8::/32\"");
}

/* The part before the slash; *as_written: how many bits such an address has where it stands. */
static int parse_address(const char *text, size_t len, struct network *out, unsigned *as_written)
{
	char plain[ADDRESS_MAX + 1];

	if (len == 0 || len >= sizeof plain || memchr(text, '%', len))
		return -1;
	memcpy(plain, text, len);
	plain[len] = '\0';
	facts_parse_address(plain, &out->address);
	if (out->address.family == FACTS_NO_ADDRESS)
		return -1;
	*as_written = strchr(plain, ':') ? IPV6_BITS : IPV4_BITS;
	return 0;
}

int network_parse(const char *text, struct network *out, struct fault *f)
{
	char shown[SHOWN_MAX];
	struct network as_meant;
	struct fault unused = FAULT_INIT;
	unsigned most;
	int64_t bits;
	size_t len = strcspn(text, "/");

	memset(out, 0, sizeof *out);
	if (parse_address(text, len, out, &most) < 0)
		return not_a_network(f);
	bits = most;
	if (text[len] == '/' && number_parse(text + len + 1, 0, most, &bits, &unused) < 0)
		return not_a_network(f);
	if (out->address.family == FACTS_IPV4 && most == IPV6_BITS) {
		if (bits < MAPPED_BITS)
			return fault_set(f, FAULT_BAD, 0,
				"addresses like ::ffff:192.0.2.1 are taken for IPv4: write "
				"0.0.0.0/0");
		bits -= MAPPED_BITS;
	}
	out->bits = (unsigned)bits;
	as_meant = *out;
	clear_behind(&as_meant.address, out->bits);
	if (memcmp(&as_meant.address.bytes, &out->address.bytes, sizeof out->address.bytes) == 0)
		return 0;
	network_show(&as_meant, shown, sizeof shown);
	return fault_set(f, FAULT_BAD, 0,
		"the network begins otherwise: write %s, or the address "
		"without /%u",
		shown, out->bits);
}

bool network_has(const struct network *n, const struct facts_address *a)
{
	return a->family != FACTS_NO_ADDRESS && a->family == n->address.family &&
	       same_prefix(n->address.bytes, a->bytes, n->bits);
}

bool network_contains(const struct network *outer, const struct network *inner)
{
	return outer->bits <= inner->bits && network_has(outer, &inner->address);
}

/* Where the first 64 bits say nothing about who it is: they are those of every machine on the link,
 * or of every IPv4 address behind a translator or a Teredo server (RFC 4291, 6052, 8215, 4380). */
static bool shared_by_all(const unsigned char a[16])
{
	static const unsigned char zeros[HOUSE_64], nat64[4] = { 0, 0x64, 0xff, 0x9b },
						    teredo[4] = { 0x20, 0x01, 0, 0 };

	return memcmp(a, zeros, sizeof zeros) == 0 || memcmp(a, nat64, sizeof nat64) == 0 ||
	       memcmp(a, teredo, sizeof teredo) == 0 || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80);
}

size_t network_house(const struct facts_address *a, unsigned char out[16])
{
	size_t len = HOUSE_64;

	if (a->family == FACTS_IPV4)
		len = 4;
	else if (shared_by_all(a->bytes))
		len = sizeof a->bytes;
	memcpy(out, a->bytes, len);
	return len;
}

void network_show(const struct network *n, char *out, size_t cap)
{
	char address[ADDRESS_MAX];
	struct text_line line;

	facts_show_address(&n->address, address, sizeof address);
	text_begin(&line, out, cap);
	text_add(&line, "%s/%u", address, n->bits);
}
