/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/pack.h"

#include "broker/base/limits.h"
#include "broker/wire/key_order.h"
#include "broker/wire/path.h"

#include <math.h>

const struct pack_limits pack_limits_wire = {.depth = LIMIT_DEPTH, .elements = LIMIT_ELEMENTS};
const struct pack_limits pack_limits_reply = {.depth = 16, .elements = LIMIT_FRAME_BYTES};
/* A record holds referrals inside events inside a batch, and explanations of a whole directory. */
const struct pack_limits pack_limits_own = {.depth = 32, .elements = (size_t)1 << 22};

enum {
	/* Maps of up to this many keys are searched pair by pair, larger ones are sorted. */
	PAIRWISE_MAX = 16
};

/* Where the reader stands.  Elements are taken from the budget when a header claims them, so all
 * headers together reserve no more than the budget. */
struct cursor {
	const uint8_t *at;
	size_t left;
	size_t elements_left;
	size_t depth_max;
	struct arena *arena;
	struct fault *fault;
};

static enum err read_value(
	struct cursor *cursor, const struct path *path, size_t depth, struct value *ret_value);

static enum err refuse(
	const struct cursor *cursor, const struct path *path, enum err err, const char *message)
{
	char field[PATH_TEXT_SIZE];
	path_format(path, field);
	return fault_set(cursor->fault, err, field, "%s", message);
}

static enum err refuse_cut(const struct cursor *cursor, const struct path *path)
{
	return refuse(cursor, path, ERR_MALFORMED, "the message ends within a value");
}

/* Big-endian number of `size` bytes. */
static bool take_number(struct cursor *cursor, size_t size, uint64_t *ret_number)
{
	if (cursor->left < size) {
		return false;
	}
	uint64_t number = 0;
	for (size_t i = 0; i < size; i++) {
		number = number << 8 | cursor->at[i];
	}
	cursor->at += size;
	cursor->left -= size;
	*ret_number = number;
	return true;
}

static enum err read_bytes(
	struct cursor *cursor, const struct path *path, uint64_t len, struct str *ret_bytes)
{
	if (len > cursor->left) {
		return refuse(cursor, path, ERR_MALFORMED,
			"a length is greater than the bytes that follow");
	}
	*ret_bytes = (struct str){(const char *)cursor->at, (size_t)len};
	cursor->at += len;
	cursor->left -= (size_t)len;
	return ERR_OK;
}

static enum err read_text(
	struct cursor *cursor, const struct path *path, uint64_t len, struct str *ret_text)
{
	struct str text;
	enum err err = read_bytes(cursor, path, len, &text);
	if (err != ERR_OK) {
		return err;
	}
	if (!str_is_utf8(text)) {
		return refuse(cursor, path, ERR_MALFORMED, "a text is not UTF-8");
	}
	*ret_text = text;
	return ERR_OK;
}

/* Whether `count` members of at least `size` bytes each can be there and are within the limits. */
static enum err claim(
	struct cursor *cursor, const struct path *path, size_t depth, uint64_t count, size_t size)
{
	if (depth > cursor->depth_max) {
		return refuse(cursor, path, ERR_TOO_LARGE, "nested too deeply");
	}
	if (count > cursor->left / size) {
		return refuse(cursor, path, ERR_MALFORMED,
			"a count is greater than the bytes that follow");
	}
	if (count > cursor->elements_left) {
		return refuse(cursor, path, ERR_TOO_LARGE, "too many elements");
	}
	cursor->elements_left -= (size_t)count;
	return ERR_OK;
}

static enum err read_list(struct cursor *cursor, const struct path *path, size_t depth,
	uint64_t count, struct value *ret_value)
{
	enum err err = claim(cursor, path, depth, count, 1);
	if (err != ERR_OK) {
		return err;
	}
	struct value list = {.kind = VALUE_LIST};
	if (count > 0) {
		list.list.items = arena_array(cursor->arena, (size_t)count, sizeof(struct value));
		if (list.list.items == NULL) {
			return refuse(cursor, path, ERR_NOMEM, "no memory for the message");
		}
	}
	for (size_t i = 0; i < count; i++) {
		const struct path step = {.parent = path, .is_index = true, .index = i};
		err = read_value(cursor, &step, depth, &list.list.items[i]);
		if (err != ERR_OK) {
			return err;
		}
	}
	list.list.count = (size_t)count;
	*ret_value = list;
	return ERR_OK;
}

