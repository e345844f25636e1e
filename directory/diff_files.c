/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_parts.h"

#include <stdlib.h>

/* Files whose bytes differ although nothing that they say does: sources, notes, comments. */

/* What a difference has been found of. */
struct known {
	enum directory_subject subject;
	struct str id;
};

struct known_list {
	struct known *items;
	size_t count;
};

static int known_order(const void *a, const void *b)
{
	const struct known *x = a;
	const struct known *y = b;
	return x->subject != y->subject ? (int)x->subject - (int)y->subject
					: str_compare(x->id, y->id);
}

static bool known_init(struct known_list *list, const struct diffing *diffing)
{
	list->count = diffing->count;
	list->items = arena_array(diffing->arena, diffing->count + 1, sizeof(*list->items));
	for (size_t i = 0; list->items != NULL && i < diffing->count; i++) {
		list->items[i] = (struct known){diffing->items[i].subject, diffing->items[i].id};
	}
	if (list->items != NULL && list->count > 1) {
		qsort(list->items, list->count, sizeof(*list->items), known_order);
	}
	return list->items != NULL;
}

/* What a file describes: "<area>/services/<id>.yaml".  Others are in no directory that could be
 * loaded. */
static struct directory_difference described(struct str path)
{
	const size_t suffix = sizeof(".yaml") - 1;
	struct directory_difference difference = {.weight = DIRECTORY_WORDING,
		.change = DIRECTORY_REWORDED,
		.subject = DIRECTORY_AREA,
		.area = diff_area(path)};
	struct str rest = {path.ptr + difference.area.len + 1, path.len - difference.area.len - 1};
	const struct str folder = diff_area(rest);
	if (folder.len == 0) {
		difference.id = difference.area;
		return difference;
	}
	difference.subject = DIRECTORY_SERVICE;
	if (str_is(folder, "organisations")) {
		difference.subject = DIRECTORY_ORGANISATION;
		difference.area = (struct str){0};
	}
	rest.ptr += folder.len + 1;
	rest.len -= folder.len + 1;
	difference.id = (struct str){rest.ptr, rest.len < suffix ? 0 : rest.len - suffix};
	return difference;
}

static const struct directory_area *area_at(const struct directory *directory, struct str id)
{
	for (size_t i = 0; i < directory->area_count; i++) {
		if (str_equal(directory->areas[i].id, id)) {
			return &directory->areas[i];
		}
	}
	return NULL;
}

/* Both sides of what the file describes, and its name; false when it is not in both: that has been
 * said. */
static bool both_found(const struct diffing *diffing, struct directory_difference *difference)
{
	const struct directory *a = diffing->before.directory;
	const struct directory *b = diffing->after.directory;
	const struct directory_service *service = directory_service_find(b, difference->id);
	const struct directory_organisation *organisation =
		directory_organisation_find(b, difference->id);
	const struct directory_area *area = area_at(b, difference->id);
	switch (difference->subject) {
	case DIRECTORY_SERVICE:
		difference->before = directory_service_find(a, difference->id);
		difference->after = service;
		difference->name = service == NULL ? (struct str){0} : service->name;
		break;
	case DIRECTORY_ORGANISATION:
		difference->before = directory_organisation_find(a, difference->id);
		difference->after = organisation;
		difference->name = organisation == NULL ? (struct str){0} : organisation->name;
		break;
	case DIRECTORY_AREA:
		difference->before = area_at(a, difference->id);
		difference->after = area;
		difference->name = area == NULL ? (struct str){0} : area->title;
		break;
	}
	return difference->before != NULL && difference->after != NULL;
}

static void file_differs(
	struct diffing *diffing, const struct known_list *known, const struct directory_file *file)
{
	struct directory_difference difference = described(file->path);
	const struct known key = {difference.subject, difference.id};
	if ((known->count == 0 || bsearch(&key, known->items, known->count, sizeof(*known->items),
					  known_order) == NULL) &&
		both_found(diffing, &difference)) {
		(void)diff_add(diffing, &difference);
	}
}

void diff_files(struct diffing *diffing)
{
	const struct directory_files *a = diffing->before.files;
	const struct directory_files *b = diffing->after.files;
	struct known_list known;
	if (!known_init(&known, diffing)) {
		return;
	}
	for (size_t i = 0, k = 0; i < a->count || k < b->count;) {
		const int order = i == a->count   ? 1
				  : k == b->count ? -1
						  : str_compare(a->items[i].path, b->items[k].path);
		if (order < 0) {
			file_differs(diffing, &known, &a->items[i++]);
		} else if (order > 0) {
			file_differs(diffing, &known, &b->items[k++]);
		} else {
			if (!str_equal(a->items[i].bytes, b->items[k].bytes)) {
				file_differs(diffing, &known, &b->items[k]);
			}
			i++;
			k++;
		}
	}
}
