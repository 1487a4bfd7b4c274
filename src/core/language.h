/* language: which language a person is spoken to in, and the translation of what is said.
 *
 * Owns: the closed list of languages; who chooses; the catalogue of the language that is spoken.
 *       This is the one room with a memory of its own: a process speaks one language at a time, and
 *       the engine is one process a login.
 * MUST: name a file only by a name of the list; speak English where a catalogue is missing,
 *       damaged, not root's, or has no translation.
 * Never: looks at a locale or an environment, so that it works where no locale is installed, and
 *        is not moved by a user's; is linked by the shim (D14). */
#ifndef CORE_LANGUAGE_H
#define CORE_LANGUAGE_H

#include <stdint.h>

#include "base/fault.h"
#include "wire/talk.h"

/* In the order of TALK_LANGUAGES. */
enum language {
	LANGUAGE_NONE = 0, /* nobody has said */
	LANGUAGE_EN,
	LANGUAGE_DE,
	LANGUAGE_FR,
	LANGUAGE_ES,
	LANGUAGE_PT,
	LANGUAGE_COUNT,
};

#define LANGUAGE_LIST "en, de, fr, es or pt"

/* A text for a catalogue that is translated elsewhere: language_text(table[i]). */
#define LANGUAGE_MARK(text) text

/* NONE: no name of the list. */
enum language language_find(const char *name) __attribute__((nonnull));
/* "de"; "" for NONE. */
const char *language_name(enum language l);

/* Where the catalogues are: FOLDER/de/LC_MESSAGES/sms-otp.mo. NULL, as at the beginning: nowhere,
 * and English is spoken. folder stays as it is. */
void language_folder(const char *folder);

/* From now on; texts that were given before are no good any more. NONE is English. -1: its
 * catalogue cannot be used, *f says why, and English is spoken. */
int language_speak(enum language l, struct fault *f) __attribute__((warn_unused_result, nonnull));
enum language language_spoken(void);

/* The user's own, else the service's (lang=), else the site's (settings.language). */
enum language language_choose(enum language own, enum language service, const char *site)
	__attribute__((nonnull));

/* What stands for an English text. It has the same printf conversions in the same order. */
const char *language_text(const char *english) __attribute__((format_arg(1), nonnull));
/* The same where it depends on a number; both have the same conversions. */
const char *language_plural(const char *one, const char *many, uint32_t n)
	__attribute__((format_arg(1), format_arg(2), nonnull));

#endif
