/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_FUZZ_EXCHANGE_H
#define ONWARD_TESTS_FUZZ_EXCHANGE_H
#include "broker/base/yaml.h"
#include "directory/exchange/exchange.h"

#include <stdlib.h>
/* An import as the fuzzers of feeds begin it: what it hands on is held to what is promised. */

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

/* The caller's; never NULL. */
static inline struct exchange_import *import_begin(void)
{
	static const struct str words[] = {
		{"accommodation", 13}, {"diversion", 9}, {"lgbt", 4}, {"police", 6}};
	static const struct directory_rulebook rulebook = {.needs = {words, 4},
		.pathways = {words, 4},
		.specialist_groups = {words, 4},
		.party_kinds = {words, 4},
		.clause_ok = clause_ok};
	const struct exchange_sink sink = {draft_check, report_check, NULL};
	struct exchange_import *import = exchange_import_create(STR("fuzz"), &rulebook, sink);
	if (import == NULL) {
		abort();
	}
	return import;
}
#endif
