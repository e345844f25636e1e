/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/directory_held.h"

#include "broker/cli/directory_source.h"

#include <stdlib.h>

enum {
	VERSION_DIGITS = 18
};

bool directory_held_is_version(const char *name)
{
	const size_t digits = strspn(name, "0123456789");
	return digits > 0 && name[digits] == '\0';
}

static enum err fetched_read(struct cli *cli, struct directory_held *held)
{
	uint64_t version = 0;
	if (held->name != NULL) {
		version = strlen(held->name) > VERSION_DIGITS ? 0 : strtoull(held->name, NULL, 10);
		if (version == 0) {
			return fault_set(&cli->fault, ERR_USAGE, held->name,
				"is no version; the first is 1");
		}
	}
	const enum err err = directory_fetch(cli, version, &held->fetched);
	held->files = &held->fetched.files;
	held->title = arena_printf(&cli->arena, "version %llu%s",
		(unsigned long long)held->fetched.version, version == 0 ? " (in force)" : "");
	return err;
}

static enum err folder_read(struct cli *cli, struct directory_held *held)
{
	const char *root = held->name;
	const enum err err = directory_source_files(cli, &root, &held->area, &held->folder);
	held->files = &held->folder;
	held->title = arena_printf(&cli->arena, "the folder %s", held->name);
	return err;
}

static void area_keep(struct directory_held *held, struct str area)
{
	struct directory_files *files =
		held->files == &held->folder ? &held->folder : &held->fetched.files;
	size_t kept = 0;
	for (size_t i = 0; i < files->count; i++) {
		if (str_has_prefix(files->items[i].path, area)) {
			files->items[kept++] = files->items[i];
		}
	}
	files->count = kept;
}

enum err directory_held_read(struct cli *cli, struct directory_held pair[2])
{
	for (size_t i = 0; i < 2; i++) {
		const bool folder =
			pair[i].name != NULL && !directory_held_is_version(pair[i].name);
		const enum err err =
			folder ? folder_read(cli, &pair[i]) : fetched_read(cli, &pair[i]);
		if (err != ERR_OK) {
			return err;
		}
	}
	for (size_t i = 0; i < 2; i++) {
		const struct str area = pair[i].area.len > 0 ? pair[i].area : pair[1 - i].area;
		area_keep(&pair[i], area);
		const char *root = pair[i].name == NULL ? "in force" : pair[i].name;
		const enum err err =
			directory_source_load(cli, pair[i].files, root, &pair[i].directory);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

void directory_held_finish(struct directory_held *held)
{
	directory_destroy(held->directory);
	directory_files_finish(&held->folder);
	directory_fetched_finish(&held->fetched);
	*held = (struct directory_held){0};
}
