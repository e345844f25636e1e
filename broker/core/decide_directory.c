/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"

/* A prepared directory becomes the next version: all that is left to say is whether it may. */

enum {
	PUBLISH_PERCENT = 95 /* of the store: what is left is for those who are under way */
};

/* Somebody was quicker: who, so that the two can speak with each other. */
static enum err refuse_overtaken(struct decide *decide, uint64_t in_force)
{
	struct publication_row row = {.origin = PUBLICATION_NOT_RECORDED};
	const struct core_directory *directory = decide->command->directory;
	if (directory->origin == PUBLICATION_START || directory->origin == PUBLICATION_RELOAD) {
		return decide_refuse(decide, ERR_FULL, "directory",
			"version %llu was published meanwhile: reload again",
			(unsigned long long)in_force);
	}
	const enum err err = publication_get(decide->state, in_force, &row, &decide->fault);
	if (err == ERR_NOT_FOUND || err == ERR_CORRUPT) {
		row = (struct publication_row){.origin = PUBLICATION_NOT_RECORDED};
	} else if (err != ERR_OK) {
		return err;
	}
	return decide_refuse(decide, ERR_CONFLICT, "expect",
		"version %llu is in force, not %llu: published by %s (%s)%s%s; see what it changed "
		"with `onward directory diff %llu %llu`, then publish again",
		(unsigned long long)in_force, (unsigned long long)directory->expect,
		row.party[0] == '\0' ? "the broker" : row.party,
		publication_origin_name((enum publication_origin)row.origin),
		row.note[0] == '\0' ? "" : ": ", row.note, (unsigned long long)directory->expect,
		(unsigned long long)in_force);
}

static void put_number(struct decide *decide, struct value *map, const char *key, uint64_t number)
{
	value_put(decide->arena, map, key, value_of_int((int64_t)number));
}

static void answer(struct decide *decide, uint64_t version, bool same)
{
	const struct core_directory *directory = decide->command->directory;
	const struct directory *loaded = directory->plan->directory;
	struct value body = value_map_new(decide->arena, 8);
	put_number(decide, &body, "version", version);
	value_put(decide->arena, &body, "same", value_of_bool(same));
	value_put(decide->arena, &body, "hash", value_of_bytes(directory->hash, HASH_SIZE));
	put_number(decide, &body, "services", loaded->service_count);
	put_number(decide, &body, "organisations", loaded->organisation_count);
	put_number(decide, &body, "areas", loaded->area_count);
	put_number(decide, &body, "before", directory->before);
	if (!same && !directory->uncounted) {
		struct value files = value_map_new(decide->arena, 3);
		put_number(decide, &files, "added", directory->added);
		put_number(decide, &files, "changed", directory->changed);
		put_number(decide, &files, "removed", directory->removed);
		value_put(decide->arena, &body, "files", files);
	}
	decide->body = body;
}

enum err decide_directory(struct decide *decide)
{
	const struct core_directory *directory = decide->command->directory;
	const struct totals_row *totals = &decide->state->totals;
	const uint64_t in_force = totals->directory_version;
	/* What cannot be used is not in force, however alike. */
	if (decide->plan != NULL &&
		memcmp(directory->hash, totals->directory_hash, HASH_SIZE) == 0) {
		answer(decide, in_force, true);
		return ERR_OK;
	}
	if (directory->expect != 0 && directory->expect != in_force) {
		return refuse_overtaken(decide, in_force);
	}
	if (decide->core->published != NULL) {
		return decide_refuse(decide, ERR_FULL, "directory",
			"another publication is on its way in this moment");
	}
	struct store_stat stat;
	decide->core->store->ops->stat(decide->core->store, &stat);
	if (stat.limit_bytes != 0 &&
		stat.used_bytes + directory->packed.len + directory->image.len >
			stat.limit_bytes / 100 * PUBLISH_PERCENT) {
		return decide_refuse(decide, ERR_FULL, "directory",
			"the store has no room for another version: nothing was published");
	}
	struct event *event = decide_emit(decide, EVENT_DIRECTORY_PUBLISHED, (struct id){{0}});
	event->version = in_force + 1;
	event->hash = (struct str){(const char *)directory->hash, HASH_SIZE};
	event->services = (uint32_t)directory->plan->directory->service_count;
	event->origin = (uint8_t)directory->origin;
	event->of = directory->of;
	event->note = str_from(directory->note);
	decide->directory_taken = true;
	answer(decide, in_force + 1, false);
	return ERR_OK;
}
