/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/cli.h"

#include "adapters/client/client.h"
#include "broker/cli/json.h"
#include "broker/base/text.h"
#include "directory/directory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
	TIMEOUT_DEFAULT_MS = 10000,
	TIMEOUT_MOST_S = 3600
};

int cli_exit_code(enum err err)
{
	switch (err) {
	case ERR_OK:
	case ERR_END:
		return EXIT_DONE;
	case ERR_UNREACHABLE:
	case ERR_TIMEOUT:
		return EXIT_UNREACHABLE;
	case ERR_NOT_ALLOWED:
		return EXIT_NOT_ALLOWED;
	case ERR_USAGE:
		return EXIT_USAGE;
	case ERR_FULL:
	case ERR_NOT_FOUND:
	case ERR_EXISTS:
	case ERR_INVALID:
	case ERR_MALFORMED:
	case ERR_TOO_LARGE:
	case ERR_UNKNOWN_FIELD:
	case ERR_MISSING:
	case ERR_CONSENT:
	case ERR_CONFLICT:
	case ERR_STATE:
	case ERR_SUPERSEDED:
		return EXIT_REFUSED;
	case ERR_NOMEM:
	case ERR_IO:
	case ERR_CORRUPT:
	case ERR_VERSION:
	case ERR_CONFIG:
	case ERR_RESET:
	case ERR_INTERNAL:
		return EXIT_OTHER;
	}
	return EXIT_OTHER;
}

void cli_note(struct cli *cli, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	const int len = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (len < 0) {
		return;
	}
	struct buf line = {0};
	buf_add_text(&line, "onward: ");
	text_data(&line, (struct str){text, (size_t)len});
	buf_add_text(&line, "\n");
	(void)fflush(cli->out); /* what was printed before stands before it, also in a pipe */
	(void)fwrite(line.data == NULL ? "" : line.data, 1, line.len, cli->err);
	buf_finish(&line);
	free(text);
}

void cli_print(struct cli *cli, const struct buf *text)
{
	struct buf clean = {0};
	text_escape(&clean, buf_str(text));
	if (text->failed || clean.failed) {
		cli_note(cli, "out of memory");
	}
	(void)fwrite(clean.data == NULL ? "" : clean.data, 1, clean.len, cli->out);
	buf_finish(&clean);
}

void cli_print_json(struct cli *cli, const struct value *value)
{
	struct buf line = {0};
	json_write(&line, value);
	buf_add_text(&line, "\n");
	(void)fwrite(line.data == NULL ? "" : line.data, 1, line.len, cli->out);
	buf_finish(&line);
}

struct value cli_error(
	struct cli *cli, const struct str *source_ref, enum err err, const struct fault *fault)
{
	struct arena *arena = &cli->arena;
	struct value error = value_map_new(arena, 3);
	value_put(arena, &error, "code", value_of_text(err_code(err)));
	value_put(arena, &error, "field", value_of_str(arena_str(arena, str_from(fault->field))));
	value_put(arena, &error, "message",
		value_of_str(arena_str(arena,
			str_from(fault->message[0] != '\0' ? fault->message : err_text(err)))));
	struct value line = value_map_new(arena, 3);
	if (source_ref != NULL) {
		value_put(arena, &line, "source_ref", value_of_str(*source_ref));
	}
	value_put(arena, &line, "error", error);
	return line;
}

int cli_failed(struct cli *cli, enum err err)
{
	const struct fault *fault = &cli->fault;
	if (cli_json(cli)) {
		const struct value line = cli_error(cli, NULL, err, fault);
		cli_print_json(cli, &line);
	}
	cli_note(cli, "%s%s%s (%s)", fault->field, fault->field[0] == '\0' ? "" : ": ",
		fault->message[0] != '\0' ? fault->message : err_text(err), err_code(err));
	return cli_exit_code(err);
}

int cli_timeout_ms(const struct cli *cli)
{
	const char *text = cli_option(cli, OPTION_TIMEOUT);
	return text == NULL ? TIMEOUT_DEFAULT_MS : (int)(strtod(text, NULL) * 1000);
}

static enum err check_timeout(struct cli *cli)
{
	const char *text = cli_option(cli, OPTION_TIMEOUT);
	if (text == NULL) {
		return ERR_OK;
	}
	char *end = NULL;
	const double seconds = strtod(text, &end);
	if (*end != '\0' || !(seconds >= 0.001 && seconds <= TIMEOUT_MOST_S)) {
		return fault_set(&cli->fault, ERR_USAGE, "",
			"--timeout takes seconds, more than 0 and at most %d", TIMEOUT_MOST_S);
	}
	return ERR_OK;
}

