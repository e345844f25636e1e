/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/axis.h"
#include "broker/base/timestamp.h"

#include <stdlib.h>

struct values {
	struct arena *arena;
	struct rules_fact *items;
	size_t count, room;
};

static bool fact_equal(const struct rules_fact *a, const struct rules_fact *b)
{
	if (a->kind != b->kind) {
		return false;
	}
	if (a->kind == RULES_FACT_STRING) {
		return str_equal(a->string, b->string);
	}
	return a->kind == RULES_FACT_BOOL  ? a->boolean == b->boolean
	       : a->kind == RULES_FACT_INT ? a->integer == b->integer
					   : false;
}

static void add_value(struct values *values, struct rules_fact fact)
{
	for (size_t i = 0; i < values->count; i++) {
		if (fact_equal(&values->items[i], &fact)) {
			return;
		}
	}
	if (values->count == values->room) {
		const size_t room = values->room == 0 ? 16 : values->room * 2;
		struct rules_fact *items = arena_array(values->arena, room, sizeof(*items));
		if (items == NULL) {
			return;
		}
		if (values->count > 0) {
			memcpy(items, values->items, values->count * sizeof(*items));
		}
		values->items = items;
		values->room = room;
	}
	values->items[values->count++] = fact;
}

static void add_int(struct values *values, const struct author_fact *fact, int64_t integer)
{
	if (integer >= fact->least && integer <= fact->most) {
		add_value(values, (struct rules_fact){.kind = RULES_FACT_INT, .integer = integer});
	}
}

static void add_text(struct values *values, struct str text)
{
	add_value(values, (struct rules_fact){.kind = RULES_FACT_STRING, .string = text});
}

static int int_order(const void *a, const void *b)
{
	const int64_t left = ((const struct rules_fact *)a)->integer;
	const int64_t right = ((const struct rules_fact *)b)->integer;
	return left < right ? -1 : left > right;
}

static bool fill_ints(
	struct values *values, const struct author_fact *fact, const struct author_pile *pile)
{
	const bool all = !pile->direct && fact->most - fact->least < AUTHOR_AXIS_MAX;
	for (int64_t i = fact->least; all && i <= fact->most; i++) {
		add_int(values, fact, i);
	}
	add_int(values, fact, fact->least);
	for (size_t i = 0; i < pile->count; i++) {
		int64_t integer = pile->literals[i]->integer;
		if (pile->literals[i]->kind == CEL_DOUBLE &&
			!cel_double_to_int(pile->literals[i]->number, &integer)) {
			continue;
		}
		if (cel_kind_is_number(pile->literals[i]->kind) && integer > INT64_MIN &&
			integer < INT64_MAX) {
			add_int(values, fact, integer - 1);
			add_int(values, fact, integer);
			add_int(values, fact, integer + 1);
		}
	}
	add_int(values, fact, fact->most);
	if (values->count > 1) {
		qsort(values->items, values->count, sizeof(*values->items), int_order);
	}
	return all || pile->direct;
}

/* A date and the days beside it. */
static void add_date(struct values *values, struct str text)
{
	date_days date;
	if (date_parse(text, &date) != ERR_OK) {
		add_text(values, text);
		return;
	}
	for (int day = -1; day <= 1; day++) {
		char words[DATE_TEXT_SIZE];
		date_format(date + day, words);
		add_text(values, arena_str(values->arena, str_from(words)));
	}
}

/* A code that no literal names; empty when there is none left. */
static struct str other_code(const struct author_fact *fact, const struct author_pile *pile)
{
	for (size_t i = 0; i < fact->code_count; i++) {
		bool named = false;
		for (size_t l = 0; l < pile->count; l++) {
			named = named ||
				(pile->literals[l]->kind == CEL_STRING &&
					str_equal(cel_str(*pile->literals[l]), fact->codes[i]));
		}
		if (!named) {
			return fact->codes[i];
		}
	}
	return fact->code_count == 0 ? STR("another") : (struct str){0};
}

static bool fill_texts(
	struct values *values, const struct author_fact *fact, const struct author_pile *pile)
{
	if (fact->code_count > 0 && !pile->direct && fact->code_count <= AUTHOR_AXIS_MAX) {
		for (size_t i = 0; i < fact->code_count; i++) {
			add_text(values, fact->codes[i]);
		}
		return true;
	}
	for (size_t i = 0; i < pile->count; i++) {
		const struct cel_value literal = *pile->literals[i];
		if (literal.kind != CEL_STRING || !author_code_known(fact, cel_str(literal))) {
			continue;
		}
		if (fact->type == AUTHOR_DATE) {
			add_date(values, cel_str(literal));
		} else {
			add_text(values, cel_str(literal));
		}
	}
	const struct str other = fact->type == AUTHOR_DATE   ? STR("2019-06-12")
				 : fact->type == AUTHOR_TIME ? STR("2019-06-12T21:40:00+01:00")
							     : other_code(fact, pile);
	if (other.len > 0) {
		add_text(values, other);
	}
	return pile->direct && (!pile->ordered || fact->type == AUTHOR_DATE);
}

/* Every subset of the codes that are named, each also with one that is not. */
static bool fill_lists(
	struct values *values, const struct author_fact *fact, const struct author_pile *pile)
{
	struct values named = {.arena = values->arena};
	struct author_fact item = *fact;
	item.list = false;
	const bool exact = fill_texts(&named, &item, pile);
	const size_t most = named.count > AUTHOR_SUBSET_MAX ? AUTHOR_SUBSET_MAX : named.count;
	for (size_t set = 0; set < (size_t)1 << most; set++) {
		struct rules_fact *items =
			arena_array(values->arena, named.count + 1, sizeof(*items));
		size_t count = 0;
		for (size_t i = 0; items != NULL && i < most; i++) {
			if ((set >> i & 1) != 0) {
				items[count++] = named.items[i];
			}
		}
		add_value(values,
			(struct rules_fact){.kind = RULES_FACT_LIST, .list = {items, count}});
	}
	for (size_t i = most; i < named.count; i++) {
		add_value(values,
			(struct rules_fact){.kind = RULES_FACT_LIST, .list = {&named.items[i], 1}});
	}
	return exact && most == named.count;
}

struct author_axis author_axis_of(
	const struct author_fact *fact, const struct author_pile *pile, struct arena *arena)
{
	struct values values = {.arena = arena};
	bool exact = true;
	if (fact->list) {
		exact = fill_lists(&values, fact, pile);
	} else if (fact->type == AUTHOR_BOOL) {
		add_value(&values, (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = false});
		add_value(&values, (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = true});
	} else if (fact->type == AUTHOR_INT) {
		exact = fill_ints(&values, fact, pile);
	} else {
		exact = fill_texts(&values, fact, pile);
	}
	return (struct author_axis){fact, values.items, values.count, exact};
}
