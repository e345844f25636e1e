/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"

/* queue, assign: what coordinators do by hand. */

/* A person's decision says why, in her own words. */
static enum err need_words(struct cli *cli, const char *what)
{
	if (cli_option(cli, OPTION_REASON) != NULL) {
		return ERR_OK;
	}
	return fault_set(&cli->fault, ERR_USAGE, "",
		"say with --reason \"...\" %s; it is kept with her record", what);
}

static int seen(struct cli *cli)
{
	struct wire_request request = {
		.header.type = WIRE_SEEN,
		.note = str_from(cli_option(cli, OPTION_REASON)),
	};
	struct value body = {0};
	enum err err = need_words(cli, "what was done");
	if (err == ERR_OK && cli_option(cli, OPTION_AUTHORITY) != NULL) {
		err = fault_set(&cli->fault, ERR_USAGE, "", "--seen is about one referral");
	}
	if (err == ERR_OK) {
		err = input_reference(cli, cli_option(cli, OPTION_SEEN), &request.reference);
	}
	if (err == ERR_OK) {
		err = session_ask(cli, &request, &body);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer(cli, &body, view_seen);
	return EXIT_DONE;
}

int cmd_queue(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_QUEUE};
	struct value items = {0};
	if (cli_option(cli, OPTION_SEEN) != NULL) {
		return seen(cli);
	}
	enum err err = ERR_OK;
	if (cli_option(cli, OPTION_REASON) != NULL) {
		err = fault_set(&cli->fault, ERR_USAGE, "",
			"--reason belongs to --seen: onward queue --seen REF --reason \"...\"");
	}
	if (err == ERR_OK) {
		err = input_authority(cli, &request.authority);
	}
	if (err == ERR_OK) {
		err = session_pages(cli, &request, &items);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer_items(cli, &items, view_queue);
	return EXIT_DONE;
}

int cmd_assign(struct cli *cli)
{
	struct wire_request request = {
		.header.type = WIRE_ASSIGN,
		.service = str_from(cli->args.arguments[1]),
		.note = str_from(cli_option(cli, OPTION_REASON)),
	};
	struct value body = {0};
	enum err err = need_words(cli, "why this service");
	if (err == ERR_OK) {
		err = input_reference(cli, cli->args.arguments[0], &request.reference);
	}
	if (err == ERR_OK) {
		err = input_words(cli, OPTION_NEEDS, &request.needs);
	}
	if (err == ERR_OK) {
		err = session_ask(cli, &request, &body);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer(cli, &body, view_assigned);
	return EXIT_DONE;
}
