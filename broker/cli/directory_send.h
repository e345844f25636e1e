/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_DIRECTORY_SEND_H
#define ONWARD_CLI_DIRECTORY_SEND_H
#include "adapters/client/client.h"
#include "broker/cli/cli.h"
#include "directory/directory.h"
/* A folder's files on their way to the broker, to be published or tried there. */
struct directory_send {
	struct directory_files files;
	struct buf packed;
	uint8_t hash[HASH_SIZE];
	const char *root; /* the folder they are from */
};

enum {
	DIRECTORY_SENDS_TRIED = 3 /* the broker may start again, or let one go */
};

/* The first argument's folder, or the home's; all problems at once, before anything travels.
 * `verb`: what is to be done with it, for messages.  Finished by the caller whatever the answer. */
MUST_CHECK enum err directory_send_read(
	struct cli *cli, const char *verb, struct directory_send *sending);
/* In pieces; what is there already may come again. */
MUST_CHECK enum err directory_send(
	struct cli *cli, struct client *client, const struct directory_send *sending);
/* The broker does not have it any more: to be sent again. */
bool directory_send_lost(const struct cli *cli, enum err err);
void directory_send_finish(struct directory_send *sending);
#endif
