/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/packed.h"
#include "broker/core/published_image.h"
#include "broker/store/record.h"
/*
 * The published directory: the files as they were, under their version, so that what ran can always
 * be read again; and the same, parsed, in the world.
 */

enum err published_write(
	struct core *core, struct state *state, const struct core_directory *directory)
{
	const uint64_t version = state->totals.directory_version + 1;
	const struct store_key key = state_directory_key(version);
	(void)core;
	const enum err err = record_put(state->txn, store_key_view(&key), TABLE_DIRECTORY,
		ROW_VERSION, buf_str(&directory->packed));
	return err == ERR_OK ? published_image_put(state, version, buf_str(&directory->image))
			     : err;
}

/* From the files: what an image saves. */
static enum err files_load(struct core *core, struct state *state, struct directory **ret_directory,
	struct fault *fault)
{
	const struct store_key key = state_directory_key(core->identity.directory_version);
	struct directory_files files = {0};
	struct directory_problems *problems = &core->refused;
	struct str packed;
	uint8_t hash[HASH_SIZE];
	enum err err = record_get(
		state->txn, store_key_view(&key), TABLE_DIRECTORY, ROW_VERSION, &packed, fault);
	if (err == ERR_OK) {
		err = packed_read(packed, &files, fault);
		err = err == ERR_MALFORMED ? ERR_CORRUPT : err;
	}
	if (err == ERR_OK) {
		directory_files_hash(&files, hash);
		if (memcmp(hash, core->identity.directory_hash, HASH_SIZE) != 0) {
			err = fault_set(fault, ERR_CORRUPT, "directory",
				"the published files do not have the hash that was recorded");
		}
	}
	if (err == ERR_OK) {
		err = directory_load(&files, plan_rulebook(), ret_directory, problems);
		if (err != ERR_OK && problems->kept > 0) {
			(void)fault_set(fault, err, "directory", "%.*s:%u: %.*s",
				STR_ARG(problems->items[0].file), problems->items[0].line,
				STR_ARG(problems->items[0].message));
		}
	}
	directory_files_finish(&files);
	return err;
}

/* Nothing needs the files themselves until somebody compares with them or goes back to them: what
 * has become of them is said while it can still be mended. */
static enum err files_look(struct core *core, struct state *state)
{
	struct str packed;
	const enum err err =
		publication_files(state, core->identity.directory_version, &packed, &core->damaged);
	if (err == ERR_CORRUPT || err == ERR_NOT_FOUND) {
		core->damaged.code = err;
		return ERR_OK;
	}
	return err;
}

enum err published_read(struct core *core, struct state *state, struct plan **ret_plan,
	struct buf *ret_image, struct fault *fault)
{
	const struct core_identity *identity = &core->identity;
	struct directory *directory = NULL;
	enum err err = published_image_get(state, identity->directory_version,
		identity->directory_hash, &directory, &core->parsed);
	if (err == ERR_OK && plan_create(directory, identity->directory_version, ret_plan,
				     &core->parsed) == ERR_OK) {
		core->parsed = (struct fault){0};
		return files_look(core, state);
	}
	directory_destroy(directory); /* its clauses are not those of this release */
	err = files_load(core, state, &directory, fault);
	if (err != ERR_OK) {
		return err;
	}
	err = published_image_make(&directory, ret_image);
	if (err == ERR_OK) {
		err = plan_create(directory, identity->directory_version, ret_plan, fault);
	}
	if (err != ERR_OK) {
		directory_destroy(directory);
	}
	return err;
}

enum err published_adopt(struct core *core, struct core_directory *directory)
{
	/* Another publication may have come between: the version is the committed one. */
	directory->plan->version = core->identity.directory_version;
	const enum err err = world_set_plan(core, directory->plan);
	if (err == ERR_OK) {
		directory->plan = NULL;
		(void)pthread_mutex_lock(&core->mutex);
		core->identity.directory_unusable = false;
		(void)pthread_mutex_unlock(&core->mutex);
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
