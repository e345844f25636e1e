/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/image_fields.h"

/* A struct made from the table has the size and the offsets of the real one, and each member its
 * type: so a member that was added there and not here stops the build.  One that hides in what was
 * padding before is found by the test that reads directory.h. */
#define TWIN(type, member, kind, most) type member;
#define AS_IN_TWIN(real, twin, type, member)                                         \
	_Static_assert(offsetof(real, member) == offsetof(twin, member),             \
		#member " is not where the table says: see image_fields.h");         \
	_Static_assert(_Generic(((real *)NULL)->member, type : 1, default : 0) == 1, \
		#member " is of another type than the table says: see image_fields.h");
#define TWIN_SIZE(real, twin)                        \
	_Static_assert(sizeof(real) == sizeof(twin), \
		#real " has a member that its table lacks: see image_fields.h");

#define AT(type, member, kind, most) AS_IN_TWIN(REAL, TWIN_OF, type, member)

struct twin_clause {
	IMAGE_CLAUSE_FIELDS(TWIN)
};
struct twin_clock {
	IMAGE_CLOCK_FIELDS(TWIN)
};
struct twin_override {
	IMAGE_OVERRIDE_FIELDS(TWIN)
};
struct twin_organisation {
	IMAGE_ORGANISATION_FIELDS(TWIN)
};
struct twin_service {
	IMAGE_SERVICE_FIELDS(TWIN)
};
struct twin_area {
	IMAGE_AREA_FIELDS(TWIN)
};

TWIN_SIZE(struct directory_clause, struct twin_clause)
TWIN_SIZE(struct directory_clock, struct twin_clock)
TWIN_SIZE(struct directory_override, struct twin_override)
TWIN_SIZE(struct directory_organisation, struct twin_organisation)
TWIN_SIZE(struct directory_service, struct twin_service)
TWIN_SIZE(struct directory_area, struct twin_area)

#define REAL struct directory_clause
#define TWIN_OF struct twin_clause
IMAGE_CLAUSE_FIELDS(AT)
#undef REAL
#undef TWIN_OF
#define REAL struct directory_clock
#define TWIN_OF struct twin_clock
IMAGE_CLOCK_FIELDS(AT)
#undef REAL
#undef TWIN_OF
#define REAL struct directory_override
#define TWIN_OF struct twin_override
IMAGE_OVERRIDE_FIELDS(AT)
#undef REAL
#undef TWIN_OF
#define REAL struct directory_organisation
#define TWIN_OF struct twin_organisation
IMAGE_ORGANISATION_FIELDS(AT)
#undef REAL
#undef TWIN_OF
#define REAL struct directory_service
#define TWIN_OF struct twin_service
IMAGE_SERVICE_FIELDS(AT)
#undef REAL
#undef TWIN_OF
#define REAL struct directory_area
#define TWIN_OF struct twin_area
IMAGE_AREA_FIELDS(AT)
#undef REAL
#undef TWIN_OF

/* What an IMAGE_ITEMS member is read and written as. */
#define AS_ITEMS(real)                                                                         \
	_Static_assert(sizeof(real) == sizeof(struct image_items) &&                           \
			       offsetof(real, items) == offsetof(struct image_items, items) && \
			       offsetof(real, count) == offsetof(struct image_items, count),   \
		#real " is not items and their count");
AS_ITEMS(struct directory_clauses)
AS_ITEMS(struct directory_clocks)
AS_ITEMS(struct directory_overrides)
AS_ITEMS(struct directory_list)

#define ROW(type, member, of, at_most) \
	{.name = #member, .kind = IMAGE_##of, .most = (at_most), .offset = offsetof(REAL, member)},
#define REAL struct directory_clause
static const struct image_field clause_fields[] = {IMAGE_CLAUSE_FIELDS(ROW)};
#undef REAL
#define REAL struct directory_clock
static const struct image_field clock_fields[] = {IMAGE_CLOCK_FIELDS(ROW)};
#undef REAL
#define REAL struct directory_override
static const struct image_field override_fields[] = {IMAGE_OVERRIDE_FIELDS(ROW)};
#undef REAL
#define REAL struct directory_organisation
static const struct image_field organisation_fields[] = {IMAGE_ORGANISATION_FIELDS(ROW)};
#undef REAL
#define REAL struct directory_service
static const struct image_field service_fields[] = {IMAGE_SERVICE_FIELDS(ROW)};
#undef REAL
#define REAL struct directory_area
static const struct image_field area_fields[] = {IMAGE_AREA_FIELDS(ROW)};
#undef REAL

#define RECORD(type, fields)                                                      \
	{                                                                         \
#type, fields, sizeof(fields) / sizeof((fields)[0]), sizeof(type) \
	}

const struct image_record image_records[IMAGE_TYPES] = {
	[IMAGE_CLAUSE] = RECORD(struct directory_clause, clause_fields),
	[IMAGE_CLOCK] = RECORD(struct directory_clock, clock_fields),
	[IMAGE_OVERRIDE] = RECORD(struct directory_override, override_fields),
	[IMAGE_ORGANISATIONS] = RECORD(struct directory_organisation, organisation_fields),
	[IMAGE_SERVICES] = RECORD(struct directory_service, service_fields),
	[IMAGE_AREAS] = RECORD(struct directory_area, area_fields),
};

static size_t kind_bytes(enum image_kind kind)
{
	switch (kind) {
	case IMAGE_FLAG:
	case IMAGE_CHOICE:
		return 1;
	case IMAGE_NUMBER:
		return 8;
	case IMAGE_TEXT:
	case IMAGE_LIST:
	case IMAGE_DAY:
	case IMAGE_ORGANISATION:
	case IMAGE_ITEMS:
		break;
	}
	return 4;
}

size_t image_record_bytes(const struct image_record *record)
{
	size_t bytes = 0;
	for (size_t i = 0; i < record->count; i++) {
		bytes += kind_bytes(record->fields[i].kind);
	}
	return bytes;
}

static uint32_t text_sum(uint32_t sum, const char *text)
{
	return hash_crc32c(sum, text, strlen(text) + 1);
}

uint32_t image_fingerprint(void)
{
	uint32_t sum = text_sum(0, ONWARD_VERSION);
	for (size_t type = 0; type < IMAGE_TYPES; type++) {
		sum = text_sum(sum, image_records[type].name);
		for (size_t i = 0; i < image_records[type].count; i++) {
			const struct image_field *field = &image_records[type].fields[i];
			const uint8_t shape[] = {(uint8_t)field->kind, (uint8_t)field->most};
			sum = text_sum(sum, field->name);
			sum = hash_crc32c(sum, shape, sizeof(shape));
		}
	}
	return sum;
}

void image_check(struct str image, uint8_t out[HASH_SIZE])
{
	hash_pair(out, (struct str){image.ptr, IMAGE_AT_CHECK},
		(struct str){image.ptr + IMAGE_HEAD_SIZE, image.len - IMAGE_HEAD_SIZE});
}
