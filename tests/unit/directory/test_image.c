/* SPDX-License-Identifier: Apache-2.0 */
#define LLVMFuzzerTestOneInput fuzz_directory_image
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/directory_image.c"
#undef LLVMFuzzerTestOneInput
#include "../../fuzz/replay.h"
#include "tests/unit/directory/rulebook.h"
#include "directory/parts.h"

#include <stdio.h>

/* What is compared by whom: the members stand in the tables that write and read them, and a member
 * that is in no table fails the build, or the test that reads directory.h. */

static void members_expect(const struct image_record *record, const char *a, const char *b);

static void list_expect(const char *name, struct directory_list a, struct directory_list b)
{
	cr_assert_eq(a.count, b.count, "%s", name);
	for (size_t i = 0; i < a.count; i++) {
		cr_assert(str_equal(a.items[i], b.items[i]), "%s[%zu]", name, i);
	}
}

static void items_expect(const struct image_field *field, const void *a, const void *b)
{
	const struct image_record *record = &image_records[field->most];
	struct image_items left;
	struct image_items right;
	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	cr_assert_eq(left.count, right.count, "%s", field->name);
	for (size_t i = 0; i < left.count; i++) {
		members_expect(record, (const char *)left.items + i * record->size,
			(const char *)right.items + i * record->size);
	}
}

static void member_expect(const struct image_field *field, const char *a, const char *b)
{
	const void *x = a + field->offset;
	const void *y = b + field->offset;
	switch (field->kind) {
	case IMAGE_TEXT:
		cr_assert(str_equal(*(const struct str *)x, *(const struct str *)y), "%s",
			field->name);
		break;
	case IMAGE_LIST:
		list_expect(field->name, *(const struct directory_list *)x,
			*(const struct directory_list *)y);
		break;
	case IMAGE_FLAG:
		cr_assert_eq(*(const bool *)x, *(const bool *)y, "%s", field->name);
		break;
	case IMAGE_CHOICE:
		cr_assert_eq(*(const unsigned *)x, *(const unsigned *)y, "%s", field->name);
		break;
	case IMAGE_NUMBER:
		cr_assert_eq(*(const int64_t *)x, *(const int64_t *)y, "%s", field->name);
		break;
	case IMAGE_DAY:
		cr_assert_eq(*(const date_days *)x, *(const date_days *)y, "%s", field->name);
		break;
	case IMAGE_ORGANISATION:
		cr_assert(str_equal((*(const struct directory_organisation *const *)x)->id,
			(*(const struct directory_organisation *const *)y)->id));
		break;
	case IMAGE_ITEMS:
		items_expect(field, x, y);
		break;
	}
}

static void members_expect(const struct image_record *record, const char *a, const char *b)
{
	for (size_t i = 0; i < record->count; i++) {
		member_expect(&record->fields[i], a, b);
	}
}

static void records_expect(enum image_type type, const void *a, const void *b, size_t count)
{
	const size_t size = image_records[type].size;
	for (size_t i = 0; i < count; i++) {
		members_expect(&image_records[type], (const char *)a + i * size,
			(const char *)b + i * size);
	}
}

static void index_expect(const struct directory *a, const struct directory *b)
{
	size_t count;
	const struct directory_authority *all = directory_authorities(&count);
	const uint32_t *left;
	const uint32_t *right;
	for (size_t i = 0; i < count; i++) {
		const size_t at = directory_at_authority(a, all[i].code, &left);
		cr_assert_eq(at, directory_at_authority(b, all[i].code, &right));
		cr_assert(at == 0 || memcmp(left, right, at * sizeof(*left)) == 0);
	}
	const size_t unstated = directory_not_stated(a, &left);
	cr_assert_eq(unstated, directory_not_stated(b, &right));
	cr_assert(unstated == 0 || memcmp(left, right, unstated * sizeof(*left)) == 0);
}

