/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/rehearsal.h"

#include <stdlib.h>

static const struct value none = {.kind = VALUE_LIST};

static const struct value *list_at(const struct value *map, const char *key)
{
	const struct value *list = value_get(map, str_from(key));
	return list != NULL && list->kind == VALUE_LIST ? list : &none;
}

struct str rehearsal_text(const struct value *value)
{
	return value->kind == VALUE_STRING ? value->string : (struct str){0};
}

static const struct {
	const char *code, *words;
} whys[] = {
	{"gone", "it is not in this directory"},
	{"new", "it is new in this directory"},
	{"order", "another comes before it"},
	{"routing", "it takes no referrals by itself"},
	{"delivery", "nobody could be delivered to"},
	{"area", "the area"},
	{"pathway", "the pathway"},
	{"referrer", "who may refer to it"},
	{"needs", "the needs it takes"},
	{"consent", "what she agreed to"},
	{"window", "when its contract runs"},
	{"release", "how long before release it takes referrals"},
	{"intake", "whether it takes new referrals"},
	{"capacity", "the room it has"},
	{"eligibility", "its rules"},
	{"not-for-her", "it is not for her"},
	{"agreement", "other fields would leave"},
};

const char *rehearsal_why(struct str code)
{
	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
		if (str_is(code, whys[i].code)) {
			return whys[i].words;
		}
	}
	return "another reason";
}

/* Counts under a code. */
struct tally {
	struct str code;
	int64_t gains, loses;
};

struct tallies {
	struct tally *items;
	size_t count, room;
	struct arena *arena;
};

/* NULL when memory is short, which the arena says. */
static struct tally *tally_of(struct tallies *tallies, struct str code)
{
	for (size_t i = 0; i < tallies->count; i++) {
		if (str_equal(tallies->items[i].code, code)) {
			return &tallies->items[i];
		}
	}
	if (tallies->count == tallies->room) {
		const size_t room = tallies->room * 2 + 16;
		struct tally *items = arena_array(tallies->arena, room, sizeof(*items));
		if (items == NULL) {
			return NULL;
		}
		if (tallies->count > 0) {
			memcpy(items, tallies->items, tallies->count * sizeof(*items));
		}
		tallies->items = items;
		tallies->room = room;
	}
	tallies->items[tallies->count] = (struct tally){.code = code};
	return &tallies->items[tallies->count++];
}

static void tally_add(struct tallies *tallies, struct str code, int64_t gains, int64_t loses)
{
	struct tally *tally = tally_of(tallies, code);
	if (tally != NULL) {
		tally->gains += gains;
		tally->loses += loses;
	}
}

static int by_code(const void *a, const void *b)
{
	return str_compare(((const struct tally *)a)->code, ((const struct tally *)b)->code);
}

static struct value tallies_list(
	struct tallies *tallies, const char *name, const char *gains, const char *loses)
{
	struct value list = value_list_new(tallies->arena, tallies->count);
	if (tallies->count > 0) {
		qsort(tallies->items, tallies->count, sizeof(*tallies->items), by_code);
	}
	for (size_t i = 0; i < tallies->count; i++) {
		struct value map = value_map_new(tallies->arena, 3);
		value_put(tallies->arena, &map, name, value_of_str(tallies->items[i].code));
		value_put(tallies->arena, &map, gains, value_of_int(tallies->items[i].gains));
		if (loses != NULL) {
			value_put(
				tallies->arena, &map, loses, value_of_int(tallies->items[i].loses));
		}
		value_push(tallies->arena, &list, map);
	}
	return list;
}

enum {
	ELSEWHERE,
	GAP,
	FOUND,
	ASKED,
	OTHER,
	LEGS_LOST,
	LEGS_CHANGED,
	SUMS
};

static const char *const sum_names[SUMS] = {
	"elsewhere", "gap", "found", "asked", "other", "legs_lost", "legs_changed"};

static void changes_add(const struct value *item, int64_t sums[SUMS])
{
	const struct value *changes = list_at(item, "changes");
	bool any = false;
	for (size_t i = 0; i < changes->list.count; i++) {
		for (int k = ELSEWHERE; k <= ASKED; k++) {
			const bool is =
				str_is(rehearsal_text(&changes->list.items[i]), sum_names[k]);
			sums[k] += is;
			any = any || is;
		}
	}
	sums[OTHER] += changes->list.count > 0 && !any;
}

