/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/directory_send.h"
#include "broker/base/limits.h"
#include "broker/cli/directory_review.h"
#include "broker/cli/directory_source.h"
#include "broker/cli/progress.h"
#include "broker/core/packed.h"

enum err directory_send_read(struct cli *cli, const char *verb, struct directory_send *sending)
{
	const char *root = cli->args.argument_count > 0 ? cli->args.arguments[0] : NULL;
	struct str area = {0};
	enum err err = directory_source_files(cli, &root, &area, &sending->files);
	if (err != ERR_OK) {
		return err;
	}
	if (area.len > 0) {
		return fault_set(&cli->fault, ERR_USAGE, cli->args.arguments[0],
			"is the folder of one area: %s %s, with all areas, or the others are gone",
			verb, root);
	}
	sending->root = root;
	/* All problems at once, before anything travels. */
	err = directory_review_tell(
		cli, &sending->files, root, cli_option(cli, OPTION_STRICT) != NULL);
	if (err == ERR_OK) {
		directory_files_hash(&sending->files, sending->hash);
		err = packed_write(&sending->files, &sending->packed);
	}
	if (err == ERR_OK && sending->packed.len > LIMIT_UPLOAD_BYTES) {
		err = fault_set(&cli->fault, ERR_TOO_LARGE, root,
			"%zu bytes of files; at most %d travel: the home's own directory is "
			"published by `onward reload`",
			sending->packed.len, LIMIT_UPLOAD_BYTES);
	}
	return err;
}

enum err directory_send(
	struct cli *cli, struct client *client, const struct directory_send *sending)
{
	struct progress progress;
	struct arena scratch;
	enum err err = ERR_OK;
	arena_init(&scratch, 0);
	progress_init(&progress, cli->err, "bytes sent");
	for (size_t at = 0; err == ERR_OK && at < sending->packed.len; at += LIMIT_CHUNK_BYTES) {
		const size_t left = sending->packed.len - at;
		struct wire_request request = {.header.type = WIRE_UPLOAD,
			.upload = {(const char *)sending->hash, HASH_SIZE},
			.offset = at,
			.total = sending->packed.len,
			.bytes = {sending->packed.data + at,
				left < LIMIT_CHUNK_BYTES ? left : (size_t)LIMIT_CHUNK_BYTES}};
		struct value body;
		arena_reset(&scratch);
		err = client_ask(
			client, &request, cli_timeout_ms(cli), &scratch, &body, &cli->fault);
		progress_show(&progress, at + request.bytes.len, sending->packed.len);
	}
	progress_finish(&progress);
	arena_finish(&scratch);
	return err;
}

bool directory_send_lost(const struct cli *cli, enum err err)
{
	return (err == ERR_STATE && strcmp(cli->fault.field, "offset") == 0) ||
	       (err == ERR_NOT_FOUND && strcmp(cli->fault.field, "upload") == 0);
}

void directory_send_finish(struct directory_send *sending)
{
	directory_files_finish(&sending->files);
	buf_finish(&sending->packed);
}
