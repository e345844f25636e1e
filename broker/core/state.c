/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/state.h"
#include "broker/core/short_row.h"
#include "broker/store/record.h"

#include <stdio.h>

enum {
	TYPE_TOTALS = 't',
	TYPE_COUNT = 'c',
};

/* Nobody walks these in the writer, but between records; and all of them pass through here. */
static bool is_kept(const struct state *state, const struct store_key *key)
{
	return state->rows != NULL &&
	       (key->bytes[0] == TABLE_REFERRAL || key->bytes[0] == TABLE_LEG ||
		       key->bytes[0] == TABLE_DELIVERY || key->bytes[0] == TABLE_COUNTER);
}

/* The row's body, whole when it is kept.  There being none is ordinary. */
static enum err body_get(struct state *state, const struct store_key *key, uint8_t type,
	uint8_t newest, struct str *ret_body, uint8_t *ret_version, struct fault *fault)
{
	const struct str name = store_key_view(key);
	struct str value;
	enum err err;
	*ret_version = 0;
	if (is_kept(state, key)) {
		err = rows_get(state->rows, state->txn, name, type, newest, ret_body, fault);
	} else {
		err = store_get(state->txn, name, &value);
		if (err == ERR_OK) {
			err = record_check(name, value, type, newest, ret_body, fault);
		}
		if (err == ERR_OK) {
			*ret_version = (uint8_t)value.ptr[1];
		}
	}
	if (err == ERR_NOT_FOUND && fault != NULL) {
		return fault_set(fault, err, "", "no such %s", table_name(key->bytes[0]));
	}
	return err;
}

static enum err body_put(struct state *state, const struct store_key *key, uint8_t type,
	uint8_t version, const void *row, size_t size)
{
	const struct str body = {row, size};
	return is_kept(state, key)
		       ? rows_put(state->rows, store_key_view(key), type, version, body,
				 key->bytes[0] == TABLE_COUNTER)
		       : row_store(state->txn, store_key_view(key), type, version, body);
}

/* Reads a row of a fixed layout. */
static enum err row_get(struct state *state, const struct store_key *key, uint8_t type, void *row,
	size_t size, struct fault *fault)
{
	struct str body;
	uint8_t version;
	const enum err err = body_get(state, key, type, ROW_VERSION, &body, &version, fault);
	if (err == ERR_OK && body.len < size) {
		return fault_set(fault, ERR_CORRUPT, table_name(type), "a row is too short");
	}
	if (err == ERR_OK) {
		memcpy(row, body.ptr, size);
	}
	return err;
}

/* Reads a row whose layout has versions; what follows it is the tail, which may be NULL. */
static enum err layout_get(struct state *state, const struct store_key *key, void *row,
	struct str *ret_tail, struct fault *fault)
{
	const struct row_layout *layout = row_layout_of(key->bytes[0]);
	struct str body;
	struct str tail;
	uint8_t version;
	const enum err err =
		body_get(state, key, layout->type, layout->newest, &body, &version, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (!row_load(layout, version, body, row, &tail)) {
		return fault_set(
			fault, ERR_CORRUPT, table_name(layout->type), "a row has another size");
	}
	if (ret_tail != NULL) {
		*ret_tail = tail;
	}
	return ERR_OK;
}

static enum err row_put(struct state *state, const struct store_key *key, uint8_t type,
	const void *row, size_t size)
{
	return body_put(state, key, type, ROW_VERSION, row, size);
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
	const enum err err = row_get(state, &key, TYPE_TOTALS, &row, sizeof(row), fault);
	if (err == ERR_OK || err == ERR_NOT_FOUND) {
		state->totals = row;
		return ERR_OK;
	}
	return err;
}

enum err state_totals_write(struct state *state)
{
	const struct store_key key = totals_key();
	const enum err err =
		state->rows == NULL ? ERR_OK : rows_flush(state->rows, state->txn, true);
	return err == ERR_OK
		       ? row_put(state, &key, TYPE_TOTALS, &state->totals, sizeof(state->totals))
		       : err;
}

enum err state_rows_write(struct state *state)
{
	return state->rows == NULL ? ERR_OK : rows_flush(state->rows, state->txn, false);
}

enum err state_mark_put(struct state *state, const struct store_key *key, uint8_t type)
{
	return state->rows == NULL ? record_put(state->txn, store_key_view(key), type, ROW_VERSION,
					     (struct str){0})
				   : rows_put(state->rows, store_key_view(key), type, ROW_VERSION,
					     (struct str){0}, false);
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
	return layout_get(state, &key, ret_row, NULL, fault);
}

enum err state_referral_put(struct state *state, struct id id, const struct referral_row *row)
{
	const struct store_key key = id_key(TABLE_REFERRAL, id);
	return body_put(state, &key, TABLE_REFERRAL, ROW_VERSION_REFERRAL, row, sizeof(*row));
}

enum err state_leg_get(struct state *state, struct id referral, uint8_t leg,
	struct leg_row *ret_row, struct fault *fault)
{
	const struct store_key key = leg_key(referral, leg);
	return layout_get(state, &key, ret_row, NULL, fault);
}

enum err state_leg_put(
	struct state *state, struct id referral, uint8_t leg, const struct leg_row *row)
{
	const struct store_key key = leg_key(referral, leg);
	return body_put(state, &key, TABLE_LEG, ROW_VERSION_LEG, row, sizeof(*row));
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
	return layout_get(state, &key, ret_row, ret_fields, fault);
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
	return body_put(state, &key, TABLE_DELIVERY, ROW_VERSION_DELIVERY, bytes,
		sizeof(*row) + fields.len);
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
	const enum err err = row_get(state, &key, TYPE_COUNT, &count, sizeof(count), NULL);
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

/* "live/SERVICE": asked for each service that is looked at. */
static struct str count_name(char out[COUNT_NAME_SIZE], const char *what, struct str subject)
{
	const size_t head = strlen(what);
	const size_t room = COUNT_NAME_SIZE - head - 2;
	const size_t len = subject.len < room ? subject.len : room;
	memcpy(out, what, head);
	out[head] = '/';
	if (len > 0) {
		memcpy(out + head + 1, subject.ptr, len);
	}
	out[head + 1 + len] = '\0';
	return (struct str){out, head + 1 + len};
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

struct str state_count_pool_waiting(struct str pool, char out[COUNT_NAME_SIZE])
{
	return count_name(out, "pool-waiting", pool);
}

struct str state_count_listed(struct str service, char out[COUNT_NAME_SIZE])
{
	return count_name(out, "listed", service);
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

struct store_key state_waiting_key(
	struct str service, timestamp_us matched, struct id referral, uint8_t leg)
{
	struct store_key key = store_key_start(TABLE_WAITING);
	store_key_str(&key, service);
	store_key_u64(&key, (uint64_t)matched);
	store_key_id(&key, referral);
	store_key_u8(&key, leg);
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

struct store_key state_ended_key(timestamp_us ended, struct id referral)
{
	struct store_key key = store_key_start(TABLE_ENDED);
	store_key_u64(&key, (uint64_t)ended);
	store_key_id(&key, referral);
	return key;
}

struct store_key state_queue_key(timestamp_us since, struct id referral)
{
	struct store_key key = store_key_start(TABLE_QUEUE);
	store_key_u64(&key, (uint64_t)since);
	store_key_id(&key, referral);
	return key;
}

struct store_key state_unsent_key(struct str route, struct id delivery)
{
	struct store_key key = store_key_start(TABLE_UNSENT);
	store_key_str(&key, route);
	store_key_id(&key, delivery);
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
