/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/image.h"
#include "directory/image_fields.h"

#include <stdlib.h>

/* Runs of bytes, each kept once, by the order in which they came. */
struct pool {
	struct buf bytes;
	struct buf ends; /* size_t: where in `bytes` each ends */
	uint32_t *slots; /* number + 1, by what the bytes hash to; 0: free */
	size_t room;     /* a power of two */
	uint32_t count;
	bool terminated; /* a zero stands behind each run */
	bool failed;
};

struct writer {
	const struct directory *directory;
	struct pool texts, lists, held[IMAGE_HELD_TYPES];
	struct buf list, items; /* the run at hand */
	struct buf out;         /* the record at hand, or many */
};

enum {
	POOL_ROOM = 1024 /* at first */
};

static void put_u32(struct buf *out, uint32_t number)
{
	const uint8_t bytes[] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
		(uint8_t)(number >> 24)};
	buf_append(out, bytes, sizeof(bytes));
}

static void put_u64(struct buf *out, uint64_t number)
{
	put_u32(out, (uint32_t)number);
	put_u32(out, (uint32_t)(number >> 32));
}

static size_t pool_end(const struct pool *pool, uint32_t number)
{
	size_t end = 0;
	if (number < pool->count) {
		memcpy(&end, pool->ends.data + number * sizeof(end), sizeof(end));
	}
	return end;
}

static struct str pool_run(const struct pool *pool, uint32_t number)
{
	const size_t begin = number == 0 ? 0 : pool_end(pool, number - 1);
	const size_t len = pool_end(pool, number) - begin - (pool->terminated ? 1 : 0);
	return len == 0 ? (struct str){0} : (struct str){pool->bytes.data + begin, len};
}

static size_t pool_slot(const struct pool *pool, struct str run)
{
	size_t slot = hash_crc32c(0, run.ptr, run.len) & (pool->room - 1);
	while (pool->slots[slot] != 0 && !str_equal(pool_run(pool, pool->slots[slot] - 1), run)) {
		slot = (slot + 1) & (pool->room - 1);
	}
	return slot;
}

/* So that half of the slots stay free. */
static bool pool_grow(struct pool *pool)
{
	if (pool->count * 2 < pool->room) {
		return true;
	}
	uint32_t *before = pool->slots;
	const size_t room = pool->room == 0 ? POOL_ROOM : pool->room * 2;
	pool->slots = calloc(room, sizeof(*pool->slots));
	if (pool->slots == NULL) {
		pool->slots = before;
		return false;
	}
	pool->room = room;
	for (uint32_t i = 0; i < pool->count; i++) {
		pool->slots[pool_slot(pool, pool_run(pool, i))] = i + 1;
	}
	free(before);
	return true;
}

/* The run's number. */
static uint32_t pool_put(struct pool *pool, struct str run)
{
	if (pool->failed || !pool_grow(pool) || pool->bytes.len + run.len + 1 > UINT32_MAX) {
		pool->failed = true;
		return 0;
	}
	const size_t slot = pool_slot(pool, run);
	if (pool->slots[slot] != 0) {
		return pool->slots[slot] - 1;
	}
	buf_add_str(&pool->bytes, run);
	if (pool->terminated) {
		buf_append(&pool->bytes, "", 1);
	}
	buf_append(&pool->ends, &pool->bytes.len, sizeof(pool->bytes.len));
	if (pool->bytes.failed || pool->ends.failed) {
		pool->failed = true;
		return 0;
	}
	pool->slots[slot] = ++pool->count;
	return pool->count - 1;
}

static void pool_write(const struct pool *pool, struct buf *out)
{
	out->failed = out->failed || pool->failed;
	put_u32(out, pool->count);
	put_u32(out, (uint32_t)pool->bytes.len);
	for (uint32_t i = 0; i < pool->count; i++) {
		put_u32(out, (uint32_t)pool_run(pool, i).len);
	}
	buf_add_str(out, buf_str(&pool->bytes));
}

static void pool_finish(struct pool *pool)
{
	buf_finish(&pool->bytes);
	buf_finish(&pool->ends);
	free(pool->slots);
}

static uint32_t list_put(struct writer *writer, const void *member)
{
	struct directory_list list;
	memcpy(&list, member, sizeof(list));
	buf_reset(&writer->list);
	for (size_t i = 0; i < list.count; i++) {
		put_u32(&writer->list, pool_put(&writer->texts, list.items[i]));
	}
	writer->lists.failed = writer->lists.failed || writer->list.failed;
	return pool_put(&writer->lists, buf_str(&writer->list));
}

static void record_put(
	struct writer *writer, enum image_type type, const char *from, struct buf *out);

