#include "core/language.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "core/catalogue.h"

/* Four times what the longest takes today. */
enum { CATALOGUE_BYTES = 65536, PATH_BYTES = 512 };

/* What takes the second form, as the catalogue's Plural-Forms say. */
enum plural { PLURAL_NOT_ONE = 0, PLURAL_ABOVE_ONE };

static const struct {
	const char *name;
	enum plural plural;
} languages[LANGUAGE_COUNT] = {
	[LANGUAGE_NONE] = { "", PLURAL_NOT_ONE },
	[LANGUAGE_EN] = { "en", PLURAL_NOT_ONE },
	[LANGUAGE_DE] = { "de", PLURAL_NOT_ONE },
	[LANGUAGE_FR] = { "fr", PLURAL_ABOVE_ONE },
	[LANGUAGE_ES] = { "es", PLURAL_NOT_ONE },
	[LANGUAGE_PT] = { "pt", PLURAL_NOT_ONE },
};

/* What is spoken. */
static struct {
	const char *folder;
	enum language language;
	struct catalogue catalogue; /* empty for English */
	char bytes[CATALOGUE_BYTES];
} spoken = { .language = LANGUAGE_EN };

enum language language_find(const char *name)
{
	for (int i = LANGUAGE_EN; i < LANGUAGE_COUNT; i++)
		if (strcmp(languages[i].name, name) == 0)
			return (enum language)i;
	return LANGUAGE_NONE;
}

const char *language_name(enum language l)
{
	return (unsigned)l < LANGUAGE_COUNT ? languages[l].name : "";
}

void language_folder(const char *folder)
{
	spoken.folder = folder;
}

static int read_catalogue(enum language l, struct fault *f)
{
	const struct inode_want want = {
		.owner = 0, .forbid = 0022, .size = -1, .size_max = CATALOGUE_BYTES
	};
	char path[PATH_BYTES];
	struct text_line line;
	size_t len = 0;
	int fd;

	text_begin(&line, path, sizeof path);
	text_add(&line, "%s/%s/LC_MESSAGES/sms-otp.mo", spoken.folder, language_name(l));
	if (line.cut)
		return fault_set(f, FAULT_BAD, 0, "the catalogues' folder has too long a name");
	if (file_open(path, &want, &fd, f) < 0)
		return -1;
	int rc = file_read_all(fd, spoken.bytes, sizeof spoken.bytes, &len, f);
	if (rc == 0)
		rc = catalogue_open(spoken.bytes, len, &spoken.catalogue, f);
	if (rc < 0)
		file_blame(fd, "install sms-otp again", f);
	close(fd);
	return rc;
}

int language_speak(enum language l, struct fault *f)
{
	if (l == spoken.language)
		return 0;
	spoken.catalogue = (struct catalogue){ .n = 0 };
	spoken.language = LANGUAGE_EN;
	if (l <= LANGUAGE_EN || (unsigned)l >= LANGUAGE_COUNT || !spoken.folder)
		return 0;
	if (read_catalogue(l, f) < 0)
		return -1;
	spoken.language = l;
	return 0;
}

enum language language_spoken(void)
{
	return spoken.language;
}

enum language language_choose(enum language own, enum language service, const char *site)
{
	if (own != LANGUAGE_NONE)
		return own;
	return service != LANGUAGE_NONE ? service : language_find(site);
}

const char *language_text(const char *english)
{
	const char *found = catalogue_find(&spoken.catalogue, english, 0);

	return found ? found : english;
}

const char *language_plural(const char *one, const char *many, uint32_t n)
{
	bool second = languages[spoken.language].plural == PLURAL_ABOVE_ONE ? n > 1 : n != 1;
	const char *found = catalogue_find(&spoken.catalogue, one, second ? 1 : 0);

	if (found)
		return found;
	return n == 1 ? one : many;
}
