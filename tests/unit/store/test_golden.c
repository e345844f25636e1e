/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "broker/base/arena.h"
#include "broker/base/buf.h"
#include "broker/store/journal.h"
#include "broker/store/meta.h"
#include "broker/store/payload.h"
#include "broker/store/record.h"
#include "broker/store/table.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * tests/golden/store-v1: a store and a file of keys as format 1 wrote them, as text: "key value" a
 * line in hexadecimal, and "offset bytes".  They never change; a later format adds a folder beside
 * it and reads both.  ONWARD_GOLDEN=write makes them anew, for a new format only.
 */
#define GOLDEN "tests/golden/store-v1/"

enum {
	ENTRIES = 4,
	GOLDEN_SLOTS = 3,
	SLOT_CELL = 64
};

static struct fixture fixture;
static struct arena arena;

static void setup(void)
{
	fixture_make(&fixture);
	arena_init(&arena, 0);
}

static void teardown(void)
{
	arena_finish(&arena);
	fixture_remove(&fixture);
}

TestSuite(golden, .init = setup, .fini = teardown);

static const struct id golden_payload = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
static const uint8_t golden_nonce[24] = {9, 8, 7};

static struct store_key payload_key(void)
{
	struct store_key key = store_key_start(TABLE_PAYLOAD);
	store_key_id(&key, golden_payload);
	return key;
}

static void write_store(struct store_txn *txn, struct payload_slots *slots)
{
	struct store_meta meta = {.format = 1,
		.mode = STORE_REHEARSAL,
		.instance = 0x0102030405060708,
		.created = 1560372000000000};
	struct journal *journal;
	struct journal_head head;
	struct journal_entry entries[ENTRIES];
	char texts[ENTRIES][16];
	struct str sealed;
	memset(meta.lookup_key, 0x5a, sizeof(meta.lookup_key));
	MUST(store_meta_create(txn, &meta));
	for (size_t i = 0; i < ENTRIES; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "event %zu", i + 1);
		entries[i] = (struct journal_entry){
			i + 1, 1560372000000000 + (timestamp_us)i, str_from(texts[i])};
	}
	MUST(journal_local_create(&journal));
	cr_assert_eq(journal->ops->append(journal, txn, 3, 0, entries, ENTRIES, &head), JOURNAL_OK);
	MUST(journal->ops->trim(journal, txn, 1));
	journal->ops->destroy(journal);
	MUST(payload_seal(
		slots, 1, golden_payload, golden_nonce, STR("an invented name"), &arena, &sealed));
	const struct store_key key = payload_key();
	MUST(record_put(txn, store_key_view(&key), 'P', 1, sealed));
}

static void add_hex(struct buf *out, struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		buf_printf(out, "%02x", (uint8_t)bytes.ptr[i]);
	}
}

static void dump_store(struct store_txn *txn)
{
	struct buf out = {0};
	struct str key = STR("");
	struct str value;
	while (store_next(txn, key, key.len > 0, &key, &value) == ERR_OK) {
		add_hex(&out, key);
		buf_add_text(&out, " ");
		add_hex(&out, value);
		buf_add_text(&out, "\n");
	}
	MUST(buf_write_file(buf_str(&out), GOLDEN "store.txt", 0644));
	buf_finish(&out);
}

static void dump_slots(const char *path)
{
	struct buf out = {0};
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	for (int i = 0; i <= GOLDEN_SLOTS; i++) {
		char cell[SLOT_CELL];
		cr_assert_eq(pread(fd, cell, SLOT_CELL, i * SLOT_CELL), SLOT_CELL);
		buf_printf(&out, "%04x ", (unsigned)(i * SLOT_CELL));
		add_hex(&out, (struct str){cell, SLOT_CELL});
		buf_add_text(&out, "\n");
	}
	(void)close(fd);
	MUST(buf_write_file(buf_str(&out), GOLDEN "slots.txt", 0644));
	buf_finish(&out);
}

static void write_golden(void)
{
	struct store *store;
	struct payload_slots *slots;
	const char *path = fixture_path(&fixture, "written");
	MUST(payload_slots_open(path, false, &slots, NULL));
	MUST(payload_slots_reserve(slots, 0));
	MUST(payload_slots_erase(slots, 2));
	MUST(store_mem_create(0, &store));
	struct store_txn *txn = must_begin(store, true);
	write_store(txn, slots);
	dump_store(txn);
	dump_slots(path);
	store_abort(txn);
	store_close(store);
	payload_slots_close(slots);
}

