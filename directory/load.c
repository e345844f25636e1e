/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"
#include "broker/base/limits.h"
#include "directory/check.h"
#include "directory/place.h"

#include <stdlib.h>

enum {
	WATCH_EVERY = 1024 /* files; a fraction of a second */
};

/* Read, with where it was read; not yet in order. */
struct read_service {
	struct directory_service service;
	struct service_lines lines;
};

struct read_organisation {
	struct directory_organisation organisation;
	struct str file;
	unsigned line;
};

struct loading {
	struct reader reader;
	struct directory_files files; /* a sorted view of the caller's */
	struct arena work;            /* for the whole load; scratch is for one file */
	struct arena scratch;
	struct read_service *services;
	struct read_organisation *organisations;
	struct directory_area *areas;
	size_t service_count, organisation_count, area_count;
	size_t service_files; /* with those that could not be parsed */
	const struct directory_watch *watch;
};

static enum err file_parse(struct loading *loading, const struct directory_file *file,
	const struct yaml_node **ret_root)
{
	struct reader *reader = &loading->reader;
	struct yaml_error error = {0};
	reader->file = file->path;
	arena_reset(&loading->scratch);
	const enum err err = yaml_parse(&loading->scratch, file->bytes, ret_root, &error);
	if (err == ERR_MALFORMED) {
		reader->code = "not-yaml";
		reader_problem_at(reader, file->path, error.line, "", "%s", error.message);
	}
	return err;
}

/* Where the key stands; of one that is not there, where the id does. */
static unsigned key_line(const struct yaml_node *root, const char *key)
{
	const struct yaml_node *node = yaml_get(root, key);
	node = node == NULL ? yaml_get(root, "id") : node;
	return node == NULL ? root->line : node->key_line == 0 ? node->line : node->key_line;
}

static unsigned id_line(const struct yaml_node *root)
{
	return key_line(root, "id");
}

/* The file's name is its id: one is found by the other. */
static void id_check(struct reader *reader, const struct yaml_node *root, struct str id,
	struct str named, const char *by)
{
	if (id.len > 0 && !str_equal(id, named)) {
		const struct str shown = reader_shown(reader, named);
		reader_problem_at(reader, reader->file, id_line(root), "id", "the %s says \"%.*s\"",
			by, STR_ARG(shown));
	}
}

static enum err surroundings_read(struct loading *loading, const struct directory_file *file)
{
	struct reader *reader = &loading->reader;
	const struct place place = place_of(file->path);
	const struct yaml_node *root;
	if (place.kind == FILE_SERVICE) {
		return ERR_OK;
	}
	if (place.kind == FILE_MISPLACED || !reader_is_slug(place.area)) {
		reader->code = "misplaced";
		reader_problem_at(reader, file->path, 0, "",
			"has no place here: <area>/area.yaml, <area>/organisations/<id>.yaml, "
			"<area>/services/<id>.yaml below the folder of all areas");
		return ERR_OK;
	}
	const enum err err = file_parse(loading, file, &root);
	if (err != ERR_OK) {
		return err;
	}
	if (place.kind == FILE_AREA) {
		struct directory_area *area = &loading->areas[loading->area_count++];
		area_read(reader, root, area);
		id_check(reader, root, area->id, place.area, "folder's name");
		return ERR_OK;
	}
	struct read_organisation *entry = &loading->organisations[loading->organisation_count];
	organisation_read(reader, root, &entry->organisation);
	id_check(reader, root, entry->organisation.id, place.stem, "file's name");
	if (entry->organisation.id.len > 0) {
		entry->file = file->path;
		entry->line = id_line(root);
		loading->organisation_count++;
	}
	return ERR_OK;
}

static int organisation_order(const void *a, const void *b)
{
	const struct read_organisation *left = a;
	const struct read_organisation *right = b;
	const int order = str_compare(left->organisation.id, right->organisation.id);
	return order != 0 ? order : str_compare(left->file, right->file);
}

