/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/seen.h"

#include "broker/base/buf.h"
#include "broker/config/home.h"

#include <string.h>

enum {
	SETTLED_S = 2 /* file systems count in steps of up to two seconds */
};

/* "onward.s", the stamp, the hash of the files. */
struct seen_file {
	char magic[8];
	uint8_t stamp[HASH_SIZE];
	uint8_t hash[HASH_SIZE];
};
_Static_assert(sizeof(struct seen_file) == 8 + 2 * HASH_SIZE, "the layout is on disk");

static const char magic[8] = "onward.s";

void seen_look(const char *home, struct seen *ret_seen)
{
	char path[HOME_PATH_SIZE];
	*ret_seen = (struct seen){0};
	home_part_path(home, HOME_DIRECTORY, path);
	const timestamp_us now = timestamp_now();
	if (directory_files_stamp(path, &ret_seen->stamp, NULL) == ERR_OK) {
		ret_seen->at = now;
	}
}

bool seen_before(const char *home, const struct seen *seen, uint8_t ret_hash[HASH_SIZE])
{
	char path[HOME_PATH_SIZE];
	struct buf kept = {0};
	struct seen_file file;
	home_part_path(home, HOME_SEEN, path);
	bool same = seen->at != 0 && buf_read_file(&kept, path, sizeof(file)) == ERR_OK &&
		    kept.len == sizeof(file);
	if (same) {
		memcpy(&file, kept.data, sizeof(file));
		same = memcmp(file.magic, magic, sizeof(magic)) == 0 &&
		       memcmp(file.stamp, seen->stamp.hash, HASH_SIZE) == 0;
	}
	if (same) {
		memcpy(ret_hash, file.hash, HASH_SIZE);
	}
	buf_finish(&kept);
	return same;
}

void seen_keep(const char *home, const struct seen *seen, const uint8_t hash[HASH_SIZE])
{
	char path[HOME_PATH_SIZE];
	struct seen_file file;
	if (seen->at == 0 ||
		seen->at - seen->stamp.newest_ns / 1000 < SETTLED_S * TIMESTAMP_SECOND) {
		return;
	}
	memcpy(file.magic, magic, sizeof(magic));
	memcpy(file.stamp, seen->stamp.hash, HASH_SIZE);
	memcpy(file.hash, hash, HASH_SIZE);
	home_part_path(home, HOME_SEEN, path);
	/* A start that reads the files is slower, and no less right. */
	const enum err err =
		buf_write_file((struct str){(const char *)&file, sizeof(file)}, path, 0600);
	(void)err;
}
