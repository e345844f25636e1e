/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_DIRECTORY_SOURCE_H
#define ONWARD_CLI_DIRECTORY_SOURCE_H
#include "broker/cli/cli.h"
#include "directory/check.h"
#include "directory/coverage/coverage.h"
/* The directory that the commands `onward directory ...` look at, and what they ask of it. */

/* Of a folder of areas, of one area's folder, or, for NULL, of the home.  What is wrong in its
 * files goes to standard error. ERR_CONFIG, ERR_NOT_FOUND, ERR_IO, ERR_NOMEM. */
MUST_CHECK enum err directory_source_read(
	struct cli *cli, const char *root, struct directory **ret_directory);
/* Its files without a look into them.  *root is where it is given and may be NULL; it becomes the
 * folder that the files' paths stand below.  Of one area's folder all files of the one above are
 * read, and *ret_area is "<area>/"; else it is empty.  The caller finishes the files. */
MUST_CHECK enum err directory_source_files(struct cli *cli, const char **root, struct str *ret_area,
	struct directory_files *ret_files);
/* The same past what cannot be taken in, which is noted; see directory/check.h. */
MUST_CHECK enum err directory_source_files_all(struct cli *cli, const char **root,
	struct str *ret_area, struct directory_files *ret_files,
	struct directory_refusals *refusals);
/* Files that are there already; `root` is what messages call them. */
MUST_CHECK enum err directory_source_load(struct cli *cli, const struct directory_files *files,
	const char *root, struct directory **ret_directory);
/* --at as a date or a time; today in London without it.  ERR_USAGE. */
MUST_CHECK enum err directory_source_day(struct cli *cli, date_days *ret_day);
/* --need, --pathway and --authority.  ERR_USAGE. */
MUST_CHECK enum err directory_source_part(struct cli *cli, struct coverage_part *ret_part);
/* The grid of the directory on the day of --at. */
MUST_CHECK enum err directory_source_coverage(
	struct cli *cli, const struct directory *directory, struct coverage **ret_coverage);
#endif
