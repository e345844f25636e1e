/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_parts.h"

#include <stdlib.h>

enum {
	CLASS_CAN_ENDANGER = 4 /* of the field table */
};

/* What stands in the one directory, in the other, in both. */

struct directory_difference *diff_add(
	struct diffing *diffing, const struct directory_difference *like)
{
	if (diffing->count == diffing->room) {
		const size_t room = diffing->room == 0 ? 64 : diffing->room * 2;
		struct directory_difference *items =
			arena_array(diffing->arena, room, sizeof(*items));
		if (items == NULL) {
			return NULL;
		}
		if (diffing->count > 0) {
			memcpy(items, diffing->items, diffing->count * sizeof(*items));
		}
		diffing->items = items;
		diffing->room = room;
	}
	struct directory_difference *difference = &diffing->items[diffing->count++];
	*difference = *like;
	return difference;
}

struct str diff_area(struct str path)
{
	const char *slash = path.len == 0 ? NULL : memchr(path.ptr, '/', path.len);
	return (struct str){path.ptr, slash == NULL ? 0 : (size_t)(slash - path.ptr)};
}

/* -- what stands in which -- */

_Static_assert(offsetof(struct directory_service, id) == 0 &&
		       offsetof(struct directory_organisation, id) == 0 &&
		       offsetof(struct directory_area, id) == 0,
	"an id is found without knowing of what");

static struct str id_of(const void *thing)
{
	return *(const struct str *)thing;
}

static int thing_order(const void *a, const void *b)
{
	return str_compare(id_of(*(const void *const *)a), id_of(*(const void *const *)b));
}

struct things {
	const void **items; /* by id; NULL: told already */
	size_t count;
};

static bool things_list(const struct directory *directory, enum directory_subject subject,
	struct arena *arena, struct things *ret_things)
{
	const struct {
		const void *first;
		size_t count, size;
	} all[] = {
		[DIRECTORY_SERVICE] = {directory->services, directory->service_count,
			sizeof(*directory->services)},
		[DIRECTORY_ORGANISATION] = {directory->organisations, directory->organisation_count,
			sizeof(*directory->organisations)},
		[DIRECTORY_AREA] = {directory->areas, directory->area_count,
			sizeof(*directory->areas)},
	};
	struct things things = {
		arena_array(arena, all[subject].count + 1, sizeof(const void *)), 0};
	for (size_t i = 0; things.items != NULL && i < all[subject].count; i++) {
		things.items[things.count++] =
			(const char *)all[subject].first + i * all[subject].size;
	}
	if (things.count > 1) {
		qsort(things.items, things.count, sizeof(const void *), thing_order);
	}
	*ret_things = things;
	return things.items != NULL;
}

/* A new service that is told what can endanger her, or that no clause says whom it is for. */
static bool is_delicate(const struct diffing *diffing, const struct directory_service *service)
{
	const struct directory_rulebook *rulebook = diffing->rulebook;
	bool delicate = service->eligibility.count == 0;
	for (size_t i = 0;
		!delicate && rulebook->field_class != NULL && i < service->agreement.count; i++) {
		delicate =
			rulebook->field_class(rulebook->context, service->agreement.items[i]) - 1 ==
			CLASS_CAN_ENDANGER;
	}
	return delicate && service->routing == DIRECTORY_ROUTABLE;
}

static struct directory_difference about(
	enum directory_subject subject, const void *before, const void *after)
{
	const void *thing = after == NULL ? before : after;
	struct directory_difference difference = {
		.weight = DIRECTORY_PRESENCE,
		.subject = subject,
		.change = before == NULL  ? DIRECTORY_ADDED
			  : after == NULL ? DIRECTORY_REMOVED
					  : DIRECTORY_CHANGED,
		.id = id_of(thing),
		.before = before,
		.after = after,
	};
	switch (subject) {
	case DIRECTORY_SERVICE:
		difference.area = diff_area(((const struct directory_service *)thing)->file);
		difference.name = ((const struct directory_service *)thing)->name;
		break;
	case DIRECTORY_ORGANISATION:
		difference.name = ((const struct directory_organisation *)thing)->name;
		break;
	case DIRECTORY_AREA:
		difference.area = difference.id;
		difference.name = ((const struct directory_area *)thing)->title;
		break;
	}
	return difference;
}

