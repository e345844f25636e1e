/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/rows.h"
#include "broker/base/hash.h"
#include "broker/core/row.h"
#include "broker/core/short_row.h"
#include "broker/store/record.h"
#include "broker/store/table.h"

#include <stdlib.h>

enum {
	ROWS_BUCKETS = 4096 /* a full batch has some 2,000 rows */
};

struct row {
	struct row *next;    /* in its bucket */
	struct row *changed; /* the next that is to be put */
	struct str key, body;
	size_t room; /* behind body.ptr */
	uint32_t sum;
	uint8_t type, version;
	bool there; /* false: known not to be */
	bool dirty;
};

struct rows {
	struct arena arena;
	struct row *buckets[ROWS_BUCKETS];
	struct row *soon, *late; /* to be put at the end of the record, of the batch */
	bool used;
};

enum err rows_create(struct rows **ret_rows)
{
	struct rows *rows = calloc(1, sizeof(*rows));
	if (rows == NULL) {
		return ERR_NOMEM;
	}
	arena_init(&rows->arena, 0);
	*ret_rows = rows;
	return ERR_OK;
}

void rows_destroy(struct rows *rows)
{
	if (rows != NULL) {
		arena_finish(&rows->arena);
		free(rows);
	}
}

void rows_begin(struct rows *rows)
{
	if (rows->used) {
		memset(rows->buckets, 0, sizeof(rows->buckets));
	}
	arena_reset(&rows->arena);
	rows->soon = NULL;
	rows->late = NULL;
	rows->used = false;
}

static struct row *row_find(struct rows *rows, struct str key, uint32_t sum)
{
	struct row *row = rows->buckets[sum % ROWS_BUCKETS];
	while (row != NULL && (row->sum != sum || !str_equal(row->key, key))) {
		row = row->next;
	}
	return row;
}

static struct row *row_add(struct rows *rows, struct str key, uint32_t sum)
{
	struct row *row = arena_alloc(&rows->arena, sizeof(*row));
	const struct str copy = arena_str(&rows->arena, key);
	if (row == NULL || copy.ptr == NULL) {
		return NULL;
	}
	*row = (struct row){.key = copy, .sum = sum, .next = rows->buckets[sum % ROWS_BUCKETS]};
	rows->buckets[sum % ROWS_BUCKETS] = row;
	rows->used = true;
	return row;
}

static enum err body_set(struct rows *rows, struct row *row, struct str body)
{
	if (body.len > row->room || row->body.ptr == NULL) {
		char *room = arena_alloc(&rows->arena, body.len + 1);
		if (room == NULL) {
			return ERR_NOMEM;
		}
		row->body.ptr = room;
		row->room = body.len;
	}
	union {
		const char *in;
		char *out;
	} place = {.in = row->body.ptr};
	if (body.len > 0) {
		memmove(place.out, body.ptr, body.len);
	}
	row->body.len = body.len;
	return ERR_OK;
}

/* The row out of the store, whole. */
static enum err body_load(struct rows *rows, struct row *row, uint8_t type, uint8_t version,
	struct str body, struct fault *fault)
{
	const struct row_layout *layout = row_layout_of(type);
	struct referral_row whole; /* the largest */
	struct str tail;
	if (layout == NULL) {
		return body_set(rows, row, body);
	}
	if (!row_load(layout, version, body, &whole, &tail)) {
		return fault_set(fault, ERR_CORRUPT, table_name(type), "a row has another size");
	}
	char *room = arena_alloc(&rows->arena, layout->size + tail.len);
	if (room == NULL) {
		return ERR_NOMEM;
	}
	memcpy(room, &whole, layout->size);
	if (tail.len > 0) {
		memcpy(room + layout->size, tail.ptr, tail.len);
	}
	row->body = (struct str){room, layout->size + tail.len};
	row->room = row->body.len;
	return ERR_OK;
}

enum err rows_get(struct rows *rows, struct store_txn *txn, struct str key, uint8_t type,
	uint8_t newest, struct str *ret_body, struct fault *fault)
{
	const uint32_t sum = hash_crc32c(0, key.ptr, key.len);
	struct row *row = row_find(rows, key, sum);
	if (row != NULL) {
		*ret_body = row->body;
		return row->there ? ERR_OK : ERR_NOT_FOUND;
	}
	struct str value;
	struct str body = {0};
	enum err err = store_get(txn, key, &value);
	const bool there = err == ERR_OK;
	if (err == ERR_OK) {
		err = record_check(key, value, type, newest, &body, fault);
	}
	if (err != ERR_OK && err != ERR_NOT_FOUND) {
		return err;
	}
	struct row loaded = {0};
	if (there) {
		const uint8_t version = (uint8_t)value.ptr[1];
		const enum err load = body_load(rows, &loaded, type, version, body, fault);
		if (load != ERR_OK) {
			return load;
		}
	}
	row = row_add(rows, key, sum);
	if (row == NULL) {
		return ERR_NOMEM;
	}
	row->body = loaded.body;
	row->room = loaded.room;
	row->there = there;
	*ret_body = row->body;
	return err;
}

enum err rows_put(struct rows *rows, struct str key, uint8_t type, uint8_t version, struct str body,
	bool late)
{
	const uint32_t sum = hash_crc32c(0, key.ptr, key.len);
	struct row *row = row_find(rows, key, sum);
	if (row == NULL) {
		row = row_add(rows, key, sum);
	}
	if (row == NULL || body_set(rows, row, body) != ERR_OK) {
		return ERR_NOMEM;
	}
	row->type = type;
	row->version = version;
	row->there = true;
	if (!row->dirty) {
		struct row **list = late ? &rows->late : &rows->soon;
		row->dirty = true;
		row->changed = *list;
		*list = row;
	}
	return ERR_OK;
}

static enum err list_flush(struct row **list, struct store_txn *txn)
{
	enum err err = ERR_OK;
	while (err == ERR_OK && *list != NULL) {
		struct row *row = *list;
		*list = row->changed;
		row->dirty = false;
		err = row_store(txn, row->key, row->type, row->version, row->body);
	}
	return err;
}

enum err rows_flush(struct rows *rows, struct store_txn *txn, bool all)
{
	const enum err err = list_flush(&rows->soon, txn);
	return err == ERR_OK && all ? list_flush(&rows->late, txn) : err;
}
