/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_CLI_H
#define ONWARD_CLI_CLI_H
#include "broker/base/arena.h"
#include "broker/cli/args.h"
#include "broker/cli/names.h"
#include "broker/config/config.h"
#include "broker/config/home.h"
#include "broker/wire/message.h"

#include <stdio.h>
/*
 * cli: the command `onward`, for sources, providers and operators.  It speaks with the broker over
 * adapters/client/ and uses the core only where no broker is needed (explain, rebuild).
 *
 * Start reading in command.c (the table of commands) and args.h (the table of options).  A command
 * is one function that gets a struct cli and returns an exit code; families of commands share a
 * file: cmd_refer.c, cmd_look.c, ...  What people read is made by view.h as text from value trees,
 * without input or output, so that the tests can hold it against golden files.
 *
 * Standard output carries the answer, standard error everything else.
 */
enum cli_exit {
	EXIT_DONE = 0,
	EXIT_OTHER = 1,       /* anything not below */
	EXIT_REFUSED = 2,     /* the broker, or a check before it, refused something */
	EXIT_UNREACHABLE = 3, /* no answer; a referral is kept in the spool */
	EXIT_NOT_ALLOWED = 4, /* this party may not do that */
	EXIT_USAGE = 64
};

struct cli {
	FILE *in, *out, *err; /* borrowed */
	struct args args;
	const char *home;         /* never NULL once a command runs; in `arena` */
	const char *as;           /* NULL until cli_party */
	struct directory *loaded; /* by cli_names; NULL: not tried, or none to be had */
	bool names_tried;
	struct arena arena; /* until the command ends */
	struct fault fault; /* of the last failed call */
};

/* Parses, runs, reports; returns an exit code. */
int cli_main(int argc, char *const argv[], FILE *in, FILE *out, FILE *err);

/* -- what the commands share -- */

/* The option's value, NULL when it was not given; a flag's value is "". */
static inline const char *cli_option(const struct cli *cli, enum args_option option)
{
	return cli->args.values[option];
}
static inline bool cli_json(const struct cli *cli)
{
	return cli_option(cli, OPTION_JSON) != NULL;
}
/* --timeout; checked when the command line is read. */
int cli_timeout_ms(const struct cli *cli);

/* Who asks: --as, else $ONWARD_AS, else (operator commands) "operator".  ERR_USAGE with the parties
 * whose keys the home holds. */
MUST_CHECK enum err cli_party(struct cli *cli);
/* Fills the actor of a request from --user and --role. */
void cli_actor(const struct cli *cli, struct wire_request *request);
/* Names of services from the home's directory, as far as it can be read. */
struct names cli_names(struct cli *cli);
/* "<home>/<name>", in the arena; NULL when memory is short. */
const char *cli_home_file(struct cli *cli, const char *name);

/* Says on standard error what went wrong (cli->fault) and gives the exit code for it.  With --json
 * the error is an object on standard output as well. */
int cli_failed(struct cli *cli, enum err err);
/* {source_ref, error: {code, field, message}}, with room for one more member; `source_ref` may be
 * NULL. */
struct value cli_error(
	struct cli *cli, const struct str *source_ref, enum err err, const struct fault *fault);
/* The exit code alone. */
int cli_exit_code(enum err err);
/* One line on standard error, escaped. */
void cli_note(struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
/* One JSON object, one line. */
void cli_print_json(struct cli *cli, const struct value *value);
/* An answer: JSON, or what `view` makes of it.  `items` of a list are a line each in JSON. */
typedef void cli_view(struct buf *out, const struct names *names, const struct value *body);
void cli_answer(struct cli *cli, const struct value *body, cli_view *view);
void cli_answer_items(struct cli *cli, const struct value *items, cli_view *view);
/* Text made by view.h: escapes what a terminal would obey. */
void cli_print(struct cli *cli, const struct buf *text);
#endif
