/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/progress.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"

/* deliveries, retry, stop-retrying. */

int cmd_deliveries(struct cli *cli)
{
	struct wire_request request = {
		.header.type = WIRE_DELIVERIES,
		.failed = cli_option(cli, OPTION_FAILED) != NULL,
		.service = str_from(cli_option(cli, OPTION_SERVICE)),
		.route = str_from(cli_option(cli, OPTION_ROUTE)),
	};
	struct value items = {0};
	const enum err err = session_pages(cli, &request, &items);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer_items(cli, &items, view_deliveries);
	return EXIT_DONE;
}

/* Which deliveries are meant; the broker checks the same. */
static enum err which(struct cli *cli, struct wire_request *request)
{
	const bool one = cli->args.argument_count > 0;
	request->service = str_from(cli_option(cli, OPTION_SERVICE));
	request->route = str_from(cli_option(cli, OPTION_ROUTE));
	request->all = cli_option(cli, OPTION_ALL) != NULL;
	const bool some = request->service.len > 0 || request->route.len > 0;
	if ((int)one + (int)some + (int)request->all != 1) {
		return fault_set(&cli->fault, ERR_USAGE, "",
			"say which: a DELIVERY, or --service and --route, or --all; `onward "
			"deliveries` lists them");
	}
	if (one && id_parse(str_from(cli->args.arguments[0]), &request->delivery) != ERR_OK) {
		return fault_set(&cli->fault, ERR_USAGE, "",
			"a delivery is written as 32 hexadecimal digits; `onward deliveries` "
			"lists them");
	}
	return ERR_OK;
}

static bool any_refused(const struct value *items)
{
	for (size_t i = 0; i < items->list.count; i++) {
		if (str_is(value_get_str(&items->list.items[i], "result"), "refused")) {
			return true;
		}
	}
	return false;
}

static void show(void *context, size_t done)
{
	progress_show(context, done, 0);
}

/* The broker takes a few at a time: what it did before an interruption stays done. */
static int in_steps(struct cli *cli, struct wire_request *request)
{
	struct progress progress;
	struct value items = {.kind = VALUE_LIST};
	enum err err = which(cli, request);
	if (err == ERR_OK) {
		request->limit = request->all || id_is_zero(request->delivery) ? WIRE_RETRY_MAX : 0;
		progress_init(&progress, cli->err, "deliveries");
		err = session_steps(cli, request, show, &progress, &items);
		progress_finish(&progress);
	}
	if (items.list.count > 0 || err == ERR_OK) {
		cli_answer_items(cli, &items, view_retried);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	return any_refused(&items) ? EXIT_REFUSED : EXIT_DONE;
}

int cmd_retry(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_RETRY};
	return in_steps(cli, &request);
}

int cmd_stop_retrying(struct cli *cli)
{
	struct wire_request request = {
		.header.type = WIRE_STOP_RETRYING,
		.reason = str_from(cli_option(cli, OPTION_REASON)),
	};
	if (request.reason.len == 0) {
		return cli_failed(
			cli, fault_set(&cli->fault, ERR_USAGE, "",
				     "say why with --reason: a code such as provider-closed or "
				     "wrong-endpoint"));
	}
	return in_steps(cli, &request);
}
