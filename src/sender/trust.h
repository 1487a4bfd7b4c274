/* trust: whose certificates are believed.
 *
 * Owns: the choice between the settings' ca_file, the system's hashed folder, and what libcurl was
 *       built with.
 * MUST: with a ca_file believe it and nothing else; take the folder only where it is plainly kept
 *       as a hashed one, for it then is asked for one name, where the bundle is parsed whole (30
 *       ms of CPU); else leave libcurl its own defaults. A folder can make less believed than
 *       these, and never more.
 * Never: turns verification off, or says what is verified. */
#ifndef SENDER_TRUST_H
#define SENDER_TRUST_H

#include <curl/curl.h>
#include <stdbool.h>

#define TRUST_FOLDER "/etc/ssl/certs"

/* So many links named by a hash, and it was a distribution's program that made them: one that
 * somebody has put beside a bundle by hand must not hide the bundle (RHEL's folder has none). */
enum { TRUST_LINKS = 32 };

bool trust_hashed(const char *folder) __attribute__((nonnull));

/* ca_file: "" is the system's certificates. False where libcurl does not take it. */
bool trust_set(CURL *c, const char *ca_file, const char *folder)
	__attribute__((warn_unused_result, nonnull));

#endif
