/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/walk.h"
#include "broker/cli/progress.h"
#include "broker/cli/session.h"

static enum err page_take(
	struct walk *walk, struct cli *cli, struct client *client, struct wire_request *request)
{
	struct value page = {0};
	const bool own = walk->timeout_ms > 0 && cli_option(cli, OPTION_TIMEOUT) == NULL;
	enum err err = client_ask(client, request, own ? walk->timeout_ms : cli_timeout_ms(cli),
		&cli->arena, &page, &cli->fault);
	if (err != ERR_OK) {
		return err;
	}
	walk->last = page;
	session_append(cli, &walk->items, &walk->room, value_get(&page, STR("items")));
	for (size_t i = 0; walk->keys[i] != NULL; i++) {
		walk->sums[i] += value_get_int(&page, walk->keys[i], 0);
	}
	err = walk->page == NULL ? ERR_OK : walk->page(walk, cli, request);
	return err == ERR_OK && arena_failed(&cli->arena) ? ERR_NOMEM : err;
}

enum err walk_pages(
	struct walk *walk, struct cli *cli, struct client *client, struct wire_request *request)
{
	struct progress progress;
	enum err err = ERR_OK;
	walk->items.kind = VALUE_LIST;
	progress_init(&progress, cli->err, walk->what);
	for (bool more = true; more && err == ERR_OK;) {
		err = page_take(walk, cli, client, request);
		if (err == ERR_OK) {
			const struct str cursor = value_get_str(&walk->last, "cursor");
			/* Also a broker that stands still must not keep us here. */
			more = cursor.len > 0 && !str_equal(cursor, request->cursor);
			request->cursor = cursor;
			progress_show(&progress,
				(uint64_t)walk->sums[0] +
					(walk->count_items ? walk->items.list.count : 0),
				0);
		}
	}
	progress_finish(&progress);
	return err;
}

void walk_put_sums(const struct walk *walk, struct cli *cli, struct value *map)
{
	for (size_t i = 0; walk->keys[i] != NULL; i++) {
		value_put(&cli->arena, map, walk->keys[i], value_of_int(walk->sums[i]));
	}
}
