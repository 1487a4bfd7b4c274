/* Files that the tools and the engine read, by their first byte:
 *
 *   M  a catalogue, as bytes (core/catalogue)
 *   E  a user's entry in the directory (core/enrolment)
 *   C  users and numbers as a sheet (cli/csv, cli/sheet)
 *   T  a line of the log (cli/trail)
 *   S  what sshd -T prints (cli/sshd_config), or what stands in sshd_config (cli/sshd_match) */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "claim.h"
#include "cli/sheet.h"
#include "cli/sshd_config.h"
#include "cli/sshd_match.h"
#include "cli/trail.h"
#include "core/catalogue.h"
#include "core/enrolment.h"
#include "property_core.h"

enum { NOW_S = 1800000000, FIELD_TEXT = 3 * CSV_RECORD_MAX, FORMS = 4 };

/* --- a catalogue ------------------------------------------------------------------------------ */

/* The letters that end printf's conversions, with "l"s, in their order; another reading than the room's. */
static void conversions(const char *s, char out[64])
{
	size_t n = 0;
	for (; *s; s++) {
		if (*s != '%')
			continue;
		s++;
		if (*s == '%')
			continue;
		while (*s && !strchr("diouxXeEfFgGaAcspnm%", *s) && n < 60)
			out[n++] = *s++;
		out[n++] = *s ? *s : '$';
		if (!*s || n >= 60)
			break;
	}
	out[n] = '\0';
}

