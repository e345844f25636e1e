/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_WHERE_H
#define ONWARD_CLI_WHERE_H
#include "broker/cli/cli.h"
#include "directory/authority.h"
#include "directory/postcodes.h"
/* Where a postcode lies: of the file `postcodes` of the home.  Always something for a person to
 * confirm, never filled in by itself. */

/* ERR_NOT_FOUND when the home has no such file. */
MUST_CHECK enum err where_open(struct cli *cli, struct directory_postcodes **ret_postcodes);
/* A list of {postcode, exact, ended, share, code, name, ...}, an authority each, the likeliest
 * first; one for a postcode that is known, several for an outward code or one that is not.  A code
 * that has ended gives way to what took its place.  Empty when nothing is known. */
MUST_CHECK enum err where_find(struct cli *cli, const struct directory_postcodes *postcodes,
	const struct directory_postcode *postcode, struct value *ret_items);
/* An item as it is there for a postcode, without what only a postcode has. */
struct value where_authority(struct cli *cli, const struct directory_authority *authority);
void view_where(struct buf *out, const struct names *names, const struct value *items);

/* For each referral that gives a postcode and no authority, a line on standard error that says
 * where the postcode lies; nothing without the file.  The postcode is not repeated. */
void where_suggest(struct cli *cli, const struct value *referrals, size_t count);
#endif
