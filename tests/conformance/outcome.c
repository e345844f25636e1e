/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/text.h"
#include "tests/conformance/conformance.h"

/* One case: parse, compare the tree; check, compare the type; evaluate unchecked and checked. */

struct attempt {
	struct arena *arena;
	const struct test_case *test;
	struct buf *log;
	struct cel_env env;
	bool failed;
};

/* What came of evaluating: a value, or the fault with which it never came to that. */
struct result {
	enum err err;
	struct cel_fault fault;
	struct cel_value value;
	const struct cel_tree *tree; /* checked */
	const struct cel_type *type; /* deduced */
};

static void complain(struct attempt *attempt, const char *what)
{
	const struct test_case *test = attempt->test;
	attempt->failed = true;
	buf_printf(attempt->log, "%s/%s: %s\n    %s\n", test->file, test->name, what, test->expr);
}

static void show(struct attempt *attempt, const char *label, struct str text)
{
	buf_printf(attempt->log, "    %s: %.*s\n", label, STR_ARG(text));
}

static void show_result(struct attempt *attempt, const char *label, const struct result *result)
{
	struct cel_text text = {.arena = attempt->arena};
	if (result->err != ERR_OK) {
		cel_text_add_text(&text, "refused: ");
		cel_text_add_text(&text, result->fault.message);
	} else {
		cel_value_print(&text, result->value);
	}
	show(attempt, label, cel_text_str(&text));
}

static enum err parse(
	struct attempt *attempt, struct cel_tree **ret_tree, struct cel_fault *ret_fault)
{
	const struct test_case *test = attempt->test;
	return cel_parse(
		attempt->arena, (struct str){test->expr, test->expr_len}, ret_tree, ret_fault);
}

static struct result evaluate(struct attempt *attempt, bool checked)
{
	struct result result = {.err = ERR_OK};
	struct cel_tree *tree;
	struct cel_program *program;
	const struct cel_facts facts = {.values = attempt->test->values};
	result.err = parse(attempt, &tree, &result.fault);
	if (result.err == ERR_OK) {
		result.err =
			checked ? cel_check(attempt->arena, tree, &attempt->env, &result.fault)
				: cel_resolve(attempt->arena, tree, &attempt->env, &result.fault);
	}
	if (result.err == ERR_OK) {
		result.tree = tree;
		result.type = tree->root->type;
		result.err = cel_compile(attempt->arena, tree, tree->root, &program, &result.fault);
	}
	if (result.err == ERR_OK) {
		result.value = cel_evaluate(program, &facts, attempt->arena);
	}
	return result;
}

static bool is_error(const struct result *result)
{
	return result->err != ERR_OK || result->value.kind == CEL_ERROR;
}

static bool agree(const struct result *a, const struct result *b)
{
	return is_error(a) || is_error(b) ? is_error(a) == is_error(b)
					  : same_value(a->value, b->value);
}

static void judge(struct attempt *attempt, const char *how, const struct result *result)
{
	const struct test_case *test = attempt->test;
	const bool right =
		test->expectation == EXPECT_ERROR
			? is_error(result)
			: result->err == ERR_OK && same_value(result->value, test->value);
	if (right) {
		return;
	}
	complain(attempt, how);
	if (test->expectation == EXPECT_VALUE) {
		const struct result wanted = {.err = ERR_OK, .value = test->value};
		show_result(attempt, "wanted", &wanted);
	}
	show_result(attempt, "is", result);
}

static void compare_tree(
	struct attempt *attempt, const struct cel_tree *tree, struct outcome *outcome)
{
	const struct str wanted = {attempt->test->ast, attempt->test->ast_len};
	struct cel_text text = {.arena = attempt->arena};
	if (wanted.ptr == NULL) {
		return;
	}
	cel_debug(&text, tree->root);
	outcome->tree_compared = true;
	outcome->tree_passed = str_equal(cel_text_str(&text), wanted);
	if (!outcome->tree_passed) {
		complain(attempt, "another tree");
		show(attempt, "wanted", wanted);
		show(attempt, "is", cel_text_str(&text));
	}
}