static bool is_same(
	enum directory_subject subject, const void *before, const void *after, bool by_name)
{
	if (before == NULL || after == NULL) {
		return false;
	}
	return by_name ? subject == DIRECTORY_SERVICE && diff_same_name(before, after)
		       : diff_same_content(subject, before, after);
}

/* What went and what came with the same content is one thing under another id; and so is, of what
 * is left then, a service that came in the place of another with its name: what else is new of it
 * is told as what changed. */
static void pair(struct diffing *diffing, enum directory_subject subject, struct things *gone,
	struct things *come, bool by_name)
{
	for (size_t i = 0; i < gone->count; i++) {
		for (size_t k = 0; k < come->count; k++) {
			if (!is_same(subject, gone->items[i], come->items[k], by_name)) {
				continue;
			}
			struct directory_difference difference =
				about(subject, gone->items[i], come->items[k]);
			diff_members(diffing, &difference);
			difference.change = DIRECTORY_RENAMED;
			(void)diff_add(diffing, &difference);
			gone->items[i] = come->items[k] = NULL;
			break;
		}
	}
}

static void tell_lone(struct diffing *diffing, enum directory_subject subject,
	const struct things *things, bool gone)
{
	for (size_t i = 0; i < things->count; i++) {
		const void *thing = things->items[i];
		if (thing != NULL) {
			struct directory_difference difference =
				about(subject, gone ? thing : NULL, gone ? NULL : thing);
			if (!gone && subject == DIRECTORY_SERVICE && is_delicate(diffing, thing)) {
				difference.weight = DIRECTORY_SAFETY;
			}
			(void)diff_add(diffing, &difference);
		}
	}
}

static void compare(struct diffing *diffing, enum directory_subject subject)
{
	struct things before;
	struct things after;
	struct things gone = {0};
	struct things come = {0};
	if (!things_list(diffing->before.directory, subject, diffing->arena, &before) ||
		!things_list(diffing->after.directory, subject, diffing->arena, &after)) {
		return;
	}
	/* Those that stand in one alone are collected where the lists were: they are not more. */
	gone.items = before.items;
	come.items = after.items;
	for (size_t i = 0, k = 0; i < before.count || k < after.count;) {
		const int order = i == before.count ? 1
				  : k == after.count
					  ? -1
					  : thing_order(&before.items[i], &after.items[k]);
		if (order < 0) {
			gone.items[gone.count++] = before.items[i++];
		} else if (order > 0) {
			come.items[come.count++] = after.items[k++];
		} else {
			const struct directory_difference both =
				about(subject, before.items[i++], after.items[k++]);
			diff_members(diffing, &both);
		}
	}
	pair(diffing, subject, &gone, &come, false);
	pair(diffing, subject, &gone, &come, true);
	tell_lone(diffing, subject, &gone, true);
	tell_lone(diffing, subject, &come, false);
}

/* -- all -- */

static int difference_order(const void *a, const void *b)
{
	const struct directory_difference *x = a;
	const struct directory_difference *y = b;
	int order = (int)x->weight - (int)y->weight;
	order = order != 0 ? order : (int)x->subject - (int)y->subject;
	order = order != 0 ? order : str_compare(x->area, y->area);
	order = order != 0 ? order : str_compare(x->id, y->id);
	order = order != 0 ? order : (x->member != NULL) - (y->member != NULL);
	if (order == 0 && x->member != y->member) {
		order = x->member < y->member ? -1 : 1;
	}
	order = order != 0 ? order : (int)y->more - (int)x->more;
	/* Parts of one member stay in the order in which they were found. */
	return order != 0 ? order : (x->part_after == NULL) - (y->part_after == NULL);
}

