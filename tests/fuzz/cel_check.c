/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an expression over declared variables: what the checker lets through has a type that
 * its value keeps, and gives, checked and unchecked, the same value.
 */
#include <stdlib.h>

#include "rules/cel/cel.h"
#include "rules/cel/text.h"

enum {
	CHECKED_BYTES_MAX = 16 * 1024 * 1024,
	CHECKED_SCRATCH_MAX = 32 * 1024 * 1024,
	CHECKED_NAMES = 10,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_require(bool holds)
{
	if (!holds) {
		abort();
	}
}

static const struct {
	struct str name, type;
} check_names[CHECKED_NAMES] = {
	{{"i", 1}, {"int", 3}},
	{{"u", 1}, {"uint", 4}},
	{{"d", 1}, {"double", 6}},
	{{"b", 1}, {"bool", 4}},
	{{"s", 1}, {"string", 6}},
	{{"l", 1}, {"list(string)", 12}},
	{{"m", 1}, {"map(string, int)", 16}},
	{{"x", 1}, {"dyn", 3}},
	{{"a.t", 3}, {"timestamp", 9}},
	{{"a.o", 3}, {"optional_type(int)", 18}},
};

static void check_values(struct cel_value values[CHECKED_NAMES])
{
	static struct cel_value items[2];
	static struct cel_entry entries[1];
	static struct cel_value inner;
	items[0] = cel_string(STR("a"));
	items[1] = cel_string(STR("housing"));
	entries[0] = (struct cel_entry){cel_string(STR("a")), cel_int(1)};
	inner = cel_int(7);
	values[0] = cel_int(16);
	values[1] = cel_uint(3);
	values[2] = cel_double(2.5);
	values[3] = cel_bool(true);
	values[4] = cel_string(STR("housing"));
	values[5] = cel_list(items, 2);
	values[6] = cel_map(entries, 1);
	values[7] = cel_int(1);
	values[8] = cel_timestamp(1234567890, 5);
	values[9] = cel_optional(&inner);
}

/* The value, printed; empty for an error, of which the words may differ. */
static struct str check_run(struct arena *arena, const struct cel_tree *tree,
	const struct cel_value *values, struct arena *scratch)
{
	struct cel_program *program = NULL;
	struct cel_fault fault;
	struct cel_text text = {.arena = arena};
	const struct cel_facts facts = {.values = values};
	const enum err err = cel_compile(arena, tree, tree->root, &program, &fault);
	check_require(err == ERR_OK || err == ERR_TOO_LARGE || err == ERR_INVALID);
	if (err != ERR_OK) {
		check_require(fault.line > 0 && fault.message[0] != '\0');
		return STR("refused");
	}
	const struct cel_value value = cel_evaluate(program, &facts, scratch);
	check_require(!arena_failed(scratch));
	check_require(value.kind != CEL_UNKNOWN); /* everything is known */
	if (value.kind == CEL_ERROR) {
		return (struct str){0};
	}
	if (tree->checked) {
		check_require(cel_type_takes(tree->root->type, value.kind));
	}
	cel_value_print(&text, value);
	check_require(!text.failed);
	return cel_text_str(&text);
}

static void check_both(struct arena *arena, const struct cel_env *env, struct str source,
	const struct cel_tree *tree)
{
	struct cel_value values[CHECKED_NAMES];
	struct arena scratch;
	struct cel_tree *plain = NULL;
	struct cel_fault fault;
	arena_init(&scratch, CHECKED_SCRATCH_MAX);
	check_values(values);
	check_require(cel_type_format(arena, tree->root->type).len > 0);
	(void)cel_cost_estimate(tree->root, 64);
	const struct str checked = check_run(arena, tree, values, &scratch);
	arena_reset(&scratch);
	check_require(cel_parse(arena, source, &plain, &fault) == ERR_OK);
	check_require(cel_resolve(arena, plain, env, &fault) == ERR_OK);
	const struct str unchecked = check_run(arena, plain, values, &scratch);
	check_require(str_equal(checked, unchecked));
	arena_finish(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cel_declaration declarations[CHECKED_NAMES];
	struct arena arena;
	struct cel_env env = {0};
	struct cel_tree *tree = NULL;
	struct cel_fault fault;
	const struct str source = {(const char *)bytes, size};
	arena_init(&arena, 0);
	for (size_t i = 0; i < CHECKED_NAMES; i++) {
		declarations[i].name = check_names[i].name;
		check_require(cel_type_parse(&arena, check_names[i].type, &declarations[i].type) ==
			      ERR_OK);
	}
	check_require(
		cel_env_init(&env, &arena, (struct str){0}, declarations, CHECKED_NAMES) == ERR_OK);
	if (cel_parse(&arena, source, &tree, &fault) == ERR_OK) {
		const enum err err = cel_check(&arena, tree, &env, &fault);
		check_require(arena.used_total <= CHECKED_BYTES_MAX);
		if (err == ERR_OK) {
			check_both(&arena, &env, source, tree);
		} else {
			check_require(err == ERR_INVALID || err == ERR_TOO_LARGE);
			check_require(fault.line > 0 && fault.column > 0 && fault.message[0] != 0);
		}
	}
	arena_finish(&arena);
	return 0;
}
