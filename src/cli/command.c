#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "cli/nearest.h"

#define BIT(option) (UINT64_C(1) << (option))

static const struct command_option_shape options[OPTION_COUNT] = {
	[OPTION_SETTINGS] = { "settings", 0, "FILE",
		"use these settings instead of the installed ones" },
	[OPTION_HELP] = { "help", 'h', NULL, "show this help, or that of a command" },
	[OPTION_VERSION] = { "version", 0, NULL, "show the version" },
	[OPTION_JSON] = { "json", 0, NULL, "print the facts as JSON" },
	[OPTION_UNVERIFIED] = { "unverified", 0, NULL,
		"store the number without sending a code (for scripts)" },
	[OPTION_YES] = { "yes", 'y', NULL, "do not ask" },
	[OPTION_ROUTE] = { "route", 0, "NAME", "through this route only" },
	[OPTION_OFFLINE] = { "offline", 0, NULL, "do not ask the providers" },
	[OPTION_TWO_PROMPTS] = { "two-prompts", 0, "SERVICE", "send codes through SERVICE again" },
	[OPTION_SERVICE] = { "service", 0, "NAME",
		"as if this service had asked; bypass, check: only there" },
	[OPTION_FROM] = { "from", 0, "ADDRESS", "as if it came from this address" },
	[OPTION_TWO_STEP] = { "two-step", 0, NULL,
		"as the first of two logins (two_step in pam.d)" },
	[OPTION_TTY] = { "tty", 0, "TERMINAL", "as if it were on this terminal" },
	[OPTION_FOLLOW] = { "follow", 'f', NULL, "go on printing messages as they come" },
	[OPTION_LAST] = { "last", 'n', "N", "print only the last N messages" },
	[OPTION_HOW_MANY] = { "count", 0, NULL, "only print how many" },
	[OPTION_FORGET] = { "forget", 0, "N|all", "forget place N of the list, or all" },
	[OPTION_LANGUAGE] = { "language", 0, "LANG", "speak to the user in en, de, fr, es or pt" },
	[OPTION_REMOVE] = { "remove", 0, NULL, "take it away" },
	[OPTION_FOR] = { "for", 0, "TIME", "for so long: 15m, 4h, 2d" },
	[OPTION_REASON] = { "reason", 0, "TEXT", "why; it is logged" },
	[OPTION_END] = { "end", 0, NULL, "end it now" },
	[OPTION_SINCE] = { "since", 0, "TIME",
		"from then on: 90m, 4h, 2d, 2026-11-23, \"2026-11-23 14:30\"" },
	[OPTION_FILE] = { "file", 0, "FILE",
		"log, stats: read it for the system's log; rollout: the new content" },
	[OPTION_PROMETHEUS] = { "prometheus", 0, NULL, "print metrics for Prometheus" },
	[OPTION_ONLINE] = { "online", 0, NULL, "ask the providers for their balances" },
	[OPTION_PAM_DIR] = { "pam-dir", 0, "DIR", "judge the files in DIR instead of pam.d" },
	[OPTION_SYNC] = { "sync", 0, NULL, "forget who is enrolled and not in the file" },
	[OPTION_DRY_RUN] = { "dry-run", 0, NULL, "only print what would change" },
	[OPTION_NOTIFY] = { "notify", 0, NULL, "tell the old numbers of changes by SMS" },
	[OPTION_LOCKED] = { "locked", 0, NULL, "only who is locked" },
	[OPTION_BLOCKED] = { "blocked", 0, NULL, "only who is blocked" },
	[OPTION_NO_RECOVERY] = { "no-recovery", 0, NULL, "only who has no recovery code left" },
	[OPTION_ON_BYPASS] = { "bypass", 0, NULL, "only who is asked for no code at present" },
	[OPTION_GROUP] = { "group", 0, "GROUP", "only the members of GROUP" },
	[OPTION_PREFIX] = { "prefix", 0, "PREFIX", "only who has a number that begins so: +49" },
	[OPTION_CONFIRM] = { "confirm", 0, NULL, "keep what is on trial" },
	[OPTION_REVERT] = { "revert", 0, NULL, "put the old file back" },
	[OPTION_RESUME] = { "resume", 0, NULL,
		"watch over what is on trial; put back what is due" },
	[OPTION_FORCE] = { "force", 0, NULL, "all the same; see the command" },
	[OPTION_SITE] = { "site", 0, NULL, "the record that is not one user's" },
	[OPTION_OLDER] = { "older", 0, "TIME", "what is older than this: 30d (the default), 1d" },
};

