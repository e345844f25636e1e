/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_DIRECTORY_MADE_H
#define ONWARD_CLI_DIRECTORY_MADE_H
#include "broker/cli/cli.h"

/*
 * Which published version a folder was made from, in its file .onward-version: so that what
 * somebody else published meanwhile is not undone unseen by an older folder.
 */
#define DIRECTORY_MADE_FILE ".onward-version"

/* 0 when there is no such file.  ERR_CONFIG when it holds something else. */
MUST_CHECK enum err directory_made_from(struct cli *cli, const char *folder, uint64_t *ret_version);
/* Writes it whole, or leaves what was there. */
MUST_CHECK enum err directory_made_keep(struct cli *cli, const char *folder, uint64_t version);
#endif
