#include "cli/trail.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/number.h"

enum { DAY_S = 86400, YEAR_AGO_MAX = 2 };

static const struct {
	const char *program, *words;
	enum trail_kind kind;
} kinds[] = {
	{ "sms-otpd", "login ", TRAIL_LOGIN },
	{ "sms-otpd", "enrolled at login ", TRAIL_ENROLLED },
	{ "sms-otp", "admin ", TRAIL_ADMIN },
};

/* --- the time; each form gives what follows it, or NULL --- */

static const char *behind_digits(const char *p)
{
	while (isdigit((unsigned char)*p))
		p++;
	return p;
}

/* 1793858400.123456 */
static const char *read_unix(const char *line, int64_t *wall_s)
{
	const char *p = behind_digits(line);

	if (p - line < 9 || p - line > 12 || *p != '.')
		return NULL;
	*wall_s = 0;
	for (const char *d = line; d < p; d++)
		*wall_s = *wall_s * 10 + (*d - '0');
	return behind_digits(p + 1);
}

/* "+01:00", "+0100", "Z": seconds east. */
static const char *read_zone(const char *p, int64_t *east_s)
{
	static const char *const forms[] = { "%H:%M", "%H%M" };
	struct tm tm;

	*east_s = 0;
	if (*p == 'Z')
		return p + 1;
	if (*p != '+' && *p != '-')
		return NULL;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *end;

		memset(&tm, 0, sizeof(tm));
		end = strptime(p + 1, forms[i], &tm);
		if (end == NULL)
			continue;
		*east_s = (*p == '-' ? -1 : 1) *
			  ((int64_t)tm.tm_hour * 3600 + (int64_t)tm.tm_min * 60);
		return end;
	}
	return NULL;
}

/* 2026-11-26T05:00:00.123456+00:00 */
static const char *read_rfc3339(const char *line, int64_t *wall_s)
{
	int64_t east_s;
	struct tm tm;
	const char *p;

	memset(&tm, 0, sizeof(tm));
	p = isdigit((unsigned char)line[0]) ? strptime(line, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	if (p != NULL && (*p == '.' || *p == ','))
		p = behind_digits(p + 1);
	p = p != NULL ? read_zone(p, &east_s) : NULL;
	if (p != NULL)
		*wall_s = (int64_t)timegm(&tm) - east_s;
	return p;
}

/* "Nov 26 05:00:00", local, of the last year that makes it no future. Names of months are English
 * whatever the locale: the tool has none. */
static const char *read_old(const char *line, int64_t now_s, int64_t *wall_s)
{
	time_t now = (time_t)now_s;
	struct tm today;

	if (!isalpha((unsigned char)line[0]) || localtime_r(&now, &today) == NULL)
		return NULL;
	for (int ago = 0; ago < YEAR_AGO_MAX; ago++) {
		struct tm tm;
		const char *p;

		memset(&tm, 0, sizeof(tm));
		tm.tm_year = today.tm_year - ago;
		tm.tm_isdst = -1;
		p = strptime(line, "%b %d %H:%M:%S", &tm);
		if (p == NULL)
			return NULL;
		*wall_s = (int64_t)mktime(&tm);
		if (*wall_s <= now_s + DAY_S)
			return p;
	}
	return NULL;
}

static const char *read_time(const char *line, int64_t now_s, int64_t *wall_s)
{
	const char *p = read_unix(line, wall_s);

	if (p == NULL)
		p = read_rfc3339(line, wall_s);
	if (p == NULL)
		p = read_old(line, now_s, wall_s);
	return p != NULL && *p == ' ' ? p + 1 : NULL;
}

/* --- the program --- */

/* "sms-otpd[12]: " or NULL */
static const char *behind_program(const char *p, const char *program)
{
	size_t len = strlen(program);

	if (strncmp(p, program, len) != 0)
		return NULL;
	p += len;
	if (*p == '[') {
		p = behind_digits(p + 1);
		if (*p++ != ']')
			return NULL;
	}
	return p[0] == ':' && p[1] == ' ' ? p + 2 : NULL;
}

/* The host's name may stand before it. */
static const char *read_program(const char *rest, struct trail_event *out)
{
	const char *host_end = rest + strcspn(rest, " ");
	const char *places[] = { *host_end == ' ' ? host_end + 1 : host_end, rest };

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
			const char *p = behind_program(places[i], kinds[k].program);
			size_t len = strlen(kinds[k].words);

			if (p == NULL || strncmp(p, kinds[k].words, len) != 0)
				continue;
			out->kind = kinds[k].kind;
			return p + len;
		}
	return NULL;
}

/* --- the words --- */

static size_t key_length(const char *p)
{
	size_t n = 0;

	while (islower((unsigned char)p[n]) || p[n] == '_')
		n++;
	return p[n] == '=' ? n : 0;
}

/* At p begins a word: it is cut in two. What follows it; NULL: it is none. */
static char *cut_word(struct trail_event *e, char *p)
{
	size_t key = key_length(p);
	char *value = p + key + 1, *end;
	bool quoted = key > 0 && *value == '"';

	if (key == 0 || e->nwords == TRAIL_WORDS_MAX)
		return NULL;
	end = quoted ? strchr(++value, '"') : value + strcspn(value, " ");
	if (end == NULL)
		return NULL;
	e->keys[e->nwords] = (uint16_t)(p - e->text);
	e->values[e->nwords++] = (uint16_t)(value - e->text);
	p[key] = 0;
	p = end;
	if (*end != 0)
		p++;
	if (quoted && *p == ' ')
		p++;
	else if (quoted && *p != 0)
		return NULL;
	*end = 0;
	return p;
}

bool trail_read(const char *line, int64_t now_s, struct trail_event *out)
{
	const char *p = read_time(line, now_s, &out->wall_s);
	char *word = out->text;
	size_t len;

	out->kind = TRAIL_NONE;
	out->nwords = 0;
	p = p != NULL ? read_program(p, out) : NULL;
	len = p != NULL ? strlen(p) : 0;
	if (len == 0 || len >= sizeof(out->text)) {
		out->kind = TRAIL_NONE;
		return false;
	}
	memcpy(out->text, p, len + 1);
	while (word != NULL && *word != 0)
		word = cut_word(out, word);
	/* a line that was cut off, or is nobody's of ours */
	if (word == NULL || out->nwords == 0)
		out->kind = TRAIL_NONE;
	return out->kind != TRAIL_NONE;
}

const char *trail_key(const struct trail_event *e, size_t i)
{
	return i < e->nwords ? e->text + e->keys[i] : "";
}

const char *trail_at(const struct trail_event *e, size_t i)
{
	return i < e->nwords ? e->text + e->values[i] : "";
}

const char *trail_value(const struct trail_event *e, const char *key)
{
	for (size_t i = 0; i < e->nwords; i++)
		if (strcmp(trail_key(e, i), key) == 0)
			return strcmp(trail_at(e, i), "-") == 0 ? "" : trail_at(e, i);
	return "";
}

int64_t trail_number(const struct trail_event *e, const char *key)
{
	struct fault f = FAULT_INIT;
	int64_t n;

	return number_parse(trail_value(e, key), 0, INT64_MAX, &n, &f) == 0 ? n : -1;
}
