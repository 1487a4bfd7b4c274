/* enrolment: a user's entry in the directory as the text of its file.
 *
 * Owns: the keys of users/UID.conf (sms-otp-state(5)) and their reading by libconfig.
 * MUST: read what it prints, value for value; refuse unknown, missing and wrongly typed keys,
 *       other versions, directives, a number twice, and values that it would not print (C7);
 *       name no value in a
 *       fault (G1).
 * Never: does I/O. Pure. */
#ifndef CORE_ENROLMENT_H
#define CORE_ENROLMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/language.h"
#include "core/phone.h"
#include "wire/talk.h"

/* One number of a user, who has four at most: the default and three others. */
enum { ENROLMENT_OTHERS = 3, ENROLMENT_NUMBERS = 1 + ENROLMENT_OTHERS };

struct enrolment_number {
	struct phone phone;
	bool verified;              /* the code came back from this number */
	int64_t since_wall_s;       /* when it was stored */
	char by[TALK_USER_MAX + 1]; /* who stored it: login name behind the root shell, or "root" */
};

struct directory_entry {
	char name[TALK_USER_MAX + 1];
	uint32_t uid;
	/* the default number, as in struct enrolment_number */
	struct phone phone;
	bool verified;
	int64_t since_wall_s;
	char by[TALK_USER_MAX + 1];
	enum language language; /* NONE: what the service or the site speaks */
	/* the further ones, in the order of the menu */
	uint32_t nothers;
	struct enrolment_number others[ENROLMENT_OTHERS];
};

/* Five names of 255 bytes, each byte written as \xNN at worst, and the rest. */
enum { ENROLMENT_MAX = 8192 };

/* DAMAGED; out->name may be filled all the same, to be named in a remedy. */
int enrolment_parse(const char *text, struct directory_entry *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* BAD where a value cannot be stored. *len is without the NUL. */
int enrolment_print(const struct directory_entry *entry, char text[ENROLMENT_MAX + 1], size_t *len,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The place of a number among the entry's: 0 for the default, 1 to nothers; -1: it is not there. */
int enrolment_place(const struct directory_entry *entry, const struct phone *phone)
	__attribute__((nonnull));
/* Copy the one in a place, 0 to nothers. */
void enrolment_number(const struct directory_entry *entry, uint32_t place,
	struct enrolment_number *out) __attribute__((nonnull));

#endif
