/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/commands.h"
#include "broker/cli/progress.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"
#include "broker/core/core.h"
#include "broker/store/backup.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

/* status, reload, backup, restore, rebuild. */

int cmd_status(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_STATUS};
	struct value body = {0};
	const enum err err = session_ask(cli, &request, &body);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer(cli, &body, view_status);
	return EXIT_DONE;
}

int cmd_reload(struct cli *cli)
{
	const bool parties = cli_option(cli, OPTION_PARTIES) != NULL;
	const bool directory = cli_option(cli, OPTION_DIRECTORY) != NULL;
	const bool both = parties == directory;
	struct wire_request request = {
		.header.type = WIRE_RELOAD,
		.reload_parties = parties || both,
		.reload_directory = directory || both,
	};
	struct client *client = NULL;
	struct value body = {0};
	enum err err = session_connect(cli, &client);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	err = client_ask(client, &request, cli_timeout_ms(cli), &cli->arena, &body, &cli->fault);
	client_destroy(client);
	if (err != ERR_OK) {
		const int code = cli_failed(cli, err);
		cli_note(cli, "what was in force before stays in force");
		/* A configuration that the broker found wrong is its refusal. */
		return err == ERR_CONFIG ? EXIT_REFUSED : code;
	}
	if (cli_json(cli)) {
		cli_print_json(cli, &body);
		return EXIT_DONE;
	}
	const struct str told = value_get_str(&body, "directory");
	struct buf out = {0};
	if (told.len == 0) {
		buf_printf(&out, "%s in force now\n",
			both ? "parties and directory are"
			     : (parties ? "the parties are" : "the directory is"));
	} else {
		buf_printf(&out, "%sthe directory stays as it is: %.*s\n",
			both || parties ? "the parties are in force now; " : "", STR_ARG(told));
	}
	const int64_t version = value_get_int(&body, "version", 0);
	if (version > 0) {
		buf_printf(&out, "version %lld: ", (long long)version);
		text_data(&out, value_get_str(&body, "replaced"));
		buf_printf(&out, "; `onward directory diff %lld` says how it differs\n",
			(long long)version - 1);
	}
	cli_print(cli, &out);
	buf_finish(&out);
	return EXIT_DONE;
}

static void show(void *context, uint64_t done, uint64_t total)
{
	progress_show(context, done, total);
}

static int print_summary(
	struct cli *cli, const char *sentence, const char *where, const struct backup_summary *made)
{
	if (cli_json(cli)) {
		char instance[17];
		(void)snprintf(
			instance, sizeof(instance), "%016llx", (unsigned long long)made->instance);
		struct value line = value_map_new(&cli->arena, 6);
		value_put(&cli->arena, &line, "path", value_of_text(where));
		value_put(&cli->arena, &line, "files", value_of_int((int64_t)made->files));
		value_put(&cli->arena, &line, "bytes", value_of_int((int64_t)made->bytes));
		value_put(&cli->arena, &line, "sequence", value_of_int((int64_t)made->sequence));
		value_put(&cli->arena, &line, "records", value_of_int((int64_t)made->records));
		value_put(&cli->arena, &line, "instance", value_of_text(instance));
		cli_print_json(cli, &line);
		return EXIT_DONE;
	}
	struct buf out = {0};
	buf_printf(&out, "%s %s: %llu files, %.1f MiB, complete up to record %llu\n", where,
		sentence, (unsigned long long)made->files, (double)made->bytes / (1024.0 * 1024.0),
		(unsigned long long)made->sequence);
	cli_print(cli, &out);
	buf_finish(&out);
	return EXIT_DONE;
}

