/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/home_make.h"

#include "broker/base/buf.h"
#include "broker/cli/home_parties.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DATA_FILE_BYTES = 1024 * 1024, /* of one file of a directory */
	DATA_DEPTH = 3                 /* area, kind, file */
};

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum err home_data_find(char out[HOME_PATH_SIZE])
{
	static const char *const beside[] = {
		"../share/onward/directory", "../../../directory/data"};
	char program[HOME_PATH_SIZE];
	const char *named = getenv("ONWARD_DATA");
	if (named != NULL && is_folder(named)) {
		str_copy(out, HOME_PATH_SIZE, str_from(named));
		return ERR_OK;
	}
	const ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	if (len <= 0) {
		return ERR_NOT_FOUND;
	}
	program[len] = '\0';
	char *slash = strrchr(program, '/');
	if (slash == NULL) {
		return ERR_NOT_FOUND;
	}
	*slash = '\0';
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		const int written = snprintf(out, HOME_PATH_SIZE, "%s/%s", program, beside[i]);
		if (written > 0 && written < HOME_PATH_SIZE && is_folder(out)) {
			return ERR_OK;
		}
	}
	return ERR_NOT_FOUND;
}

static enum err join(char out[HOME_PATH_SIZE], const char *folder, const char *name)
{
	const int len = snprintf(out, HOME_PATH_SIZE, "%s/%s", folder, name);
	return len > 0 && len < HOME_PATH_SIZE ? ERR_OK : ERR_TOO_LARGE;
}

static enum err make_folder(const char *path, mode_t mode, struct fault *fault)
{
	if (mkdir(path, mode) != 0 && errno != EEXIST) {
		return fault_set(
			fault, ERR_IO, path, "the folder cannot be made: %s", strerror(errno));
	}
	return chmod(path, mode) == 0 ? ERR_OK
				      : fault_set(fault, ERR_IO, path, "its mode cannot be set");
}

static enum err copy_file(const char *from, const char *to, struct fault *fault)
{
	struct buf content = {0};
	enum err err = buf_read_file(&content, from, DATA_FILE_BYTES);
	if (err == ERR_OK) {
		err = buf_write_file(buf_str(&content), to, 0644);
	}
	buf_finish(&content);
	return err == ERR_OK ? ERR_OK : fault_set(fault, err, from, "cannot be copied to %s", to);
}

static enum err copy_folder(const char *from, const char *to, unsigned depth, struct fault *fault)
{
	struct dirent **entries = NULL;
	enum err err = make_folder(to, 0755, fault);
	const int count = err == ERR_OK ? scandir(from, &entries, NULL, alphasort) : 0;
	if (count < 0) {
		return fault_set(fault, ERR_IO, from, "the folder cannot be read");
	}
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		char source[HOME_PATH_SIZE], target[HOME_PATH_SIZE];
		if (err == ERR_OK && name[0] != '.') {
			err = join(source, from, name);
			err = err == ERR_OK ? join(target, to, name) : err;
			if (err == ERR_OK && is_folder(source) && depth < DATA_DEPTH) {
				err = copy_folder(source, target, depth + 1, fault);
			} else if (err == ERR_OK && !is_folder(source)) {
				err = copy_file(source, target, fault);
			}
		}
		free(entries[i]);
	}
	free(entries);
	return err;
}

/* The folder is there and empty, or is made. */
static enum err take_folder(const char *home, struct fault *fault)
{
	DIR *dir = opendir(home);
	if (dir == NULL) {
		if (errno != ENOENT) {
			return fault_set(fault, ERR_EXISTS, home,
				"is there and is no folder that can be read");
		}
		return make_folder(home, 0755, fault);
	}
	const struct dirent *entry;
	bool empty = true;
	while ((entry = readdir(dir)) != NULL) {
		empty = empty &&
			(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
	}
	(void)closedir(dir);
	return empty ? ERR_OK
		     : fault_set(fault, ERR_EXISTS, home,
			       "the folder is not empty; a home begins in an empty one");
}

static enum err copy_areas(const struct home_plan *plan, struct fault *fault)
{
	char root[HOME_PATH_SIZE];
	enum err err = home_path(plan->home, HOME_DIRECTORY, root);
	if (err == ERR_OK) {
		err = make_folder(root, 0755, fault);
	}
	for (size_t i = 0; err == ERR_OK && i < plan->area_count; i++) {
		char name[128], from[HOME_PATH_SIZE], to[HOME_PATH_SIZE];
		str_copy(name, sizeof(name), plan->areas[i]);
		err = join(from, plan->data, name);
		err = err == ERR_OK ? join(to, root, name) : err;
		err = err == ERR_OK ? copy_folder(from, to, 1, fault) : err;
	}
	return err;
}

static enum err check_areas(const struct home_plan *plan, struct fault *fault)
{
	for (size_t i = 0; i < plan->area_count; i++) {
		char name[128], path[HOME_PATH_SIZE];
		str_copy(name, sizeof(name), plan->areas[i]);
		if (!party_id_ok(plan->areas[i]) || join(path, plan->data, name) != ERR_OK ||
			!is_folder(path)) {
			return fault_set(fault, ERR_INVALID, "--area",
				"there is no area \"%.*s\" in %s", STR_ARG(plan->areas[i]),
				plan->data);
		}
	}
	return ERR_OK;
}

static enum err write_config(const struct home_plan *plan, struct fault *fault)
{
	struct config config;
	char path[HOME_PATH_SIZE];
	config_init(&config);
	config.rehearsal = plan->rehearsal;
	enum err err = ERR_OK;
	if (plan->listen != NULL) {
		err = config_listen(&config, plan->listen, fault);
	}
	if (err == ERR_OK) {
		err = home_path(plan->home, HOME_CONFIG, path);
	}
	return err == ERR_OK ? config_write(path, &config, fault) : err;
}

enum err home_make(const struct home_plan *plan, struct home_made *ret_made, struct fault *fault)
{
	static const struct {
		enum home_part part;
		mode_t mode;
	} folders[] = {{HOME_KEYS, 0700}, {HOME_STORE, 0700}, {HOME_RUN, 0700}};
	struct home_made made = {0};
	struct config unused;
	config_init(&unused);
	/* What can be wrong is found before anything is made. */
	enum err err = plan->listen == NULL ? ERR_OK : config_listen(&unused, plan->listen, fault);
	if (err == ERR_OK) {
		err = check_areas(plan, fault);
	}
	if (err == ERR_OK) {
		err = take_folder(plan->home, fault);
	}
	for (size_t i = 0; err == ERR_OK && i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[HOME_PATH_SIZE];
		err = home_path(plan->home, folders[i].part, path);
		err = err == ERR_OK ? make_folder(path, folders[i].mode, fault) : err;
	}
	if (err == ERR_OK) {
		err = copy_areas(plan, fault);
	}
	if (err == ERR_OK) {
		err = home_parties_make(
			plan->home, plan->rehearsal, &made.parties, &made.services, fault);
	}
	/* Last, because it is what makes a folder a home. */
	if (err == ERR_OK) {
		err = write_config(plan, fault);
	}
	if (err == ERR_OK) {
		*ret_made = made;
	}
	return err;
}
