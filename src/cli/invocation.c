#include "cli/invocation.h"

#include <getopt.h>
#include <string.h>

#include "base/text.h"

/* getopt_long's values for options: above every letter. */
enum { LONG_BASE = 256 };

static int option_of_letter(int letter)
{
	for (unsigned i = 0; i < OPTION_COUNT; i++)
		if (command_option(i)->letter == letter)
			return (int)i;
	return -1;
}

static void fill_tables(struct option longs[OPTION_COUNT + 1], struct text_line *letters)
{
	/* ':' first: a missing value is told from an unknown option */
	text_add(letters, ":");
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		const struct command_option_shape *o = command_option(i);

		longs[i] = (struct option){ o->name, o->value != NULL, NULL, LONG_BASE + (int)i };
		if (o->letter != 0)
			text_add(letters, "%c%s", o->letter, o->value != NULL ? ":" : "");
	}
	longs[OPTION_COUNT] = (struct option){ 0 };
}

static int read_options(int argc, char **argv, struct invocation *out, struct fault *f)
{
	struct option longs[OPTION_COUNT + 1];
	char buf[2 * OPTION_COUNT + 4];
	struct text_line letters;
	int c;

	text_begin(&letters, buf, sizeof(buf));
	fill_tables(longs, &letters);
	opterr = 0;
	while ((c = getopt_long(argc, argv, buf, longs, NULL)) != -1) {
		int i = c >= LONG_BASE ? c - LONG_BASE : option_of_letter(c);

		if (c == ':')
			return fault_set(f, FAULT_BAD, 0, "%s needs a value", argv[optind - 1]);
		if (c == '?' || i < 0)
			return fault_set(f, FAULT_BAD, 0,
				"unknown option %.40s; sms-otp --help lists all", argv[optind - 1]);
		out->given |= UINT64_C(1) << i;
		out->values[i] = optarg;
	}
	return 0;
}

static int judge_options(const struct invocation *a, struct fault *f)
{
	uint64_t taken = a->command->options | COMMAND_OPTIONS_OF_ALL;

	for (unsigned i = 0; i < OPTION_COUNT; i++)
		if ((a->given & ~taken & UINT64_C(1) << i) != 0)
			return fault_set(f, FAULT_BAD, 0,
				"%s takes no --%s; sms-otp %s --help says what it takes",
				a->command->name, command_option(i)->name, a->command->name);
	return 0;
}

static int read_operands(int n, char **words, struct invocation *a, struct fault *f)
{
	const struct command *c = a->command;
	struct text_line line;

	if (n < c->min)
		return fault_set(f, FAULT_BAD, 0, "%s needs %s: sms-otp %s %s", c->name,
			c->operands, c->name, c->operands);
	if (n > c->max && !c->joins)
		return fault_set(f, FAULT_BAD, 0, "%s: one word too many: \"%.40s\"", c->name,
			words[c->max]);
	for (int i = 0; i < n && i < c->max; i++)
		a->operands[i] = words[i];
	if (n <= c->max)
		return 0;
	text_begin(&line, a->joined, sizeof(a->joined));
	for (int i = c->max - 1; i < n; i++)
		text_add(&line, "%s%s", i >= c->max ? " " : "", words[i]);
	if (line.cut)
		return fault_set(f, FAULT_BAD, 0, "%s: that is too long for a number", c->name);
	a->operands[c->max - 1] = a->joined;
	return 0;
}

static int read_command(const char *word, struct invocation *a, struct fault *f)
{
	const char *nearest;

	a->command = command_find(word);
	if (a->command != NULL)
		return 0;
	nearest = command_nearest(word);
	if (nearest != NULL)
		return fault_set(f, FAULT_BAD, 0, "unknown command \"%.40s\"; did you mean %s?",
			word, nearest);
	return fault_set(
		f, FAULT_BAD, 0, "unknown command \"%.40s\"; sms-otp --help lists all", word);
}

int invocation_read(int argc, char **argv, struct invocation *out, struct fault *f)
{
	memset(out, 0, sizeof(*out));
	if (read_options(argc, argv, out, f) != 0)
		return -1;
	if (optind < argc && read_command(argv[optind], out, f) != 0)
		return -1;
	if (out->command == NULL || invocation_has(out, OPTION_HELP) ||
		invocation_has(out, OPTION_VERSION))
		return 0;
	if (judge_options(out, f) != 0)
		return -1;
	return read_operands(argc - optind - 1, argv + optind + 1, out, f);
}

bool invocation_has(const struct invocation *a, enum command_option option)
{
	return (a->given & UINT64_C(1) << option) != 0;
}

const char *invocation_value(const struct invocation *a, enum command_option option)
{
	return a->values[option];
}
