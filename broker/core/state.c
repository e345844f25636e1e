/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/state.h"
#include "broker/store/record.h"

#include <stdio.h>

enum {
	TYPE_TOTALS = 't',
	TYPE_COUNT = 'c',
};

/* Reads a row of a fixed layout; what follows it is the tail. */
static enum err row_get(struct state *state, const struct store_key *key, uint8_t type, void *row,
	size_t size, struct str *ret_tail, struct fault *fault)
{
	struct str body;
	const enum err err =
		record_get(state->txn, store_key_view(key), type, ROW_VERSION, &body, fault);
	if (err == ERR_NOT_FOUND) {
		return fault_set(fault, err, "", "no such %s", table_name(key->bytes[0]));
	}
	if (err != ERR_OK) {
		return err;
	}
	if (body.len < size) {
		return fault_set(fault, ERR_CORRUPT, table_name(type), "a row is too short");
	}
	memcpy(row, body.ptr, size);
	if (ret_tail != NULL) {
		*ret_tail = (struct str){body.ptr + size, body.len - size};
	}
	return ERR_OK;
}

/* Reads a row that has grown since its first version, in which it had `first_size` bytes. */
static enum err grown_get(struct state *state, const struct store_key *key, uint8_t type,
	uint8_t version, void *row, size_t size, size_t first_size, struct fault *fault)
{
	struct str body;
	const enum err err =
		record_get(state->txn, store_key_view(key), type, version, &body, fault);
	if (err == ERR_NOT_FOUND) {
		return fault_set(fault, err, "", "no such %s", table_name(key->bytes[0]));
	}
	if (err != ERR_OK) {
		return err;
	}
	if (body.len != size && body.len != first_size) {
		return fault_set(fault, ERR_CORRUPT, table_name(type), "a row has another size");
	}
	memset(row, 0, size);
	memcpy(row, body.ptr, body.len);
	return ERR_OK;
}

static enum err row_put(struct state *state, const struct store_key *key, uint8_t type,
	const void *row, size_t size)
{
	return record_put(state->txn, store_key_view(key), type, ROW_VERSION,
		(struct str){(const char *)row, size});
}

static struct store_key totals_key(void)
{
	struct store_key key = store_key_start(TABLE_META);
	store_key_bytes(&key, "totals", 6);
	return key;
}

enum err state_totals_read(struct state *state, struct fault *fault)
{
	const struct store_key key = totals_key();
	struct totals_row row = {0};
	const enum err err = row_get(state, &key, TYPE_TOTALS, &row, sizeof(row), NULL, fault);
	if (err == ERR_OK || err == ERR_NOT_FOUND) {
		state->totals = row;
		return ERR_OK;
	}
	return err;
}

enum err state_totals_write(struct state *state)
{
	const struct store_key key = totals_key();
	return row_put(state, &key, TYPE_TOTALS, &state->totals, sizeof(state->totals));
}

static struct store_key id_key(enum table table, struct id id)
{
	struct store_key key = store_key_start(table);
	store_key_id(&key, id);
	return key;
}

static struct store_key leg_key(struct id referral, uint8_t leg)
{
	struct store_key key = id_key(TABLE_LEG, referral);
	store_key_u8(&key, leg);
	return key;
}

enum err state_referral_get(
	struct state *state, struct id id, struct referral_row *ret_row, struct fault *fault)
{
	const struct store_key key = id_key(TABLE_REFERRAL, id);
	return grown_get(state, &key, TABLE_REFERRAL, ROW_VERSION_REFERRAL, ret_row,
		sizeof(*ret_row), offsetof(struct referral_row, since), fault);
}

enum err state_referral_put(struct state *state, struct id id, const struct referral_row *row)
{
	const struct store_key key = id_key(TABLE_REFERRAL, id);
	return record_put(state->txn, store_key_view(&key), TABLE_REFERRAL, ROW_VERSION_REFERRAL,
		(struct str){(const char *)row, sizeof(*row)});
}

enum err state_leg_get(struct state *state, struct id referral, uint8_t leg,
	struct leg_row *ret_row, struct fault *fault)
{
	const struct store_key key = leg_key(referral, leg);
	return grown_get(state, &key, TABLE_LEG, ROW_VERSION_LEG, ret_row, sizeof(*ret_row),
		offsetof(struct leg_row, remind), fault);
}

enum err state_leg_put(
	struct state *state, struct id referral, uint8_t leg, const struct leg_row *row)
{
	const struct store_key key = leg_key(referral, leg);
	return record_put(state->txn, store_key_view(&key), TABLE_LEG, ROW_VERSION_LEG,
		(struct str){(const char *)row, sizeof(*row)});
}

static struct store_key asked_key(struct id referral, uint8_t leg)
{
	struct store_key key = id_key(TABLE_ASKED, referral);
	store_key_u8(&key, leg);
	return key;
}

enum err state_asked_get(struct state *state, struct id referral, uint8_t leg,
	struct str *ret_questions, struct fault *fault)
{
	const struct store_key key = asked_key(referral, leg);
	const enum err err = record_get(
		state->txn, store_key_view(&key), TABLE_ASKED, ROW_VERSION, ret_questions, fault);
	if (err == ERR_NOT_FOUND) {
		*ret_questions = (struct str){0};
		return ERR_OK;
	}
	return err;
}

