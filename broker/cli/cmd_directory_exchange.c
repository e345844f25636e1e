/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/commands.h"
#include "broker/cli/directory_source.h"
#include "broker/core/plan.h"
#include "directory/exchange/exchange.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* directory export, directory import. */

enum {
	PIECE_BYTES = 64 * 1024,
	TABLES_MOST = 64, /* files of a CSV package; the standard has 25 */
	/* Drafts that are loaded at once to say what is wrong with them; loading needs all of them
	 * in memory, which importing does not. */
	CHECKED_MOST = 20000
};

static enum err profile_of(struct cli *cli, enum exchange_profile *ret_profile)
{
	const char *name = cli_option(cli, OPTION_PROFILE);
	if (name == NULL || !exchange_profile_named(str_from(name), ret_profile)) {
		return fault_set(&cli->fault, ERR_USAGE, "--profile", "is hsds-3.0 or uk-3.0");
	}
	return ERR_OK;
}

/* -- export -- */

static enum err stream_write(void *context, struct str bytes)
{
	return fwrite(bytes.ptr, 1, bytes.len, context) == bytes.len ? ERR_OK : ERR_IO;
}

/* Beside the file first: what is there stays whole until the new one is. */
static enum err export_write(struct cli *cli, const struct directory *directory,
	struct exchange_export *options, struct exchange_exported *counts)
{
	const char *name = cli_option(cli, OPTION_OUTPUT);
	if (name == NULL) {
		options->context = cli->out;
		return exchange_export(directory, options, counts);
	}
	const struct str part = arena_printf(&cli->arena, "%s.part", name);
	FILE *file = part.ptr == NULL ? NULL : fopen(part.ptr, "we");
	if (file == NULL) {
		return fault_set(&cli->fault, ERR_IO, name, "cannot be written");
	}
	options->context = file;
	enum err err = exchange_export(directory, options, counts);
	if (err == ERR_OK && (fflush(file) != 0 || fsync(fileno(file)) != 0)) {
		err = ERR_IO;
	}
	if (fclose(file) != 0 && err == ERR_OK) {
		err = ERR_IO;
	}
	if (err == ERR_OK && rename(part.ptr, name) != 0) {
		err = ERR_IO;
	}
	if (err != ERR_OK) {
		(void)unlink(part.ptr);
		return fault_set(&cli->fault, err, name, "cannot be written");
	}
	return ERR_OK;
}

int cmd_directory_export(struct cli *cli)
{
	struct exchange_export options = {.rulebook = plan_rulebook(), .write = stream_write};
	struct exchange_exported counts = {0};
	struct directory *directory = NULL;
	const bool named = cli->args.argument_count > 0;
	enum err err = profile_of(cli, &options.profile);
	if (err == ERR_OK) {
		err = directory_source_day(cli, &options.at);
	}
	if (err == ERR_OK) {
		err = directory_source_read(cli, named ? cli->args.arguments[0] : NULL, &directory);
	}
	if (err == ERR_OK) {
		err = export_write(cli, directory, &options, &counts);
	}
	directory_destroy(directory);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_note(cli, "%zu services, %zu of them at confidential places; %zu clauses withheld",
		counts.services, counts.confidential, counts.clauses_withheld);
	return EXIT_DONE;
}

/* -- import -- */

struct importing {
	struct cli *cli;
	const char *folder; /* of the drafts */
	FILE *report;
	enum err err;
};

static enum err folder_make(struct importing *importing, const char *path)
{
	if (mkdir(path, 0755) != 0 && errno != EEXIST) {
		return fault_set(&importing->cli->fault, ERR_IO, path, "cannot be made");
	}
	return ERR_OK;
}

