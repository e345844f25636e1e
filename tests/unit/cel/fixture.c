/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/fixture.h"

static bool declare(
	struct arena *arena, struct cel_env *env, const struct fixture_name *names, size_t count)
{
	struct cel_declaration *declarations = arena_array(arena, count + 1, sizeof(*declarations));
	for (size_t i = 0; i < count; i++) {
		declarations[i].name = str_from(names[i].name);
		if (cel_type_parse(arena, str_from(names[i].type), &declarations[i].type) !=
			ERR_OK) {
			return false;
		}
	}
	return cel_env_init(env, arena, (struct str){0}, declarations, count) == ERR_OK;
}

static const char *refused(struct arena *arena, const struct cel_fault *fault)
{
	return arena_printf(arena, "refused %u:%u %s", fault->line, fault->column, fault->message)
		.ptr;
}

/* Unknown values name what they hang on. */
static const char *print(struct arena *arena, const struct cel_tree *tree, struct cel_value value)
{
	struct cel_text text = {.arena = arena};
	if (value.kind == CEL_UNKNOWN) {
		const struct str *paths;
		const size_t count = cel_unknown_trails(tree, value, arena, &paths);
		cel_text_add_text(&text, "unknown:");
		for (size_t i = 0; i < count; i++) {
			cel_text_add_text(&text, i == 0 ? " " : ", ");
			cel_text_add(&text, paths[i]);
		}
	} else {
		cel_value_print(&text, value);
	}
	cel_text_add(&text, (struct str){"", 1});
	return text.data;
}

const char *fixture_eval(struct arena *arena, const char *source, const struct fixture_name *names,
	size_t count, bool checked)
{
	struct cel_env env;
	struct cel_tree *tree;
	struct cel_program *program;
	struct cel_fault fault;
	struct cel_value *values = arena_array(arena, count + 1, sizeof(*values));
	cr_assert(declare(arena, &env, names, count), "%s", source);
	for (size_t i = 0; i < count; i++) {
		values[i] = names[i].value;
	}
	if (cel_parse(arena, str_from(source), &tree, &fault) != ERR_OK ||
		(checked ? cel_check(arena, tree, &env, &fault)
			 : cel_resolve(arena, tree, &env, &fault)) != ERR_OK ||
		cel_compile(arena, tree, tree->root, &program, &fault) != ERR_OK) {
		return refused(arena, &fault);
	}
	const struct cel_facts facts = {.values = values};
	return print(arena, tree, cel_evaluate(program, &facts, arena));
}

const char *fixture_type(
	struct arena *arena, const char *source, const struct fixture_name *names, size_t count)
{
	struct cel_env env;
	struct cel_tree *tree;
	struct cel_fault fault;
	cr_assert(declare(arena, &env, names, count), "%s", source);
	if (cel_parse(arena, str_from(source), &tree, &fault) != ERR_OK ||
		cel_check(arena, tree, &env, &fault) != ERR_OK) {
		return refused(arena, &fault);
	}
	return arena_str(arena, cel_type_format(arena, tree->root->type)).ptr;
}

void fixture_expect(
	const char *source, const struct fixture_name *names, size_t count, const char *wanted)
{
	struct arena arena;
	arena_init(&arena, 0);
	const bool prefix = strncmp(wanted, "error", 5) == 0;
	for (int checked = 0; checked < 2; checked++) {
		const char *is = fixture_eval(&arena, source, names, count, checked != 0);
		cr_expect((prefix ? strncmp(is, wanted, strlen(wanted)) : strcmp(is, wanted)) == 0,
			"%s %s is %s, not %s", source, checked != 0 ? "checked" : "unchecked", is,
			wanted);
	}
	arena_finish(&arena);
}
