/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/directory_source.h"
#include "directory/coverage/map.h"

/* directory map: the authorities as tiles, or their contracts over time. */

static enum err draw(struct cli *cli, const struct coverage *coverage,
	const struct coverage_part *part, struct buf *out)
{
	const char *file = cli_option(cli, OPTION_OUTPUT);
	const bool timeline = cli_option(cli, OPTION_TIMELINE) != NULL;
	if (file == NULL) {
		(timeline ? timeline_text : map_text)(out, coverage, part);
	} else {
		(timeline ? timeline_svg : map_svg)(out, coverage, part);
	}
	if (out->failed) {
		return fault_set(&cli->fault, ERR_NOMEM, "", "out of memory");
	}
	if (file == NULL) {
		cli_print(cli, out);
		return ERR_OK;
	}
	const enum err err = buf_write_file(buf_str(out), file, 0644);
	return err == ERR_OK ? ERR_OK : fault_set(&cli->fault, err, file, "cannot be written");
}

int cmd_directory_map(struct cli *cli)
{
	struct directory *directory = NULL;
	struct coverage *coverage = NULL;
	struct coverage_part part;
	struct buf out = {0};
	enum err err = directory_source_part(cli, &part);
	if (err == ERR_OK) {
		err = directory_source_read(cli,
			cli->args.argument_count > 0 ? cli->args.arguments[0] : NULL, &directory);
	}
	if (err == ERR_OK) {
		err = directory_source_coverage(cli, directory, &coverage);
	}
	if (err == ERR_OK) {
		err = draw(cli, coverage, &part, &out);
	}
	buf_finish(&out);
	coverage_destroy(coverage);
	directory_destroy(directory);
	return err == ERR_OK ? EXIT_DONE : cli_failed(cli, err);
}