static const struct command commands[] = {
	{ COMMAND_ENROLL, "enroll", "USER NUMBER", 2, 2, true,
		BIT(OPTION_UNVERIFIED) | BIT(OPTION_LANGUAGE),
		"record a user's phone, proven by a code",
		"Sends a code to NUMBER and stores the number only when the code is typed back "
		"here;\n"
		"three tries. NUMBER is international (+49 170 1234567, or 0049...). The user must "
		"exist\n"
		"in the system. --unverified stores at once, without a proof.\n" },
	{ COMMAND_SET_NUMBER, "set-number", "USER NUMBER", 2, 2, true, BIT(OPTION_UNVERIFIED),
		"change an enrolled user's number",
		"Verifies the new number like enroll, voids the codes that are under way, ends a "
		"block\n"
		"that came from wrong codes, and tells the old number of the change.\n" },
	{ COMMAND_ADD_NUMBER, "add-number", "USER NUMBER", 2, 2, true, BIT(OPTION_UNVERIFIED),
		"give a user a further number to choose at the prompt",
		"Verifies the number like enroll, and tells the user's other numbers. Four at "
		"most; codes\n"
		"go to the first, and to another when its digit is typed at the prompt.\n" },
	{ COMMAND_REMOVE_NUMBER, "remove-number", "USER WHICH", 2, 2, true, 0,
		"take one of several numbers away from a user",
		"WHICH is a position as show prints it, last digits, or the number. Voids the "
		"codes that are\n"
		"under way, forgets known places, and tells the number. Where it was the first, "
		"the next one\n"
		"becomes it.\n" },
	{ COMMAND_DEFAULT_NUMBER, "default-number", "USER WHICH", 2, 2, true, 0,
		"choose to which of a user's numbers codes go first",
		"WHICH as for remove-number. It and the first one change places; the latter is "
		"told.\n" },
	{ COMMAND_SET_LANGUAGE, "set-language", "USER LANG", 2, 2, false, 0,
		"choose in which language a user is spoken to",
		"LANG is en, de, fr, es or pt, for prompts and messages; or default, for what the "
		"service\n"
		"(lang= in pam.d) or the settings (language) say.\n" },
	{ COMMAND_LIST, "list", "", 0, 0, false,
		BIT(OPTION_JSON) | BIT(OPTION_HOW_MANY) | BIT(OPTION_UNVERIFIED) |
			BIT(OPTION_LOCKED) | BIT(OPTION_BLOCKED) | BIT(OPTION_NO_RECOVERY) |
			BIT(OPTION_ON_BYPASS) | BIT(OPTION_GROUP) | BIT(OPTION_PREFIX),
		"print who is enrolled",
		"One line for each number, with the whole number. Of several filters, who passes "
		"all.\n"
		"--unverified: only who has a number that was stored without a proof.\n" },
	{ COMMAND_EXPORT, "export", "", 0, 0, false, 0, "print all enrolments as a file for import",
		"CSV with the columns user,number,language,verified; one line for each number.\n"
		"Exit status 1: somebody was left out whom import would refuse.\n" },
	{ COMMAND_IMPORT, "import", "FILE", 1, 1, false,
		BIT(OPTION_SYNC) | BIT(OPTION_DRY_RUN) | BIT(OPTION_YES) | BIT(OPTION_NOTIFY) |
			BIT(OPTION_JSON),
		"make the enrolments what a file says",
		"FILE as export prints it; - is standard input. Names every bad line, and changes "
		"nothing\n"
		"then. Else prints what would change, and asks, unless --yes; where nobody can be "
		"asked,\n"
		"nothing is changed. No code is sent: verified=yes is believed. Exit status 0: "
		"done, or\n"
		"nothing to do; 1: something would change, or the file is refused.\n" },
	{ COMMAND_SHOW, "show", "USER", 1, 1, false, BIT(OPTION_JSON),
		"print one user's enrolment and standing",
		"Number, lock, block, budgets used and left, codes under way. Where a record is "
		"damaged:\n"
		"what is wrong and what to do. Exit status 1: not enrolled.\n" },
	{ COMMAND_UNLOCK, "unlock", "USER", 1, 1, false, 0,
		"end a lock and forget counted failures",
		"Ends the lock after wrong codes, a block by 100 wrong codes, and the waits "
		"between codes.\n"
		"A block by the administrator stays: see unblock.\n" },
	{ COMMAND_BLOCK, "block", "USER", 1, 1, false, 0, "let this user's codes work no more",
		"Until unblock, every login of USER that needs a code is refused; nothing is "
		"sent.\n" },
	{ COMMAND_UNBLOCK, "unblock", "USER", 1, 1, false, 0, "end a block",
		"Ends what block began.\n" },
	{ COMMAND_FORGET, "forget", "USER", 1, 1, false, BIT(OPTION_YES),
		"erase everything stored about a user",
		"Number, counters, locks, and the user's messages in the outbox. Asks first, "
		"unless --yes.\n"
		"Also for users that the system no longer has.\n" },
	{ COMMAND_RECOVERY_CODES, "recovery-codes", "USER", 1, 1, false, BIT(OPTION_HOW_MANY),
		"make codes for the day that no SMS comes",
		"Ten codes, each of which lets USER in once in place of the SMS's, also while no "
		"provider\n"
		"answers. The old ones are void. They are printed once, and nowhere stored but as "
		"hashes.\n"
		"Exit status 1 with --count: none is left.\n" },
	{ COMMAND_APP, "app", "USER", 1, 1, false, BIT(OPTION_REMOVE),
		"let a user log in with an authenticator app too",
		"Prints a key as a QR code, and stores it when a code of the app is typed back "
		"here.\n"
		"The app's codes are then taken beside those by SMS, also while no provider "
		"answers.\n" },
	{ COMMAND_ISSUE_CODE, "issue-code", "USER", 1, 1, false, BIT(OPTION_FOR),
		"make a code for one login, to be read out",
		"Prints 8 digits that USER can type in place of the SMS's code, once, within 15 "
		"minutes\n"
		"or --for up to 24h. The one before is void. It is stored as a hash only. Make "
		"sure "
		"whom\n"
		"you are talking to.\n" },
	{ COMMAND_BYPASS, "bypass", "USER", 1, 1, false,
		BIT(OPTION_FOR) | BIT(OPTION_SERVICE) | BIT(OPTION_REASON) | BIT(OPTION_END),
		"ask a user for no code, for a while",
		"Needs --for, up to 7d, and --reason. Ends by itself; show, list and check tell of "
		"it.\n"
		"The first factor is still needed, and who is blocked is not let by.\n"
		"--end ends it at once.\n" },
	{ COMMAND_DEVICES, "devices", "USER", 1, 1, false, BIT(OPTION_FORGET) | BIT(OPTION_JSON),
		"print where a user has been verified",
		"One line for each place and service: number, kind, a tag in place of the address, "
		"key or\n"
		"terminal, the last success, and how long no code is asked for there. --forget "
		"erases one\n"
		"of them, or all.\n" },
	{ COMMAND_SEND_TEST, "send-test", "NUMBER", 1, 1, true, BIT(OPTION_ROUTE),
		"send a test text through each route",
		"Prints for each route what the provider said: outcome, error code, message id.\n"
		"Each message may cost money.\n" },
	{ COMMAND_PROVIDERS, "providers", "[NAME]", 0, 1, false, BIT(OPTION_JSON),
		"print which providers are described, or all about one",
		"Without NAME one line for each: name, vendor, what it can do, how, and whether "
		"its facts\n"
		"are uncertain. With NAME: what the settings must say, and an example to paste.\n"
		"Exit status 1: one is faulty, or there is none called NAME.\n" },
	{ COMMAND_PROVIDER_CHECK, "provider-check", "FILE [VARIABLE=VALUE ...]", 1,
		COMMAND_OPERANDS_MAX, false, 0, "judge a description, and show its requests",
		"Names the fault in FILE with its line, or else prints what would be sent, with "
		"made-up\n"
		"values. Nothing is sent. A VALUE replaces a made-up one; also number=+NUMBER and\n"
		"text=TEXT. Secrets are not taken. Exit status 1: FILE has a fault.\n" },
	{ COMMAND_EDIT, "edit", "", 0, 0, false, 0, "change the settings safely",
		"Edits a copy with $VISUAL, $EDITOR or editor; it is installed only when it has no "
		"fault.\n" },
	{ COMMAND_CHECK, "check", "", 0, 0, false,
		BIT(OPTION_OFFLINE) | BIT(OPTION_JSON) | BIT(OPTION_TWO_PROMPTS) |
			BIT(OPTION_SERVICE) | BIT(OPTION_PAM_DIR),
		"judge settings, files, PAM, sshd, providers and records",
		"Names every fault. With --settings FILE a file that is not yet in place is "
		"judged.\n"
		"The stacks in pam.d with our line in them are followed as libpam follows them, "
		"and sshd\n"
		"is asked for its configuration. --service NAME: of these only NAME. --pam-dir "
		"DIR: the\n"
		"stacks in DIR, without their modules' files and sshd.\n"
		"Exit status 0: fine; 1: findings that need a look; 2: trouble, logins fail or may "
		"fail.\n"
		"--two-prompts SERVICE: the service can prompt twice after all; codes are sent "
		"again.\n" },
	{ COMMAND_TRY, "try", "USER", 1, 1, false, BIT(OPTION_SERVICE),
		"one login of a user on this terminal, without PAM",
		"Sends a real code, counts like a real login, and prints the verdict, the reason "
		"and the\n"
		"PAM code that the module would return. Exit status 0: let in.\n" },
	{ COMMAND_EXPLAIN, "explain", "USER", 1, 1, false,
		BIT(OPTION_SERVICE) | BIT(OPTION_FROM) | BIT(OPTION_TTY) | BIT(OPTION_JSON) |
			BIT(OPTION_TWO_STEP),
		"say what a login would come to, and which rule decides",
		"By the same rules as a login after the password; nothing is sent, nothing is "
		"counted.\n"
		"An address or terminal that is not given is unknown, and matches no rule that "
		"asks "
		"for one.\n"
		"Exit status 0: a code is asked for, or none is needed; 1: refused.\n" },
	{ COMMAND_ROLLOUT, "rollout", "[SERVICE [USER]]", 0, 2, false,
		BIT(OPTION_FOR) | BIT(OPTION_FILE) | BIT(OPTION_CONFIRM) | BIT(OPTION_REVERT) |
			BIT(OPTION_RESUME) | BIT(OPTION_FORCE),
		"guard a service without locking yourself out",
		"Checks everything, lets USER (you) log in once as try does, shows how "
		"/etc/pam.d/SERVICE\n"
		"changes, and puts the new file in place on trial: unless a login in a new session "
		"brings a\n"
		"code and you confirm it, the old file is back after 10 minutes, or --for 1m to "
		"24h, and\n"
		"after a reboot. --file FILE: with this content. --confirm: keep it, from another "
		"session.\n"
		"--revert: the old file, at any time. --force: confirm without a login, revert "
		"although the\n"
		"file was changed since, begin although USER has no way in without an SMS. "
		"--resume: what\n"
		"the system runs when it starts. Without SERVICE: print what was changed.\n" },
	{ COMMAND_OUTBOX, "outbox", "", 0, 0, false, BIT(OPTION_FOLLOW) | BIT(OPTION_LAST),
		"print the messages of the route outbox",
		"The route outbox writes messages to a file instead of a phone, for trying and "
		"testing.\n"
		"--follow ends with Ctrl-C.\n" },
	{ COMMAND_LOG, "log", "USER", 1, 1, false,
		BIT(OPTION_SINCE) | BIT(OPTION_FILE) | BIT(OPTION_JSON),
		"print what the log says of one user",
		"Logins, enrolments and what administrators changed, oldest first: from systemd's "
		"journal,\n"
		"or else from /var/log/auth.log or secure and their older files.\n"
		"Exit status 1: the log has nothing about USER.\n" },
	{ COMMAND_STATS, "stats", "", 0, 0, false,
		BIT(OPTION_SINCE) | BIT(OPTION_FILE) | BIT(OPTION_JSON) | BIT(OPTION_PROMETHEUS) |
			BIT(OPTION_ONLINE),
		"count logins and messages, by day and by route",
		"From the log of the last 30 days, or --since. --prometheus prints metrics for "
		"the\n"
		"textfile collector of node_exporter, of the last 24 hours: what is locked, "
		"blocked, "
		"let by\n"
		"and left of the budgets is counted as well. Nothing is asked of a provider "
		"without "
		"--online.\n" },
	{ COMMAND_REPAIR, "repair", "[USER]", 0, 1, false, BIT(OPTION_SITE) | BIT(OPTION_YES),
		"find damaged records, or mend one user's",
		"Without USER only prints what is damaged and what to type; exit status 1: "
		"something is.\n"
		"With USER, a name or a uid, or --site: asks, puts the damaged file aside, and "
		"writes a new\n"
		"one. What only root can have written is kept. Else the new record is as if all "
		"tries and\n"
		"messages had been used up: the user is locked for a day, unless unlock ends it, "
		"and blocked\n"
		"where nobody can tell whether they were, but for an administrator. A lost number "
		"has to be\n"
		"recorded by enroll.\n" },
	{ COMMAND_PRUNE, "prune", "", 0, 0, false, BIT(OPTION_DRY_RUN) | BIT(OPTION_OLDER),
		"remove what nobody needs any more",
		"Records of who is gone from the system and has no enrolment, files that were "
		"never finished,\n"
		"damaged files that repair put aside, a socket that nobody serves; what is younger "
		"than\n"
		"30 days, or --older, stays. No enrolment and no block is removed: these are named "
		"with what\n"
		"to type. Exit status 1 with --dry-run: something would be removed.\n" },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

const struct command *command_at(size_t i)
{
	return i < COMMANDS ? &commands[i] : NULL;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

const char *command_nearest(const char *name)
{
	const char *names[COMMANDS];

	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i].name;
	return nearest_word(name, names, COMMANDS);
}

const struct command_option_shape *command_option(enum command_option option)
{
	return option < OPTION_COUNT ? &options[option] : NULL;
}

static void print_usage(const struct command *c)
{
	printf("sms-otp %s%s%s", c->name, c->operands[0] != 0 ? " " : "", c->operands);
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		const struct command_option_shape *o = &options[i];

		if ((c->options & BIT(i)) != 0)
			printf(" [--%s%s%s]", o->name, o->value != NULL ? " " : "",
				o->value != NULL ? o->value : "");
	}
	putchar('\n');
}

static void print_option(const struct command_option_shape *o)
{
	char left[40];
	char letter[5] = "    ";

	if (o->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, o->name, o->value != NULL ? " " : "",
		o->value != NULL ? o->value : "");
	printf("  %-27s %s\n", left, o->summary);
}

static void print_options(uint64_t which)
{
	for (unsigned i = 0; i < OPTION_COUNT; i++)
		if ((which & BIT(i)) != 0)
			print_option(&options[i]);
}

void command_help_all(void)
{
	puts("usage: sms-otp COMMAND [OPERAND ...] [OPTION ...]\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		fputs("  ", stdout);
		print_usage(&commands[i]);
		printf("        %s\n", commands[i].summary);
	}
	puts("\nOptions, before or after the command:");
	print_options(BIT(OPTION_COUNT) - 1);
	puts("\nExit status: 0 yes, 1 no, 2 trouble. All but --help and --version needs root.");
	puts("sms-otp COMMAND --help says more; so does sms-otp(8).");
}

void command_help(const struct command *c)
{
	fputs("usage: ", stdout);
	print_usage(c);
	printf("\n%s\nOptions:\n", c->text);
	print_options(c->options | COMMAND_OPTIONS_OF_ALL);
}
