/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/packed.h"

#include "broker/base/limits.h"
#include "broker/base/value.h"
#include "broker/wire/pack.h"

#include <stdio.h>

enum {
	FILES_MAX = 2 * LIMIT_SERVICES, /* as reading a folder has it */
	FILE_BYTES_MAX = 256 * 1024,
	PATH_BYTES_MAX = 512,
	PARTS_MAX = 3 /* <area>/services/<file> */
};

enum err packed_write(const struct directory_files *files, struct buf *out)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct value list = value_list_new(&arena, files->count);
	for (size_t i = 0; i < files->count; i++) {
		struct value map = value_map_new(&arena, 2);
		value_put(&arena, &map, "path", value_of_str(files->items[i].path));
		value_put(&arena, &map, "bytes",
			value_of_bytes(files->items[i].bytes.ptr, files->items[i].bytes.len));
		value_push(&arena, &list, map);
	}
	pack_encode(out, &list);
	const bool failed = arena_failed(&arena) || out->failed;
	arena_finish(&arena);
	return failed ? ERR_NOMEM : ERR_OK;
}

static enum err file_read(const struct value *map, size_t number, struct directory_file *ret_file,
	struct fault *fault)
{
	const struct value *path = value_get(map, STR("path"));
	const struct value *bytes = value_get(map, STR("bytes"));
	if (map->kind != VALUE_MAP || map->map.count != 2 || path == NULL ||
		path->kind != VALUE_STRING || bytes == NULL || bytes->kind != VALUE_BYTES) {
		return fault_set(fault, ERR_MALFORMED, "directory",
			"item %zu of the files is not a path and its bytes", number);
	}
	*ret_file = (struct directory_file){path->string, bytes->string};
	return ERR_OK;
}

enum err packed_read(struct str packed, struct directory_files *ret_files, struct fault *fault)
{
	/* The list, and a map with two members a file. */
	static const struct pack_limits limits = {.depth = 2, .elements = 1 + 3 * FILES_MAX};
	struct value list;
	*ret_files = (struct directory_files){0};
	arena_init(&ret_files->arena, 0);
	enum err err = pack_decode(packed, &limits, &ret_files->arena, &list, fault);
	if (err == ERR_OK && list.kind != VALUE_LIST) {
		err = fault_set(fault, ERR_MALFORMED, "directory", "the files are not a list");
	}
	if (err != ERR_OK) {
		return err;
	}
	ret_files->items =
		arena_array(&ret_files->arena, list.list.count + 1, sizeof(*ret_files->items));
	if (ret_files->items == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; err == ERR_OK && i < list.list.count; i++) {
		err = file_read(&list.list.items[i], i, &ret_files->items[i], fault);
	}
	ret_files->count = err == ERR_OK ? list.list.count : 0;
	return err;
}

/* Relative, of plain names, at most <area>/<kind>/<file>.yaml. */
static bool path_ok(struct str path)
{
	static const struct str ending = {".yaml", 5};
	size_t parts = 1;
	size_t part = 0; /* where it begins */
	if (path.len <= ending.len || path.len > PATH_BYTES_MAX || str_has_control(path, false) ||
		memcmp(path.ptr + path.len - ending.len, ending.ptr, ending.len) != 0) {
		return false;
	}
	for (size_t i = 0; i <= path.len; i++) {
		if (i < path.len && path.ptr[i] != '/') {
			continue;
		}
		if (i == part || path.ptr[part] == '.') {
			return false; /* empty, hidden, "." or ".." */
		}
		parts += i < path.len;
		part = i + 1;
	}
	return parts <= PARTS_MAX;
}

enum err packed_check(const struct directory_files *files, struct fault *fault)
{
	char at[48];
	for (size_t i = 0; i < files->count; i++) {
		const struct directory_file *file = &files->items[i];
		(void)snprintf(at, sizeof(at), "upload[%zu].path", i);
		if (!path_ok(file->path)) {
			return fault_set(fault, ERR_INVALID, at,
				"a path is relative, has at most three parts without a dot before "
				"them, and ends in .yaml");
		}
		if (i > 0 && str_compare(files->items[i - 1].path, file->path) >= 0) {
			return fault_set(fault, ERR_INVALID, at,
				"paths are sorted by their bytes, and none stands twice");
		}
		if (file->bytes.len > FILE_BYTES_MAX) {
			return fault_set(fault, ERR_TOO_LARGE, at, "larger than 256 KiB");
		}
	}
	return ERR_OK;
}
