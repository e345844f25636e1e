/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/session.h"
#include "broker/base/text.h"

/* keys new, party add, list, revoke: the home's parties, and the running broker told. */

/* Makes a pair, keeps it in the home, returns the public half. */
static enum err make_key(struct cli *cli, const char *party, char ret_public[PARTY_KEY_TEXT + 1])
{
	char path[HOME_PATH_SIZE];
	struct key_pair pair;
	enum err err = key_generate(party, &pair);
	if (err != ERR_OK) {
		return fault_set(&cli->fault, ERR_USAGE, "PARTY",
			"an id has up to %d lower-case letters, digits and hyphens", PARTY_ID_MAX);
	}
	err = home_key_path(cli->home, party, path);
	if (err == ERR_OK) {
		err = key_write(path, &pair, false, &cli->fault);
	}
	if (err == ERR_OK) {
		str_copy(ret_public, PARTY_KEY_TEXT + 1, str_from(pair.public_key));
	}
	key_wipe(&pair);
	return err;
}

int cmd_keys_new(struct cli *cli)
{
	char public_key[PARTY_KEY_TEXT + 1];
	const char *party = cli->args.arguments[0];
	const enum err err = make_key(cli, party, public_key);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	if (cli_json(cli)) {
		struct value line = value_map_new(&cli->arena, 2);
		value_put(&cli->arena, &line, "party", value_of_text(party));
		value_put(&cli->arena, &line, "public", value_of_text(public_key));
		cli_print_json(cli, &line);
		return EXIT_DONE;
	}
	struct buf out = {0};
	buf_printf(&out, "%s\n", public_key);
	cli_print(cli, &out);
	buf_finish(&out);
	cli_note(cli, "the pair is in keys/%s.key; give the line above to whoever runs the broker",
		party);
	return EXIT_DONE;
}

/* The broker takes in what changed, or hears of it at its next start. */
static int tell_broker(struct cli *cli, const char *id, const char *what, const char *public_key)
{
	const enum err err = session_reload(cli, true, false);
	const char *effect = "in force now, also on open connections";
	if (err == ERR_UNREACHABLE || err == ERR_TIMEOUT) {
		effect = "no broker is running: takes effect at the next start";
	} else if (err != ERR_OK) {
		effect = "the broker did not take it in";
	}
	if (cli_json(cli)) {
		struct value line = value_map_new(&cli->arena, 4);
		value_put(&cli->arena, &line, "party", value_of_text(id));
		value_put(&cli->arena, &line, "done", value_of_text(what));
		value_put(&cli->arena, &line, "in_force", value_of_bool(err == ERR_OK));
		if (public_key != NULL) {
			value_put(&cli->arena, &line, "public", value_of_text(public_key));
		}
		cli_print_json(cli, &line);
	} else {
		struct buf out = {0};
		buf_printf(&out, "%s %s; %s\n", id, what, effect);
		cli_print(cli, &out);
		buf_finish(&out);
	}
	if (err == ERR_OK || err == ERR_UNREACHABLE || err == ERR_TIMEOUT) {
		return EXIT_DONE;
	}
	cli_note(cli, "parties.yaml is changed, but: %s%s%s", cli->fault.field,
		cli->fault.field[0] == '\0' ? "" : ": ", cli->fault.message);
	return cli_exit_code(err);
}

static enum err parties_path(struct cli *cli, char path[HOME_PATH_SIZE])
{
	const enum err err = home_path(cli->home, HOME_PARTIES, path);
	return err == ERR_OK ? ERR_OK
			     : fault_set(&cli->fault, err, cli->home, "the path is too long");
}

/* The broker refuses others when they ask it to reload: the file must not be changed by then.
 */