/* Whether referrals of that party wait in the home's spool. */
static bool party_waits(struct cli *cli, const char *party)
{
	char path[HOME_PATH_SIZE];
	struct client *client = NULL;
	const char *data = arena_printf(&cli->arena, "%s/spool/%s/data.mdb", cli->home, party).ptr;
	if (data == NULL || access(data, F_OK) != 0 ||
		home_key_path(cli->home, party, path) != ERR_OK) {
		return false;
	}
	if (client_open_home(cli->home, party, NULL, &client, NULL) != ERR_OK) {
		return true; /* sealed with a key that is not here: it cannot be said that it is
				empty */
	}
	size_t count = 0;
	const enum err err = client_spooled(client, &count, NULL);
	client_destroy(client);
	return err != ERR_OK || count > 0; /* what cannot be opened cannot be said to be empty */
}

/* What a backup leaves out must not be thought safe. */
static void note_spools(struct cli *cli)
{
	struct dirent **entries = NULL;
	struct buf waiting = {0};
	const char *folder = cli_home_file(cli, "spool");
	const int count = folder == NULL ? 0 : scandir(folder, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (party_waits(cli, entries[i]->d_name)) {
			buf_add_text(&waiting, waiting.len == 0 ? "" : ", ");
			buf_add_text(&waiting, entries[i]->d_name);
		}
		free(entries[i]);
	}
	free(entries);
	if (waiting.len > 0) {
		cli_note(cli,
			"referrals that wait in the spool (%.*s) are NOT in it: `onward flush --as "
			"PARTY` sends them; then make another backup",
			STR_ARG(buf_str(&waiting)));
	}
	buf_finish(&waiting);
}

int cmd_backup(struct cli *cli)
{
	struct progress progress;
	struct backup_summary made = {0};
	const char *file = cli->args.arguments[0];
	progress_init(&progress, cli->err, "bytes copied");
	const enum err err = backup_create(cli->home, file, show, &progress, &made, &cli->fault);
	progress_finish(&progress);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const int code = print_summary(
		cli, "holds store, onward.yaml, parties.yaml, keys and directory", file, &made);
	cli_note(cli, "it holds every key of the home: keep it as you keep the home");
	note_spools(cli);
	return code;
}

int cmd_restore(struct cli *cli)
{
	struct progress progress;
	struct backup_summary made = {0};
	const char *folder = cli->args.arguments[1];
	progress_init(&progress, cli->err, "bytes copied");
	const enum err err =
		backup_restore(cli->args.arguments[0], folder, show, &progress, &made, &cli->fault);
	progress_finish(&progress);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	const int code = print_summary(cli, "is restored", folder, &made);
	cli_note(cli,
		"next: onwardd --home %s, once the broker it was taken from is stopped for good: "
		"beside it, providers would get deliveries twice",
		folder);
	return code;
}

int cmd_rebuild(struct cli *cli)
{
	struct core *core = NULL;
	struct core_rebuild rebuilt = {0};
	struct progress progress;
	if (cli_option(cli, OPTION_VERIFY) == NULL) {
		return cli_failed(cli, fault_set(&cli->fault, ERR_USAGE, "",
					       "say --verify: the state is built again beside the "
					       "store and compared; nothing is changed"));
	}
	enum err err = session_store(cli, &core);
	if (err == ERR_OK) {
		progress_init(&progress, cli->err, "records");
		err = core_rebuild_verify(core, show, &progress, &rebuilt, &cli->fault);
		progress_finish(&progress);
	}
	core_close(core);
	if (err != ERR_OK) {
		(void)cli_failed(cli, err);
		return EXIT_OTHER; /* nobody refused anything */
	}
	if (cli_json(cli)) {
		struct value line = value_map_new(&cli->arena, 3);
		value_put(&cli->arena, &line, "clean", value_of_bool(true));
		value_put(&cli->arena, &line, "records", value_of_int((int64_t)rebuilt.records));
		value_put(&cli->arena, &line, "rows", value_of_int((int64_t)rebuilt.rows));
		cli_print_json(cli, &line);
		return EXIT_DONE;
	}
	struct buf out = {0};
	buf_printf(&out, "clean: %llu records give the same %llu rows\n",
		(unsigned long long)rebuilt.records, (unsigned long long)rebuilt.rows);
	cli_print(cli, &out);
	buf_finish(&out);
	return EXIT_DONE;
}
