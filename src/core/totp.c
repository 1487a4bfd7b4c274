#include "core/totp.h"

#include <liboath/oath.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"

/* RFC 6238, 5.2: one step for the network and clocks that are a little off, on either side */
enum { WINDOW = 1, NAME_SHOWN = 32 };

int totp_make_key(unsigned char key[RECORD_APP_KEY], struct fault *f)
{
	return random_bytes(key, RECORD_APP_KEY, f);
}

void totp_show_key(const unsigned char key[RECORD_APP_KEY], char out[TOTP_KEY_SHOWN])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	for (size_t i = 0; i < TOTP_KEY_SHOWN - 1; i++) {
		size_t bit = i * 5, at = bit / 8;
		unsigned two = (unsigned)key[at] << 8;
		if (at + 1 < RECORD_APP_KEY)
			two |= key[at + 1];
		out[i] = letters[two >> (11 - bit % 8) & 31];
	}
	out[TOTP_KEY_SHOWN - 1] = '\0';
}

void totp_uri(const unsigned char key[RECORD_APP_KEY], const char *host, const char *user,
	char out[TOTP_URI_MAX])
{
	char issuer[NAME_SHOWN + 1], name[NAME_SHOWN + 1], shown[TOTP_KEY_SHOWN];
	struct text_line line;

	text_name(issuer, sizeof issuer, host, NAME_SHOWN);
	text_name(name, sizeof name, user, NAME_SHOWN);
	totp_show_key(key, shown);
	text_begin(&line, out, TOTP_URI_MAX);
	text_add(&line, "otpauth://totp/%s:%s?secret=%s&issuer=%s", issuer, name, shown, issuer);
	secret_wipe_bytes(shown, sizeof shown);
}

int totp_code(
	const unsigned char key[RECORD_APP_KEY], int64_t step, struct secret *out, struct fault *f)
{
	char text[TOTP_DIGITS + 1] = "";
	int rc, result = -1;

	secret_wipe(out);
	rc = step < 0 ? OATH_INVALID_DIGITS
		      : oath_hotp_generate((const char *)key, RECORD_APP_KEY, (uint64_t)step,
				TOTP_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION, text);
	if (rc != OATH_OK)
		fault_set(f, FAULT_SYSTEM, 0, "no code can be made of an app's key");
	else
		result = secret_set(out, text, TOTP_DIGITS);
	secret_wipe_bytes(text, sizeof text);
	return result;
}

int totp_match(const struct record_app *app, const struct secret *code, int64_t wall_s,
	int64_t *step, struct fault *f)
{
	int64_t now = wall_s / TOTP_PERIOD_S, found = 0;
	struct secret right = { 0 };
	int result = -1;

	*step = 0;
	if (app->enrolled != 1 || wall_s < TOTP_PERIOD_S)
		return 0;
	for (int64_t at = now - WINDOW; at <= now + WINDOW; at++) {
		if (totp_code(app->key, at, &right, f) < 0)
			goto out;
		bool same = secret_equal(&right, code);
		if (same && at > app->last_step)
			found = at;
	}
	*step = found;
	result = 0;
out:
	secret_wipe(&right);
	return result;
}
