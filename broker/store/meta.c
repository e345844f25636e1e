/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/meta.h"

#include "broker/store/record.h"
#include "broker/store/table.h"

#include <inttypes.h>
#include <sodium.h>

/*
 * Row "Mformat", never changed: format (4, big endian).
 * Row "Mstore", version 1: instance (8), mode (1), created (8), look-up key (32), big endian.
 */
enum {
	META_RECORD_FORMAT = 'F',
	META_RECORD_STORE = 'S',
	META_VERSION = 1,
	META_SIZE = 8 + 1 + 8 + HASH_KEY_SIZE
};

static struct store_key meta_key(struct str name)
{
	struct store_key key = store_key_start(TABLE_META);
	store_key_bytes(&key, name.ptr, name.len);
	return key;
}

uint64_t store_meta_random_instance(void)
{
	uint64_t instance = 0;
	while (instance == 0) {
		randombytes_buf(&instance, sizeof(instance));
	}
	return instance;
}

void store_meta_init(struct store_meta *meta, enum store_mode mode, timestamp_us created)
{
	*meta = (struct store_meta){.format = STORE_FORMAT,
		.mode = mode,
		.instance = store_meta_random_instance(),
		.created = created};
	randombytes_buf(meta->lookup_key, sizeof(meta->lookup_key));
}

static enum err store_row_write(struct store_txn *txn, const struct store_meta *meta)
{
	const struct store_key key = meta_key(STR("store"));
	struct store_key body = {.len = 0};
	store_key_u64(&body, meta->instance);
	store_key_u8(&body, (uint8_t)meta->mode);
	store_key_u64(&body, (uint64_t)meta->created);
	store_key_bytes(&body, meta->lookup_key, sizeof(meta->lookup_key));
	const enum err err = record_put(
		txn, store_key_view(&key), META_RECORD_STORE, META_VERSION, store_key_view(&body));
	sodium_memzero(&body, sizeof(body));
	return err;
}

enum err store_meta_create(struct store_txn *txn, const struct store_meta *meta)
{
	const struct store_key key = meta_key(STR("format"));
	struct str there;
	enum err err = store_get(txn, store_key_view(&key), &there);
	if (err != ERR_NOT_FOUND) {
		return err == ERR_OK ? ERR_EXISTS : err;
	}
	struct store_key body = {.len = 0};
	store_key_u32(&body, meta->format);
	err = record_put(
		txn, store_key_view(&key), META_RECORD_FORMAT, META_VERSION, store_key_view(&body));
	return err == ERR_OK ? store_row_write(txn, meta) : err;
}

static enum err format_read(struct store_txn *txn, uint32_t *ret_format, struct fault *fault)
{
	const struct store_key key = meta_key(STR("format"));
	struct str body;
	const enum err err = record_get(
		txn, store_key_view(&key), META_RECORD_FORMAT, META_VERSION, &body, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (body.len != 4) {
		return fault_set(fault, ERR_CORRUPT, "store", "the format row is damaged");
	}
	*ret_format = store_key_read_u32(body, 0);
	if (*ret_format > STORE_FORMAT) {
		return fault_set(fault, ERR_VERSION, "store",
			"the store has format %" PRIu32 ", this version knows up to %d",
			*ret_format, STORE_FORMAT);
	}
	return ERR_OK;
}

enum err store_meta_read(struct store_txn *txn, struct store_meta *ret_meta, struct fault *fault)
{
	struct store_meta meta = {0};
	enum err err = format_read(txn, &meta.format, fault);
	if (err != ERR_OK) {
		return err;
	}
	const struct store_key key = meta_key(STR("store"));
	struct str body;
	err = record_get(txn, store_key_view(&key), META_RECORD_STORE, META_VERSION, &body, fault);
	if (err == ERR_NOT_FOUND) {
		return fault_set(fault, ERR_CORRUPT, "store", "the store's identity is missing");
	}
	if (err != ERR_OK) {
		return err;
	}
	if (body.len != META_SIZE || (uint8_t)body.ptr[8] > STORE_REHEARSAL) {
		return fault_set(fault, ERR_CORRUPT, "store", "the store's identity is damaged");
	}
	meta.instance = store_key_read_u64(body, 0);
	meta.mode = (enum store_mode)body.ptr[8];
	meta.created = (timestamp_us)store_key_read_u64(body, 9);
	memcpy(meta.lookup_key, body.ptr + 17, sizeof(meta.lookup_key));
	*ret_meta = meta;
	return ERR_OK;
}

enum err store_meta_renew_instance(struct store_txn *txn, uint64_t instance)
{
	struct store_meta meta;
	enum err err = store_meta_read(txn, &meta, NULL);
	if (err == ERR_OK) {
		meta.instance = instance;
		err = store_row_write(txn, &meta);
	}
	sodium_memzero(&meta, sizeof(meta));
	return err;
}