enum err state_asked_put(struct state *state, struct id referral, uint8_t leg, struct str questions)
{
	const struct store_key key = asked_key(referral, leg);
	if (questions.len > 0) {
		return record_put(
			state->txn, store_key_view(&key), TABLE_ASKED, ROW_VERSION, questions);
	}
	const enum err err = store_del(state->txn, store_key_view(&key));
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err state_delivery_get(struct state *state, struct id id, struct delivery_row *ret_row,
	struct str *ret_fields, struct fault *fault)
{
	const struct store_key key = id_key(TABLE_DELIVERY, id);
	return row_get(state, &key, TABLE_DELIVERY, ret_row, sizeof(*ret_row), ret_fields, fault);
}

enum err state_delivery_put(
	struct state *state, struct id id, const struct delivery_row *row, struct str fields)
{
	char bytes[sizeof(*row) + 4096];
	const struct store_key key = id_key(TABLE_DELIVERY, id);
	if (fields.len > sizeof(bytes) - sizeof(*row)) {
		return ERR_TOO_LARGE;
	}
	memcpy(bytes, row, sizeof(*row));
	if (fields.len > 0) {
		/* `fields` may be borrowed from the row this replaces: copied before the put. */
		memcpy(bytes + sizeof(*row), fields.ptr, fields.len);
	}
	return row_put(state, &key, TABLE_DELIVERY, bytes, sizeof(*row) + fields.len);
}

enum err state_find_reference(
	struct state *state, struct str reference, struct id *ret_referral, struct fault *fault)
{
	struct store_key key = store_key_start(TABLE_REFERENCE);
	store_key_bytes(&key, reference.ptr, reference.len);
	return row_get(
		state, &key, TABLE_REFERENCE, ret_referral, sizeof(*ret_referral), NULL, fault);
}

enum err state_find_lookup(struct state *state, const uint8_t lookup[LOOKUP_SIZE],
	struct dedupe_row *ret_row, struct fault *fault)
{
	struct store_key key = store_key_start(TABLE_DEDUPE);
	store_key_bytes(&key, lookup, LOOKUP_SIZE);
	return row_get(state, &key, TABLE_DEDUPE, ret_row, sizeof(*ret_row), NULL, fault);
}

static struct store_key count_key(struct str name)
{
	struct store_key key = store_key_start(TABLE_COUNTER);
	store_key_bytes(&key, name.ptr, name.len);
	return key;
}

enum err state_count_get(struct state *state, struct str name, uint64_t *ret_count)
{
	const struct store_key key = count_key(name);
	uint64_t count = 0;
	const enum err err = row_get(state, &key, TYPE_COUNT, &count, sizeof(count), NULL, NULL);
	if (err != ERR_OK && err != ERR_NOT_FOUND) {
		return err;
	}
	*ret_count = count;
	return ERR_OK;
}

enum err state_count_add(struct state *state, struct str name, int64_t change)
{
	const struct store_key key = count_key(name);
	uint64_t count = 0;
	const enum err err = state_count_get(state, name, &count);
	if (err != ERR_OK) {
		return err;
	}
	count = (uint64_t)((int64_t)count + change);
	return row_put(state, &key, TYPE_COUNT, &count, sizeof(count));
}

static struct str count_name(char out[COUNT_NAME_SIZE], const char *what, struct str subject)
{
	const int len = snprintf(out, COUNT_NAME_SIZE, "%s/%.*s", what, STR_ARG(subject));
	return (struct str){out, len < 0 ? 0 : (size_t)len};
}

struct str state_count_live(struct str service, char out[COUNT_NAME_SIZE])
{
	return count_name(out, "live", service);
}

struct str state_count_waiting(struct str service, char out[COUNT_NAME_SIZE])
{
	return count_name(out, "waiting", service);
}

struct str state_count_pool(struct str pool, char out[COUNT_NAME_SIZE])
{
	return count_name(out, "pool", pool);
}

struct str state_count_year(struct str service, uint32_t year, char out[COUNT_NAME_SIZE])
{
	char what[24];
	(void)snprintf(what, sizeof(what), "year-%u", year);
	return count_name(out, what, service);
}

struct store_key state_outbox_key(struct str route, const uint8_t line[LOOKUP_SIZE], uint64_t order)
{
	struct store_key key = store_key_start(TABLE_OUTBOX);
	store_key_str(&key, route);
	store_key_bytes(&key, line, LOOKUP_SIZE);
	store_key_u64(&key, order);
	return key;
}

struct store_key state_feed_key(struct str party, uint64_t sequence)
{
	struct store_key key = store_key_start(TABLE_FEED);
	store_key_str(&key, party);
	store_key_u64(&key, sequence);
	return key;
}

struct store_key state_log_key(struct id referral, uint64_t sequence)
{
	struct store_key key = id_key(TABLE_REFERRAL_LOG, referral);
	store_key_u64(&key, sequence);
	return key;
}

struct store_key state_by_party_key(struct str party, struct id referral)
{
	struct store_key key = store_key_start(TABLE_BY_PARTY);
	store_key_str(&key, party);
	store_key_id(&key, referral);
	return key;
}

struct store_key state_timer_key(timestamp_us due, struct id referral)
{
	struct store_key key = store_key_start(TABLE_TIMER);
	store_key_u64(&key, (uint64_t)due);
	store_key_id(&key, referral);
	return key;
}

struct store_key state_clock_key(timestamp_us due, struct id referral, uint8_t leg)
{
	struct store_key key = state_timer_key(due, referral);
	store_key_u8(&key, leg);
	return key;
}

struct store_key state_payload_key(struct id payload)
{
	return id_key(TABLE_PAYLOAD, payload);
}

struct store_key state_directory_key(uint64_t version)
{
	struct store_key key = store_key_start(TABLE_DIRECTORY);
	store_key_u64(&key, version);
	return key;
}
