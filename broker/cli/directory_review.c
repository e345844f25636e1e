/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/directory_review.h"
#include "broker/cli/progress.h"

static void review_step(void *context, size_t done, size_t of)
{
	progress_show(context, done, of);
}

enum err directory_review(struct cli *cli, const struct directory_files *files,
	const struct directory_refusals *refusals, struct str only, date_days day,
	struct review *ret_review)
{
	struct progress progress;
	const struct directory_watch watch = {.step = review_step, .context = &progress};
	struct parties *parties = NULL;
	const char *path = cli_home_file(cli, "parties.yaml");
	*ret_review = (struct review){0};
	if (path == NULL) {
		return fault_set(&cli->fault, ERR_NOMEM, "", "out of memory");
	}
	enum err err = parties_load(path, &parties, &cli->fault);
	if (err != ERR_OK && err != ERR_NOT_FOUND) {
		return err;
	}
	const struct review_input input = {
		.files = files,
		.refusals = refusals,
		.parties = parties,
		.day = day,
		.only = only,
		.watch = &watch,
	};
	progress_init(&progress, cli->err, "checked");
	err = review_run(&input, ret_review);
	progress_finish(&progress);
	parties_destroy(parties);
	return err == ERR_OK ? ERR_OK
			     : fault_set(&cli->fault, err, "",
				       "the directory cannot be looked over: %s", err_text(err));
}

enum err directory_review_tell(
	struct cli *cli, const struct directory_files *files, const char *root, bool strict)
{
	struct review review;
	struct buf out = {0};
	enum err err = directory_review(
		cli, files, NULL, (struct str){0}, timestamp_london_date(timestamp_now()), &review);
	for (size_t i = 0; err == ERR_OK && i < review.count; i++) {
		if (review.items[i].severity != REVIEW_NOTE) {
			buf_reset(&out);
			review_print(&out, &review.items[i], root);
			(void)fwrite(out.data, 1, out.len, cli->err);
		}
	}
	const size_t problems = review.errors + (strict ? review.warnings : 0);
	if (err == ERR_OK && problems > 0) {
		err = fault_set(&cli->fault, ERR_CONFIG, root,
			"%zu problem%s in the directory's files", problems,
			problems == 1 ? "" : "s");
	}
	buf_finish(&out);
	review_finish(&review);
	return err;
}
