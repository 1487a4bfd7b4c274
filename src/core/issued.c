#include "core/issued.h"

#include "base/random.h"

uint32_t issued_digits(uint32_t sms_digits)
{
	return sms_digits == ISSUED_DIGITS ? ISSUED_DIGITS_ELSE : ISSUED_DIGITS;
}

int issued_make(uint32_t digits, struct secret *out, struct fault *f)
{
	uint64_t digit = 0;

	secret_wipe(out);
	for (uint32_t i = 0; i < digits && i < ISSUED_DIGITS_ELSE; i++) {
		if (random_below(10, &digit, f) < 0) {
			secret_wipe(out);
			return -1;
		}
		out->bytes[out->len++] = (unsigned char)('0' + digit);
	}
	secret_wipe_bytes(&digit, sizeof digit);
	return 0;
}

int issued_mac(const unsigned char key[DIGEST_SIZE], uint32_t uid, const struct secret *code,
	unsigned char out[DIGEST_SIZE], struct fault *f)
{
	static const char purpose[] = "sms-otp issued code";
	const unsigned char who[] = { (unsigned char)(uid >> 24), (unsigned char)(uid >> 16),
		(unsigned char)(uid >> 8), (unsigned char)uid };
	struct digest_part parts[] = {
		{ purpose, sizeof purpose - 1 },
		{ who, sizeof who },
		{ code->bytes, code->len },
	};

	return digest_mac(key, parts, sizeof parts / sizeof parts[0], out, f);
}
