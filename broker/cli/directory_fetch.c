/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/directory_fetch.h"

#include "broker/cli/session.h"
#include "broker/core/packed.h"

enum {
	FETCH_BYTES_MAX = 512 * 1024 * 1024 /* more than a directory's files may have together */
};

static enum err not_as_said(struct cli *cli, const char *what)
{
	return fault_set(&cli->fault, ERR_MALFORMED, "fetch", "the broker's answer %s", what);
}

/* One answer: the next bytes, behind those that are there. */
static enum err piece_add(struct cli *cli, const struct value *body,
	struct directory_fetched *fetched, int64_t *total)
{
	const struct value *bytes = value_get(body, STR("bytes"));
	const int64_t version = value_get_int(body, "version", 0);
	const int64_t said = value_get_int(body, "total", -1);
	if (bytes == NULL || bytes->kind != VALUE_BYTES || version <= 0 || said < 0 ||
		value_get_int(body, "offset", -1) != (int64_t)fetched->packed.len) {
		return not_as_said(cli, "is not a piece of a directory");
	}
	if (said > FETCH_BYTES_MAX) {
		return fault_set(&cli->fault, ERR_TOO_LARGE, "fetch",
			"a directory of %lld bytes; %d is the most", (long long)said,
			FETCH_BYTES_MAX);
	}
	if ((fetched->version != 0 && (uint64_t)version != fetched->version) ||
		(*total >= 0 && said != *total) ||
		(bytes->string.len == 0 && said > (int64_t)fetched->packed.len) ||
		(int64_t)(fetched->packed.len + bytes->string.len) > said) {
		return not_as_said(cli, "changed on the way");
	}
	fetched->version = (uint64_t)version;
	*total = said;
	buf_append(&fetched->packed, bytes->string.ptr, bytes->string.len);
	return fetched->packed.failed ? fault_set(&cli->fault, ERR_NOMEM, "", "out of memory")
				      : ERR_OK;
}

static enum err pieces_ask(struct cli *cli, struct client *client, uint64_t version,
	struct directory_fetched *fetched, uint8_t hash[HASH_SIZE])
{
	int64_t total = -1;
	enum err err = ERR_OK;
	struct arena scratch;
	arena_init(&scratch, 0);
	while (err == ERR_OK && (total < 0 || (int64_t)fetched->packed.len < total)) {
		/* What is in force may change meanwhile: its number is asked for from then on. */
		struct wire_request request = {.header.type = WIRE_FETCH,
			.version = fetched->version == 0 ? version : fetched->version,
			.offset = fetched->packed.len};
		struct value body;
		arena_reset(&scratch);
		err = client_ask(
			client, &request, cli_timeout_ms(cli), &scratch, &body, &cli->fault);
		if (err == ERR_OK) {
			err = piece_add(cli, &body, fetched, &total);
		}
		const struct value *said = err == ERR_OK ? value_get(&body, STR("hash")) : NULL;
		if (said != NULL && said->kind == VALUE_BYTES && said->string.len == HASH_SIZE) {
			memcpy(hash, said->string.ptr, HASH_SIZE);
		}
	}
	arena_finish(&scratch);
	return err;
}

enum err directory_fetch(struct cli *cli, uint64_t version, struct directory_fetched *ret_fetched)
{
	struct client *client = NULL;
	uint8_t said[HASH_SIZE] = {0};
	uint8_t hash[HASH_SIZE];
	*ret_fetched = (struct directory_fetched){0};
	enum err err = session_connect(cli, &client);
	if (err != ERR_OK) {
		return err;
	}
	err = pieces_ask(cli, client, version, ret_fetched, said);
	client_destroy(client);
	if (err == ERR_OK) {
		err = packed_read(buf_str(&ret_fetched->packed), &ret_fetched->files, &cli->fault);
	}
	if (err == ERR_OK) {
		err = packed_check(&ret_fetched->files, &cli->fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	directory_files_hash(&ret_fetched->files, hash);
	return memcmp(hash, said, HASH_SIZE) == 0
		       ? ERR_OK
		       : not_as_said(cli, "does not have the hash that it says");
}

void directory_fetched_finish(struct directory_fetched *fetched)
{
	directory_files_finish(&fetched->files);
	buf_finish(&fetched->packed);
	*fetched = (struct directory_fetched){0};
}
