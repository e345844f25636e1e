/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_SESSION_H
#define ONWARD_CLI_SESSION_H
#include "adapters/client/client.h"
#include "broker/cli/cli.h"
#include "broker/core/core.h"
/* How a command meets the broker: as which party, one session a command. */

/* A client of the home as the party that asks, not connected yet; client_destroy when done.  The
 * fault is in cli->fault. */
MUST_CHECK enum err session_open(struct cli *cli, struct client **ret_client);
/* Opened and connected. */
MUST_CHECK enum err session_connect(struct cli *cli, struct client **ret_client);
/* One question in a session of its own; the actor is filled in, the body is in cli->arena. */
MUST_CHECK enum err session_ask(
	struct cli *cli, struct wire_request *request, struct value *ret_body);
/* All pages of a list as one list in cli->arena. */
MUST_CHECK enum err session_pages(
	struct cli *cli, struct wire_request *request, struct value *ret_items);
/* The items of a list behind those of another, which has room for *size (at first 0) and grows by
 * doubling in cli->arena: pages and steps are not counted ahead.  NULL or no list: nothing. */
void session_append(struct cli *cli, struct value *all, size_t *size, const struct value *items);
/* Steps of a bulk command, each as long as it gives a cursor: what became of each, in cli->arena,
 * also of those before a step that failed. */
MUST_CHECK enum err session_steps(struct cli *cli, struct wire_request *request,
	void (*progress)(void *context, size_t done), void *context, struct value *ret_items);
/* Asks the broker to take in changed parties or directory. */
MUST_CHECK enum err session_reload(struct cli *cli, bool parties, bool directory);
/* The home's store, read-only, beside a running broker or without one; core_close when done. */
MUST_CHECK enum err session_store(struct cli *cli, struct core **ret_core);

/* cmd_keys.c: makes a pair and keeps it in the home, as the present or the next one of the party.
 */
MUST_CHECK enum err keys_make(
	struct cli *cli, const char *party, bool next, char ret_public[PARTY_KEY_TEXT + 1]);
#endif
