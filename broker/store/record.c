/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/record.h"

#include "broker/base/hash.h"
#include "broker/store/table.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	RECORD_SUMMED = 4,       /* type, version, flags */
	RECORD_ON_STACK = 16384, /* larger values are rare (payloads with long notes) */
	RECORD_KEY_SHOWN = 40    /* bytes of a key in a message */
};

static uint32_t record_sum(struct str key, const char *head, struct str body)
{
	uint32_t sum = hash_crc32c(0, key.ptr, key.len);
	sum = hash_crc32c(sum, head, RECORD_SUMMED);
	return hash_crc32c(sum, body.ptr, body.len);
}

static void write_u32(char *out, uint32_t number)
{
	for (int i = 0; i < 4; i++) {
		out[i] = (char)(uint8_t)(number >> (8 * i));
	}
}

static uint32_t read_u32(const char *in)
{
	uint32_t number = 0;
	for (int i = 3; i >= 0; i--) {
		number = number << 8 | (uint8_t)in[i];
	}
	return number;
}

enum err record_put(
	struct store_txn *txn, struct str key, uint8_t type, uint8_t version, struct str body)
{
	char stack[RECORD_ON_STACK];
	const size_t len = RECORD_HEADER_SIZE + body.len;
	char *value = len <= sizeof(stack) ? stack : malloc(len);
	if (value == NULL) {
		return ERR_NOMEM;
	}
	value[0] = (char)type;
	value[1] = (char)version;
	value[2] = 0;
	value[3] = 0;
	write_u32(value + RECORD_SUMMED, record_sum(key, value, body));
	if (body.len > 0) {
		memcpy(value + RECORD_HEADER_SIZE, body.ptr, body.len);
	}
	const enum err err = store_put(txn, key, (struct str){value, len});
	if (value != stack) {
		free(value);
	}
	return err;
}

/* Keys hold no personal value: they may be named.  "referral record 01ab…: message". */
static enum err fault_record(
	struct fault *fault, enum err code, struct str key, const char *message)
{
	static const char digits[] = "0123456789abcdef";
	char shown[2 * RECORD_KEY_SHOWN + 4];
	size_t at = 0;
	if (fault == NULL) {
		return code;
	}
	for (size_t i = 1; i < key.len && i <= RECORD_KEY_SHOWN; i++) {
		shown[at++] = digits[(uint8_t)key.ptr[i] >> 4];
		shown[at++] = digits[(uint8_t)key.ptr[i] & 15];
	}
	str_copy(shown + at, sizeof(shown) - at,
		key.len > RECORD_KEY_SHOWN + 1 ? STR("...") : STR(""));
	const char *table = table_name(key.len == 0 ? 0 : (uint8_t)key.ptr[0]);
	return fault_set(fault, code, "store", "%s record %s %s", table, shown, message);
}

enum err record_check(struct str key, struct str value, uint8_t type, uint8_t newest,
	struct str *ret_body, struct fault *fault)
{
	if (value.len < RECORD_HEADER_SIZE) {
		return fault_record(fault, ERR_CORRUPT, key, "is cut short");
	}
	const struct str body = {value.ptr + RECORD_HEADER_SIZE, value.len - RECORD_HEADER_SIZE};
	if (read_u32(value.ptr + RECORD_SUMMED) != record_sum(key, value.ptr, body)) {
		return fault_record(fault, ERR_CORRUPT, key, "fails its checksum");
	}
	if ((uint8_t)value.ptr[0] != type) {
		return fault_record(fault, ERR_CORRUPT, key, "is of another type");
	}
	/* Flags are for a later version to define; none may be ignored by an older one. */
	if ((uint8_t)value.ptr[1] > newest || value.ptr[2] != 0 || value.ptr[3] != 0) {
		return fault_record(fault, ERR_VERSION, key, "was written by a newer version");
	}
	*ret_body = body;
	return ERR_OK;
}

enum err record_get(struct store_txn *txn, struct str key, uint8_t type, uint8_t newest,
	struct str *ret_body, struct fault *fault)
{
	struct str value;
	const enum err err = store_get(txn, key, &value);
	if (err != ERR_OK) {
		return fault_record(
			fault, err, key, err == ERR_NOT_FOUND ? "is not there" : "cannot be read");
	}
	return record_check(key, value, type, newest, ret_body, fault);
}