/* Stable, so that the parts of a member keep their order. */
static void merge_sort(
	struct directory_difference *items, struct directory_difference *spare, size_t count)
{
	const size_t half = count / 2;
	if (count < 2) {
		return;
	}
	merge_sort(items, spare, half);
	merge_sort(items + half, spare, count - half);
	memcpy(spare, items, count * sizeof(*items));
	for (size_t i = 0, k = half, at = 0; at < count; at++) {
		const bool first =
			k == count || (i < half && difference_order(&spare[i], &spare[k]) <= 0);
		items[at] = first ? spare[i++] : spare[k++];
	}
}

static void diff_sort(struct diffing *diffing)
{
	struct directory_difference *spare =
		arena_array(diffing->arena, diffing->count + 1, sizeof(*spare));
	if (spare != NULL) {
		merge_sort(diffing->items, spare, diffing->count);
	}
}

/* An organisation that two areas describe is reworded once. */
static void repeats_drop(struct diffing *diffing)
{
	size_t kept = 0;
	for (size_t i = 0; i < diffing->count; i++) {
		const struct directory_difference *item = &diffing->items[i];
		const struct directory_difference *last =
			kept == 0 ? NULL : &diffing->items[kept - 1];
		if (last == NULL || item->change != DIRECTORY_REWORDED || item->member != NULL ||
			last->member != NULL || last->subject != item->subject ||
			!str_equal(last->id, item->id)) {
			diffing->items[kept++] = *item;
		}
	}
	diffing->count = kept;
}

enum err directory_diff(const struct directory_state *before, const struct directory_state *after,
	const struct directory_rulebook *rulebook, struct arena *arena,
	struct directory_diff *ret_diff)
{
	struct diffing diffing = {
		.before = *before, .after = *after, .rulebook = rulebook, .arena = arena};
	compare(&diffing, DIRECTORY_SERVICE);
	compare(&diffing, DIRECTORY_ORGANISATION);
	compare(&diffing, DIRECTORY_AREA);
	if (before->files != NULL && after->files != NULL) {
		diff_files(&diffing);
	}
	diff_sort(&diffing);
	repeats_drop(&diffing);
	if (arena_failed(arena)) {
		return ERR_NOMEM;
	}
	*ret_diff = (struct directory_diff){
		.before = *before, .after = *after, .items = diffing.items, .count = diffing.count};
	return ERR_OK;
}

static int id_order(const void *a, const void *b)
{
	const struct directory_difference *const *x = a;
	const struct directory_difference *const *y = b;
	return str_compare((*x)->id, (*y)->id);
}

static enum directory_change change_of(const struct directory_difference *difference)
{
	return difference->weight == DIRECTORY_WORDING ? DIRECTORY_REWORDED : difference->change;
}

bool directory_diff_count(const struct directory_diff *diff, enum directory_subject subject,
	struct arena *arena, size_t ret_counts[DIRECTORY_CHANGES])
{
	const struct directory_difference **items =
		arena_array(arena, diff->count + 1, sizeof(const struct directory_difference *));
	size_t count = 0;
	memset(ret_counts, 0, DIRECTORY_CHANGES * sizeof(*ret_counts));
	for (size_t i = 0; items != NULL && i < diff->count; i++) {
		items[count] = &diff->items[i];
		count += diff->items[i].subject == subject;
	}
	if (count > 1) {
		qsort(items, count, sizeof(const struct directory_difference *), id_order);
	}
	for (size_t i = 0, next; items != NULL && i < count; i = next) {
		enum directory_change change = DIRECTORY_REWORDED;
		for (next = i; next < count && str_equal(items[next]->id, items[i]->id); next++) {
			const enum directory_change one = change_of(items[next]);
			change = one < change ? one : change;
		}
		ret_counts[change]++;
	}
	return items != NULL;
}
