/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_DIRECTORY_REVIEW_H
#define ONWARD_CLI_DIRECTORY_REVIEW_H
#include "broker/cli/cli.h"
#include "broker/review/review.h"
/* A directory's files looked over as `onward directory check` does it: with the home's parties
 * where there are any, and with a line that counts when it takes long. */

/* `refusals` may be NULL.  `only`: the folder of one area with its slash, or empty.  *ret_review is
 * finished by the caller whatever the answer.  ERR_CONFIG: parties.yaml cannot be read. */
MUST_CHECK enum err directory_review(struct cli *cli, const struct directory_files *files,
	const struct directory_refusals *refusals, struct str only, date_days day,
	struct review *ret_review);
/* Before something is done with them today: errors and warnings go to standard error, `root` before
 * their files.  ERR_CONFIG when there are errors, or with `strict` warnings. */
MUST_CHECK enum err directory_review_tell(
	struct cli *cli, const struct directory_files *files, const char *root, bool strict);
#endif
