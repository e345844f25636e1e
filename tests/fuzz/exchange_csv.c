/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the tables of a CSV package, a zero byte between them: whatever comes of it, every
 * draft can be read as a file of a directory is read, has a path made of slugs, and the report
 * holds no line end.
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
	static const char *const names[] = {"services.csv", "organizations.csv", "attributes.csv",
		"taxonomy_terms.csv", "service_areas.csv", "contacts.csv", "other.csv"};
	const char *at = (const char *)bytes;
	const char *end = at + size;
	if (import == NULL) {
		abort();
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && at < end; i++) {
		const char *zero = memchr(at, '\0', (size_t)(end - at));
		const char *stop = zero == NULL ? end : zero;
		if (exchange_import_table(import, str_from(names[i]),
			    (struct str){at, (size_t)(stop - at)}) != ERR_OK) {
			abort();
		}
		at = zero == NULL ? end : zero + 1;
	}
	const enum err err = exchange_import_end(import, &counts);
	if (err != ERR_OK && err != ERR_MALFORMED) {
		abort();
	}
	exchange_import_destroy(import);
	return 0;
}
