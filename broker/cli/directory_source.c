/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/directory_source.h"

#include "broker/cli/input.h"
#include "broker/cli/progress.h"
#include "broker/core/facts.h"
#include "broker/core/plan.h"
#include "directory/check.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* An area's own folder: the one above it is read, and only what is the area's is kept.  Where the
 * folder's name is written, the one above is named in the same way. */
static const char *area_split(struct cli *cli, const char *root, struct str *ret_area)
{
	char path[PATH_MAX];
	char real[PATH_MAX];
	*ret_area = (struct str){0};
	if (snprintf(path, sizeof(path), "%s/area.yaml", root) >= (int)sizeof(path) ||
		access(path, R_OK) != 0 || realpath(root, real) == NULL) {
		return root;
	}
	size_t len = strlen(root);
	while (len > 1 && root[len - 1] == '/') {
		len--;
	}
	const struct str written = {root, len};
	const char *slash = memrchr(root, '/', len);
	const struct str name =
		slash == NULL ? written : (struct str){slash + 1, len - (size_t)(slash + 1 - root)};
	if (name.len > 0 && !str_is(name, ".") && !str_is(name, "..")) {
		*ret_area = arena_printf(&cli->arena, "%.*s/", STR_ARG(name));
		const struct str above = slash == NULL ? STR(".")
					 : slash == root
						 ? STR("/")
						 : (struct str){root, (size_t)(slash - root)};
		return arena_str(&cli->arena, above).ptr;
	}
	char *last = strrchr(real, '/');
	*ret_area = arena_printf(&cli->arena, "%s/", last + 1);
	*last = '\0';
	return arena_str(&cli->arena, str_from(last == real ? "/" : real)).ptr;
}

enum err directory_source_files_all(struct cli *cli, const char **root, struct str *ret_area,
	struct directory_files *ret_files, struct directory_refusals *refusals)
{
	*root = *root == NULL ? cli_home_file(cli, "directory") : *root;
	*root = *root == NULL ? NULL : area_split(cli, *root, ret_area);
	if (*root == NULL) {
		return fault_set(&cli->fault, ERR_NOMEM, "", "out of memory");
	}
	return directory_files_read_all(*root, ret_files, refusals, &cli->fault);
}

enum err directory_source_files(
	struct cli *cli, const char **root, struct str *ret_area, struct directory_files *ret_files)
{
	return directory_source_files_all(cli, root, ret_area, ret_files, NULL);
}

static void files_keep(struct directory_files *files, struct str prefix)
{
	size_t kept = 0;
	for (size_t i = 0; i < files->count; i++) {
		if (str_has_prefix(files->items[i].path, prefix)) {
			files->items[kept++] = files->items[i];
		}
	}
	files->count = kept;
}

static void say_problems(struct cli *cli, const struct directory_problems *problems)
{
	for (size_t i = 0; i < problems->kept; i++) {
		const struct directory_problem *p = &problems->items[i];
		if (p->file.len == 0) {
			cli_note(
				cli, "%.*s", STR_ARG(p->message)); /* of the directory as a whole */
			continue;
		}
		cli_note(cli, "%.*s:%u: %.*s%s%.*s", STR_ARG(p->file), p->line, STR_ARG(p->field),
			p->field.len == 0 ? "" : ": ", STR_ARG(p->message));
	}
}

static void load_step(void *context, size_t done, size_t of)
{
	progress_show(context, done, of);
}

enum err directory_source_load(struct cli *cli, const struct directory_files *files,
	const char *root, struct directory **ret_directory)
{
	struct directory_problems problems;
	struct progress progress;
	const struct directory_watch watch = {.step = load_step, .context = &progress};
	progress_init(&progress, cli->err, "files loaded");
	enum err err =
		directory_load_watched(files, plan_rulebook(), &watch, ret_directory, &problems);
	progress_finish(&progress);
	if (err == ERR_CONFIG) {
		say_problems(cli, &problems);
		err = fault_set(&cli->fault, ERR_CONFIG, root,
			"%zu problem%s in the directory's files", problems.count,
			problems.count == 1 ? "" : "s");
	}
	directory_problems_finish(&problems);
	return err;
}

enum err directory_source_read(struct cli *cli, const char *root, struct directory **ret_directory)
{
	struct directory_files files;
	struct str area;
	enum err err = directory_source_files(cli, &root, &area, &files);
	if (err != ERR_OK) {
		return err;
	}
	files_keep(&files, area);
	err = directory_source_load(cli, &files, root, ret_directory);
	directory_files_finish(&files);
	return err;
}

enum err directory_source_day(struct cli *cli, date_days *ret_day)
{
	const char *at = cli_option(cli, OPTION_AT);
	timestamp_us time = 0;
	if (at != NULL && date_parse(str_from(at), ret_day) == ERR_OK) {
		return ERR_OK;
	}
	if (at != NULL && timestamp_parse(str_from(at), &time) != ERR_OK) {
		return fault_set(
			&cli->fault, ERR_USAGE, "--at", "a date is expected, such as 2019-06-12");
	}
	*ret_day = timestamp_london_date(at == NULL ? timestamp_now() : time);
	return ERR_OK;
}

/* The number of a code of a vocabulary, with the nearest in the message. */
static enum err code_option(
	struct cli *cli, enum args_option option, enum vocab_name vocab, int *ret_number)
{
	const char *given = cli_option(cli, option);
	size_t count;
	const char *const *codes = vocab_codes(vocab, &count);
	const char *nearest = NULL;
	size_t least = given == NULL ? 0 : strlen(given) / 2 + 1;
	if (given == NULL) {
		return ERR_OK;
	}
	*ret_number = vocab_number(vocab, str_from(given));
	if (*ret_number >= 0) {
		return ERR_OK;
	}
	for (size_t i = 0; i < count; i++) {
		const size_t distance = str_distance(str_from(given), str_from(codes[i]));
		nearest = distance < least ? codes[i] : nearest;
		least = distance < least ? distance : least;
	}
	char name[40];
	(void)snprintf(name, sizeof(name), "--%s", args_options[option].name);
	return fault_set(&cli->fault, ERR_USAGE, name, "no such code%s%s%s",
		nearest == NULL ? "" : "; did you mean ", nearest == NULL ? "" : nearest,
		nearest == NULL ? "" : "?");
}

enum err directory_source_part(struct cli *cli, struct coverage_part *ret_part)
{
	struct coverage_part part = {.pathway = -1, .need = -1};
	enum err err = code_option(cli, OPTION_NEED, VOCAB_NEED, &part.need);
	if (err == ERR_OK) {
		err = code_option(cli, OPTION_PATHWAY, VOCAB_PATHWAY, &part.pathway);
	}
	if (err == ERR_OK) {
		err = input_authority(cli, &part.authority);
	}
	*ret_part = part;
	return err;
}

enum err directory_source_coverage(
	struct cli *cli, const struct directory *directory, struct coverage **ret_coverage)
{
	struct cel_env facts;
	struct coverage_input input = {.directory = directory,
		.facts = &facts,
		.further = cli_option(cli, OPTION_FURTHER) != NULL};
	enum err err = directory_source_day(cli, &input.day);
	if (err == ERR_OK) {
		err = facts_declare(&cli->arena, &facts);
	}
	return err == ERR_OK ? coverage_create(&input, ret_coverage, &cli->fault) : err;
}
