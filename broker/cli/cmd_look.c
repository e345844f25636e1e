/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"

/* show, list, inbox. */

int cmd_show(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_SHOW};
	struct value body = {0};
	enum err err = input_reference(cli, cli->args.arguments[0], &request.reference);
	if (err == ERR_OK) {
		err = session_ask(cli, &request, &body);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer(cli, &body, view_show);
	return EXIT_DONE;
}

int cmd_list(struct cli *cli)
{
	struct wire_request request = {
		.header.type = WIRE_LIST,
		.state = str_from(cli_option(cli, OPTION_STATE)),
		.service = str_from(cli_option(cli, OPTION_SERVICE)),
		.overdue = cli_option(cli, OPTION_OVERDUE) != NULL,
	};
	struct value items = {0};
	enum err err = input_authority(cli, &request.authority);
	if (err == ERR_OK) {
		err = session_pages(cli, &request, &items);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer_items(cli, &items, view_list);
	return EXIT_DONE;
}

static void view_inboxes(struct buf *out, const struct names *names, const struct value *items)
{
	for (size_t i = 0; i < items->list.count; i++) {
		buf_add_text(out, i == 0 ? "" : "\n");
		view_inbox(out, names, &items->list.items[i]);
	}
	if (items->list.count == 0) {
		buf_add_text(out, "no deliveries\n");
	}
}

int cmd_inbox(struct cli *cli)
{
	struct wire_request request = {
		.header.type = WIRE_INBOX,
		.state = str_from(cli_option(cli, OPTION_STATE)),
	};
	struct value items = {0};
	const enum err err = session_pages(cli, &request, &items);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer_items(cli, &items, view_inboxes);
	return EXIT_DONE;
}
