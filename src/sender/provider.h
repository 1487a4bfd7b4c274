/* provider: the description of one SMS provider, read from NAME.conf.
 *
 * Owns: the two folders of descriptions and which one wins; the keys at the top of a description;
 *       which kind of delivery it is.
 * MUST: take the site's own file before the shipped one; refuse a file that is not root's, that
 *       others may write to, or that has any fault, with file and line; refuse what is reserved
 *       and not built by saying so; find exactly one kind of delivery.
 * Never: knows HTTP's wire, or a value of a variable. */
#ifndef SENDER_PROVIDER_H
#define SENDER_PROVIDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/fault.h"
#include "sender/block.h"
#include "sender/command.h"
#include "sender/mail.h"
#include "sender/spool.h"
#include "sender/tree.h"
#include "sender/variables.h"

struct provider_folders {
	const char *site, *shipped; /* absolute; the site's own wins */
	uid_t owner;
};

enum provider_kind {
	PROVIDER_NONE = 0,
	PROVIDER_HTTP, /* send, and with it voice, poll and check */
	PROVIDER_COMMAND,
	PROVIDER_SPOOL,
	PROVIDER_MAIL,
};

struct provider {
	struct tree tree;
	const char *name; /* the file's, without .conf; the caller's text */
	const char *vendor;
	enum provider_kind kind;
	struct variables variables;
	const struct tree_node *reaches; /* NULL: any number; else the template of the only one */
	struct block send, voice, poll, check;
	struct command command;
	struct spool spool;
	struct mail mail;
};

/* ABSENT: neither folder has NAME.conf. */
int provider_load(const struct provider_folders *folders, const char *name, struct provider *p,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
/* The same from text; path is shown in faults. */
int provider_parse(const char *text, const char *path, const char *name, struct provider *p,
	struct fault *f) __attribute__((warn_unused_result, nonnull));
void provider_close(struct provider *p) __attribute__((nonnull));

/* The block for an action; its action is ORDER_ACTION_NONE when the description has none. */
const struct block *provider_block(const struct provider *p, enum order_action action)
	__attribute__((nonnull));

/* What becomes of a message can be asked (ORDER_ACTION_POLL). */
bool provider_reports(const struct provider *p) __attribute__((nonnull));

#endif
