/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_DIRECTORY_FETCH_H
#define ONWARD_CLI_DIRECTORY_FETCH_H
#include "broker/cli/cli.h"
#include "directory/directory.h"

/* A published directory's files, as the broker gave them and held against their hash. */
struct directory_fetched {
	uint64_t version;
	struct directory_files files; /* borrow from `packed` */
	struct buf packed;
};
/* Version 0: what is in force.  The caller finishes it whatever the answer.  The fault is in
 * cli->fault. */
MUST_CHECK enum err directory_fetch(
	struct cli *cli, uint64_t version, struct directory_fetched *ret_fetched);
void directory_fetched_finish(struct directory_fetched *fetched);
#endif
