/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/input.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"
#include "broker/cli/where.h"
#include "broker/core/core.h"

#include <sys/stat.h>
#include <unistd.h>

/* explain: the decision without submitting, from the home's files or from the broker. */

/* Where the store stands, when there is one to read. */
struct position {
	bool recorded;
	timestamp_us time;          /* of its last record */
	uint64_t directory_version; /* published of the home's files; 0: they differ */
};

static void store_position(struct cli *cli, struct position *ret_position)
{
	struct stat st;
	struct core *core = NULL;
	const char *data = cli_home_file(cli, "store/data.mdb");
	const char *root = cli_home_file(cli, "directory");
	*ret_position = (struct position){0};
	if (data == NULL || root == NULL || stat(data, &st) != 0 ||
		session_store(cli, &core) != ERR_OK) {
		return;
	}
	struct core_identity identity;
	core_identify(core, &identity);
	*ret_position = (struct position){.recorded = identity.sequence > 0,
		.time = identity.journal_time,
		.directory_version = core_directory_version(core, root)};
	core_close(core);
}

/* The decision was made by the files; they are the version that runs. */
static void name_version(struct value *body, uint64_t version)
{
	for (size_t i = 0; body->kind == VALUE_MAP && i < body->map.count; i++) {
		if (str_is(body->map.entries[i].key, "directory_version")) {
			body->map.entries[i].value = value_of_int((int64_t)version);
		}
	}
}

/* When the decision would be made: --at; live: now; in rehearsal, where time is invented, that of
 * the last record, else when the referral's event occurred. */
static enum err decision_time(struct cli *cli, const struct config *config,
	const struct value *referral, const struct position *position, timestamp_us *ret_at)
{
	*ret_at = timestamp_now();
	if (cli_option(cli, OPTION_AT) != NULL) {
		return input_time(cli, OPTION_AT, ret_at);
	}
	if (config->rehearsal && position->recorded) {
		*ret_at = position->time;
	} else if (config->rehearsal) {
		timestamp_us occurred;
		if (timestamp_parse(value_get_str(referral, "occurred_at"), &occurred) == ERR_OK) {
			*ret_at = occurred;
		}
	}
	return ERR_OK;
}

static void print_decision(struct cli *cli, const struct names *names, const struct value *referral,
	const struct value *body, bool last)
{
	if (cli_json(cli)) {
		cli_print_json(cli, body);
		return;
	}
	struct buf out = {0};
	view_explain(&out, names, referral, body);
	buf_add_text(&out, last ? "" : "\n");
	cli_print(cli, &out);
	buf_finish(&out);
}

/* One that cannot be explained does not keep the others from it; the first bad code counts. */
static int refused(struct cli *cli, enum err err, const struct value *referral, int code)
{
	const struct str source_ref = value_get_str(referral, "source_ref");
	const bool decided = cli_exit_code(err) == EXIT_REFUSED || err == ERR_NOT_ALLOWED;
	if (!decided && !cli_json(cli)) {
		/* The files or the broker are at fault, not what is said of her. */
		cli_note(cli, "%.*s cannot be decided here: %s%s%s%s",
			STR_ARG(source_ref.len > 0 ? source_ref : STR("(no source_ref)")),
			cli->fault.field, cli->fault.field[0] == '\0' ? "" : ": ",
			cli->fault.message[0] != '\0' ? cli->fault.message : err_text(err),
			cli_option(cli, OPTION_ONLINE) == NULL ? "; try --online" : "");
	} else if (cli_json(cli)) {
		const struct value line = cli_error(cli, &source_ref, err, &cli->fault);
		cli_print_json(cli, &line);
	} else {
		struct buf out = {0};
		cli->fault.code = err;
		view_refused(&out, source_ref, &cli->fault);
		cli_print(cli, &out);
		buf_finish(&out);
	}
	return code == EXIT_DONE ? cli_exit_code(err) : code;
}

static int explain_offline(struct cli *cli, const struct value *referrals)
{
	struct parties *parties = NULL;
	struct config config;
	char path[HOME_PATH_SIZE];

	int code = EXIT_DONE;
	config_init(&config);
	enum err err = home_path(cli->home, HOME_CONFIG, path);
	if (err == ERR_OK) {
		err = config_load(path, &config, &cli->fault);
	}
	if (err == ERR_OK) {
		err = home_path(cli->home, HOME_PARTIES, path);
	}
	if (err == ERR_OK) {
		err = parties_load(path, &parties, &cli->fault);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const struct party *party = parties_find(parties, str_from(cli->as));
	if (party == NULL || party->revoked) {
		code = cli_failed(cli, fault_set(&cli->fault, ERR_NOT_ALLOWED, cli->as,
					       "no party of that id in parties.yaml"));
		goto out;
	}
	/* Only the broker's own home knows all parties; elsewhere providers are taken for
	 * reachable. */
	const char *broker_key = cli_home_file(cli, "keys/broker.key");
	const bool whole = broker_key != NULL && access(broker_key, F_OK) == 0;
	const struct parties *reachable = whole ? parties : NULL;
	struct position position;
	store_position(cli, &position);
	const struct names names = cli_json(cli) ? (struct names){0} : cli_names(cli);
	const char *root = cli_home_file(cli, "directory");
	for (size_t i = 0; root != NULL && i < referrals->list.count; i++) {
		const struct value *referral = &referrals->list.items[i];
		struct value body = {0};
		timestamp_us at;
		err = decision_time(cli, &config, referral, &position, &at);
		if (err == ERR_OK) {
			err = core_explain_files(root, reachable, party, referral, at, &cli->arena,
				&body, &cli->fault);
		}
		if (err == ERR_OK) {
			name_version(&body, position.directory_version);
			print_decision(
				cli, &names, referral, &body, i + 1 == referrals->list.count);
		} else {
			code = refused(cli, err, referral, code);
		}
	}
out:
	parties_destroy(parties);
	return code;
}

static int explain_online(struct cli *cli, const struct value *referrals)
{
	struct client *client = NULL;
	int code = EXIT_DONE;
	enum err err = session_connect(cli, &client);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const struct names names = cli_json(cli) ? (struct names){0} : cli_names(cli);
	for (size_t i = 0; i < referrals->list.count; i++) {
		const struct value *referral = &referrals->list.items[i];
		struct value body = {0};
		struct wire_request request = {
			.header.type = WIRE_EXPLAIN,
			.referral = *referral,
			.has_at = cli_option(cli, OPTION_AT) != NULL,
		};
		err = request.has_at ? input_time(cli, OPTION_AT, &request.at) : ERR_OK;
		if (err == ERR_OK) {
			err = client_ask(client, &request, cli_timeout_ms(cli), &cli->arena, &body,
				&cli->fault);
		}
		if (err == ERR_OK) {
			print_decision(
				cli, &names, referral, &body, i + 1 == referrals->list.count);
		} else {
			code = refused(cli, err, referral, code);
		}
	}
	client_destroy(client);
	return code;
}

int cmd_explain(struct cli *cli)
{
	struct value referrals = {0};
	timestamp_us at;
	enum err err = cli_party(cli);
	if (err == ERR_OK && cli_option(cli, OPTION_AT) != NULL) {
		err = input_time(cli, OPTION_AT, &at);
	}
	if (err == ERR_OK) {
		err = input_referrals(cli, cli->args.arguments[0], &referrals);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	where_suggest(cli, referrals.list.items, referrals.list.count);
	return cli_option(cli, OPTION_ONLINE) != NULL ? explain_online(cli, &referrals)
						      : explain_offline(cli, &referrals);
}
