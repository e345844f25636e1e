/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a service, an organisation and an area: loading answers with a directory or with
 * problems, and never more.
 */
#include "directory/check.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool clause_ok(void *context, struct str cel, unsigned *ret_line, unsigned *ret_column,
	char *message, size_t message_size)
{
	(void)context;
	*ret_line = 3;
	*ret_column = 1;
	str_copy(message, message_size, STR("wrong"));
	return cel.len % 2 == 0;
}

static int field_class(void *context, struct str path)
{
	(void)context;
	return path.len == 0 ? 0 : (int)(path.len % 6);
}

/* For an author the same is wrong, all of it is kept, and something is there to be looked at. */
static void check_all(const struct directory_files *files,
	const struct directory_rulebook *rulebook, size_t count)
{
	struct directory *directory = NULL;
	struct directory_problems problems;
	const enum err err = directory_load_all(files, rulebook, NULL, &directory, &problems);
	if (problems.count != count || problems.kept != count || directory == NULL ||
		(err == ERR_OK) != (count == 0)) {
		abort();
	}
	directory_problems_finish(&problems);
	directory_destroy(directory);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct str words[] = {
		{"accommodation", 13}, {"diversion", 9}, {"foreign-national", 16}, {"police", 6}};
	const struct directory_list known = {words, 4};
	const struct directory_rulebook rulebook = {
		.needs = known,
		.pathways = known,
		.specialist_groups = known,
		.party_kinds = known,
		.clause_ok = clause_ok,
		.field_class = field_class,
	};
	const struct str input = {(const char *)bytes, size};
	struct directory_file items[] = {
		{STR("area/area.yaml"), input},
		{STR("area/organisations/centre.yaml"),
			STR("id: centre\nname: Centre\nparty_kind: police\n")},
		{STR("area/organisations/sample.yaml"), input},
		{STR("area/services/sample.yaml"), input},
	};
	struct directory_files files = {.items = items, .count = 4};
	struct directory *directory = NULL;
	struct directory_problems problems;
	/* As a service alone first: the other two would always find fault. */
	files.items = &items[1];
	items[2] = items[3];
	files.count = 2;
	const enum err err = directory_load(&files, &rulebook, &directory, &problems);
	check_all(&files, &rulebook, problems.count);
	if ((err == ERR_OK) != (problems.count == 0) || (err == ERR_OK) != (directory != NULL)) {
		abort();
	}
	directory_problems_finish(&problems);
	directory_destroy(directory);
	directory = NULL;
	items[2] = (struct directory_file){STR("area/organisations/sample.yaml"), input};
	files.items = items;
	files.count = 4;
	if (directory_load(&files, &rulebook, &directory, &problems) == ERR_OK) {
		abort();
	}
	directory_problems_finish(&problems);
	return 0;
}
