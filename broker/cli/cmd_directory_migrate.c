/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"
#include "broker/cli/walk.h"

/* directory migrate: the people of a service that ends go to its successor. */

static enum err request_read(struct cli *cli, struct wire_request *request)
{
	request->service = str_from(cli->args.arguments[0]);
	request->to =
		cli->args.argument_count > 1 ? str_from(cli->args.arguments[1]) : (struct str){0};
	request->all = cli_option(cli, OPTION_ALL) != NULL;
	request->rule = str_from(cli_option(cli, OPTION_RULE));
	request->note = str_from(cli_option(cli, OPTION_REASON));
	request->dry_run = cli_option(cli, OPTION_DRY_RUN) != NULL;
	if (request->all == (request->rule.len > 0)) {
		return fault_set(&cli->fault, ERR_USAGE, "",
			"say which legs: --all, or --rule with a clause such as 'leg.state == "
			"\"waitlisted\"'");
	}
	if (request->note.len == 0) {
		return fault_set(&cli->fault, ERR_USAGE, "",
			"say with --reason \"...\" why they move; it is kept with each record");
	}
	enum err err = input_words(cli, OPTION_NEEDS, &request->needs);
	return err == ERR_OK ? input_words(cli, OPTION_OVERRIDE, &request->override) : err;
}

static bool any_stays(const struct value *items)
{
	for (size_t i = 0; i < items->list.count; i++) {
		if (str_is(value_get_str(&items->list.items[i], "result"), "not-moved")) {
			return true;
		}
	}
	return false;
}

static void answer(struct cli *cli, const struct walk *walk)
{
	struct value body = value_map_new(&cli->arena, 6);
	const struct value *items = &walk->items;
	value_put(&cli->arena, &body, "from", value_of_str(value_get_str(&walk->last, "from")));
	value_put(&cli->arena, &body, "to", value_of_str(value_get_str(&walk->last, "to")));
	value_put(&cli->arena, &body, "dry_run",
		value_of_bool(value_get_bool(&walk->last, "dry_run", false)));
	walk_put_sums(walk, cli, &body);
	if (cli_json(cli)) {
		for (size_t i = 0; i < items->list.count; i++) {
			cli_print_json(cli, &items->list.items[i]);
		}
		cli_print_json(cli, &body);
		return;
	}
	value_put(&cli->arena, &body, "items", *items);
	cli_answer(cli, &body, view_migrated);
}

int cmd_directory_migrate(struct cli *cli)
{
	static const char *const keys[] = {"not_meant", "damaged", NULL};
	struct wire_request request = {.header.type = WIRE_MIGRATE, .limit = WIRE_MIGRATE_MAX};
	struct walk walk = {.keys = keys, .what = "legs", .count_items = true};
	struct client *client = NULL;
	enum err err = request_read(cli, &request);
	if (err == ERR_OK) {
		err = session_connect(cli, &client);
	}
	if (err == ERR_OK) {
		cli_actor(cli, &request);
		err = walk_pages(&walk, cli, client, &request);
		client_destroy(client);
	}
	/* What was done before an interruption stays done. */
	if (err == ERR_OK || walk.items.list.count > 0) {
		answer(cli, &walk);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	return any_stays(&walk.items) ? EXIT_REFUSED : EXIT_DONE;
}