static void directories_expect(const struct directory *a, const struct directory *b)
{
	cr_assert_eq(a->organisation_count, b->organisation_count);
	cr_assert_eq(a->service_count, b->service_count);
	cr_assert_eq(a->area_count, b->area_count);
	records_expect(
		IMAGE_ORGANISATIONS, a->organisations, b->organisations, a->organisation_count);
	records_expect(IMAGE_SERVICES, a->services, b->services, a->service_count);
	records_expect(IMAGE_AREAS, a->areas, b->areas, a->area_count);
	cr_assert_arr_eq(a->hash, b->hash, HASH_SIZE);
	index_expect(a, b);
}

/* The image's own bytes; whoever asked frees them. */
static struct directory *round_trip(const struct directory *directory, struct buf *image)
{
	struct directory *again = NULL;
	struct fault fault = {0};
	directory_image_write(directory, image);
	cr_assert(!image->failed);
	cr_assert_eq(
		directory_image_read(buf_str(image), &again, &fault), ERR_OK, "%s", fault.message);
	return again;
}

/* One line a key, so that some can be left out. */
static const char *const keys[] = {
	"partners: [partner, advice]\n",
	"funder: A council\n",
	"description: What it does, at length.\n",
	"women_specific: true\n",
	"rate_card: true\n",
	"specialist_groups: [lgbt]\n",
	("eligibility:\n  - {id: adult, cel: person.age >= 18, means: She is 18 or over., "
	 "otherwise: ask, question: Younger?}\n  - {id: b, cel: person.age < 65, means: And "
	 "64.}\n"),
	"cohort:\n  - {cel: person.age < 25}\n",
	"window: {from: 2019-04-01, to: 2021-03-31}\n",
	"successor: plain\n",
	("capacity: {caseload: 20, per_year: 100, pool: beds, pool_caseload: 30, waiting_list: 5, "
	 "overrides: [{from: 2019-07-22, to: 2019-08-31, caseload: 9, per_year: 8, pool_caseload: "
	 "7, "
	 "note: Holidays.}]}\n"),
	"intake: paused\n",
	"clocks: {delivery-window: 6 hours, decision: 3 working days}\n",
	"lead_days: 84\nlead_needs: [accommodation]\n",
	"confidential_location: true\n",
	"languages: [so, pl]\n",
	"faith_ethos: None\n",
	"opening_hours: Mo-Fr 09:00-17:00\n",
	"assurance_date: 2019-01-31\n",
};
enum {
	KEYS = sizeof(keys) / sizeof(keys[0])
};

/* With those keys whose bit is set. */
static struct str service_text(struct arena *arena, const char *id, uint32_t chosen)
{
	struct str text = arena_printf(arena,
		"id: %s\nname: Service %s\norganisation: centre\nrole: specialist\n"
		"routing: advice-only\nauthorities: [Lambeth, Croydon]\n"
		"pathways: [diversion, court]\nneeds: [accommodation, recall]\n"
		"referrers: {parties: [partner], kinds: [police, court]}\n"
		"delivery: {party: centre, adapter: inbox, address: 'a@example.org', secret: "
		"true}\n"
		"agreement: {fields: [pathway, person.given_name]}\nsources: [Invented.]\n",
		id, id);
	for (size_t i = 0; i < KEYS; i++) {
		if ((chosen >> i & 1) != 0) {
			text = arena_printf(arena, "%.*s%s", STR_ARG(text), keys[i]);
		}
	}
	return text;
}

enum {
	SERVICES_MAX = 64
};

