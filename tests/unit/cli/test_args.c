/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/cli.h"
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static enum err parse(struct arena *arena, struct args *args, struct fault *fault, int argc,
	const char *const argv[])
{
	/* args_parse borrows; it never writes. */
	return args_parse(argc, (char *const *)(uintptr_t)argv, arena, args, fault);
}

#define PARSE(...)                                                                            \
	parse(&arena, &args, &fault,                                                          \
		(int)(sizeof((const char *const[]){"onward", __VA_ARGS__}) / sizeof(char *)), \
		(const char *const[]){"onward", __VA_ARGS__})

Test(args, options_stand_anywhere)
{
	struct arena arena;
	struct args args = {0};
	struct fault fault = {0};
	arena_init(&arena, 0);
	cr_assert_eq(PARSE("--json", "list", "--as=met-custody", "--state", "open", "--home", "h"),
		ERR_OK, "%s", fault.message);
	cr_assert_str_eq(args.command->name, "list");
	cr_assert_str_eq(args.values[OPTION_AS], "met-custody");
	cr_assert_str_eq(args.values[OPTION_STATE], "open");
	cr_assert_str_eq(args.values[OPTION_HOME], "h");
	cr_assert_not_null(args.values[OPTION_JSON]);
	cr_assert_eq(args.argument_count, 0);

	cr_assert_eq(PARSE("--state", "open", "list"), ERR_OK, "also before its command");
	cr_assert_eq(PARSE("--as", "operator", "party", "--json", "revoke", "advance"), ERR_OK);
	cr_assert_str_eq(args.command->name, "party revoke");
	cr_assert_str_eq(args.arguments[0], "advance");
	arena_finish(&arena);
}

Test(args, a_dash_is_an_argument_and_two_end_the_options)
{
	struct arena arena;
	struct args args = {0};
	struct fault fault = {0};
	arena_init(&arena, 0);
	cr_assert_eq(PARSE("refer", "-"), ERR_OK);
	cr_assert_str_eq(args.arguments[0], "-");
	cr_assert_eq(PARSE("refer", "--", "--json", "-"), ERR_OK);
	cr_assert_eq(args.argument_count, 2);
	cr_assert_null(args.values[OPTION_JSON]);
	arena_finish(&arena);
}

Test(args, a_slip_gets_a_suggestion)
{
	static const struct {
		const char *argv[4];
		const char *message;
	} rows[] = {
		{{"lst"}, "unknown command lst; did you mean list?"},
		{{"frobnicate"}, "unknown command frobnicate; `onward help` lists them"},
		{{"foo"}, "unknown command foo; `onward help` lists them"},
		{{"list", "--sate", "open"}, "unknown option --sate; did you mean --state?"},
		{{"list", "--state"}, "--state needs a value: --state STATE"},
		{{"list", "--json=yes"}, "--json takes no value"},
		{{"list", "--json", "--json"}, "--json stands twice"},
		{{"list", "-j"}, "unknown option -j; options are written in full: --json"},
		{{"list", "x"}, "\"x\" is too much: onward list"},
		{{"amend", "ACDE"}, "FILE|- is missing: onward amend REF FILE|-"},
		{{"accept", "X", "--reason", "y"},
			"onward accept has no option --reason; `onward help accept` shows what it "
			"has"},
		{{"show", "X", "--area=y"},
			"onward show has no option --area; `onward help show` shows what it has"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena;
		struct args args = {0};
		struct fault fault = {0};
		const char *argv[5] = {"onward"};
		int argc = 1;
		for (; argc < 5 && rows[i].argv[argc - 1] != NULL; argc++) {
			argv[argc] = rows[i].argv[argc - 1];
		}
		arena_init(&arena, 0);
		cr_expect_eq(parse(&arena, &args, &fault, argc, argv), ERR_USAGE);
		cr_expect_str_eq(fault.message, rows[i].message);
		arena_finish(&arena);
	}
}

Test(args, every_command_has_help_and_a_function_of_its_own_name)
{
	for (size_t i = 0; i < command_count; i++) {
		cr_expect_eq(
			command_find(commands[i].name), &commands[i], "%s twice", commands[i].name);
		cr_expect(strlen(commands[i].help) > 5, "%s", commands[i].name);
		cr_expect_not_null(commands[i].run);
		cr_expect(commands[i].least <= commands[i].most);
		for (size_t o = 0; o < OPTION_COUNT; o++) {
			cr_expect(!((commands[i].options >> o & 1) != 0 &&
					  args_options[o].everywhere),
				"%s lists --%s, which everybody has", commands[i].name,
				args_options[o].name);
		}
	}
}

Test(exit_codes, the_command_line_itself)
{
	static const struct {
		const char *argv[5];
		int code;
	} rows[] = {
		{{"help"}, EXIT_DONE}, {{"help", "refer"}, EXIT_DONE},
		{{"help", "party"}, EXIT_DONE}, {{"help", "nothing"}, EXIT_USAGE},
		{{"--help"}, EXIT_DONE}, {{"refer", "--help"}, EXIT_DONE},
		{{"--version"}, EXIT_DONE}, {{"version"}, EXIT_DONE}, {{"fields"}, EXIT_DONE},
		{{"fields", "--json"}, EXIT_DONE}, {{"nonsense"}, EXIT_USAGE},
		{{"list", "--timeout", "0"}, EXIT_USAGE},
		{{"list", "--timeout", "soon"}, EXIT_USAGE},
		{{"list", "--home", "/nowhere"}, EXIT_USAGE}, {{"list"}, EXIT_USAGE}, /* no home */
	};
	(void)unsetenv("ONWARD_HOME");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *argv[7] = {"onward"};
		memcpy(&argv[1], rows[i].argv, sizeof(rows[i].argv));
		struct outcome outcome = outcome_of(NULL, argv);
		cr_expect_eq(outcome.code, rows[i].code, "%s: %d\n%s", argv[1], outcome.code,
			outcome.err);
		cr_expect((outcome.code == EXIT_USAGE) == (outcome.err[0] != '\0'));
		outcome_finish(&outcome);
	}
	const char *const nothing[] = {"onward", NULL};
	struct outcome outcome = outcome_of(NULL, nothing);
	cr_expect_eq(outcome.code, EXIT_USAGE);
	cr_expect(strstr(outcome.err, "usage: onward") != NULL);
	outcome_finish(&outcome);
}

Test(exit_codes, belong_to_errors)
{
	cr_expect_eq(cli_exit_code(ERR_OK), 0);
	cr_expect_eq(cli_exit_code(ERR_INVALID), 2);
	cr_expect_eq(cli_exit_code(ERR_CONSENT), 2);
	cr_expect_eq(cli_exit_code(ERR_UNREACHABLE), 3);
	cr_expect_eq(cli_exit_code(ERR_TIMEOUT), 3);
	cr_expect_eq(cli_exit_code(ERR_NOT_ALLOWED), 4);
	cr_expect_eq(cli_exit_code(ERR_USAGE), 64);
	cr_expect_eq(cli_exit_code(ERR_IO), 1);
}

Test(help, overview_is_the_golden_one)
{
	struct buf out = {0};
	help_overview(&out);
	golden_expect("help", &out);
	buf_reset(&out);
	help_command(&out, command_find("refer"));
	golden_expect("help-refer", &out);
	buf_reset(&out);
	cr_expect(help_named(&out, "party"));
	golden_expect("help-party", &out);
	cr_expect_not(help_named(&out, "par"));
	buf_finish(&out);
}
