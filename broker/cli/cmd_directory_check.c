/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/directory_review.h"
#include "broker/cli/directory_source.h"
#include "broker/config/config.h"

/* directory check: all there is to mend, and what is odd, before anything is published. */

static void print_findings(struct cli *cli, const struct review *review, const char *root)
{
	struct buf out = {0};
	for (size_t i = 0; i < review->count; i++) {
		if (cli_json(cli)) {
			const struct arena_mark mark = arena_mark(&cli->arena);
			const struct value line =
				review_value(&cli->arena, &review->items[i], root);
			cli_print_json(cli, &line);
			arena_rewind(&cli->arena, mark);
			continue;
		}
		buf_reset(&out);
		review_print(&out, &review->items[i], root);
		cli_print(cli, &out);
	}
	if (!cli_json(cli)) {
		buf_reset(&out);
		review_print_sum(&out, review);
		cli_print(cli, &out);
	}
	buf_finish(&out);
}

/* What cannot be looked at is not in order. */
static int failed(struct cli *cli, enum err err)
{
	const int code = cli_failed(cli, err);
	return code == EXIT_OTHER ? EXIT_REFUSED : code;
}

/* In a home to rehearse in the broker's day is mostly another than today. */
static void say_day(struct cli *cli)
{
	struct config config;
	struct fault fault = {0};
	char text[DATE_TEXT_SIZE];
	const char *path = cli_home_file(cli, "onward.yaml");
	if (cli_option(cli, OPTION_AT) != NULL || path == NULL ||
		config_load(path, &config, &fault) != ERR_OK || !config.clock_manual) {
		return;
	}
	date_format(timestamp_london_date(timestamp_now()), text);
	cli_note(cli, "looked at as of today, %s; --at DATE looks as of the rehearsal's day", text);
}

int cmd_directory_check(struct cli *cli)
{
	const char *root = cli->args.argument_count > 0 ? cli->args.arguments[0] : NULL;
	struct directory_files files = {0};
	struct directory_refusals refusals = {0};
	struct review review = {0};
	struct str area = {0};
	date_days day;
	enum err err = directory_source_day(cli, &day);
	if (err == ERR_OK) {
		err = directory_source_files_all(cli, &root, &area, &files, &refusals);
	}
	if (err != ERR_OK) {
		return failed(cli, err);
	}
	say_day(cli);
	err = directory_review(cli, &files, &refusals, area, day, &review);
	if (err == ERR_OK) {
		print_findings(cli, &review, root);
	}
	const bool strict = cli_option(cli, OPTION_STRICT) != NULL;
	const bool refused = review.errors > 0 || (strict && review.warnings > 0);
	review_finish(&review);
	directory_files_finish(&files);
	return err != ERR_OK ? failed(cli, err) : refused ? EXIT_REFUSED : EXIT_DONE;
}