static enum err read_key(struct cursor *cursor, const struct path *path, struct str *ret_key)
{
	uint64_t head;
	uint64_t len;
	if (!take_number(cursor, 1, &head)) {
		return refuse_cut(cursor, path);
	}
	if ((head & 0xe0) == 0xa0) {
		len = head & 0x1f;
	} else if (head < 0xd9 || head > 0xdb) {
		return refuse(cursor, path, ERR_MALFORMED, "a key of this map is not a text");
	} else if (!take_number(cursor, (size_t)1 << (head - 0xd9), &len)) {
		return refuse_cut(cursor, path);
	}
	return read_text(cursor, path, len, ret_key);
}

/* The entry whose key stands twice, NULL when there is none; false when memory ran out. */
static bool find_twice(
	struct arena *arena, const struct value_map *map, const struct value_entry **ret_twice)
{
	*ret_twice = NULL;
	if (map->count <= PAIRWISE_MAX) {
		for (size_t i = 1; i < map->count; i++) {
			for (size_t j = 0; j < i; j++) {
				if (str_equal(map->entries[i].key, map->entries[j].key)) {
					*ret_twice = &map->entries[i];
					return true;
				}
			}
		}
		return true;
	}
	const struct value_entry **sorted = arena_array(arena, map->count, sizeof(*sorted));
	if (sorted == NULL) {
		return false;
	}
	for (size_t i = 0; i < map->count; i++) {
		sorted[i] = &map->entries[i];
	}
	key_order_sort(sorted, map->count);
	*ret_twice = key_order_twice(sorted, map->count);
	return true;
}

static enum err read_map(struct cursor *cursor, const struct path *path, size_t depth,
	uint64_t count, struct value *ret_value)
{
	enum err err = claim(cursor, path, depth, count, 2);
	if (err != ERR_OK) {
		return err;
	}
	struct value map = {.kind = VALUE_MAP};
	if (count > 0) {
		map.map.entries =
			arena_array(cursor->arena, (size_t)count, sizeof(struct value_entry));
		if (map.map.entries == NULL) {
			return refuse(cursor, path, ERR_NOMEM, "no memory for the message");
		}
	}
	for (size_t i = 0; i < count; i++) {
		struct value_entry *entry = &map.map.entries[i];
		err = read_key(cursor, path, &entry->key);
		if (err != ERR_OK) {
			return err;
		}
		const struct path step = {.parent = path, .key = entry->key};
		err = read_value(cursor, &step, depth, &entry->value);
		if (err != ERR_OK) {
			return err;
		}
	}
	map.map.count = (size_t)count;
	const struct value_entry *twice;
	if (!find_twice(cursor->arena, &map.map, &twice)) {
		return refuse(cursor, path, ERR_NOMEM, "no memory for the message");
	}
	if (twice != NULL) {
		const struct path step = {.parent = path, .key = twice->key};
		return refuse(cursor, &step, ERR_MALFORMED, "a key stands twice in one map");
	}
	*ret_value = map;
	return ERR_OK;
}

static enum err read_double(
	struct cursor *cursor, const struct path *path, double number, struct value *ret_value)
{
	if (!isfinite(number)) {
		return refuse(cursor, path, ERR_MALFORMED, "not a finite number");
	}
	*ret_value = (struct value){.kind = VALUE_DOUBLE, .number = number};
	return ERR_OK;
}

static enum err read_float32(
	struct cursor *cursor, const struct path *path, uint64_t bits, struct value *ret_value)
{
	const uint32_t narrow = (uint32_t)bits;
	float number;
	memcpy(&number, &narrow, sizeof(number));
	return read_double(cursor, path, (double)number, ret_value);
}

static enum err read_float64(
	struct cursor *cursor, const struct path *path, uint64_t bits, struct value *ret_value)
{
	double number;
	memcpy(&number, &bits, sizeof(number));
	return read_double(cursor, path, number, ret_value);
}

/* int8 to int64: the sign is the top bit of the `size` bytes read. */
static int64_t sign_extend(uint64_t bits, size_t size)
{
	const uint64_t sign = (uint64_t)1 << (size * 8 - 1);
	const uint64_t wide = (bits ^ sign) - sign;
	int64_t number;
	memcpy(&number, &wide, sizeof(number));
	return number;
}

static enum err read_unsigned(
	struct cursor *cursor, const struct path *path, uint64_t number, struct value *ret_value)
{
	if (number > INT64_MAX) {
		return refuse(cursor, path, ERR_MALFORMED, "a number above 2^63-1");
	}
	*ret_value = value_of_int((int64_t)number);
	return ERR_OK;
}

