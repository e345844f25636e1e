/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/cli.h"
#include "broker/cli/commands.h"
#include "broker/base/text.h"
#include "broker/model/field.h"

/* fields, version, help: what needs neither a home nor a broker. */

static const char *type_word(const struct field *field)
{
	switch (field->type) {
	case FIELD_TEXT:
		return "text";
	case FIELD_CODE:
		return "code";
	case FIELD_VOCAB:
		return "one of";
	case FIELD_BOOL:
		return "true or false";
	case FIELD_INT:
		return "number";
	case FIELD_DATE:
	case FIELD_BIRTH:
		return "date";
	case FIELD_TIME:
		return "time";
	case FIELD_AUTHORITY:
		return "authority";
	case FIELD_SCOPE:
		return "recipients";
	case FIELD_NEEDS:
		return "needs";
	case FIELD_MAP:
		return "object";
	case FIELD_MAPS:
		return "list of objects";
	}
	return "";
}

static const char *class_word(enum field_class class)
{
	switch (class) {
	case FIELD_CLASS_SYSTEM:
		return "system";
	case FIELD_CLASS_OPERATIONAL:
		return "operational";
	case FIELD_CLASS_PERSONAL:
		return "personal";
	case FIELD_CLASS_SPECIAL:
		return "special category or offence";
	case FIELD_CLASS_ENDANGERING:
		return "disclosure can endanger";
	}
	return "";
}

static void field_json(struct cli *cli, const struct field *field)
{
	struct value line = value_map_new(&cli->arena, 8);
	value_put(&cli->arena, &line, "path", value_of_str(field->path));
	value_put(&cli->arena, &line, "type", value_of_text(type_word(field)));
	value_put(&cli->arena, &line, "class", value_of_int((int64_t)field->class));
	value_put(&cli->arena, &line, "required",
		value_of_bool((field->flags & FIELD_REQUIRED) != 0));
	value_put(&cli->arena, &line, "list", value_of_bool((field->flags & FIELD_LIST) != 0));
	if (field->vocab != VOCAB_COUNT) {
		size_t count = 0;
		const char *const *codes = vocab_codes(field->vocab, &count);
		struct value list = value_list_new(&cli->arena, count);
		for (size_t i = 0; i < count; i++) {
			value_push(&cli->arena, &list, value_of_text(codes[i]));
		}
		value_put(&cli->arena, &line, "codes", list);
	}
	value_put(&cli->arena, &line, "label", value_of_text(field->label));
	value_put(&cli->arena, &line, "help", value_of_text(field->help));
	cli_print_json(cli, &line);
}

static void field_words(struct buf *out, const struct field *field)
{
	char path[100];
	str_copy(path, sizeof(path), field->path);
	text_field(out, 0, 40, path, str_from(field->help));
	struct buf cell = {0};
	buf_printf(
		&cell, "%s%s", (field->flags & FIELD_LIST) != 0 ? "list; " : "", type_word(field));
	if (field->vocab != VOCAB_COUNT) {
		char codes[400];
		vocab_list(field->vocab, codes, sizeof(codes));
		buf_printf(&cell, ": %s", codes);
	}
	buf_printf(&cell, "; class %d, %s", (int)field->class, class_word(field->class));
	buf_add_text(&cell, (field->flags & FIELD_REQUIRED) != 0 ? "; required" : "");
	buf_add_text(&cell, (field->flags & FIELD_ANSWER) != 0
				    ? "; may be not-asked or prefers-not-to-say"
				    : "");
	text_field(out, 0, 40, "", buf_str(&cell));
	buf_finish(&cell);
}

int cmd_fields(struct cli *cli)
{
	size_t count = 0;
	const struct field *fields = field_table(&count);
	struct buf out = {0};
	for (size_t i = 0; i < count; i++) {
		if (cli_json(cli)) {
			field_json(cli, &fields[i]);
		} else {
			field_words(&out, &fields[i]);
		}
	}
	cli_print(cli, &out);
	buf_finish(&out);
	return EXIT_DONE;
}

int cmd_version(struct cli *cli)
{
	if (cli_json(cli)) {
		struct value line = value_map_new(&cli->arena, 2);
		value_put(&cli->arena, &line, "version", value_of_text(ONWARD_VERSION));
		value_put(&cli->arena, &line, "protocol", value_of_int(WIRE_VERSION));
		cli_print_json(cli, &line);
		return EXIT_DONE;
	}
	struct buf out = {0};
	buf_printf(&out, "onward %s, protocol %d\n", ONWARD_VERSION, WIRE_VERSION);
	cli_print(cli, &out);
	buf_finish(&out);
	return EXIT_DONE;
}

static void command_json(struct cli *cli, const struct command *command)
{
	struct value options = value_list_new(&cli->arena, OPTION_COUNT);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if ((command->options >> i & 1) != 0) {
			value_push(&cli->arena, &options, value_of_text(args_options[i].name));
		}
	}
	struct value line = value_map_new(&cli->arena, 8);
	value_put(&cli->arena, &line, "command", value_of_text(command->name));
	value_put(&cli->arena, &line, "arguments", value_of_text(command->arguments));
	value_put(&cli->arena, &line, "most", value_of_int((int64_t)command->most));
	value_put(&cli->arena, &line, "operator", value_of_bool(command->operator));
	value_put(&cli->arena, &line, "group", value_of_text(command->group));
	value_put(&cli->arena, &line, "line", value_of_text(command->line));
	value_put(&cli->arena, &line, "help", value_of_text(command->help));
	value_put(&cli->arena, &line, "options", options);
	cli_print_json(cli, &line);
}

static void option_json(struct cli *cli, const struct args_option_row *row)
{
	struct value line = value_map_new(&cli->arena, 4);
	value_put(&cli->arena, &line, "option", value_of_text(row->name));
	if (row->value != NULL) {
		value_put(&cli->arena, &line, "value", value_of_text(row->value));
	}
	value_put(&cli->arena, &line, "everywhere", value_of_bool(row->everywhere));
	value_put(&cli->arena, &line, "help", value_of_text(row->help));
	cli_print_json(cli, &line);
}

/* Both tables for programs: the manual page and the shell's completion are made of them. */
static int help_json(struct cli *cli)
{
	for (size_t i = 0; i < command_count; i++) {
		command_json(cli, &commands[i]);
	}
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		option_json(cli, &args_options[i]);
	}
	return EXIT_DONE;
}

int cmd_help(struct cli *cli)
{
	const struct args *args = &cli->args;
	struct buf out = {0};
	if (args->argument_count == 0 && cli_json(cli)) {
		return help_json(cli);
	}
	if (args->argument_count == 0) {
		help_overview(&out);
		cli_print(cli, &out);
		buf_finish(&out);
		return EXIT_DONE;
	}
	char name[128];
	(void)snprintf(name, sizeof(name), "%s%s%s", args->arguments[0],
		args->argument_count > 1 ? " " : "",
		args->argument_count > 1 ? args->arguments[1] : "");
	const bool found = help_named(&out, name);
	cli_print(cli, &out);
	buf_finish(&out);
	return found ? EXIT_DONE
		     : cli_failed(cli, fault_set(&cli->fault, ERR_USAGE, "",
					       "there is no command %s; `onward help` lists "
					       "them",
					       name));
}
