/* founding: key and site in a folder that has no state yet.
 *
 * Owns: the names of the files that every state folder has, and their making.
 * MUST: make both or leave what tells the next one what is missing; make nothing where there are
 *       records already (a lost key or site is damage, not a fresh start, C5); let two processes
 *       at once end with one key and one site.
 * Never: opens what it made. Only core/state asks it. */
#ifndef CORE_FOUNDING_H
#define CORE_FOUNDING_H

#include "base/fault.h"

#define FOUNDING_KEY    "key"
#define FOUNDING_SITE   "site"
#define FOUNDING_REMEDY "restore the folder from a backup, see sms-otp-state(5)"
/* where only that is lost */
#define FOUNDING_SITE_REMEDY "restore the folder from a backup, or sms-otp repair --site"

/* folder: opened and judged. Nothing to do where key and site are both there. */
int founding_prepare(int folder, struct fault *f) __attribute__((warn_unused_result, nonnull));

#endif
