/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/rules_files.h"
#include "broker/base/text.h"
#include "broker/review/review.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
	RULES_FILE_BYTES = 4 * 1024 * 1024, /* a table of some ten thousand rows */
	RULES_FOLDER_DEPTH = 8
};

static enum err unreadable(struct cli *cli, const char *path, enum err err)
{
	return fault_set(&cli->fault, ERR_IO, path, "%s",
		err == ERR_NOT_FOUND   ? "there is no such file or folder"
		: err == ERR_TOO_LARGE ? "over 4 MiB"
				       : "cannot be read");
}

static enum err stream_text(struct cli *cli, struct buf *text)
{
	char chunk[65536];
	size_t len;
	while ((len = fread(chunk, 1, sizeof(chunk), cli->in)) > 0) {
		if (text->len + len > RULES_FILE_BYTES) {
			return ERR_TOO_LARGE;
		}
		buf_append(text, chunk, len);
	}
	return ferror(cli->in) != 0 ? ERR_IO : ERR_OK;
}

enum err rules_file_text(struct cli *cli, const char *path, struct str *ret_text)
{
	struct buf text = {0};
	const bool stream = strcmp(path, "-") == 0;
	const enum err err =
		stream ? stream_text(cli, &text) : buf_read_file(&text, path, RULES_FILE_BYTES);
	if (err == ERR_OK) {
		*ret_text = arena_str(&cli->arena, buf_str(&text));
	}
	buf_finish(&text);
	return err == ERR_OK ? ERR_OK : unreadable(cli, stream ? "standard input" : path, err);
}

static enum err file_add(struct cli *cli, const char *path, struct rules_files *files)
{
	if (files->count == files->room) {
		const size_t room = files->room == 0 ? 64 : files->room * 2;
		struct author_file *items = arena_array(&cli->arena, room, sizeof(*items));
		if (items == NULL) {
			return ERR_NOMEM;
		}
		if (files->count > 0) {
			memcpy(items, files->items, files->count * sizeof(*items));
		}
		files->items = items;
		files->room = room;
	}
	struct author_file *file = &files->items[files->count];
	const enum err err = rules_file_text(cli, path, &file->bytes);
	if (err == ERR_OK) {
		file->path = arena_str(
			&cli->arena, strcmp(path, "-") == 0 ? STR("stdin.cel") : str_from(path));
		files->count++;
	}
	return err;
}

static bool is_rules_file(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot != NULL &&
	       (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".csv") == 0 || strcmp(dot, ".cel") == 0);
}

static int file_order(const void *a, const void *b)
{
	return str_compare(
		((const struct author_file *)a)->path, ((const struct author_file *)b)->path);
}

static enum err folder_read(
	struct cli *cli, const char *folder, unsigned depth, struct rules_files *files)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	enum err err = ERR_OK;
	if (dir == NULL) {
		return unreadable(cli, folder, ERR_IO);
	}
	while (err == ERR_OK && (entry = readdir(dir)) != NULL) {
		char path[PATH_MAX];
		struct stat st;
		const int len = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] == '.' || len < 0 || (size_t)len >= sizeof(path) ||
			stat(path, &st) != 0) {
			continue;
		}
		if (S_ISDIR(st.st_mode) && depth < RULES_FOLDER_DEPTH) {
			err = folder_read(cli, path, depth + 1, files);
		} else if (S_ISREG(st.st_mode) && is_rules_file(entry->d_name)) {
			err = file_add(cli, path, files);
		}
	}
	(void)closedir(dir);
	return err;
}

enum err rules_files_read(struct cli *cli, const char *path, struct rules_files *files)
{
	struct stat st;
	enum err err;
	char folder[PATH_MAX];
	if (strcmp(path, "-") == 0) {
		return file_add(cli, path, files);
	}
	if (stat(path, &st) != 0) {
		return unreadable(cli, path, ERR_NOT_FOUND);
	}
	if (!S_ISDIR(st.st_mode)) {
		return file_add(cli, path, files);
	}
	(void)snprintf(folder, sizeof(folder), "%s", path);
	for (size_t len = strlen(folder); len > 1 && folder[len - 1] == '/'; len--) {
		folder[len - 1] = '\0';
	}
	err = folder_read(cli, folder, 0, files);
	if (err == ERR_OK && files->count > 1) {
		qsort(files->items, files->count, sizeof(*files->items), file_order);
	}
	return err;
}

enum err rules_schema(struct cli *cli, struct author_schema *ret_schema)
{
	const enum err err = review_schema(&cli->arena, ret_schema);
	return err == ERR_OK ? ERR_OK : fault_set(&cli->fault, err, "", "out of memory");
}

const char *rules_folder(struct cli *cli)
{
	const char *folder = cli_home_file(cli, "directory");
	return folder == NULL ? "directory" : folder;
}

/* A table of tests is known by its `cases`, or by being CSV; everything else may be a service. */
void rules_sort_files(const struct rules_files *files, struct author_book *book,
	struct author_table *table, struct author_findings *findings,
	struct author_findings *table_findings)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct author_file *file = &files->items[i];
		const size_t before = table_findings->count;
		const bool cel = file->path.len > 4 &&
				 memcmp(file->path.ptr + file->path.len - 4, ".cel", 4) == 0;
		const bool tests =
			!cel && author_table_add(table, file, book->schema, table_findings);
		if (!tests && table_findings->count == before) {
			(void)author_book_add(book, file, findings);
		}
	}
}

void rules_print_count(struct buf *out, size_t count, const char *one)
{
	buf_printf(out, "%zu %s%s", count, one, count == 1 ? "" : "s");
}

void rules_print_finding(struct buf *out, const struct author_finding *finding)
{
	text_data(out, finding->file);
	if (finding->line > 0) {
		buf_printf(out, ":%u", finding->line);
	}
	if (finding->column > 0) {
		buf_printf(out, ":%u", finding->column);
	}
	buf_printf(out, ": %s: ", author_level_name(finding->level));
	if (finding->clause.len > 0 && !str_equal(finding->clause, finding->service)) {
		text_data(out, finding->clause);
		buf_add_text(out, ": ");
	}
	text_data(out, finding->message);
	buf_printf(out, " [%s]\n", finding->code);
	if (finding->excerpt.len == 0 || finding->column == 0) {
		return;
	}
	buf_printf(out, "%5u | ", finding->line);
	text_data(out, finding->excerpt);
	buf_printf(out, "\n      | %*s^", (int)(finding->column - 1), "");
	for (unsigned i = 1; i < finding->width; i++) {
		buf_add_text(out, "~");
	}
	buf_add_text(out, "\n");
}

struct value rules_finding_value(struct cli *cli, const struct author_finding *finding)
{
	struct arena *arena = &cli->arena;
	struct value map = value_map_new(arena, 8);
	value_put(arena, &map, "level", value_of_text(author_level_name(finding->level)));
	value_put(arena, &map, "code", value_of_text(finding->code));
	value_put(arena, &map, "file", value_of_str(finding->file));
	value_put(arena, &map, "line", value_of_int((int64_t)finding->line));
	value_put(arena, &map, "column", value_of_int((int64_t)finding->column));
	value_put(arena, &map, "service", value_of_str(finding->service));
	value_put(arena, &map, "clause", value_of_str(finding->clause));
	value_put(arena, &map, "message", value_of_str(finding->message));
	return map;
}