static uint32_t le32(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static void claim_translation(
	const struct catalogue *c, const char *original, const char *bytes, size_t len)
{
	char theirs[64], ours[64];
	for (uint32_t form = 0; form < FORMS; form++) {
		const char *found = catalogue_find(c, original, form);
		if (!found)
			continue;
		fuzz_taken++;
		CLAIM(found >= bytes && found < bytes + len &&
			memchr(found, 0, (size_t)(bytes + len - found)));
		CLAIM(*found && property_core_shown(found));
		conversions(found, theirs);
		conversions(original, ours);
		CLAIM(!strcmp(theirs, ours));
	}
}

static void try_catalogue(const unsigned char *bytes, size_t len)
{
	static const char *const known[] = { "Code: ", "%s until %s. ", "Next SMS in %lld s. ",
		"%u for %s", "100%% of %s" };
	struct catalogue c;
	struct fault f = FAULT_INIT;
	const char *text = (const char *)bytes;
	if (catalogue_open(text, len, &c, &f) < 0) {
		CLAIM(f.class == FAULT_DAMAGED && c.n == 0 && !c.bytes);
		return;
	}
	CLAIM(c.n == le32(bytes + 8));
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		claim_translation(&c, known[i], text, len);
	for (uint32_t i = 0; i < c.n && i < 32; i++) {
		/* C7: all within the bytes, and ended */
		const unsigned char *entry = bytes + le32(bytes + 12) + (size_t)i * 8;
		size_t at = le32(entry + 4), n = le32(entry);
		CLAIM(at < len && n < len - at && bytes[at + n] == 0);
		claim_translation(&c, text + at, text, len);
	}
	CLAIM(!catalogue_find(&c, "", 0));
}

/* --- an entry of the directory ---------------------------------------------------------------- */

static void try_enrolment(const char *text)
{
	static char printed[ENROLMENT_MAX + 1], twice[ENROLMENT_MAX + 1];
	struct directory_entry e, again;
	struct phone phone;
	struct fault f = FAULT_INIT;
	size_t len, other;
	memset(&e, 0xa5, sizeof e);
	if (enrolment_parse(text, &e, &f) < 0) {
		/* of a value nothing is repeated (G1); the corpus has one that begins so */
		const char *value = strstr(text, "\"s3cret");
		CLAIM(!value || strstr(text, "s3cret") != value + 1 ||
			strstr(value + 2, "s3cret") || !strstr(f.text, "s3cret"));
		/* an unknown key is named, and has no + */
		CLAIM(!strstr(f.text, "+4"));
		property_core_fault(&f, "");
		return;
	}
	fuzz_taken++;
	CLAIM(*e.name && e.uid != UINT32_MAX && e.nothers <= ENROLMENT_OTHERS &&
		(unsigned)e.language < LANGUAGE_COUNT);
	for (uint32_t i = 0; i <= e.nothers; i++) {
		struct enrolment_number n;
		enrolment_number(&e, i, &n);
		CLAIM(phone_read(n.phone.e164, &phone, &f) == 0 &&
			enrolment_place(&e, &n.phone) == (int)i);
		CLAIM(*n.by && n.since_wall_s >= 0);
	}
	CLAIM(enrolment_print(&e, printed, &len, &f) == 0 && strlen(printed) == len);
	CLAIM(enrolment_parse(printed, &again, &f) == 0);
	CLAIM(enrolment_print(&again, twice, &other, &f) == 0 && !strcmp(printed, twice));
	CLAIM(!strcmp(e.name, again.name) && e.uid == again.uid && e.verified == again.verified &&
		e.language == again.language);
	CLAIM(e.since_wall_s == again.since_wall_s && !strcmp(e.by, again.by) &&
		!strcmp(e.phone.e164, again.phone.e164));
}

/* --- a sheet ---------------------------------------------------------------------------------- */

/* What was read goes out so that it is read again. A lone empty field is an empty line, which is no record. */
static void claim_written(const struct csv_record *r)
{
	static char text[FIELD_TEXT];
	static struct csv_record again;
	struct text_line line;
	struct csv_reader reader;
	struct fault f = FAULT_INIT;
	text_begin(&line, text, sizeof text);
	text_add(&line, "first\n");
	for (size_t i = 0; i < r->n; i++)
		csv_add(&line, i == 0, r->field[i]);
	if (line.cut || (r->n == 1 && !*r->field[0]))
		return;
	csv_begin(&reader, text, line.len);
	CLAIM(csv_next(&reader, &again, &f) == 1 && csv_next(&reader, &again, &f) == 1 &&
		again.n == r->n);
	for (size_t i = 0; i < r->n; i++)
		CLAIM(!strcmp(again.field[i], r->field[i]));
	CLAIM(csv_next(&reader, &again, &f) == 0);
}

static const struct settings *settings(void)
{
	static struct settings s;
	s.nprefixes = 2;
	memcpy(s.prefixes[0], "+49", 4);
	memcpy(s.prefixes[1], "+1", 3);
	return &s;
}

/* G2: a number is one in whatever column it stands. What has other letters in it is a name, and is shown. */
static void claim_concealed(const struct csv_record *r, const struct fault *f)
{
	struct fault unused = FAULT_INIT;
	struct phone phone, other;
	property_core_fault(f, "");
	for (size_t i = 0; i < r->n; i++) {
		if (phone_normalise(r->field[i], &phone, &unused) < 0)
			continue;
		bool elsewhere = false;
		for (size_t k = 0; k < r->n; k++)
			elsewhere |= phone_normalise(r->field[k], &other, &unused) < 0 &&
				     strstr(r->field[k], phone.e164 + 1);
		CLAIM(elsewhere ||
			(!strstr(f->text, phone.e164 + 1) && !strstr(f->text, r->field[i])));
	}
}

static void try_row(const struct sheet *s, const struct csv_record *r)
{
	static char text[FIELD_TEXT];
	static struct csv_record record;
	struct sheet_user u, again;
	struct phone phone;
	struct text_line line;
	struct csv_reader reader;
	struct sheet columns;
	struct fault f = FAULT_INIT;
	if (sheet_read(s, settings(), r, &u, &f) < 0) {
		claim_concealed(r, &f);
		return;
	}
	fuzz_taken++;
	/* G3 */
	CLAIM(phone_read(u.entry.phone.e164, &phone, &f) == 0 && !phone_premium(&phone));
	CLAIM(!strncmp(phone.e164, "+49", 3) || !strncmp(phone.e164, "+1", 2));
	CLAIM(!u.entry.verified || u.says_verified[0]);
	text_begin(&line, text, sizeof text);
	sheet_print_header(&line);
	text_add(&line, "\n");
	sheet_print(&u.entry, 0, &line);
	csv_begin(&reader, text, line.len);
	CLAIM(!line.cut && csv_next(&reader, &record, &f) == 1 &&
		sheet_header(&record, &columns, &f) == 0);
	CLAIM(csv_next(&reader, &record, &f) == 1 &&
		sheet_read(&columns, settings(), &record, &again, &f) == 0);
	CLAIM(!strcmp(u.entry.name, again.entry.name) &&
		!strcmp(u.entry.phone.e164, again.entry.phone.e164));
	CLAIM(u.entry.language == again.entry.language && u.entry.verified == again.entry.verified);
	/* the same number twice is no second one */
	struct sheet_user joined = u;
	CLAIM(sheet_join(&joined, &u, &f) < 0 && joined.entry.nothers == 0);
}

static void try_sheet(const char *text, size_t len)
{
	static struct csv_record r;
	struct csv_reader reader;
	struct sheet s;
	unsigned line = 0;
	bool headed = false;
	csv_begin(&reader, text, len);
	for (size_t rounds = 0;; rounds++) {
		struct fault f = FAULT_INIT;
		CLAIM(rounds <= len);
		int rc = csv_next(&reader, &r, &f);
		if (rc == 0)
			break;
		CLAIM(r.line > line);
		line = r.line;
		if (rc < 0) {
			property_core_fault(&f, "");
			continue;
		}
		CLAIM(r.n >= 1 && r.n <= CSV_FIELDS_MAX);
		claim_written(&r);
		if (headed) {
			try_row(&s, &r);
			continue;
		}
		headed = sheet_header(&r, &s, &f) == 0;
		if (!headed)
			claim_concealed(&r, &f);
	}
}

/* --- a line of the log ------------------------------------------------------------------------ */

static void try_trail(const char *text)
{
	static struct trail_event e;
	if (strchr(text, '\n') || !trail_read(text, NOW_S, &e))
		return;
	fuzz_taken++;
	CLAIM(e.nwords >= 1 && e.nwords <= TRAIL_WORDS_MAX);
	CLAIM(strstr(text, e.kind == TRAIL_ADMIN ? "sms-otp" : "sms-otpd") != NULL);
	CLAIM(strstr(text, e.kind == TRAIL_LOGIN   ? ": login "
			   : e.kind == TRAIL_ADMIN ? ": admin "
						   : ": enrolled at login ") ||
		strstr(text, "]: "));
	size_t sum = 0;
	for (size_t i = 0; i < e.nwords; i++) {
		const char *key = trail_key(&e, i), *value = trail_at(&e, i);
		CLAIM(*key && strspn(key, "abcdefghijklmnopqrstuvwxyz_") == strlen(key));
		CLAIM(strstr(text, value) != NULL);
		CLAIM(trail_number(&e, key) >= -1);
		sum += strlen(key) + 1 + strlen(value);
	}
	/* no byte twice, and none made up */
	CLAIM(sum <= strlen(text));
}

/* --- sshd -T ---------------------------------------------------------------------------------- */

/* The last line of this key says yes, no, or there is none. */
static enum sshd_config_answer said(const char *text, const char *key)
{
	enum sshd_config_answer is = SSHD_CONFIG_UNSAID;
	size_t len = strlen(key);
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncasecmp(line, key, len) != 0 || line[len] != ' ')
			continue;
		const char *value = line + len + 1;
		size_t n = strcspn(value, "\n");
		if (n > 0 && value[n - 1] == '\r')
			n--;
		is = n == 3 && !strncmp(value, "yes", 3) ? SSHD_CONFIG_YES : SSHD_CONFIG_NO;
	}
	return is;
}