/* Before anything else: what the broker would refuse for its actor must not reach the spool. */
static enum err check_actor(struct cli *cli)
{
	const enum err err =
		client_actor_check("--user", cli_option(cli, OPTION_USER), &cli->fault);
	return err == ERR_OK
		       ? client_actor_check("--role", cli_option(cli, OPTION_ROLE), &cli->fault)
		       : err;
}

const char *cli_home_file(struct cli *cli, const char *name)
{
	return arena_printf(&cli->arena, "%s/%s", cli->home, name).ptr;
}

static enum err find_home(struct cli *cli)
{
	struct stat st;
	cli->home = cli_option(cli, OPTION_HOME);
	const char *from = getenv("ONWARD_HOME");
	if (cli->home == NULL && from != NULL && from[0] != '\0') {
		cli->home = from;
	}
	if (cli->home == NULL && stat("onward.yaml", &st) == 0) {
		cli->home = ".";
	}
	if (!cli->args.command->home) {
		cli->home = cli->home == NULL ? "." : cli->home;
		return ERR_OK;
	}
	if (cli->home == NULL) {
		return fault_set(&cli->fault, ERR_USAGE, "",
			"no home: say --home DIR, set ONWARD_HOME, or go into a folder that holds "
			"onward.yaml; `onward init DIR` makes one");
	}
	const char *config = cli_home_file(cli, "onward.yaml");
	if (config == NULL || stat(config, &st) != 0) {
		return fault_set(&cli->fault, ERR_USAGE, "",
			"%s is not a home: it holds no onward.yaml; `onward init DIR` makes one",
			cli->home);
	}
	return ERR_OK;
}

struct names cli_names(struct cli *cli)
{
	if (!cli->names_tried) {
		cli->names_tried = true;
		const char *root = cli_home_file(cli, "directory");
		cli->loaded = root == NULL ? NULL : names_directory(root);
	}
	return names_of_directory(cli->loaded);
}

void cli_answer(struct cli *cli, const struct value *body, cli_view *view)
{
	if (cli_json(cli)) {
		cli_print_json(cli, body);
		return;
	}
	const struct names names = cli_names(cli);
	struct buf out = {0};
	view(&out, &names, body);
	cli_print(cli, &out);
	buf_finish(&out);
}

void cli_answer_items(struct cli *cli, const struct value *items, cli_view *view)
{
	if (!cli_json(cli)) {
		cli_answer(cli, items, view);
		return;
	}
	for (size_t i = 0; i < items->list.count; i++) {
		cli_print_json(cli, &items->list.items[i]);
	}
}

/* What is answered without a command being run; -1: go on. */
static int answer_help(struct cli *cli)
{
	const struct args *args = &cli->args;
	struct buf text = {0};
	if (args->values[OPTION_VERSION] != NULL) {
		buf_add_text(&text, "onward " ONWARD_VERSION "\n");
	} else if (args->values[OPTION_HELP] != NULL && args->command != NULL) {
		help_command(&text, args->command);
	} else if (args->values[OPTION_HELP] != NULL || args->command == NULL) {
		help_overview(&text);
	} else {
		return -1;
	}
	const bool asked =
		args->values[OPTION_HELP] != NULL || args->values[OPTION_VERSION] != NULL;
	(void)fwrite(text.data == NULL ? "" : text.data, 1, text.len, asked ? cli->out : cli->err);
	buf_finish(&text);
	return asked ? EXIT_DONE : EXIT_USAGE;
}

static int run(struct cli *cli, int argc, char *const argv[])
{
	enum err err = args_parse(argc, argv, &cli->arena, &cli->args, &cli->fault);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const int answered = answer_help(cli);
	if (answered >= 0) {
		return answered;
	}
	err = check_timeout(cli);
	if (err == ERR_OK) {
		err = check_actor(cli);
	}
	if (err == ERR_OK) {
		err = find_home(cli);
	}
	return err == ERR_OK ? cli->args.command->run(cli) : cli_failed(cli, err);
}

int cli_main(int argc, char *const argv[], FILE *in, FILE *out, FILE *err)
{
	struct cli cli = {.in = in, .out = out, .err = err};
	arena_init(&cli.arena, 0);
	int code = run(&cli, argc, argv);
	/* An answer that did not arrive was not given. */
	if ((fflush(out) != 0 || ferror(out) != 0) && code == EXIT_DONE) {
		cli_note(&cli, "the answer cannot be written");
		code = EXIT_OTHER;
	}
	(void)fflush(err);
	directory_destroy(cli.loaded);
	arena_finish(&cli.arena);
	return code;
}
