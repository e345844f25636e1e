/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_parts.h"

/* One thing that stands in both directories, member by member. */

/* A path covers itself and what is below it. */
static bool covers(struct str path, struct str other)
{
	return str_has_prefix(other, path) &&
	       (other.len == path.len || other.ptr[path.len] == '.' || other.ptr[path.len] == '[');
}

static bool holds(const struct directory_list *list, struct str item, bool fields)
{
	for (size_t i = 0; i < list->count; i++) {
		if (fields ? covers(list->items[i], item) : str_equal(list->items[i], item)) {
			return true;
		}
	}
	return false;
}

/* The items of `list` that are not in `other`. */
static struct directory_list without(struct diffing *diffing, const struct directory_list *list,
	const struct directory_list *other, bool fields)
{
	struct str *items = arena_array(diffing->arena, list->count + 1, sizeof(*items));
	struct directory_list rest = {items, 0};
	for (size_t i = 0; items != NULL && i < list->count; i++) {
		if (!holds(other, list->items[i], fields)) {
			items[rest.count++] = list->items[i];
		}
	}
	return rest;
}

static void reworded(struct diffing *diffing, const struct directory_difference *like)
{
	struct directory_difference *difference = diff_add(diffing, like);
	if (difference != NULL) {
		difference->change = DIRECTORY_REWORDED;
		difference->weight = DIRECTORY_WORDING;
	}
}

/* Needs that may come before release: a list that names none means all of them. */
static bool all_may(struct diffing *diffing, const struct directory_difference *like,
	const struct directory_list *before, const struct directory_list *after)
{
	if (like->subject != DIRECTORY_SERVICE ||
		like->member->offset != offsetof(struct directory_service, lead_needs) ||
		(before->count == 0) == (after->count == 0)) {
		return false;
	}
	struct directory_difference *difference = diff_add(diffing, like);
	if (difference != NULL) {
		difference->more = after->count == 0;
	}
	return true;
}

/* Needs that are stated on one side alone: the words of the flag say which they are. */
static bool told_by_the_flag(const struct directory_difference *like)
{
	if (like->subject != DIRECTORY_SERVICE ||
		like->member->offset != offsetof(struct directory_service, needs)) {
		return false;
	}
	const struct directory_service *before = like->before;
	const struct directory_service *after = like->after;
	return before->needs_stated != after->needs_stated;
}

static void list_changed(struct diffing *diffing, const struct directory_difference *like,
	const struct directory_list *before, const struct directory_list *after)
{
	const bool fields = like->member->kind == DIRECTORY_MEMBER_FIELDS;
	if (told_by_the_flag(like) || all_may(diffing, like, before, after)) {
		return;
	}
	const struct directory_list parts[2] = {
		without(diffing, after, before, fields), without(diffing, before, after, fields)};
	for (size_t i = 0; i < 2; i++) {
		struct directory_difference *difference =
			parts[i].count == 0 ? NULL : diff_add(diffing, like);
		if (difference != NULL) {
			difference->more = i == 0;
			difference->weight = i == 0 ? like->member->more : like->member->less;
			difference->items = parts[i];
		}
	}
	if (parts[0].count + parts[1].count == 0) {
		reworded(diffing, like);
	}
}

/* A clause, a clock or an override that is there before, after, or both times and differs. */
static void part_changed(struct diffing *diffing, const struct directory_difference *like,
	const void *before, const void *after, bool only_words)
{
	struct directory_difference part = *like;
	part.part_before = before;
	part.part_after = after;
	if (only_words) {
		reworded(diffing, &part);
	} else {
		(void)diff_add(diffing, &part);
	}
}

static const struct directory_clause *clause_find(
	const struct directory_clauses *clauses, const struct directory_clause *like)
{
	for (size_t i = 0; i < clauses->count; i++) {
		if (str_equal(clauses->items[i].id, like->id)) {
			return &clauses->items[i];
		}
	}
	return NULL;
}

