/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/state.h"
#include "broker/store/record.h"
/*
 * References.  A referral's reference is made of the keyed hash of its source and the source's own
 * reference: nobody without the key can guess it, the same submit gives the same reference again
 * even when the store has lost it, and one row in no order is written instead of two.
 */
enum {
	REFERENCE_ROUNDS = 64, /* draws that are somebody else's already */
	APART_SIZE = ID_SIZE + LOOKUP_SIZE
};

static struct store_key reference_key(struct str reference)
{
	struct store_key key = store_key_start(TABLE_REFERENCE);
	store_key_bytes(&key, reference.ptr, reference.len);
	return key;
}

static struct store_key apart_key(const uint8_t lookup[LOOKUP_SIZE])
{
	struct store_key key = store_key_start(TABLE_DEDUPE);
	store_key_bytes(&key, lookup, LOOKUP_SIZE);
	return key;
}

/* At least `size` bytes.  That there is none is ordinary, and told by the table alone. */
static enum err body_get(struct state *state, const struct store_key *key, uint8_t newest,
	size_t size, struct str *ret_body, struct fault *fault)
{
	const struct str name = store_key_view(key);
	struct str value;
	enum err err = store_get(state->txn, name, &value);
	if (err == ERR_OK) {
		err = record_check(name, value, key->bytes[0], newest, ret_body, fault);
	}
	if (err == ERR_OK && ret_body->len < size) {
		err = fault_set(
			fault, ERR_CORRUPT, table_name(key->bytes[0]), "a row is too short");
	}
	return err == ERR_NOT_FOUND && fault != NULL
		       ? fault_set(fault, err, "", "no such %s", table_name(key->bytes[0]))
		       : err;
}

enum err state_find_reference(
	struct state *state, struct str reference, struct id *ret_referral, struct fault *fault)
{
	const struct store_key key = reference_key(reference);
	struct str body;
	const enum err err = body_get(state, &key, ROW_VERSION_REFERENCE, ID_SIZE, &body, fault);
	if (err == ERR_OK) {
		memcpy(ret_referral->bytes, body.ptr, ID_SIZE);
	}
	return err;
}

/* Of a record that made two rows. */
static enum err find_apart(struct state *state, const uint8_t lookup[LOOKUP_SIZE],
	struct reference_row *ret_row, struct fault *fault)
{
	const struct store_key key = apart_key(lookup);
	struct str body;
	const enum err err = body_get(state, &key, ROW_VERSION, APART_SIZE, &body, fault);
	if (err == ERR_OK) {
		*ret_row = (struct reference_row){0};
		memcpy(ret_row, body.ptr, APART_SIZE);
		memcpy(ret_row->lookup, lookup, LOOKUP_SIZE);
	}
	return err;
}

enum err state_find_lookup(struct state *state, const uint8_t lookup[LOOKUP_SIZE],
	struct reference_row *ret_row, char ret_reference[REFERENCE_TEXT_SIZE], struct fault *fault)
{
	uint8_t lot[HASH_SIZE] = {0};
	memcpy(lot, lookup, LOOKUP_SIZE);
	for (int round = 0; round < REFERENCE_ROUNDS; round++) {
		struct str body;
		reference_make(lot, ret_reference);
		const struct store_key key = reference_key(str_from(ret_reference));
		const enum err err =
			body_get(state, &key, ROW_VERSION_REFERENCE, ID_SIZE, &body, fault);
		if (err == ERR_NOT_FOUND) { /* nor behind it: no row is ever taken away */
			return find_apart(state, lookup, ret_row, fault);
		}
		if (err != ERR_OK) {
			return err;
		}
		if (body.len == sizeof(*ret_row)) {
			memcpy(ret_row, body.ptr, sizeof(*ret_row));
			if (memcmp(ret_row->lookup, lookup, LOOKUP_SIZE) == 0) {
				return ERR_OK;
			}
		}
		/* Somebody else's: the next draw is this one hashed. */
		uint8_t next[HASH_SIZE];
		hash_pair(next, (struct str){(const char *)lot, sizeof(lot)}, (struct str){0});
		memcpy(lot, next, sizeof(lot));
	}
	return ERR_INTERNAL;
}

enum err state_reference_put(
	struct state *state, struct str reference, const struct reference_row *row)
{
	const struct store_key key = reference_key(reference);
	return record_put(state->txn, store_key_view(&key), TABLE_REFERENCE, ROW_VERSION_REFERENCE,
		(struct str){(const char *)row, sizeof(*row)});
}

enum err state_reference_put_apart(
	struct state *state, struct str reference, const struct reference_row *row)
{
	const struct store_key by_reference = reference_key(reference);
	const struct store_key by_lookup = apart_key(row->lookup);
	enum err err = record_put(state->txn, store_key_view(&by_reference), TABLE_REFERENCE,
		ROW_VERSION, (struct str){(const char *)row->referral.bytes, ID_SIZE});
	if (err == ERR_OK) {
		err = record_put(state->txn, store_key_view(&by_lookup), TABLE_DEDUPE, ROW_VERSION,
			(struct str){(const char *)row, APART_SIZE});
	}
	return err;
}
