/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/pack.h"

#include "broker/wire/key_order.h"

#include <stdlib.h>

enum {
	/* Trees are ours or were bounded when they were read; this stops one that holds itself. */
	ENCODE_DEPTH_MAX = 64,
	/* Maps of up to this many keys are sorted on the stack. */
	SORT_ON_STACK = 64
};

struct encoder {
	struct buf *out;
	bool canonical;
};

static void value_write(struct encoder *encoder, const struct value *value, size_t depth);

/* msgpack's first bytes, and how much they hold themselves. */
enum {
	HEAD_MAX = 9, /* bytes before what follows */
	FIXED_MAP = 0x80,
	FIXED_LIST = 0x90,
	FIXED_STR = 0xa0,
	FIXED_COUNT = 15,
	FIXED_LEN = 31,
	FIXED_INT = 127
};

/* A first byte, and a number of so many bytes behind it. */
static size_t head_write(char *out, uint8_t first, uint64_t number, size_t bytes)
{
	out[0] = (char)first;
	for (size_t i = bytes; i > 0; i--) {
		out[i] = (char)(uint8_t)number;
		number >>= 8;
	}
	return 1 + bytes;
}

/* As short as may be: within the first byte, or `first`, `first` + 1 and so on with 1, 2, 4 bytes
 * more; 0 bytes where there is no such form. */
static void counted_write(struct buf *out, size_t count, uint8_t fixed, size_t fixed_max,
	const uint8_t firsts[3], struct str content)
{
	char *room = buf_room(out, HEAD_MAX + content.len);
	size_t head;
	if (room == NULL || count > UINT32_MAX) {
		out->failed = true; /* a length that msgpack cannot express would be cut */
		return;
	}
	if (count <= fixed_max && fixed != 0) {
		head = head_write(room, (uint8_t)(fixed | count), 0, 0);
	} else if (count <= UINT8_MAX && firsts[0] != 0) {
		head = head_write(room, firsts[0], count, 1);
	} else if (count <= UINT16_MAX) {
		head = head_write(room, firsts[1], count, 2);
	} else {
		head = head_write(room, firsts[2], count, 4);
	}
	if (content.len > 0) {
		memcpy(room + head, content.ptr, content.len);
	}
	out->len += head + content.len;
}

void pack_map(struct buf *out, size_t count)
{
	static const uint8_t firsts[] = {0, 0xde, 0xdf};
	counted_write(out, count, FIXED_MAP, FIXED_COUNT, firsts, (struct str){0});
}

void pack_list(struct buf *out, size_t count)
{
	static const uint8_t firsts[] = {0, 0xdc, 0xdd};
	counted_write(out, count, FIXED_LIST, FIXED_COUNT, firsts, (struct str){0});
}

void pack_str(struct buf *out, struct str text)
{
	static const uint8_t firsts[] = {0xd9, 0xda, 0xdb};
	if (text.len <= FIXED_LEN) { /* nearly all */
		char *room = buf_room(out, 1 + text.len);
		if (room != NULL) {
			room[0] = (char)(FIXED_STR | text.len);
			if (text.len > 0) {
				memcpy(room + 1, text.ptr, text.len);
			}
			out->len += 1 + text.len;
		}
		return;
	}
	counted_write(out, text.len, FIXED_STR, FIXED_LEN, firsts, text);
}

void pack_bytes(struct buf *out, struct str bytes)
{
	static const uint8_t firsts[] = {0xc4, 0xc5, 0xc6};
	counted_write(out, bytes.len, 0, 0, firsts, bytes);
}

/* One byte for each power: how many bytes a number takes, as 0 to 3. */
static unsigned size_of(uint64_t number)
{
	return number <= UINT8_MAX ? 0 : number <= UINT16_MAX ? 1 : number <= UINT32_MAX ? 2 : 3;
}