/* One that says the same under an id that the other side does not have. */
static const struct directory_clause *clause_renamed(const struct directory_clauses *clauses,
	const struct directory_clauses *of, const struct directory_clause *like)
{
	for (size_t i = 0; i < clauses->count; i++) {
		const struct directory_clause *clause = &clauses->items[i];
		if (str_equal(clause->cel, like->cel) && clause->ask == like->ask &&
			clause_find(of, clause) == NULL) {
			return clause;
		}
	}
	return NULL;
}

static bool same_cel(struct diffing *diffing, const struct directory_clause *old,
	const struct directory_clause *new)
{
	return str_equal(old->cel, new->cel) ||
	       str_equal(diff_cel(diffing->arena, old->cel), diff_cel(diffing->arena, new->cel));
}

static void clauses_changed(struct diffing *diffing, const struct directory_difference *like,
	const struct directory_clauses *before, const struct directory_clauses *after)
{
	const size_t had = diffing->count;
	for (size_t i = 0; i < after->count; i++) {
		const struct directory_clause *new = &after->items[i];
		const struct directory_clause *old = clause_find(before, new);
		old = old == NULL ? clause_renamed(before, after, new) : old;
		if (old == NULL || !directory_clause_equal(old, new)) {
			part_changed(diffing, like, old, new,
				old != NULL && old->ask == new->ask &&same_cel(diffing, old, new));
		}
	}
	for (size_t i = 0; i < before->count; i++) {
		const struct directory_clause *old = &before->items[i];
		if (clause_find(after, old) == NULL && clause_renamed(after, before, old) == NULL) {
			part_changed(diffing, like, old, NULL, false);
		}
	}
	if (diffing->count == had) {
		reworded(diffing, like);
	}
}

static const struct directory_clock *clock_find(
	const struct directory_clocks *clocks, struct str name)
{
	for (size_t i = 0; i < clocks->count; i++) {
		if (str_equal(clocks->items[i].name, name)) {
			return &clocks->items[i];
		}
	}
	return NULL;
}

static void clocks_changed(struct diffing *diffing, const struct directory_difference *like,
	const struct directory_clocks *before, const struct directory_clocks *after)
{
	const size_t had = diffing->count;
	for (size_t i = 0; i < after->count; i++) {
		const struct directory_clock *new = &after->items[i];
		const struct directory_clock *old = clock_find(before, new->name);
		if (old == NULL || !directory_clock_equal(old, new)) {
			part_changed(diffing, like, old, new, false);
		}
	}
	for (size_t i = 0; i < before->count; i++) {
		if (clock_find(after, before->items[i].name) == NULL) {
			part_changed(diffing, like, &before->items[i], NULL, false);
		}
	}
	if (diffing->count == had) {
		reworded(diffing, like);
	}
}

/* The one of the same days; days do not overlap. */
static const struct directory_override *override_find(
	const struct directory_overrides *overrides, const struct directory_override *like)
{
	for (size_t i = 0; i < overrides->count; i++) {
		if (overrides->items[i].from == like->from && overrides->items[i].to == like->to) {
			return &overrides->items[i];
		}
	}
	return NULL;
}

static void overrides_changed(struct diffing *diffing, const struct directory_difference *like,
	const struct directory_overrides *before, const struct directory_overrides *after)
{
	for (size_t i = 0; i < after->count; i++) {
		const struct directory_override *new = &after->items[i];
		const struct directory_override *old = override_find(before, new);
		if (old == NULL || !directory_override_equal(old, new)) {
			part_changed(diffing, like, old, new,
				old != NULL && old->caseload == new->caseload &&
					old->per_year == new->per_year &&
					old->pool_caseload == new->pool_caseload);
		}
	}
	for (size_t i = 0; i < before->count; i++) {
		if (override_find(after, &before->items[i]) == NULL) {
			part_changed(diffing, like, &before->items[i], NULL, false);
		}
	}
}

