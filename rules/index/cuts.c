/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/cuts.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "rules/index/limits.h"

enum {
	TEXTS_UNSORTED_MAX = 256,
	HEADS_MIN = 16, /* texts; fewer are compared as quickly without */
};

/* Room for one more; false, and failed, when there is none. */
static bool grow(struct index_cuts *cuts, void **items, size_t count, size_t *room, size_t size)
{
	if (count < *room) {
		return true;
	}
	const size_t wider = *room == 0 ? 4 : *room * 2;
	void *copy = arena_array(cuts->arena, wider, size);
	if (copy == NULL) {
		cuts->failed = true;
		return false;
	}
	if (count > 0) {
		memcpy(copy, *items, count * size);
	}
	*items = copy;
	*room = wider;
	return true;
}

static int compare_texts(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static int compare_integers(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a;
	const int64_t y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int compare_numbers(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Sorts and drops doubles; returns how many are left. */
static size_t sort_unique(
	void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	char *bytes = items;
	size_t kept = 0;
	if (count == 0) {
		return 0;
	}
	qsort(items, count, size, compare);
	for (size_t i = 1; i < count; i++) {
		if (compare(bytes + kept * size, bytes + i * size) != 0) {
			kept++;
			memmove(bytes + kept * size, bytes + i * size, size);
		}
	}
	return kept + 1;
}

/* The first bytes as a number: of two different heads the lesser belongs to the lesser text. */
static uint64_t head_of(struct str text)
{
	uint64_t head = 0;
	for (size_t i = 0; i < sizeof(head); i++) {
		head = head << 8 | (i < text.len ? (unsigned char)text.ptr[i] : 0U);
	}
	return head;
}

size_t index_cuts_rank(const struct index_cuts *cuts, struct str text)
{
	const uint64_t head = cuts->heads == NULL ? 0 : head_of(text);
	size_t low = 0;
	size_t high = cuts->text_sorted;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const bool tie = cuts->heads == NULL || cuts->heads[middle] == head;
		if (tie ? str_compare(cuts->texts[middle], text) <= 0
			: cuts->heads[middle] < head) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static bool follows(struct str text, struct str next)
{
	return next.len == text.len + 1 && next.ptr[text.len] == '\0' && str_has_prefix(next, text);
}

/* Among the sorted ones, already there; `both`: what follows the text as well. */
static bool has_text_key(const struct index_cuts *cuts, struct str key, bool both)
{
	const size_t rank = index_cuts_rank(cuts, key);
	return rank > 0 && str_equal(cuts->texts[rank - 1], key) &&
	       (!both || (rank < cuts->text_sorted && follows(key, cuts->texts[rank])));
}

static void sort_texts(struct index_cuts *cuts)
{
	cuts->text_count =
		sort_unique(cuts->texts, cuts->text_count, sizeof(*cuts->texts), compare_texts);
	cuts->text_sorted = cuts->text_count;
	cuts->heads = NULL;
	if (cuts->text_count < HEADS_MIN) {
		return;
	}
	cuts->heads = arena_array(cuts->arena, cuts->text_count, sizeof(*cuts->heads));
	cuts->failed = cuts->failed || cuts->heads == NULL;
	for (size_t i = 0; cuts->heads != NULL && i < cuts->text_count; i++) {
		cuts->heads[i] = head_of(cuts->texts[i]);
	}
}

static void add_text_key(struct index_cuts *cuts, struct str key)
{
	void *items = cuts->texts;
	if (grow(cuts, &items, cuts->text_count, &cuts->text_room, sizeof(*cuts->texts))) {
		cuts->texts = items;
		cuts->texts[cuts->text_count++] = key;
	}
	/* The same few codes come again and again: kept sorted, they are found and left out. */
	if (cuts->text_count - cuts->text_sorted >= TEXTS_UNSORTED_MAX) {
		sort_texts(cuts);
	}
}

static void add_integer_key(struct index_cuts *cuts, int64_t key)
{
	void *items = cuts->integers;
	if (key != INT64_MIN && grow(cuts, &items, cuts->integer_count, &cuts->integer_room,
					sizeof(*cuts->integers))) {
		cuts->integers = items;
		cuts->integers[cuts->integer_count++] = key;
	}
}

static void add_number_key(struct index_cuts *cuts, double key)
{
	void *items = cuts->numbers;
	if (key != -INFINITY && grow(cuts, &items, cuts->number_count, &cuts->number_room,
					sizeof(*cuts->numbers))) {
		cuts->numbers = items;
		cuts->numbers[cuts->number_count++] = key;
	}
}

/* A copy of the text with `tail` bytes of room behind it; NULL on failure. */
static char *copy_text(struct index_cuts *cuts, struct str text)
{
	char *copy = arena_alloc(cuts->arena, text.len + 1);
	if (copy == NULL) {
		cuts->failed = true;
	} else if (text.len > 0) {
		memcpy(copy, text.ptr, text.len);
	}
	return copy;
}

struct str index_cuts_add_text(struct index_cuts *cuts, struct str text)
{
	cuts->has_text = true;
	if (has_text_key(cuts, text, true)) {
		return cuts->texts[index_cuts_rank(cuts, text) - 1];
	}
	char *copy = copy_text(cuts, text); /* the arena zeroes: a NUL stands behind it */
	if (copy == NULL) {
		return (struct str){0};
	}
	add_text_key(cuts, (struct str){copy, text.len});
	add_text_key(cuts, (struct str){copy, text.len + 1});
	return (struct str){copy, text.len};
}

void index_cuts_add_prefix(struct index_cuts *cuts, struct str prefix)
{
	cuts->has_text = true;
	char *copy = copy_text(cuts, prefix);
	if (copy == NULL || prefix.len == 0) {
		return;
	}
	add_text_key(cuts, (struct str){copy, prefix.len});
	char *after = copy_text(cuts, prefix);
	if (after != NULL) {
		/* Well-formed UTF-8 has no byte 0xFF, so adding one always gives what follows. */
		after[prefix.len - 1] = (char)((unsigned char)after[prefix.len - 1] + 1);
		add_text_key(cuts, (struct str){after, prefix.len});
	}
}

void index_cuts_add_integer(struct index_cuts *cuts, int64_t integer)
{
	const double number = (double)integer; /* as beside a double */
	cuts->has_integer = true;
	add_integer_key(cuts, integer);
	if (integer != INT64_MAX) {
		add_integer_key(cuts, integer + 1);
	}
	add_number_key(cuts, number);
	add_number_key(cuts, nextafter(number, INFINITY));
}

/* The least integer that, as a double, is not below the number, or above it. */
static void add_integer_from(struct index_cuts *cuts, double number, bool above)
{
	uint64_t low = 0; /* counted from INT64_MIN */
	uint64_t high = UINT64_MAX;
	if ((double)INT64_MAX < number || (above && (double)INT64_MAX <= number)) {
		return;
	}
	while (low < high) {
		const uint64_t middle = low + (high - low) / 2;
		const double value = (double)(int64_t)(middle ^ UINT64_C(1) << 63);
		if (value < number || (above && value <= number)) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	add_integer_key(cuts, (int64_t)(low ^ UINT64_C(1) << 63));
}

void index_cuts_add_number(struct index_cuts *cuts, double number)
{
	cuts->has_integer = true;
	cuts->has_number = true;
	if (isnan(number)) {
		return; /* comparing with it never changes */
	}
	add_number_key(cuts, number);
	if (number < INFINITY) {
		add_number_key(cuts, nextafter(number, INFINITY));
	}
	add_integer_from(cuts, number, false);
	add_integer_from(cuts, number, true);
}

void index_cuts_merge(struct index_cuts *cuts, const struct index_cuts *other)
{
	cuts->has_text = cuts->has_text || other->has_text;
	cuts->has_integer = cuts->has_integer || other->has_integer;
	cuts->has_number = cuts->has_number || other->has_number;
	for (size_t i = 0; i < other->text_count; i++) {
		if (!has_text_key(cuts, other->texts[i], false)) {
			add_text_key(cuts, other->texts[i]);
		}
	}
	for (size_t i = 0; i < other->integer_count; i++) {
		add_integer_key(cuts, other->integers[i]);
	}
	for (size_t i = 0; i < other->number_count; i++) {
		add_number_key(cuts, other->numbers[i]);
	}
}

void index_cuts_settle(struct index_cuts *cuts)
{
	sort_texts(cuts);
	cuts->integer_count = sort_unique(
		cuts->integers, cuts->integer_count, sizeof(*cuts->integers), compare_integers);
	cuts->number_count = sort_unique(
		cuts->numbers, cuts->number_count, sizeof(*cuts->numbers), compare_numbers);
	cuts->text_base = INDEX_REGION_FIRST_CUT;
	cuts->integer_base = cuts->text_base + (cuts->has_text ? cuts->text_count + 1 : 0);
	cuts->number_base = cuts->integer_base + (cuts->has_integer ? cuts->integer_count + 1 : 0);
	cuts->region_count = cuts->number_base + (cuts->has_number ? cuts->number_count + 1 : 0);
}

static size_t rank_integer(const struct index_cuts *cuts, int64_t integer)
{
	size_t low = 0;
	size_t high = cuts->integer_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (cuts->integers[middle] <= integer) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static size_t rank_number(const struct index_cuts *cuts, double number)
{
	size_t low = 0;
	size_t high = cuts->number_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (cuts->numbers[middle] <= number) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

int index_cuts_region(const struct index_cuts *cuts, const struct rules_fact *fact)
{
	switch (fact->kind) {
	case RULES_FACT_UNKNOWN:
		return INDEX_REGION_UNKNOWN;
	case RULES_FACT_NULL:
		return INDEX_REGION_NULL;
	case RULES_FACT_BOOL:
		return fact->boolean ? INDEX_REGION_TRUE : INDEX_REGION_FALSE;
	case RULES_FACT_INT:
		return cuts->has_integer
			       ? (int)(cuts->integer_base + rank_integer(cuts, fact->integer))
			       : INDEX_REGION_NONE;
	case RULES_FACT_DOUBLE:
		return cuts->has_number && !isnan(fact->number)
			       ? (int)(cuts->number_base + rank_number(cuts, fact->number))
			       : INDEX_REGION_NONE;
	case RULES_FACT_STRING:
		return cuts->has_text && fact->string.len <= INDEX_LIMIT_ITEMS
			       ? (int)(cuts->text_base + index_cuts_rank(cuts, fact->string))
			       : INDEX_REGION_NONE;
	case RULES_FACT_TIMESTAMP:
	case RULES_FACT_DURATION:
	case RULES_FACT_LIST:
	case RULES_FACT_ABSENT:
		break;
	}
	return INDEX_REGION_NONE;
}

static bool sample_text(const struct index_cuts *cuts, size_t number, struct str *ret_text)
{
	/* Nothing is below the empty text. */
	if (number == 0) {
		*ret_text = (struct str){0};
		return cuts->text_count == 0 || cuts->texts[0].len > 0;
	}
	*ret_text = cuts->texts[number - 1];
	return str_is_utf8(*ret_text);
}

bool index_cuts_sample(const struct index_cuts *cuts, size_t region, struct rules_fact *ret_fact)
{
	*ret_fact = (struct rules_fact){.kind = RULES_FACT_NULL};
	if (region < INDEX_REGION_FIRST_CUT) {
		if (region >= INDEX_REGION_FALSE) {
			ret_fact->kind = RULES_FACT_BOOL;
			ret_fact->boolean = region == INDEX_REGION_TRUE;
		}
		return region >= INDEX_REGION_NULL;
	}
	if (region < cuts->integer_base) {
		ret_fact->kind = RULES_FACT_STRING;
		return sample_text(cuts, region - cuts->text_base, &ret_fact->string);
	}
	if (region < cuts->number_base) {
		const size_t number = region - cuts->integer_base;
		ret_fact->kind = RULES_FACT_INT;
		ret_fact->integer = number == 0 ? INT64_MIN : cuts->integers[number - 1];
		return true;
	}
	const size_t number = region - cuts->number_base;
	ret_fact->kind = RULES_FACT_DOUBLE;
	ret_fact->number = number == 0 ? -INFINITY : cuts->numbers[number - 1];
	return true;
}

bool index_cuts_exact(const struct index_cuts *cuts, size_t region)
{
	if (region < INDEX_REGION_FIRST_CUT) {
		return true;
	}
	if (region < cuts->integer_base) {
		const size_t number = region - cuts->text_base;
		return number > 0 && number < cuts->text_count &&
		       follows(cuts->texts[number - 1], cuts->texts[number]);
	}
	if (region < cuts->number_base) {
		const size_t number = region - cuts->integer_base;
		const int64_t first = number == 0 ? INT64_MIN : cuts->integers[number - 1];
		const int64_t last =
			number == cuts->integer_count ? INT64_MAX : cuts->integers[number] - 1;
		return first == last;
	}
	const size_t number = region - cuts->number_base;
	return number > 0 && number < cuts->number_count &&
	       nextafter(cuts->numbers[number - 1], INFINITY) >= cuts->numbers[number] &&
	       fpclassify(cuts->numbers[number - 1]) != FP_ZERO;
}

void index_cuts_cover(const struct index_cuts *cuts, const struct index_cuts *part,
	size_t part_region, size_t *ret_begin, size_t *ret_end)
{
	size_t number;
	if (part_region < part->integer_base) {
		number = part_region - part->text_base;
		*ret_begin = cuts->text_base +
			     (number == 0 ? 0 : index_cuts_rank(cuts, part->texts[number - 1]));
		*ret_end = number == part->text_count
				   ? cuts->integer_base
				   : cuts->text_base + index_cuts_rank(cuts, part->texts[number]);
	} else if (part_region < part->number_base) {
		number = part_region - part->integer_base;
		*ret_begin = cuts->integer_base +
			     (number == 0 ? 0 : rank_integer(cuts, part->integers[number - 1]));
		*ret_end =
			number == part->integer_count
				? cuts->number_base
				: cuts->integer_base + rank_integer(cuts, part->integers[number]);
	} else {
		number = part_region - part->number_base;
		*ret_begin = cuts->number_base +
			     (number == 0 ? 0 : rank_number(cuts, part->numbers[number - 1]));
		*ret_end = number == part->number_count
				   ? cuts->region_count
				   : cuts->number_base + rank_number(cuts, part->numbers[number]);
	}
}
