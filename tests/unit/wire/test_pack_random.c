/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/pack.h"

#include "tests/unit/wire/random_value.h"

#include <criterion/criterion.h>
#include <msgpack.h>

/* Documents and bytes by lot, held against msgpack-c as the other reader and writer. */
enum {
	DOCUMENTS = 2000,
	BROKEN = 30000,
	/* One message's tree, whatever it holds: 4,096 entries and their sorting. */
	TREE_BYTES_MAX = 256 * 1024
};

static struct arena arena;
static struct buf bytes;

static void begin(void)
{
	arena_init(&arena, 0);
}

static void end(void)
{
	arena_finish(&arena);
	buf_finish(&bytes);
}

TestSuite(pack_random, .init = begin, .fini = end);

static bool same(const struct value *ours, const msgpack_object *theirs);

/* Bit by bit: 0.0 is not -0.0 here. */
static bool same_number(double ours, double theirs)
{
	uint64_t our_bits;
	uint64_t their_bits;
	memcpy(&our_bits, &ours, sizeof(ours));
	memcpy(&their_bits, &theirs, sizeof(theirs));
	return our_bits == their_bits;
}

static bool same_list(const struct value_list *ours, const msgpack_object_array *theirs)
{
	bool equal = ours->count == theirs->size;
	for (size_t i = 0; equal && i < ours->count; i++) {
		equal = same(&ours->items[i], &theirs->ptr[i]);
	}
	return equal;
}

static bool same_map(const struct value_map *ours, const msgpack_object_map *theirs)
{
	bool equal = ours->count == theirs->size;
	for (size_t i = 0; equal && i < ours->count; i++) {
		const struct value key = value_of_str(ours->entries[i].key);
		equal = same(&key, &theirs->ptr[i].key) &&
			same(&ours->entries[i].value, &theirs->ptr[i].val);
	}
	return equal;
}

static bool same(const struct value *ours, const msgpack_object *theirs)
{
	switch (ours->kind) {
	case VALUE_NULL:
		return theirs->type == MSGPACK_OBJECT_NIL;
	case VALUE_BOOL:
		return theirs->type == MSGPACK_OBJECT_BOOLEAN &&
		       ours->boolean == theirs->via.boolean;
	case VALUE_INT:
		return theirs->type == (ours->integer < 0 ? MSGPACK_OBJECT_NEGATIVE_INTEGER
							  : MSGPACK_OBJECT_POSITIVE_INTEGER) &&
		       ours->integer == theirs->via.i64;
	case VALUE_DOUBLE:
		return (theirs->type == MSGPACK_OBJECT_FLOAT32 ||
			       theirs->type == MSGPACK_OBJECT_FLOAT64) &&
		       same_number(ours->number, theirs->via.f64);
	case VALUE_STRING:
		return theirs->type == MSGPACK_OBJECT_STR &&
		       str_equal(ours->string,
			       (struct str){theirs->via.str.ptr, theirs->via.str.size});
	case VALUE_BYTES:
		return theirs->type == MSGPACK_OBJECT_BIN &&
		       str_equal(ours->string,
			       (struct str){theirs->via.bin.ptr, theirs->via.bin.size});
	case VALUE_LIST:
		return theirs->type == MSGPACK_OBJECT_ARRAY &&
		       same_list(&ours->list, &theirs->via.array);
	case VALUE_MAP:
		return theirs->type == MSGPACK_OBJECT_MAP && same_map(&ours->map, &theirs->via.map);
	}
	return false;
}

Test(pack_random, documents_survive_and_msgpack_c_reads_and_writes_the_same)
{
	struct lot lot = {1};
	for (size_t i = 0; i < DOCUMENTS; i++) {
		arena_reset(&arena);
		buf_reset(&bytes);
		const struct value value = random_value(&lot, &arena);
		pack_encode(&bytes, &value);
		cr_assert_not(bytes.failed);
		struct value again;
		struct fault fault = {0};
		cr_assert_eq(
			pack_decode(buf_str(&bytes), &pack_limits_wire, &arena, &again, &fault),
			ERR_OK, "%zu: %s %s", i, fault.field, fault.message);
		cr_assert(value_equal(&value, &again));

		msgpack_unpacked theirs;
		msgpack_unpacked_init(&theirs);
		cr_assert_eq(msgpack_unpack_next(&theirs, bytes.data, bytes.len, NULL),
			MSGPACK_UNPACK_SUCCESS);
		cr_assert(same(&value, &theirs.data));
		msgpack_sbuffer written;
		msgpack_sbuffer_init(&written);
		msgpack_packer packer;
		msgpack_packer_init(&packer, &written, msgpack_sbuffer_write);
		msgpack_pack_object(&packer, theirs.data);
		cr_assert(str_equal(buf_str(&bytes), (struct str){written.data, written.size}));
		msgpack_sbuffer_destroy(&written);
		msgpack_unpacked_destroy(&theirs);
	}
}

