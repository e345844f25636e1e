/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "broker/base/text.h"
#include "broker/cli/commands.h"
#include "broker/cli/directory_made.h"
#include "broker/cli/directory_send.h"
#include "broker/cli/input.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"

/* directory publish, directory rollback: what is in force from now on. */

enum {
	PUBLISH_TIMEOUT_MS = 300 * 1000 /* a hundred thousand services are checked meanwhile */
};

static int publish_timeout_ms(const struct cli *cli)
{
	return cli_option(cli, OPTION_TIMEOUT) == NULL ? PUBLISH_TIMEOUT_MS : cli_timeout_ms(cli);
}

/* --message and --expect. */
static enum err why_read(struct cli *cli, struct wire_request *request)
{
	const struct str message = str_from(cli_option(cli, OPTION_MESSAGE));
	enum err err = ERR_OK;
	if (str_is_blank(message)) {
		return fault_set(&cli->fault, ERR_USAGE, "--message",
			"say in a line what changed and why, never about a person: it is kept with "
			"the version for ever");
	}
	if (message.len > LIMIT_CHANGE_BYTES || str_has_control(message, false)) {
		return fault_set(&cli->fault, ERR_USAGE, "--message",
			"is one line of at most %d bytes", LIMIT_CHANGE_BYTES);
	}
	request->note = message;
	if (cli_option(cli, OPTION_EXPECT) != NULL) {
		err = input_version(
			cli, "--expect", cli_option(cli, OPTION_EXPECT), &request->expect);
	}
	cli_actor(cli, request);
	return err;
}

static enum err publish(struct cli *cli, const struct directory_send *sending,
	struct wire_request *request, struct value *ret_body)
{
	struct client *client = NULL;
	enum err err = session_connect(cli, &client);
	if (err != ERR_OK) {
		return err;
	}
	if (request->expect == 0) {
		/* Of files of which nobody knows what they were made from, what comes into force
		 * from now on is at least not overwritten unseen. */
		request->expect =
			(uint64_t)value_get_int(client_welcome(client), "directory_version", 0);
	}
	request->upload = (struct str){(const char *)sending->hash, HASH_SIZE};
	for (int tried = 0; tried < DIRECTORY_SENDS_TRIED; tried++) {
		err = directory_send(cli, client, sending);
		if (err == ERR_OK) {
			err = client_ask(client, request, publish_timeout_ms(cli), &cli->arena,
				ret_body, &cli->fault);
		}
		if (!directory_send_lost(cli, err)) {
			break; /* else the broker was started again meanwhile */
		}
	}
	client_destroy(client);
	return err;
}

/* Mistakes in files are found before or by the broker: a refusal either way. */
static int failed(struct cli *cli, enum err err)
{
	const int code = cli_failed(cli, err);
	if (err == ERR_CONFIG || err == ERR_CONFLICT) {
		cli_note(cli, "what was in force before stays in force");
	} else if (directory_send_lost(cli, err)) {
		cli_note(cli, "somebody else uploads as %s at the same time: try again", cli->as);
	} else if (err == ERR_UNREACHABLE || err == ERR_TIMEOUT) {
		cli_note(cli, "it may be in force all the same: `onward directory versions` tells");
	}
	return err == ERR_CONFIG ? EXIT_REFUSED : code;
}

/* The version whose files have the hash; 0: none; -1: that cannot be told. */
static int64_t version_of(struct cli *cli, struct str hash)
{
	struct wire_request request = {.header.type = WIRE_VERSIONS};
	struct value items = {0};
	if (session_pages(cli, &request, &items) != ERR_OK) {
		return -1;
	}
	for (size_t i = 0; i < items.list.count; i++) {
		const struct value *its = value_get(&items.list.items[i], STR("hash"));
		if (its != NULL && its->kind == VALUE_BYTES && str_equal(its->string, hash)) {
			return value_get_int(&items.list.items[i], "version", 0);
		}
	}
	return 0;
}

/* The home's own files are another matter: what was never published a reload would publish, over
 * this. */
static void note_home(struct cli *cli, const struct value *body)
{
	struct directory_files files;
	uint8_t hash[HASH_SIZE];
	const struct str text = {(const char *)hash, HASH_SIZE};
	const struct value *published = value_get(body, STR("hash"));
	const char *root = cli_home_file(cli, "directory");
	if (published == NULL || published->kind != VALUE_BYTES || root == NULL ||
		directory_files_read(root, &files, NULL) != ERR_OK) {
		return;
	}
	directory_files_hash(&files, hash);
	directory_files_finish(&files);
	if (str_equal(published->string, text)) {
		return;
	}
	const int64_t version = version_of(cli, text);
	if (version > 0) {
		cli_note(cli, "directory/ of the home has the files of version %lld still",
			(long long)version);
	} else if (version == 0) {
		cli_note(cli, "directory/ of the home has files that were never published: a start "
			      "leaves "
			      "them alone, `onward reload` would put them in force instead");
	}
}

