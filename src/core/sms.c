#include "core/sms.h"

#include <string.h>

#include "base/text.h"
#include "core/gsm7.h"

/* G4: cut so that the longest default text is one segment. */
enum { SERVICE_MAX = 12, HOST_MAX = 20, USER_MAX = 16, REF_MAX = 4, CODE_MAX = 10 };

/* The longest a template of SMS_TEMPLATE_MAX bytes can grow to. */
enum { GROWN_MAX = SMS_TEMPLATE_MAX * 4 };

enum place {
	PLACE_CODE = 0,
	PLACE_SERVICE,
	PLACE_HOST,
	PLACE_USER,
	PLACE_REF,
	PLACE_LIFETIME,
	PLACES
};

static const char *const place_names[PLACES] = {
	"{code}",
	"{service}",
	"{host}",
	"{user}",
	"{ref}",
	"{lifetime}",
};

/* What stands in each place. The code is in here as well: wiped by who fills it. */
struct filling {
	char text[PLACES][HOST_MAX + SERVICE_MAX];
};

/* The place that the template names here, or PLACES. */
static enum place place_at(const char *at)
{
	for (int i = 0; i < PLACES; i++)
		if (text_starts(at, place_names[i]))
			return (enum place)i;
	return PLACES;
}

/* Whole pieces only: a character or a filling that does not fit ends the text. */
static void fill(const char *template, const struct filling *filling, char *out, size_t cap)
{
	size_t len = 0;

	while (*template != '\0') {
		enum place place = *template == '{' ? place_at(template) : PLACES;
		const char *piece = template, *next = template;
		size_t n;
		uint32_t c;
		if (place != PLACES) {
			piece = filling->text[place];
			n = strlen(piece);
			next += strlen(place_names[place]);
		} else if (gsm7_take(&next, &c) == 0) {
			n = (size_t)(next - template);
		} else {
			break;
		}
		if (len + n >= cap)
			break;
		memcpy(out + len, piece, n);
		len += n;
		template = next;
	}
	out[len] = '\0';
}

static void fill_longest(struct filling *filling, uint32_t digits)
{
	static const char x[] = "xxxxxxxxxxxxxxxxxxxx";

	memset(filling, 0, sizeof *filling);
	memset(filling->text[PLACE_CODE], '0', digits < CODE_MAX ? digits : CODE_MAX);
	memcpy(filling->text[PLACE_SERVICE], x, SERVICE_MAX);
	memcpy(filling->text[PLACE_HOST], x, HOST_MAX);
	memcpy(filling->text[PLACE_USER], x, USER_MAX);
	memcpy(filling->text[PLACE_REF], x, REF_MAX);
	memcpy(filling->text[PLACE_LIFETIME], "10 min", sizeof "10 min");
}

int sms_check_character(const char **at, struct fault *f)
{
	uint32_t c;

	if (gsm7_take(at, &c) < 0)
		return fault_set(f, FAULT_BAD, 0, "not valid UTF-8; save the file as UTF-8");
	if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
		return fault_set(
			f, FAULT_BAD, 0, "no line ends or control characters in a message");
	return 0;
}

int sms_check_template(const char *template, struct fault *f)
{
	struct filling longest;
	char grown[GROWN_MAX + 1];

	for (const char *at = template; *at != '\0';) {
		enum place place = place_at(at);
		if (place != PLACES)
			at += strlen(place_names[place]);
		else if (*at == '{' || *at == '}')
			return fault_set(f, FAULT_BAD, 0,
				"unknown field at \"%.16s\"; the fields are {code} {service} "
				"{host} {user} "
				"{ref} {lifetime}",
				at);
		else if (sms_check_character(&at, f) < 0)
			return -1;
	}
	if (!strstr(template, place_names[PLACE_CODE]))
		return fault_set(f, FAULT_BAD, 0, "the message needs {code}");
	fill_longest(&longest, CODE_MAX);
	fill(template, &longest, grown, sizeof grown);
	if (strlen(template) > SMS_TEMPLATE_MAX || strlen(grown) > SMS_MAX)
		return fault_set(f, FAULT_BAD, 0,
			"too long: at most %d bytes, and %d with its fields at their longest",
			SMS_TEMPLATE_MAX, SMS_MAX);
	return 0;
}

int sms_worst_segments(const char *template, uint32_t digits)
{
	struct filling longest;
	char grown[GROWN_MAX + 1];

	fill_longest(&longest, digits);
	fill(template, &longest, grown, sizeof grown);
	return gsm7_segments(grown);
}

enum { BOUND_MAX = 160 };

/* "\n@host #code" */
static size_t bound_line(
	const char *host, const struct secret *code, char out[static BOUND_MAX + 1])
{
	struct text_line line;

	text_begin(&line, out, BOUND_MAX + 1);
	text_add(&line, "\n@%s #%.*s", host, (int)code->len, (const char *)code->bytes);
	return line.cut ? 0 : line.len;
}

void sms_bind(const char *host, const struct secret *code, char *text, size_t cap)
{
	char line[BOUND_MAX + 1];
	size_t size = bound_line(host, code, line), len = strlen(text);

	if (size > 0 && size < cap) {
		if (len > cap - 1 - size) {
			len = cap - 1 - size;
			while (len > 0 && text[len] != ' ')
				len--;
		}
		memset(text + len, 0, cap - len);
		memcpy(text + len, line, size);
	}
	secret_wipe_bytes(line, sizeof line);
}

int sms_worst_bound_segments(const char *template, uint32_t digits, const char *host)
{
	struct filling longest;
	struct secret code = { 0 };
	char grown[GROWN_MAX + BOUND_MAX + 1];

	fill_longest(&longest, digits);
	fill(template, &longest, grown, GROWN_MAX + 1);
	code.len = digits < CODE_MAX ? digits : CODE_MAX;
	memset(code.bytes, '0', code.len);
	sms_bind(host, &code, grown, sizeof grown);
	return gsm7_segments(grown);
}

const char *sms_template(const char *site)
{
	struct fault unused = FAULT_INIT;

	if (strcmp(site, SMS_DEFAULT) != 0)
		return site;
	const char *ours = language_text(SMS_DEFAULT);
	return sms_check_template(ours, &unused) == 0 ? ours : site;
}

static void show_lifetime(uint32_t seconds, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	if (seconds >= 120 && seconds % 60 == 0)
		text_add(&line, "%u min", seconds / 60);
	else
		text_add(&line, "%u s", seconds);
}

void sms_text(const char *template, const struct sms_fields *fields, char *out, size_t cap)
{
	struct filling filling;
	const size_t size = sizeof filling.text[0];

	if (cap == 0)
		return;
	memset(&filling, 0, sizeof filling);
	memcpy(filling.text[PLACE_CODE], fields->code->bytes,
		fields->code->len <= CODE_MAX ? fields->code->len : 0);
	text_name(filling.text[PLACE_SERVICE], size, fields->service, SERVICE_MAX);
	text_name(filling.text[PLACE_HOST], size, fields->host, HOST_MAX);
	text_name(filling.text[PLACE_USER], size, fields->user, USER_MAX);
	text_name(filling.text[PLACE_REF], size, fields->ref, REF_MAX);
	show_lifetime(fields->lifetime_s, filling.text[PLACE_LIFETIME], size);
	fill(template, &filling, out, cap);
	secret_wipe_bytes(&filling, sizeof filling);
}

void sms_voice(const struct secret *code, char *out, size_t cap)
{
	struct text_line line;

	text_begin(&line, out, cap);
	text_add(&line, language_text("Your login code is %.*s."), (int)code->len,
		(const char *)code->bytes);
}
