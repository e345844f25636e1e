/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/args.h"

#include <stdio.h>

_Static_assert(OPTION_COUNT <= 64, "a command's options are one word of bits");

const struct args_option_row args_options[OPTION_COUNT] = {
#define X(NAME, name, value, everywhere, help) {name, value, everywhere, help},
	ARGS_OPTION_MAP(X)
#undef X
};

/* The option of that name; OPTION_COUNT when there is none. */
static enum args_option option_find(struct str name)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (str_is(name, args_options[i].name)) {
			return (enum args_option)i;
		}
	}
	return OPTION_COUNT;
}

/* How many letters may be wrong for another word to be meant: "lst" for list, not foo for follow.
 */
static size_t slip_most(size_t len)
{
	return len < 3 ? 0 : len < 6 ? 1 : len < 9 ? 2 : 3;
}

static enum err unknown_option(struct str name, struct fault *fault)
{
	const char *best = NULL;
	size_t least = slip_most(name.len) + 1;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const size_t distance = str_distance(name, str_from(args_options[i].name));
		if (distance < least) {
			least = distance;
			best = args_options[i].name;
		}
	}
	if (best != NULL) {
		return fault_set(fault, ERR_USAGE, "", "unknown option --%.*s; did you mean --%s?",
			STR_ARG(name), best);
	}
	return fault_set(fault, ERR_USAGE, "", "unknown option --%.*s", STR_ARG(name));
}

/* The values of an option that may stand several times, a line each. */
static enum err join_values(
	struct arena *arena, const char *before, const char **value, struct fault *fault)
{
	*value = arena_printf(arena, "%s\n%s", before, *value).ptr;
	return *value == NULL ? fault_set(fault, ERR_NOMEM, "", "out of memory") : ERR_OK;
}

static enum err take_option(struct args *args, int argc, char *const argv[], int *index,
	struct arena *arena, struct fault *fault)
{
	const char *text = strcmp(argv[*index], "-o") == 0 ? "output" : argv[*index] + 2;
	const char *equals = strchr(text, '=');
	const struct str name = {text, equals != NULL ? (size_t)(equals - text) : strlen(text)};
	const enum args_option option = option_find(name);
	if (option == OPTION_COUNT) {
		return unknown_option(name, fault);
	}
	const struct args_option_row *row = &args_options[option];
	const char *before = args->values[option];
	if (before != NULL && option != OPTION_DECLARE) {
		return fault_set(fault, ERR_USAGE, "", "--%s stands twice", row->name);
	}
	if (row->value == NULL) {
		if (equals != NULL) {
			return fault_set(fault, ERR_USAGE, "", "--%s takes no value", row->name);
		}
		args->values[option] = "";
		return ERR_OK;
	}
	if (equals != NULL) {
		args->values[option] = equals + 1;
	} else if (*index + 1 < argc) {
		args->values[option] = argv[++*index];
	}
	if (args->values[option] == NULL || args->values[option][0] == '\0') {
		return fault_set(fault, ERR_USAGE, "", "--%s needs a value: --%s %s", row->name,
			row->name, row->value);
	}
	return before == NULL ? ERR_OK : join_values(arena, before, &args->values[option], fault);
}

static enum err unknown_command(const char *name, struct fault *fault)
{
	const char *best = NULL;
	const size_t len = strlen(name);
	size_t least = slip_most(len) + 1;
	for (size_t i = 0; i < command_count; i++) {
		const size_t distance = str_distance(str_from(name), str_from(commands[i].name));
		const bool begins = len > 2 && strncmp(commands[i].name, name, len) == 0;
		if (distance < least || (begins && best == NULL)) {
			least = distance < least ? distance : least;
			best = commands[i].name;
		}
	}
	if (best != NULL) {
		return fault_set(
			fault, ERR_USAGE, "", "unknown command %s; did you mean %s?", name, best);
	}
	return fault_set(
		fault, ERR_USAGE, "", "unknown command %s; `onward help` lists them", name);
}

/* The first one or two words are the command: "party add" before "party". */
static enum err take_command(struct args *args, struct fault *fault)
{
	if (args->argument_count == 0) {
		return ERR_OK;
	}
	const char *first = args->arguments[0];
	size_t words = 1;
	if (args->argument_count > 1) {
		char both[128];
		(void)snprintf(both, sizeof(both), "%s %s", first, args->arguments[1]);
		args->command = command_find(both);
		words = args->command != NULL ? 2 : 1;
	}
	if (args->command == NULL) {
		args->command = command_find(first);
	}
	if (args->command == NULL) {
		return unknown_command(first, fault);
	}
	args->arguments += words;
	args->argument_count -= words;
	return ERR_OK;
}

/* The word at `index` of "REF FILE|-". */
static struct str word_at(const char *words, size_t index)
{
	for (; index > 0; index--) {
		words += strcspn(words, " ");
		words += strspn(words, " ");
	}
	return (struct str){words, strcspn(words, " ")};
}

static enum err check_command(const struct args *args, struct fault *fault)
{
	const struct command *command = args->command;
	if (command == NULL || args->values[OPTION_HELP] != NULL) {
		return ERR_OK;
	}
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const bool taken = args_options[i].everywhere || (command->options >> i & 1) != 0;
		if (args->values[i] != NULL && !taken) {
			return fault_set(fault, ERR_USAGE, "",
				"onward %s has no option --%s; `onward help %s` shows what it has",
				command->name, args_options[i].name, command->name);
		}
	}
	if (args->argument_count < command->least) {
		return fault_set(fault, ERR_USAGE, "", "%.*s is missing: onward %s %s",
			STR_ARG(word_at(command->arguments, args->argument_count)), command->name,
			command->arguments);
	}
	if (args->argument_count > command->most) {
		return fault_set(fault, ERR_USAGE, "", "\"%s\" is too much: onward %s%s%s",
			args->arguments[command->most], command->name,
			command->arguments[0] == '\0' ? "" : " ", command->arguments);
	}
	return ERR_OK;
}

enum err args_parse(int argc, char *const argv[], struct arena *arena, struct args *ret_args,
	struct fault *fault)
{
	struct args args = {.arguments = arena_array(arena, (size_t)argc + 1, sizeof(char *))};
	if (args.arguments == NULL) {
		return fault_set(fault, ERR_NOMEM, "", "out of memory");
	}
	bool options_end = false;
	for (int i = 1; i < argc; i++) {
		enum err err = ERR_OK;
		const bool number = argv[i][0] == '-' && argv[i][1] >= '0' && argv[i][1] <= '9';
		if (options_end || argv[i][0] != '-' || argv[i][1] == '\0' || number) {
			args.arguments[args.argument_count++] = argv[i];
		} else if (strcmp(argv[i], "--") == 0) {
			options_end = true;
		} else if (strcmp(argv[i], "-h") == 0) {
			args.values[OPTION_HELP] = "";
		} else if (argv[i][1] == '-' || strcmp(argv[i], "-o") == 0) {
			err = take_option(&args, argc, argv, &i, arena, fault);
		} else {
			err = fault_set(fault, ERR_USAGE, "",
				"unknown option %s; options are written in full: --json", argv[i]);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	enum err err = take_command(&args, fault);
	if (err == ERR_OK) {
		err = check_command(&args, fault);
	}
	if (err == ERR_OK) {
		*ret_args = args;
	}
	return err;
}