static enum err need_operator(struct cli *cli, const char *path, struct parties **ret_parties)
{
	struct parties *parties = NULL;
	enum err err = cli_party(cli);
	if (err == ERR_OK) {
		err = parties_load(path, &parties, &cli->fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	const struct party *party = parties_find(parties, str_from(cli->as));
	if (party == NULL || party->revoked || party->kind != KIND_OPERATOR) {
		err = fault_set(&cli->fault, ERR_NOT_ALLOWED, cli->as,
			"only an operator that is not revoked may change who is let in; nothing "
			"was changed");
	}
	if (err == ERR_OK) {
		*ret_parties = parties;
	} else {
		parties_destroy(parties);
	}
	return err;
}

static enum err kind_option(struct cli *cli, enum kind *ret_kind)
{
	const struct str code = str_from(cli_option(cli, OPTION_KIND));
	const int kind = vocab_number(VOCAB_KIND, code);
	char codes[300];
	if (kind >= 0) {
		*ret_kind = (enum kind)kind;
		return ERR_OK;
	}
	vocab_list(VOCAB_KIND, codes, sizeof(codes));
	return fault_set(&cli->fault, ERR_USAGE, "--kind", "one of %s", codes);
}

/* --acts-for A,B as strings in the arena. */
static enum err acts_for_option(struct cli *cli, struct party *party)
{
	const char *at = cli_option(cli, OPTION_ACTS_FOR);
	if ((at != NULL) != (party->kind == KIND_ADAPTER)) {
		return fault_set(&cli->fault, ERR_USAGE, "--acts-for",
			"an adapter, and only an adapter, names the parties it acts for");
	}
	struct str *items = arena_array(&cli->arena, at == NULL ? 1 : strlen(at), sizeof(*items));
	while (items != NULL && at != NULL && *at != '\0') {
		const size_t len = strcspn(at, ",");
		if (len > 0) {
			items[party->acts_for_count++] = (struct str){at, len};
		}
		at += len + (at[len] == ',' ? 1 : 0);
	}
	party->acts_for = items;
	return items == NULL ? ERR_NOMEM : ERR_OK;
}

int cmd_party_add(struct cli *cli)
{
	char path[HOME_PATH_SIZE];
	struct party party = {.key_count = 1};
	const struct str id = str_from(cli->args.arguments[0]);
	const char *key = cli_option(cli, OPTION_KEY);
	struct parties *parties = NULL;
	enum err err = kind_option(cli, &party.kind);
	if (err == ERR_OK && !party_id_ok(id)) {
		err = fault_set(&cli->fault, ERR_USAGE, "ID",
			"an id has up to %d lower-case letters, digits and hyphens", PARTY_ID_MAX);
	}
	if (err == ERR_OK && key != NULL && !key_text_ok(str_from(key))) {
		err = fault_set(
			&cli->fault, ERR_USAGE, "--key", "a public key has 40 characters of Z85");
	}
	if (err == ERR_OK) {
		err = acts_for_option(cli, &party);
	}
	if (err == ERR_OK) {
		err = parties_path(cli, path);
	}
	if (err == ERR_OK) {
		err = need_operator(cli, path, &parties);
	}
	/* Asked before a key is made, so that a doubled id leaves no key behind. */
	if (err == ERR_OK) {
		if (parties_find(parties, id) != NULL) {
			err = fault_set(&cli->fault, ERR_EXISTS, cli->args.arguments[0],
				"there is a party of that id already");
		}
		parties_destroy(parties);
	}
	str_copy(party.id, sizeof(party.id), id);
	party.name = str_from(cli_option(cli, OPTION_NAME));
	party.keys[0] = (struct party_key){.from = INT64_MIN, .until = INT64_MAX};
	if (err == ERR_OK && key == NULL) {
		err = make_key(cli, party.id, party.keys[0].text);
	} else if (err == ERR_OK) {
		str_copy(party.keys[0].text, sizeof(party.keys[0].text), str_from(key));
	}
	if (err == ERR_OK) {
		err = parties_file_add(path, &party, &cli->fault);
	}
	return err == ERR_OK ? tell_broker(cli, party.id, "added", party.keys[0].text)
			     : cli_failed(cli, err);
}

/* Without an operator nobody could be let in, and nothing reloaded, ever again. */
static enum err keep_an_operator(struct cli *cli, const struct parties *parties, const char *id)
{
	const struct party *leaving = parties_find(parties, str_from(id));
	if (leaving == NULL || leaving->kind != KIND_OPERATOR || leaving->revoked) {
		return ERR_OK;
	}
	for (size_t i = 0; i < parties->count; i++) {
		const struct party *party = &parties->items[i];
		if (party != leaving && party->kind == KIND_OPERATOR && !party->revoked) {
			return ERR_OK;
		}
	}
	return fault_set(&cli->fault, ERR_STATE, id,
		"it is the last operator; nothing was changed. Add another one first: onward "
		"party add ID --kind operator");
}

int cmd_party_revoke(struct cli *cli)
{
	char path[HOME_PATH_SIZE];
	struct parties *parties = NULL;
	const char *id = cli->args.arguments[0];
	enum err err = parties_path(cli, path);
	if (err == ERR_OK) {
		err = need_operator(cli, path, &parties);
	}
	if (err == ERR_OK) {
		err = keep_an_operator(cli, parties, id);
		parties_destroy(parties);
	}
	if (err == ERR_OK) {
		err = parties_file_revoke(path, str_from(id), &cli->fault);
	}
	return err == ERR_OK ? tell_broker(cli, id, "revoked", NULL) : cli_failed(cli, err);
}

static void list_json(struct cli *cli, const struct party *party)
{
	struct value keys = value_list_new(&cli->arena, party->key_count);
	for (size_t i = 0; i < party->key_count; i++) {
		value_push(&cli->arena, &keys, value_of_text(party->keys[i].text));
	}
	struct value acts_for = value_list_new(&cli->arena, party->acts_for_count);
	for (size_t i = 0; i < party->acts_for_count; i++) {
		value_push(&cli->arena, &acts_for, value_of_str(party->acts_for[i]));
	}
	struct value line = value_map_new(&cli->arena, 6);
	value_put(&cli->arena, &line, "party", value_of_text(party->id));
	value_put(&cli->arena, &line, "name", value_of_str(party->name));
	value_put(&cli->arena, &line, "kind",
		value_of_text(vocab_code(VOCAB_KIND, (int)party->kind)));
	value_put(&cli->arena, &line, "revoked", value_of_bool(party->revoked));
	value_put(&cli->arena, &line, "keys", keys);
	value_put(&cli->arena, &line, "acts_for", acts_for);
	cli_print_json(cli, &line);
}

int cmd_party_list(struct cli *cli)
{
	char path[HOME_PATH_SIZE];
	struct parties *parties = NULL;
	enum err err = parties_path(cli, path);
	if (err == ERR_OK) {
		err = parties_load(path, &parties, &cli->fault);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	struct text_table table;
	text_table_init(&table, &cli->arena, 4);
	for (size_t i = 0; i < parties->count; i++) {
		const struct party *party = &parties->items[i];
		if (cli_json(cli)) {
			list_json(cli, party);
			continue;
		}
		text_table_cell(&table, str_from(party->id));
		text_table_cell(&table, str_from(vocab_code(VOCAB_KIND, (int)party->kind)));
		text_table_cell(&table, party->name);
		text_table_cell(&table, party->revoked ? STR("revoked") : STR(""));
	}
	struct buf out = {0};
	text_table_print(&out, &table, 0);
	cli_print(cli, &out);
	buf_finish(&out);
	parties_destroy(parties);
	return EXIT_DONE;
}
