/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/image.h"
#include "directory/image_fields.h"
#include "directory/parts.h"

#include "broker/base/limits.h"

#include <stdlib.h>

/* What is not yet read; `failed` stays, and what is taken then is NULL. */
struct source {
	const uint8_t *at, *end;
	bool failed;
};

/* A pool as it stands in the image. */
struct runs {
	size_t count;
	size_t size;
	const uint8_t *lengths;
	const uint8_t *bytes;
};

struct image {
	struct source source;
	struct directory *directory;
	struct arena scratch; /* the tables that numbers are looked up in */
	const struct str *texts;
	const struct directory_list *lists;
	const struct image_items *held[IMAGE_HELD_TYPES];
	size_t text_count, list_count, held_counts[IMAGE_HELD_TYPES];
	bool failed;
};

static uint32_t read_u32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static uint64_t read_u64(const uint8_t *at)
{
	return read_u32(at) | (uint64_t)read_u32(at + 4) << 32;
}

static const uint8_t *take(struct source *source, size_t size)
{
	if (source->failed || (size_t)(source->end - source->at) < size) {
		source->failed = true;
		return NULL;
	}
	const uint8_t *taken = source->at;
	source->at += size;
	return taken;
}

static uint32_t take_u32(struct source *source)
{
	const uint8_t *at = take(source, 4);
	return at == NULL ? 0 : read_u32(at);
}

/* Each run is a number of `unit` bytes long, `behind` bytes follow it, and all are there. */
static bool runs_take(struct image *image, size_t unit, size_t behind, struct runs *ret_runs)
{
	struct source *source = &image->source;
	struct runs runs = {.count = take_u32(source)};
	runs.size = take_u32(source);
	runs.lengths = take(source, runs.count * 4);
	runs.bytes = take(source, runs.size);
	if (source->failed || runs.count == 0 || read_u32(runs.lengths) != 0) {
		return false;
	}
	uint64_t sum = 0;
	for (size_t i = 0; i < runs.count; i++) {
		const uint32_t length = read_u32(runs.lengths + 4 * i);
		sum += length + behind;
		if (length % unit != 0) {
			return false;
		}
	}
	*ret_runs = runs;
	return sum == runs.size;
}

static enum err texts_read(struct image *image)
{
	struct runs runs;
	if (!runs_take(image, 1, 1, &runs)) {
		return ERR_CORRUPT;
	}
	char *bytes = arena_alloc(&image->directory->arena, runs.size);
	struct str *texts = arena_array(&image->scratch, runs.count, sizeof(*texts));
	if (bytes == NULL || texts == NULL) {
		return ERR_NOMEM;
	}
	memcpy(bytes, runs.bytes, runs.size);
	size_t at = 0;
	for (size_t i = 0; i < runs.count; i++) {
		texts[i] = (struct str){bytes + at, read_u32(runs.lengths + 4 * i)};
		at += texts[i].len + 1;
		if (bytes[at - 1] != '\0') {
			return ERR_CORRUPT;
		}
	}
	image->texts = texts;
	image->text_count = runs.count;
	return ERR_OK;
}

static enum err lists_read(struct image *image)
{
	struct runs runs;
	if (!runs_take(image, 4, 0, &runs)) {
		return ERR_CORRUPT;
	}
	const size_t total = runs.size / 4;
	struct str *items = arena_array(&image->directory->arena, total, sizeof(*items));
	struct directory_list *lists = arena_array(&image->scratch, runs.count, sizeof(*lists));
	if (items == NULL || lists == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < total; i++) {
		const uint32_t number = read_u32(runs.bytes + 4 * i);
		if (number >= image->text_count) {
			return ERR_CORRUPT;
		}
		items[i] = image->texts[number];
	}
	for (size_t i = 0; i < runs.count; i++) {
		lists[i] = (struct directory_list){items, read_u32(runs.lengths + 4 * i) / 4};
		items += lists[i].count;
	}
	image->lists = lists;
	image->list_count = runs.count;
	return ERR_OK;
}