/* One field of a line, from hexadecimal; where the next begins. */
static const char *read_field(const char *at, char *out, size_t size, size_t *ret_len)
{
	const char *end;
	cr_assert_eq(sodium_hex2bin((unsigned char *)out, size, at, strcspn(at, " \n"), NULL,
			     ret_len, &end),
		0);
	return end + 1;
}

static void load_store(struct store_txn *txn)
{
	struct buf text = {0};
	MUST(buf_read_file(&text, GOLDEN "store.txt", 1024 * 1024));
	buf_append(&text, "", 1);
	for (const char *at = text.data; *at != '\0';) {
		static char key[1024];
		static char value[16 * 1024];
		size_t key_len;
		size_t value_len;
		at = read_field(at, key, sizeof(key), &key_len);
		at = read_field(at, value, sizeof(value), &value_len);
		must_put(txn, (struct str){key, key_len}, (struct str){value, value_len});
	}
	buf_finish(&text);
}

static void load_slots(const char *path)
{
	struct buf text = {0};
	MUST(buf_read_file(&text, GOLDEN "slots.txt", 1024 * 1024));
	buf_append(&text, "", 1);
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	for (const char *at = text.data; *at != '\0';) {
		char where[8];
		char bytes[SLOT_CELL];
		size_t len;
		at = read_field(at, where, sizeof(where), &len);
		const off_t offset = (uint8_t)where[0] << 8 | (uint8_t)where[1];
		at = read_field(at, bytes, sizeof(bytes), &len);
		cr_assert_eq(pwrite(fd, bytes, len, offset), (ssize_t)len);
	}
	/* The rest of the block: not part of the text, and not used by any payload. */
	cr_assert_eq(ftruncate(fd, SLOT_CELL + 4096 * SLOT_CELL), 0);
	(void)close(fd);
	buf_finish(&text);
}

static void check_journal(struct store_txn *txn)
{
	struct journal *journal;
	struct journal_head head;
	struct journal_entry entry;
	struct fault fault = {0};
	uint64_t count;
	MUST(journal_local_create(&journal));
	const enum err err = journal_verify(journal, txn, &count, &fault);
	cr_assert_eq(err, ERR_OK, "%s", fault.message);
	cr_assert_eq(count, ENTRIES - 1);
	MUST(journal->ops->last(journal, txn, &head));
	cr_assert_eq(head.sequence, ENTRIES);
	cr_assert_eq(head.epoch, 3);
	MUST(journal->ops->read(journal, txn, 2, &entry, &fault));
	cr_assert(str_is(entry.body, "event 2"));
	cr_assert_eq(entry.time, 1560372000000001);
	/* And it goes on from there. */
	const struct journal_entry next = {ENTRIES + 1, 1560372000000009, STR("event 5")};
	cr_assert_eq(journal->ops->append(journal, txn, 3, ENTRIES, &next, 1, &head), JOURNAL_OK);
	MUST(journal_verify(journal, txn, &count, &fault));
	journal->ops->destroy(journal);
}

Test(golden, a_store_of_format_1_is_read_as_it_was_written)
{
	struct store *store;
	struct store_meta meta;
	struct payload_slots *slots;
	struct str sealed;
	struct str plain;
	struct fault fault = {0};
	const char *wanted = getenv("ONWARD_GOLDEN");
	if (wanted != NULL && strcmp(wanted, "write") == 0) {
		write_golden();
	}
	const char *path = fixture_path(&fixture, "slots");
	load_slots(path);
	MUST(payload_slots_open(path, false, &slots, NULL));
	MUST(store_mem_create(0, &store));
	struct store_txn *txn = must_begin(store, true);
	load_store(txn);

	MUST(store_meta_read(txn, &meta, &fault));
	cr_assert_eq(meta.format, 1);
	cr_assert_eq(meta.mode, STORE_REHEARSAL);
	cr_assert_eq(meta.instance, 0x0102030405060708);
	cr_assert_eq(meta.created, 1560372000000000);
	cr_assert_eq(meta.lookup_key[31], 0x5a);
	check_journal(txn);
	const struct store_key key = payload_key();
	MUST(record_get(txn, store_key_view(&key), 'P', 1, &sealed, &fault));
	MUST(payload_open(slots, 1, golden_payload, sealed, &arena, &plain));
	cr_assert(str_is(plain, "an invented name"));
	MUST_BE(payload_open(slots, 2, golden_payload, sealed, &arena, &plain), ERR_NOT_FOUND);
	MUST_BE(payload_open(slots, 0, golden_payload, sealed, &arena, &plain), ERR_CORRUPT);

	store_abort(txn);
	store_close(store);
	payload_slots_close(slots);
}
