/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_WALK_H
#define ONWARD_CLI_WALK_H
#include "adapters/client/client.h"
#include "broker/cli/cli.h"
/* A question that is answered in pages or steps, and what its pages say in sum. */

struct walk {
	struct value items; /* of all pages, in cli->arena */
	size_t room;
	/* Numbers of the pages that are added up: their keys, ended by NULL. */
	const char *const *keys;
	int64_t sums[8];
	struct value last; /* the newest page */
	/* After each page; may be NULL. */
	enum err (*page)(struct walk *walk, struct cli *cli, struct wire_request *request);
	const char
		*what; /* for the line that counts: the first of the sums, and with `items` those */
	bool count_items;
	int timeout_ms; /* of a page; 0: that of every command */
};

/* What came before an error stays in the walk, which may go on where it was. */
MUST_CHECK enum err walk_pages(
	struct walk *walk, struct cli *cli, struct client *client, struct wire_request *request);
/* Adds the sums to a map that has room for them. */
void walk_put_sums(const struct walk *walk, struct cli *cli, struct value *map);
#endif
