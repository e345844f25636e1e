/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"

/* The position in the table of authorities. */
static size_t authority_position(const struct directory_authority *authority)
{
	size_t count;
	return (size_t)(authority - directory_authorities(&count));
}

static void positions_count(const struct directory *directory, struct directory_index *index)
{
	for (size_t i = 0; i < directory->service_count; i++) {
		const struct directory_service *service = &directory->services[i];
		for (size_t a = 0; a < service->authorities.count; a++) {
			const struct directory_authority *authority =
				directory_authority_by_code(service->authorities.items[a]);
			if (authority != NULL) {
				index->counts[authority_position(authority)]++;
			}
		}
		index->not_stated_count += !service->area_stated;
	}
}

enum err index_build(struct directory *directory)
{
	size_t authority_count;
	(void)directory_authorities(&authority_count);
	struct arena *arena = &directory->arena;
	struct directory_index *index = arena_alloc(arena, sizeof(*index));
	uint32_t **at = arena_array(arena, authority_count, sizeof(*at));
	const uint32_t **shown = arena_array(arena, authority_count, sizeof(*shown));
	if (index == NULL || at == NULL || shown == NULL) {
		return ERR_NOMEM;
	}
	index->at = shown;
	index->counts = arena_array(arena, authority_count, sizeof(*index->counts));
	if (index->counts == NULL) {
		return ERR_NOMEM;
	}
	positions_count(directory, index);
	uint32_t *not_stated = arena_array(arena, index->not_stated_count, sizeof(*not_stated));
	for (size_t i = 0; i < authority_count; i++) {
		at[i] = arena_array(arena, index->counts[i], sizeof(**at));
		shown[i] = at[i];
		index->counts[i] = 0;
	}
	if (arena_failed(arena)) {
		return ERR_NOMEM;
	}
	index->not_stated = not_stated;
	index->not_stated_count = 0;
	for (size_t i = 0; i < directory->service_count; i++) {
		const struct directory_service *service = &directory->services[i];
		for (size_t a = 0; a < service->authorities.count; a++) {
			const struct directory_authority *authority =
				directory_authority_by_code(service->authorities.items[a]);
			if (authority != NULL) {
				const size_t position = authority_position(authority);
				at[position][index->counts[position]++] = (uint32_t)i;
			}
		}
		if (!service->area_stated) {
			not_stated[index->not_stated_count++] = (uint32_t)i;
		}
	}
	directory->index = index;
	return ERR_OK;
}

/* Both tables are sorted by id, which is the first member of their rows. */
static const void *row_find(const void *rows, size_t count, size_t size, struct str id)
{
	const char *base = rows;
	size_t low = 0;
	size_t high = count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		struct str here;
		memcpy(&here, base + middle * size, sizeof(here));
		const int order = str_compare(id, here);
		if (order == 0) {
			return base + middle * size;
		}
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return NULL;
}
_Static_assert(offsetof(struct directory_service, id) == 0, "row_find reads the id first");
_Static_assert(offsetof(struct directory_organisation, id) == 0, "row_find reads the id first");

const struct directory_service *directory_service_find(
	const struct directory *directory, struct str id)
{
	return row_find(
		directory->services, directory->service_count, sizeof(*directory->services), id);
}

const struct directory_organisation *directory_organisation_find(
	const struct directory *directory, struct str id)
{
	return row_find(directory->organisations, directory->organisation_count,
		sizeof(*directory->organisations), id);
}

size_t directory_at_authority(
	const struct directory *directory, struct str code, const uint32_t **ret_positions)
{
	const struct directory_authority *authority = directory_authority_by_code(code);
	if (authority == NULL) {
		*ret_positions = NULL;
		return 0;
	}
	const size_t position = authority_position(authority);
	*ret_positions = directory->index->at[position];
	return directory->index->counts[position];
}

size_t directory_not_stated(const struct directory *directory, const uint32_t **ret_positions)
{
	*ret_positions = directory->index->not_stated;
	return directory->index->not_stated_count;
}