struct value rehearsal_totals(struct arena *arena, const struct value *items)
{
	struct tallies services = {.arena = arena};
	struct tallies authorities = {.arena = arena};
	int64_t sums[SUMS] = {0};
	for (size_t i = 0; i < items->list.count; i++) {
		const struct value *item = &items->list.items[i];
		const struct value *moves = list_at(item, "moves");
		const struct value *legs = list_at(item, "legs");
		const int64_t gaps = (int64_t)list_at(item, "gaps")->list.count;
		changes_add(item, sums);
		for (size_t m = 0; m < moves->list.count; m++) {
			const struct value *move = &moves->list.items[m];
			const bool gains = str_is(value_get_str(move, "change"), "gains");
			tally_add(&services, value_get_str(move, "service"), gains, !gains);
		}
		if (gaps > 0) {
			tally_add(&authorities, value_get_str(item, "authority"), gaps, 0);
		}
		for (size_t l = 0; l < legs->list.count; l++) {
			const bool lost = value_get_bool(&legs->list.items[l], "lost", false);
			sums[lost ? LEGS_LOST : LEGS_CHANGED]++;
		}
	}
	struct value totals = value_map_new(arena, SUMS + 2 + 8);
	for (int i = 0; i < SUMS; i++) {
		value_put(arena, &totals, sum_names[i], value_of_int(sums[i]));
	}
	value_put(arena, &totals, "services", tallies_list(&services, "service", "gains", "loses"));
	value_put(arena, &totals, "authorities",
		tallies_list(&authorities, "authority", "gaps", NULL));
	return totals;
}

/* A cell with its comma; quoted where a reader would stumble.  All are codes: no spreadsheet
 * calculates with them. */
static void cell(struct buf *out, struct str text, bool last)
{
	bool quote = false;
	for (size_t i = 0; i < text.len; i++) {
		quote = quote || strchr(",\"\r\n", text.ptr[i]) != NULL;
	}
	buf_add_text(out, quote ? "\"" : "");
	for (size_t i = 0; i < text.len; i++) {
		buf_append(out, text.ptr + i, 1);
		if (text.ptr[i] == '"') {
			buf_add_text(out, "\"");
		}
	}
	buf_add_text(out, quote ? "\"" : "");
	buf_add_text(out, last ? "\n" : ",");
}

static void line(struct buf *out, const struct value *item, const char *change, struct str what,
	const struct value *of, struct str why)
{
	cell(out, value_get_str(item, "reference"), false);
	cell(out, value_get_str(item, "authority"), false);
	cell(out, str_from(change), false);
	cell(out, what, false);
	cell(out, why, false);
	cell(out, of == NULL ? (struct str){0} : value_get_str(of, "leg"), false);
	cell(out, of == NULL ? (struct str){0} : value_get_str(of, "state"), false);
	cell(out, of == NULL ? (struct str){0} : value_get_str(of, "deadline"), false);
	cell(out, of == NULL ? (struct str){0} : value_get_str(of, "ends"), false);
	cell(out, of == NULL ? (struct str){0} : value_get_str(of, "successor"), true);
}

static void lines_of_codes(
	struct buf *out, const struct value *item, const char *key, const char *change)
{
	const struct value *codes = list_at(item, key);
	for (size_t i = 0; i < codes->list.count; i++) {
		line(out, item, change, rehearsal_text(&codes->list.items[i]), NULL,
			(struct str){0});
	}
}

void rehearsal_csv(struct buf *out, const struct value *items)
{
	buf_add_text(out, "reference,authority,change,what,why,leg,state,deadline,ends,"
			  "successor\n");
	for (size_t i = 0; i < items->list.count; i++) {
		const struct value *item = &items->list.items[i];
		const struct value *moves = list_at(item, "moves");
		const struct value *legs = list_at(item, "legs");
		for (size_t m = 0; m < moves->list.count; m++) {
			const struct value *move = &moves->list.items[m];
			const bool gains = str_is(value_get_str(move, "change"), "gains");
			line(out, item, gains ? "gains" : "loses", value_get_str(move, "service"),
				NULL, value_get_str(move, "why"));
		}
		lines_of_codes(out, item, "gaps", "gap");
		lines_of_codes(out, item, "found", "found");
		lines_of_codes(out, item, "asked", "asked");
		for (size_t l = 0; l < legs->list.count; l++) {
			const struct value *leg = &legs->list.items[l];
			const struct value *why = list_at(leg, "why");
			const bool lost = value_get_bool(leg, "lost", false);
			line(out, item, lost ? "leg-lost" : "leg-changed",
				value_get_str(leg, "service"), leg,
				why->list.count == 0 ? (struct str){0}
						     : rehearsal_text(&why->list.items[0]));
		}
	}
}