static enum err read_text_value(
	struct cursor *cursor, const struct path *path, uint64_t len, struct value *ret_value)
{
	struct str text;
	const enum err err = read_text(cursor, path, len, &text);
	if (err == ERR_OK) {
		*ret_value = value_of_str(text);
	}
	return err;
}

static enum err read_bytes_value(
	struct cursor *cursor, const struct path *path, uint64_t len, struct value *ret_value)
{
	struct str bytes;
	const enum err err = read_bytes(cursor, path, len, &bytes);
	if (err == ERR_OK) {
		*ret_value = (struct value){.kind = VALUE_BYTES, .string = bytes};
	}
	return err;
}

/* How many bytes of number or length follow a head byte 0xc0 to 0xdf. */
static size_t argument_size(uint8_t head)
{
	static const uint8_t sizes[32] = {
		0, 0, 0, 0, 1, 2, 4, 0, 0, 0, 4, 8, 1, 2, 4, 8, /* 0xc0: nil … uint64 */
		1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4, /* 0xd0: int8 … map32 */
	};
	return sizes[head - 0xc0];
}

/* Heads 0xc0 to 0xdf: everything but the short forms. */
static enum err read_long_form(struct cursor *cursor, const struct path *path, size_t depth,
	uint8_t head, struct value *ret_value)
{
	uint64_t number;
	if (!take_number(cursor, argument_size(head), &number)) {
		return refuse_cut(cursor, path);
	}
	switch (head) {
	case 0xc0:
		*ret_value = (struct value){.kind = VALUE_NULL};
		return ERR_OK;
	case 0xc2:
	case 0xc3:
		*ret_value = value_of_bool(head == 0xc3);
		return ERR_OK;
	case 0xc4:
	case 0xc5:
	case 0xc6:
		return read_bytes_value(cursor, path, number, ret_value);
	case 0xca:
		return read_float32(cursor, path, number, ret_value);
	case 0xcb:
		return read_float64(cursor, path, number, ret_value);
	case 0xcc:
	case 0xcd:
	case 0xce:
	case 0xcf:
		return read_unsigned(cursor, path, number, ret_value);
	case 0xd0:
	case 0xd1:
	case 0xd2:
	case 0xd3:
		*ret_value = value_of_int(sign_extend(number, argument_size(head)));
		return ERR_OK;
	case 0xd9:
	case 0xda:
	case 0xdb:
		return read_text_value(cursor, path, number, ret_value);
	case 0xdc:
	case 0xdd:
		return read_list(cursor, path, depth + 1, number, ret_value);
	case 0xde:
	case 0xdf:
		return read_map(cursor, path, depth + 1, number, ret_value);
	default:
		return refuse(cursor, path, ERR_MALFORMED,
			"a type that is not used here (extension types are not)");
	}
}

/* `depth` is how many lists and maps are around this value. */
static enum err read_value(
	struct cursor *cursor, const struct path *path, size_t depth, struct value *ret_value)
{
	uint64_t byte;
	if (!take_number(cursor, 1, &byte)) {
		return refuse_cut(cursor, path);
	}
	const uint8_t head = (uint8_t)byte;
	if (head < 0x80) {
		*ret_value = value_of_int(head);
		return ERR_OK;
	}
	if (head < 0x90) {
		return read_map(cursor, path, depth + 1, head & 0x0f, ret_value);
	}
	if (head < 0xa0) {
		return read_list(cursor, path, depth + 1, head & 0x0f, ret_value);
	}
	if (head < 0xc0) {
		return read_text_value(cursor, path, head & 0x1f, ret_value);
	}
	if (head < 0xe0) {
		return read_long_form(cursor, path, depth, head, ret_value);
	}
	*ret_value = value_of_int((int64_t)head - 0x100);
	return ERR_OK;
}

enum err pack_decode(struct str bytes, const struct pack_limits *limits, struct arena *arena,
	struct value *ret_value, struct fault *fault)
{
	struct cursor cursor = {
		.at = (const uint8_t *)bytes.ptr,
		.left = bytes.len,
		.elements_left = limits->elements - 1, /* the document itself is one */
		.depth_max = limits->depth,
		.arena = arena,
		.fault = fault,
	};
	struct value value;
	const enum err err = read_value(&cursor, NULL, 0, &value);
	if (err != ERR_OK) {
		return err;
	}
	if (cursor.left > 0) {
		return refuse(&cursor, NULL, ERR_MALFORMED, "bytes after the end of the document");
	}
	*ret_value = value;
	return ERR_OK;
}
