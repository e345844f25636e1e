/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "broker/core/kernel.h"
#include "broker/store/record.h"

/* The published directories: their list, and the files of one. */

enum {
	VERSIONS_PAGE = 50,
	VERSIONS_PAGE_MAX = 200, /* so that a page fits a frame */
};

static enum err may_read(const struct view *view, bool files)
{
	const enum kind kind = view->party == NULL ? KIND_OPERATOR : view->party->kind;
	if (kind == KIND_OPERATOR || kind == KIND_COORDINATOR ||
		(kind == KIND_COMMISSIONER && !files)) {
		return ERR_OK;
	}
	return fault_set(view->fault, ERR_NOT_ALLOWED, "",
		files ? "only operators and coordinators read a directory's files"
		      : "only operators, coordinators and commissioners see the versions");
}

static void put_text(const struct view *view, struct value *map, const char *key, const char *text)
{
	value_put(view->arena, map, key, value_of_str(arena_str(view->arena, str_from(text))));
}

/* One damaged row hides no other: its version is listed with what is known of it. */
static bool lacks(enum err err)
{
	return err == ERR_NOT_FOUND || err == ERR_CORRUPT;
}

static enum err version_words(const struct view *view, uint64_t version, struct value *ret_item)
{
	struct arena *arena = view->arena;
	struct publication_row row = {.origin = PUBLICATION_NOT_RECORDED};
	uint8_t hash[HASH_SIZE];
	enum err err = publication_get(view->state, version, &row, view->fault);
	const bool recorded = err == ERR_OK;
	if (!recorded) {
		row = (struct publication_row){.origin = PUBLICATION_NOT_RECORDED};
	}
	if (err == ERR_OK || lacks(err)) {
		err = publication_hash(view->state, version, hash, view->fault);
	}
	if (err != ERR_OK && !lacks(err)) {
		return err;
	}
	*ret_item = value_map_new(arena, 11);
	value_put(arena, ret_item, "version", value_of_int((int64_t)version));
	value_put(arena, ret_item, "in_force",
		value_of_bool(version == view->state->totals.directory_version));
	if (err == ERR_OK) {
		const struct str copy =
			arena_str(arena, (struct str){(const char *)hash, HASH_SIZE});
		value_put(arena, ret_item, "hash", value_of_bytes(copy.ptr, copy.len));
	}
	put_text(view, ret_item, "origin",
		publication_origin_name((enum publication_origin)row.origin));
	if (!recorded) {
		return ERR_OK;
	}
	value_put(arena, ret_item, "at", words_time(arena, row.at));
	put_text(view, ret_item, "party", row.party);
	put_text(view, ret_item, "user", row.user);
	put_text(view, ret_item, "role", row.role);
	put_text(view, ret_item, "note", row.note);
	value_put(arena, ret_item, "services", value_of_int((int64_t)row.services));
	if (row.of != 0) {
		value_put(arena, ret_item, "of", value_of_int((int64_t)row.of));
	}
	return ERR_OK;
}

/* The newest version that is still to be shown, as text. */
static enum err cursor_version(
	const struct view *view, struct str cursor, uint64_t newest, uint64_t *ret_version)
{
	uint64_t version = 0;
	for (size_t i = 0; i < cursor.len; i++) {
		const char c = cursor.ptr[i];
		if (c < '0' || c > '9' || version > newest) {
			version = 0;
			break;
		}
		version = version * 10 + (uint64_t)(c - '0');
	}
	if (cursor.len > 0 && (version == 0 || version > newest)) {
		return fault_set(
			view->fault, ERR_INVALID, "cursor", "not a cursor of the versions");
	}
	*ret_version = cursor.len > 0 ? version : newest;
	return ERR_OK;
}

