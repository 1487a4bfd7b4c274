/* balance: what the providers say is left on our accounts.
 *
 * Owns: the asking of each route once; the reading of an amount and its currency.
 * MUST: ask only where the caller wants the network to be used.
 * Never: sends a message. */
#ifndef CLI_BALANCE_H
#define CLI_BALANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/dispatch.h"
#include "core/settings.h"

enum { BALANCE_AMOUNT_MAX = 24, BALANCE_UNIT_MAX = 12, BALANCE_ASK_MS = 20000 };

struct balance {
	const char *route;               /* lives as long as the settings */
	bool reached;                    /* the provider answered and accepts the credentials */
	char amount[BALANCE_AMOUNT_MAX]; /* "12.50", "-3"; "": not known */
	char unit[BALANCE_UNIT_MAX];     /* "EUR"; "": not said */
};

/* "12.50 EUR", "EUR 12.50", "12.50": into amount and unit, both "" where it is no amount. Pure. */
void balance_read(const char *text, struct balance *out) __attribute__((nonnull));

/* Returns how many there are; of a route that writes to a file: none. */
size_t balance_ask(const struct settings *s, const struct dispatch *dispatch,
	struct balance out[SETTINGS_ROUTES_MAX]) __attribute__((nonnull));

#endif
