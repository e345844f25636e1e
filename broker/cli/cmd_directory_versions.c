/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/commands.h"
#include "broker/cli/directory_fetch.h"
#include "broker/cli/directory_made.h"
#include "broker/cli/input.h"
#include "broker/cli/session.h"
#include "broker/cli/view.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* directory versions, directory fetch: what was published, and its files. */

int cmd_directory_versions(struct cli *cli)
{
	struct wire_request request = {.header.type = WIRE_VERSIONS};
	struct value items = {0};
	const enum err err = session_pages(cli, &request, &items);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer_items(cli, &items, view_versions);
	return EXIT_DONE;
}

static enum err io_fault(struct cli *cli, const char *path)
{
	return fault_set(&cli->fault, errno == EEXIST || errno == ENOTEMPTY ? ERR_EXISTS : ERR_IO,
		path, "%s",
		errno == EEXIST || errno == ENOTEMPTY
			? "is there already, and is no empty folder: name one that is not there"
			: "cannot be written");
}

/* Folders that the file's path needs; the paths were checked when they came. */
static enum err file_write(struct cli *cli, const char *root, const struct directory_file *file)
{
	char path[PATH_MAX];
	const int len = snprintf(path, sizeof(path), "%s/%.*s", root, STR_ARG(file->path));
	if (len < 0 || (size_t)len >= sizeof(path)) {
		return fault_set(&cli->fault, ERR_TOO_LARGE, root, "the path is too long");
	}
	for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST) {
			return io_fault(cli, path);
		}
		*slash = '/';
	}
	FILE *out = fopen(path, "wx");
	if (out == NULL) {
		return io_fault(cli, path);
	}
	const bool written = fwrite(file->bytes.ptr, 1, file->bytes.len, out) == file->bytes.len;
	return fclose(out) == 0 && written ? ERR_OK : io_fault(cli, path);
}

/* Beside it first: the folder is there whole, or not at all. */
static enum err folder_write(
	struct cli *cli, const char *folder, const struct directory_fetched *fetched)
{
	const struct directory_files *files = &fetched->files;
	const struct str beside = arena_printf(&cli->arena, "%s.part-%ld", folder, (long)getpid());
	if (beside.ptr == NULL) {
		return ERR_NOMEM;
	}
	if (mkdir(beside.ptr, 0700) != 0) {
		return io_fault(cli, beside.ptr);
	}
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < files->count; i++) {
		err = file_write(cli, beside.ptr, &files->items[i]);
	}
	if (err == ERR_OK) {
		err = directory_made_keep(cli, beside.ptr, fetched->version);
	}
	if (err == ERR_OK && rename(beside.ptr, folder) != 0) {
		err = io_fault(cli, folder);
	}
	if (err != ERR_OK) {
		cli_note(cli, "%s holds what was written so far", beside.ptr);
	}
	return err;
}

static bool is_empty(const char *folder)
{
	DIR *dir = opendir(folder);
	if (dir == NULL) {
		return false;
	}
	size_t count = 0;
	while (readdir(dir) != NULL) {
		count++;
	}
	(void)closedir(dir);
	return count <= 2; /* itself and the one above */
}

/* Before anything is asked: a folder with files of somebody's is left alone. */
static enum err folder_free(struct cli *cli, const char **ret_folder)
{
	struct stat st;
	char path[PATH_MAX];
	const char *folder = cli_option(cli, OPTION_OUTPUT);
	if (folder == NULL || folder[0] == '\0') {
		return fault_set(
			&cli->fault, ERR_USAGE, "--output", "name the folder that is to be made");
	}
	str_copy(path, sizeof(path), str_from(folder));
	for (size_t len = strlen(path); len > 1 && path[len - 1] == '/'; len--) {
		path[len - 1] = '\0';
	}
	*ret_folder = arena_str(&cli->arena, str_from(path)).ptr;
	if (*ret_folder == NULL) {
		return ERR_NOMEM;
	}
	if (lstat(path, &st) != 0 || (S_ISDIR(st.st_mode) && is_empty(path))) {
		return ERR_OK;
	}
	errno = EEXIST;
	return io_fault(cli, folder);
}

static void view_fetched(struct buf *out, const struct names *names, const struct value *body)
{
	(void)names;
	buf_printf(out, "version %lld: %lld files in ",
		(long long)value_get_int(body, "version", 0),
		(long long)value_get_int(body, "files", 0));
	buf_add_str(out, value_get_str(body, "path"));
	buf_add_text(out, "\n");
}

int cmd_directory_fetch(struct cli *cli)
{
	struct directory_fetched fetched = {0};
	const char *folder = NULL;
	uint64_t version = 0;
	enum err err = input_version(cli, "VERSION", cli->args.arguments[0], &version);
	if (err == ERR_OK) {
		err = folder_free(cli, &folder);
	}
	if (err == ERR_OK) {
		err = directory_fetch(cli, version, &fetched);
	}
	if (err == ERR_OK) {
		err = folder_write(cli, folder, &fetched);
	}
	struct value body = value_map_new(&cli->arena, 3);
	value_put(&cli->arena, &body, "version", value_of_int((int64_t)fetched.version));
	value_put(&cli->arena, &body, "files", value_of_int((int64_t)fetched.files.count));
	value_put(&cli->arena, &body, "path", value_of_text(folder));
	directory_fetched_finish(&fetched);
	if (err != ERR_OK) {
		return cli_failed(cli, err);
	}
	cli_answer(cli, &body, view_fetched);
	return EXIT_DONE;
}
