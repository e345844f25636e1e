/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/published_image.h"

#include "broker/store/record.h"
#include "directory/image.h"

static struct store_key image_key(uint64_t version)
{
	struct store_key key = store_key_start(TABLE_IMAGE);
	store_key_u64(&key, version);
	return key;
}

enum err published_image_make(struct directory **directory, struct buf *image)
{
	struct directory *compact;
	const size_t begin = image->len;
	directory_image_write(*directory, image);
	if (image->failed) {
		return ERR_NOMEM;
	}
	const enum err err = directory_image_read(
		(struct str){image->data + begin, image->len - begin}, &compact, NULL);
	if (err == ERR_NOMEM) {
		return err;
	}
	if (err != ERR_OK) {
		image->len = begin; /* a fault of the program's own: it goes on with what it has */
		return ERR_OK;
	}
	directory_destroy(*directory);
	*directory = compact;
	return ERR_OK;
}

/* Those of the table, one by one. */
static enum err images_remove(struct state *state)
{
	const struct store_key start = store_key_start(TABLE_IMAGE);
	for (;;) {
		struct str key;
		struct str value;
		enum err err = store_next(state->txn, store_key_view(&start), true, &key, &value);
		if (err == ERR_END || (err == ERR_OK && key.ptr[0] != (char)TABLE_IMAGE)) {
			return ERR_OK;
		}
		if (err == ERR_OK) {
			err = store_del(state->txn, key);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
}

enum err published_image_put(struct state *state, uint64_t version, struct str image)
{
	const struct store_key key = image_key(version);
	const enum err err = images_remove(state);
	if (err != ERR_OK || image.len == 0) {
		return err;
	}
	return record_put(state->txn, store_key_view(&key), TABLE_IMAGE, ROW_VERSION, image);
}

enum err published_image_get(struct state *state, uint64_t version, const uint8_t hash[HASH_SIZE],
	struct directory **ret_directory, struct fault *fault)
{
	const struct store_key key = image_key(version);
	struct directory *directory;
	struct str image;
	enum err err = record_get(
		state->txn, store_key_view(&key), TABLE_IMAGE, ROW_VERSION, &image, fault);
	if (err == ERR_NOT_FOUND) {
		return fault_set(fault, err, "image", "is not there");
	}
	if (err == ERR_OK) {
		err = directory_image_read(image, &directory, fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (memcmp(directory->hash, hash, HASH_SIZE) != 0) {
		directory_destroy(directory);
		return fault_set(fault, ERR_CORRUPT, "image", "is that of other files");
	}
	*ret_directory = directory;
	return ERR_OK;
}
