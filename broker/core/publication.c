/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/publication.h"

#include "broker/core/apply_fold.h"
#include "broker/core/packed.h"
#include "broker/store/record.h"

const char *publication_origin_name(enum publication_origin origin)
{
	switch (origin) {
#define X(number, NAME, name)    \
	case PUBLICATION_##NAME: \
		return name;
		PUBLICATION_ORIGIN_MAP(X)
#undef X
	}
	return "unknown";
}

struct store_key publication_key(uint64_t version)
{
	struct store_key key = store_key_start(TABLE_PUBLICATION);
	store_key_u64(&key, version);
	return key;
}

enum err publication_put(struct state *state, uint64_t version, const struct publication_row *row)
{
	const struct store_key key = publication_key(version);
	return record_put(state->txn, store_key_view(&key), TABLE_PUBLICATION, ROW_VERSION,
		(struct str){(const char *)row, sizeof(*row)});
}

enum err publication_get(
	struct state *state, uint64_t version, struct publication_row *ret_row, struct fault *fault)
{
	const struct store_key key = publication_key(version);
	struct str body;
	const enum err err = record_get(
		state->txn, store_key_view(&key), TABLE_PUBLICATION, ROW_VERSION, &body, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (body.len != sizeof(*ret_row)) {
		return fault_set(fault, ERR_CORRUPT, "publication",
			"the row has another size than its version");
	}
	memcpy(ret_row, body.ptr, sizeof(*ret_row));
	return ERR_OK;
}

enum err publication_files(
	struct state *state, uint64_t version, struct str *ret_packed, struct fault *fault)
{
	const struct store_key key = state_directory_key(version);
	return record_get(
		state->txn, store_key_view(&key), TABLE_DIRECTORY, ROW_VERSION, ret_packed, fault);
}

enum err publication_hash(
	struct state *state, uint64_t version, uint8_t out[HASH_SIZE], struct fault *fault)
{
	struct publication_row row;
	struct directory_files files;
	struct str packed;
	enum err err = publication_get(state, version, &row, fault);
	if (err == ERR_OK) {
		memcpy(out, row.hash, HASH_SIZE);
		return ERR_OK;
	}
	if (err != ERR_NOT_FOUND && err != ERR_CORRUPT) {
		return err;
	}
	err = publication_files(state, version, &packed, fault);
	if (err != ERR_OK) {
		return err;
	}
	err = packed_read(packed, &files, fault);
	directory_files_hash(&files, out);
	directory_files_finish(&files);
	return err == ERR_MALFORMED ? ERR_CORRUPT : err;
}

enum err publication_find(struct state *state, uint64_t newest, const uint8_t hash[HASH_SIZE],
	uint64_t *ret_version, struct fault *fault)
{
	enum err err = ERR_OK;
	*ret_version = 0;
	for (uint64_t version = newest; err == ERR_OK && version > 0; version--) {
		uint8_t its[HASH_SIZE];
		err = publication_hash(state, version, its, fault);
		if (err == ERR_OK && memcmp(its, hash, HASH_SIZE) == 0) {
			*ret_version = version;
			break;
		}
		/* Of one that is damaged nothing can be said, of the others it can. */
		err = err == ERR_CORRUPT || err == ERR_NOT_FOUND ? ERR_OK : err;
	}
	return err;
}

enum err apply_published(struct fold *fold)
{
	const struct event *event = fold->event;
	struct totals_row *totals = &fold->state->totals;
	totals->directory_version = event->version;
	fold_bytes(totals->directory_hash, HASH_SIZE, event->hash);
	if (fold->record->format < RECORD_FORMAT_PUBLICATIONS) {
		return ERR_OK;
	}
	struct publication_row row = {
		.at = fold->record->time,
		.sequence = fold->record->sequence,
		.of = event->of,
		.services = event->services,
		.origin = event->origin,
	};
	fold_bytes(row.hash, HASH_SIZE, event->hash);
	fold_text(row.party, sizeof(row.party), fold->record->party);
	fold_text(row.user, sizeof(row.user), fold->record->user);
	fold_text(row.role, sizeof(row.role), fold->record->role);
	fold_text(row.note, sizeof(row.note), event->note);
	return publication_put(fold->state, event->version, &row);
}
