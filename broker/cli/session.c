/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/session.h"

#include <dirent.h>
#include <stdlib.h>

/* Says whose keys the home holds. */
static void note_keys(struct cli *cli)
{
	char path[HOME_PATH_SIZE];
	struct buf keys = {0};
	if (home_path(cli->home, HOME_KEYS, path) != ERR_OK) {
		return;
	}
	struct dirent **entries = NULL;
	const int count = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		const struct str name = str_from(entries[i]->d_name);
		if (name.len > 4 && memcmp(name.ptr + name.len - 4, ".key", 4) == 0 &&
			!str_is(name, "broker.key")) {
			buf_add_text(&keys, keys.len == 0 ? "" : ", ");
			buf_append(&keys, name.ptr, name.len - 4);
		}
		free(entries[i]);
	}
	free(entries);
	cli_note(cli, "keys in this home: %.*s", keys.len == 0 ? 4 : (int)keys.len,
		keys.len == 0 ? "none" : keys.data);
	buf_finish(&keys);
}

enum err cli_party(struct cli *cli)
{
	if (cli->as != NULL) {
		return ERR_OK;
	}
	cli->as = cli_option(cli, OPTION_AS);
	if (cli->as == NULL && cli->args.command->operator) {
		cli->as = "operator";
	}
	if (cli->as == NULL) {
		cli->as = getenv("ONWARD_AS");
	}
	if (cli->as != NULL && party_id_ok(str_from(cli->as))) {
		return ERR_OK;
	}
	note_keys(cli);
	const enum err err =
		fault_set(&cli->fault, ERR_USAGE, "", "%s; say --as PARTY or set ONWARD_AS",
			cli->as == NULL ? "who asks is not said" : "that is not the id of a party");
	cli->as = NULL;
	return err;
}

void cli_actor(const struct cli *cli, struct wire_request *request)
{
	request->user = str_from(cli_option(cli, OPTION_USER));
	request->role = str_from(cli_option(cli, OPTION_ROLE));
}

enum err session_open(struct cli *cli, struct client **ret_client)
{
	enum err err = cli_party(cli);
	if (err != ERR_OK) {
		return err;
	}
	const struct client_options options = {
		.client_name = "onward " ONWARD_VERSION,
		.user = cli_option(cli, OPTION_USER),
		.role = cli_option(cli, OPTION_ROLE),
	};
	err = client_open_home(cli->home, cli->as, &options, ret_client, &cli->fault);
	if (err != ERR_NOT_FOUND) {
		return err;
	}
	note_keys(cli);
	cli->fault.code = ERR_USAGE; /* --as names somebody whom this home cannot speak for */
	return ERR_USAGE;
}

enum err session_connect(struct cli *cli, struct client **ret_client)
{
	struct client *client = NULL;
	enum err err = session_open(cli, &client);
	if (err != ERR_OK) {
		return err;
	}
	err = client_connect(client, cli_timeout_ms(cli), &cli->fault);
	if (err != ERR_OK) {
		client_destroy(client);
		return err;
	}
	*ret_client = client;
	return ERR_OK;
}

enum err session_ask(struct cli *cli, struct wire_request *request, struct value *ret_body)
{
	struct client *client = NULL;
	enum err err = session_connect(cli, &client);
	if (err != ERR_OK) {
		return err;
	}
	cli_actor(cli, request);
	err = client_ask(client, request, cli_timeout_ms(cli), &cli->arena, ret_body, &cli->fault);
	client_destroy(client);
	return err;
}

void session_append(struct cli *cli, struct value *all, size_t *size, const struct value *items)
{
	if (items == NULL || items->kind != VALUE_LIST || items->list.count == 0) {
		return;
	}
	const size_t count = all->list.count + items->list.count;
	if (count > *size) {
		*size = count * 2;
		struct value *grown = arena_array(&cli->arena, *size, sizeof(*grown));
		if (grown == NULL) {
			return;
		}
		if (all->list.count > 0) {
			memcpy(grown, all->list.items, all->list.count * sizeof(*grown));
		}
		all->list.items = grown;
	}
	memcpy(all->list.items + all->list.count, items->list.items,
		items->list.count * sizeof(*items->list.items));
	all->list.count = count;
}

enum err session_steps(struct cli *cli, struct wire_request *request,
	void (*progress)(void *context, size_t done), void *context, struct value *ret_items)
{
	struct client *client = NULL;
	struct value all = {.kind = VALUE_LIST};
	size_t size = 0;
	enum err err = session_connect(cli, &client);
	if (err != ERR_OK) {
		return err;
	}
	cli_actor(cli, request);
	do {
		struct value page = {0};
		err = client_ask(
			client, request, cli_timeout_ms(cli), &cli->arena, &page, &cli->fault);
		if (err != ERR_OK) {
			break;
		}
		session_append(cli, &all, &size, value_get(&page, STR("items")));
		const struct str cursor = value_get_str(&page, "cursor");
		if (str_equal(cursor, request->cursor)) {
			break; /* also a broker that stands still must not keep us here */
		}
		request->cursor = cursor;
		if (progress != NULL) {
			progress(context, all.list.count);
		}
	} while (request->cursor.len > 0);
	if (err == ERR_OK && arena_failed(&cli->arena)) {
		err = fault_set(&cli->fault, ERR_NOMEM, "", "out of memory");
	}
	client_destroy(client);
	*ret_items = all;
	return err;
}

enum err session_pages(struct cli *cli, struct wire_request *request, struct value *ret_items)
{
	struct value items = {0};
	const enum err err = session_steps(cli, request, NULL, NULL, &items);
	if (err == ERR_OK) {
		*ret_items = items;
	}
	return err;
}

enum err session_reload(struct cli *cli, bool parties, bool directory)
{
	struct wire_request request = {
		.header.type = WIRE_RELOAD,
		.reload_parties = parties,
		.reload_directory = directory,
	};
	struct value body = {0};
	return session_ask(cli, &request, &body);
}

enum err session_store(struct cli *cli, struct core **ret_core)
{
	static const uint8_t unused[64]; /* seeds a new store, and this one is not new */
	struct config config;
	char path[HOME_PATH_SIZE];
	enum err err = home_path(cli->home, HOME_CONFIG, path);
	if (err == ERR_OK) {
		err = config_load(path, &config, &cli->fault);
	}
	if (err == ERR_OK) {
		err = home_path(cli->home, HOME_STORE, path);
	}
	if (err != ERR_OK) {
		return err;
	}
	const struct core_options options = {
		.store_folder = path,
		.map_bytes = (uint64_t)config.store_map_mib * 1024 * 1024,
		.rehearsal = config.rehearsal,
		.read_only = true,
	};
	return core_open(&options, unused, timestamp_now(), ret_core, &cli->fault);
}