static struct directory *load(const uint32_t *chosen, size_t count, struct arena *arena)
{
	struct directory_file items[SERVICES_MAX + 5] = {
		{STR("a/area.yaml"), STR("id: a\ntitle: An area\nauthorities: "
					 "[Barnet]\nnot_stated: [Bexley]\n")},
		{STR("a/organisations/centre.yaml"),
			STR("id: centre\nname: The Centre\nparty_kind: provider\nfaith_ethos: "
			    "none\n"
			    "contact: 020 7946 0000\nadvice_contact: true\n")},
		{STR("a/organisations/partner.yaml"),
			STR("id: partner\nname: Partner\nparty_kind: not-stated\n")},
		{STR("a/organisations/advice.yaml"),
			STR("id: advice\nname: Advice\nparty_kind: provider\n")},
	};
	struct directory_files files = {.items = items, .count = 4};
	struct directory_problems problems;
	struct directory *directory = NULL;
	items[files.count++] = (struct directory_file){
		STR("a/services/plain.yaml"), service_text(arena, "plain", 0)};
	for (size_t i = 0; i < count; i++) {
		const struct str id = arena_printf(arena, "s%02zu", i);
		items[files.count++] = (struct directory_file){
			arena_printf(arena, "a/services/%.*s.yaml", STR_ARG(id)),
			service_text(arena, id.ptr, chosen[i])};
	}
	const enum err err = directory_load(&files, test_rulebook(), &directory, &problems);
	char *said = test_problems_text(&problems);
	cr_assert_eq(err, ERR_OK, "%s", said);
	free(said);
	directory_problems_finish(&problems);
	return directory;
}

/* What the member is when nothing was said: as that of the service with the fewest keys. */
static bool member_stands(const struct image_field *field, const char *record)
{
	static const int64_t unlimited = -1;
	const void *member = record + field->offset;
	switch (field->kind) {
	case IMAGE_TEXT:
		return ((const struct str *)member)->len > 0;
	case IMAGE_LIST:
	case IMAGE_ITEMS:
		return ((const struct directory_list *)member)->count > 0;
	case IMAGE_FLAG:
		return *(const bool *)member != (strcmp(field->name, "intake_open") == 0);
	case IMAGE_CHOICE:
		return *(const unsigned *)member > 0;
	case IMAGE_NUMBER:
		return *(const int64_t *)member != 0 && *(const int64_t *)member != unlimited;
	case IMAGE_DAY:
		return *(const date_days *)member != INT32_MIN &&
		       *(const date_days *)member != INT32_MAX;
	case IMAGE_ORGANISATION:
		break;
	}
	return *(const struct directory_organisation *const *)member != NULL;
}

Test(image, what_was_loaded_is_read_again_member_for_member)
{
	const uint32_t all = (1U << KEYS) - 1;
	struct arena arena;
	struct buf image = {0};
	arena_init(&arena, 0);
	struct directory *directory = load(&all, 1, &arena);
	const struct directory_service *full = directory_service_find(directory, STR("s00"));
	/* A member that nothing sets would be compared with itself unset. */
	for (size_t i = 0; i < image_records[IMAGE_SERVICES].count; i++) {
		const struct image_field *field = &image_records[IMAGE_SERVICES].fields[i];
		cr_expect(member_stands(field, (const char *)full),
			"the test sets no service.%s: give it a key", field->name);
	}
	struct directory *again = round_trip(directory, &image);
	directories_expect(directory, again);
	directory_destroy(directory);
	directory_destroy(again);
	buf_finish(&image);
	arena_finish(&arena);
}

Test(image, what_was_loaded_is_read_again_whatever_keys_are_there)
{
	uint32_t chosen[SERVICES_MAX];
	uint32_t state = 2463534242;
	for (int round = 0; round < 8; round++) {
		struct arena arena;
		struct buf image = {0};
		struct buf same = {0};
		arena_init(&arena, 0);
		for (size_t i = 0; i < SERVICES_MAX; i++) {
			state ^= state << 13;
			state ^= state >> 17;
			state ^= state << 5;
			/* Overlapping contracts and pools that differ are other tests'. */
			chosen[i] = state & ((1U << KEYS) - 1);
		}
		struct directory *directory = load(chosen, SERVICES_MAX, &arena);
		struct directory *again = round_trip(directory, &image);
		directories_expect(directory, again);
		directory_image_write(again, &same);
		cr_assert(str_equal(buf_str(&image), buf_str(&same)),
			"the same directory gives other bytes");
		directory_destroy(directory);
		directory_destroy(again);
		buf_finish(&image);
		buf_finish(&same);
		arena_finish(&arena);
	}
}

