/* enrolment: a user's entry in the directory as the text of its file.
 *
 * Owns: the keys of users/UID.conf (sms-otp-state(5)) and their reading by libconfig.
 * MUST: read what it prints, value for value; refuse unknown, missing and wrongly typed keys,
 *       other versions, directives, and values that it would not print (C7); name no value in a
 *       fault (G1).
 * Never: does I/O. Pure. */
#ifndef CORE_ENROLMENT_H
#define CORE_ENROLMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "core/phone.h"
#include "wire/talk.h"

struct directory_entry {
	char name[TALK_USER_MAX + 1];
	uint32_t uid;
	struct phone phone;
	bool verified;              /* the code came back from this number */
	int64_t since_wall_s;       /* when it was stored */
	char by[TALK_USER_MAX + 1]; /* who stored it: login name behind the root shell, or "root" */
};

/* Two names of 255 bytes, each byte written as \xNN at worst, and the rest. */
enum { ENROLMENT_MAX = 4096 };

/* DAMAGED; out->name may be filled all the same, to be named in a remedy. */
int enrolment_parse(const char *text, struct directory_entry *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* BAD where a value cannot be stored. *len is without the NUL. */
int enrolment_print(const struct directory_entry *entry, char text[ENROLMENT_MAX + 1], size_t *len,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