enum err read_versions(
	const struct view *view, const struct wire_request *request, struct value *ret_body)
{
	const size_t limit = request->limit > 0 && request->limit <= VERSIONS_PAGE_MAX
				     ? (size_t)request->limit
				     : VERSIONS_PAGE;
	uint64_t version = 0;
	enum err err = may_read(view, false);
	if (err == ERR_OK) {
		err = state_totals_read(view->state, view->fault);
	}
	if (err == ERR_OK) {
		err = cursor_version(
			view, request->cursor, view->state->totals.directory_version, &version);
	}
	struct value items = value_list_new(view->arena, limit);
	while (err == ERR_OK && version > 0 && items.list.count < limit) {
		struct value item;
		err = version_words(view, version, &item);
		if (err == ERR_OK) {
			value_push(view->arena, &items, item);
			version--;
		}
	}
	if (err != ERR_OK) {
		return err;
	}
	*ret_body = value_map_new(view->arena, 2);
	value_put(view->arena, ret_body, "items", items);
	value_put(view->arena, ret_body, "cursor",
		version == 0 ? value_of_text("")
			     : value_of_str(arena_printf(
				       view->arena, "%llu", (unsigned long long)version)));
	return ERR_OK;
}

/* The first piece is held against the checksum of all; whoever fetches holds the whole against the
 * hash. */
static enum err packed_piece(
	const struct view *view, uint64_t version, uint64_t offset, struct str *ret_packed)
{
	const struct store_key key = state_directory_key(version);
	struct str value;
	if (offset == 0) {
		return publication_files(view->state, version, ret_packed, view->fault);
	}
	const enum err err = store_get(view->state->txn, store_key_view(&key), &value);
	if (err != ERR_OK || value.len < RECORD_HEADER_SIZE) {
		return err == ERR_OK ? ERR_CORRUPT : err;
	}
	*ret_packed = (struct str){value.ptr + RECORD_HEADER_SIZE, value.len - RECORD_HEADER_SIZE};
	return ERR_OK;
}

static enum err fetch_words(
	const struct view *view, uint64_t version, uint64_t offset, struct value *ret_body)
{
	struct arena *arena = view->arena;
	struct str packed = {0};
	uint8_t hash[HASH_SIZE];
	enum err err = packed_piece(view, version, offset, &packed);
	if (err == ERR_OK && offset > packed.len) {
		err = fault_set(
			view->fault, ERR_INVALID, "offset", "the files have %zu bytes", packed.len);
	}
	if (err == ERR_OK && offset == 0) {
		err = publication_hash(view->state, version, hash, view->fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	const size_t left = packed.len - (size_t)offset;
	const struct str bytes = arena_str(
		arena, (struct str){packed.ptr + offset,
			       left < LIMIT_CHUNK_BYTES ? left : (size_t)LIMIT_CHUNK_BYTES});
	*ret_body = value_map_new(arena, 5);
	value_put(arena, ret_body, "version", value_of_int((int64_t)version));
	if (offset == 0) {
		const struct str copy =
			arena_str(arena, (struct str){(const char *)hash, HASH_SIZE});
		value_put(arena, ret_body, "hash", value_of_bytes(copy.ptr, copy.len));
	}
	value_put(arena, ret_body, "total", value_of_int((int64_t)packed.len));
	value_put(arena, ret_body, "offset", value_of_int((int64_t)offset));
	value_put(arena, ret_body, "bytes", value_of_bytes(bytes.ptr, bytes.len));
	return ERR_OK;
}

enum err read_fetch(
	const struct view *view, const struct wire_request *request, struct value *ret_body)
{
	enum err err = may_read(view, true);
	if (err == ERR_OK) {
		err = state_totals_read(view->state, view->fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	const uint64_t newest = view->state->totals.directory_version;
	const uint64_t version = request->version == 0 ? newest : request->version;
	if (version == 0 || version > newest) {
		return fault_set(view->fault, ERR_NOT_FOUND, "version",
			newest == 0 ? "no directory is published yet"
				    : "there are versions 1 to %llu",
			(unsigned long long)newest);
	}
	return fetch_words(view, version, request->offset, ret_body);
}