static struct directory *areas_load(void)
{
	static const char *const areas[] = {"london-2018", "crs-current", "merseyside", "norfolk"};
	return test_area_load(areas, 4);
}

Test(image, the_data_of_the_project_is_read_again)
{
	struct buf image = {0};
	struct directory *directory = areas_load();
	struct directory *again = round_trip(directory, &image);
	directories_expect(directory, again);
	directory_destroy(directory);
	directory_destroy(again);
	buf_finish(&image);
}

Test(image, what_is_said_twice_is_held_once)
{
	const uint32_t chosen[] = {0, 0};
	struct arena arena;
	struct buf image = {0};
	arena_init(&arena, 0);
	struct directory *directory = load(chosen, 2, &arena);
	struct directory *again = round_trip(directory, &image);
	cr_assert_eq(again->services[0].agreement.items, again->services[1].agreement.items);
	cr_assert_eq(again->services[0].delivery_party.ptr, again->organisations[1].id.ptr);
	directory_destroy(directory);
	directory_destroy(again);
	buf_finish(&image);
	arena_finish(&arena);
}

Test(image, a_damaged_byte_is_found_wherever_it_is)
{
	struct arena arena;
	struct buf image = {0};
	struct fault fault;
	const uint32_t all = (1U << KEYS) - 1;
	arena_init(&arena, 0);
	struct directory *directory = load(&all, 1, &arena);
	directory_image_write(directory, &image);
	directory_destroy(directory);
	for (size_t at = 0; at < image.len; at++) {
		directory = NULL;
		image.data[at] ^= (char)(1 << at % 8);
		const enum err err = directory_image_read(buf_str(&image), &directory, &fault);
		cr_assert(err == ERR_CORRUPT || err == ERR_VERSION, "byte %zu", at);
		cr_assert_null(directory);
		image.data[at] ^= (char)(1 << at % 8);
	}
	for (size_t len = 0; len < image.len; len++) {
		cr_assert_eq(
			directory_image_read((struct str){image.data, len}, &directory, &fault),
			ERR_CORRUPT);
	}
	buf_finish(&image);
	arena_finish(&arena);
}

/* Numbers that lead nowhere, under a sum that fits. */
Test(image, a_wrong_number_is_never_followed)
{
	struct arena arena;
	struct buf image = {0};
	const uint32_t all = (1U << KEYS) - 1;
	arena_init(&arena, 0);
	struct directory *directory = load(&all, 1, &arena);
	directory_image_write(directory, &image);
	directory_destroy(directory);
	for (size_t at = IMAGE_HEAD_SIZE; at < image.len; at++) {
		static const char odd[] = {'\0', '\1', '\x7f', '\x80', '\xff'};
		const char kept = image.data[at];
		for (size_t i = 0; i < sizeof(odd); i++) {
			image.data[at] = odd[i];
			(void)fuzz_directory_image((const uint8_t *)image.data, image.len);
		}
		image.data[at] = kept;
	}
	for (size_t len = 0; len < image.len; len += 3) {
		(void)fuzz_directory_image((const uint8_t *)image.data, len);
	}
	buf_finish(&image);
	arena_finish(&arena);
}

Test(image, every_file_of_the_corpus_is_answered)
{
	cr_assert_geq(replay("tests/fuzz/corpus/directory_image", fuzz_directory_image, false), 3);
}

/* Memory that an attacker's count asks for stands in proportion to the bytes that came. */
Test(image, a_count_without_bytes_is_refused)
{
	uint8_t bytes[IMAGE_HEAD_SIZE + 8] = {0};
	memset(bytes + IMAGE_HEAD_SIZE, 0xff, 8);
	(void)fuzz_directory_image(bytes, sizeof(bytes));
}
