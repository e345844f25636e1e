/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"

/* pause, resume, capacity: whether a service takes referrals, and how many more. */

static int intake(struct cli *cli, struct wire_request *request)
{
	struct value body = {0};
	request->header.type = WIRE_INTAKE;
	request->service = str_from(cli->args.arguments[0]);
	const enum err err = session_ask(cli, request, &body);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer(cli, &body, view_intake);
	return EXIT_DONE;
}

/* A leg of hers is put on hold; a service is paused.  Said before it is asked, because a service of
 * that name is not there either. */
static enum err not_a_leg(struct cli *cli, const char *instead)
{
	char canonical[REFERENCE_TEXT_SIZE];
	const struct str given = str_from(cli->args.arguments[0]);
	if (memchr(given.ptr, '/', given.len) == NULL &&
		reference_parse(given, canonical) != ERR_OK) {
		return ERR_OK;
	}
	return fault_set(&cli->fault, ERR_USAGE, "SERVICE", "%s", instead);
}

int cmd_pause(struct cli *cli)
{
	struct wire_request request = {
		.action = STR("pause"),
		.until_text = str_from(cli_option(cli, OPTION_UNTIL)),
		.reason = str_from(cli_option(cli, OPTION_REASON)),
	};
	char allowed[200];
	enum err err = not_a_leg(
		cli, "a service is paused; work with one woman is put on hold: onward hold LEG");
	if (err == ERR_OK && request.reason.len > 0 &&
		vocab_number(VOCAB_PAUSE, request.reason) < 0) {
		vocab_list(VOCAB_PAUSE, allowed, sizeof(allowed));
		err = fault_set(&cli->fault, ERR_USAGE, "--reason", "a code, one of: %s", allowed);
	}
	return err == ERR_OK ? intake(cli, &request) : cli_failed(cli, err);
}

int cmd_resume(struct cli *cli)
{
	struct wire_request request = {.action = STR("resume")};
	if (strchr(cli->args.arguments[0], '/') != NULL) {
		return cmd_acknowledge(cli);
	}
	enum err err = not_a_leg(cli,
		"neither a service nor a leg: a leg is its referral's reference, a slash and its "
		"number");
	if (err == ERR_OK && cli_option(cli, OPTION_NOTE) != NULL) {
		err = fault_set(&cli->fault, ERR_USAGE, "--note", "belongs to a leg");
	}
	return err == ERR_OK ? intake(cli, &request) : cli_failed(cli, err);
}

int cmd_capacity(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_CAPACITY};
	struct value items = {0};
	if (cli->args.argument_count > 0) {
		request.service = str_from(cli->args.arguments[0]);
	}
	enum err err = input_authority(cli, &request.authority);
	if (err == ERR_OK) {
		err = session_pages(cli, &request, &items);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer_items(cli, &items, view_capacity);
	return EXIT_DONE;
}