/* Joins what another area says of the same organisation; what both state must agree. */
static void organisation_join(struct reader *reader, struct directory_organisation *known,
	const struct read_organisation *again, struct str known_file)
{
	const struct {
		const char *field;
		struct str *known;
		struct str again;
	} parts[] = {
		{"name", &known->name, again->organisation.name},
		{"party_kind", &known->party_kind, again->organisation.party_kind},
		{"faith_ethos", &known->faith_ethos, again->organisation.faith_ethos},
		{"contact", &known->contact, again->organisation.contact},
	};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].known->len == 0) {
			*parts[i].known = parts[i].again;
		} else if (parts[i].again.len > 0 && !str_equal(*parts[i].known, parts[i].again)) {
			reader_problem_at(reader, again->file, again->line, parts[i].field,
				"differs from %.*s, which describes the same organisation",
				STR_ARG(known_file));
		}
	}
	known->advice_contact = known->advice_contact || again->organisation.advice_contact;
}

static enum err areas_settle(struct loading *loading)
{
	struct directory *directory = loading->reader.directory;
	struct directory_area *items =
		arena_array(loading->reader.arena, loading->area_count, sizeof(*items));
	if (items == NULL) {
		return ERR_NOMEM;
	}
	if (loading->area_count > 0) {
		memcpy(items, loading->areas, loading->area_count * sizeof(*items));
	}
	directory->areas = items;
	directory->area_count = loading->area_count;
	return ERR_OK;
}

static enum err organisations_settle(struct loading *loading)
{
	struct reader *reader = &loading->reader;
	struct directory *directory = reader->directory;
	const size_t count = loading->organisation_count;
	struct directory_organisation *items = arena_array(reader->arena, count, sizeof(*items));
	struct str *ids = arena_array(&loading->work, count, sizeof(*ids));
	if (items == NULL || ids == NULL) {
		return ERR_NOMEM;
	}
	qsort(loading->organisations, count, sizeof(*loading->organisations), organisation_order);
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		const struct read_organisation *entry = &loading->organisations[i];
		if (kept > 0 && str_equal(items[kept - 1].id, entry->organisation.id)) {
			organisation_join(reader, &items[kept - 1], entry,
				loading->organisations[i - 1].file);
			continue;
		}
		ids[kept] = entry->organisation.id;
		items[kept++] = entry->organisation;
	}
	directory->organisations = items;
	directory->organisation_count = kept;
	reader->organisation_ids = (struct directory_list){ids, kept};
	return ERR_OK;
}

static enum err service_file_read(struct loading *loading, const struct directory_file *file)
{
	const struct place place = place_of(file->path);
	const struct yaml_node *root;
	if (place.kind != FILE_SERVICE || !reader_is_slug(place.area)) {
		return ERR_OK;
	}
	loading->service_files++;
	const enum err err = file_parse(loading, file, &root);
	if (err != ERR_OK) {
		return err;
	}
	struct read_service *entry = &loading->services[loading->service_count];
	service_read(&loading->reader, root, &entry->service);
	id_check(&loading->reader, root, entry->service.id, place.stem, "file's name");
	entry->lines = (struct service_lines){
		.id = id_line(root),
		.window = key_line(root, "window"),
		.capacity = key_line(root, "capacity"),
		.successor = key_line(root, "successor"),
	};
	loading->service_count++;
	return ERR_OK;
}

static int service_order(const void *a, const void *b)
{
	const struct directory_service *left = &((const struct read_service *)a)->service;
	const struct directory_service *right = &((const struct read_service *)b)->service;
	const int order = str_compare(left->id, right->id);
	return order != 0 ? order : str_compare(left->file, right->file);
}

static enum err services_settle(struct loading *loading)
{
	struct reader *reader = &loading->reader;
	const size_t count = loading->service_count;
	struct directory_service *items = arena_array(reader->arena, count, sizeof(*items));
	struct service_lines *lines = arena_array(&loading->work, count, sizeof(*lines));
	if (items == NULL || lines == NULL) {
		return ERR_NOMEM;
	}
	if (loading->service_files == 0 || loading->service_files > LIMIT_SERVICES) {
		reader_problem_at(reader, (struct str){0}, 0, "",
			"the directory holds %zu services; 1 to %d make sense",
			loading->service_files, LIMIT_SERVICES);
	}
	qsort(loading->services, count, sizeof(*loading->services), service_order);
	for (size_t i = 0; i < count; i++) {
		items[i] = loading->services[i].service;
		lines[i] = loading->services[i].lines;
	}
	reader->directory->services = items;
	reader->directory->service_count = count;
	arena_reset(&loading->scratch);
	services_check(reader, lines);
	return ERR_OK;
}