static uint32_t items_put(struct writer *writer, enum image_type type, const void *member)
{
	struct image_items items;
	memcpy(&items, member, sizeof(items));
	buf_reset(&writer->items);
	for (size_t i = 0; i < items.count; i++) {
		record_put(writer, type, (const char *)items.items + i * image_records[type].size,
			&writer->items);
	}
	writer->held[type].failed = writer->held[type].failed || writer->items.failed;
	return pool_put(&writer->held[type], buf_str(&writer->items));
}

static uint32_t text_put(struct writer *writer, const void *member)
{
	struct str text;
	memcpy(&text, member, sizeof(text));
	return pool_put(&writer->texts, text);
}

static uint32_t organisation_put(const struct writer *writer, const void *member)
{
	const struct directory_organisation *organisation;
	memcpy(&organisation, member, sizeof(organisation));
	return organisation == NULL
		       ? UINT32_MAX /* never of a directory that loaded: no reader takes it */
		       : (uint32_t)(organisation - writer->directory->organisations);
}

static void field_put(
	struct writer *writer, const struct image_field *field, const char *from, struct buf *out)
{
	const void *member = from + field->offset;
	int64_t number;
	uint32_t word;
	switch (field->kind) {
	case IMAGE_TEXT:
		put_u32(out, text_put(writer, member));
		break;
	case IMAGE_LIST:
		put_u32(out, list_put(writer, member));
		break;
	case IMAGE_ITEMS:
		put_u32(out, items_put(writer, (enum image_type)field->most, member));
		break;
	case IMAGE_ORGANISATION:
		put_u32(out, organisation_put(writer, member));
		break;
	case IMAGE_FLAG:
		buf_append(out, *(const bool *)member ? "\1" : "\0", 1);
		break;
	case IMAGE_CHOICE:
		memcpy(&word, member, sizeof(word));
		buf_append(out, &(uint8_t){(uint8_t)word}, 1);
		break;
	case IMAGE_DAY:
		memcpy(&word, member, sizeof(word));
		put_u32(out, word);
		break;
	case IMAGE_NUMBER:
		memcpy(&number, member, sizeof(number));
		put_u64(out, (uint64_t)number);
		break;
	}
}

static void record_put(
	struct writer *writer, enum image_type type, const char *from, struct buf *out)
{
	const struct image_record *record = &image_records[type];
	for (size_t i = 0; i < record->count; i++) {
		field_put(writer, &record->fields[i], from, out);
	}
}

static void records_put(
	struct writer *writer, enum image_type type, const void *records, size_t count)
{
	put_u32(&writer->out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		record_put(writer, type, (const char *)records + i * image_records[type].size,
			&writer->out);
	}
}

/* The head is put last: it holds the size and the sum of the rest. */
static void head_fill(char *head, const struct directory *directory, size_t size)
{
	struct buf numbers = {0};
	put_u32(&numbers, IMAGE_FORMAT);
	put_u32(&numbers, image_fingerprint());
	put_u64(&numbers, size);
	if (!numbers.failed) {
		memcpy(head + IMAGE_AT_FORMAT, numbers.data, numbers.len);
	}
	buf_finish(&numbers);
	memcpy(head, IMAGE_MAGIC, IMAGE_AT_FORMAT);
	memcpy(head + IMAGE_AT_HASH, directory->hash, HASH_SIZE);
	image_check((struct str){head, size}, (uint8_t *)head + IMAGE_AT_CHECK);
}

void directory_image_write(const struct directory *directory, struct buf *out)
{
	static const char no_head[IMAGE_HEAD_SIZE];
	struct writer writer = {.directory = directory, .texts = {.terminated = true}};
	const size_t begin = out->len;
	(void)pool_put(&writer.texts, (struct str){0});
	(void)pool_put(&writer.lists, (struct str){0});
	for (size_t i = 0; i < IMAGE_HELD_TYPES; i++) {
		(void)pool_put(&writer.held[i], (struct str){0});
	}
	records_put(&writer, IMAGE_ORGANISATIONS, directory->organisations,
		directory->organisation_count);
	records_put(&writer, IMAGE_SERVICES, directory->services, directory->service_count);
	records_put(&writer, IMAGE_AREAS, directory->areas, directory->area_count);
	buf_append(out, no_head, sizeof(no_head));
	pool_write(&writer.texts, out);
	pool_write(&writer.lists, out);
	for (size_t i = 0; i < IMAGE_HELD_TYPES; i++) {
		pool_write(&writer.held[i], out);
		pool_finish(&writer.held[i]);
	}
	buf_add_str(out, buf_str(&writer.out));
	out->failed = out->failed || writer.out.failed;
	if (!out->failed) {
		head_fill(out->data + begin, directory, out->len - begin);
	}
	pool_finish(&writer.texts);
	pool_finish(&writer.lists);
	buf_finish(&writer.list);
	buf_finish(&writer.items);
	buf_finish(&writer.out);
}
