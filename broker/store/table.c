/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/table.h"

#include <assert.h>

const char *table_name(uint8_t letter)
{
	switch (letter) {
#define X(name, byte, text) \
	case byte:          \
		return text;
		TABLE_MAP(X)
#undef X
	default:
		return "unknown";
	}
}

struct store_key store_key_start(enum table table)
{
	/* Only the bytes up to `len` mean anything; the others are left as they are. */
	struct store_key key;
	key.len = 1;
	key.failed = false;
	key.bytes[0] = (uint8_t)table;
	return key;
}

void store_key_bytes(struct store_key *key, const void *bytes, size_t len)
{
	if (key->failed || len > sizeof(key->bytes) - key->len) {
		key->failed = true;
		key->len = 0;
		return;
	}
	if (len > 0) {
		memcpy(key->bytes + key->len, bytes, len);
		key->len += len;
	}
}

static void key_number(struct store_key *key, uint64_t number, size_t len)
{
	uint8_t bytes[8];
	for (size_t i = len; i > 0; i--) {
		bytes[i - 1] = (uint8_t)number;
		number >>= 8;
	}
	store_key_bytes(key, bytes, len);
}

void store_key_u64(struct store_key *key, uint64_t number)
{
	key_number(key, number, 8);
}

void store_key_u32(struct store_key *key, uint32_t number)
{
	key_number(key, number, 4);
}

void store_key_u8(struct store_key *key, uint8_t number)
{
	key_number(key, number, 1);
}

void store_key_id(struct store_key *key, struct id id)
{
	store_key_bytes(key, id.bytes, sizeof(id.bytes));
}

void store_key_str(struct store_key *key, struct str text)
{
	/* A length that two bytes cannot hold does not fit a key either. */
	key_number(key, text.len, 2);
	store_key_bytes(key, text.ptr, text.len);
}

struct store_key store_key_end(const struct store_key *prefix)
{
	struct store_key end = *prefix;
	while (end.len > 0 && end.bytes[end.len - 1] == 0xff) {
		end.len--;
	}
	/* Tables are letters: the first byte is never 0xff. */
	assert(end.failed || end.len > 0);
	if (end.len > 0) {
		end.bytes[end.len - 1]++;
	}
	return end;
}

static uint64_t read_number(struct str key, size_t at, size_t len)
{
	assert(at <= key.len && len <= key.len - at);
	uint64_t number = 0;
	for (size_t i = 0; i < len; i++) {
		number = number << 8 | (uint8_t)key.ptr[at + i];
	}
	return number;
}

uint64_t store_key_read_u64(struct str key, size_t at)
{
	return read_number(key, at, 8);
}

uint32_t store_key_read_u32(struct str key, size_t at)
{
	return (uint32_t)read_number(key, at, 4);
}

struct id store_key_read_id(struct str key, size_t at)
{
	struct id id;
	assert(at <= key.len && sizeof(id.bytes) <= key.len - at);
	memcpy(id.bytes, key.ptr + at, sizeof(id.bytes));
	return id;
}
