/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/session.h"
#include "broker/base/text.h"

enum {
	PARTY_KEY_OVERLAP_DAYS = 14 /* both keys hold while a party changes over */
};

/* party add, key, list, revoke: the home's parties, and the running broker told. */

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
		err = keys_make(cli, party.id, false, party.keys[0].text);
	} else if (err == ERR_OK) {
		str_copy(party.keys[0].text, sizeof(party.keys[0].text), str_from(key));
	}
	if (err == ERR_OK) {
		err = parties_file_add(path, &party, &cli->fault);
	}
	return err == ERR_OK ? tell_broker(cli, party.id, "added", party.keys[0].text)
			     : cli_failed(cli, err);
}

/* The time at which the present key ends: a time, a date, or now. */
static enum err until_option(struct cli *cli, timestamp_us now, timestamp_us *ret_until)
{
	const char *text = cli_option(cli, OPTION_UNTIL);
	date_days day;
	if (text == NULL) {
		*ret_until = now + PARTY_KEY_OVERLAP_DAYS * TIMESTAMP_DAY;
		return ERR_OK;
	}
	if (strcmp(text, "now") == 0) {
		*ret_until = now;
		return ERR_OK;
	}
	if (date_parse(str_from(text), &day) == ERR_OK) {
		*ret_until = (timestamp_us)day * TIMESTAMP_DAY;
		return ERR_OK;
	}
	return input_time(cli, OPTION_UNTIL, ret_until);
}

int cmd_party_key(struct cli *cli)
{
	char path[HOME_PATH_SIZE];
	char until_text[TIMESTAMP_TEXT_SIZE];
	struct parties *parties = NULL;
	const char *id = cli->args.arguments[0];
	const char *key = cli_option(cli, OPTION_KEY);
	const timestamp_us now = timestamp_now();
	timestamp_us until = now;
	enum err err = ERR_OK;
	if (key == NULL) {
		err = fault_set(&cli->fault, ERR_USAGE, "--key",
			"the public key that the party made with: onward keys next %s", id);
	}
	err = err == ERR_OK ? until_option(cli, now, &until) : err;
	err = err == ERR_OK ? parties_path(cli, path) : err;
	err = err == ERR_OK ? need_operator(cli, path, &parties) : err;
	parties_destroy(parties);
	if (err == ERR_OK) {
		err = parties_file_key(path, str_from(id), str_from(key), now, until, &cli->fault);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const int code = tell_broker(cli, id, "has a new key", key);
	if (until > now) {
		timestamp_format_london(until, until_text);
		cli_note(cli,
			"its present key holds until %s, UK time; the party goes over with: "
			"onward keys switch %s",
			until_text, id);
	}
	return code;
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

/* null: no end, or no beginning. */
static void put_time(struct cli *cli, struct value *map, const char *name, timestamp_us time)
{
	char text[TIMESTAMP_TEXT_SIZE];
	if (time == INT64_MIN || time == INT64_MAX) {
		value_put(&cli->arena, map, name, (struct value){.kind = VALUE_NULL});
		return;
	}
	timestamp_format(time, text);
	value_put(&cli->arena, map, name, value_of_str(arena_str(&cli->arena, str_from(text))));
}

/* "revoked", or that the key is being changed. */
static struct str list_remark(struct cli *cli, const struct party *party)
{
	const timestamp_us now = timestamp_now();
	if (party->revoked) {
		return STR("revoked");
	}
	if (party->key_count == 0) {
		return STR("no key");
	}
	timestamp_us last = INT64_MIN;
	timestamp_us first = INT64_MAX;
	for (size_t i = 0; i < party->key_count; i++) {
		const timestamp_us until = party->keys[i].until;
		last = until > last ? until : last;
		first = until < first ? until : first;
	}
	char text[TIMESTAMP_TEXT_SIZE];
	if (last <= now) {
		return STR("its key has ended");
	}
	if (first == INT64_MAX || first <= now) {
		return STR("");
	}
	timestamp_format_london(first, text);
	return arena_printf(&cli->arena,
		last == INT64_MAX ? "two keys, the old one until %s" : "key until %s", text);
}

static void list_json(struct cli *cli, const struct party *party)
{
	struct value keys = value_list_new(&cli->arena, party->key_count);
	for (size_t i = 0; i < party->key_count; i++) {
		value_push(&cli->arena, &keys, value_of_text(party->keys[i].text));
	}
	struct value periods = value_list_new(&cli->arena, party->key_count);
	for (size_t i = 0; i < party->key_count; i++) {
		struct value period = value_map_new(&cli->arena, 2);
		put_time(cli, &period, "from", party->keys[i].from);
		put_time(cli, &period, "until", party->keys[i].until);
		value_push(&cli->arena, &periods, period);
	}
	struct value acts_for = value_list_new(&cli->arena, party->acts_for_count);
	for (size_t i = 0; i < party->acts_for_count; i++) {
		value_push(&cli->arena, &acts_for, value_of_str(party->acts_for[i]));
	}
	struct value line = value_map_new(&cli->arena, 7);
	value_put(&cli->arena, &line, "party", value_of_text(party->id));
	value_put(&cli->arena, &line, "name", value_of_str(party->name));
	value_put(&cli->arena, &line, "kind",
		value_of_text(vocab_code(VOCAB_KIND, (int)party->kind)));
	value_put(&cli->arena, &line, "revoked", value_of_bool(party->revoked));
	value_put(&cli->arena, &line, "keys", keys);
	value_put(&cli->arena, &line, "key_periods", periods);
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
		text_table_cell(&table, list_remark(cli, party));
	}
	struct buf out = {0};
	text_table_print(&out, &table, 0);
	cli_print(cli, &out);
	buf_finish(&out);
	parties_destroy(parties);
	return EXIT_DONE;
}
