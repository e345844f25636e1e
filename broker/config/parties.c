/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/parties.h"
#include "broker/config/document.h"
#include "broker/config/home.h"
#include "broker/config/parties_read.h"

#include <stdlib.h>

static int compare_ids(const void *a, const void *b)
{
	const struct party *const *first = a;
	const struct party *const *second = b;
	return strcmp((*first)->id, (*second)->id);
}

/* The snapshot is sorted by id; the file's order is the reader's. */
static enum err sort(struct parties *parties, const struct party *read, size_t count)
{
	struct party *items = arena_array(&parties->arena, count + 1, sizeof(*items));
	const struct party **order = arena_array(&parties->arena, count + 1, sizeof(const void *));
	if (items == NULL || order == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		order[i] = &read[i];
	}
	qsort(order, count, sizeof(const void *), compare_ids);
	for (size_t i = 0; i < count; i++) {
		items[i] = *order[i];
	}
	parties->items = items;
	parties->count = count;
	return ERR_OK;
}

enum err parties_load(const char *path, struct parties **ret_parties, struct fault *fault)
{
	struct parties *parties = calloc(1, sizeof(*parties));
	if (parties == NULL) {
		return fault_set(fault, ERR_NOMEM, path, "out of memory");
	}
	arena_init(&parties->arena, 0);
	const struct party *read = NULL;
	size_t count = 0;
	enum err err = parties_read(path, &parties->arena, &read, &count, fault);
	if (err == ERR_OK) {
		err = sort(parties, read, count);
		if (err != ERR_OK) {
			(void)fault_set(fault, err, path, "%s", err_text(err));
		}
	}
	if (err != ERR_OK) {
		parties_destroy(parties);
		return err;
	}
	*ret_parties = parties;
	return ERR_OK;
}

void parties_destroy(struct parties *parties)
{
	if (parties != NULL) {
		arena_finish(&parties->arena);
		free(parties);
	}
}

const struct party *parties_find(const struct parties *parties, struct str id)
{
	size_t low = 0;
	size_t high = parties->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = str_compare(str_from(parties->items[middle].id), id);
		if (order == 0) {
			return &parties->items[middle];
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return NULL;
}

bool party_key_valid(const struct party *party, struct str z85, timestamp_us now)
{
	if (party->revoked) {
		return false;
	}
	for (size_t i = 0; i < party->key_count; i++) {
		const struct party_key *key = &party->keys[i];
		if (str_is(z85, key->text) && key->from <= now && now < key->until) {
			return true;
		}
	}
	return false;
}

const struct party *parties_find_key(
	const struct parties *parties, const char *z85, timestamp_us now)
{
	for (size_t i = 0; i < parties->count; i++) {
		if (party_key_valid(&parties->items[i], str_from(z85), now)) {
			return &parties->items[i];
		}
	}
	return NULL;
}

bool party_serves(const struct party *party, struct str route)
{
	if (str_is(route, party->id)) {
		return true;
	}
	for (size_t i = 0; i < party->acts_for_count; i++) {
		if (str_equal(party->acts_for[i], route)) {
			return party->kind == KIND_ADAPTER;
		}
	}
	return false;
}