static void compare_type(
	struct attempt *attempt, const struct result *checked, struct outcome *outcome)
{
	const struct test_case *test = attempt->test;
	if (test->type == NULL || !test->checked) {
		return;
	}
	outcome->type_compared = true;
	if (checked->type == NULL) {
		complain(attempt, "not checked");
		show_result(attempt, "is", checked);
		return;
	}
	const struct str type = cel_type_format(attempt->arena, checked->type);
	outcome->type_passed = str_is(type, test->type);
	if (!outcome->type_passed) {
		complain(attempt, "another type");
		show(attempt, "wanted", str_from(test->type));
		show(attempt, "is", type);
	}
}

/* Every node's type, and what it refers to. */
static void compare_typed(
	struct attempt *attempt, const struct result *checked, struct outcome *outcome)
{
	const struct test_case *test = attempt->test;
	const struct str wanted = {test->typed, test->typed_len};
	struct str text;
	if (wanted.ptr == NULL || test->type == NULL || checked->tree == NULL ||
		!typed_tree(attempt->arena, checked->tree, false, &text)) {
		return;
	}
	outcome->typed_compared = true;
	outcome->typed_passed = str_equal(text, wanted);
	if (!outcome->typed_passed) {
		/* A few of the goldens were made with those rows. */
		(void)typed_tree(attempt->arena, checked->tree, true, &text);
		outcome->typed_passed = str_equal(text, wanted);
	}
	if (!outcome->typed_passed) {
		complain(attempt, "other types within");
		show(attempt, "wanted", wanted);
		show(attempt, "is", text);
	}
}

static void run(struct attempt *attempt, struct outcome *outcome)
{
	const struct test_case *test = attempt->test;
	const struct result checked =
		test->checked ? evaluate(attempt, true) : (struct result){.err = ERR_OK};
	compare_type(attempt, &checked, outcome);
	compare_typed(attempt, &checked, outcome);
	if (test->expectation == EXPECT_TYPE) {
		return;
	}
	if (test->expectation == EXPECT_NO_CHECK) {
		if (checked.err == ERR_OK) {
			complain(attempt, "is not refused by the checker");
		}
		return;
	}
	const struct result unchecked = evaluate(attempt, false);
	if (test->expectation != EXPECT_AGREE) {
		judge(attempt, "unchecked", &unchecked);
		if (test->checked) {
			judge(attempt, "checked", &checked);
		}
		return;
	}
	/* What the checker refuses cannot be compared. */
	if (checked.err == ERR_OK && !agree(&checked, &unchecked)) {
		complain(attempt, "checked and unchecked differ");
		show_result(attempt, "checked", &checked);
		show_result(attempt, "unchecked", &unchecked);
	}
}

struct outcome case_run(struct arena *arena, const struct test_case *test, struct buf *log)
{
	struct outcome outcome = {0};
	struct attempt attempt = {.arena = arena, .test = test, .log = log};
	struct cel_tree *tree;
	struct cel_fault fault;
	if (cel_env_init(&attempt.env, arena, str_from(test->container), test->declarations,
		    test->declaration_count) != ERR_OK) {
		complain(&attempt, "its declarations are refused");
		return outcome;
	}
	const enum err err = parse(&attempt, &tree, &fault);
	if (test->expectation == EXPECT_NO_PARSE) {
		if (err == ERR_OK) {
			complain(&attempt, "is not refused by the parser");
		}
	} else if (err != ERR_OK) {
		/* Where an error is wanted the parser may find it. */
		if (test->expectation != EXPECT_BOUNDED && test->expectation != EXPECT_ERROR) {
			complain(&attempt, "does not parse");
			show(&attempt, "is", str_from(fault.message));
		}
	} else {
		compare_tree(&attempt, tree, &outcome);
		if (test->expectation != EXPECT_PARSE && test->expectation != EXPECT_BOUNDED) {
			run(&attempt, &outcome);
		}
	}
	outcome.passed = !attempt.failed;
	return outcome;
}