/* Nobody said what the files were made from: whose work went is at least told. */
static void note_replaced(struct cli *cli, const struct value *body)
{
	const int64_t before = value_get_int(body, "before", 0);
	struct wire_request request = {.header.type = WIRE_VERSIONS,
		.cursor = arena_printf(&cli->arena, "%lld", (long long)before),
		.limit = 1};
	struct value page = {0};
	if (before == 0 || value_get_bool(body, "same", false) ||
		session_ask(cli, &request, &page) != ERR_OK) {
		return;
	}
	const struct value *items = value_get(&page, STR("items"));
	if (items == NULL || items->kind != VALUE_LIST || items->list.count == 0) {
		return;
	}
	const struct value *item = &items->list.items[0];
	const struct str party = value_get_str(item, "party");
	const struct str note = value_get_str(item, "note");
	struct buf words = {0};
	text_data(&words, value_get_str(item, "origin"));
	buf_add_text(&words, " by ");
	text_data(&words, party.len == 0 ? STR("the broker") : party);
	buf_add_text(&words, note.len == 0 ? "" : ": ");
	text_data(&words, note);
	cli_note(cli, "it replaced version %lld (%.*s)", (long long)before,
		STR_ARG(buf_str(&words)));
	buf_finish(&words);
}

static int answer(struct cli *cli, const struct value *body, bool expected)
{
	cli_answer(cli, body, view_published);
	if (!expected) {
		note_replaced(cli, body);
	}
	note_home(cli, body);
	return EXIT_DONE;
}

/* The folder was made from a version, and others came since. */
static int failed_made(
	struct cli *cli, enum err err, const struct directory_send *sending, uint64_t made)
{
	const int code = failed(cli, err);
	if (err == ERR_CONFLICT) {
		cli_note(cli,
			"%s was made from version %llu (" DIRECTORY_MADE_FILE
			"): `onward directory diff %llu` says what was changed since; take it in, "
			"then "
			"publish with --expect and the number that is in force",
			sending->root, (unsigned long long)made, (unsigned long long)made);
	}
	return code;
}

/* A fetched folder is from now on made from what it has become. */
static void made_renew(
	struct cli *cli, const struct directory_send *sending, const struct value *body)
{
	const enum err err = directory_made_keep(
		cli, sending->root, (uint64_t)value_get_int(body, "version", 0));
	if (err != ERR_OK) {
		cli_note(cli, "%s %s", cli->fault.field, cli->fault.message);
	}
}

int cmd_directory_publish(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_PUBLISH};
	struct directory_send sending = {0};
	struct value body = {0};
	uint64_t made = 0;
	enum err err = why_read(cli, &request);
	const bool told = request.expect != 0;
	if (err == ERR_OK) {
		err = directory_send_read(cli, "publish", &sending);
	}
	if (err == ERR_OK) {
		err = directory_made_from(cli, sending.root, &made);
	}
	if (err == ERR_OK) {
		request.expect = told ? request.expect : made;
		err = publish(cli, &sending, &request, &body);
	}
	const int code = err == ERR_OK        ? answer(cli, &body, told || made != 0)
			 : made != 0 && !told ? failed_made(cli, err, &sending, made)
					      : failed(cli, err);
	if (err == ERR_OK && made != 0) {
		made_renew(cli, &sending, &body);
	}
	directory_send_finish(&sending);
	return code;
}

int cmd_directory_rollback(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_ROLLBACK};
	struct client *client = NULL;
	struct value body = {0};
	enum err err = why_read(cli, &request);
	if (err == ERR_OK) {
		err = input_version(cli, "VERSION", cli->args.arguments[0], &request.version);
	}
	if (err == ERR_OK) {
		err = session_connect(cli, &client);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const bool told = request.expect != 0;
	if (!told) {
		request.expect =
			(uint64_t)value_get_int(client_welcome(client), "directory_version", 0);
	}
	err = client_ask(
		client, &request, publish_timeout_ms(cli), &cli->arena, &body, &cli->fault);
	client_destroy(client);
	return err == ERR_OK ? answer(cli, &body, told) : failed(cli, err);
}
