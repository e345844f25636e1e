/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/functions.h"

#include "rules/compile.h"

struct scope {
	struct rules_compilation *compilation;
	struct str variables[RULES_LIMIT_DEPTH]; /* by slot, innermost last */
	uint32_t variable_count;
	struct str paths[RULES_LIMIT_FACTS]; /* in the order of first use */
	uint32_t path_count;
};

static void resolve(struct scope *scope, struct rules_node *node);

static bool find_variable(const struct scope *scope, struct str name, uint32_t *ret_slot)
{
	for (uint32_t i = scope->variable_count; i > 0; i--) {
		if (str_equal(scope->variables[i - 1], name)) {
			*ret_slot = i - 1;
			return true;
		}
	}
	return false;
}

/* The first name of a chain of names; NULL when the chain starts with anything else. */
static const struct rules_node *chain_start(const struct rules_node *node)
{
	while (node->kind == RULES_NODE_SELECT && (node->flags & RULES_FLAG_OPTIONAL_ACCESS) == 0) {
		node = node->child;
	}
	return node->kind == RULES_NODE_IDENT ? node : NULL;
}

static bool is_variable(const struct scope *scope, const struct rules_node *ident)
{
	uint32_t slot;
	return (ident->flags & RULES_FLAG_ROOTED) == 0 && find_variable(scope, ident->name, &slot);
}

static void bind_fact(struct scope *scope, struct rules_node *node, struct str path)
{
	uint32_t fact = 0;
	while (fact < scope->path_count && !str_equal(scope->paths[fact], path)) {
		fact++;
	}
	if (fact == RULES_LIMIT_FACTS) {
		(void)rules_compile_fail(scope->compilation, ERR_TOO_LARGE, node->offset,
			"the clause reads more than %d facts", (int)RULES_LIMIT_FACTS);
		return;
	}
	if (fact == scope->path_count) {
		scope->paths[scope->path_count++] = path;
	}
	node->kind = RULES_NODE_FACT;
	node->fact = fact;
}

/* A chain that does not start with a variable is a type or, as a whole, the path of a fact. */
static void resolve_chain(struct scope *scope, struct rules_node *node)
{
	const struct str path = rules_chain_text(scope->compilation, node);
	enum rules_kind type;
	if (path.ptr == NULL) {
		return;
	}
	if (rules_kind_find(path, &type)) {
		node->kind = RULES_NODE_LITERAL;
		node->flags &= (unsigned)RULES_FLAG_OPTIONAL_ENTRY;
		node->child = NULL;
		node->count = 0;
		node->literal = (struct rules_value){.kind = RULES_TYPE, .type = type};
		return;
	}
	bind_fact(scope, node, path);
}

static void refuse_call(
	struct scope *scope, const struct rules_node *node, const struct rules_function *named)
{
	const char *usage = named == NULL ? NULL : named->usage;
	if (usage != NULL || rules_macro_find(node->name, &usage)) {
		(void)rules_compile_fail(scope->compilation, ERR_INVALID, node->offset,
			"%.*s is used like this: %s", STR_ARG(node->name), usage);
		return;
	}
	const struct str shown = {node->name.ptr, node->name.len < 40 ? node->name.len : 40};
	const char *near = rules_function_suggest(node->name);
	if (near == NULL) {
		(void)rules_compile_fail(scope->compilation, ERR_INVALID, node->offset,
			"unknown function '%.*s'; see rules/LANGUAGE.md for those there are",
			STR_ARG(shown));
		return;
	}
	(void)rules_compile_fail(scope->compilation, ERR_INVALID, node->offset,
		"unknown function '%.*s'; did you mean '%s'?", STR_ARG(shown), near);
}

/* a.b.f(x) is the function f of the receiver a.b, unless a function is named a.b.f. */
static void resolve_namespaced(struct scope *scope, struct rules_node *node)
{
	struct rules_node *receiver = node->child;
	const struct rules_node *start = chain_start(receiver);
	if (start == NULL || is_variable(scope, start)) {
		return;
	}
	const struct str space = rules_chain_text(scope->compilation, receiver);
	const struct str name = arena_printf(
		scope->compilation->arena, "%.*s.%.*s", STR_ARG(space), STR_ARG(node->name));
	const struct rules_function *named;
	if (rules_function_find(name, RULES_CALL_GLOBAL, node->count - 1, &named) != NULL) {
		node->name = name;
		node->flags &= ~(unsigned)RULES_FLAG_RECEIVER;
		node->child = receiver->next;
		node->count--;
	}
}

