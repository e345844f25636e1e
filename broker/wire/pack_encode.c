/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/pack.h"

#include "broker/wire/key_order.h"

#include <msgpack.h>
#include <stdlib.h>

enum {
	/* Trees are ours or were bounded when they were read; this stops one that holds itself. */
	ENCODE_DEPTH_MAX = 64,
	/* Maps of up to this many keys are sorted on the stack. */
	SORT_ON_STACK = 64
};

struct encoder {
	msgpack_packer packer;
	struct buf *out;
	bool canonical;
};

/* Never reports a failure: it is sticky in the buf. */
static int buf_write(void *data, const char *bytes, size_t len)
{
	buf_append(data, bytes, len);
	return 0;
}

static void value_write(struct encoder *encoder, const struct value *value, size_t depth);

/* A length that msgpack cannot express would be cut silently. */
static bool length_fits(struct encoder *encoder, size_t len)
{
	if (len > UINT32_MAX) {
		encoder->out->failed = true;
		return false;
	}
	return true;
}

enum {
	SHORT_STRING = 31, /* its length fits the one byte before it */
	SMALL_NUMBER = 127 /* is its own byte */
};

/* What most of a document is: one byte, or one byte and a short text, in one go. */
static void short_write(struct encoder *encoder, uint8_t head, struct str s)
{
	char bytes[1 + SHORT_STRING];
	bytes[0] = (char)head;
	if (s.len > 0) {
		memcpy(bytes + 1, s.ptr, s.len);
	}
	buf_append(encoder->out, bytes, 1 + s.len);
}

static void string_write(struct encoder *encoder, struct str s)
{
	if (s.len <= SHORT_STRING) {
		short_write(encoder, (uint8_t)(0xa0 | s.len), s);
	} else if (length_fits(encoder, s.len)) {
		(void)msgpack_pack_str(&encoder->packer, s.len);
		buf_add_str(encoder->out, s);
	}
}

static void bytes_write(struct encoder *encoder, struct str s)
{
	if (length_fits(encoder, s.len)) {
		(void)msgpack_pack_bin(&encoder->packer, s.len);
		buf_add_str(encoder->out, s);
	}
}

static void list_write(struct encoder *encoder, const struct value_list *list, size_t depth)
{
	if (!length_fits(encoder, list->count)) {
		return;
	}
	(void)msgpack_pack_array(&encoder->packer, list->count);
	for (size_t i = 0; i < list->count; i++) {
		value_write(encoder, &list->items[i], depth + 1);
	}
}

static void entry_write(struct encoder *encoder, const struct value_entry *entry, size_t depth)
{
	string_write(encoder, entry->key);
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
	if (!length_fits(encoder, map->count)) {
		return;
	}
	(void)msgpack_pack_map(&encoder->packer, map->count);
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
	if (depth > ENCODE_DEPTH_MAX) {
		encoder->out->failed = true;
		return;
	}
	switch (value->kind) {
	case VALUE_NULL:
		(void)msgpack_pack_nil(&encoder->packer);
		break;
	case VALUE_BOOL:
		(void)(value->boolean ? msgpack_pack_true(&encoder->packer)
				      : msgpack_pack_false(&encoder->packer));
		break;
	case VALUE_INT:
		if (value->integer >= 0 && value->integer <= SMALL_NUMBER) {
			short_write(encoder, (uint8_t)value->integer, (struct str){0});
		} else {
			(void)msgpack_pack_int64(&encoder->packer, value->integer);
		}
		break;
	case VALUE_DOUBLE:
		(void)msgpack_pack_double(&encoder->packer, value->number);
		break;
	case VALUE_STRING:
		string_write(encoder, value->string);
		break;
	case VALUE_BYTES:
		bytes_write(encoder, value->string);
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
	msgpack_packer_init(&encoder.packer, out, buf_write);
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