/* Of a table: what stands at the number, or, when there is no such number, nothing. */
static const void *looked_up(
	struct image *image, const void *table, size_t count, size_t size, uint32_t number)
{
	if (number >= count) {
		image->failed = true;
		number = 0; /* the empty one, which is always there */
	}
	return (const char *)table + number * size;
}

static const void *items_looked_up(struct image *image, unsigned type, uint32_t number)
{
	return looked_up(image, image->held[type], image->held_counts[type],
		sizeof(struct image_items), number);
}

static void organisation_get(struct image *image, uint32_t number, void *member)
{
	const struct directory *directory = image->directory;
	const struct directory_organisation *organisation = NULL;
	if (number < directory->organisation_count) {
		organisation = &directory->organisations[number];
	} else {
		image->failed = true;
	}
	memcpy(member, &organisation, sizeof(organisation));
}

/* Reads the field and says where the next begins. */
static const uint8_t *field_get(
	struct image *image, const struct image_field *field, const uint8_t *at, char *to)
{
	void *member = to + field->offset;
	uint64_t number;
	uint32_t word;
	switch (field->kind) {
	case IMAGE_TEXT:
		memcpy(member,
			looked_up(image, image->texts, image->text_count, sizeof(struct str),
				read_u32(at)),
			sizeof(struct str));
		return at + 4;
	case IMAGE_LIST:
		memcpy(member,
			looked_up(image, image->lists, image->list_count,
				sizeof(struct directory_list), read_u32(at)),
			sizeof(struct directory_list));
		return at + 4;
	case IMAGE_ITEMS:
		memcpy(member, items_looked_up(image, field->most, read_u32(at)),
			sizeof(struct image_items));
		return at + 4;
	case IMAGE_ORGANISATION:
		organisation_get(image, read_u32(at), member);
		return at + 4;
	case IMAGE_FLAG:
		image->failed = image->failed || *at > 1;
		*(bool *)member = *at == 1;
		return at + 1;
	case IMAGE_CHOICE:
		image->failed = image->failed || *at > field->most;
		word = *at;
		memcpy(member, &word, sizeof(word));
		return at + 1;
	case IMAGE_DAY:
		word = read_u32(at);
		memcpy(member, &word, sizeof(word));
		return at + 4;
	case IMAGE_NUMBER:
		break;
	}
	number = read_u64(at);
	memcpy(member, &number, sizeof(number));
	return at + 8;
}

/* `count` records behind each other; in the directory's arena. */
static enum err records_get(struct image *image, enum image_type type, const uint8_t *at,
	size_t count, void **ret_records)
{
	const struct image_record *record = &image_records[type];
	char *records = arena_array(&image->directory->arena, count, record->size);
	if (records == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t f = 0; f < record->count; f++) {
			at = field_get(image, &record->fields[f], at, records + i * record->size);
		}
	}
	*ret_records = records;
	return image->failed ? ERR_CORRUPT : ERR_OK;
}

static enum err held_read(struct image *image, enum image_type type)
{
	const size_t unit = image_record_bytes(&image_records[type]);
	struct runs runs;
	void *records;
	if (!runs_take(image, unit, 0, &runs)) {
		return ERR_CORRUPT;
	}
	const enum err err = records_get(image, type, runs.bytes, runs.size / unit, &records);
	struct image_items *items = arena_array(&image->scratch, runs.count, sizeof(*items));
	if (err != ERR_OK || items == NULL) {
		return err != ERR_OK ? err : ERR_NOMEM;
	}
	const char *at = records;
	for (size_t i = 0; i < runs.count; i++) {
		items[i] = (struct image_items){at, read_u32(runs.lengths + 4 * i) / unit};
		at += items[i].count * image_records[type].size;
	}
	image->held[type] = items;
	image->held_counts[type] = runs.count;
	return ERR_OK;
}

static enum err records_read(
	struct image *image, enum image_type type, const void **ret_records, size_t *ret_count)
{
	const size_t count = take_u32(&image->source);
	const uint8_t *at = take(&image->source, count * image_record_bytes(&image_records[type]));
	void *records;
	if (at == NULL) {
		return ERR_CORRUPT;
	}
	const enum err err = records_get(image, type, at, count, &records);
	if (err == ERR_OK) {
		*ret_records = records;
		*ret_count = count;
	}
	return err;
}

