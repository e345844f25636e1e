/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/packed.h"
#include "broker/core/published_image.h"
#include "broker/core/versions.h"

#include <stdlib.h>
/*
 * Everything of a publication that does not hang on the moment it is written: reading, checking,
 * compiling, packing, and what changed.  On any thread but the writer's, which only puts what is
 * ready here.
 */
struct preparing {
	struct core *core;
	struct core_identity identity;
	struct state state; /* a short read transaction, while there is one */
	struct core_directory *directory;
	struct directory_problems *problems;
	struct fault *fault;
};

static enum err prepare_begin(struct preparing *preparing, enum publication_origin origin)
{
	*preparing->problems = (struct directory_problems){0};
	preparing->directory = calloc(1, sizeof(*preparing->directory));
	if (preparing->directory == NULL) {
		return ERR_NOMEM;
	}
	core_identify(preparing->core, &preparing->identity);
	preparing->directory->origin = origin;
	preparing->directory->before = preparing->identity.directory_version;
	preparing->state.meta = &preparing->core->meta;
	return ERR_OK;
}

static enum err prepare_end(
	struct preparing *preparing, enum err err, struct core_directory **ret_directory)
{
	if (err != ERR_OK) {
		core_directory_discard(preparing->directory);
		return err;
	}
	*ret_directory = preparing->directory;
	return ERR_OK;
}

static void keep_why(struct core_directory *directory, const struct core_publication *why)
{
	str_copy(directory->note, sizeof(directory->note), why->note);
	directory->expect = why->expect;
}

/* Two sorted lists. */
static void files_compare(struct core_directory *directory, const struct directory_files *before,
	const struct directory_files *after)
{
	size_t i = 0;
	size_t j = 0;
	while (i < before->count || j < after->count) {
		const int order = i == before->count  ? 1
				  : j == after->count ? -1
						      : str_compare(before->items[i].path,
								after->items[j].path);
		directory->removed += order < 0;
		directory->added += order > 0;
		directory->changed +=
			order == 0 && !str_equal(before->items[i].bytes, after->items[j].bytes);
		i += order <= 0;
		j += order >= 0;
	}
}

static enum err compare_in_force(struct preparing *preparing, const struct directory_files *files)
{
	struct directory_files before = {0};
	struct str packed;
	if (preparing->identity.directory_version == 0) {
		preparing->directory->added = files->count;
		return ERR_OK;
	}
	enum err err = store_begin(preparing->core->store, false, &preparing->state.txn);
	if (err != ERR_OK) {
		return err;
	}
	err = publication_files(&preparing->state, preparing->identity.directory_version, &packed,
		preparing->fault);
	if (err == ERR_OK) {
		err = packed_read(packed, &before, preparing->fault);
		err = err == ERR_MALFORMED ? ERR_CORRUPT : err;
	}
	if (err == ERR_OK) {
		files_compare(preparing->directory, &before, files);
	}
	directory_files_finish(&before);
	store_abort(preparing->state.txn);
	if (err == ERR_CORRUPT || err == ERR_NOT_FOUND) {
		/* The more reason to publish others: only what changed cannot be counted. */
		*preparing->fault = (struct fault){0};
		preparing->directory->uncounted = true;
		err = ERR_OK;
	}
	return err;
}

static bool is_in_force(const struct core_identity *identity, const uint8_t hash[HASH_SIZE])
{
	return identity->directory_version > 0 && !identity->directory_unusable &&
	       memcmp(identity->directory_hash, hash, HASH_SIZE) == 0;
}

/* The hash is known, and that the files are to be published. */
static enum err prepare_files(struct preparing *preparing, const struct directory_files *files)
{
	struct core_directory *directory = preparing->directory;
	struct directory *loaded = NULL;
	enum err err = directory_load(files, plan_rulebook(), &loaded, preparing->problems);
	if (err == ERR_OK) {
		err = published_image_make(&loaded, &directory->image);
	}
	if (err == ERR_OK) {
		err = plan_create(loaded, preparing->identity.directory_version + 1,
			&directory->plan, preparing->fault);
	}
	if (err != ERR_OK) {
		directory_destroy(loaded);
	}
	if (err == ERR_OK) {
		err = packed_write(files, &directory->packed);
	}
	return err == ERR_OK ? compare_in_force(preparing, files) : err;
}