static enum err files_settle(struct loading *loading, const struct directory_files *files)
{
	struct directory_file *items = arena_array(&loading->work, files->count, sizeof(*items));
	loading->services = arena_array(&loading->work, files->count, sizeof(*loading->services));
	loading->organisations =
		arena_array(&loading->work, files->count, sizeof(*loading->organisations));
	loading->areas = arena_array(&loading->work, files->count, sizeof(*loading->areas));
	if (arena_failed(&loading->work)) {
		return ERR_NOMEM;
	}
	if (files->count > 0) {
		memcpy(items, files->items, files->count * sizeof(*items));
	}
	loading->files = (struct directory_files){.items = items, .count = files->count};
	directory_files_sort(&loading->files);
	directory_files_hash(&loading->files, loading->reader.directory->hash);
	return ERR_OK;
}

/* A file that is not YAML is a problem like any other: the rest is still read. */
static enum err files_visit(struct loading *loading,
	enum err (*visit)(struct loading *loading, const struct directory_file *file))
{
	for (size_t i = 0; i < loading->files.count; i++) {
		if (loading->watch != NULL && i % WATCH_EVERY == 0) {
			loading->watch->step(loading->watch->context, i, loading->files.count);
		}
		const enum err err = visit(loading, &loading->files.items[i]);
		if (err != ERR_OK && err != ERR_MALFORMED) {
			return err;
		}
		if (arena_failed(&loading->scratch) || arena_failed(loading->reader.arena)) {
			return ERR_NOMEM;
		}
	}
	return ERR_OK;
}

static enum err loading_run(struct loading *loading, const struct directory_files *files)
{
	enum err err = files_settle(loading, files);
	if (err == ERR_OK) {
		err = files_visit(loading, surroundings_read);
	}
	if (err == ERR_OK) {
		err = areas_settle(loading);
	}
	if (err == ERR_OK) {
		err = organisations_settle(loading);
	}
	if (err == ERR_OK) {
		err = files_visit(loading, service_file_read);
	}
	if (err == ERR_OK) {
		err = services_settle(loading);
	}
	if (err == ERR_OK) {
		err = index_build(loading->reader.directory);
	}
	return err == ERR_OK && loading->reader.problems->count > 0 ? ERR_CONFIG : err;
}

/* With `all` a directory with problems is handed out as well. */
static enum err load(const struct directory_files *files, const struct directory_rulebook *rulebook,
	const struct directory_watch *watch, bool all, struct directory **ret_directory,
	struct directory_problems *problems)
{
	*problems =
		(struct directory_problems){.room = all ? DIRECTORY_PROBLEMS_ALL : PROBLEMS_KEPT};
	arena_init(&problems->arena, 0);
	struct directory *directory = calloc(1, sizeof(*directory));
	if (directory == NULL) {
		return ERR_NOMEM;
	}
	arena_init(&directory->arena, 0);
	struct loading loading = {
		.reader = {.rulebook = rulebook,
			.directory = directory,
			.problems = problems,
			.arena = &directory->arena},
		.watch = watch,
	};
	loading.reader.scratch = &loading.scratch;
	arena_init(&loading.work, 0);
	arena_init(&loading.scratch, 0);
	const enum err err = loading_run(&loading, files);
	problems_sort(problems);
	intern_finish(&loading.reader.texts);
	intern_finish(&loading.reader.clauses);
	arena_finish(&loading.scratch);
	arena_finish(&loading.work);
	if (err != ERR_OK && (!all || err != ERR_CONFIG)) {
		directory_destroy(directory);
		return err;
	}
	*ret_directory = directory;
	return err;
}

enum err directory_load(const struct directory_files *files,
	const struct directory_rulebook *rulebook, struct directory **ret_directory,
	struct directory_problems *problems)
{
	return load(files, rulebook, NULL, false, ret_directory, problems);
}

enum err directory_load_watched(const struct directory_files *files,
	const struct directory_rulebook *rulebook, const struct directory_watch *watch,
	struct directory **ret_directory, struct directory_problems *problems)
{
	return load(files, rulebook, watch, false, ret_directory, problems);
}

enum err directory_load_all(const struct directory_files *files,
	const struct directory_rulebook *rulebook, const struct directory_watch *watch,
	struct directory **ret_directory, struct directory_problems *problems)
{
	return load(files, rulebook, watch, true, ret_directory, problems);
}

void directory_destroy(struct directory *directory)
{
	if (directory != NULL) {
		arena_finish(&directory->arena);
		free(directory);
	}
}
