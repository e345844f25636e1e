/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/packed.h"
#include "broker/store/record.h"
/*
 * The published directory: the files as they were, under their version, so that what ran can always
 * be read again; and the same, parsed, in the world.
 */

enum err published_write(
	struct core *core, struct state *state, const struct core_directory *directory)
{
	const struct store_key key = state_directory_key(state->totals.directory_version + 1);
	(void)core;
	return record_put(state->txn, store_key_view(&key), TABLE_DIRECTORY, ROW_VERSION,
		buf_str(&directory->packed));
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