static void resolve_call(struct scope *scope, struct rules_node *node)
{
	if ((node->flags & RULES_FLAG_RECEIVER) != 0) {
		resolve_namespaced(scope, node);
	}
	const bool receiver = (node->flags & RULES_FLAG_RECEIVER) != 0;
	const struct rules_function *named;
	node->function = rules_function_find(node->name,
		receiver ? RULES_CALL_RECEIVER : RULES_CALL_GLOBAL, node->count, &named);
	if (node->function == NULL) {
		refuse_call(scope, node, named);
	}
}

static void resolve_fold(struct scope *scope, struct rules_node *node)
{
	resolve(scope, node->child);
	if (scope->compilation->err != ERR_OK) {
		return;
	}
	/* The depth of the tree bounds how many variables can be in scope. */
	node->slot = scope->variable_count;
	scope->variables[scope->variable_count++] = node->name;
	for (struct rules_node *step = node->child->next; step != NULL; step = step->next) {
		resolve(scope, step);
	}
	scope->variable_count--;
}

static bool refuse_form(struct scope *scope, const struct rules_node *node)
{
	if ((node->flags & (RULES_FLAG_OPTIONAL_ACCESS | RULES_FLAG_OPTIONAL_ENTRY)) != 0) {
		(void)rules_compile_fail(scope->compilation, ERR_INVALID, node->offset,
			"optional values ('?') are not available; use has()");
		return true;
	}
	if (node->kind == RULES_NODE_MESSAGE) {
		const struct str shown = {
			node->name.ptr, node->name.len < 60 ? node->name.len : 60};
		(void)rules_compile_fail(scope->compilation, ERR_INVALID, node->offset,
			"unknown message type '%.*s'", STR_ARG(shown));
		return true;
	}
	return false;
}

static void resolve(struct scope *scope, struct rules_node *node)
{
	if (scope->compilation->err != ERR_OK || refuse_form(scope, node)) {
		return;
	}
	const struct rules_node *start = chain_start(node);
	if (start != NULL && !is_variable(scope, start)) {
		resolve_chain(scope, node);
		return;
	}
	if (node->kind == RULES_NODE_IDENT) {
		(void)find_variable(scope, node->name, &node->slot);
		node->kind = RULES_NODE_VAR;
		return;
	}
	if (node->kind == RULES_NODE_FOLD) {
		resolve_fold(scope, node);
		return;
	}
	if (node->kind == RULES_NODE_CALL) {
		resolve_call(scope, node);
	}
	for (struct rules_node *child = node->child; child != NULL; child = child->next) {
		resolve(scope, child);
	}
}

/* Facts get their numbers anew, in the order of their paths. */
static void renumber(struct rules_node *node, const uint32_t *ranks)
{
	if (node->kind == RULES_NODE_FACT) {
		node->fact = ranks[node->fact];
		return;
	}
	for (struct rules_node *child = node->child; child != NULL; child = child->next) {
		renumber(child, ranks);
	}
}

void rules_resolve(
	struct rules_compilation *compilation, struct rules_node *root, struct rules_clause *clause)
{
	struct scope scope = {.compilation = compilation};
	resolve(&scope, root);
	if (compilation->err != ERR_OK) {
		return;
	}
	struct str *paths = arena_array(compilation->arena, scope.path_count, sizeof(*paths));
	if (paths == NULL || arena_failed(compilation->arena)) {
		(void)rules_compile_fail(compilation, ERR_NOMEM, 0, "out of memory");
		return;
	}
	uint32_t ranks[RULES_LIMIT_FACTS] = {0};
	for (uint32_t i = 0; i < scope.path_count; i++) {
		for (uint32_t j = 0; j < scope.path_count; j++) {
			ranks[i] += str_compare(scope.paths[j], scope.paths[i]) < 0 ? 1U : 0U;
		}
		paths[ranks[i]] = scope.paths[i];
	}
	renumber(root, ranks);
	clause->paths = paths;
	clause->path_count = scope.path_count;
}