void pack_int(struct buf *out, int64_t number)
{
	char *room = buf_room(out, HEAD_MAX);
	if (room == NULL) {
		return;
	}
	if (number >= -32 && number <= FIXED_INT) {
		out->len += head_write(room, (uint8_t)number, 0, 0);
	} else if (number > 0) {
		const unsigned size = size_of((uint64_t)number);
		out->len += head_write(
			room, (uint8_t)(0xcc + size), (uint64_t)number, (size_t)1 << size);
	} else {
		/* One bit goes to the sign. */
		const unsigned size = size_of((uint64_t)~number << 1);
		out->len += head_write(
			room, (uint8_t)(0xd0 + size), (uint64_t)number, (size_t)1 << size);
	}
}

static void byte_write(struct buf *out, uint8_t byte)
{
	char *room = buf_room(out, 1);
	if (room != NULL) {
		room[0] = (char)byte;
		out->len++;
	}
}

static void double_write(struct buf *out, double number)
{
	uint64_t bits;
	char *room = buf_room(out, HEAD_MAX);
	memcpy(&bits, &number, sizeof(bits));
	if (room != NULL) {
		out->len += head_write(room, 0xcb, bits, sizeof(bits));
	}
}

static void list_write(struct encoder *encoder, const struct value_list *list, size_t depth)
{
	pack_list(encoder->out, list->count);
	for (size_t i = 0; i < list->count; i++) {
		value_write(encoder, &list->items[i], depth + 1);
	}
}

static void entry_write(struct encoder *encoder, const struct value_entry *entry, size_t depth)
{
	pack_str(encoder->out, entry->key);
	value_write(encoder, &entry->value, depth + 1);
}

static void map_write_sorted(struct encoder *encoder, const struct value_map *map, size_t depth)
{
	const struct value_entry *on_stack[SORT_ON_STACK];
	const struct value_entry **sorted = on_stack;
	if (map->count > SORT_ON_STACK) {
		sorted = calloc(map->count, sizeof(*sorted));
		if (sorted == NULL) {
			encoder->out->failed = true;
			return;
		}
	}
	for (size_t i = 0; i < map->count; i++) {
		sorted[i] = &map->entries[i];
	}
	key_order_sort(sorted, map->count);
	for (size_t i = 0; i < map->count; i++) {
		entry_write(encoder, sorted[i], depth);
	}
	if (sorted != on_stack) {
		free(sorted);
	}
}

static void map_write(struct encoder *encoder, const struct value_map *map, size_t depth)
{
	pack_map(encoder->out, map->count);
	if (encoder->canonical) {
		map_write_sorted(encoder, map, depth);
		return;
	}
	for (size_t i = 0; i < map->count; i++) {
		entry_write(encoder, &map->entries[i], depth);
	}
}

static void value_write(struct encoder *encoder, const struct value *value, size_t depth)
{
	struct buf *out = encoder->out;
	if (depth > ENCODE_DEPTH_MAX) {
		out->failed = true;
		return;
	}
	switch (value->kind) {
	case VALUE_NULL:
		byte_write(out, 0xc0);
		break;
	case VALUE_BOOL:
		byte_write(out, value->boolean ? 0xc3 : 0xc2);
		break;
	case VALUE_INT:
		pack_int(out, value->integer);
		break;
	case VALUE_DOUBLE:
		double_write(out, value->number);
		break;
	case VALUE_STRING:
		pack_str(out, value->string);
		break;
	case VALUE_BYTES:
		pack_bytes(out, value->string);
		break;
	case VALUE_LIST:
		list_write(encoder, &value->list, depth);
		break;
	case VALUE_MAP:
		map_write(encoder, &value->map, depth);
		break;
	}
}

static void encode(struct buf *out, const struct value *value, bool canonical)
{
	struct encoder encoder = {.out = out, .canonical = canonical};
	value_write(&encoder, value, 1);
}

void pack_encode(struct buf *out, const struct value *value)
{
	encode(out, value, false);
}

void pack_encode_canonical(struct buf *out, const struct value *value)
{
	encode(out, value, true);
}
