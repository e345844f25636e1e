/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/directory_review.h"

struct progress {
	struct cli *cli;
	timestamp_us told; /* when it was last told, or began */
};

enum {
	TELL_EVERY_US = 1000000
};

static void progress_step(void *context, size_t done, size_t of)
{
	struct progress *progress = context;
	const timestamp_us now = timestamp_now();
	if (now - progress->told >= TELL_EVERY_US) {
		progress->told = now;
		cli_note(progress->cli, "checking: %zu of %zu", done, of);
	}
}

enum err directory_review(struct cli *cli, const struct directory_files *files, struct str only,
	date_days day, struct review *ret_review)
{
	struct progress progress = {.cli = cli, .told = timestamp_now()};
	const struct directory_watch watch = {.step = progress_step, .context = &progress};
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
		.parties = parties,
		.day = day,
		.only = only,
		.watch = &watch,
	};
	err = review_run(&input, ret_review);
	parties_destroy(parties);
	return err == ERR_OK ? ERR_OK
			     : fault_set(&cli->fault, err, "",
				       "the directory cannot be looked over: %s", err_text(err));
}