static bool somebody(const char *group, char *user, size_t cap)
{
	CLAIM(*group);
	return strlen(group) % 2 && snprintf(user, cap, "%s", group) < (int)cap;
}

/* Each Match line makes at most one connection, and sshd's -C wants three words of it. */
static void try_match(const char *text)
{
	char spec[SSHD_MATCH_SPEC], whole[SSHD_MATCH_SPEC];
	unsigned left = 0;
	for (unsigned n = 0; sshd_match_nth(text, n, somebody, spec, &left); n++) {
		CLAIM(*spec && strlen(spec) < sizeof spec && n <= strlen(text));
		CLAIM(strpbrk(spec, "\n\r") == NULL);
		sshd_match_complete(spec, whole);
		CLAIM(strlen(whole) < sizeof whole);
		CLAIM(strlen(whole) + 1 == sizeof whole || strstr(whole, "user=") != NULL);
	}
	CLAIM(left <= strlen(text));
}

static void try_sshd(const char *text)
{
	static struct pam_findings out;
	struct sshd_config c;
	struct fault f = FAULT_INIT;
	try_match(text);
	if (strlen(text) > 1000 || sshd_config_read(text, &c, &f) < 0)
		return;
	fuzz_taken++;
	CLAIM(c.use_pam == said(text, "usepam") &&
		c.password == said(text, "passwordauthentication"));
	CLAIM(c.pubkey == said(text, "pubkeyauthentication") &&
		c.hostbased == said(text, "hostbasedauthentication"));
	CLAIM(c.grace_s >= -1);
	memset(&out, 0, sizeof out);
	struct sshd_config_stack stack = { .settings = settings(), .password = true, .whom = "" };
	sshd_config_judge(&c, &stack, &out);
	/* H: the code is asked for by nobody */
	if (c.use_pam == SSHD_CONFIG_NO)
		CLAIM(out.n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len < 1 || len > 20000)
		return 0;
	char *text = calloc(1, len);
	CLAIM(text != NULL);
	memcpy(text, bytes + 1, len - 1);
	bool whole = strlen(text) == len - 1;
	if (bytes[0] == 'M')
		try_catalogue(bytes + 1, len - 1);
	else if (bytes[0] == 'C')
		try_sheet(text, len - 1);
	else if (whole && bytes[0] == 'E')
		try_enrolment(text);
	else if (whole && bytes[0] == 'T')
		try_trail(text);
	else if (whole && bytes[0] == 'S')
		try_sshd(text);
	free(text);
	return 0;
}
