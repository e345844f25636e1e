/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"

#include <stdlib.h>

/* A service and where it stands, for comparing neighbours in some order. */
struct entry {
	const struct directory_service *service;
	const struct service_lines *lines;
};

static int pool_order(const void *a, const void *b)
{
	const struct directory_service *left = ((const struct entry *)a)->service;
	const struct directory_service *right = ((const struct entry *)b)->service;
	const int order = str_compare(left->pool, right->pool);
	return order != 0 ? order : str_compare(left->id, right->id);
}

static int contract_order(const void *a, const void *b)
{
	const struct directory_service *left = ((const struct entry *)a)->service;
	const struct directory_service *right = ((const struct entry *)b)->service;
	int order = str_compare(left->organisation->id, right->organisation->id);
	if (order == 0) {
		order = str_compare(left->name, right->name);
	}
	return order != 0 ? order : str_compare(left->id, right->id);
}

/* Services that share a pool must agree how much room it has. */
static void pools_check(struct reader *reader, struct entry *entries, size_t count)
{
	qsort(entries, count, sizeof(*entries), pool_order);
	for (size_t i = 1; i < count; i++) {
		const struct directory_service *before = entries[i - 1].service;
		const struct directory_service *service = entries[i].service;
		date_days date;
		if (service->pool.len == 0 || !str_equal(service->pool, before->pool) ||
			!capacity_pools_differ(before, service, &date)) {
			continue;
		}
		if (date == INT32_MIN) {
			reader_problem_at(reader, service->file, entries[i].lines->capacity,
				"capacity.pool_caseload",
				"differs from that of \"%.*s\", which shares the pool",
				STR_ARG(before->id));
		} else {
			char day[DATE_TEXT_SIZE];
			date_format(date, day);
			reader_problem_at(reader, service->file, entries[i].lines->capacity,
				"capacity.overrides",
				"gives the pool other room on %s than \"%.*s\", which shares it",
				day, STR_ARG(before->id));
		}
	}
}

static bool share_area(const struct directory_service *a, const struct directory_service *b)
{
	if (!a->area_stated && !b->area_stated) {
		return true;
	}
	size_t i = 0;
	size_t j = 0;
	while (i < a->authorities.count && j < b->authorities.count) {
		const int order = str_compare(a->authorities.items[i], b->authorities.items[j]);
		if (order == 0) {
			return true;
		}
		i += order < 0;
		j += order > 0;
	}
	return false;
}

/* One service of one organisation entered again, for the next contract say, must not overlap: a
 * woman would be sent there twice. */
static void contracts_check(struct reader *reader, struct entry *entries, size_t count)
{
	qsort(entries, count, sizeof(*entries), contract_order);
	for (size_t i = 1; i < count; i++) {
		const struct directory_service *service = entries[i].service;
		for (size_t j = i; j > 0; j--) {
			const struct directory_service *other = entries[j - 1].service;
			if (service->organisation != other->organisation ||
				!str_equal(service->name, other->name)) {
				break;
			}
			if (str_equal(service->id, other->id)) {
				continue; /* one file copied into another area: told already */
			}
			if (service->window_from <= other->window_to &&
				other->window_from <= service->window_to &&
				share_area(service, other)) {
				reader->code = "overlap";
				reader_problem_at(reader, service->file, entries[i].lines->window,
					"window",
					"overlaps that of \"%.*s\", which has the same name and "
					"organisation, and %s",
					STR_ARG(other->id),
					service->area_stated ? "a place in common"
							     : "states no area either");
				break;
			}
		}
	}
}

void services_check(struct reader *reader, const struct service_lines *lines)
{
	const struct directory *directory = reader->directory;
	struct entry *entries =
		arena_array(reader->scratch, directory->service_count, sizeof(*entries));
	size_t count = 0;
	for (size_t i = 0; entries != NULL && i < directory->service_count; i++) {
		const struct directory_service *service = &directory->services[i];
		if (i > 0 && service->id.len > 0 &&
			str_equal(service->id, directory->services[i - 1].id)) {
			reader->code = "duplicate";
			reader_problem_at(reader, service->file, lines[i].id, "id",
				"\"%.*s\" is already the id of %.*s", STR_ARG(service->id),
				STR_ARG(directory->services[i - 1].file));
		}
		if (service->organisation != NULL) {
			entries[count++] = (struct entry){service, &lines[i]};
		}
	}
	if (count > 1) {
		pools_check(reader, entries, count);
		contracts_check(reader, entries, count);
	}
	successors_check(reader, lines);
}
