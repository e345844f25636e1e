/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/session.h"

/* keys new, next, switch: the key pairs of a home. */

enum err keys_make(
	struct cli *cli, const char *party, bool next, char ret_public[PARTY_KEY_TEXT + 1])
{
	char path[HOME_PATH_SIZE];
	struct key_pair pair;
	enum err err = key_generate(party, &pair);
	if (err != ERR_OK) {
		return fault_set(&cli->fault, ERR_USAGE, "PARTY",
			"an id has up to %d lower-case letters, digits and hyphens", PARTY_ID_MAX);
	}
	err = next ? home_next_key_path(cli->home, party, path)
		   : home_key_path(cli->home, party, path);
	if (err == ERR_OK) {
		err = key_write(path, &pair, false, &cli->fault);
	}
	if (err == ERR_OK) {
		str_copy(ret_public, PARTY_KEY_TEXT + 1, str_from(pair.public_key));
	}
	key_wipe(&pair);
	return err;
}

static void print_public(struct cli *cli, const char *party, const char *public_key)
{
	if (cli_json(cli)) {
		struct value line = value_map_new(&cli->arena, 2);
		value_put(&cli->arena, &line, "party", value_of_text(party));
		value_put(&cli->arena, &line, "public", value_of_text(public_key));
		cli_print_json(cli, &line);
		return;
	}
	struct buf out = {0};
	buf_printf(&out, "%s\n", public_key);
	cli_print(cli, &out);
	buf_finish(&out);
}

int cmd_keys_new(struct cli *cli)
{
	char public_key[PARTY_KEY_TEXT + 1];
	const char *party = cli->args.arguments[0];
	const enum err err = keys_make(cli, party, false, public_key);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	print_public(cli, party, public_key);
	if (!cli_json(cli)) {
		cli_note(cli,
			"the pair is in keys/%s.key; give the line above to whoever runs the "
			"broker",
			party);
	}
	return EXIT_DONE;
}

int cmd_keys_next(struct cli *cli)
{
	char path[HOME_PATH_SIZE];
	char public_key[PARTY_KEY_TEXT + 1];
	struct key_pair present = {0};
	const char *party = cli->args.arguments[0];
	enum err err = home_key_path(cli->home, party, path);
	err = err == ERR_OK ? key_read(path, &present, &cli->fault)
			    : fault_set(&cli->fault, ERR_USAGE, "PARTY", "not the id of a party");
	key_wipe(&present);
	err = err == ERR_OK ? keys_make(cli, party, true, public_key) : err;
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	print_public(cli, party, public_key);
	if (!cli_json(cli)) {
		cli_note(cli,
			"the pair waits in keys/%s.next.key; the present one goes on. Whoever runs "
			"the broker takes it in with: onward party key %s --key KEY; then here: "
			"onward keys switch %s",
			party, party, party);
	}
	return EXIT_DONE;
}

int cmd_keys_switch(struct cli *cli)
{
	struct key_pair pair = {0};
	const char *party = cli->args.arguments[0];
	const enum err err = key_switch(cli->home, party, &pair, &cli->fault);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	print_public(cli, party, pair.public_key);
	key_wipe(&pair);
	if (!cli_json(cli)) {
		cli_note(cli,
			"keys/%s.key is the new pair now. What the former one sealed in spool/ and "
			"inbox/ is sealed anew when it is next opened; start onward-inbox again",
			party);
	}
	return EXIT_DONE;
}
