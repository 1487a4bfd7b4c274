/* settings_provider: the blocks of `providers`, one account of a vendor each, and the files that
 * they name.
 *
 * Owns: which route, of `routes` and of `voice`, has which block; the names of variables; the
 *       judgement of secret files and ca_file.
 * MUST: judge every block, also those that no route names; refuse a route without a block, but
 *       for outbox; read each secret file once to judge it, and wipe what it read.
 * Never: keeps a secret of a file. */
#ifndef CORE_SETTINGS_PROVIDER_H
#define CORE_SETTINGS_PROVIDER_H

#include <libconfig.h>

#include "base/fault.h"
#include "base/secret.h"
#include "core/settings_shape.h"
#include "core/settings_value.h"

/* The blocks of the file's root into the routes, for text and for voice, that out already
 * names. */
void settings_provider_read(const struct settings_value_reader *r, const config_setting_t *root,
	struct settings *out) __attribute__((nonnull));

/* The value of a variable: as settings_read_secret. */
int settings_provider_secret(const struct settings_variable *v, struct secret *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
