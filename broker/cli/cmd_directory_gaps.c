/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/directory_source.h"
#include "directory/coverage/report.h"

/* directory gaps: where there is no service. */

static enum err format_of(
	struct cli *cli, void (**ret_report)(struct buf *out, const struct coverage *coverage,
				 const struct coverage_part *part))
{
	const char *format = cli_option(cli, OPTION_FORMAT);
	format = format == NULL && cli_json(cli) ? "json" : format;
	if (format == NULL || strcmp(format, "table") == 0) {
		*ret_report = report_table;
	} else if (strcmp(format, "csv") == 0) {
		*ret_report = report_csv;
	} else if (strcmp(format, "json") == 0) {
		*ret_report = report_json;
	} else {
		return fault_set(&cli->fault, ERR_USAGE, "--format", "is table, csv or json");
	}
	return ERR_OK;
}

int cmd_directory_gaps(struct cli *cli)
{
	void (*report)(struct buf *, const struct coverage *, const struct coverage_part *) = NULL;
	struct directory *directory = NULL;
	struct coverage *coverage = NULL;
	struct coverage_part part;
	struct buf out = {0};
	enum err err = format_of(cli, &report);
	if (err == ERR_OK) {
		err = directory_source_part(cli, &part);
	}
	if (err == ERR_OK) {
		err = directory_source_read(cli,
			cli->args.argument_count > 0 ? cli->args.arguments[0] : NULL, &directory);
	}
	if (err == ERR_OK) {
		err = directory_source_coverage(cli, directory, &coverage);
	}
	if (err == ERR_OK) {
		report(&out, coverage, &part);
		err = out.failed ? fault_set(&cli->fault, ERR_NOMEM, "", "out of memory") : ERR_OK;
	}
	if (err == ERR_OK) {
		cli_print(cli, &out);
	}
	buf_finish(&out);
	coverage_destroy(coverage);
	directory_destroy(directory);
	return err == ERR_OK ? EXIT_DONE : cli_failed(cli, err);
}