static void moved(struct diffing *diffing, const struct directory_difference *like,
	const struct str *before, const struct str *after)
{
	if (!str_equal(diff_area(*before), diff_area(*after))) {
		struct directory_difference *difference = diff_add(diffing, like);
		if (difference != NULL) {
			difference->change = DIRECTORY_MOVED;
			difference->weight = DIRECTORY_PRESENCE;
		}
	}
}

static void flag_changed(
	struct diffing *diffing, const struct directory_difference *like, const bool *after)
{
	struct directory_difference *difference = diff_add(diffing, like);
	if (difference != NULL) {
		difference->more = *after;
		difference->weight = *after ? like->member->more : like->member->less;
	}
}

static void member_changed(struct diffing *diffing, const struct directory_difference *like)
{
	const struct directory_member *member = like->member;
	const void *before = (const char *)like->before + member->offset;
	const void *after = (const char *)like->after + member->offset;
	switch (member->kind) {
	case DIRECTORY_MEMBER_PATH:
		moved(diffing, like, before, after);
		return;
	case DIRECTORY_MEMBER_FLAG:
		flag_changed(diffing, like, after);
		return;
	case DIRECTORY_MEMBER_IDS:
	case DIRECTORY_MEMBER_CODES:
	case DIRECTORY_MEMBER_PLACES:
	case DIRECTORY_MEMBER_FIELDS:
		list_changed(diffing, like, before, after);
		return;
	case DIRECTORY_MEMBER_CLAUSES:
		clauses_changed(diffing, like, before, after);
		return;
	case DIRECTORY_MEMBER_CLOCKS:
		clocks_changed(diffing, like, before, after);
		return;
	case DIRECTORY_MEMBER_OVERRIDES:
		overrides_changed(diffing, like, before, after);
		return;
	case DIRECTORY_MEMBER_TEXT:
	case DIRECTORY_MEMBER_PARTY:
	case DIRECTORY_MEMBER_RUN_BY:
	case DIRECTORY_MEMBER_ROLE:
	case DIRECTORY_MEMBER_ROUTING:
	case DIRECTORY_MEMBER_AMOUNT:
	case DIRECTORY_MEMBER_DATE:
		break;
	}
	(void)diff_add(diffing, like);
}

void diff_members(struct diffing *diffing, const struct directory_difference *like)
{
	size_t count;
	const struct directory_member *members = directory_members(like->subject, &count);
	for (size_t i = 0; i < count; i++) {
		struct directory_difference difference = *like;
		difference.change = DIRECTORY_CHANGED;
		difference.weight = members[i].more;
		difference.member = &members[i];
		/* The first is the id, by which they were found to be the same. */
		if (i > 0 && !directory_member_equal(&members[i], like->before, like->after)) {
			member_changed(diffing, &difference);
		}
	}
}

/* A service is the same under another name; an organisation and an area have little else. */
static bool identifies(enum directory_subject subject, const struct directory_member *member)
{
	return subject != DIRECTORY_SERVICE ||
	       (member->kind != DIRECTORY_MEMBER_PATH &&
		       member->offset != offsetof(struct directory_service, name) &&
		       member->offset != offsetof(struct directory_service, description));
}

bool diff_same_content(enum directory_subject subject, const void *before, const void *after)
{
	size_t count;
	const struct directory_member *members = directory_members(subject, &count);
	for (size_t i = 1; before != NULL && i < count; i++) {
		if (identifies(subject, &members[i]) &&
			!directory_member_equal(&members[i], before, after)) {
			return false;
		}
	}
	return before != NULL;
}

bool diff_same_name(const struct directory_service *before, const struct directory_service *after)
{
	if (!str_equal(before->name, after->name)) {
		return false;
	}
	bool together = before->organisation != NULL && after->organisation != NULL &&
			str_equal(before->organisation->id, after->organisation->id);
	for (size_t i = 0; !together && i < before->authorities.count; i++) {
		together = holds(&after->authorities, before->authorities.items[i], false);
	}
	return together;
}