/* The path is made of slugs: it has no dots before its end and stays below the folder. */
static enum err draft_write(void *context, struct str path, struct str yaml)
{
	struct importing *importing = context;
	char name[PATH_MAX];
	const int len = snprintf(name, sizeof(name), "%s/%.*s", importing->folder, STR_ARG(path));
	if (len < 0 || (size_t)len >= sizeof(name)) {
		return fault_set(&importing->cli->fault, ERR_TOO_LARGE, importing->folder,
			"the path is too long");
	}
	for (char *at = name + strlen(importing->folder) + 1; (at = strchr(at, '/')) != NULL;
		at++) {
		*at = '\0';
		const enum err err = folder_make(importing, name);
		*at = '/';
		if (err != ERR_OK) {
			return err;
		}
	}
	FILE *file = fopen(name, "wxe");
	const bool written = file != NULL && fwrite(yaml.ptr, 1, yaml.len, file) == yaml.len;
	if ((file != NULL && fclose(file) != 0) || !written) {
		return fault_set(&importing->cli->fault, ERR_IO, name, "cannot be written");
	}
	return ERR_OK;
}

static void report_write(void *context, struct str path, const char *reason)
{
	struct importing *importing = context;
	struct buf line = {0};
	text_data(&line, path);
	buf_printf(&line, "%s%s\n", path.len > 0 ? ": " : "", reason);
	if (fwrite(line.data, 1, line.len, importing->report) != line.len) {
		importing->err = ERR_IO;
	}
	buf_finish(&line);
}

static enum err feed_read(struct cli *cli, const char *name, struct exchange_import *import)
{
	char piece[PIECE_BYTES];
	size_t len = 0;
	enum err err = ERR_OK;
	FILE *file = strcmp(name, "-") == 0 ? cli->in : fopen(name, "re");
	if (file == NULL) {
		return fault_set(&cli->fault, ERR_NOT_FOUND, name, "cannot be read");
	}
	while (err == ERR_OK && (len = fread(piece, 1, sizeof(piece), file)) > 0) {
		err = exchange_import_json(import, (struct str){piece, len});
	}
	if (err == ERR_OK && ferror(file) != 0) {
		err = fault_set(&cli->fault, ERR_IO, name, "cannot be read");
	}
	if (file != cli->in) {
		(void)fclose(file);
	}
	return err;
}

static int csv_only(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);
	return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".csv") == 0;
}

static enum err table_read(
	struct cli *cli, const char *folder, const char *name, struct exchange_import *import)
{
	struct buf text = {0};
	const struct str path = arena_printf(&cli->arena, "%s/%s", folder, name);
	enum err err = path.ptr == NULL ? ERR_NOMEM
					: buf_read_file(&text, path.ptr, EXCHANGE_TABLES_BYTES);
	if (err == ERR_OK) {
		err = exchange_import_table(import, str_from(name), buf_str(&text));
	}
	buf_finish(&text);
	return err == ERR_TOO_LARGE ? fault_set(&cli->fault, err, name,
					      "the tables are over %d MiB together; a feed of JSON "
					      "may be longer",
					      EXCHANGE_TABLES_BYTES / (1024 * 1024))
				    : err;
}

/* A data package's own description is not needed: the names of the tables are the standard's. */
static enum err package_read(struct cli *cli, const char *folder, struct exchange_import *import)
{
	struct dirent **entries = NULL;
	const int count = scandir(folder, &entries, csv_only, alphasort);
	enum err err = ERR_OK;
	if (count <= 0 || count > TABLES_MOST) {
		err = fault_set(&cli->fault, ERR_INVALID, folder,
			"is a folder of 1 to %d .csv tables, or a file of JSON", TABLES_MOST);
	}
	for (int i = 0; i < count; i++) {
		if (err == ERR_OK) {
			err = table_read(cli, folder, entries[i]->d_name, import);
		}
		free(entries[i]);
	}
	free(entries);
	return err;
}

