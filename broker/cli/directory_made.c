/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/directory_made.h"

#include "broker/cli/input.h"

#include <string.h>

enum {
	MADE_BYTES = 64
};

static struct str made_path(struct cli *cli, const char *folder)
{
	return arena_printf(&cli->arena, "%s/" DIRECTORY_MADE_FILE, folder);
}

enum err directory_made_from(struct cli *cli, const char *folder, uint64_t *ret_version)
{
	const struct str path = made_path(cli, folder);
	struct buf text = {0};
	*ret_version = 0;
	enum err err = path.ptr == NULL ? ERR_NOMEM : buf_read_file(&text, path.ptr, MADE_BYTES);
	if (err == ERR_NOT_FOUND) {
		return ERR_OK;
	}
	if (err == ERR_OK) {
		size_t len = text.len;
		while (len > 0 && strchr("\r\n ", text.data[len - 1]) != NULL) {
			len--;
		}
		const char *line = arena_str(&cli->arena, (struct str){text.data, len}).ptr;
		err = line == NULL ? ERR_NOMEM : input_version(cli, path.ptr, line, ret_version);
	}
	buf_finish(&text);
	return err == ERR_OK || err == ERR_NOMEM
		       ? err
		       : fault_set(&cli->fault, ERR_CONFIG, path.ptr,
				 "is not the number of the version that the folder was made from: "
				 "write it there, or give --expect N");
}

enum err directory_made_keep(struct cli *cli, const char *folder, uint64_t version)
{
	const struct str path = made_path(cli, folder);
	const struct str line = arena_printf(&cli->arena, "%llu\n", (unsigned long long)version);
	if (path.ptr == NULL || line.ptr == NULL) {
		return ERR_NOMEM;
	}
	const enum err err = buf_write_file(line, path.ptr, 0644);
	return err == ERR_OK ? ERR_OK : fault_set(&cli->fault, err, path.ptr, "cannot be written");
}