/* ERR_EXISTS when they were published before, with a message when they are not in force now. */
static enum err home_is_new(struct preparing *preparing)
{
	const struct core_identity *identity = &preparing->identity;
	char in_force[PUBLICATION_WORDS_SIZE];
	uint64_t earlier = 0;
	if (is_in_force(identity, preparing->directory->hash)) {
		*preparing->fault = (struct fault){0};
		return ERR_EXISTS;
	}
	enum err err = store_begin(preparing->core->store, false, &preparing->state.txn);
	if (err != ERR_OK) {
		return err;
	}
	err = publication_find(&preparing->state, identity->directory_version,
		preparing->directory->hash, &earlier, preparing->fault);
	publication_words(&preparing->state, identity->directory_version, false, in_force);
	store_abort(preparing->state.txn);
	if (err != ERR_OK || earlier == 0 ||
		(identity->directory_unusable && earlier == identity->directory_version)) {
		return err; /* the last: they are good after all, or what is wrong is told */
	}
	return fault_set(preparing->fault, ERR_EXISTS, "directory",
		"in force is %s; the home's files are the older version %llu and are left alone "
		"(`onward directory rollback %llu` would go back to them)",
		in_force, (unsigned long long)earlier, (unsigned long long)earlier);
}

enum err core_directory_known(struct core *core, const uint8_t hash[HASH_SIZE], struct fault *fault)
{
	struct core_directory directory = {0};
	struct preparing preparing = {.core = core, .directory = &directory, .fault = fault};
	memcpy(directory.hash, hash, HASH_SIZE);
	core_identify(core, &preparing.identity);
	preparing.state.meta = &core->meta;
	return home_is_new(&preparing);
}

enum err core_directory_prepare(struct core *core, const char *root,
	struct core_directory **ret_directory, struct directory_problems *problems,
	struct fault *fault)
{
	struct fault unheard;
	struct directory_files files = {0};
	struct preparing preparing = {
		.core = core, .problems = problems, .fault = fault == NULL ? &unheard : fault};
	enum err err = prepare_begin(&preparing, PUBLICATION_RELOAD);
	if (err == ERR_OK) {
		err = directory_files_read(root, &files, preparing.fault);
	}
	if (err == ERR_OK) {
		preparing.directory->expect = preparing.identity.directory_version;
		directory_files_hash(&files, preparing.directory->hash);
		err = home_is_new(&preparing);
	}
	if (err == ERR_OK) {
		err = prepare_files(&preparing, &files);
	}
	directory_files_finish(&files);
	return prepare_end(&preparing, err, ret_directory);
}

void core_directory_starts(struct core_directory *directory)
{
	directory->origin = PUBLICATION_START;
}

enum err core_directory_unpack(struct core *core, struct str packed, const uint8_t hash[HASH_SIZE],
	const struct core_publication *why, struct core_directory **ret_directory,
	struct directory_problems *problems, struct fault *fault)
{
	struct directory_files files = {0};
	struct preparing preparing = {.core = core, .problems = problems, .fault = fault};
	enum err err = prepare_begin(&preparing, PUBLICATION_PUBLISH);
	if (err == ERR_OK) {
		keep_why(preparing.directory, why);
		err = packed_read(packed, &files, fault);
	}
	if (err == ERR_OK) {
		err = packed_check(&files, fault);
	}
	if (err == ERR_OK) {
		directory_files_hash(&files, preparing.directory->hash);
		if (memcmp(preparing.directory->hash, hash, HASH_SIZE) != 0) {
			err = fault_set(
				fault, ERR_INVALID, "upload", "the files do not have this hash");
		} else if (is_in_force(&preparing.identity, hash)) {
			err = ERR_EXISTS;
		}
	}
	if (err == ERR_OK) {
		err = prepare_files(&preparing, &files);
	}
	directory_files_finish(&files);
	return prepare_end(&preparing, err, ret_directory);
}

