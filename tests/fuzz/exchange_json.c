/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a feed of JSON: whatever comes of it, every draft can be read as a file of a
 * directory is read, has a path made of slugs, and the report holds no line end.
 */
#include "broker/base/yaml.h"
#include "directory/exchange/exchange.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static enum err draft_check(void *context, struct str path, struct str yaml)
{
	struct arena arena;
	struct yaml_error error;
	const struct yaml_node *root = NULL;
	(void)context;
	arena_init(&arena, 0);
	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] == '.' && i + 5 != path.len) {
			abort();
		}
	}
	if (yaml_parse(&arena, yaml, &root, &error) != ERR_OK) {
		abort();
	}
	arena_finish(&arena);
	return ERR_OK;
}

static void report_check(void *context, struct str path, const char *reason)
{
	(void)context;
	if (reason[0] == '\0' || (path.len > 0 && memchr(path.ptr, '\n', path.len) != NULL)) {
		abort();
	}
}

static bool clause_ok(void *context, struct str cel, unsigned *ret_line, unsigned *ret_column,
	char *message, size_t message_size)
{
	(void)context;
	*ret_line = *ret_column = 1;
	str_copy(message, message_size, STR("wrong"));
	return cel.len % 2 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct str words[] = {
		{"accommodation", 13}, {"diversion", 9}, {"lgbt", 4}, {"police", 6}};
	const struct directory_list known = {words, 4};
	const struct directory_rulebook rulebook = {.needs = known,
		.pathways = known,
		.specialist_groups = known,
		.party_kinds = known,
		.clause_ok = clause_ok};
	const struct exchange_sink sink = {draft_check, report_check, NULL};
	struct exchange_imported counts;
	struct exchange_import *import = exchange_import_create(STR("fuzz"), &rulebook, sink);
	/* In two pieces: where they meet must not matter. */
	const struct str all = {(const char *)bytes, size};
	const size_t half = size / 2;
	if (import == NULL || exchange_import_json(import, (struct str){all.ptr, half}) != ERR_OK ||
		exchange_import_json(import, (struct str){all.ptr + half, size - half}) != ERR_OK) {
		abort();
	}
	const enum err err = exchange_import_end(import, &counts);
	if (err != ERR_OK && err != ERR_MALFORMED) {
		abort();
	}
	exchange_import_destroy(import);
	return 0;
}
