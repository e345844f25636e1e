/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/store/record.h"
#include "broker/wire/pack.h"

#include <stdlib.h>
/*
 * The published directory: the files as they were, under their version, so that what ran can always
 * be read again; and the same, parsed, in the world.
 */

static enum err files_value(const struct core_directory *directory, struct buf *out)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct value list = value_list_new(&arena, directory->files.count);
	for (size_t i = 0; i < directory->files.count; i++) {
		struct value map = value_map_new(&arena, 2);
		value_put(&arena, &map, "path", value_of_str(directory->files.items[i].path));
		value_put(&arena, &map, "bytes",
			value_of_bytes(directory->files.items[i].bytes.ptr,
				directory->files.items[i].bytes.len));
		value_push(&arena, &list, map);
	}
	pack_encode(out, &list);
	const bool failed = arena_failed(&arena) || out->failed;
	arena_finish(&arena);
	return failed ? ERR_NOMEM : ERR_OK;
}

enum err published_write(
	struct core *core, struct state *state, const struct core_directory *directory)
{
	const struct store_key key = state_directory_key(state->totals.directory_version + 1);
	struct buf packed = {0};
	(void)core;
	enum err err = files_value(directory, &packed);
	if (err == ERR_OK) {
		err = record_put(state->txn, store_key_view(&key), TABLE_DIRECTORY, ROW_VERSION,
			buf_str(&packed));
	}
	buf_finish(&packed);
	return err;
}

static enum err files_read(
	const struct value *list, struct directory_files *out, struct fault *fault)
{
	if (list->kind != VALUE_LIST) {
		return fault_set(
			fault, ERR_CORRUPT, "directory", "the published files are not a list");
	}
	out->items = arena_array(&out->arena, list->list.count, sizeof(*out->items));
	if (out->items == NULL && list->list.count > 0) {
		return ERR_NOMEM;
	}
	out->count = list->list.count;
	for (size_t i = 0; i < out->count; i++) {
		const struct value *bytes = value_get(&list->list.items[i], STR("bytes"));
		out->items[i].path = value_get_str(&list->list.items[i], "path");
		out->items[i].bytes = bytes != NULL && bytes->kind == VALUE_BYTES ? bytes->string
										  : (struct str){0};
	}
	return ERR_OK;
}

enum err published_read(
	struct core *core, struct state *state, struct plan **ret_plan, struct fault *fault)
{
	const uint64_t version = core->identity.directory_version;
	const struct store_key key = state_directory_key(version);
	struct directory_files files = {0};
	struct directory_problems problems = {0};
	struct directory *directory = NULL;
	struct str packed;
	struct value list;
	uint8_t hash[HASH_SIZE];
	arena_init(&files.arena, 0);
	enum err err = record_get(
		state->txn, store_key_view(&key), TABLE_DIRECTORY, ROW_VERSION, &packed, fault);
	if (err == ERR_OK) {
		err = pack_decode(packed, &pack_limits_own, &files.arena, &list, fault);
	}
	if (err == ERR_OK) {
		err = files_read(&list, &files, fault);
	}
	if (err == ERR_OK) {
		directory_files_hash(&files, hash);
		if (memcmp(hash, core->identity.directory_hash, HASH_SIZE) != 0) {
			err = fault_set(fault, ERR_CORRUPT, "directory",
				"the published files do not have the hash that was recorded");
		}
	}
	if (err == ERR_OK) {
		err = directory_load(&files, plan_rulebook(), &directory, &problems);
		if (err != ERR_OK && problems.kept > 0) {
			(void)fault_set(fault, err, "directory", "%.*s:%u: %.*s",
				STR_ARG(problems.items[0].file), problems.items[0].line,
				STR_ARG(problems.items[0].message));
		}
	}
	if (err == ERR_OK) {
		err = plan_create(directory, version, ret_plan, fault);
		if (err != ERR_OK) {
			directory_destroy(directory);
		}
	}
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	return err;
}

enum err core_directory_prepare(struct core *core, const char *root,
	struct core_directory **ret_directory, struct directory_problems *problems,
	struct fault *fault)
{
	struct core_identity identity;
	struct directory *loaded = NULL;
	struct core_directory *directory = calloc(1, sizeof(*directory));
	if (directory == NULL) {
		return ERR_NOMEM;
	}
	core_identify(core, &identity);
	enum err err = directory_files_read(root, &directory->files, fault);
	if (err == ERR_OK) {
		directory_files_hash(&directory->files, directory->hash);
		directory->origin =
			identity.directory_version == 0 ? PUBLICATION_START : PUBLICATION_RELOAD;
		const bool same = identity.directory_version > 0 &&
				  memcmp(directory->hash, identity.directory_hash, HASH_SIZE) == 0;
		err = same ? ERR_EXISTS
			   : directory_load(&directory->files, plan_rulebook(), &loaded, problems);
	}
	if (err == ERR_OK) {
		err = plan_create(loaded, identity.directory_version + 1, &directory->plan, fault);
		if (err != ERR_OK) {
			directory_destroy(loaded);
		}
	}
	if (err != ERR_OK) {
		core_directory_discard(directory);
		return err;
	}
	*ret_directory = directory;
	return ERR_OK;
}

void core_directory_discard(struct core_directory *directory)
{
	if (directory != NULL) {
		plan_destroy(directory->plan);
		directory_files_finish(&directory->files);
		free(directory);
	}
}

enum err published_adopt(struct core *core, struct core_directory *directory)
{
	/* Another publication may have come between: the version is the committed one. */
	directory->plan->version = core->identity.directory_version;
	const enum err err = world_set_plan(core, directory->plan);
	if (err == ERR_OK) {
		directory->plan = NULL;
	}
	core_directory_discard(directory);
	return err;
}

uint64_t core_directory_version(struct core *core, const char *root)
{
	struct directory_files files = {0};
	struct core_identity identity;
	uint8_t hash[HASH_SIZE];
	uint64_t version = 0;
	core_identify(core, &identity);
	if (directory_files_read(root, &files, NULL) == ERR_OK) {
		directory_files_hash(&files, hash);
		version = memcmp(hash, identity.directory_hash, HASH_SIZE) == 0
				  ? identity.directory_version
				  : 0;
	}
	directory_files_finish(&files);
	return version;
}
