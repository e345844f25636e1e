/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/args.h"
#include "broker/base/text.h"

#include <stdio.h>

static void option_line(struct buf *out, const struct args_option_row *row)
{
	char left[64];
	(void)snprintf(left, sizeof(left), "--%s%s%s", row->name, row->value == NULL ? "" : " ",
		row->value == NULL ? "" : row->value);
	text_field(out, 2, 22, left, str_from(row->help));
}

static void common_options(struct buf *out)
{
	buf_add_text(out, "\nOptions of every command, before or behind it\n");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (args_options[i].everywhere) {
			option_line(out, &args_options[i]);
		}
	}
}

static void exit_codes(struct buf *out)
{
	buf_add_text(out,
		"\nExit codes\n"
		"  0   done\n"
		"  2   refused: at least one referral or request was not taken\n"
		"  3   the broker cannot be reached; referrals are kept in the spool and\n"
		"      `onward flush` sends them again\n"
		"  4   not allowed: this party may not do that\n"
		"  64  the command line is wrong\n"
		"  1   anything else\n");
}

void help_overview(struct buf *out)
{
	buf_add_text(out, "onward: refer people to services and follow what becomes of it\n\n"
			  "usage: onward [OPTIONS] COMMAND [ARGUMENTS]\n");
	const char *group = "";
	for (size_t i = 0; i < command_count; i++) {
		const struct command *command = &commands[i];
		if (strcmp(group, command->group) != 0) {
			group = command->group;
			buf_printf(out, "\n%s\n", group);
		}
		char left[64];
		(void)snprintf(left, sizeof(left), "%s%s%s", command->name,
			command->arguments[0] == '\0' ? "" : " ", command->arguments);
		text_field(out, 2, 28, left, str_from(command->line));
	}
	common_options(out);
	exit_codes(out);
	buf_add_text(out, "\n`onward help COMMAND` says more about one.\n");
}

static void help_own(struct buf *out, const struct command *command)
{
	buf_printf(out, "usage: onward %s%s%s\n\n", command->name,
		command->arguments[0] == '\0' ? "" : " ", command->arguments);
	text_wrap(out, 0, str_from(command->help));
	if (command->options != 0) {
		buf_add_text(out, "\nOptions\n");
	}
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if ((command->options >> i & 1) != 0) {
			option_line(out, &args_options[i]);
		}
	}
}

void help_command(struct buf *out, const struct command *command)
{
	help_own(out, command);
	common_options(out);
}

bool help_named(struct buf *out, const char *name)
{
	const size_t len = strlen(name);
	bool found = false;
	for (size_t i = 0; i < command_count; i++) {
		const bool family =
			strncmp(commands[i].name, name, len) == 0 && commands[i].name[len] == ' ';
		if (strcmp(commands[i].name, name) == 0 || family) {
			buf_add_text(out, found ? "\n" : "");
			help_own(out, &commands[i]);
			found = true;
		}
	}
	if (found) {
		common_options(out);
	}
	return found;
}