/* A copy: checking takes longer than a read transaction may. */
static enum err files_copy(struct preparing *preparing, uint64_t version, struct buf *out)
{
	struct str packed;
	if (version > preparing->identity.directory_version) {
		return fault_set(preparing->fault, ERR_NOT_FOUND, "version",
			"there are versions 1 to %llu",
			(unsigned long long)preparing->identity.directory_version);
	}
	enum err err = store_begin(preparing->core->store, false, &preparing->state.txn);
	if (err != ERR_OK) {
		return err;
	}
	err = publication_files(&preparing->state, version, &packed, preparing->fault);
	if (err == ERR_OK) {
		buf_add_str(out, packed);
		err = out->failed ? ERR_NOMEM : ERR_OK;
	}
	store_abort(preparing->state.txn);
	return err;
}

enum err core_directory_again(struct core *core, uint64_t version,
	const struct core_publication *why, struct core_directory **ret_directory,
	struct directory_problems *problems, struct fault *fault)
{
	struct directory_files files = {0};
	struct buf packed = {0};
	struct preparing preparing = {.core = core, .problems = problems, .fault = fault};
	enum err err = prepare_begin(&preparing, PUBLICATION_ROLLBACK);
	if (err == ERR_OK) {
		keep_why(preparing.directory, why);
		preparing.directory->of = version;
		err = files_copy(&preparing, version, &packed);
	}
	if (err == ERR_OK) {
		err = packed_read(buf_str(&packed), &files, fault);
		err = err == ERR_MALFORMED ? ERR_CORRUPT : err;
	}
	if (err == ERR_OK) {
		directory_files_hash(&files, preparing.directory->hash);
		err = is_in_force(&preparing.identity, preparing.directory->hash)
			      ? ERR_EXISTS
			      : prepare_files(&preparing, &files);
	}
	directory_files_finish(&files);
	buf_finish(&packed);
	return prepare_end(&preparing, err, ret_directory);
}

void core_directory_discard(struct core_directory *directory)
{
	if (directory != NULL) {
		plan_destroy(directory->plan);
		buf_finish(&directory->packed);
		buf_finish(&directory->image);
		free(directory);
	}
}

size_t core_directory_bytes(const struct core_directory *directory)
{
	return directory->packed.len + directory->image.len;
}

bool core_directory_is_in_force(struct core *core, const uint8_t hash[HASH_SIZE])
{
	struct core_identity identity;
	core_identify(core, &identity);
	return is_in_force(&identity, hash);
}

enum err core_directory_same(struct core *core, struct arena *arena, struct value *ret_body)
{
	struct core_identity identity;
	core_identify(core, &identity);
	struct world *world = core_world_acquire(core);
	const struct directory *directory = world_directory(world);
	struct value body = value_map_new(arena, 7);
	value_put(arena, &body, "version", value_of_int((int64_t)identity.directory_version));
	value_put(arena, &body, "same", value_of_bool(true));
	if (directory != NULL) {
		value_put(
			arena, &body, "services", value_of_int((int64_t)directory->service_count));
		value_put(arena, &body, "organisations",
			value_of_int((int64_t)directory->organisation_count));
		value_put(arena, &body, "areas", value_of_int((int64_t)directory->area_count));
	}
	core_world_release(world);
	const struct str hash =
		arena_str(arena, (struct str){(const char *)identity.directory_hash, HASH_SIZE});
	value_put(arena, &body, "hash", value_of_bytes(hash.ptr, hash.len));
	value_put(arena, &body, "before", value_of_int((int64_t)identity.directory_version));
	*ret_body = body;
	return arena_failed(arena) ? ERR_NOMEM : ERR_OK;
}