/* Both are searched by halving. */
static bool in_order(const struct directory *directory)
{
	for (size_t i = 1; i < directory->organisation_count; i++) {
		if (str_compare(directory->organisations[i - 1].id,
			    directory->organisations[i].id) >= 0) {
			return false;
		}
	}
	for (size_t i = 1; i < directory->service_count; i++) {
		if (str_compare(directory->services[i - 1].id, directory->services[i].id) >= 0) {
			return false;
		}
	}
	return directory->service_count <= LIMIT_SERVICES;
}

static enum err parts_read(struct image *image)
{
	struct directory *directory = image->directory;
	const void *records[IMAGE_TYPES] = {0};
	enum err err = texts_read(image);
	if (err == ERR_OK) {
		err = lists_read(image);
	}
	for (unsigned type = 0; err == ERR_OK && type < IMAGE_HELD_TYPES; type++) {
		err = held_read(image, (enum image_type)type);
	}
	if (err == ERR_OK) {
		err = records_read(image, IMAGE_ORGANISATIONS, &records[IMAGE_ORGANISATIONS],
			&directory->organisation_count);
		directory->organisations = records[IMAGE_ORGANISATIONS];
	}
	if (err == ERR_OK) {
		err = records_read(
			image, IMAGE_SERVICES, &records[IMAGE_SERVICES], &directory->service_count);
		directory->services = records[IMAGE_SERVICES];
	}
	if (err == ERR_OK) {
		err = records_read(
			image, IMAGE_AREAS, &records[IMAGE_AREAS], &directory->area_count);
		directory->areas = records[IMAGE_AREAS];
	}
	if (err != ERR_OK) {
		return err;
	}
	return image->source.at == image->source.end && in_order(directory) ? ERR_OK : ERR_CORRUPT;
}

static enum err head_read(struct str bytes, struct directory *directory, struct fault *fault)
{
	uint8_t sum[HASH_SIZE];
	const uint8_t *head = (const uint8_t *)bytes.ptr;
	if (bytes.len < IMAGE_HEAD_SIZE || memcmp(head, IMAGE_MAGIC, IMAGE_AT_FORMAT) != 0) {
		return fault_set(fault, ERR_CORRUPT, "image", "is no image of a directory");
	}
	if (read_u32(head + IMAGE_AT_FORMAT) != IMAGE_FORMAT ||
		read_u32(head + IMAGE_AT_FINGERPRINT) != image_fingerprint()) {
		return fault_set(fault, ERR_VERSION, "image", "is that of another release");
	}
	image_check(bytes, sum);
	if (read_u64(head + IMAGE_AT_SIZE) != bytes.len ||
		memcmp(sum, head + IMAGE_AT_CHECK, HASH_SIZE) != 0) {
		return fault_set(fault, ERR_CORRUPT, "image", "is damaged");
	}
	memcpy(directory->hash, head + IMAGE_AT_HASH, HASH_SIZE);
	return ERR_OK;
}

enum err directory_image_read(
	struct str bytes, struct directory **ret_directory, struct fault *fault)
{
	struct image image = {.directory = calloc(1, sizeof(*image.directory))};
	if (image.directory == NULL) {
		return fault_set(fault, ERR_NOMEM, "image", "%s", err_text(ERR_NOMEM));
	}
	arena_init(&image.scratch, 0);
	arena_init(&image.directory->arena, 0);
	enum err err = head_read(bytes, image.directory, fault);
	if (err == ERR_OK) {
		const uint8_t *begin = (const uint8_t *)bytes.ptr;
		image.source =
			(struct source){.at = begin + IMAGE_HEAD_SIZE, .end = begin + bytes.len};
		err = parts_read(&image);
		if (err == ERR_OK) {
			err = index_build(image.directory);
		}
		if (err != ERR_OK) {
			(void)fault_set(fault, err, "image", "%s",
				err == ERR_CORRUPT ? "does not hold together" : err_text(err));
		}
	}
	arena_finish(&image.scratch);
	if (err != ERR_OK) {
		directory_destroy(image.directory);
		return err;
	}
	*ret_directory = image.directory;
	return ERR_OK;
}