/* msgpack-c reserves what the 32-bit headers claim: let them claim little. */
static void headers_shrink(char *data, size_t len)
{
	for (size_t i = 0; i + 2 < len; i++) {
		const uint8_t head = (uint8_t)data[i];
		if (head == 0xdd || head == 0xdf) {
			data[i + 1] = 0;
			data[i + 2] = 0;
		}
	}
}

/* What we accept, msgpack-c accepts, and it is the same document. */
static bool compare_broken(struct str broken)
{
	arena_reset(&arena);
	struct value value;
	const enum err err = pack_decode(broken, &pack_limits_wire, &arena, &value, NULL);
	cr_assert_leq(arena.used_total, TREE_BYTES_MAX);
	if (err != ERR_OK) {
		cr_assert(err == ERR_MALFORMED || err == ERR_TOO_LARGE);
		return false;
	}
	msgpack_unpacked theirs;
	msgpack_unpacked_init(&theirs);
	size_t used = 0;
	cr_assert_eq(msgpack_unpack_next(&theirs, broken.ptr, broken.len, &used),
		MSGPACK_UNPACK_SUCCESS);
	cr_assert_eq(used, broken.len);
	cr_assert(same(&value, &theirs.data));
	msgpack_unpacked_destroy(&theirs);
	return true;
}

Test(pack_random, bytes_by_lot_are_refused_whenever_msgpack_c_refuses_them)
{
	struct lot lot = {2};
	size_t accepted = 0;
	for (size_t i = 0; i < BROKEN; i++) {
		char data[24];
		const size_t len = 1 + lot_below(&lot, sizeof(data));
		for (size_t j = 0; j < len; j++) {
			data[j] = (char)lot_draw(&lot);
		}
		headers_shrink(data, len);
		accepted += compare_broken((struct str){data, len}) ? 1 : 0;
	}
	cr_expect_gt(accepted, 100);
}

Test(pack_random, documents_with_changed_bytes_are_refused_whenever_msgpack_c_refuses_them)
{
	struct lot lot = {3};
	size_t accepted = 0;
	for (size_t i = 0; i < BROKEN / 10; i++) {
		arena_reset(&arena);
		buf_reset(&bytes);
		const struct value value = random_value(&lot, &arena);
		pack_encode(&bytes, &value);
		for (size_t changes = 1 + lot_below(&lot, 4); changes > 0; changes--) {
			bytes.data[lot_below(&lot, bytes.len)] = (char)lot_draw(&lot);
		}
		headers_shrink(bytes.data, bytes.len);
		accepted += compare_broken(buf_str(&bytes)) ? 1 : 0;
	}
	cr_expect_gt(accepted, 100);
}

Test(pack_random, the_canonical_form_does_not_depend_on_the_order_of_keys)
{
	struct lot lot = {4};
	struct buf other = {0};
	for (size_t i = 0; i < DOCUMENTS; i++) {
		arena_reset(&arena);
		buf_reset(&bytes);
		buf_reset(&other);
		const struct value value = random_value(&lot, &arena);
		const struct value shuffled = random_shuffle(&lot, &arena, &value);
		cr_assert(value_equal(&value, &shuffled));
		pack_encode_canonical(&bytes, &value);
		pack_encode_canonical(&other, &shuffled);
		cr_assert(str_equal(buf_str(&bytes), buf_str(&other)));
		struct value again;
		cr_assert_eq(pack_decode(buf_str(&bytes), &pack_limits_wire, &arena, &again, NULL),
			ERR_OK);
		cr_assert(value_equal(&value, &again));
	}
	buf_finish(&other);
}
