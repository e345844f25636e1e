/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/expression.h"

static struct arena arena;

struct run {
	struct cel_value given;
	uint64_t cost_limit;
	bool refused; /* by the checker */
	struct str printed;
};

struct arena *expression_arena(void)
{
	return &arena;
}

void expression_finish(void)
{
	arena_finish(&arena);
}

static struct cel_value get(void *context, const struct cel_name *name)
{
	const struct run *run = context;
	return str_is(name->trail.path, "given") ? run->given : cel_unknown();
}

static struct str print(const struct cel_tree *tree, struct cel_value value)
{
	struct cel_text text = {.arena = &arena};
	if (value.kind != CEL_UNKNOWN) {
		cel_value_print(&text, value);
		return cel_text_str(&text);
	}
	const struct str *paths;
	const size_t count = cel_unknown_trails(tree, value, &arena, &paths);
	cel_text_add_text(&text, "unknown: ");
	for (size_t i = 0; i < count; i++) {
		cel_text_add_text(&text, i > 0 ? ", " : "");
		cel_text_add(&text, paths[i]);
	}
	return cel_text_str(&text);
}

static void fail(struct run *run, const struct cel_fault *fault)
{
	run->printed = arena_printf(&arena, "error: %s", fault->message);
}

static void evaluate(struct run *run, const char *source, bool checked)
{
	struct cel_env env;
	struct cel_tree *tree;
	struct cel_program *program;
	struct cel_fault fault;
	const struct cel_declaration declarations[] = {{STR("given"), &cel_type_dyn},
		{STR("missing"), &cel_type_dyn}, {STR("absent"), &cel_type_dyn}};
	cr_assert_eq(cel_env_init(&env, &arena, (struct str){0}, declarations, 3), ERR_OK);
	if (cel_parse(&arena, str_from(source), &tree, &fault) != ERR_OK) {
		fail(run, &fault);
		return;
	}
	run->refused = checked && cel_check(&arena, tree, &env, &fault) != ERR_OK;
	if (run->refused) {
		return;
	}
	if ((!checked && cel_resolve(&arena, tree, &env, &fault) != ERR_OK) ||
		cel_compile(&arena, tree, tree->root, &program, &fault) != ERR_OK) {
		fail(run, &fault);
		return;
	}
	const struct cel_facts facts = {.get = get, .context = run, .cost_limit = run->cost_limit};
	run->printed = print(tree, cel_evaluate(program, &facts, &arena));
}

static bool is_wanted(struct str printed, const char *wanted)
{
	const struct str error = STR("error: ");
	if (!str_has_prefix(str_from(wanted), error)) {
		return str_is(printed, wanted);
	}
	const struct str part = str_from(wanted + error.len);
	return str_has_prefix(printed, error) &&
	       (part.len == 0 || memmem(printed.ptr, printed.len, part.ptr, part.len) != NULL);
}

static void expect_run(struct run run, const char *source, const char *wanted)
{
	struct run checked = run;
	evaluate(&run, source, false);
	cr_expect(is_wanted(run.printed, wanted), "%s is %.*s, not %s", source,
		STR_ARG(run.printed), wanted);
	evaluate(&checked, source, true);
	cr_expect(checked.refused || is_wanted(checked.printed, wanted),
		"%s, checked, is %.*s, not %s", source, STR_ARG(checked.printed), wanted);
}

void expect(const char *source, const char *wanted)
{
	expect_run((struct run){.given = cel_null()}, source, wanted);
}

void expect_all(const struct expectation *expectations, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		expect(expectations[i].source, expectations[i].wanted);
	}
}

void expect_given(const char *source, struct cel_value given, const char *wanted)
{
	expect_run((struct run){.given = given}, source, wanted);
}

void expect_within(
	const char *source, struct cel_value given, uint64_t cost_limit, const char *wanted)
{
	expect_run((struct run){.given = given, .cost_limit = cost_limit}, source, wanted);
}
