/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_text.h"

/* A difference as a map, for programs. */

static struct value text_value(struct str text)
{
	return text.len == 0 ? (struct value){.kind = VALUE_NULL} : value_of_str(text);
}

static struct value date_value(struct arena *arena, date_days date)
{
	char text[DATE_TEXT_SIZE];
	if (date == INT32_MIN || date == INT32_MAX) {
		return (struct value){.kind = VALUE_NULL};
	}
	date_format(date, text);
	return value_of_str(arena_str(arena, str_from(text)));
}

static struct value amount_value(int64_t amount)
{
	return amount < 0 ? (struct value){.kind = VALUE_NULL} : value_of_int(amount);
}

static struct value list_value(struct arena *arena, const struct directory_list *list)
{
	struct value value = value_list_new(arena, list->count);
	for (size_t i = 0; i < list->count; i++) {
		value_push(arena, &value, value_of_str(list->items[i]));
	}
	return value;
}

static struct value clause_value(struct arena *arena, const struct directory_clause *clause)
{
	struct value map = value_map_new(arena, 5);
	value_put(arena, &map, "id", value_of_str(clause->id));
	value_put(arena, &map, "cel", value_of_str(clause->cel));
	value_put(arena, &map, "means", text_value(clause->means));
	value_put(arena, &map, "ask", value_of_bool(clause->ask));
	value_put(arena, &map, "question", text_value(clause->question));
	return map;
}

static struct value clock_value(struct arena *arena, const struct directory_clock *clock)
{
	struct value map = value_map_new(arena, 3);
	value_put(arena, &map, "name", value_of_str(clock->name));
	value_put(arena, &map, "amount", value_of_int(clock->amount));
	value_put(arena, &map, "unit", value_of_text(clock->hours ? "hours" : "working days"));
	return map;
}

static struct value override_value(struct arena *arena, const struct directory_override *override)
{
	struct value map = value_map_new(arena, 6);
	value_put(arena, &map, "from", date_value(arena, override->from));
	value_put(arena, &map, "to", date_value(arena, override->to));
	value_put(arena, &map, "caseload", amount_value(override->caseload));
	value_put(arena, &map, "per_year", amount_value(override->per_year));
	value_put(arena, &map, "pool_caseload", amount_value(override->pool_caseload));
	value_put(arena, &map, "note", text_value(override->note));
	return map;
}

/* What a member holds; of clauses, clocks and overrides the one that `part` is. */
static struct value member_value(struct arena *arena, const struct directory_member *member,
	const void *thing, const void *part)
{
	static const char *const roles[] = {"lead", "specialist", "duty-to-refer"};
	static const char *const routings[] = {"routable", "advice-only", "never"};
	const void *at = thing == NULL ? NULL : (const char *)thing + member->offset;
	const struct directory_organisation *organisation;
	const struct value none = {.kind = VALUE_NULL};
	if (at == NULL) {
		return none;
	}
	switch (member->kind) {
	case DIRECTORY_MEMBER_TEXT:
	case DIRECTORY_MEMBER_PARTY:
	case DIRECTORY_MEMBER_PATH:
		return text_value(*(const struct str *)at);
	case DIRECTORY_MEMBER_RUN_BY:
		organisation = *(const struct directory_organisation *const *)at;
		return organisation == NULL ? none : value_of_str(organisation->id);
	case DIRECTORY_MEMBER_ROLE:
		return value_of_text(roles[*(const enum directory_role *)at]);
	case DIRECTORY_MEMBER_ROUTING:
		return value_of_text(routings[*(const enum directory_routing *)at]);
	case DIRECTORY_MEMBER_FLAG:
		return value_of_bool(*(const bool *)at);
	case DIRECTORY_MEMBER_AMOUNT:
		return amount_value(*(const int64_t *)at);
	case DIRECTORY_MEMBER_DATE:
		return date_value(arena, *(const date_days *)at);
	case DIRECTORY_MEMBER_IDS:
	case DIRECTORY_MEMBER_CODES:
	case DIRECTORY_MEMBER_PLACES:
	case DIRECTORY_MEMBER_FIELDS:
		return list_value(arena, at);
	case DIRECTORY_MEMBER_CLAUSES:
		return part == NULL ? none : clause_value(arena, part);
	case DIRECTORY_MEMBER_CLOCKS:
		return part == NULL ? none : clock_value(arena, part);
	case DIRECTORY_MEMBER_OVERRIDES:
		return part == NULL ? none : override_value(arena, part);
	}
	return none;
}

struct value directory_difference_value(
	const struct directory_wording *wording, const struct directory_difference *difference)
{
	struct arena *arena = wording->arena;
	const struct str *id = difference->before; /* the first member of everything */
	struct value map = value_map_new(arena, 12);
	value_put(
		arena, &map, "subject", value_of_text(directory_subject_code(difference->subject)));
	value_put(arena, &map, "id", value_of_str(difference->id));
	value_put(arena, &map, "name", text_value(difference->name));
	value_put(arena, &map, "area", text_value(difference->area));
	value_put(arena, &map, "weight", value_of_text(directory_weight_code(difference->weight)));
	value_put(arena, &map, "change", value_of_text(directory_change_code(difference->change)));
	if (difference->change == DIRECTORY_RENAMED) {
		value_put(arena, &map, "before", value_of_str(*id));
		value_put(arena, &map, "after", value_of_str(difference->id));
	} else if (difference->member != NULL) {
		value_put(arena, &map, "field",
			value_of_text(difference->change == DIRECTORY_MOVED
					      ? "file"
					      : difference->member->key));
		value_put(arena, &map, "before",
			member_value(arena, difference->member, difference->before,
				difference->part_before));
		value_put(arena, &map, "after",
			member_value(arena, difference->member, difference->after,
				difference->part_after));
	}
	if (difference->items.count > 0) {
		value_put(arena, &map, difference->more ? "more" : "less",
			list_value(arena, &difference->items));
	}
	value_put(arena, &map, "sentence",
		value_of_str(directory_difference_sentence(wording, difference)));
	return map;
}
