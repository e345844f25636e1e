/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"
#include "broker/base/text.h"

static void view_erased(struct buf *out, const struct names *names, const struct value *body)
{
	(void)names;
	text_data(out, value_get_str(body, "reference"));
	buf_add_text(
		out, value_get_bool(body, "duplicate", false)
			     ? "  was erased before\n"
			     : "  is erased: what was personal about it cannot be read any more\n");
}

int cmd_erase(struct cli *cli)
{
	struct wire_request request = {
		.header.type = WIRE_ERASE,
		.reason = str_from(cli_option(cli, OPTION_REASON)),
	};
	struct value body = {0};
	enum err err = ERR_OK;
	if (request.reason.len == 0) {
		err = fault_set(&cli->fault, ERR_USAGE, "--reason",
			"one of her-request, entered-in-error, retention, other");
	}
	if (err == ERR_OK) {
		err = input_reference(cli, cli->args.arguments[0], &request.reference);
	}
	if (err == ERR_OK) {
		err = session_ask(cli, &request, &body);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer(cli, &body, view_erased);
	return EXIT_DONE;
}
