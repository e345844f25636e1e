/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_parts.h"

#include <stdlib.h>

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

static struct directory_difference lone(
	enum directory_subject subject, const void *before, const void *after)
{
	return (struct directory_difference){
		.weight = DIRECTORY_PRESENCE,
		.subject = subject,
		.change = before == NULL  ? DIRECTORY_ADDED
			  : after == NULL ? DIRECTORY_REMOVED
					  : DIRECTORY_CHANGED,
		.before = before,
		.after = after,
	};
}

/* -- services -- */

static struct directory_difference about_service(
	const struct directory_service *before, const struct directory_service *after)
{
	const struct directory_service *service = after == NULL ? before : after;
	struct directory_difference difference = lone(DIRECTORY_SERVICE, before, after);
	difference.area = diff_area(service->file);
	difference.id = service->id;
	difference.name = service->name;
	return difference;
}

/* Those that stand in one directory alone, and whether the other one's was found for them. */
struct loners {
	const struct directory_service **items;
	size_t count;
};

static bool loners_init(struct loners *loners, struct arena *arena, size_t count)
{
	loners->count = 0;
	loners->items = arena_array(arena, count + 1, sizeof(const struct directory_service *));
	return loners->items != NULL;
}

/* A service that went and one that came with the same content are one that was renamed. */
static void loners_pair(struct diffing *diffing, struct loners *gone, struct loners *come)
{
	for (size_t i = 0; i < gone->count; i++) {
		for (size_t k = 0; k < come->count; k++) {
			if (come->items[k] == NULL ||
				!diff_same_content(gone->items[i], come->items[k])) {
				continue;
			}
			struct directory_difference difference =
				about_service(gone->items[i], come->items[k]);
			diff_members(diffing, &difference);
			difference.change = DIRECTORY_RENAMED;
			(void)diff_add(diffing, &difference);
			gone->items[i] = come->items[k] = NULL;
			break;
		}
	}
	for (size_t i = 0; i < gone->count + come->count; i++) {
		const struct directory_service *old = i < gone->count ? gone->items[i] : NULL;
		const struct directory_service *new =
			i < gone->count ? NULL : come->items[i - gone->count];
		if (old != NULL || new != NULL) {
			const struct directory_difference difference = about_service(old, new);
			(void)diff_add(diffing, &difference);
		}
	}
}

static void services_compare(struct diffing *diffing)
{
	const struct directory *a = diffing->before.directory;
	const struct directory *b = diffing->after.directory;
	struct loners gone;
	struct loners come;
	if (!loners_init(&gone, diffing->arena, a->service_count) ||
		!loners_init(&come, diffing->arena, b->service_count)) {
		return;
	}
	for (size_t i = 0, k = 0; i < a->service_count || k < b->service_count;) {
		const int order = i == a->service_count ? 1
				  : k == b->service_count
					  ? -1
					  : str_compare(a->services[i].id, b->services[k].id);
		if (order < 0) {
			gone.items[gone.count++] = &a->services[i++];
		} else if (order > 0) {
			come.items[come.count++] = &b->services[k++];
		} else {
			const struct directory_difference both =
				about_service(&a->services[i++], &b->services[k++]);
			diff_members(diffing, &both);
		}
	}
	loners_pair(diffing, &gone, &come);
}

/* -- organisations and areas -- */

static void organisation_compare(struct diffing *diffing,
	const struct directory_organisation *before, const struct directory_organisation *after)
{
	const struct directory_organisation *organisation = after == NULL ? before : after;
	struct directory_difference difference = lone(DIRECTORY_ORGANISATION, before, after);
	difference.id = organisation->id;
	difference.name = organisation->name;
	if (before != NULL && after != NULL) {
		diff_members(diffing, &difference);
	} else {
		(void)diff_add(diffing, &difference);
	}
}

static void organisations_compare(struct diffing *diffing)
{
	const struct directory *a = diffing->before.directory;
	const struct directory *b = diffing->after.directory;
	for (size_t i = 0; i < a->organisation_count; i++) {
		const struct directory_organisation *old = &a->organisations[i];
		organisation_compare(diffing, old, directory_organisation_find(b, old->id));
	}
	for (size_t i = 0; i < b->organisation_count; i++) {
		const struct directory_organisation *new = &b->organisations[i];
		if (directory_organisation_find(a, new->id) == NULL) {
			organisation_compare(diffing, NULL, new);
		}
	}
}

static const struct directory_area *area_find(const struct directory *directory, struct str id)
{
	for (size_t i = 0; i < directory->area_count; i++) {
		if (str_equal(directory->areas[i].id, id)) {
			return &directory->areas[i];
		}
	}
	return NULL;
}

static void area_compare(struct diffing *diffing, const struct directory_area *before,
	const struct directory_area *after)
{
	const struct directory_area *area = after == NULL ? before : after;
	struct directory_difference difference = lone(DIRECTORY_AREA, before, after);
	difference.area = difference.id = area->id;
	difference.name = area->title;
	if (before != NULL && after != NULL) {
		diff_members(diffing, &difference);
	} else {
		(void)diff_add(diffing, &difference);
	}
}

static void areas_compare(struct diffing *diffing)
{
	const struct directory *a = diffing->before.directory;
	const struct directory *b = diffing->after.directory;
	for (size_t i = 0; i < a->area_count; i++) {
		area_compare(diffing, &a->areas[i], area_find(b, a->areas[i].id));
	}
	for (size_t i = 0; i < b->area_count; i++) {
		if (area_find(a, b->areas[i].id) == NULL) {
			area_compare(diffing, NULL, &b->areas[i]);
		}
	}
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
	struct arena *arena, struct directory_diff *ret_diff)
{
	struct diffing diffing = {.before = *before, .after = *after, .arena = arena};
	services_compare(&diffing);
	organisations_compare(&diffing);
	areas_compare(&diffing);
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