/* The folder of the drafts is new or empty, so that nothing of somebody's is overwritten. */
static enum err folder_begin(struct importing *importing)
{
	struct cli *cli = importing->cli;
	importing->folder = cli_option(cli, OPTION_OUTPUT);
	if (importing->folder == NULL) {
		return fault_set(&cli->fault, ERR_USAGE, "--output",
			"is missing: the folder for the drafts");
	}
	if (mkdir(importing->folder, 0755) != 0 &&
		(errno != EEXIST || rmdir(importing->folder) != 0 ||
			mkdir(importing->folder, 0755) != 0)) {
		return fault_set(&cli->fault, ERR_EXISTS, importing->folder,
			"cannot be made, or is there and not empty");
	}
	const struct str report =
		arena_printf(&cli->arena, "%s/import-report.txt", importing->folder);
	importing->report = report.ptr == NULL ? NULL : fopen(report.ptr, "wxe");
	if (importing->report == NULL) {
		return fault_set(&cli->fault, ERR_IO, importing->folder, "cannot be written to");
	}
	return ERR_OK;
}

static enum err import_run(struct importing *importing, struct exchange_imported *ret_imported)
{
	struct cli *cli = importing->cli;
	const char *area = cli_option(cli, OPTION_AREA);
	const char *name = cli->args.arguments[0];
	const struct exchange_sink sink = {draft_write, report_write, importing};
	struct stat st;
	struct exchange_import *import = exchange_import_create(
		str_from(area == NULL ? "imported" : area), plan_rulebook(), sink);
	if (import == NULL) {
		return fault_set(&cli->fault, ERR_NOMEM, "", "out of memory");
	}
	const bool package = stat(name, &st) == 0 && S_ISDIR(st.st_mode);
	enum err err = package ? package_read(cli, name, import) : feed_read(cli, name, import);
	if (err == ERR_OK) {
		err = exchange_import_end(import, ret_imported);
	}
	exchange_import_destroy(import);
	if (err == ERR_MALFORMED) {
		err = fault_set(&cli->fault, err, name,
			"ends in the middle; what came before is in %s", importing->folder);
	}
	return err != ERR_OK ? err : importing->err;
}

static void counts_print(struct cli *cli, const struct exchange_imported *counts)
{
	struct buf out = {0};
	if (cli_json(cli)) {
		struct value map = value_map_new(&cli->arena, 4);
		value_put(&cli->arena, &map, "services", value_of_int((int64_t)counts->services));
		value_put(&cli->arena, &map, "organisations",
			value_of_int((int64_t)counts->organisations));
		value_put(&cli->arena, &map, "refused", value_of_int((int64_t)counts->refused));
		value_put(&cli->arena, &map, "reported", value_of_int((int64_t)counts->reported));
		cli_print_json(cli, &map);
		return;
	}
	buf_printf(&out,
		"%zu services and %zu organisations as drafts; nothing could be made of %zu items; "
		"%zu lines in import-report.txt\n",
		counts->services, counts->organisations, counts->refused, counts->reported);
	cli_print(cli, &out);
	buf_finish(&out);
}

int cmd_directory_import(struct cli *cli)
{
	struct importing importing = {.cli = cli};
	struct exchange_imported counts = {0};
	struct directory *directory = NULL;
	enum exchange_profile profile;
	/* The two differ in what they have, not in what it means: a feed may mix them. */
	enum err err = profile_of(cli, &profile);
	if (err == ERR_OK) {
		err = folder_begin(&importing);
	}
	if (err == ERR_OK) {
		err = import_run(&importing, &counts);
	}
	if (importing.report != NULL && fclose(importing.report) != 0 && err == ERR_OK) {
		err = fault_set(
			&cli->fault, ERR_IO, importing.folder, "the report cannot be written");
	}
	if (err == ERR_OK) {
		counts_print(cli, &counts);
	}
	/* What is wrong with the drafts as they are is said at once. */
	if (err == ERR_OK && counts.services > CHECKED_MOST) {
		cli_note(cli, "the drafts were not checked, as there are over %d", CHECKED_MOST);
	} else if (err == ERR_OK && counts.services > 0) {
		err = directory_source_read(cli, importing.folder, &directory);
		directory_destroy(directory);
	}
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	return counts.refused > 0 ? EXIT_REFUSED : EXIT_DONE;
}
